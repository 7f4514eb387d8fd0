//! A backend that is a service which speaks GraphQL.

mod answer;
mod asking;
mod filters;
mod inputs;
mod keys;
mod lists;
mod mutations;
mod outcome;
mod parts;
mod printing;
mod reading;
mod resources;
mod scalars;
#[cfg(test)]
mod sdl;
mod service;
mod shape;
#[cfg(test)]
mod styles;
mod types;
mod writing;

pub(crate) use service::Service;
