//! What a shop can do, on both engines.

mod bed;
mod catalogue;
mod foundation;
mod life;
mod mail;
mod paper;
mod payments;
mod placing;
mod program;
mod shop;
