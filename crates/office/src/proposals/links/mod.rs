//! Links where the backend declares none: from names and types, tested with values.

mod agreement;
mod names;
mod values;

use std::collections::HashSet;

use kontor_model::{Resource, Schema, Value};

use self::names::{BY_NAME_ALONE, Candidate, Names};
use self::values::{Tested, Values};
use super::edit::ManifestEdit;
use super::meter::Meter;
use super::proposal::{Confidence, Fact, Proposal};
use super::sampler::Sample;
use super::words::words;

/// How many targets of a field are tested with values.
const TARGETS_PER_FIELD: usize = 3;

/// What is looked for, before anything was read.
pub(super) struct Links<'a> {
    schema: &'a Schema,
    /// For each field that could refer: its targets, best first.
    fields: Vec<Vec<Candidate>>,
    composite: Vec<Candidate>,
    /// For each resource, what its sample says about the fields that matter.
    values: Vec<Option<Values>>,
    /// Resources without a record: their values cannot be tested.
    empty: HashSet<usize>,
}

impl<'a> Links<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        let names = Names::new(schema);
        let mut fields = Vec::new();
        for (from, resource) in schema.resources.iter().enumerate() {
            for place in 0..resource.fields.len() {
                let mut candidates = names.of_field(from, place);
                candidates.truncate(TARGETS_PER_FIELD);
                fields.extend((!candidates.is_empty()).then_some(candidates));
            }
        }
        let refers = |resource: usize, place: usize| {
            let strong = |c: &Candidate| c.strength >= BY_NAME_ALONE;
            schema.resources[resource].references.iter().any(|r| r.fields == [place])
                || fields.iter().any(|c: &Vec<Candidate>| {
                    c[0].from == resource && c[0].fields == [place] && strong(&c[0])
                })
        };
        let composite = names.composite(refers);
        let values = vec![None; schema.resources.len()];
        Self { schema, fields, composite, values, empty: HashSet::new() }
    }

    /// Keeps of a sample what links need.
    pub(super) fn look_at(&mut self, resource: usize, sample: &Sample) {
        if sample.rows.is_empty() {
            self.empty.insert(resource);
        }
        let all = self.fields.iter().flatten().chain(&self.composite);
        let mut wanted: Vec<Vec<usize>> = Vec::new();
        for candidate in all {
            let near = (candidate.from == resource).then_some(&candidate.fields);
            let far = (candidate.to == resource && candidate.must_be_unique)
                .then_some(&candidate.to_fields);
            for fields in near.into_iter().chain(far) {
                if !wanted.contains(fields) {
                    wanted.push(fields.clone());
                }
            }
        }
        self.values[resource] = Some(Values::of(sample, &wanted));
    }

    /// A field that holds secrets refers to nothing, and its values are no examples.
    pub(super) fn leave_out(&mut self, resource: usize, field: usize) {
        let is_other = |c: &Candidate| c.from != resource || !c.fields.contains(&field);
        self.fields.retain(|candidates| candidates.iter().all(is_other));
        self.composite.retain(is_other);
    }

    /// Tests the candidates with values and gives the proposals.
    pub(super) async fn propose(&self, meter: &Meter<'_>) -> Vec<Proposal> {
        let mut found: Vec<(&Candidate, Tested)> = Vec::new();
        for candidates in &self.fields {
            found.extend(self.best(meter, candidates).await);
        }
        for candidate in &self.composite {
            if let Some(tested) = self.test(meter, candidate).await {
                found.push((candidate, tested));
            }
        }
        let mut taken = Vec::new();
        found
            .iter()
            .map(|(candidate, tested)| self.proposal(candidate, tested, &mut taken))
            .collect()
    }

    /// The best target of a field that its values do not speak against.
    async fn best<'c>(
        &self,
        meter: &Meter<'_>,
        candidates: &'c [Candidate],
    ) -> Option<(&'c Candidate, Tested)> {
        let mut best: Option<(u32, &Candidate, Tested)> = None;
        for candidate in candidates {
            // Values decide between targets only where the names say about the same.
            if best.as_ref().is_some_and(|(_, other, _)| other.strength > candidate.strength + 8) {
                break;
            }
            let Some(tested) = self.test(meter, candidate).await else { continue };
            if best.as_ref().is_none_or(|(confidence, ..)| tested.confidence > *confidence) {
                best = Some((tested.confidence, candidate, tested));
            }
        }
        best.map(|(_, candidate, tested)| (candidate, tested))
    }

    async fn test(&self, meter: &Meter<'_>, candidate: &Candidate) -> Option<Tested> {
        let near = self.values[candidate.from].as_ref();
        let far = self.values[candidate.to].as_ref();
        let target = &self.schema.resources[candidate.to];
        if candidate.must_be_unique && !far.is_some_and(|far| far.is_unique(&candidate.to_fields)) {
            return None;
        }
        let tuples = near.map(|near| near.tuples(&candidate.fields)).unwrap_or_default();
        let is_empty = self.empty.contains(&candidate.to);
        let existing = if tuples.is_empty() || is_empty {
            None
        } else {
            meter.existing(target, &candidate.to_fields, &tuples).await
        };
        values::judge(candidate, near, &tuples, existing)
    }

    fn proposal(
        &self,
        candidate: &Candidate,
        tested: &Tested,
        taken: &mut Vec<(usize, String)>,
    ) -> Proposal {
        let (from, to) =
            (&self.schema.resources[candidate.from], &self.schema.resources[candidate.to]);
        let mut evidence = vec![Fact::Name { agreement: candidate.agreement }];
        evidence.extend(tested.facts.iter().cloned());
        if candidate.must_be_unique
            && let Some(far) = &self.values[candidate.to]
        {
            evidence.push(Fact::UniqueInSample { records: far.records });
        }
        evidence.push(Fact::Cardinality { one_to_one: is_unique(from, &candidate.fields) });
        let texts = |resource: &Resource, fields: &[usize]| {
            fields.iter().map(|&field| resource.fields[field].name.clone()).collect::<Vec<_>>()
        };
        let name = link_name(from, candidate, taken);
        let edit = ManifestEdit::AddLink {
            from: from.name.clone(),
            fields: texts(from, &candidate.fields),
            to: to.name.clone(),
            to_fields: texts(to, &candidate.to_fields),
            name,
        };
        Proposal::new(Confidence::percent(tested.confidence), evidence, edit)
    }
}

fn is_unique(resource: &Resource, fields: &[usize]) -> bool {
    let same =
        |other: &[usize]| other.len() == fields.len() && fields.iter().all(|f| other.contains(f));
    same(&resource.key) || resource.indexes.iter().any(|index| index.unique && same(&index.fields))
}

/// The field's name without `_id`, where that is free; else the field's name, then with a number.
fn link_name(from: &Resource, candidate: &Candidate, taken: &mut Vec<(usize, String)>) -> String {
    let field = &from.fields[candidate.fields[0]].name;
    let all = words(field);
    let short = match all.split_last() {
        Some((last, rest)) if last == "id" && !rest.is_empty() => rest.join("_"),
        _ => field.clone(),
    };
    let is_free = |name: &String| {
        !taken.contains(&(candidate.from, name.clone()))
            && from.references.iter().all(|reference| reference.name != *name)
    };
    let numbered = (2..).map(|n| format!("{field}_{n}"));
    let name = [short, field.clone()].into_iter().chain(numbered).find(is_free).unwrap_or_default();
    taken.push((candidate.from, name.clone()));
    name
}

/// Zero, or an empty text: what old schemas write for “none”.
fn is_none_mark(value: &Value) -> bool {
    match value {
        Value::Int(0) => true,
        Value::Text(text) => text.trim().is_empty() || text == "0",
        _ => false,
    }
}
