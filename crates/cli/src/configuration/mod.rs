//! The configuration: what stands on the command line goes before the environment, that before
//! `kontor.toml`, that before what is usual.

mod file;
mod options;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use kontor_web::Network;
pub(crate) use options::{
    AddressOptions, Given, GlobalOptions, LogFormat, MetricsFor, ServeOptions,
};

/// The data folder unless told otherwise: in the folder where one stands.
const DATA: &str = "data";
/// The name of the configuration in the data folder.
const FILE: &str = "kontor.toml";
/// Where the office listens unless told otherwise: reachable from this machine only.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4711);

/// Everything that can be set, with what is usual where nothing was given.
pub(crate) struct Configuration {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The URL of the store. It may hold a password and is never logged.
    pub(crate) store: String,
    /// The folder of the manifests.
    pub(crate) manifests: PathBuf,
    /// How the log is written.
    pub(crate) log: LogFormat,
    /// What is logged, where that was given.
    pub(crate) log_level: Option<String>,
    /// Whether cookies are for https only.
    pub(crate) secure_cookies: bool,
    /// Further origins from which forms may be sent, such as that of a proxy.
    pub(crate) trusted_origins: Vec<String>,
    /// Proxies that are believed where a request came from.
    pub(crate) trusted_proxies: Vec<Network>,
    /// Who may read the metrics.
    pub(crate) metrics: MetricsFor,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigurationError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Things in the file are wrong; one line for each, with its place.
    #[error("{}", .0.join("\n"))]
    Wrong(Vec<String>),
}

impl Configuration {
    /// Completes what was given on the command line and in the environment with the file and with
    /// what is usual. `named` is the file where one was named; it must exist then.
    ///
    /// # Errors
    /// [`ConfigurationError`] says what is wrong with the file, and where.
    pub(crate) fn read(given: Given, named: Option<&Path>) -> Result<Self, ConfigurationError> {
        let in_data = given.data.clone().unwrap_or_else(|| DATA.into()).join(FILE);
        let from_file = match named {
            Some(path) => file::read(path, true)?,
            None if in_data.exists() => file::read(&in_data, false)?,
            None => Given::default(),
        };
        Ok(Self::complete(given.or(from_file)))
    }

    fn complete(given: Given) -> Self {
        let data = given.data.unwrap_or_else(|| DATA.into());
        Self {
            listen: given.listen.unwrap_or(LISTEN),
            store: given
                .store
                .unwrap_or_else(|| format!("sqlite:{}", data.join("kontor.db").display())),
            manifests: given.manifests.unwrap_or_else(|| data.join("backends")),
            log: given.log.unwrap_or(LogFormat::Readable),
            log_level: given.log_level,
            secure_cookies: given.secure_cookies.unwrap_or(false),
            trusted_origins: given.trusted_origins.unwrap_or_default(),
            trusted_proxies: given.trusted_proxies.unwrap_or_default(),
            metrics: given.metrics.unwrap_or(MetricsFor::Token),
            data,
        }
    }

    /// With what links begin that people open, when the office listens at an address. Behind a
    /// proxy, cookies and forms work only under the proxy's name.
    pub(crate) fn public(&self, address: SocketAddr) -> String {
        self.trusted_origins.first().cloned().unwrap_or_else(|| origin(address))
    }

    /// The file of the store, where it is one.
    pub(crate) fn store_file(&self) -> Option<&Path> {
        let path = self.store.strip_prefix("sqlite:")?;
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }
}

/// An address that a browser on this machine can open: “everywhere” is none.
pub(crate) fn origin(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        let local =
            if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(local);
    }
    format!("http://{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_an_address_that_a_browser_can_open() {
        let shown = |text: &str| origin(text.parse().unwrap());
        assert_eq!(shown("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(shown("[::]:80"), "http://[::1]:80");
        assert_eq!(shown("192.168.0.7:80"), "http://192.168.0.7:80");
    }

    fn given(text: &str) -> Given {
        file::parse(text, Path::new("/etc/kontor/kontor.toml"), true).unwrap()
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_that_before_what_is_usual() {
        let on_command_line =
            Given { listen: Some("127.0.0.1:1".parse().unwrap()), ..Given::default() };
        let in_file = given("listen = \"127.0.0.1:2\"\nsecure_cookies = true\n");
        let configuration = Configuration::complete(on_command_line.or(in_file));
        assert_eq!(configuration.listen.port(), 1);
        assert!(configuration.secure_cookies);
        assert_eq!(configuration.store, "sqlite:data/kontor.db");
        assert_eq!(configuration.store_file(), Some(Path::new("data/kontor.db")));
    }

    #[test]
    fn store_and_manifests_follow_the_data_folder() {
        let configuration = Configuration::complete(given("data = \"/srv/kontor\"\n"));
        assert_eq!(configuration.manifests, Path::new("/srv/kontor/backends"));
        assert_eq!(configuration.store, "sqlite:/srv/kontor/kontor.db");
    }
}
