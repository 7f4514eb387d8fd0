//! How much one caller may ask for.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::{error::Refusal, refuse};

/// Requests per second, for each API key and for each address without one.
#[derive(Clone)]
pub struct Limits {
    keys: Option<Arc<DefaultKeyedRateLimiter<i64>>>,
    addresses: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
    /// Proxies that are believed who they speak for.
    proxies: Arc<[IpNet]>,
}

impl Limits {
    /// So many requests per second; 0 is no limit.
    pub fn new(per_key: u32, per_address: u32) -> Self {
        let quota = |rate| NonZeroU32::new(rate).map(Quota::per_second);
        Self {
            keys: quota(per_key).map(|quota| Arc::new(RateLimiter::keyed(quota))),
            addresses: quota(per_address).map(|quota| Arc::new(RateLimiter::keyed(quota))),
            proxies: Arc::default(),
        }
    }

    /// Behind proxies whose `X-Forwarded-For` is believed.
    #[must_use]
    pub fn behind(self, proxies: Vec<IpNet>) -> Self {
        Self { proxies: proxies.into(), ..self }
    }

    /// Where a request comes from: the last address on its way that is none of the proxies. None where there is no
    /// connection, as in tests.
    pub(super) fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
        let trusted = |address: &IpAddr| self.proxies.iter().any(|net| net.contains(address));
        let mut client = peer;
        let way = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
        let way: Vec<&str> = way.flat_map(|it| it.split(',')).collect();
        for hop in way.into_iter().rev() {
            let Some(before) = hop.trim().parse::<IpAddr>().ok().filter(|_| trusted(&client))
            else {
                break;
            };
            client = before.to_canonical();
        }
        Some(client)
    }

    pub(super) fn check_key(&self, key: i64) -> crate::Result<()> {
        match &self.keys {
            Some(keys) if keys.check_key(&key).is_err() => refuse!(too_many()),
            _ => Ok(()),
        }
    }

    pub(super) fn check_address(&self, address: IpAddr) -> crate::Result<()> {
        match &self.addresses {
            Some(addresses) if addresses.check_key(&network(address)).is_err() => {
                refuse!(too_many())
            }
            _ => Ok(()),
        }
    }

    /// Forgets who has been quiet, so that the memory of callers does not grow for ever.
    pub fn tidy(&self) {
        if let Some(keys) = &self.keys {
            keys.retain_recent();
        }
        if let Some(addresses) = &self.addresses {
            addresses.retain_recent();
        }
    }
}

/// Who has one IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(it) => Ipv6Addr::from_bits(it.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

fn too_many() -> Refusal {
    Refusal::new(
        429,
        "too_many_requests",
        "Too many requests: wait a second and go on more slowly.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(limits: &Limits, peer: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for way in forwarded {
            headers.append("x-forwarded-for", way.parse().unwrap());
        }
        limits.client(&extensions, &headers).unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_where_somebody_comes_from() {
        let open = Limits::new(1, 1);
        assert_eq!(seen(&open, "10.0.0.1", &["203.0.113.7"]), "10.0.0.1");
        let behind = open.behind(vec!["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(seen(&behind, "10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            seen(&behind, "::ffff:10.0.0.1", &["1.1.1.1, 203.0.113.7", "10.2.2.2"]),
            "203.0.113.7"
        );
        assert_eq!(seen(&behind, "198.51.100.1", &["203.0.113.7"]), "198.51.100.1");
        assert_eq!(seen(&behind, "10.0.0.1", &["nonsense"]), "10.0.0.1");
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_limit() {
        let limits = Limits::new(0, 1);
        assert!(limits.check_address("2001:db8::1".parse().unwrap()).is_ok());
        assert!(limits.check_address("2001:db8::2".parse().unwrap()).is_err());
        assert!(limits.check_address("2001:db8:0:1::2".parse().unwrap()).is_ok());
    }
}
