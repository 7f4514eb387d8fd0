//! How what somebody typed or pasted is understood.

use crate::{identifier, words};

/// Words of a question that are looked for; the rest is left out.
const MOST_WORDS: usize = 8;
/// A beginning of an identifier has at least so many characters.
const SHORTEST_BEGINNING: usize = 2;

/// A question, understood.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Forms of the identifiers that it may be or hold.
    pub(crate) identifiers: Vec<String>,
    /// Beginnings of identifiers that it may be, as one types them.
    pub(crate) beginnings: Vec<String>,
    /// Its words that are no identifiers.
    pub(crate) words: Vec<String>,
    /// Its identifiers, each in its forms, where there are words beside them.
    pub(crate) codes: Vec<Vec<String>>,
}

impl Asked {
    pub(crate) fn of(text: &str) -> Self {
        let text: String = text.chars().take(400).collect();
        let text = text.trim();
        let mut identifiers: Vec<String> = Vec::new();
        for form in identifier::forms(text).into_iter().chain(identifier::recognised(text, 16)) {
            if !identifiers.contains(&form) {
                identifiers.push(form);
            }
        }
        let (mut words, mut codes): (Vec<String>, Vec<Vec<String>>) = (Vec::new(), Vec::new());
        for token in identifier::tokens(text).take(MOST_WORDS) {
            if identifier::is_one(token) {
                codes.push(identifier::forms(token));
            } else {
                words.extend(words::words(token, MOST_WORDS));
            }
        }
        // A number in several parts is no text: 0431 12.
        if words.len() > 1 && words.iter().all(|word| is_number(word)) {
            codes.extend(words.drain(..).map(|word| vec![word]));
        }
        // The last word may be the beginning of one that says more.
        if let Some(last) = words.pop() {
            words.retain(|word| !words::is_empty(word));
            words.push(last);
        }
        Self { beginnings: beginnings(text), identifiers, words, codes }
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

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// What an identifier may begin with: a number in however many parts, or one word.
fn beginnings(text: &str) -> Vec<String> {
    let is_parted = text.contains(char::is_whitespace);
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    if is_parted && !has_digit {
        return Vec::new();
    }
    let mut beginnings = identifier::forms(text);
    // An e-mail address keeps its marks.
    if !is_parted && !beginnings.contains(&text.to_lowercase()) {
        beginnings.push(text.to_lowercase());
    }
    beginnings.retain(|form| form.chars().count() >= SHORTEST_BEGINNING);
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_codes_and_identifiers_are_told_apart() {
        let asked = Asked::of("Andrea Bauer 2026-104233");
        assert_eq!(asked.words, ["andrea", "baur"]);
        assert_eq!(asked.codes, [["2026104233"]]);
        assert!(asked.identifiers.contains(&"2026104233".to_owned()), "{asked:?}");
        assert_eq!(Asked::of("Größe 42").words, ["grosse", "42"]);
        assert!(Asked::of("0431 12").words.is_empty());
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
        assert_eq!(Asked::of("2026-10").beginnings, ["202610", "2026-10"]);
        assert!(Asked::of("anna bauer").beginnings.is_empty());
        assert!(Asked::of("2").beginnings.is_empty());
    }
}
