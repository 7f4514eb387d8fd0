//! Answers from the index: what it finds is read again from its backend before it is shown in
//! full. Where the backend does not answer in time, the record is shown as the index knows it, and
//! said to be as old as it is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kontor_model::{Column, Query, RecordKey};
use kontor_search::{Hit, Place, Question, Rank};

use super::blocking;
use super::recipe::Recipe;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::backend::Condition;
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;
use crate::records::{
    FoundRecord, MOST_HITS, alive, has_one_of_keys, key_of, recorded_key, title_of,
};

/// Records of one resource in the one box: one more than is shown tells that there are more.
const MOST_OF_EACH: usize = MOST_HITS + 1;
/// Records in all.
const MOST: usize = 40;
/// A backend that has not answered by then does not hold up what the index knows.
const PATIENCE: Duration = Duration::from_millis(400);

/// What the index found for somebody.
#[derive(Debug, Default)]
pub(crate) struct Indexed {
    /// The records, the best first.
    pub(crate) records: Vec<FoundRecord>,
    /// The resources that were looked into.
    pub(crate) places: Vec<Place>,
    /// Whether the words themselves were found, and not only what may have been meant.
    pub(crate) is_certain: bool,
}

impl Office {
    /// What the index finds in the resources that somebody may read and of which all records are
    /// indexed.
    pub(crate) async fn find_indexed(&self, permits: &[Permit<Read>], words: &str) -> Indexed {
        let Some(index) = self.indexing.index() else { return Indexed::default() };
        let places = self.whole_places(permits);
        if places.is_empty() {
            return Indexed::default();
        }
        let Ok(turn) = Arc::clone(&self.indexing.questions).acquire_owned().await else {
            return Indexed::default();
        };
        let begun = Instant::now();
        let (asked, words) = (places.clone(), words.to_owned());
        let hits = blocking(&index, move |index| {
            let question =
                Question { words: &words, places: &asked, most_of_each: MOST_OF_EACH, most: MOST };
            let hits = index.find(&question);
            drop(turn);
            hits
        })
        .await;
        metrics::histogram!("kontor_search_seconds").record(begun.elapsed().as_secs_f64());
        let mut hits = match hits {
            Ok(hits) => hits,
            Err(error) => {
                tracing::warn!(%error, "the search index could not be asked");
                self.start_over().await;
                return Indexed::default();
            }
        };
        // A manifest may have hidden meanwhile what led to a hit.
        let still = self.whole_places(permits);
        hits.retain(|hit| still.contains(&hit.place));
        let is_certain = hits.iter().any(|hit| hit.rank != Rank::Meant);
        let records = self.read_again_all(permits, hits).await;
        Indexed { records, places: still, is_certain }
    }

    /// The resources that are answered from the index, the most important of each backend first.
    fn whole_places(&self, permits: &[Permit<Read>]) -> Vec<Place> {
        let recipes = permits.iter().flat_map(|permit| {
            let catalog = permit.backend.catalog().ok();
            catalog.map(|catalog| Recipe::all(&permit.backend.name, &catalog)).unwrap_or_default()
        });
        recipes.filter(|recipe| self.indexing.is_whole(recipe)).map(|recipe| recipe.place).collect()
    }

    /// A damaged index is empty after it was found to be: nothing is known to be in it.
    async fn start_over(&self) {
        let Some(index) = self.indexing.index() else { return };
        if let Ok(places) = blocking(&index, kontor_search::Index::places).await
            && places.is_empty()
        {
            self.indexing.places().clear();
        }
    }

    /// Reads the hits of all backends again, at the same time.
    async fn read_again_all(&self, permits: &[Permit<Read>], hits: Vec<Hit>) -> Vec<FoundRecord> {
        let of_each = permits.iter().map(|permit| {
            let own: Vec<(usize, &Hit)> = hits
                .iter()
                .enumerate()
                .filter(|(_, hit)| hit.place.backend == permit.backend.name)
                .collect();
            self.read_again_in(permit, own)
        });
        let mut found: Vec<(usize, FoundRecord)> =
            futures_util::future::join_all(of_each).await.into_iter().flatten().collect();
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, record)| record).collect()
    }

    /// Reads the hits of a backend again: one question for each resource. What is gone is left
    /// out, and removed from the index.
    async fn read_again_in(
        &self,
        permit: &Permit<Read>,
        hits: Vec<(usize, &Hit)>,
    ) -> Vec<(usize, FoundRecord)> {
        let Ok(catalog) = permit.backend.catalog() else { return Vec::new() };
        let mut places: Vec<&Place> = Vec::new();
        for (_, hit) in &hits {
            if !places.contains(&&hit.place) {
                places.push(&hit.place);
            }
        }
        let is_down = matches!(permit.backend.health().condition, Condition::Down { .. });
        let limit = tokio::time::Instant::now() + PATIENCE;
        let mut found = Vec::new();
        for place in places {
            let Some(face) = catalog.face(&place.resource) else { continue };
            let own: Vec<&(usize, &Hit)> =
                hits.iter().filter(|(_, hit)| hit.place == *place).collect();
            let keys: Vec<RecordKey> = own
                .iter()
                .filter_map(|(_, hit)| {
                    recorded_key(catalog.resource(face), &RecordKey::from_text(&hit.key)?).ok()
                })
                .collect();
            let read = async {
                if is_down {
                    return None;
                }
                let read = self.titles_now(permit, &catalog, face, &keys);
                tokio::time::timeout_at(limit, read).await.ok()?.ok()
            };
            let now = read.await;
            if now.is_none() {
                metrics::counter!("kontor_search_old_total", "backend" => permit.backend.name.to_string()).increment(1);
            }
            let mut gone = Vec::new();
            for (at, hit) in own {
                let (title, as_of) = match &now {
                    Some(titles) => match titles.get(&hit.key) {
                        Some(title) => (title.clone(), None),
                        None => {
                            gone.push(hit.key.clone());
                            continue;
                        }
                    },
                    None => (hit.title.clone(), Some(self.indexing.as_of(hit))),
                };
                let Some(key) = RecordKey::from_text(&hit.key) else { continue };
                found.push((*at, record(permit, face, hit, (key, title, as_of))));
            }
            self.forget_gone(place, gone);
        }
        found
    }

    /// Titles of the records of these keys as they are now, by key; who is not there is gone.
    async fn titles_now(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        keys: &[RecordKey],
    ) -> Result<HashMap<String, String>, OfficeError> {
        let resource = catalog.resource(face);
        let mut read = resource.key.clone();
        read.extend(face.title_fields.iter().filter(|field| !resource.key.contains(field)));
        let deleted = face.soft_delete.as_ref().map(alive);
        let condition = has_one_of_keys(resource, keys.iter());
        let condition = match deleted {
            Some(alive) => alive.and(condition),
            None => condition,
        };
        let limit = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let columns = read.iter().map(|&field| Column::whole(field)).collect();
        let query = Query::unordered(columns, condition, limit);
        let page = permit.backend.select(catalog, face, &query).await?;
        let mut translated = self.translated(permit, catalog, face, &read, &page.rows).await;
        let titles = page.rows.iter().map(|row| {
            let key = key_of(resource, face, &read, row).to_text();
            let title = translated.remove(&key).or_else(|| title_of(face, &read, row));
            (key.clone(), title.unwrap_or(key))
        });
        Ok(titles.collect())
    }

    fn forget_gone(&self, place: &Place, keys: Vec<String>) {
        let Some(index) = self.indexing.index().filter(|_| !keys.is_empty()) else { return };
        let place = place.clone();
        tokio::spawn(async move {
            let index = Arc::clone(&index);
            if let Err(error) = blocking(&index, move |index| index.remove(&place, &keys)).await {
                tracing::warn!(%error, "a record that is gone is still in the search index");
            }
        });
    }
}

fn record(
    permit: &Permit<Read>,
    face: &Face,
    hit: &Hit,
    (key, title, as_of): (RecordKey, String, Option<i64>),
) -> FoundRecord {
    FoundRecord {
        backend: permit.backend.name.clone(),
        resource: face.name.clone(),
        resource_title: face.title.clone(),
        key,
        title,
        is_exact: hit.rank == Rank::Identifier,
        as_of,
        also: Vec::new(),
        apart: Vec::new(),
    }
}
