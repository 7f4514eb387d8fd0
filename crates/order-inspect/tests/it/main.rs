//! What a shop can do, on both engines.

mod bed;
mod crash;
mod foundation;
mod mail;
mod paper;
mod payments;
mod placing;
mod program;
mod seeding;
mod shop;
