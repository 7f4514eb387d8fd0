//! The program `kontor`: its command line, its configuration, and how its parts are put together.
//! The only place that reads the environment. What tests and other programs use of it is public.

mod command_line;
mod commands;
mod configuration;
mod connection;
mod error;
mod installation;
mod logging;
pub mod sample_shop;

pub use command_line::main;
