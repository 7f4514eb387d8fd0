//! How the provider misbehaves. Each number counts the calls, or events, to which it still happens.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What `POST /faults` sets. What is not named is 0.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// The request is carried out and never answered.
    pub(crate) timeout_after_success: u32,
    /// The request is answered with status 500 and not carried out.
    pub(crate) error_before: u32,
    /// The request is declined.
    pub(crate) refusal: u32,
    /// The answer comes after `slow_millis`.
    pub(crate) slow: u32,
    /// How late a slow answer is.
    pub(crate) slow_millis: u64,
    /// The event is delivered twice.
    pub(crate) double_webhook: u32,
    /// The event is delivered after `late_millis`.
    pub(crate) late_webhook: u32,
    /// How late a late event is.
    pub(crate) late_millis: u64,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CallFaults {
    pub(crate) timeout_after_success: bool,
    pub(crate) error_before: bool,
    pub(crate) refusal: bool,
    pub(crate) slow: Option<Duration>,
}

/// What happens to one event.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EventFaults {
    pub(crate) twice: bool,
    pub(crate) late: Option<Duration>,
}

impl Faults {
    /// Takes what happens to the next call.
    pub(crate) fn next_call(&mut self) -> CallFaults {
        CallFaults {
            timeout_after_success: take(&mut self.timeout_after_success),
            error_before: take(&mut self.error_before),
            refusal: take(&mut self.refusal),
            slow: take(&mut self.slow).then(|| Duration::from_millis(self.slow_millis)),
        }
    }

    /// Takes what happens to the next event.
    pub(crate) fn next_event(&mut self) -> EventFaults {
        EventFaults {
            twice: take(&mut self.double_webhook),
            late: take(&mut self.late_webhook).then(|| Duration::from_millis(self.late_millis)),
        }
    }
}

fn take(count: &mut u32) -> bool {
    let is_left = *count > 0;
    *count = count.saturating_sub(1);
    is_left
}
