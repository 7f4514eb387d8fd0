//! A backend that is a service with an OpenAPI description.

mod acting;
mod address;
mod api;
mod asking;
mod document;
mod draft;
mod example;
mod leaves;
mod listing;
mod operations;
mod paging;
mod parts;
mod paths;
mod reading;
mod resources;
mod security;
mod shape;
mod sorting;
mod writing;

pub(crate) use api::Api;
