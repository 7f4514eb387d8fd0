//! Where a request came from: proxies that are trusted say so, nobody else does.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, header};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// An address, or all addresses that begin with the same bits, such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// A text that names neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoNetwork(String);

impl fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is no address; write for example 127.0.0.1 or 10.0.0.0/8", self.0)
    }
}

impl std::error::Error for NoNetwork {}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The bits of an address, the first one the highest.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => width(address),
        };
        if bits > width(address) { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let differing = bits(self.address) ^ bits(address);
        self.address.is_ipv4() == address.is_ipv4() && differing.leading_zeros() >= self.bits
    }
}

/// The client of a request that came over a connection from `peer`. Only what trusted proxies
/// added is believed: the last address before them. Where a request has both headers and they
/// name different clients, one of them is not from the proxy, and neither is believed.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_trusted(peer) {
        return peer;
    }
    let before = |hops: Vec<Option<IpAddr>>| {
        let mut client = peer;
        for hop in hops.into_iter().rev() {
            let Some(address) = hop else { break };
            client = address;
            if !is_trusted(client) {
                break;
            }
        }
        client
    };
    let list = |name: &str| -> Option<String> {
        let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
        Some(lines.collect::<Vec<_>>().join(",")).filter(|list| !list.is_empty())
    };
    let plain = list(FORWARDED_FOR).map(|list| before(list.split(',').map(address).collect()));
    let described = list(header::FORWARDED.as_str())
        .map(|list| before(list.split(',').map(described_address).collect()));
    match (plain, described) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(client), _) | (None, Some(client)) => client,
        (None, None) => peer,
    }
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    address
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

/// The address of `for=` in a part of a `Forwarded` header (RFC 7239).
fn described_address(part: &str) -> Option<IpAddr> {
    let pairs = part.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    named.next().and_then(|(_, value)| address(value.trim().trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, lines: &[(&'static str, &'static str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let trusted = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap());
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_what_a_trusted_proxy_added_is_believed() {
        let forged = ("x-forwarded-for", "198.51.100.9, 203.0.113.5");
        assert_eq!(seen("203.0.113.1", &[forged]), "203.0.113.1");
        assert_eq!(seen("127.0.0.1", &[forged]), "203.0.113.5");
        assert_eq!(seen("::ffff:127.0.0.1", &[forged]), "203.0.113.5");
        assert_eq!(seen("10.1.2.3", &[forged, ("x-forwarded-for", "10.9.9.9")]), "203.0.113.5");
        assert_eq!(seen("127.0.0.1", &[("x-forwarded-for", "203.0.113.5, nonsense")]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &[("x-forwarded-for", "10.0.0.7")]), "10.0.0.7");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn the_standard_header_is_read_as_well() {
        let v6 = ("forwarded", "for=203.0.113.7, for=\"[2001:db8::1]:4711\";proto=https");
        assert_eq!(seen("fd00::1", &[v6]), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", &[("forwarded", "For=unknown")]), "127.0.0.1");
    }

    #[test]
    fn two_headers_that_name_different_clients_are_not_believed() {
        let proxy = ("x-forwarded-for", "203.0.113.5");
        assert_eq!(seen("127.0.0.1", &[proxy, ("forwarded", "for=198.51.100.9")]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &[proxy, ("forwarded", "for=203.0.113.5")]), "203.0.113.5");
    }

    #[test]
    fn a_network_is_an_address_with_or_without_its_length() {
        for wrong in ["", "office", "10.0.0.0/33", "10.0.0.0/x", "10.0.0"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.holds("192.0.2.1".parse().unwrap()));
        assert!(!all.holds("2001:db8::1".parse().unwrap()));
    }
}
