//! Filling the index: all records once, then those that changed, and now and then all again.

use std::sync::Arc;
use std::time::Duration;

use kontor_model::condition::{Comparison, Condition, Test};
use kontor_model::{Column, Query, RecordKey, ResourceName, Sort, Value};
use kontor_search::Index;
use tokio::time::Instant;

use super::progress::Progress;
use super::reading::{Made, Reading};
use super::recipe::Recipe;
use super::{Known, Pace, blocking};
use crate::Office;
use crate::backend::Backend;
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;
use crate::records::{SMALL, alive};

/// Records of one page; fewer where the backend's budget says so.
const PAGE: u32 = 500;
/// Reading all records again takes at most one part in so many of the time.
const SHARE: u32 = 20;
/// Pages of changed records that are read in a row.
const MOST_PAGES: usize = 200;

/// The index being filled with the records of one resource.
pub(super) struct Filling<'a> {
    office: &'a Office,
    index: &'a Arc<Index>,
    reading: Reading<'a>,
    pace: Pace,
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        office: &'a Office,
        index: &'a Arc<Index>,
        reading: Reading<'a>,
        pace: Pace,
    ) -> Self {
        Self { office, index, reading, pace }
    }

    fn recipe(&self) -> &'a Recipe {
        self.reading.recipe
    }

    fn known(&self) -> Option<Known> {
        self.office.indexing.known(&self.recipe().place)
    }

    fn change(&self, how: impl FnOnce(&mut Known)) {
        self.office.indexing.change(&self.recipe().place, how);
    }

    /// Does what is due.
    pub(super) async fn bring_up(&self) -> Result<(), OfficeError> {
        let mut known = self.prepared().await?;
        let watermark = watermark(self.reading.catalog, self.reading.face());
        if !known.progress.is_scanning && self.is_scan_due(&known, watermark) {
            let newest = match watermark {
                Some(field) => newest(&self.reading, field).await?,
                None => None,
            };
            known.progress.begin(self.office.clock.micros(), newest);
        }
        if known.progress.is_scanning {
            return self.scan(known.progress).await;
        }
        let is_due = known.looked.is_none_or(|looked| looked.elapsed() >= self.pace.changes);
        match watermark {
            Some(field) if is_due => self.changes(known.progress, field).await,
            _ => Ok(()),
        }
    }

    /// Readies the index for documents of the recipe.
    async fn prepared(&self) -> Result<Known, OfficeError> {
        let recipe = self.recipe();
        if self.known().unwrap_or_default().recipe != recipe.fingerprint {
            // From now on nobody looks there, and only then it is emptied.
            self.change(|known| {
                *known = Known { recipe: recipe.fingerprint.clone(), ..Known::default() };
            });
        }
        let (place, fingerprint) = (recipe.place.clone(), recipe.fingerprint.clone());
        let progress =
            blocking(self.index, move |index| index.prepare(&place, &fingerprint)).await?;
        let progress = Progress::parse(progress.as_deref());
        self.change(|known| known.progress = progress);
        Ok(self.known().unwrap_or_default())
    }

    fn is_scan_due(&self, known: &Known, watermark: Option<usize>) -> bool {
        let Some(whole) = known.progress.whole else { return true };
        let least = if watermark.is_some() { self.pace.sweep } else { self.pace.scan };
        let took = Duration::from_micros(known.progress.took.unsigned_abs());
        let every = least.max(took * SHARE);
        self.office.clock.micros() - whole >= i64::try_from(every.as_micros()).unwrap_or(i64::MAX)
    }

    /// Reads all records, from where the scan stands to the last one, in the order of their keys.
    async fn scan(&self, mut progress: Progress) -> Result<(), OfficeError> {
        let face = self.reading.face();
        let resource = self.reading.catalog.resource(face);
        let is_service = resource.service.is_some();
        let sorted = resource.key.iter().filter(|_| !is_service);
        let sort: Vec<Sort> = sorted.map(|&field| ascending(field)).collect();
        // The place in a list of a service is one text of its own.
        let length = if is_service { 1 } else { sort.len() };
        loop {
            let begun = Instant::now();
            let query = Query {
                cursor: progress.cursor(length),
                sort: sort.clone(),
                ..self.query(not_deleted(face))
            };
            let held = self.hold().await;
            let page = self.reading.page(&query).await?;
            let made = self.reading.made(&page.rows).await?;
            let took = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
            progress.advance(page.rows.len(), took, page.next.as_ref());
            self.write(made, &progress).await?;
            drop(held);
            if page.next.is_none() {
                break;
            }
            tokio::time::sleep(self.pace.pause.max(begun.elapsed())).await;
        }
        let (place, scan) = (self.recipe().place.clone(), progress.scan);
        blocking(self.index, move |index| index.sweep(&place, scan)).await?;
        progress.end(self.office.clock.micros());
        self.write(Made::default(), &progress).await?;
        self.tell().await
    }

    /// Reads the records that changed since the newest change that is known, that one included:
    /// others may have happened in the same moment.
    async fn changes(&self, mut progress: Progress, field: usize) -> Result<(), OfficeError> {
        let begun = self.office.clock.micros();
        let key = &self.reading.catalog.resource(self.reading.face()).key;
        let rest = key.iter().copied().filter(|&key| key != field);
        let sort: Vec<Sort> = std::iter::once(field).chain(rest).map(ascending).collect();
        let condition = progress.mark().map_or_else(Condition::everything, |mark| {
            Condition::Field(field, Test::Compare(Comparison::Ge, mark))
        });
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let query = Query { sort: sort.clone(), cursor, ..self.query(condition.clone()) };
            let held = self.hold().await;
            let page = self.reading.page(&query).await?;
            let made = self.reading.made(&page.rows).await?;
            progress.set_mark(page.rows.last().and_then(|row| self.reading.value(row, field)));
            if page.next.is_none() {
                progress.fresh = Some(begun);
            }
            self.write(made, &progress).await?;
            drop(held);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            tokio::time::sleep(self.pace.pause).await;
        }
        self.change(|known| known.looked = Some(Instant::now()));
        self.tell().await
    }

    fn query(&self, condition: Condition) -> Query {
        Query::unordered(self.reading.columns(), condition, self.most())
    }

    /// Records of one page.
    fn most(&self) -> u32 {
        self.reading.backend.manifest().budget.row_cap.clamp(1, PAGE)
    }

    /// While it is held, nobody else reads records of the resource for the index.
    async fn hold(&self) -> tokio::sync::OwnedMutexGuard<()> {
        self.known().unwrap_or_default().filling.lock_owned().await
    }

    async fn write(&self, made: Made, progress: &Progress) -> Result<(), OfficeError> {
        let place = self.recipe().place.clone();
        let (now, scan, text) = (self.office.clock.micros(), progress.scan, progress.to_text());
        let count = made.documents.len() as u64;
        blocking(self.index, move |index| {
            if !made.gone.is_empty() {
                index.remove(&place, &made.gone)?;
            }
            index.put(&place, &made.documents, now, scan, Some(&text))
        })
        .await?;
        metrics::counter!("kontor_search_records_read_total", "backend" => self.reading.backend.name.to_string())
            .increment(count);
        self.change(|known| known.progress = progress.clone());
        Ok(())
    }

    /// Counts what is indexed, for people and for the metrics.
    #[expect(clippy::cast_precision_loss, reason = "metrics are floating-point numbers")]
    async fn tell(&self) -> Result<(), OfficeError> {
        let place = self.recipe().place.clone();
        let labels =
            [("backend", place.backend.to_string()), ("resource", place.resource.to_string())];
        let records = blocking(self.index, move |index| index.count(&place)).await?;
        metrics::gauge!("kontor_search_records", &labels).set(records as f64);
        if let Some(fresh) = self.known().and_then(|known| known.progress.fresh) {
            let seconds = fresh as f64 / 1e6;
            metrics::gauge!("kontor_search_fresh_timestamp_seconds", &labels).set(seconds);
        }
        self.change(|known| known.records = records);
        Ok(())
    }

    /// Reads records of these keys again.
    async fn anew(&self, keys: &[RecordKey]) -> Result<(), OfficeError> {
        for part in keys.chunks(self.most() as usize) {
            let _held = self.hold().await;
            let recipe = self.recipe();
            let known = self.known().filter(|known| known.recipe == recipe.fingerprint);
            // Where nothing is indexed yet, the scan to come finds them as they are now.
            let Some(known) = known else { return Ok(()) };
            let made = self.reading.of_keys(part).await?;
            let (place, now) = (recipe.place.clone(), self.office.clock.micros());
            blocking(self.index, move |index| {
                index.remove(&place, &made.gone)?;
                index.put(&place, &made.documents, now, known.progress.scan, None)
            })
            .await?;
        }
        self.tell().await
    }
}

impl Office {
    /// After a change of Kontor's own: its records are read again at once, and are found as they
    /// are now, or not any more.
    pub(crate) fn reindex(
        self: &Arc<Self>,
        backend: &Arc<Backend>,
        resource: &ResourceName,
        mut keys: Vec<RecordKey>,
    ) {
        let Some(index) = self.indexing.index() else { return };
        keys.retain(|key| matches!(key, RecordKey::Values(_)));
        if keys.is_empty() {
            return;
        }
        let (office, backend, resource) = (Arc::clone(self), Arc::clone(backend), resource.clone());
        tokio::spawn(async move {
            let anew = async {
                let catalog = backend.catalog()?;
                let face = office.face(&backend, &catalog, &resource)?;
                let Some(recipe) = Recipe::of(&backend.name, &catalog, face) else { return Ok(()) };
                let reading = Reading::new(&backend, &catalog, &recipe);
                Filling::new(&office, &index, reading, Pace::default()).anew(&keys).await
            };
            let done: Result<(), OfficeError> = anew.await;
            if let Err(error) = done {
                tracing::warn!(backend = %backend.name, %resource, %error, "changed records could not be indexed");
            }
        });
    }
}

fn ascending(field: usize) -> Sort {
    Sort { field, descending: false }
}

/// The field by which changes are found: where an index serves it, or the resource is small.
fn watermark(catalog: &Catalog, face: &Face) -> Option<usize> {
    let (field, resource) = (face.stamps.updated?, catalog.resource(face));
    let is_cheap = resource.indexes.iter().any(|index| index.fields.first() == Some(&field))
        || resource.estimated_rows.is_some_and(|rows| rows <= SMALL);
    let of_field = &resource.fields[field];
    (is_cheap && of_field.sortable && of_field.comparable && !of_field.nullable).then_some(field)
}

/// The newest mark of a change that there is.
async fn newest(reading: &Reading<'_>, field: usize) -> Result<Option<Value>, OfficeError> {
    let query = Query {
        sort: vec![Sort { field, descending: true }],
        total_order: false,
        ..Query::unordered(vec![Column::whole(field)], Condition::everything(), 1)
    };
    let page = reading.page(&query).await?;
    Ok(page.rows.into_iter().next().and_then(|row| row.into_iter().next()))
}

/// Records that count as deleted are not read.
fn not_deleted(face: &Face) -> Condition {
    face.soft_delete.as_ref().map_or_else(Condition::everything, alive)
}
