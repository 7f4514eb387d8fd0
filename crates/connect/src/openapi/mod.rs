//! A backend that is a service with an OpenAPI description.

mod acting;
mod address;
mod answers;
mod api;
mod asking;
mod document;
mod draft;
mod example;
mod listing;
mod names;
mod operations;
mod options;
mod paths;
mod position;
mod reading;
mod resources;
mod security;
mod shape;
mod writing;

pub(crate) use api::Api;
pub use options::{PagingOptions, ResourceOptions, ServiceOptions};
