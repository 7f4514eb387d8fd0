//! What every handler has: the office and how it is served.

use std::sync::Arc;

use kontor_office::Office;

use crate::proxies::Network;

/// How the office is served.
#[derive(Clone)]
pub struct Settings {
    /// The office.
    pub office: Arc<Office>,
    /// The metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether cookies are for HTTPS only.
    pub secure_cookies: bool,
    /// Origins besides our own whose requests may change something.
    pub trusted_origins: Vec<String>,
    /// Proxies that are believed where a request came from.
    pub trusted_proxies: Vec<Network>,
    /// Whether whoever asks from this machine may read the metrics without a token.
    pub metrics_on_machine: bool,
}

/// The state that handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) office: Arc<Office>,
    pub(crate) metrics: Arc<dyn Fn() -> String + Send + Sync>,
    pub(crate) secure_cookies: bool,
    pub(crate) trusted_proxies: Arc<[Network]>,
    pub(crate) metrics_on_machine: bool,
}
