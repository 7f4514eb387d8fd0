//! What a shop can do, on both engines.

mod bed;
mod catalogue;
mod foundation;
mod placing;
mod shop;
