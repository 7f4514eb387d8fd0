//! Moments: short to read, exact on hover.

use jiff::Timestamp;
use maud::{Markup, html};

use super::Shell;
use crate::format::{self, Precision};

/// A moment in the reader's zone; zone and seconds appear on hover.
#[must_use]
pub fn moment(shell: &Shell, at: Timestamp) -> Markup {
    element(shell, at, &format::moment(shell.language(), at, &shell.zone, Precision::Minutes))
}

/// How long ago a moment was; the moment itself appears on hover.
#[must_use]
pub fn ago(shell: &Shell, at: Timestamp) -> Markup {
    element(shell, at, &format::ago(shell.texts, at, shell.now, &shell.zone))
}

/// A moment of today by the clock, any other with its day.
#[must_use]
pub fn clock(shell: &Shell, at: Timestamp) -> Markup {
    let local = |moment: Timestamp| moment.to_zoned(shell.zone.clone()).datetime();
    let (then, now) = (local(at), local(shell.now));
    let text = if then.date() == now.date() {
        format::clock(then.time(), Precision::Minutes)
    } else {
        format::date_time(shell.language(), then, Precision::Minutes)
    };
    element(shell, at, &text)
}

/// The day of a moment, where its hour is not known.
#[must_use]
pub fn day(shell: &Shell, at: Timestamp) -> Markup {
    let date = at.to_zoned(shell.zone.clone()).date();
    html! { time datetime=(date) { (format::day(shell.language(), date)) } }
}

fn element(shell: &Shell, at: Timestamp, text: &str) -> Markup {
    let exact = format::moment_with_zone(shell.language(), at, &shell.zone);
    html! { time datetime=(at) title=(exact) { (text) } }
}
