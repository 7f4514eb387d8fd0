//! What a shop can do, on both engines.

mod bed;
mod catalogue;
mod foundation;
mod lists;
mod placing;
mod prices;
mod shop;
mod speed;
mod stock;
