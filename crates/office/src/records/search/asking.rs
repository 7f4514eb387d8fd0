//! What the one box asks of a resource.

use kontor_model::condition::SearchTerm;

use super::plan::{SMALL, anywhere, each_word, indexed, is_unique, size};
use crate::catalog::{Catalog, Face};

/// The resources of a backend that hold things one looks for: with a key and a title, the most
/// linked to first. A manifest that says `search = []` leaves one out.
pub(crate) fn searched(catalog: &Catalog) -> Vec<&Face> {
    let mut faces: Vec<&Face> = catalog
        .faces
        .iter()
        .filter(|face| {
            !face.hidden
                && !face.is_join_table
                && !catalog.resource(face).key.is_empty()
                && !face.title_fields.is_empty()
                && face.search.as_ref().is_none_or(|fields| !fields.is_empty())
        })
        .collect();
    faces.sort_by_key(|face| std::cmp::Reverse(face.incoming.len()));
    faces
}

/// What the one box asks of a resource: identifiers to the letter, titles as far as it is cheap.
pub(super) fn box_terms(
    catalog: &Catalog,
    face: &Face,
    words: &str,
    thorough: bool,
) -> Vec<Vec<SearchTerm>> {
    let resource = catalog.resource(face);
    if let Some(service) = &resource.service {
        let words = SearchTerm::Words(face.title_fields.clone(), words.to_owned());
        return if service.searches { vec![vec![words]] } else { Vec::new() };
    }
    let mut candidates: Vec<usize> = face.title_fields.clone();
    let identifiers = face
        .order
        .iter()
        .copied()
        .filter(|&field| is_unique(resource, field) || resource.key == [field]);
    candidates.extend(identifiers);
    if let Some(search) = &face.search {
        candidates.extend(search);
    }
    candidates.sort_unstable();
    candidates.dedup();
    candidates.retain(|&field| face.fields[field].is_visible());
    let mut terms: Vec<SearchTerm> = Vec::new();
    for spelling in spellings(words) {
        let more = if size(catalog, resource) <= SMALL {
            anywhere(resource, &candidates, &spelling)
        } else {
            indexed(resource, &candidates, &spelling).0
        };
        for term in more {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        if thorough {
            break;
        }
    }
    each_word(resource, &candidates, words, terms, size(catalog, resource))
}

/// A number is pasted with spaces, dashes or a `#` before it; an address in capitals.
fn spellings(words: &str) -> Vec<String> {
    let mut spellings = vec![words.to_owned()];
    let bare: String = words
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '#' | '/' | '.'))
        .collect();
    let has_digits = words.chars().filter(char::is_ascii_digit).count() >= 4;
    let variants = [
        has_digits.then_some(bare),
        has_digits.then(|| words.trim_start_matches('#').to_owned()),
        words.contains('@').then(|| words.to_lowercase()),
    ];
    for variant in variants.into_iter().flatten() {
        if !variant.is_empty() && !spellings.contains(&variant) {
            spellings.push(variant);
        }
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_number_is_forgiven_its_spaces_and_dashes() {
        assert_eq!(spellings("#2026-104 233"), ["#2026-104 233", "2026104233", "2026-104 233"]);
        assert_eq!(spellings("Müller"), ["Müller"]);
        assert_eq!(spellings("Anna@Example.com"), ["Anna@Example.com", "anna@example.com"]);
    }
}
