//! How the words of a search box are looked for in one resource.

use kontor_model::condition::{Condition, SearchTerm};
use kontor_model::{FieldType, IndexKind, Resource};

use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;

/// Up to this many records a search may read the table from end to end.
pub(crate) const SMALL: u64 = 50_000;
/// At most so many fields are looked into by one search.
const MOST_FIELDS: usize = 12;
/// Words that are looked for one by one; what follows is one text.
const MOST_WORDS: usize = 6;

/// How the words of a search box are looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPlan {
    /// What is asked of the backend: for each word, the searches of which one must find it.
    pub terms: Vec<Vec<SearchTerm>>,
    /// How far it reaches.
    pub scope: SearchScope,
}

/// How far a search reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchScope {
    /// The words are found anywhere in the texts.
    Anywhere,
    /// The table is large: only what an index serves is asked; fields by how they are asked.
    Indexed {
        /// Must be equal.
        equal: Vec<usize>,
        /// May begin with it.
        beginning: Vec<usize>,
        /// May contain it.
        containing: Vec<usize>,
    },
}

impl SearchPlan {
    /// The plan for words in a resource: each may stand in another field, in any order.
    ///
    /// # Errors
    /// [`OfficeError::WouldScan`] when the table is large and no index helps.
    pub fn of(catalog: &Catalog, face: &Face, words: &str) -> Result<Self, OfficeError> {
        let resource = catalog.resource(face);
        if let Some(service) = &resource.service {
            if !service.searches {
                return Err(OfficeError::NotSearched { resource: resource.name.to_string() });
            }
            let terms = vec![vec![SearchTerm::Words(face.title_fields.clone(), words.to_owned())]];
            return Ok(Self { terms, scope: SearchScope::Anywhere });
        }
        let candidates: Vec<usize> = match &face.search {
            Some(fields) => fields.clone(),
            None => face.order.clone(),
        };
        let rows = size(catalog, resource);
        let (whole, scope) = if rows <= SMALL {
            (anywhere(resource, &candidates, words), SearchScope::Anywhere)
        } else {
            indexed(resource, &candidates, words)
        };
        let terms = each_word(resource, &candidates, words, whole, rows);
        let is_small = scope == SearchScope::Anywhere;
        if terms.is_empty() && !is_small {
            return Err(OfficeError::WouldScan { rows });
        }
        // Nothing to look into finds nothing.
        Ok(Self { terms: if terms.is_empty() { vec![Vec::new()] } else { terms }, scope })
    }

    /// What the words ask of a record.
    #[must_use]
    pub fn condition(&self) -> Condition {
        found_by(self.terms.clone())
    }
}

/// Every word must be found by one of its searches.
pub(super) fn found_by(terms: Vec<Vec<SearchTerm>>) -> Condition {
    let mut words = terms.into_iter().map(Condition::Search);
    match (words.next(), words.len()) {
        (Some(only), 0) => only,
        (first, _) => Condition::All(first.into_iter().chain(words).collect()),
    }
}

/// The searches for each of several words. `whole` are those for all of them as one text: a
/// record is found by these, or by a search for every word. Written as words that must all be
/// found, each of which by one of a flat list, so that an index serves each list. Where a word
/// could only be found by reading a large table, it is looked for as part of the whole.
pub(super) fn each_word(
    resource: &Resource,
    candidates: &[usize],
    words: &str,
    whole: Vec<SearchTerm>,
    rows: u64,
) -> Vec<Vec<SearchTerm>> {
    let mut each: Vec<Vec<SearchTerm>> = split(words)
        .into_iter()
        .map(|word| match rows {
            0..=SMALL => anywhere(resource, candidates, word),
            _ => indexed(resource, candidates, word).0,
        })
        .collect();
    if each.len() < 2 || each.iter().any(Vec::is_empty) {
        return if whole.is_empty() { Vec::new() } else { vec![whole] };
    }
    // A text that holds all of the words holds each of them.
    let more = whole.into_iter().filter(|term| {
        rows > SMALL || !matches!(term, SearchTerm::Contains(_, text) if text == words)
    });
    let more: Vec<SearchTerm> = more.collect();
    for terms in &mut each {
        terms.extend(more.iter().cloned());
    }
    each
}

/// The words of a search.
fn split(words: &str) -> Vec<&str> {
    let mut split = Vec::new();
    let mut rest = words.trim();
    while !rest.is_empty() {
        match rest.split_once(char::is_whitespace) {
            Some((word, more)) if split.len() + 1 < MOST_WORDS => {
                split.push(word);
                rest = more.trim_start();
            }
            _ => {
                split.push(rest);
                break;
            }
        }
    }
    split
}

/// About how many records a search would read; a view is as large as the largest table.
pub(super) fn size(catalog: &Catalog, resource: &Resource) -> u64 {
    resource.estimated_rows.unwrap_or_else(|| {
        catalog.schema.resources.iter().filter_map(|other| other.estimated_rows).max().unwrap_or(0)
    })
}

pub(super) fn anywhere(resource: &Resource, candidates: &[usize], words: &str) -> Vec<SearchTerm> {
    let texts = candidates.iter().filter(|&&field| {
        matches!(
            resource.fields[field].ty,
            FieldType::Text { .. } | FieldType::Enum { .. } | FieldType::Any | FieldType::Uuid
        )
    });
    let mut terms: Vec<SearchTerm> = texts
        .take(MOST_FIELDS)
        .map(|&field| SearchTerm::Contains(field, words.to_owned()))
        .collect();
    terms.extend(numbers(resource, candidates, words));
    terms
}

/// Keys and other unique numbers that the words are.
fn numbers(resource: &Resource, candidates: &[usize], words: &str) -> Vec<SearchTerm> {
    candidates
        .iter()
        .filter(|&&field| {
            matches!(resource.fields[field].ty, FieldType::Int { .. })
                && (resource.key.contains(&field) || is_unique(resource, field))
        })
        .filter_map(|&field| {
            Some(SearchTerm::Equals(field, resource.fields[field].ty.parse(words).ok()?))
        })
        .collect()
}

/// Whether no two records have the same value in the field.
pub(crate) fn is_unique(resource: &Resource, field: usize) -> bool {
    resource.indexes.iter().any(|index| index.unique && index.fields == [field])
}

/// Only what indexes serve.
pub(super) fn indexed(
    resource: &Resource,
    candidates: &[usize],
    words: &str,
) -> (Vec<SearchTerm>, SearchScope) {
    let (mut terms, mut equal, mut beginning, mut containing) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for index in &resource.indexes {
        let Some(&field) = index.fields.first().filter(|field| candidates.contains(field)) else {
            continue;
        };
        let ty = &resource.fields[field].ty;
        let is_text = matches!(ty, FieldType::Text { .. });
        let seen = |list: &Vec<usize>| list.contains(&field);
        match index.kind {
            IndexKind::Trigram if is_text && !seen(&containing) => {
                containing.push(field);
                terms.push(SearchTerm::Contains(field, words.to_owned()));
            }
            IndexKind::FullText if !seen(&containing) => {
                containing.push(field);
                terms.push(SearchTerm::Words(index.fields.clone(), words.to_owned()));
            }
            IndexKind::Prefix if is_text && !seen(&beginning) => {
                beginning.push(field);
                terms.push(SearchTerm::Prefix(field, words.to_owned()));
            }
            IndexKind::Ordered | IndexKind::Prefix if !seen(&equal) && !seen(&beginning) => {
                if let Ok(value) = ty.parse(words)
                    && !matches!(ty, FieldType::Bool)
                {
                    equal.push(field);
                    terms.push(SearchTerm::Equals(field, value));
                }
            }
            _ => {}
        }
    }
    (terms, SearchScope::Indexed { equal, beginning, containing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_up_to_a_number() {
        assert_eq!(split("  Andrea \u{a0} Bauer "), ["Andrea", "Bauer"]);
        assert_eq!(split("a b c d e f g").last(), Some(&"f g"));
        assert_eq!(split(" "), Vec::<&str>::new());
    }
}
