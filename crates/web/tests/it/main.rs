//! The screens, drawn with sample content and looked at as a browser would.

mod markup;
mod pages;
mod samples;
