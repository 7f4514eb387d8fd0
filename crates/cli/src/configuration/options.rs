//! The options of the command line and their environment variables.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kontor_web::Network;

use crate::logging::check_level;

/// Options of every command.
#[derive(Args)]
pub(crate) struct GlobalOptions {
    /// A configuration file; without it, kontor.toml in the data folder, if it is there.
    #[arg(long, global = true, value_name = "FILE", env = "KONTOR_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder for everything that Kontor keeps [default: data]
    #[arg(long, global = true, value_name = "FOLDER", env = "KONTOR_DATA")]
    data: Option<PathBuf>,
    /// Kontor's own memory: sqlite:<file> or postgres://user@host/database [default: kontor.db in
    /// the data folder]
    #[arg(long, global = true, value_name = "URL", env = "KONTOR_STORE", hide_env_values = true)]
    store: Option<String>,
    /// The folder of the manifests [default: backends in the data folder]
    #[arg(long, global = true, value_name = "FOLDER", env = "KONTOR_MANIFESTS")]
    manifests: Option<PathBuf>,
    /// How the log on standard error is written [default: readable]
    #[arg(long, global = true, value_name = "FORMAT", env = "KONTOR_LOG")]
    log: Option<LogFormat>,
    /// What is logged: a level, or parts such as info,kontor_connect=debug [default: info]
    #[arg(long, global = true, value_name = "FILTER", env = "KONTOR_LOG_LEVEL", value_parser = check_level)]
    log_level: Option<String>,
}

/// Options of the commands that open the office in the browser.
#[derive(Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) address: AddressOptions,
    /// Send cookies over https only; for use behind a proxy that speaks https [default: false]
    #[arg(long, env = "KONTOR_SECURE_COOKIES", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "true|false")]
    secure_cookies: Option<bool>,
    /// A proxy that is believed where a request came from, as an address or a network such as
    /// 10.0.0.0/8; may be given several times
    #[arg(
        long = "trusted-proxy",
        value_name = "ADDRESS",
        env = "KONTOR_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    trusted_proxies: Option<Vec<Network>>,
    /// Who may read /metrics: who has an administrator's token, or also whoever asks from this
    /// machine [default: token]
    #[arg(long, value_name = "WHO", env = "KONTOR_METRICS")]
    metrics: Option<MetricsFor>,
}

/// Who may read the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetricsFor {
    /// Who has an administrator's token.
    Token,
    /// Also whoever asks from this machine, and not through a proxy.
    Machine,
}

/// Where the office is found; also for the commands that print a link into it.
#[derive(Args)]
pub(crate) struct AddressOptions {
    /// Where the office listens; for a server, port 0 takes any that is free [default:
    /// 127.0.0.1:4711]
    #[arg(long, value_name = "ADDRESS", env = "KONTOR_LISTEN")]
    listen: Option<SocketAddr>,
    /// An origin from which forms may be sent beside the address itself, such as
    /// https://office.example.com; may be given several times. Printed links begin with the first
    #[arg(long = "trusted-origin", value_name = "ORIGIN", env = "KONTOR_TRUSTED_ORIGINS", value_delimiter = ',', value_parser = check_origin)]
    trusted_origins: Option<Vec<String>>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Readable,
    /// One JSON object a line, for machines.
    Json,
}

/// What was given at one place; nothing where it was not.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) data: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) store: Option<String>,
    pub(crate) manifests: Option<PathBuf>,
    pub(crate) log: Option<LogFormat>,
    pub(crate) log_level: Option<String>,
    pub(crate) secure_cookies: Option<bool>,
    pub(crate) trusted_origins: Option<Vec<String>>,
    pub(crate) trusted_proxies: Option<Vec<Network>>,
    pub(crate) metrics: Option<MetricsFor>,
}

impl Given {
    /// What stands on the command line and in the environment.
    pub(crate) fn new(
        global: &GlobalOptions,
        serving: Option<&ServeOptions>,
        address: Option<&AddressOptions>,
    ) -> Self {
        let address = serving.map(|serving| &serving.address).or(address);
        Self {
            data: global.data.clone(),
            store: global.store.clone(),
            manifests: global.manifests.clone(),
            log: global.log,
            log_level: global.log_level.clone(),
            listen: address.and_then(|address| address.listen),
            secure_cookies: serving.and_then(|serving| serving.secure_cookies),
            trusted_origins: address.and_then(|address| address.trusted_origins.clone()),
            trusted_proxies: serving.and_then(|serving| serving.trusted_proxies.clone()),
            metrics: serving.and_then(|serving| serving.metrics),
        }
    }

    /// What is not given here is taken from there.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            data: self.data.or(other.data),
            listen: self.listen.or(other.listen),
            store: self.store.or(other.store),
            manifests: self.manifests.or(other.manifests),
            log: self.log.or(other.log),
            log_level: self.log_level.or(other.log_level),
            secure_cookies: self.secure_cookies.or(other.secure_cookies),
            trusted_origins: self.trusted_origins.or(other.trusted_origins),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            metrics: self.metrics.or(other.metrics),
        }
    }
}

/// An origin is a scheme and a host; a path behind it would never match.
pub(super) fn check_origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
            Ok(text.to_owned())
        }
        _ => Err(format!(
            "“{text}” is no origin: write scheme and host without a path, such as https://office.example.com"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::check_origin;

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_nothing_else() {
        for good in ["https://office.example.com", "http://127.0.0.1:8080"] {
            assert_eq!(check_origin(good).as_deref(), Ok(good));
        }
        for bad in ["office.example.com", "https://office.example.com/", "https://", "ftp://a"] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }
}
