//! What the office promises to the crates around it, some of it over real databases.

mod manifest;
mod office;
mod proposals;
mod real;
