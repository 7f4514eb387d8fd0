//! Rendered pages, kept in memory and believed only while what they were made from is the same.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest as _, Sha256};

use super::{
    checks::Checks,
    state::{State, Subject},
    window::Looking,
};
use crate::{error::Error, moment::Moment};

/// How much memory pages may take, in bytes.
const MEMORY: u64 = 128 * 1024 * 1024;
/// About how many pages that is.
const PAGES: usize = 10_000;

/// Which page: the address and how one looks at it.
pub(super) type Address = (String, Looking);

/// A page as it is sent.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) subject: Subject,
    pub(super) state: State,
    /// The part of the setup that it shows.
    pub(super) setup: u64,
    /// The next moment at which time itself changes it.
    pub(super) until: Option<Moment>,
    pub(super) body: Bytes,
    pub(super) zipped: Bytes,
    /// The name of the body, without quotes.
    pub(super) tag: String,
}

impl Page {
    /// Packs a body, once for all who ask for it.
    pub(super) fn pack(
        body: Vec<u8>,
        subject: Subject,
        state: State,
        setup: u64,
        until: Option<Moment>,
    ) -> crate::Result<Self> {
        use std::io::Write as _;
        let broken = |error| Error::Broken(format!("a page cannot be packed: {error}"));
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        zip.write_all(&body).map_err(broken)?;
        let zipped = zip.finish().map_err(broken)?.into();
        let digest = Sha256::digest(&body);
        let tag = URL_SAFE_NO_PAD.encode(&digest[..15]);
        Ok(Self { subject, state, setup, until, body: body.into(), zipped, tag })
    }
}

/// The pages that were asked for lately.
#[derive(Clone)]
pub struct Pages {
    cache: Arc<Cache<Address, Arc<Page>, Weight>>,
    pub(super) checks: Checks,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Address, Arc<Page>> for Weight {
    fn weight(&self, (slug, _): &Address, page: &Arc<Page>) -> u64 {
        let known = page.subject.variants.len() * 80 + page.subject.products.len() * 8;
        u64::try_from(slug.len() + page.body.len() + page.zipped.len() + known + 500)
            .unwrap_or(u64::MAX)
    }
}

impl Default for Pages {
    fn default() -> Self {
        let cache = Arc::new(Cache::with_weighter(PAGES, MEMORY, Weight));
        Self { cache, checks: Checks::default() }
    }
}

impl Pages {
    pub(super) fn get(&self, address: &Address) -> Option<Arc<Page>> {
        self.cache.get(address)
    }

    pub(super) fn keep(&self, address: Address, page: Arc<Page>) {
        self.cache.insert(address, page);
    }
}
