//! How the values of a column are written, and how one way becomes the other.

use crate::manifest::Transform;

/// Share of values that must be written alike.
const ALIKE: f64 = 0.97;

/// Values of one prefix and a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    prefix: String,
    /// The width to which the numbers are padded with zeros.
    padded: Option<u32>,
}

impl Shape {
    /// The shape of nearly all of the values, if they have one.
    pub(super) fn of(values: &[String]) -> Option<Self> {
        let parts: Vec<(&str, &str)> = values.iter().filter_map(|text| split(text)).collect();
        let prefix = most_frequent(parts.iter().map(|(prefix, _)| *prefix))?;
        let numbers: Vec<&str> =
            parts.iter().filter(|(p, _)| *p == prefix).map(|(_, number)| *number).collect();
        if (numbers.len() as f64) < values.len() as f64 * ALIKE {
            return None;
        }
        let width = numbers.first()?.len();
        let is_padded =
            numbers.iter().all(|n| n.len() == width) && numbers.iter().any(|n| n.starts_with('0'));
        let padded = u32::try_from(width).ok().filter(|_| is_padded && width > 1);
        Some(Self { prefix: prefix.to_owned(), padded })
    }

    /// How values of this shape become values of another.
    fn way_to(&self, other: &Self) -> Transform {
        let (unpad, pad) = match (self.padded, other.padded) {
            (here, there) if here == there => (None, None),
            way => way,
        };
        // Zeros stand behind the prefix: who changes them takes it off before.
        let stays = self.prefix == other.prefix && (unpad, pad) == (None, None);
        let prefix = |shape: &Self| if stays { String::new() } else { shape.prefix.clone() };
        Transform {
            remove_prefix: prefix(self),
            unpad,
            pad,
            add_prefix: prefix(other),
            ..Transform::default()
        }
    }
}

/// A prefix without digits, and a number.
fn split(text: &str) -> Option<(&str, &str)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (prefix, number) = text.split_at(start);
    let is_number = number.bytes().all(|b| b.is_ascii_digit());
    (is_number && prefix.chars().count() <= 6).then_some((prefix, number))
}

fn most_frequent<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for text in texts {
        if let Some((_, count)) = counted.iter_mut().find(|(known, _)| *known == text) {
            *count += 1;
        } else if counted.len() < 16 {
            counted.push((text, 1));
        }
    }
    counted.into_iter().max_by_key(|(_, count)| *count).map(|(text, _)| text)
}

/// How values of one column could become those of another; the likeliest first.
pub(super) fn transforms(here: &[String], there: &[String]) -> Vec<Transform> {
    let mut found = Vec::new();
    if let (Some(one), Some(other)) = (Shape::of(here), Shape::of(there)) {
        found.push(one.way_to(&other));
    } else if is_other_case(here, there) {
        found.push(Transform { ignore_case: true, ..Transform::default() });
    } else {
        let remove = own_beginnings(here, there).into_iter();
        found.extend(
            remove.map(|remove_prefix| Transform { remove_prefix, ..Transform::default() }),
        );
        let add = own_beginnings(there, here).into_iter();
        found.extend(add.map(|add_prefix| Transform { add_prefix, ..Transform::default() }));
    }
    if !found.contains(&Transform::default()) {
        found.push(Transform::default());
    }
    found
}

/// Longer beginnings are no marks before a value.
const LONGEST_MARK: usize = 8;

/// What all values of one side begin with and none of the other, up to a sign that is neither
/// letter nor digit, as in `#2026-4711` and `DE-SOF-4711`; the shortest first.
fn own_beginnings(own: &[String], other: &[String]) -> Vec<String> {
    let Some((first, rest)) = own.split_first() else { return Vec::new() };
    let marks = first.char_indices().take(LONGEST_MARK).filter(|(_, c)| !c.is_alphanumeric());
    marks
        .map(|(at, c)| &first[..at + c.len_utf8()])
        .filter(|mark| rest.iter().all(|text| text.starts_with(mark)))
        .filter(|mark| !other.iter().any(|text| text.starts_with(mark)))
        .map(str::to_owned)
        .collect()
}

/// Whether one side writes everything in one case and the other does not. Where there are no letters
/// there is no case.
fn is_other_case(here: &[String], there: &[String]) -> bool {
    let all = |texts: &[String], is: fn(char) -> bool| {
        texts.iter().flat_map(|text| text.chars()).all(|c| !c.is_alphabetic() || is(c))
    };
    let lower = |texts: &[String]| all(texts, char::is_lowercase);
    let upper = |texts: &[String]| all(texts, char::is_uppercase);
    let has_letters = there.iter().any(|text| text.chars().any(char::is_alphabetic));
    has_letters && ((lower(there) && !lower(here)) || (upper(there) && !upper(here)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_way_between_two_spellings_is_found_in_both_directions() {
        let (shop, register) = (texts(&["K-10123", "K-9"]), texts(&["0010123", "0000009"]));
        let there = &transforms(&shop, &register)[0];
        assert_eq!(there.apply("K-9").as_deref(), Some("0000009"));
        let back = &transforms(&register, &shop)[0];
        assert_eq!(back.apply("0000009").as_deref(), Some("K-9"));
        assert_eq!(transforms(&shop, &shop), [Transform::default()]);
        let padded = texts(&["K-0010123", "K-0000009"]);
        assert_eq!(transforms(&shop, &padded)[0].apply("K-9").as_deref(), Some("K-0000009"));
        assert_eq!(transforms(&padded, &shop)[0].apply("K-0000009").as_deref(), Some("K-9"));
    }

    #[test]
    fn a_mark_before_all_values_of_one_side_is_taken_away_or_added() {
        let (typed, kept) = (texts(&["#2026-1", "#2025-9"]), texts(&["2026-1", "2024-7"]));
        let there = &transforms(&typed, &kept)[0];
        assert_eq!(there.apply("#2026-1").as_deref(), Some("2026-1"));
        assert_eq!(transforms(&kept, &typed)[0].apply("2026-1").as_deref(), Some("#2026-1"));
        let (desk, shop) = (texts(&["VH-SOF-17", "VH-TI-24"]), texts(&["SOF-17", "TI-31"]));
        assert_eq!(transforms(&desk, &shop)[0].apply("VH-TI-24").as_deref(), Some("TI-24"));
        // A year that all of a sample have in common comes after the mark alone.
        let marks = own_beginnings(&texts(&["#2026-1", "#2026-9"]), &kept);
        assert_eq!(marks, ["#", "#2026-"]);
    }

    #[test]
    fn another_case_is_seen_and_mixed_texts_have_no_shape() {
        let (upper, lower) = (texts(&["DE-1A", "AT-2B"]), texts(&["de-1a", "at-2b"]));
        assert!(transforms(&upper, &lower)[0].ignore_case);
        assert_eq!(Shape::of(&texts(&["A1", "B2", "C3"])), None);
        // Two shops send their numbers to one desk: digits of one have no case.
        let (both, one) = (texts(&["#2026-1", "#DE-9"]), texts(&["2026-1", "2024-7"]));
        assert_eq!(transforms(&both, &one)[0].apply("#2026-1").as_deref(), Some("2026-1"));
    }
}
