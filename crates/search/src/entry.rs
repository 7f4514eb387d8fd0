//! What stands in the index for a document: its words and the forms of its identifiers.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::{Document, identifier, words};

/// Words of a title, and of all texts of a record, that are indexed.
const TITLE_WORDS: usize = 40;
const TEXT_WORDS: usize = 400;
/// Forms of identifiers of one record.
const MOST_FORMS: usize = 96;
/// What stands in the index for a document.
pub(crate) struct Entry {
    /// Words of its titles, with spaces between them.
    pub(crate) title: String,
    /// Words of titles and texts.
    pub(crate) words: String,
    /// Forms of identifiers, a line each.
    pub(crate) ids: String,
    /// Changes with any of them.
    pub(crate) print: i64,
}

impl Entry {
    pub(crate) fn of(document: &Document) -> Self {
        let titles = || std::iter::once(&document.title).chain(&document.other_titles);
        let (mut title, mut all, mut ids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for text in titles() {
            take_words(text, TITLE_WORDS, &mut title);
        }
        all.extend(title.iter().cloned());
        for text in document.texts.iter().chain(&document.identifiers) {
            take_words(text, TEXT_WORDS, &mut all);
        }
        ids.extend(document.identifiers.iter().flat_map(|text| identifier::forms(text)));
        for text in titles().chain(&document.identifiers) {
            let last =
                text.split(|c: char| !c.is_alphanumeric()).filter(|part| words::is_code(part));
            ids.extend(last.flat_map(identifier::forms));
            ids.extend(identifier::tokens(text).filter_map(identifier::digits_at_end));
        }
        for text in titles().chain(&document.texts).chain(&document.identifiers) {
            ids.extend(identifier::recognised(text, MOST_FORMS));
        }
        let joined =
            |set: BTreeSet<String>, most| set.into_iter().take(most).collect::<Vec<_>>().join(" ");
        let (title, words) = (joined(title, TITLE_WORDS * 4), joined(all, TEXT_WORDS * 2));
        let ids = ids.into_iter().take(MOST_FORMS).collect::<Vec<_>>().join("\n");
        let mut hasher = DefaultHasher::new();
        (&document.title, &title, &words, &ids).hash(&mut hasher);
        Self { title, words, ids, print: hasher.finish().cast_signed() }
    }
}

/// The words of a text with their stems, and the names in its e-mail addresses. Numbers and codes
/// are identifiers instead.
fn take_words(text: &str, most: usize, into: &mut BTreeSet<String>) {
    for token in identifier::tokens(text).take(most) {
        let name = token.split_once('@').map(|(name, _)| name);
        if name.is_none() && identifier::is_one(token) {
            continue;
        }
        for word in words::words(name.unwrap_or(token), most) {
            if !words::is_code(&word) && !words::is_empty(&word) {
                into.insert(words::stem(&word));
                into.insert(word);
            }
        }
    }
}
