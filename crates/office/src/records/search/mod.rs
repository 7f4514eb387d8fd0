//! One box for everything: what is asked of each backend, and what was found.

mod apart;
mod asking;
mod plan;

use std::time::Duration;

use kontor_model::condition::SearchTerm;
use kontor_model::{RecordKey, ResourceName};
use kontor_search::Place;
use kontor_store::Micros;

use super::list::Listed;
use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;
use crate::indexing::Indexed;

pub use apart::Apart;
use asking::box_terms;
pub(crate) use asking::searched;
use plan::found_by;
pub(crate) use plan::{SMALL, is_unique};
pub use plan::{SearchPlan, SearchScope};

/// A backend that has not answered the one box by then is left out, and named.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Records of one resource in the one box.
pub(crate) const MOST_HITS: usize = 5;
/// Records that the picker of a reference offers.
const MOST_PICKED: usize = 20;
/// Resources of one backend that the one box asks.
const MOST_RESOURCES: usize = 12;

/// What the one box found.
#[derive(Debug, Default)]
pub struct Found {
    /// Records, by backend and resource.
    pub records: Vec<FoundRecord>,
    /// Resources whose titles contain the words.
    pub resources: Vec<(kontor_model::BackendName, ResourceName, crate::manifest::Label)>,
    /// Resources of which more records were found than there is room for, and whose lists find them
    /// all.
    pub more: Vec<(kontor_model::BackendName, ResourceName, crate::manifest::Label)>,
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
    /// What tells it from others of the same title; nothing where its title does.
    pub apart: Vec<Apart>,
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
        let is_meant = !indexed.records.is_empty() && !indexed.is_certain;
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
            let surplus = found.without_surplus();
            // A list finds the words as they are, not what somebody may have meant.
            found.more = if is_meant { Vec::new() } else { listing(&permits, surplus, words) };
            found.records = self.joined(&permits, found.records).await;
            found.resources = self.resources_called(&permits, words);
        }
        self.tell_apart(&permits, &mut found.records).await;
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
            // One more than is shown tells that there are more.
            let most = if only.is_some() { MOST_PICKED } else { MOST_HITS + 1 };
            for (record, title) in self.hits(permit, &catalog, face, terms, most).await? {
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
                    apart: Vec::new(),
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
        limit: usize,
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
            u32::try_from(limit).unwrap_or(u32::MAX),
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
    /// Takes away what is more than there is room for, and says of which resources.
    fn without_surplus(&mut self) -> Vec<(kontor_model::BackendName, ResourceName)> {
        let mut of_each: Vec<((kontor_model::BackendName, ResourceName), usize)> = Vec::new();
        self.records.retain(|hit| {
            let place = (hit.backend.clone(), hit.resource.clone());
            match of_each.iter_mut().find(|(own, _)| *own == place) {
                Some((_, count)) => {
                    *count += 1;
                    *count <= MOST_HITS
                }
                None => {
                    of_each.push((place, 1));
                    true
                }
            }
        });
        of_each
            .into_iter()
            .filter(|(_, count)| *count > MOST_HITS)
            .map(|(place, _)| place)
            .collect()
    }

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

/// Those of the resources whose own lists can look for the words.
fn listing(
    permits: &[Permit<Read>],
    places: Vec<(kontor_model::BackendName, ResourceName)>,
    words: &str,
) -> Vec<(kontor_model::BackendName, ResourceName, crate::manifest::Label)> {
    let listed = places.into_iter().filter_map(|(backend, resource)| {
        let permit = permits.iter().find(|permit| permit.backend.name == backend)?;
        let catalog = permit.backend.catalog().ok()?;
        let face = catalog.face(&resource)?;
        SearchPlan::of(&catalog, face, words).ok()?;
        Some((backend, resource, face.title.clone()))
    });
    listed.collect()
}

/// The hits as they are shown: identifiers first, and else as they were found.
fn arranged(mut records: Vec<FoundRecord>) -> Vec<FoundRecord> {
    records.sort_by_key(|hit| !hit.is_exact);
    records
}
