//! Links between backends, recognised with evidence.
//!
//! Of every backend as much is read as for proposals of its own: at most two statements for a
//! resource's sample, and look-ups of at most 200 values, all within one [`Meter`]. Samples are
//! turned into keyed sketches, which say what is worth a look-up; values and examples stay in
//! memory and are never stored.

mod column;
mod concept;
mod shape;
mod sketch;
mod tested;

use std::collections::BTreeMap;

use kontor_model::schema::ResourceKind;
use kontor_model::{BackendName, Schema};

use self::column::Column;
pub use self::sketch::SketchKey;
use self::tested::Tested;
use super::habits;
use super::meter::{Cost, Meter};
use super::proposal::Confidence;
use super::sampler::Sampler;
use crate::manifest::ManifestLink;

/// How many targets of a field are tested with values, in each other backend.
const TARGETS_PER_FIELD: usize = 3;

/// A backend that is compared with others.
pub struct Side<'a> {
    /// Its name.
    pub name: &'a BackendName,
    /// Its schema.
    pub schema: &'a Schema,
    /// Reads samples of it.
    pub sampler: &'a dyn Sampler,
    /// Whether a field, by resource and place, may be looked at.
    pub is_visible: &'a (dyn Fn(usize, usize) -> bool + Sync),
}

/// A link that seems to lead from one backend to another.
#[derive(Debug, Clone, PartialEq)]
pub struct FarProposal {
    /// The backend that refers.
    pub from: BackendName,
    /// What goes into its manifest.
    pub link: ManifestLink,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why.
    pub evidence: FarEvidence,
}

impl FarProposal {
    /// The same for the same proposal at every run, so that a rejection is remembered.
    #[must_use]
    pub fn subject(&self) -> String {
        let ManifestLink { from, fields, to_fields, .. } = &self.link;
        format!("{from}({}) -> {}({})", fields.join(","), self.link.target(), to_fields.join(","))
    }
}

/// What speaks for a link.
#[derive(Debug, Clone, PartialEq)]
pub struct FarEvidence {
    /// Whether the names mean the same in English or German.
    pub names_agree: bool,
    /// Different values here that were looked for, and how many of them are there.
    pub here: Coverage,
    /// Different values there that were looked for here, where the way back is known.
    pub there: Option<Coverage>,
    /// Some values as they are written here and there.
    pub examples: Vec<(String, String)>,
    /// Whether at most one record refers to each.
    pub is_one_to_one: bool,
}

/// How many of some values have a counterpart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Values that have one.
    pub found: u64,
    /// Different values that were looked for.
    pub of: u64,
    /// Some that have none.
    pub orphans: Vec<String>,
}

impl Coverage {
    /// The share of values that have a counterpart, from 0 to 1; 1 where there was none to look for.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.of == 0 { 1.0 } else { self.found as f64 / self.of as f64 }
    }
}

/// What was found, and what it cost.
#[derive(Debug, Clone, Default)]
pub struct AcrossReport {
    /// By the backend that refers; within it the surest first.
    pub proposals: Vec<FarProposal>,
    /// What was read of each backend.
    pub costs: Vec<(BackendName, Cost)>,
}

/// Compares the columns of all backends with the keys of all others.
pub async fn propose_across(sides: &[Side<'_>], key: &SketchKey) -> AcrossReport {
    let meters: Vec<Meter<'_>> = sides.iter().map(|side| Meter::new(side.sampler)).collect();
    let looked = sides.iter().zip(&meters).enumerate();
    let columns = looked.map(|(at, (side, meter))| columns_of(at, side, meter, key));
    let columns: Vec<Column> =
        futures_util::future::join_all(columns).await.into_iter().flatten().collect();
    let mut found: BTreeMap<(usize, usize), Tested> = BTreeMap::new();
    for (here, near) in columns.iter().enumerate().filter(|(_, near)| near.may_refer) {
        // Comparing sketches is work; others get their turn.
        tokio::task::yield_now().await;
        for far in 0..sides.len() {
            if far == near.side {
                continue;
            }
            if let Some((there, tested)) = best(sides, &meters, &columns, near, far).await {
                found.insert((here, there), tested);
            }
        }
    }
    drop_mirrored(&columns, &mut found);
    let mut proposals: Vec<FarProposal> = found
        .into_iter()
        .map(|((here, there), tested)| tested.into_proposal(sides, &columns[here], &columns[there]))
        .collect();
    proposals.sort_by(|a, b| {
        (&a.from, b.confidence, a.subject()).cmp(&(&b.from, a.confidence, b.subject()))
    });
    let costs = sides.iter().zip(meters);
    let costs = costs.map(|(side, meter)| (side.name.clone(), meter.into_cost())).collect();
    AcrossReport { proposals, costs }
}

/// The columns of a backend that could refer or be referred to.
async fn columns_of(at: usize, side: &Side<'_>, meter: &Meter<'_>, key: &SketchKey) -> Vec<Column> {
    let mut columns = Vec::new();
    for (place, resource) in side.schema.resources.iter().enumerate() {
        // A page of a view can cost as much as all of it.
        if resource.kind == ResourceKind::View {
            continue;
        }
        let Some(mut sample) = meter.sample(resource).await else { continue };
        let secrets = habits::habits(side.schema, resource, &sample).secrets;
        secrets.iter().for_each(|&field| sample.forget(field));
        for field in 0..resource.fields.len() {
            if (side.is_visible)(place, field) {
                columns.extend(Column::of(at, (place, resource), field, &sample, key));
            }
        }
    }
    columns
}

/// The target in another backend that a column most likely refers to.
async fn best(
    sides: &[Side<'_>],
    meters: &[Meter<'_>],
    columns: &[Column],
    near: &Column,
    far: usize,
) -> Option<(usize, Tested)> {
    let targets = columns.iter().enumerate().filter(|(_, c)| c.side == far && c.is_key);
    let mut ranked: Vec<(u32, usize)> =
        targets.filter_map(|(at, target)| Some((near.likeness(target)?, at))).collect();
    ranked.sort_by_key(|&(likeness, at)| (std::cmp::Reverse(likeness), at));
    let mut best: Option<(usize, Tested)> = None;
    for (_, at) in ranked.into_iter().take(TARGETS_PER_FIELD) {
        let Some(tested) = tested::test(sides, meters, near, &columns[at]).await else { continue };
        if best.as_ref().is_none_or(|(_, other)| tested.confidence > other.confidence) {
            best = Some((at, tested));
        }
    }
    best
}

/// Of two keys that refer to each other, the one whose values are more completely found refers.
fn drop_mirrored(columns: &[Column], found: &mut BTreeMap<(usize, usize), Tested>) {
    let pairs: Vec<(usize, usize)> = found.keys().copied().collect();
    for (here, there) in pairs {
        let Some(one) = found.get(&(here, there)) else { continue };
        let Some(other) = found.get(&(there, here)) else { continue };
        let (ours, theirs) = (one.evidence.here.share(), other.evidence.here.share());
        let is_worse =
            ours < theirs || (ours <= theirs && columns[here].side > columns[there].side);
        found.remove(&if is_worse { (here, there) } else { (there, here) });
    }
}
