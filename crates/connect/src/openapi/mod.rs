//! A backend that is a service with an OpenAPI description.

mod acting;
mod address;
pub(crate) mod answers;
mod api;
pub(crate) mod asking;
mod document;
mod draft;
mod example;
mod listing;
pub(crate) mod names;
mod operations;
mod options;
mod paths;
pub(crate) mod position;
pub(crate) mod reading;
mod resources;
mod security;
mod shape;
mod writing;

pub(crate) use api::Api;
pub use options::{PagingOptions, ResourceOptions, ServiceOptions};
