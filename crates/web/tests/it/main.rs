//! The screens, drawn with sample content and looked at as a browser would, and used over a whole
//! office.

mod api_bed;
mod api_document;
mod api_linking;
mod api_reading;
mod api_rights;
mod api_writing;
mod cases;
mod changing;
mod entering;
mod importing;
mod linking;
mod markup;
mod opened;
mod pages;
mod queues;
mod revoking;
mod rooms;
mod samples;
mod shop;
mod values;
