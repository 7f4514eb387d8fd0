//! The words that stand in the index, to find those that somebody meant who wrote another.

use std::collections::{HashMap, HashSet};

/// Words that stand for one that was asked for.
const MOST: usize = 16;
/// A word of fewer letters must be written as it is.
const SHORTEST: usize = 4;

/// The words of the index by their first letter and length.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    known: HashSet<Box<str>>,
    shelves: HashMap<(char, usize), Vec<Box<str>>>,
    /// All of them, each on a line: read in one go when parts of words are looked for.
    lines: String,
}

impl Vocabulary {
    /// Notes a word.
    pub(crate) fn add(&mut self, word: &str) {
        if word.bytes().any(|b| b.is_ascii_digit()) || self.known.contains(word) {
            return;
        }
        let Some(first) = word.chars().next() else { return };
        self.known.insert(word.into());
        self.lines.push_str(word);
        self.lines.push('\n');
        self.shelves.entry((first, word.chars().count())).or_default().push(word.into());
    }

    /// Words that somebody may have meant: the word itself, those with a letter too much, too few,
    /// wrong or in its neighbour's place (two of them in words of eight letters and more), and
    /// those of which it is a part; the nearest first.
    pub(crate) fn meant(&self, word: &str) -> Vec<&str> {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < SHORTEST || word.bytes().any(|b| b.is_ascii_digit()) {
            return self.known.get(word).map(|word| &**word).into_iter().collect();
        }
        let mistakes = if letters.len() >= 8 { 2 } else { 1 };
        let mut near: Vec<(usize, usize, &str)> = Vec::new();
        for length in letters.len() - mistakes..=letters.len() + mistakes {
            // Few people get the first letter wrong, but they may swap it with the second.
            for first in [letters[0], letters[1]] {
                for other in self.shelves.get(&(first, length)).into_iter().flatten() {
                    if let Some(distance) = distance(&letters, other, mistakes) {
                        near.push((distance, length, other));
                    }
                }
            }
        }
        let whole = self.containing(word).filter(|other| other.len() > word.len());
        near.extend(whole.map(|other| (mistakes + 1, other.chars().count(), other)));
        near.sort_unstable();
        near.dedup_by_key(|(.., word)| *word);
        near.into_iter().take(MOST).map(|(.., word)| word).collect()
    }

    /// The words of which a text is a part.
    fn containing<'a, 't>(&'a self, text: &'t str) -> impl Iterator<Item = &'a str> + use<'a, 't> {
        self.lines.match_indices(text).map(|(at, _)| {
            let begin = self.lines[..at].rfind('\n').map_or(0, |end| end + 1);
            let end = self.lines[at..].find('\n').map_or(self.lines.len(), |end| at + end);
            &self.lines[begin..end]
        })
    }
}

/// How many mistakes (after Damerau and Levenshtein) lie between two words; none when more than
/// `most`.
fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    let mut before = vec![0; a.len() + 1];
    let mut last: Vec<usize> = (0..=a.len()).collect();
    let mut row = vec![0; a.len() + 1];
    for j in 1..=b.len() {
        row[0] = j;
        for i in 1..=a.len() {
            let wrong = last[i - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = wrong.min(last[i] + 1).min(row[i - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[i - 2] + 1);
            }
            row[i] = least;
        }
        if row.iter().all(|distance| *distance > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    Some(last[a.len()]).filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        words.iter().for_each(|word| vocabulary.add(word));
        vocabulary
    }

    #[test]
    fn small_mistakes_are_forgiven_and_great_ones_are_not() {
        let known = vocabulary(&["darjeeling", "assam", "assmann", "sencha"]);
        assert_eq!(known.meant("darjeling"), ["darjeeling"]);
        assert_eq!(known.meant("darejeling"), ["darjeeling"]);
        assert_eq!(known.meant("asasm"), ["assam"]);
        assert_eq!(known.meant("esncha"), ["sencha"]);
        assert_eq!(known.meant("dajeelnig").len(), 1);
        assert!(known.meant("darling").is_empty());
        assert!(known.meant("asm").is_empty(), "short words are meant as they are");
    }

    #[test]
    fn a_part_of_a_compound_finds_it_after_what_is_nearer() {
        let known = vocabulary(&["wanderschuh", "schuh", "schul"]);
        assert_eq!(known.meant("schuh"), ["schuh", "schul", "wanderschuh"]);
    }

    proptest! {
        #[test]
        fn one_mistake_behind_the_first_letter_is_forgiven(
            word in "[a-z]{5,12}", at in 1_usize..5, letter in "[a-z]", kind in 0_u8..4,
        ) {
            let mut wrong: Vec<char> = word.chars().collect();
            let at = at.min(wrong.len() - 2);
            match kind {
                0 => drop(wrong.remove(at)),
                1 => wrong.insert(at, letter.chars().next().unwrap()),
                2 => wrong[at] = letter.chars().next().unwrap(),
                _ => wrong.swap(at, at + 1),
            }
            let wrong: String = wrong.into_iter().collect();
            let known = vocabulary(&[&word]);
            prop_assert_eq!(known.meant(&wrong), [word.as_str()]);
        }
    }
}
