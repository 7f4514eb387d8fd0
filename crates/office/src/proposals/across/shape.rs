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
        let prefix = |shape: &Self| {
            if self.prefix == other.prefix { String::new() } else { shape.prefix.clone() }
        };
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
    }
    if !found.contains(&Transform::default()) {
        found.push(Transform::default());
    }
    found
}

/// Whether one side writes everything in one case and the other does not.
fn is_other_case(here: &[String], there: &[String]) -> bool {
    let all = |texts: &[String], is: fn(char) -> bool| {
        texts.iter().flat_map(|text| text.chars()).all(|c| !c.is_alphabetic() || is(c))
    };
    let lower = |texts: &[String]| all(texts, char::is_lowercase);
    let upper = |texts: &[String]| all(texts, char::is_uppercase);
    (lower(there) && !lower(here)) || (upper(there) && !upper(here))
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
    }

    #[test]
    fn another_case_is_seen_and_mixed_texts_have_no_shape() {
        let (upper, lower) = (texts(&["DE-1A", "AT-2B"]), texts(&["de-1a", "at-2b"]));
        assert!(transforms(&upper, &lower)[0].ignore_case);
        assert_eq!(Shape::of(&texts(&["A1", "B2", "C3"])), None);
    }
}
