//! What a shop can do, on both engines.

mod bed;
mod foundation;
mod placing;
mod shop;
