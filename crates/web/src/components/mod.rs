//! Components: each stands once, as one function.

pub mod cell;
pub mod control;
pub mod diff;
pub mod icon;
pub mod menu;
pub mod notice;
pub mod shell;
pub mod status;
pub(crate) mod structure;
pub mod time;

pub use shell::Shell;
