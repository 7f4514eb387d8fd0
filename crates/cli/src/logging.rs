//! The log: on standard error, readable or as JSON.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::configuration::{Configuration, LogFormat};

/// What is logged unless told otherwise.
const USUAL: &str = "info";
/// What is logged while a command answers on the same terminal.
const QUIET: &str = "error";

/// Starts the log. `quiet` lowers the level where none was given.
pub(crate) fn start(configuration: &Configuration, quiet: bool, terminal: bool) {
    let usual = if quiet { QUIET } else { USUAL };
    let filter = configuration.log_level.as_deref().unwrap_or(usual);
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(terminal);
    // A second start, as in tests within one process, goes on with the first log.
    let started = match configuration.log {
        LogFormat::Readable => log.finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    };
    drop(started);
}

/// Checks what is given as a level.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_level(text: &str) -> Result<String, String> {
    EnvFilter::builder().parse(text).map(|_| text.to_owned()).map_err(|error| {
        format!("{error}; write error, warn, info, debug or trace, or parts such as info,kontor_connect=debug")
    })
}
