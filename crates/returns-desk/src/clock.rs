//! The one place that times come from.

use jiff::Timestamp;

/// Tells the time; in tests, the time that the test says it is.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that stands still.
    StandingAt(Timestamp),
}

impl Clock {
    /// The time now, in whole seconds, as the database writes it: `2026-11-20T14:03:59Z`.
    #[expect(clippy::disallowed_methods, reason = "this is the place that others must ask")]
    pub(crate) fn now(self) -> String {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::StandingAt(time) => time,
        };
        now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}
