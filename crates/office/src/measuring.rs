//! How well links between backends hold: measured on schedule, with as little as proposals read.
//! Only numbers are kept. A coverage that falls is told on the page of the backend that refers.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kontor_model::{BackendName, ResourceName, Value};
use kontor_store::{Json, Micros, settings};
use serde::{Deserialize, Serialize};

use crate::Office;
use crate::actor::{Permit, Read};
use crate::backend::Backend;
use crate::catalog::{Catalog, Face, FarLink};
use crate::error::OfficeError;
use crate::manifest::Label;
use crate::proposals::{Sample, Sampler as _, VALUES_PER_LINK, comparable};
use crate::records::FarTrouble;

/// A link is measured again when its last measurement is as old as this, in microseconds.
const OLD: i64 = 20 * 3_600 * 1_000_000;

/// The first time, backends are left alone for so long after the start.
const FIRST: Duration = Duration::from_secs(60);

/// A coverage that lies so much below the best one has fallen.
const FALLEN: f64 = 0.05;

/// How many of the values that refer were found, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Microseconds since 1970, UTC.
    pub at: Micros,
    /// Values that have a counterpart.
    pub found: u64,
    /// Different values that were looked for.
    pub of: u64,
}

impl Measured {
    /// The share of values that have a counterpart, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.of == 0 { 1.0 } else { self.found as f64 / self.of as f64 }
    }
}

/// The measurements of a link that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    best: Measured,
    last: Measured,
}

/// A link to another backend and how well it holds.
#[derive(Debug, Clone)]
pub struct FarLinkState {
    /// The resource that refers.
    pub from: ResourceName,
    /// Title of that resource.
    pub from_title: Label,
    /// The link's name.
    pub name: String,
    /// Title of the link.
    pub title: Label,
    /// The backend referred to; none where the person may not know of it.
    pub backend: Option<BackendName>,
    /// Why the other end cannot be read by this person, where that is so.
    pub trouble: Option<FarTrouble>,
    /// The last measurement; none before the first.
    pub last: Option<Measured>,
    /// The best one.
    pub best: Option<Measured>,
}

impl FarLinkState {
    /// Whether fewer values are found than before.
    #[must_use]
    pub fn has_fallen(&self) -> bool {
        let shares = self.best.zip(self.last).map(|(best, last)| (best.share(), last.share()));
        shares.is_some_and(|(best, last)| last + FALLEN < best)
    }
}

fn setting(backend: &BackendName, from: &ResourceName, link: &FarLink) -> String {
    format!("coverage:{backend}:{}:{from}:{}", link.backend, link.name)
}

impl Office {
    /// The links of a backend to others, with their last measurements.
    ///
    /// # Errors
    /// [`OfficeError::Store`]; [`OfficeError::NotReady`] when its schema was never read.
    pub async fn far_links(&self, permit: &Permit<Read>) -> Result<Vec<FarLinkState>, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let mut states = Vec::new();
        for face in &catalog.faces {
            for link in &face.far {
                let kept = self.kept(&setting(&permit.backend.name, &face.name, link)).await?;
                let is_known = permit.actor.role(&link.backend).is_some();
                states.push(FarLinkState {
                    from: face.name.clone(),
                    from_title: face.title.clone(),
                    name: link.name.clone(),
                    title: link.title.clone(),
                    backend: is_known.then(|| link.backend.clone()),
                    trouble: self.far_side(&permit.actor, link).err(),
                    last: kept.map(|kept| kept.last),
                    best: kept.map(|kept| kept.best),
                });
            }
        }
        Ok(states)
    }

    async fn kept(&self, key: &str) -> Result<Option<Kept>, OfficeError> {
        let kept = settings::get(&mut self.store.read(), key).await?;
        // What an earlier version kept otherwise is measured anew.
        Ok(kept.and_then(|json| json.read().ok()))
    }

    /// Measures links again now and then.
    pub async fn watch_links(self: Arc<Self>, every: Duration) {
        let mut wait = every.min(FIRST);
        loop {
            tokio::time::sleep(wait).await;
            wait = every;
            if let Err(error) = self.measure_links(self.clock.now()).await {
                tracing::error!(%error, "links could not be measured");
            }
        }
    }

    /// Measures all links between backends whose last measurement is old at a moment.
    ///
    /// # Errors
    /// [`OfficeError::Store`]. A backend that does not answer keeps its last measurements.
    pub async fn measure_links(&self, now: Timestamp) -> Result<(), OfficeError> {
        let now = now.as_microsecond();
        for backend in self.all_backends() {
            let Ok(catalog) = backend.catalog() else { continue };
            for face in catalog.faces.iter().filter(|face| !face.far.is_empty()) {
                self.measure_face(&backend, &catalog, face, now).await?;
            }
        }
        Ok(())
    }

    async fn measure_face(
        &self,
        backend: &Backend,
        catalog: &Catalog,
        face: &Face,
        now: Micros,
    ) -> Result<(), OfficeError> {
        let mut due = Vec::new();
        for link in &face.far {
            let key = setting(&backend.name, &face.name, link);
            let kept = self.kept(&key).await?;
            if kept.is_none_or(|kept| now - kept.last.at >= OLD) {
                due.push((link, key, kept));
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let resource = catalog.resource(face);
        // One sample serves all links of the resource.
        let sample = match backend.sampler(&catalog.schema).sample(resource).await {
            Ok(sample) => sample,
            Err(failure) => {
                tracing::warn!(backend = %backend.name, resource = %face.name, %failure, "links could not be measured");
                return Ok(());
            }
        };
        for (link, key, kept) in due {
            if let Some((found, of)) = self.measure(link, &sample).await {
                let last = Measured { at: now, found, of };
                let best = kept.map(|kept| kept.best).filter(|best| best.share() >= last.share());
                let kept = Json::write(&Kept { best: best.unwrap_or(last), last })?;
                let written =
                    async |mut tx: kontor_store::Tx| settings::set(&mut tx, &key, &kept, now).await;
                self.store.transaction(written).await?;
            }
        }
        Ok(())
    }

    /// How many of the sampled values have a counterpart; none where that could not be told.
    async fn measure(&self, link: &FarLink, sample: &Sample) -> Option<(u64, u64)> {
        let far = self.backend(&link.backend).ok()?;
        let catalog = far.catalog().ok()?;
        let resource = catalog.resource(catalog.face(&link.target)?);
        let fields = link.target_fields.iter().map(|name| resource.position(name));
        let fields = fields.collect::<Option<Vec<usize>>>()?;
        let mut texts: Vec<Vec<String>> = Vec::new();
        let mut seen = HashSet::new();
        for row in &sample.rows {
            let each = link.fields.iter().map(|field| field.far_text(&row[field.field]));
            if let Some(row) = each.collect::<Option<Vec<String>>>()
                && seen.insert(row.clone())
            {
                texts.push(row);
            }
        }
        let step = texts.len().div_ceil(VALUES_PER_LINK).max(1);
        let texts: Vec<Vec<String>> = texts.into_iter().step_by(step).collect();
        if texts.is_empty() {
            return None;
        }
        let mut wanted: BTreeMap<usize, Vec<Vec<Value>>> = BTreeMap::new();
        for (at, row) in texts.iter().enumerate() {
            wanted.insert(at, spelled(link, resource, &fields, row));
        }
        let all: Vec<Vec<Value>> = wanted.values().flatten().cloned().collect();
        let mut existing = HashSet::new();
        let sampler = far.sampler(&catalog.schema);
        for part in all.chunks(VALUES_PER_LINK) {
            existing.extend(sampler.existing(resource, &fields, part).await.ok()?);
        }
        let is_there =
            |ways: &&Vec<Vec<Value>>| ways.iter().any(|way| existing.contains(&comparable(way)));
        Some((wanted.values().filter(is_there).count() as u64, texts.len() as u64))
    }
}

/// The ways in which the other backend may write a row of values.
fn spelled(
    link: &FarLink,
    resource: &kontor_model::Resource,
    fields: &[usize],
    row: &[String],
) -> Vec<Vec<Value>> {
    let each = link.fields.iter().zip(fields).zip(row).map(|((field, &there), text)| {
        let ty = &resource.fields[there].ty;
        let spellings = field.transform.spellings(text).into_iter();
        spellings.filter_map(|text| ty.parse(&text).ok()).collect::<Vec<Value>>()
    });
    crate::records::combined(&each.collect::<Vec<_>>())
}
