//! How what somebody typed or pasted is understood.

use crate::{identifier, words};

/// Words of a question that are looked for; the rest is left out.
const MOST_WORDS: usize = 8;
/// A beginning of an identifier has at least so many characters.
const SHORTEST_BEGINNING: usize = 3;

/// A question, understood.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Forms of the identifiers that it may be or hold.
    pub(crate) identifiers: Vec<String>,
    /// Beginnings of identifiers that it may be, as one types them.
    pub(crate) beginnings: Vec<String>,
    /// Its words that are no codes.
    pub(crate) words: Vec<String>,
    /// Its codes: long numbers, and words with digits in them.
    pub(crate) codes: Vec<String>,
}

impl Asked {
    pub(crate) fn of(text: &str) -> Self {
        let text: String = text.chars().take(400).collect();
        let text = text.trim();
        let mut identifiers = identifier::forms(text);
        identifiers.extend(identifier::recognised(text, 16));
        let mut unique = Vec::new();
        for form in identifiers {
            if !unique.contains(&form) {
                unique.push(form);
            }
        }
        let (codes, mut plain): (Vec<String>, Vec<String>) =
            words::words(text, MOST_WORDS).into_iter().partition(|word| words::is_code(word));
        // The last word may be the beginning of one that says more.
        if let Some(last) = plain.pop() {
            plain.retain(|word| !words::is_empty(word));
            plain.push(last);
        }
        Self { beginnings: beginnings(text), identifiers: unique, words: plain, codes }
    }

    /// What the full text is asked for words that stand there as they are, or as another form.
    pub(crate) fn whole(&self) -> String {
        let each: Vec<String> = self.words.iter().map(|word| either(word, "")).collect();
        each.join(" AND ")
    }

    /// The same, where the last word may go on.
    pub(crate) fn begun(&self) -> String {
        let Some((last, rest)) = self.words.split_last() else { return String::new() };
        let each = rest.iter().map(|word| either(word, ""));
        each.chain([either(last, "*")]).collect::<Vec<_>>().join(" AND ")
    }
}

/// A word or its stem; folded words hold nothing that could end a text of the query language.
fn either(word: &str, mark: &str) -> String {
    let stem = words::stem(word);
    if stem == word {
        format!("\"{word}\"{mark}")
    } else {
        format!("(\"{word}\"{mark} OR \"{stem}\")")
    }
}

/// What an identifier may begin with. One without digits is found by its words.
fn beginnings(text: &str) -> Vec<String> {
    let is_number = text.bytes().any(|b| b.is_ascii_digit());
    let is_address = text.contains(['@', '.']) && !text.contains(char::is_whitespace);
    if !is_number && !is_address {
        return Vec::new();
    }
    let mut beginnings = identifier::forms(text);
    if is_address {
        beginnings.push(text.to_lowercase());
    }
    beginnings.retain(|form| form.chars().count() >= SHORTEST_BEGINNING);
    beginnings.dedup();
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_codes_and_identifiers_are_told_apart() {
        let asked = Asked::of("Andrea Bauer 2026-104233");
        assert_eq!(asked.words, ["andrea", "baur", "2026"]);
        assert_eq!(asked.codes, ["104233"]);
        assert!(asked.identifiers.contains(&"2026104233".to_owned()), "{asked:?}");
    }

    #[test]
    fn words_that_say_nothing_are_left_out_unless_they_may_go_on() {
        assert_eq!(Asked::of("Tasche und Schuh").words, ["tasche", "schuh"]);
        assert_eq!(Asked::of("der").words, ["der"]);
        assert_eq!(Asked::of("Schuhe").begun(), "(\"schuhe\"* OR \"schuh\")");
        assert_eq!(Asked::of(" - \" * ").begun(), "");
    }

    #[test]
    fn an_address_is_found_as_one_types_it() {
        assert_eq!(Asked::of("Anna.Bau").beginnings, ["annabau", "anna.bau"]);
        assert_eq!(Asked::of("anna@ex").beginnings, ["anna@ex"]);
        assert!(Asked::of("anna").beginnings.is_empty());
        assert!(Asked::of("20").beginnings.is_empty());
    }
}
