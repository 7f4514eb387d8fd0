//! Where requests may go: to the host of the manifest and those that it lists, over http or https,
//! and to no address of this machine or its neighbourhood unless the manifest itself is about one.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The hosts of a service.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    /// The address that the manifest gives.
    pub(crate) home: Url,
    /// Further hosts that it lists.
    pub(crate) others: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Guard {
    hosts: Hosts,
    /// Whether addresses of this machine are meant.
    is_local: bool,
}

impl Guard {
    pub(super) fn new(mut hosts: Hosts) -> Self {
        // As addresses write them: an address has several spellings.
        for host in &mut hosts.others {
            let url = Url::parse(&format!("https://{host}"));
            if let Some(written) = url.ok().and_then(|url| url.host_str().map(str::to_owned)) {
                *host = written;
            }
        }
        let is_local = match hosts.home.host() {
            Some(url::Host::Domain(name)) => is_local_name(name),
            Some(url::Host::Ipv4(address)) => is_near(address.into()),
            Some(url::Host::Ipv6(address)) => is_near(address.into()),
            None => false,
        };
        Self { hosts, is_local }
    }

    /// Whether a request may go there.
    ///
    /// # Errors
    /// Why not, and what to do about it.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        let scheme = url.scheme();
        if !matches!(scheme, "http" | "https") {
            return Err(format!("“{scheme}:” is neither http nor https"));
        }
        let host = url.host_str().unwrap_or_default();
        let is_known = self.hosts.home.host_str() == Some(host)
            || self.hosts.others.iter().any(|other| other.eq_ignore_ascii_case(host));
        if !is_known {
            return Err(format!(
                "requests would go to {host}, which the manifest does not name: where that is right, say hosts = [\"{host}\"]"
            ));
        }
        if self.hosts.home.scheme() == "https" && scheme == "http" {
            return Err(format!("requests to {host} would go in clear over http"));
        }
        let address = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::from(address)),
            _ => None,
        };
        match address {
            Some(address) if !self.permits(address) => Err(refused(host, address)),
            _ => Ok(()),
        }
    }

    fn permits(&self, address: IpAddr) -> bool {
        self.is_local || !is_near(address)
    }
}

fn refused(host: &str, address: IpAddr) -> String {
    format!(
        "{host} is {address}, an address of this machine or its own network segment, and the manifest's url is not"
    )
}

fn is_local_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

/// Loopback, link-local (where clouds keep their machines' secrets) and what is no host at all.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.octets()[0] == 0
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_near(v4.into()),
            None => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.is_unicast_link_local()
                    || is_nat64_near(v6)
            }
        },
    }
}

/// `64:ff9b::/96` leads to the IPv4 address in its end (RFC 6052).
fn is_nat64_near(address: Ipv6Addr) -> bool {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return false };
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    is_near(IpAddr::from([a, b, c, d]))
}

/// A name is looked up once for each connection, and what was checked is what is connected to.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let is_local = self.is_local;
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let first = found.first().map(SocketAddr::ip);
            let permitted: Vec<SocketAddr> =
                found.into_iter().filter(|at| is_local || !is_near(at.ip())).collect();
            match (permitted.is_empty(), first) {
                (true, Some(address)) => Err(refused(name.as_str(), address).into()),
                _ => Ok(Box::new(permitted.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(home: &str, others: &[&str]) -> Guard {
        let others = others.iter().map(|&other| other.to_owned()).collect();
        Guard::new(Hosts { home: home.parse().expect(home), others })
    }

    fn refusal(guard: &Guard, url: &str) -> String {
        guard.check(&url.parse().expect(url)).expect_err(url)
    }

    #[test]
    fn requests_go_to_the_hosts_of_the_manifest_and_nowhere_else() {
        let guard = guard("https://shop.example/openapi.json", &["auth.example"]);
        for url in ["https://shop.example/orders", "https://auth.example/token"] {
            guard.check(&url.parse().expect(url)).expect(url);
        }
        assert!(refusal(&guard, "https://evil.example/").contains("hosts = [\"evil.example\"]"));
        assert!(refusal(&guard, "http://shop.example/orders").contains("in clear"));
        assert!(refusal(&guard, "ftp://shop.example/orders").contains("neither"));
    }

    #[test]
    fn addresses_of_the_machine_itself_are_for_local_manifests_only() {
        let near = [
            "127.0.0.1",
            "127.8.9.1",
            "169.254.169.254",
            "0.0.0.0",
            "[::1]",
            "[fe80::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
        ];
        for host in near {
            let guard = guard("https://shop.example/", &[host]);
            assert!(refusal(&guard, &format!("https://{host}/")).contains("own network"), "{host}");
        }
        let local = guard("http://127.0.0.1:7000/openapi.json", &["localhost"]);
        for url in ["http://127.0.0.1:7001/", "http://localhost/"] {
            local.check(&url.parse().expect(url)).expect(url);
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_the_machine_itself_is_refused() {
        use std::str::FromStr as _;
        let guard = guard("https://shop.example/", &["localhost"]);
        let name = Name::from_str("localhost").expect("a name");
        let refused = guard.resolve(name).await.err().expect("refused");
        assert!(refused.to_string().contains("own network segment"), "{refused}");
    }
}
