//! Order & Inspect: the core of a shop as a service of its own.
//!
//! *Inspect* is everything a customer looks at before buying, *Order* everything from "add to basket" to
//! "money back".

pub mod act;
pub mod address;
pub mod app;
pub mod baskets;
pub mod cashier;
pub mod catalogue;
pub mod clock;
pub mod country;
pub mod customers;
pub mod db;
pub mod documents;
pub mod error;
pub mod exchange;
pub mod http;
pub mod inspect;
pub mod language;
pub mod mail;
pub mod moment;
pub mod money;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod percent;
pub mod pricing;
pub mod program;
pub mod promotions;
pub mod quote;
pub mod seed;
pub mod setup;
pub mod tax;
mod trace;

pub use error::Result;
