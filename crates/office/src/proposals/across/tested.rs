//! Testing a possible link with values, both ways.

use std::collections::HashSet;

use kontor_model::{Field, Resource, Value};

use super::super::meter::Meter;
use super::super::proposal::Confidence;
use super::super::sampler::comparable;
use super::column::Column;
use super::shape::transforms;
use super::{Coverage, FarEvidence, FarProposal, Side};
use crate::manifest::{ManifestLink, Transform};

/// Examples of each kind.
const EXAMPLES: usize = 3;

/// Different values without which telling values alone are not believed.
const ENOUGH_VALUES: u64 = 20;

/// Some values as they are written here and there.
type Examples = Vec<(String, String)>;

/// What came of testing a link.
pub(super) struct Tested {
    pub(super) confidence: Confidence,
    pub(super) evidence: FarEvidence,
    transform: Transform,
}

/// Looks for the values of one column in another, and for those of the other in the one.
pub(super) async fn test(
    sides: &[Side<'_>],
    meters: &[Meter<'_>],
    near: &Column,
    far: &Column,
) -> Option<Tested> {
    let resource = |column: &Column| &sides[column.side].schema.resources[column.resource];
    let (here, there) = (resource(near), resource(far));
    let mut best: Option<(Coverage, Examples, Transform)> = None;
    for transform in transforms(&near.values, &far.values) {
        let pairs: Vec<(String, Option<String>)> =
            near.values.iter().map(|text| (text.clone(), transform.apply(text))).collect();
        let (coverage, examples) =
            covered(&meters[far.side], there, far.field, pairs, &transform).await?;
        let share = coverage.share();
        if best.as_ref().is_none_or(|(other, ..)| share > other.share()) {
            best = Some((coverage, examples, transform));
        }
        if share > 0.9 {
            break;
        }
    }
    let (coverage, examples, transform) = best?;
    let names_agree = near.concept.likeness(&far.concept).is_some();
    let confidence = judged(near, far, names_agree, &coverage)?;
    let there = match back(&transform, &far.values) {
        None => None,
        Some(pairs) => {
            covered(&meters[near.side], here, near.field, pairs, &Transform::default()).await
        }
    };
    let evidence = FarEvidence {
        names_agree,
        here: coverage,
        there: there.map(|(coverage, _)| coverage),
        examples,
        is_one_to_one: near.is_key,
    };
    Some(Tested { confidence, evidence, transform })
}

/// The far side's values as they are written here; none where that is not known.
fn back(transform: &Transform, values: &[String]) -> Option<Vec<(String, Option<String>)>> {
    let pair = |text: &String| {
        let near = transform.invert(text).ok()?;
        // The plainest of several spellings: the way without padding, with its prefix.
        Some((text.clone(), near.into_iter().min_by_key(|text| (text.len(), text.clone()))))
    };
    if transform.remove_prefix.is_empty() {
        return values.iter().map(pair).collect();
    }
    let prefixed = |text: &String| {
        let near = transform.invert(text).ok()?;
        let with = near.into_iter().filter(|text| text.starts_with(&transform.remove_prefix));
        Some((text.clone(), with.min_by_key(|text| (text.len(), text.clone()))))
    };
    values.iter().map(prefixed).collect()
}

/// How many of some values a field of another resource has; and examples of those that it has.
async fn covered(
    meter: &Meter<'_>,
    resource: &Resource,
    field: usize,
    pairs: Vec<(String, Option<String>)>,
    transform: &Transform,
) -> Option<(Coverage, Examples)> {
    let described: &Field = &resource.fields[field];
    let value = |text: &String| described.ty.parse(text).ok().map(|value| vec![value]);
    let mut wanted: Vec<Vec<Value>> = Vec::new();
    for far in pairs.iter().filter_map(|(_, far)| far.as_ref()) {
        wanted.extend(transform.spellings(far).iter().filter_map(value));
    }
    let mut existing: HashSet<String> = HashSet::new();
    for part in wanted.chunks(super::super::VALUES_PER_LINK) {
        existing.extend(meter.existing(resource, &[field], part).await?);
    }
    let is_there = |far: &Option<String>| {
        let value = far.as_ref().and_then(value);
        value.is_some_and(|value| existing.contains(&comparable(&value)))
    };
    let mut coverage = Coverage { found: 0, of: pairs.len() as u64, orphans: Vec::new() };
    let mut examples = Vec::new();
    for (own, other) in pairs {
        if is_there(&other) {
            coverage.found += 1;
            if examples.len() < EXAMPLES {
                examples.extend(other.map(|other| (own, other)));
            }
        } else if coverage.orphans.len() < EXAMPLES {
            coverage.orphans.push(own);
        }
    }
    Some((coverage, examples))
}

/// How sure a link is; none where it is not believed. Names must be borne out by values, and values
/// alone must be many that are hardly chance.
fn judged(near: &Column, far: &Column, names_agree: bool, found: &Coverage) -> Option<Confidence> {
    let share = found.share();
    let is_telling = near.is_telling && far.is_telling;
    let enough = match (names_agree, is_telling) {
        (true, true) => 0.5,
        (true, false) => 0.9,
        (false, true) if found.of >= ENOUGH_VALUES => 0.5,
        (false, _) => return None,
    };
    if share < enough {
        return None;
    }
    let many = (found.of as f64 / 40.0).min(1.0);
    let base = if names_agree { 45.0 } else { 25.0 };
    let sure = base + share * 40.0 + many * 14.0;
    Some(Confidence::percent(sure as u32))
}

impl Tested {
    pub(super) fn into_proposal(
        self,
        sides: &[Side<'_>],
        near: &Column,
        far: &Column,
    ) -> FarProposal {
        let (here, there) = (&sides[near.side], &sides[far.side]);
        let resources =
            (&here.schema.resources[near.resource], &there.schema.resources[far.resource]);
        let name = |resource: &Resource, field: usize| vec![resource.fields[field].name.clone()];
        let link = ManifestLink::new(
            resources.0.name.clone(),
            name(resources.0, near.field),
            resources.1.name.clone(),
            name(resources.1, far.field),
        );
        let value = if self.transform.is_none() { Vec::new() } else { vec![self.transform] };
        FarProposal {
            from: here.name.clone(),
            link: ManifestLink { value, ..link.in_backend(there.name.clone()) },
            confidence: self.confidence,
            evidence: self.evidence,
        }
    }
}
