//! What changed in JSON: which entries of a list were added and removed, and which members of the
//! others changed.

use kontor_office::catalog::is_identifier;
use maud::{Markup, html};
use serde_json::value::RawValue;

use super::sheet::{Json, Row, Sheet, Told, is_deep, is_nothing};
use crate::components::Shell;
use crate::members::Members;
use crate::shown::Inside;

/// Members that tell the entries of a list apart, the surest first; then those that are called so.
const KEYS: [&str; 12] = [
    "id",
    "uuid",
    "key",
    "number",
    "position",
    "reference",
    "sku",
    "code",
    "slug",
    "line",
    "name",
    "type",
];
/// Changes that are told one by one.
const MOST_TOLD: usize = 30;
/// Values of an entry that was added or removed.
const MOST_WORDS: usize = 6;

/// What became of an entry.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Added(String),
    Removed(String),
    Changed(String, Vec<Step>),
    /// The same entries stand in another order.
    Moved,
}

/// What became of a member.
#[derive(Debug, PartialEq)]
pub(super) struct Step {
    title: String,
    what: What,
}

#[derive(Debug, PartialEq)]
enum What {
    /// Before and after, in words; none where there was or is nothing.
    Value(Option<String>, Option<String>),
    Entries(Vec<Piece>),
    Members(Vec<Step>),
}

/// What changed from one JSON text to another; none where that cannot be told piece by piece.
pub(crate) fn changed(
    shell: &Shell,
    (inside_before, inside_after): (&Inside, &Inside),
    before: &str,
    after: &str,
) -> Option<Markup> {
    let sheets =
        Sheets { before: Sheet::of(shell, inside_before), after: Sheet::of(shell, inside_after) };
    let what = sheets.difference(&Json::of(before)?, &Json::of(after)?)?;
    Some(markup(shell, &what))
}

/// How both sides are read: a record may have got another currency.
#[derive(Clone, Copy)]
struct Sheets<'a> {
    before: Sheet<'a>,
    after: Sheet<'a>,
}

impl Sheets<'_> {
    /// The difference of two lists, or of two objects; none where they are not alike.
    fn difference(&self, before: &Json, after: &Json) -> Option<What> {
        let none = Vec::new();
        Some(match (before, after) {
            (Json::Objects(before), Json::Objects(after)) => {
                What::Entries(self.entries(before, after))
            }
            (Json::Objects(before), Json::Nothing) => What::Entries(self.entries(before, &none)),
            (Json::Nothing, Json::Objects(after)) => What::Entries(self.entries(&none, after)),
            (Json::Values(before), Json::Values(after)) => {
                What::Entries(self.values(before, after))
            }
            (Json::Values(before), Json::Nothing) => What::Entries(self.values(before, &[])),
            (Json::Nothing, Json::Values(after)) => What::Entries(self.values(&[], after)),
            (Json::Object(before), Json::Object(after)) => What::Members(self.steps(before, after)),
            _ => return None,
        })
    }

    fn entries(&self, before: &[Row], after: &[Row]) -> Vec<Piece> {
        let key = key_of(before, after);
        let pairs = match &key {
            Some(key) => by_key(key, before, after),
            None => by_content(before, after),
        };
        let mut pieces = Vec::new();
        for (at, other) in pairs.iter().enumerate() {
            let row = &before[at];
            match other {
                None => pieces.push(Piece::Removed(self.before.words(row, MOST_WORDS))),
                Some(other) => {
                    let steps = self.steps(row, &after[*other]);
                    if !steps.is_empty() {
                        pieces.push(Piece::Changed(
                            self.called(key.as_deref(), &after[*other]),
                            steps,
                        ));
                    }
                }
            }
        }
        for (at, row) in after.iter().enumerate() {
            if !pairs.contains(&Some(at)) {
                pieces.push(Piece::Added(self.after.words(row, MOST_WORDS)));
            }
        }
        let kept: Vec<usize> = pairs.iter().copied().flatten().collect();
        if pieces.is_empty() && !kept.is_sorted() {
            pieces.push(Piece::Moved);
        }
        pieces
    }

    /// What an entry is called, with the number that tells it apart.
    fn called(&self, key: Option<&str>, row: &Row) -> String {
        let head = self.after.head(row);
        let members = self.after.members(row);
        let key = members.iter().find(|told| Some(told.view.name.as_str()) == key);
        // A text that tells it apart is what it is called, or stands beside it; a number needs a name.
        match key.map(|told| (told, self.after.word(told))) {
            None => head,
            Some((_, word)) if head.starts_with(&word) => head,
            Some((told, word)) if told.raw.get().starts_with('"') => format!("{head} · {word}"),
            Some((told, word)) => format!("{} {word} · {head}", told.view.title),
        }
    }

    fn values(&self, before: &[Box<RawValue>], after: &[Box<RawValue>]) -> Vec<Piece> {
        let pairs = paired(before, after, |a, b| is_same(a, b));
        let gone = before.iter().zip(&pairs).filter(|(_, pair)| pair.is_none());
        let mut pieces: Vec<Piece> =
            gone.map(|(raw, _)| Piece::Removed(self.before.own_word(raw))).collect();
        let new = after.iter().enumerate().filter(|(at, _)| !pairs.contains(&Some(*at)));
        pieces.extend(new.map(|(_, raw)| Piece::Added(self.after.own_word(raw))));
        if pieces.is_empty() && !pairs.iter().flatten().is_sorted() {
            pieces.push(Piece::Moved);
        }
        pieces
    }

    /// The members that changed, of those that are shown.
    fn steps(&self, before: &Row, after: &Row) -> Vec<Step> {
        let (old, new) = (self.before.members(before), self.after.members(after));
        let find = |members: &[Told<'_>], name: &str| {
            members.iter().position(|told| told.view.name == name)
        };
        let mut names: Vec<&str> = new.iter().map(|told| told.view.name.as_str()).collect();
        names.extend(
            old.iter()
                .map(|told| told.view.name.as_str())
                .filter(|name| find(&new, name).is_none()),
        );
        let steps = names.into_iter().filter_map(|name| {
            let old = find(&old, name).map(|at| &old[at]);
            let new = find(&new, name).map(|at| &new[at]);
            self.step(old, new)
        });
        steps.collect()
    }

    fn step(&self, old: Option<&Told<'_>>, new: Option<&Told<'_>>) -> Option<Step> {
        let view = &new.or(old)?.view;
        if let (Some(old), Some(new)) = (old, new) {
            if is_same(old.raw, new.raw) {
                return None;
            }
            let inner = Sheets { before: self.before.inner(view), after: self.after.inner(view) };
            let jsons = [old.raw, new.raw].map(|raw| Json::of(raw.get()).filter(|_| is_deep(raw)));
            if let [Some(a), Some(b)] = jsons
                && let Some(what) = inner.difference(&a, &b)
            {
                return Some(Step { title: view.title.clone(), what });
            }
        }
        let what = What::Value(
            old.map(|told| self.before.word(told)),
            new.map(|told| self.after.word(told)),
        );
        Some(Step { title: view.title.clone(), what })
    }
}

/// The member by which entries are told apart: all have it, as a single value, and no two of one
/// list the same.
fn key_of(before: &[Row], after: &[Row]) -> Option<String> {
    let tells_apart = |key: &str, rows: &[Row]| {
        let mut seen: Vec<&str> = Vec::new();
        rows.iter().all(|row| match of(row, key) {
            Some(raw) if !is_deep(raw) && !is_nothing(raw) && !seen.contains(&raw.get()) => {
                seen.push(raw.get());
                true
            }
            _ => false,
        })
    };
    let own = before.first().or(after.first()).map_or(&[][..], |row| &row.0);
    let others = own.iter().map(|(name, _)| name.as_str()).filter(|name| is_identifier(name));
    let mut keys = KEYS.into_iter().chain(others);
    keys.find(|key| tells_apart(key, before) && tells_apart(key, after)).map(str::to_owned)
}

fn of<'r>(row: &'r Row, name: &str) -> Option<&'r RawValue> {
    row.0.iter().find(|(own, _)| own == name).map(|(_, raw)| &**raw)
}

fn by_key(key: &str, before: &[Row], after: &[Row]) -> Vec<Option<usize>> {
    paired(before, after, |a, b| of(a, key).zip(of(b, key)).is_some_and(|(a, b)| is_same(a, b)))
}

/// The same entries first; of the others, each with the one that stands in its turn.
fn by_content(before: &[Row], after: &[Row]) -> Vec<Option<usize>> {
    let mut pairs = paired(before, after, is_same_row);
    let free: Vec<usize> = (0..after.len()).filter(|at| !pairs.contains(&Some(*at))).collect();
    for (pair, at) in pairs.iter_mut().filter(|pair| pair.is_none()).zip(free) {
        *pair = Some(at);
    }
    pairs
}

/// For each entry before, the first after that is its like and nobody else's.
fn paired<T>(before: &[T], after: &[T], is_alike: impl Fn(&T, &T) -> bool) -> Vec<Option<usize>> {
    let mut taken = vec![false; after.len()];
    let like = |own: &T| {
        let found = (0..after.len()).find(|&at| !taken[at] && is_alike(own, &after[at]))?;
        taken[found] = true;
        Some(found)
    };
    before.iter().map(like).collect()
}

/// Whether two values are the same, in whatever order their members stand.
fn is_same(a: &RawValue, b: &RawValue) -> bool {
    if a.get() == b.get() {
        return true;
    }
    match (a.get().as_bytes().first(), b.get().as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => {
            let rows = [a, b].map(|raw| serde_json::from_str::<Row>(raw.get()));
            matches!(rows, [Ok(a), Ok(b)] if is_same_row(&a, &b))
        }
        (Some(b'['), Some(b'[')) => {
            let lists = [a, b].map(|raw| serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()));
            matches!(lists, [Ok(a), Ok(b)] if a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| is_same(a, b)))
        }
        (Some(b'"'), Some(b'"')) => {
            let texts = [a, b].map(|raw| serde_json::from_str::<String>(raw.get()));
            matches!(texts, [Ok(a), Ok(b)] if a == b)
        }
        _ => false,
    }
}

fn is_same_row(a: &Row, b: &Row) -> bool {
    let Members(members) = a;
    let has = |(name, raw): &(String, Box<RawValue>)| {
        of(b, name).is_some_and(|other| is_same(raw, other))
    };
    members.len() == b.0.len() && members.iter().all(has)
}

fn markup(shell: &Shell, what: &What) -> Markup {
    let t = shell.texts;
    match what {
        What::Value(before, after) => html! {
            @if let Some(before) = before { del { span.unseen { (t.get("change-before")) ": " } (before) } }
            @if before.is_some() && after.is_some() { " " span.arrow aria-hidden="true" { "→" } " " }
            @if let Some(after) = after { ins { span.unseen { (t.get("change-after")) ": " } (after) } }
        },
        What::Members(steps) if steps.is_empty() => html! { span.help { (t.get("piece-none")) } },
        What::Members(steps) => {
            html! { ul.pieces { @for step in steps { li { (line(shell, step)) } } } }
        }
        What::Entries(pieces) if pieces.is_empty() => {
            html! { span.help { (t.get("piece-none")) } }
        }
        What::Entries(pieces) => html! {
            ul.pieces {
                @for piece in pieces.iter().take(MOST_TOLD) { li { (piece_of(shell, piece)) } }
                @if pieces.len() > MOST_TOLD { li.help { (t.count("structure-more", (pieces.len() - MOST_TOLD) as u64)) } }
            }
        },
    }
}

fn piece_of(shell: &Shell, piece: &Piece) -> Markup {
    let t = shell.texts;
    html! {
        @match piece {
            Piece::Added(words) => { span.word { (t.get("piece-added")) } " " ins { (words) } },
            Piece::Removed(words) => { span.word { (t.get("piece-removed")) } " " del { (words) } },
            Piece::Moved => span.word { (t.get("piece-moved")) },
            Piece::Changed(called, steps) => {
                (called)
                ul.pieces { @for step in steps { li { (line(shell, step)) } } }
            },
        }
    }
}

fn line(shell: &Shell, step: &Step) -> Markup {
    html! { span.word { (step.title) } " " (markup(shell, &step.what)) }
}
