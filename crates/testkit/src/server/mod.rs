//! Starting, keeping and ending a database server that tests use.

mod account;
mod kept;
mod programs;
mod run;

pub(crate) use account::Account;
pub(crate) use kept::{Kept, Life};
pub(crate) use programs::{Program, run_to_end};
pub(crate) use run::{private_folder, share};

use std::{net::TcpListener, time::Duration};

/// How much a server protects what was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is forced to the disk: fast, and enough where only the test's process dies.
    Fast,
    /// As in production: for tests that end the server itself.
    Durable,
}

/// How long a server may take from its start to its first answer. Generous, because the machine may
/// be busy compiling.
pub(crate) const READY_LIMIT: Duration = Duration::from_secs(90);

/// A port of 127.0.0.1 that was free a moment ago. Another process may take it before the server
/// does; the callers then try another one.
pub(crate) fn free_port() -> u16 {
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).expect("the loopback interface has a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// Whether a log says that somebody else took the port in the meantime.
pub(crate) fn port_was_taken(log: &str) -> bool {
    log.contains("Address already in use")
}
