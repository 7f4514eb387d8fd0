//! What can go wrong with a command. Each message says what to do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use kontor_office::manifest::KeyFileError;
use kontor_office::{OfficeError, StoreError};

use crate::configuration::ConfigurationError;
use crate::sample_shop::SampleShopError;

/// A command could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// Something in the data folder cannot be read or written.
    #[error("{} cannot be {action}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// There is a store and no key of its seal.
    #[error(
        "{} is missing, and {} was sealed with it; put it back from a backup: with another key the \
         audit could neither be verified nor continued",
        key.display(), store.display()
    )]
    SealMissing {
        /// The missing key file.
        key: PathBuf,
        /// The store that is there.
        store: PathBuf,
    },
    /// The key of the seal has another length than a key.
    #[error(
        "{} has {length} bytes instead of 32; put the right one back from a backup: with another key \
         the audit could neither be verified nor continued",
        path.display()
    )]
    SealLength {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// Another server works with the data folder.
    #[error(
        "another Kontor is serving {} already; stop it first, or give this one a data folder of its \
         own with --data",
        .0.display()
    )]
    InUse(PathBuf),
    /// There is no store yet, and this command does not make one.
    #[error(
        "there is no store at {0} yet; `kontor serve` makes it, or name another with --data or --store"
    )]
    NoStore(String),
    /// The data folder has no key of the store's seal, and this command does not make one.
    #[error(
        "{} has no seal.key, with which the audit of the store is sealed; name the data folder of \
         the office with --data",
        .0.display()
    )]
    NoSeal(PathBuf),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The office refused or failed.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The sample shop cannot be made.
    #[error(transparent)]
    SampleShop(#[from] SampleShopError),
    /// Nothing can listen at the address.
    #[error(
        "nothing can listen at {address}: {source}; name another with --listen, for example \
         127.0.0.1:0 for any free port"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// What was given on the command line makes no sense together.
    #[error("{0}")]
    Usage(String),
    /// The metrics cannot be collected.
    #[error("the metrics cannot be collected: {0}")]
    Metrics(String),
    /// The worker threads cannot be started.
    #[error("the worker threads cannot be started: {source}")]
    Runtime {
        /// What the system said.
        source: io::Error,
    },
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl CommandError {
    /// For `map_err` after an operation on a file.
    pub(crate) fn file(
        path: &std::path::Path,
        action: &'static str,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, action, source }
    }
}
