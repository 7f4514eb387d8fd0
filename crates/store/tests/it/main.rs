//! The contract of the store, held by both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audit;
mod bed;
mod contract;
mod file;
mod jobs;
mod memory;
mod people;
mod postgres;
mod signing_in;
mod tampering;
mod transactions;
mod views;
