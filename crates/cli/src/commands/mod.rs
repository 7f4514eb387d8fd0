//! The commands, one module each.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod connect;
pub(crate) mod demo;
pub(crate) mod doctor;
mod known_schemas;
pub(crate) mod links;
pub(crate) mod openapi;
pub(crate) mod order_inspect;
pub(crate) mod serve;
mod text_table;
pub(crate) mod user;
