//! What a shop can do, on both engines.

mod baskets;
mod bed;
mod customers;
mod drafts;
mod foundation;
mod placing;
mod shop;
mod sign_in;
