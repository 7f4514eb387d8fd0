//! What a shop can do, on both engines.

mod bed;
mod cashier;
mod foundation;
mod issued;
mod mail;
mod paper;
mod payments;
mod placing;
mod post;
mod program;
mod shop;
