//! How guessing passwords is slowed down.
//!
//! An attempt is counted before its password is looked at, and the count is taken back when the
//! password was right: of many guesses at the same moment, no more are looked at than one after
//! the other. What is refused is not counted.
//!
//! - **An account from an address** has five failures free; after each further one it waits twice
//!   as long, from two seconds to a quarter of an hour.
//! - **Where an account came in from an address within the last 30 days, nothing else counts.**
//!   Nobody elsewhere, and nobody who guesses other accounts behind the same proxy or router, can
//!   keep somebody from signing in where they are used to.
//! - **An account from all other addresses together** has 30 failures free, and waits a minute at
//!   most: that slows down who guesses from many addresses.
//! - **An address over all other accounts together** has 60 failures free, and waits half a minute
//!   at most: that slows down who guesses many accounts.
//!
//! Failures are forgotten after an hour without one. The keys are hashes: what somebody typed is
//! not kept.

use kontor_store::{Micros, SecretHash, throttle};

use super::PeopleError;
use crate::Office;
use crate::error::OfficeError;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
/// Failures older than this are forgotten.
const FORGET: Micros = 60 * MINUTE;
/// For so long an address is remembered from which an account came in.
const REMEMBER: Micros = 30 * 24 * 60 * MINUTE;

/// How many failures are free, and the longest wait after more.
#[derive(Clone, Copy)]
struct Rule {
    free: u32,
    most: Micros,
}

const PAIR: Rule = Rule { free: 5, most: 15 * MINUTE };
const ACCOUNT: Rule = Rule { free: 30, most: MINUTE };
const ADDRESS: Rule = Rule { free: 60, most: 30 * SECOND };

/// An attempt to sign in that was counted.
pub(super) struct Attempt {
    keys: Keys,
    is_known: bool,
}

struct Keys {
    pair: String,
    account: String,
    address: String,
    known: String,
}

impl Keys {
    fn of(email: &str, ip: &str) -> Self {
        let key = |kind: &str, parts: &[&str]| {
            format!("{kind}:{}", SecretHash::of(&parts.join("\n")).as_str())
        };
        let email = email.trim().to_lowercase();
        Self {
            pair: key("pair", &[&email, ip]),
            account: key("account", &[&email]),
            address: key("address", &[ip]),
            known: key("known", &[&email, ip]),
        }
    }

    /// Those under which an attempt is counted, always in this order, so that two attempts wait
    /// for each other and not both.
    fn counted(&self, is_known: bool) -> impl Iterator<Item = (&str, Rule)> {
        let all = [(&self.pair, PAIR), (&self.account, ACCOUNT), (&self.address, ADDRESS)];
        all.into_iter().take(if is_known { 1 } else { 3 }).map(|(key, rule)| (key.as_str(), rule))
    }
}

impl Office {
    /// Counts an attempt as if it failed, unless it has to wait.
    pub(super) async fn attempt(&self, email: &str, ip: &str) -> Result<Attempt, OfficeError> {
        let now = self.clock.micros();
        let keys = Keys::of(email, ip);
        self.store
            .transaction(async |mut tx| {
                let is_known =
                    throttle::is_remembered(&mut tx, &keys.known, now - REMEMBER).await?;
                for (key, rule) in keys.counted(is_known) {
                    let attempts = throttle::failed(&mut tx, key, now, now - FORGET).await?;
                    if attempts.blocked_until > now {
                        let wait = (attempts.blocked_until - now).unsigned_abs();
                        return Err(PeopleError::Throttled { seconds: wait / 1_000_000 + 1 }.into());
                    }
                    if attempts.failures > rule.free {
                        let until = now + wait(attempts.failures - rule.free).min(rule.most);
                        throttle::block(&mut tx, key, until).await?;
                    }
                }
                Ok(Attempt { keys, is_known })
            })
            .await
    }

    /// The password was right: the attempt counts no more.
    pub(super) async fn succeeded(&self, attempt: &Attempt) -> Result<(), OfficeError> {
        let now = self.clock.micros();
        self.store
            .transaction(async |mut tx| {
                for (key, rule) in attempt.keys.counted(attempt.is_known) {
                    if key == attempt.keys.pair {
                        throttle::clear(&mut tx, key).await?;
                    } else {
                        throttle::take_back(&mut tx, key, rule.free).await?;
                    }
                }
                throttle::purge(&mut tx, now - REMEMBER).await?;
                Ok::<_, OfficeError>(())
            })
            .await
    }
}

/// Remembers that an account came in from an address.
pub(super) async fn remember(
    tx: &mut kontor_store::Tx,
    email: &str,
    ip: &str,
    now: Micros,
) -> Result<(), kontor_store::StoreError> {
    throttle::remember(tx, &Keys::of(email, ip).known, now).await
}

/// 2 s, 4 s, 8 s, …
fn wait(failures: u32) -> Micros {
    SECOND << failures.min(20)
}
