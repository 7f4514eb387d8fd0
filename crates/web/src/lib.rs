//! Kontor's face: addresses, pages, components, texts, styles and scripts, and the JSON API.
//! Handlers extract, call the office and answer; what may be done is decided there.

pub mod api;
mod app;
mod assets;
mod body;
pub mod components;
mod failure;
pub mod format;
mod frame;
mod handlers;
pub mod links;
mod members;
pub mod notation;
pub mod pages;
mod proxies;
mod router;
pub mod shown;
pub mod texts;
mod view;
mod visitor;

pub use app::Settings;
pub use proxies::{Network, NoNetwork};
pub use router::app;
