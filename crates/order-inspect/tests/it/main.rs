//! What a shop can do, on both engines.

mod baskets;
mod bed;
mod catalogue;
mod customers;
mod drafts;
mod foundation;
mod life;
mod lists;
mod mail;
mod paper;
mod payments;
mod placing;
mod prices;
mod program;
mod shop;
mod speed;
mod stock;
