//! The screens, drawn with sample content and looked at as a browser would.

mod api_bed;
mod api_document;
mod api_reading;
mod api_rights;
mod api_writing;
mod markup;
mod pages;
mod samples;
