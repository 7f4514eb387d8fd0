//! Starting, keeping and ending a database server that tests use.

mod account;
mod boot;
mod kept;
mod programs;
mod run;

pub(crate) use account::Account;
pub(crate) use boot::Boot;
pub(crate) use kept::{Kept, Life};
pub(crate) use programs::{Program, run_to_end};
pub(crate) use run::{lock, private_folder, share};

use std::net::TcpListener;

/// How much a server protects what was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is forced to the disk: fast, and enough where only the test's process dies.
    Fast,
    /// As in production: for tests that end the server itself.
    Durable,
}

/// A port of 127.0.0.1 that was free a moment ago. Another process may take it before the server
/// does; the caller then tries another one.
pub(crate) fn free_port() -> u16 {
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).expect("the loopback interface has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
