//! The parts of the `kontor` program that tests and other programs use too.

pub mod sample_shop;
