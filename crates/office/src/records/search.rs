//! Searching: the words of a list's search box, and one box for everything.

use std::time::Duration;

use kontor_model::condition::{Condition, SearchTerm};
use kontor_model::{FieldType, IndexKind, RecordKey, Resource, ResourceName};
use kontor_search::Place;
use kontor_store::Micros;

use super::list::Listed;
use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;
use crate::indexing::Indexed;

/// Up to this many records a search may read the table from end to end.
pub(crate) const SMALL: u64 = 50_000;
/// At most so many fields are looked into by one search.
const MOST_FIELDS: usize = 12;
/// A backend that has not answered the one box by then is left out, and named.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Records of one resource in the one box.
const MOST_HITS: u32 = 5;
/// Words that are looked for one by one; what follows is one text.
const MOST_WORDS: usize = 6;
/// Resources of one backend that the one box asks.
const MOST_RESOURCES: usize = 12;

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
fn found_by(terms: Vec<Vec<SearchTerm>>) -> Condition {
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
fn each_word(
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
fn size(catalog: &Catalog, resource: &Resource) -> u64 {
    resource.estimated_rows.unwrap_or_else(|| {
        catalog.schema.resources.iter().filter_map(|other| other.estimated_rows).max().unwrap_or(0)
    })
}

fn anywhere(resource: &Resource, candidates: &[usize], words: &str) -> Vec<SearchTerm> {
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
fn indexed(
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

/// What the one box found.
#[derive(Debug, Default)]
pub struct Found {
    /// Records, by backend and resource.
    pub records: Vec<FoundRecord>,
    /// Resources whose titles contain the words.
    pub resources: Vec<(kontor_model::BackendName, ResourceName, crate::manifest::Label)>,
    /// Backends that did not answer in time or could not.
    pub missing: Vec<String>,
}

/// A record that the one box found.
#[derive(Debug, Clone)]
pub struct FoundRecord {
    /// Its backend.
    pub backend: kontor_model::BackendName,
    /// Its resource.
    pub resource: ResourceName,
    /// The resource's title.
    pub resource_title: crate::manifest::Label,
    /// Its address.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// Whether the words are one of its identifiers, in some spelling.
    pub is_exact: bool,
    /// When the record was read, where its backend does not answer and it is shown as it was then;
    /// none where it was read just now.
    pub as_of: Option<Micros>,
    /// The same thing in other backends, as far as it was found, too.
    pub also: Vec<FoundRecord>,
}

impl Office {
    /// Finds records and resources in everything that the actor may read: in the index where all
    /// records of a resource are there, else in the backend itself. Each backend has the same short
    /// time; who is late is named.
    ///
    /// # Errors
    /// None but faults: a backend that cannot answer is named in the result.
    pub async fn find(
        &self,
        actor: &std::sync::Arc<Actor>,
        words: &str,
        within: Option<(&kontor_model::BackendName, &ResourceName)>,
    ) -> Result<Found, OfficeError> {
        let words = words.trim();
        let mut found = Found::default();
        if words.is_empty() {
            return Ok(found);
        }
        let permits: Vec<Permit<Read>> = self
            .readable(actor)
            .into_iter()
            .filter(|permit| within.is_none_or(|(backend, _)| *backend == permit.backend.name))
            .collect();
        let indexed = match within {
            None => self.find_indexed(&permits, words).await,
            // A picker shows what can be picked now.
            Some(_) => Indexed::default(),
        };
        // What was made a moment ago is not in the index yet: where it knows nothing, the backends
        // are asked all the same.
        let known = if indexed.is_certain { indexed.places } else { Vec::new() };
        found.records = indexed.records;
        let searches = permits.iter().map(|permit| async {
            let only = within.map(|(_, resource)| resource);
            let searched = self.find_in(permit, words, only, &known);
            (permit.backend.name.clone(), tokio::time::timeout(PATIENCE, searched).await)
        });
        for (name, answer) in futures_util::future::join_all(searches).await {
            match answer {
                Ok(Ok(records)) => found.add(records),
                Ok(Err(_)) | Err(_) => found.missing.push(name.to_string()),
            }
        }
        found.records = arranged(found.records);
        if within.is_none() {
            found.records = self.joined(&permits, found.records).await;
            found.resources = self.resources_called(&permits, words);
        }
        Ok(found)
    }

    fn resources_called(
        &self,
        permits: &[Permit<Read>],
        words: &str,
    ) -> Vec<(kontor_model::BackendName, ResourceName, crate::manifest::Label)> {
        let folded = words.to_lowercase();
        let mut called = Vec::new();
        for permit in permits {
            let Ok(catalog) = permit.backend.catalog() else { continue };
            for face in catalog.faces.iter().filter(|face| !face.hidden) {
                let texts = [face.name.as_str(), &face.title.de, &face.title.en];
                if texts.iter().any(|text| text.to_lowercase().contains(&folded)) {
                    called.push((
                        permit.backend.name.clone(),
                        face.name.clone(),
                        face.title.clone(),
                    ));
                }
            }
        }
        called.truncate(20);
        called
    }

    async fn find_in(
        &self,
        permit: &Permit<Read>,
        words: &str,
        only: Option<&ResourceName>,
        known: &[Place],
    ) -> Result<Vec<FoundRecord>, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let is_known = |face: &Face| {
            known
                .iter()
                .any(|place| place.backend == permit.backend.name && place.resource == face.name)
        };
        let faces: Vec<&Face> = match only {
            Some(name) => catalog.face(name).into_iter().collect(),
            None => searched(&catalog).into_iter().take(MOST_RESOURCES).collect(),
        };
        let faces = faces.into_iter().filter(|face| !is_known(face));
        let mut hits = Vec::new();
        for face in faces {
            let terms = box_terms(&catalog, face, words, only.is_some());
            if terms.is_empty() {
                continue;
            }
            for (record, title) in self
                .hits(permit, &catalog, face, terms, if only.is_some() { 20 } else { MOST_HITS })
                .await?
            {
                let is_exact = record.values.iter().any(|value| {
                    value.to_text().is_some_and(|text| text.eq_ignore_ascii_case(words))
                });
                hits.push(FoundRecord {
                    backend: permit.backend.name.clone(),
                    resource: face.name.clone(),
                    resource_title: face.title.clone(),
                    key: record.key,
                    title,
                    is_exact,
                    as_of: None,
                    also: Vec::new(),
                });
            }
        }
        Ok(hits)
    }

    async fn hits(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        terms: Vec<Vec<SearchTerm>>,
        limit: u32,
    ) -> Result<Vec<(Listed, String)>, OfficeError> {
        let resource = catalog.resource(face);
        let mut read: Vec<usize> = face.title_fields.clone();
        for term in terms.iter().flatten() {
            match term {
                SearchTerm::Equals(field, _)
                | SearchTerm::Prefix(field, _)
                | SearchTerm::Contains(field, _) => read.push(*field),
                SearchTerm::Words(fields, _) => read.extend(fields.first()),
            }
        }
        read.extend(&resource.key);
        read.sort_unstable();
        read.dedup();
        let everything = kontor_model::filter::Filter::everything();
        let condition =
            self.condition(&permit.actor, catalog, face, &everything)?.and(found_by(terms));
        let query = kontor_model::Query::unordered(
            read.iter().map(|&field| kontor_model::Column::whole(field)).collect(),
            condition,
            limit,
        );
        let page = permit.backend.select(catalog, face, &query).await?;
        let translated = self.translated(permit, catalog, face, &read, &page.rows).await;
        Ok(page
            .rows
            .into_iter()
            .map(|values| {
                let key = super::reading::key_of(resource, face, &read, &values);
                let title = translated
                    .get(&key.to_text())
                    .cloned()
                    .or_else(|| super::titles::title_of(face, &read, &values))
                    .unwrap_or_else(|| key.to_text());
                (
                    Listed {
                        key,
                        values,
                        titles: Vec::new(),
                        far: Vec::new(),
                        currencies: Vec::new(),
                    },
                    title,
                )
            })
            .collect())
    }
}

impl Found {
    /// Adds records that were not found before.
    fn add(&mut self, records: Vec<FoundRecord>) {
        for record in records {
            let is_same = |other: &FoundRecord| {
                other.backend == record.backend
                    && other.resource == record.resource
                    && other.key.to_text() == record.key.to_text()
            };
            match self.records.iter_mut().find(|other| is_same(other)) {
                Some(known) if known.as_of.is_some() => *known = record,
                Some(_) => {}
                None => self.records.push(record),
            }
        }
    }
}

/// The hits as they are shown: identifiers first, and else as they were found.
fn arranged(mut records: Vec<FoundRecord>) -> Vec<FoundRecord> {
    records.sort_by_key(|hit| !hit.is_exact);
    records
}

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
fn box_terms(catalog: &Catalog, face: &Face, words: &str, thorough: bool) -> Vec<Vec<SearchTerm>> {
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
    fn words_are_told_apart_up_to_a_number() {
        assert_eq!(split("  Andrea \u{a0} Bauer "), ["Andrea", "Bauer"]);
        assert_eq!(split("a b c d e f g").last(), Some(&"f g"));
        assert_eq!(split(" "), Vec::<&str>::new());
    }

    #[test]
    fn a_pasted_number_is_forgiven_its_spaces_and_dashes() {
        assert_eq!(spellings("#2026-104 233"), ["#2026-104 233", "2026104233", "2026-104 233"]);
        assert_eq!(spellings("Müller"), ["Müller"]);
        assert_eq!(spellings("Anna@Example.com"), ["Anna@Example.com", "anna@example.com"]);
    }
}
