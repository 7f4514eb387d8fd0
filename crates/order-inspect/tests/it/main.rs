//! What a shop can do, on both engines.

mod baskets;
mod bed;
mod cashier;
mod catalogue;
mod crash;
mod customers;
mod drafts;
mod foundation;
mod issued;
mod life;
mod lists;
mod mail;
mod paper;
mod payments;
mod placing;
mod post;
mod prices;
mod program;
mod seeding;
mod shop;
mod sign_in;
mod stock;
mod walk;
mod wording;
