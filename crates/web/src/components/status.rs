//! Dots with words, counts, badges.

use kontor_model::Count;
use maud::{Markup, html};

use crate::shown::{Health, Tone};
use crate::texts::Texts;

/// A small coloured dot and its word; the colour never stands alone.
#[must_use]
pub fn dot(tone: Tone, word: &str) -> Markup {
    html! { span class={ "dot " (tone.class()) } { (word) } }
}

/// How a backend is.
#[must_use]
pub fn health(t: &Texts, health: Health) -> Markup {
    dot(health.tone(), &t.get(health.key()))
}

/// The health of a backend where there is no room for the word: the word is read out and appears
/// on hover.
#[must_use]
pub fn health_mark(t: &Texts, health: Health) -> Markup {
    let word = t.get(health.key());
    html! { span class={ "dot mark " (health.tone().class()) } title=(word) { span.unseen { (word) } } }
}

/// An honest count: exact, about, more than, unknown.
#[must_use]
pub fn count(t: &Texts, count: Count) -> Markup {
    let text = match count {
        Count::Exact(n) => t.count("count-exact", n),
        Count::About(n) => t.count("count-about", n),
        Count::MoreThan(n) => t.count("count-more", n),
        Count::Unknown => t.get("count-unknown").into_owned(),
    };
    html! { span.count { (text) } }
}

/// A count where there is only room for a number: `12`, `~ 2.000.000`, `> 10.000`, `?`.
#[must_use]
pub fn counter(t: &Texts, count: Count) -> Markup {
    let number = |n: u64| crate::format::integer(t.language(), i128::from(n));
    let (text, words) = match count {
        Count::Exact(n) => (number(n), t.count("count-exact", n)),
        Count::About(n) => (format!("~\u{a0}{}", number(n)), t.count("count-about", n)),
        Count::MoreThan(n) => (format!(">\u{a0}{}", number(n)), t.count("count-more", n)),
        Count::Unknown => ("?".to_owned(), t.get("count-unknown").into_owned()),
    };
    html! { span.counter title=(words) { (text) } }
}

/// A short word in a frame, such as “read-only”.
#[must_use]
pub fn badge(word: &str) -> Markup {
    html! { span.badge { (word) } }
}
