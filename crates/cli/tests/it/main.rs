//! The program `kontor` as people start it: its output, its files, its exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod bed;
mod check;
mod configuration;
mod connect;
mod demo;
mod doctor;
mod ending;
mod kill;
mod links;
mod serve;
mod user;
