//! What the office promises to the crates around it, some of it over real databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod across;
mod acting;
mod bulk;
mod cases;
mod drifting;
mod far;
mod faults;
mod importing;
mod limits;
mod manifest;
mod office;
mod people;
mod proposals;
mod published;
mod real;
mod searching;
mod services;
mod spelled;
mod statements;
mod undoing;
