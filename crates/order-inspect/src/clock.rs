//! The one place that times and random numbers come from.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use crate::moment::Moment;

/// Tells the time; in tests, the time that the test says it is.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that is set by hand.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until it is moved.
    pub fn standing_at(moment: Moment) -> Self {
        Self::Set(Arc::new(AtomicI64::new(moment.0)))
    }

    /// Moves a clock that is set by hand.
    pub fn advance(&self, by: std::time::Duration) {
        if let Self::Set(at) = self {
            at.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::Relaxed);
        }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the place that others must ask")]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment(jiff::Timestamp::now().as_microsecond()),
            Self::Set(at) => Moment(at.load(Ordering::Relaxed)),
        }
    }

    /// Microseconds that have passed since some moment: this grows also where the system's clock is set back.
    pub fn passed(&self) -> i64 {
        match self {
            Self::System => i64::try_from(BEGUN.elapsed().as_micros()).unwrap_or(i64::MAX),
            Self::Set(at) => at.load(Ordering::Relaxed),
        }
    }
}

/// When this program asked first.
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Text that nobody can guess: 32 random bytes, written so that it fits into an address.
#[expect(clippy::disallowed_methods, reason = "this is the place that others must ask")]
pub fn random_token() -> crate::Result<String> {
    use base64::Engine as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| crate::error::Error::Broken(format!("no random numbers: {error}")))?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
