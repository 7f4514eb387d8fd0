//! Names that people give themselves, their tokens and their views: short, visible, and not made to
//! be taken for another.

use unicode_normalization::UnicodeNormalization as _;

/// The most characters of a name.
pub const LONGEST_NAME: usize = 80;

/// Names under which Kontor itself stands in the audit.
const KONTOR: &[&str] = &["Kontor", super::operating::WHO];

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// There is none.
    #[error("a name is needed")]
    Missing,
    /// It is too long.
    #[error("a name has at most {LONGEST_NAME} characters")]
    Long,
    /// It has signs that nobody sees, or that turn the direction of others.
    #[error("a name has no control characters and no signs that nobody sees")]
    Unseen,
    /// A word of it has letters of several alphabets that look alike.
    #[error("a word of the name mixes letters of several alphabets")]
    Mixed,
    /// Somebody else is called so.
    #[error("somebody else is called so")]
    Taken,
}

/// A name as it is kept: composed (NFC), without blanks around it, and with one between its words.
///
/// # Errors
/// [`NameProblem`], except [`NameProblem::Taken`].
pub(crate) fn named(text: &str) -> Result<String, NameProblem> {
    // A text that is far too long is not looked at letter by letter.
    if text.len() > LONGEST_NAME * 16 {
        return Err(NameProblem::Long);
    }
    let is_line =
        |c: char| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let trimmed = text.trim();
    if trimmed.chars().any(|c| (is_unseen(c) && c != '\t') || is_line(c)) {
        return Err(NameProblem::Unseen);
    }
    let words: Vec<String> = trimmed.split_whitespace().map(|word| word.nfc().collect()).collect();
    let name = words.join(" ");
    if !name.chars().any(char::is_alphanumeric) {
        return Err(NameProblem::Missing);
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(NameProblem::Long);
    }
    if words.iter().any(|word| is_mixed(word)) {
        return Err(NameProblem::Mixed);
    }
    Ok(name)
}

/// Whether two names are the same to who reads them: letter case, blanks, joiners and forms that only
/// differ for computers (NFKC) make none.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    skeleton(one) == skeleton(other)
}

/// Whether a name is one under which Kontor itself stands in the audit.
pub(super) fn is_kontors(name: &str) -> bool {
    KONTOR.iter().any(|own| is_same(own, name))
}

fn skeleton(name: &str) -> String {
    let folded = name.nfkc().flat_map(char::to_lowercase).collect::<String>();
    let folded = folded.nfkc().filter(|c| !c.is_whitespace() && !is_joiner(*c));
    folded.collect::<String>().replace('ß', "ss")
}

/// Joiners belong to the spelling of some languages, and to emoji.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Control characters, marks of direction, and whatever else takes no place (Unicode's Cc and Cf,
/// and fillers that are drawn as nothing).
fn is_unseen(c: char) -> bool {
    let is_control = c.is_control();
    let is_format = matches!(
        c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    );
    let is_filler = matches!(
        c,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
    );
    is_control || is_format || is_filler
}

/// Latin, Greek and Cyrillic letters look alike; within a word they are of one alphabet.
fn is_mixed(word: &str) -> bool {
    let alphabet = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(0),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(1),
        '\u{400}'..='\u{52f}' => Some(2),
        _ => None,
    };
    let mut alphabets = word.chars().filter(|c| c.is_alphabetic()).filter_map(alphabet);
    alphabets.next().is_some_and(|first| alphabets.any(|other| other != first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_everywhere_are_taken_as_they_are() {
        for name in [
            "Anna Albrecht",
            "Łukasz Żółć",
            "José Ñandú",
            "O’Brien-Müller",
            "Анна Петрова",
            "Ελένη",
            "山田太郎",
            "محمد علی",
            "می\u{200c}خواهم",
            "Lager Süd (Schicht 2)",
            "X Æ A-12",
        ] {
            assert_eq!(named(name).as_deref(), Ok(name));
        }
        assert_eq!(named("  Anna \t Berg ").as_deref(), Ok("Anna Berg"));
        assert_eq!(named("Mu\u{308}ller").as_deref(), Ok("Müller"));
        assert_eq!(named(&"ä".repeat(LONGEST_NAME)).map(|name| name.chars().count()), Ok(80));
    }

    #[test]
    fn what_nobody_sees_or_is_too_long_is_no_name() {
        for (text, problem) in [
            ("", NameProblem::Missing),
            (" \u{a0} ", NameProblem::Missing),
            ("—", NameProblem::Missing),
            ("Anna\0", NameProblem::Unseen),
            ("Anna\nBerg", NameProblem::Unseen),
            ("\u{202e}gnaF", NameProblem::Unseen),
            ("Anna\u{200b}Berg", NameProblem::Unseen),
            ("Anna\u{3164}", NameProblem::Unseen),
            ("Frаnk", NameProblem::Mixed),
        ] {
            assert_eq!(named(text), Err(problem), "{text:?}");
        }
        assert_eq!(named(&"a".repeat(LONGEST_NAME + 1)), Err(NameProblem::Long));
        assert_eq!(named(&"a".repeat(1 << 20)), Err(NameProblem::Long));
    }

    #[test]
    fn names_that_read_alike_are_the_same() {
        for (one, other) in [
            ("Anna Berg", "anna  BERG"),
            ("Anna Berg", "Ａｎｎａ Berg"),
            ("Straße", "STRASSE"),
            ("Müller", "Mu\u{308}ller"),
            ("ﬁnn", "Finn"),
            ("Anna", "An\u{200d}na"),
        ] {
            assert!(is_same(one, other), "{one:?} {other:?}");
        }
        assert!(!is_same("Anna Berg", "Anna Burg"));
        assert!(!is_same("Müller", "Muller"));
        assert!(is_kontors("kontor") && is_kontors("Operator on the Machine"));
    }
}
