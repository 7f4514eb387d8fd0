//! Which records that were found are the same thing: told by the links between them, from the fields
//! that these begin and end with. Nothing is looked for that was not found.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use futures_util::future::join_all;
use kontor_model::{Column, Query, RecordKey, Value};

use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face, FarField};
use crate::manifest::CasePlace;
use crate::records::{FoundRecord, has_one_of_keys, key_of};

/// What links begin and end with is waited for so long; records of who is late stand alone.
const PATIENCE: Duration = Duration::from_millis(300);
/// So many of the hits are looked at.
const MOST: usize = 40;

/// A resource of which records were found, and whose records are things of a case.
struct Side<'a> {
    place: CasePlace,
    permit: &'a Permit<Read>,
    catalog: std::sync::Arc<Catalog>,
    face: usize,
    case: String,
    /// Places of its hits.
    hits: Vec<usize>,
}

/// A link between two of the resources.
struct Joint {
    /// Indexes of the sides.
    from: usize,
    to: usize,
    /// What refers, what is referred to.
    fields: Vec<(FarField, usize)>,
}

impl Side<'_> {
    fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }

    fn key(&self) -> &[usize] {
        &self.catalog.resource(self.face()).key
    }
}

impl Office {
    /// Puts hits together that are the same thing: the first of them stays and has the others beside
    /// it.
    pub(crate) async fn joined(
        &self,
        permits: &[Permit<Read>],
        found: Vec<FoundRecord>,
    ) -> Vec<FoundRecord> {
        let sides = self.sides(permits, &found);
        let joints = joints(&sides);
        if joints.is_empty() {
            return found;
        }
        let mut needed: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); sides.len()];
        for joint in &joints {
            for (here, there) in &joint.fields {
                needed[joint.from].insert(here.field);
                needed[joint.to].insert(*there);
            }
        }
        let read = sides.iter().zip(&needed).map(|(side, fields)| values(side, fields, &found));
        let values: Vec<HashMap<(usize, usize), Value>> = join_all(read).await;
        let mut parts = Parts((0..found.len()).collect());
        for joint in &joints {
            for &here in &sides[joint.from].hits {
                for &there in &sides[joint.to].hits {
                    let same = joint.fields.iter().all(|(field, target)| {
                        let value = values[joint.from].get(&(here, field.field));
                        let other = values[joint.to].get(&(there, *target));
                        value.zip(other).is_some_and(|(value, other)| leads(field, value, other))
                    });
                    if same {
                        parts.join(here, there);
                    }
                }
            }
        }
        parts.together(found)
    }

    fn sides<'a>(&self, permits: &'a [Permit<Read>], found: &[FoundRecord]) -> Vec<Side<'a>> {
        let mut sides: Vec<Side<'a>> = Vec::new();
        for (at, hit) in found.iter().enumerate().take(MOST) {
            let place = CasePlace::new(hit.backend.clone(), hit.resource.clone());
            if let Some(side) = sides.iter_mut().find(|side| side.place == place) {
                side.hits.push(at);
                continue;
            }
            let permit = permits.iter().find(|permit| permit.backend.name == hit.backend);
            let Some((permit, catalog)) = permit.and_then(|p| Some((p, p.backend.catalog().ok()?)))
            else {
                continue;
            };
            let Some(face) = catalog.face(&hit.resource) else { continue };
            let Some(case) = self.case_of(&hit.backend, face) else { continue };
            let (face, case) = (face.index, case.name.clone());
            sides.push(Side { place, permit, catalog, face, case, hits: vec![at] });
        }
        sides
    }
}

/// The links between resources that hold things of the same case.
fn joints(sides: &[Side<'_>]) -> Vec<Joint> {
    let mut joints = Vec::new();
    for (from, side) in sides.iter().enumerate() {
        for (to, other) in sides.iter().enumerate() {
            if from == to || side.case != other.case {
                continue;
            }
            if side.place.backend == other.place.backend {
                let near = side.face().links.iter().filter(|link| link.target == other.face);
                joints.extend(near.map(|link| Joint {
                    from,
                    to,
                    fields: link.fields.iter().zip(&link.target_fields).map(plain).collect(),
                }));
            }
            let there = other.catalog.resource(other.face());
            let far = side.face().far.iter().filter(|link| {
                link.backend == other.place.backend && link.target == other.place.resource
            });
            joints.extend(far.filter_map(|link| {
                let targets = link.target_fields.iter().map(|name| there.position(name));
                let targets = targets.collect::<Option<Vec<usize>>>()?;
                let fields = link.fields.iter().cloned().zip(targets).collect();
                Some(Joint { from, to, fields })
            }));
        }
    }
    joints.retain(|joint| {
        let seen = |side: &Side<'_>, field: usize| side.face().fields[field].is_visible();
        joint.fields.iter().all(|(here, there)| {
            seen(&sides[joint.from], here.field) && seen(&sides[joint.to], *there)
        })
    });
    joints
}

fn plain((&field, &target): (&usize, &usize)) -> (FarField, usize) {
    (FarField { field, pointer: None, transform: crate::manifest::Transform::default() }, target)
}

/// Whether a value refers to another.
fn leads(field: &FarField, value: &Value, other: &Value) -> bool {
    let (Some(text), Some(other)) = (field.far_text(value), other.to_text()) else { return false };
    field.transform.spellings(&text).contains(&other)
}

/// The values of fields of the hits of a side. Those of the key are known; the rest is one question.
async fn values(
    side: &Side<'_>,
    fields: &BTreeSet<usize>,
    found: &[FoundRecord],
) -> HashMap<(usize, usize), Value> {
    let mut values = HashMap::new();
    for &hit in &side.hits {
        if let RecordKey::Values(key) = &found[hit].key {
            for (&field, value) in side.key().iter().zip(key) {
                values.insert((hit, field), value.clone());
            }
        }
    }
    let is_known = fields.iter().all(|field| side.key().contains(field));
    let is_there = side.hits.iter().any(|&hit| found[hit].as_of.is_none());
    if is_known || !is_there || side.key().is_empty() {
        return values;
    }
    let resource = side.catalog.resource(side.face());
    let mut read: Vec<usize> = side.key().to_vec();
    read.extend(fields.iter().filter(|field| !side.key().contains(field)));
    let condition = has_one_of_keys(resource, side.hits.iter().map(|&hit| &found[hit].key));
    let limit = u32::try_from(side.hits.len()).unwrap_or(u32::MAX);
    let columns = read.iter().map(|&field| Column::whole(field)).collect();
    let query = Query::unordered(columns, condition, limit);
    let asked = side.permit.backend.select(&side.catalog, side.face(), &query);
    let Ok(Ok(page)) = tokio::time::timeout(PATIENCE, asked).await else { return values };
    for row in page.rows {
        let key = key_of(resource, side.face(), &read, &row).to_text();
        for &hit in side.hits.iter().filter(|&&hit| found[hit].key.to_text() == key) {
            for (&field, value) in read.iter().zip(&row) {
                values.insert((hit, field), value.clone());
            }
        }
    }
    values
}

/// For each hit, the first of those that it belongs together with.
struct Parts(Vec<usize>);

impl Parts {
    fn first(&self, of: usize) -> usize {
        let mut at = of;
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }

    fn together(&self, found: Vec<FoundRecord>) -> Vec<FoundRecord> {
        let mut kept: Vec<(usize, FoundRecord)> = Vec::new();
        for (at, hit) in found.into_iter().enumerate() {
            let first = self.first(at);
            match kept.iter_mut().find(|(known, _)| *known == first) {
                Some((_, best)) => best.also.push(hit),
                None => kept.push((at, hit)),
            }
        }
        kept.into_iter().map(|(_, hit)| hit).collect()
    }
}
