//! Checks that more than one part of the catalogue makes.

use std::{collections::BTreeSet, hash::Hash, ops::RangeInclusive};

use super::words::Localised;
use crate::error::Findings;

/// The longest short text: names, labels, titles.
pub(crate) const SHORT: usize = 200;
/// The longest text of some paragraphs.
pub(crate) const LONG: usize = 20_000;
/// The largest amount of money, in minor units: sums of a million of them stay far below the limits of `i64`.
pub(crate) const LARGEST_AMOUNT: i64 = 1_000_000_000_000;

/// A text has a length within bounds, in characters.
pub(crate) fn length(
    found: &mut Findings,
    pointer: &str,
    text: &str,
    bounds: RangeInclusive<usize>,
) {
    let long = text.chars().count();
    let (least, most) = (bounds.start(), bounds.end());
    found.check(
        bounds.contains(&long) && (*least == 0 || !text.trim().is_empty()),
        pointer,
        format!("must have {least} to {most} characters, and not only spaces"),
    );
}

/// The same for a text that may be missing.
pub(crate) fn maybe_length(
    found: &mut Findings,
    pointer: &str,
    text: Option<&str>,
    bounds: RangeInclusive<usize>,
) {
    if let Some(text) = text {
        length(found, pointer, text, bounds);
    }
}

/// Each language of a text has a length within bounds; `needed` says whether there must be one.
pub(crate) fn localised(
    found: &mut Findings,
    pointer: &str,
    texts: &Localised,
    needed: bool,
    most: usize,
) {
    found.check(
        !needed || !texts.0.is_empty(),
        pointer,
        "must have a text in one language at least",
    );
    for (locale, text) in &texts.0 {
        length(found, &format!("{pointer}/{locale}"), text, 1..=most);
    }
}

/// A list is not longer than it may be.
pub(crate) fn count<T>(found: &mut Findings, pointer: &str, list: &[T], most: usize) {
    found.check(list.len() <= most, pointer, format!("must have {most} items at most"));
}

/// No two items of a list have the same key.
pub(crate) fn unique<'a, T, K: Ord + Hash>(
    found: &mut Findings,
    pointer: &str,
    list: &'a [T],
    key: impl Fn(&'a T) -> K,
) {
    let mut seen = BTreeSet::new();
    for (at, item) in list.iter().enumerate() {
        found.check(seen.insert(key(item)), format!("{pointer}/{at}"), "stands here twice");
    }
}

/// A number lies within bounds.
pub(crate) fn range(found: &mut Findings, pointer: &str, number: i64, bounds: RangeInclusive<i64>) {
    let (least, most) = (bounds.start(), bounds.end());
    found.check(bounds.contains(&number), pointer, format!("must be {least} to {most}"));
}
