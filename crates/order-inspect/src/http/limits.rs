//! How much one caller may ask for.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::{error::Refusal, refuse};

/// Requests per second, for each API key and for each address without one.
#[derive(Clone)]
pub struct Limits {
    keys: Option<Arc<DefaultKeyedRateLimiter<i64>>>,
    addresses: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
}

impl Limits {
    /// So many requests per second; 0 is no limit.
    pub fn new(per_key: u32, per_address: u32) -> Self {
        let quota = |rate| NonZeroU32::new(rate).map(Quota::per_second);
        Self {
            keys: quota(per_key).map(|quota| Arc::new(RateLimiter::keyed(quota))),
            addresses: quota(per_address).map(|quota| Arc::new(RateLimiter::keyed(quota))),
        }
    }

    pub(super) fn check_key(&self, key: i64) -> crate::Result<()> {
        match &self.keys {
            Some(keys) if keys.check_key(&key).is_err() => refuse!(too_many()),
            _ => Ok(()),
        }
    }

    pub(super) fn check_address(&self, address: IpAddr) -> crate::Result<()> {
        match &self.addresses {
            Some(addresses) if addresses.check_key(&address).is_err() => refuse!(too_many()),
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

fn too_many() -> Refusal {
    Refusal::new(
        429,
        "too_many_requests",
        "Too many requests: wait a second and go on more slowly.",
    )
}
