//! Words of German and English, so that what means the same is written the same.
//!
//! Text is taken apart at everything that is no letter or digit, in small letters and without
//! accents; `ä` is `a`, and so is `ae` (`Müller`, `Mueller` and `Muller` are one word), `ß` is `ss`.
//! Whatever is done to a word is done to its beginning, too, so that a beginning as one types it
//! stays the beginning of the word.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// A word has no more characters than this; the rest of longer ones is not looked at.
const LONGEST: usize = 48;

/// Words that stand in every text and say nothing.
const EMPTY: [&str; 30] = [
    "am", "an", "and", "auf", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einer",
    "for", "from", "fur", "im", "in", "is", "ist", "mit", "oder", "of", "or", "the", "to", "und",
    "von", "with", "zu",
];

/// The words of a text, in its order, at most so many.
pub(crate) fn words(text: &str, most: usize) -> Vec<String> {
    text.split(|c: char| !is_of_word(c))
        .map(folded)
        .filter(|word| !word.is_empty())
        .take(most)
        .collect()
}

/// Marks are part of the letter before them.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || canonical_combining_class(c) != 0
}

/// A text in small letters without accents, its letters and digits only.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Whether an `e` that comes now only says that the vowel before it has an umlaut.
    let mut after_vowel = false;
    let plain = text.nfkd().filter(|&c| canonical_combining_class(c) == 0);
    let mut length = 0;
    for c in plain.flat_map(char::to_lowercase).flat_map(spelled).filter(|c| c.is_alphanumeric()) {
        if c == 'e' && after_vowel {
            after_vowel = false;
            continue;
        }
        if length == LONGEST {
            break;
        }
        after_vowel = matches!(c, 'a' | 'o' | 'u');
        out.push(c);
        length += 1;
    }
    out
}

/// Letters that are no letter with a mark.
fn spelled(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', None),
        'ø' | 'œ' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ı' => ('i', None),
        'þ' => ('t', Some('h')),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

/// What is left of a folded word without the ending of its case or number, in German or English:
/// `Bücher` and `Buch`, `Schuhe` and `Schuhen`, `shoes` and `shoe`, `batteries` and `battery`
/// have the same. After C. Savoy's light stemmer, less careful and for both languages.
pub(crate) fn stem(word: &str) -> String {
    const ENDINGS: [&str; 7] = ["ern", "en", "er", "es", "em", "e", "s"];
    const SHORTEST: usize = 3;
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let letters = word.chars().count();
    let fits = |ending: &&&str| letters >= SHORTEST + ending.len() && word.ends_with(**ending);
    let bare = ENDINGS.iter().find(fits).and_then(|ending| word.strip_suffix(ending));
    let bare = match bare.unwrap_or(word) {
        // Mandeln, Federn: only there the ending is an n of its own.
        bare if bare.ends_with("ln") || bare.ends_with("rn") => &bare[..bare.len() - 1],
        bare => bare,
    };
    match bare.strip_suffix('y') {
        Some(before) if before.len() >= SHORTEST => format!("{before}i"),
        _ => bare.to_owned(),
    }
}

/// Whether the word says nothing about a record.
pub(crate) fn is_empty(word: &str) -> bool {
    EMPTY.binary_search(&word).is_ok()
}

/// Whether the word is a number or a code rather than a word of a language: it is looked for like
/// an identifier.
pub(crate) fn is_code(word: &str) -> bool {
    word.chars().count() > 4 && word.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn umlauts_accents_and_sharp_s_are_one_word_with_their_spellings() {
        for (a, b) in [
            ("Müller", "Mueller"),
            ("Müller", "MULLER"),
            ("Straße", "Strasse"),
            ("Café", "cafe"),
            ("Größe", "Groesse"),
            ("Søren", "Soren"),
            ("Łódź", "lodz"),
            ("ÄPFEL", "aepfel"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} and {b}");
        }
        assert_ne!(folded("Müller"), folded("Möller"));
    }

    #[test]
    fn a_mark_of_its_own_stays_with_its_letter() {
        assert_eq!(words("Mu\u{308}ller", 9), words("Müller", 9));
    }

    #[test]
    fn cases_and_numbers_of_both_languages_have_one_stem() {
        for (a, b) in [
            ("Bücher", "Buch"),
            ("Schuhe", "Schuhen"),
            ("Schuhe", "Schuh"),
            ("Taschen", "Tasche"),
            ("shoes", "shoe"),
            ("batteries", "battery"),
            ("Lieferungen", "Lieferung"),
            ("returns", "return"),
            ("Mandeln", "Mandel"),
        ] {
            assert_eq!(stem(&folded(a)), stem(&folded(b)), "{a} and {b}");
        }
        assert_eq!(stem("tee"), "tee");
        assert_eq!(stem("xl200s"), "xl200s");
    }

    #[test]
    fn text_is_taken_apart_at_everything_that_is_no_letter_or_digit() {
        assert_eq!(words("Tee-1: „Grüner Tee“ (500g)", 9), ["tee", "1", "gruner", "tee", "500g"]);
        assert_eq!(words("a b c", 2), ["a", "b"]);
        assert_eq!(words(" – ", 9), Vec::<String>::new());
    }

    #[test]
    fn the_words_that_say_nothing_are_in_order() {
        assert!(EMPTY.is_sorted());
        assert!(is_empty("und") && !is_empty("hund"));
    }

    proptest! {
        #[test]
        fn a_beginning_stays_a_beginning(text in "[a-zäöüßéA-ZÄÖÜ]{1,20}", at in 0_usize..20) {
            let beginning: String = text.chars().take(at).collect();
            prop_assert!(folded(&text).starts_with(&folded(&beginning)));
        }

        #[test]
        fn folding_what_is_folded_changes_nothing_more_than_umlauts(text in "\\PC{0,30}") {
            let once = folded(&text);
            prop_assert!(once.chars().all(char::is_alphanumeric));
            prop_assert!(once.chars().count() <= LONGEST);
        }
    }
}
