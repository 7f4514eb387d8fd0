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

fn element(shell: &Shell, at: Timestamp, text: &str) -> Markup {
    let exact = format::moment_with_zone(shell.language(), at, &shell.zone);
    html! { time datetime=(at) title=(exact) { (text) } }
}
