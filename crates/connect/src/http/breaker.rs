//! Leaves a service alone that fails: after some failures in a row nothing is sent for a while,
//! then one request goes first, and only when it is answered the others follow.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Failure, FailureKind};

/// So many failures in a row open the circuit.
const FAILURES: u32 = 3;
/// For so long at first; twice as long after each probe that fails.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    /// Until when nothing is sent, and why.
    open: Option<(Instant, String)>,
    pause: Duration,
    /// Whether one request is on its way to try.
    probing: bool,
    /// Until when the service asked to be left alone.
    held: Option<Instant>,
}

/// The permission for one request; it must be told how that went.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
    told: bool,
}

impl Breaker {
    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned lock only means that another request panicked; the state is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A permission to send one request.
    pub(super) fn pass(&self) -> Result<Pass<'_>, Failure> {
        let mut state = self.state();
        let now = Instant::now();
        if let Some(until) = state.held.filter(|until| *until > now) {
            let seconds = (until - now).as_secs() + 1;
            let detail = format!("it asked to be left alone for {seconds} s more");
            return Err(Failure::new(FailureKind::Busy, detail));
        }
        let Some((until, why)) = &state.open else {
            return Ok(Pass { breaker: self, is_probe: false, told: false });
        };
        if *until > now || state.probing {
            let detail = format!("left alone after {} failures in a row: {why}", state.failures);
            return Err(Failure::new(FailureKind::Unreachable, detail));
        }
        state.probing = true;
        Ok(Pass { breaker: self, is_probe: true, told: false })
    }
}

impl Pass<'_> {
    /// It was answered.
    pub(super) fn succeeded(mut self) {
        self.told = true;
        *self.breaker.state() = State::default();
    }

    /// It was not, or with a failure of the service as a whole.
    pub(super) fn failed(mut self, why: &str) {
        self.told = true;
        let mut state = self.breaker.state();
        state.failures = state.failures.saturating_add(1);
        if self.is_probe {
            state.probing = false;
        }
        if self.is_probe || state.failures >= FAILURES {
            state.pause = (state.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            state.open = Some((Instant::now() + state.pause, why.to_owned()));
        }
    }

    /// The service asked to be left alone for so long.
    pub(super) fn held(mut self, wait: Duration) {
        self.told = true;
        *self.breaker.state() = State { held: Some(Instant::now() + wait), ..State::default() };
    }
}

/// A request that was given up tells nothing; another one may try.
impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.told && self.is_probe {
            self.breaker.state().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..FAILURES {
            breaker.pass().expect("closed").failed("no answer");
        }
        breaker
    }

    /// As if the pause were over.
    fn pause_over(breaker: &Breaker) {
        if let Some((until, _)) = &mut breaker.state().open {
            *until = Instant::now();
        }
    }

    #[tokio::test]
    async fn after_three_failures_in_a_row_nothing_is_sent() {
        let refused = opened().pass().err().expect("open");
        assert_eq!(refused.kind, FailureKind::Unreachable);
        assert!(refused.detail.contains("3 failures in a row: no answer"), "{refused}");
    }

    #[tokio::test]
    async fn a_success_in_between_begins_the_count_anew() {
        let breaker = Breaker::default();
        for _ in 0..10 {
            breaker.pass().expect("closed").failed("no answer");
            breaker.pass().expect("closed").failed("no answer");
            breaker.pass().expect("closed").succeeded();
        }
    }

    #[tokio::test]
    async fn after_the_pause_one_request_tries_and_the_others_wait_for_it() {
        let breaker = opened();
        pause_over(&breaker);
        let probe = breaker.pass().expect("the probe");
        assert!(breaker.pass().is_err(), "one at a time");
        probe.succeeded();
        assert!(breaker.pass().is_ok());
    }

    #[tokio::test]
    async fn a_probe_that_fails_makes_the_pause_longer_and_one_that_is_given_up_makes_room() {
        let breaker = opened();
        pause_over(&breaker);
        breaker.pass().expect("the probe").failed("again");
        assert_eq!(breaker.state().pause, 2 * FIRST_PAUSE);
        pause_over(&breaker);
        drop(breaker.pass().expect("the next probe"));
        assert!(breaker.pass().is_ok(), "the one given up does not block the way");
    }

    #[tokio::test]
    async fn whoever_asks_to_be_left_alone_is() {
        let breaker = Breaker::default();
        breaker.pass().expect("closed").held(Duration::from_secs(30));
        let refused = breaker.pass().err().expect("held");
        assert_eq!(refused.kind, FailureKind::Busy);
        assert!(refused.detail.contains("30 s"), "{refused}");
    }
}
