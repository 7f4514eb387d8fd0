//! What tells hits apart that read alike: a number, an address, a day.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use kontor_model::{Column, FieldType, Query, RecordKey, Resource, Value};

use super::FoundRecord;
use super::plan::is_unique;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face, Format};
use crate::manifest::Label;
use crate::records::{has_one_of_keys, key_of};

/// What tells hits apart is waited for so long; without it their keys do.
const PATIENCE: Duration = Duration::from_millis(300);
/// Fields that are looked at.
const MOST_FIELDS: usize = 8;
/// Fields that stand beside a title.
const MOST_SHOWN: usize = 2;

/// Something that tells a hit from others of its title.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// What kind of value it is.
    pub ty: FieldType,
    /// The value.
    pub value: Value,
    /// What people call it, where the manifest says so.
    pub title: Option<Label>,
}

/// Hits of one resource that share their titles with others of it.
struct Alike<'a> {
    permit: &'a Permit<Read>,
    catalog: std::sync::Arc<Catalog>,
    face: usize,
    /// Places among the hits.
    hits: Vec<usize>,
}

impl Office {
    /// Says of hits of one resource that read alike what tells them apart.
    pub(super) async fn tell_apart(&self, permits: &[Permit<Read>], found: &mut [FoundRecord]) {
        let groups = alike(permits, found);
        let read = groups.iter().map(|group| group.read(found));
        let told: Vec<HashMap<usize, Vec<Apart>>> = join_all(read).await;
        for (group, mut told) in groups.iter().zip(told) {
            for &hit in &group.hits {
                found[hit].apart =
                    told.remove(&hit).unwrap_or_else(|| vec![Apart::of_key(&found[hit].key)]);
            }
        }
    }
}

impl Apart {
    fn of_key(key: &RecordKey) -> Self {
        let text = match key {
            RecordKey::Values(values) => {
                values.iter().filter_map(Value::to_text).collect::<Vec<_>>().join(" · ")
            }
            RecordKey::Content(_) => key.to_text(),
        };
        Self { ty: FieldType::text(), value: Value::Text(text), title: None }
    }

    fn of(resource: &Resource, face: &Face, field: usize, value: &Value) -> Self {
        let text = value.to_text();
        let choices = &face.fields[field].choices;
        let choice = choices.iter().find(|choice| Some(&choice.value) == text.as_ref());
        Self {
            ty: resource.fields[field].ty.clone(),
            value: value.clone(),
            title: choice.map(|choice| choice.title.clone()),
        }
    }
}

fn alike<'a>(permits: &'a [Permit<Read>], found: &[FoundRecord]) -> Vec<Alike<'a>> {
    let mut groups: Vec<Alike<'a>> = Vec::new();
    for (at, hit) in found.iter().enumerate() {
        let is_like = |(other, own): (usize, &FoundRecord)| {
            other != at && own.backend == hit.backend && is_titled_alike(own, hit)
        };
        if !found.iter().enumerate().any(is_like) {
            continue;
        }
        let of_hit = |group: &&mut Alike<'_>| {
            group.permit.backend.name == hit.backend
                && group.catalog.faces[group.face].name == hit.resource
        };
        if let Some(group) = groups.iter_mut().find(of_hit) {
            group.hits.push(at);
            continue;
        }
        let permit = permits.iter().find(|permit| permit.backend.name == hit.backend);
        let known = permit.and_then(|permit| Some((permit, permit.backend.catalog().ok()?)));
        let Some((permit, catalog)) = known else { continue };
        let Some(face) = catalog.face(&hit.resource).map(|face| face.index) else { continue };
        groups.push(Alike { permit, catalog, face, hits: vec![at] });
    }
    groups
}

fn is_titled_alike(one: &FoundRecord, other: &FoundRecord) -> bool {
    one.resource == other.resource
        && one.title.trim().to_lowercase() == other.title.trim().to_lowercase()
}

impl Alike<'_> {
    /// What tells each of the hits from those of its title; nothing where their backend does not say.
    async fn read(&self, found: &[FoundRecord]) -> HashMap<usize, Vec<Apart>> {
        let face = &self.catalog.faces[self.face];
        let resource = self.catalog.resource(face);
        let fields = telling(resource, face);
        let there: Vec<usize> =
            self.hits.iter().copied().filter(|&hit| found[hit].as_of.is_none()).collect();
        if fields.is_empty() || there.is_empty() || resource.key.is_empty() {
            return HashMap::new();
        }
        let mut read = resource.key.clone();
        read.extend(fields.iter().filter(|field| !resource.key.contains(field)));
        let condition = has_one_of_keys(resource, there.iter().map(|&hit| &found[hit].key));
        let limit = u32::try_from(there.len()).unwrap_or(u32::MAX);
        let columns = read.iter().map(|&field| Column::brief(field)).collect();
        let query = Query::unordered(columns, condition, limit);
        let asked = self.permit.backend.select(&self.catalog, face, &query);
        let Ok(Ok(page)) = tokio::time::timeout(PATIENCE, asked).await else {
            return HashMap::new();
        };
        let mut rows: HashMap<usize, Vec<Value>> = HashMap::new();
        for row in page.rows {
            let key = key_of(resource, face, &read, &row).to_text();
            let own = |hit: &&usize| found[**hit].key.to_text() == key;
            let values = fields.iter().map(|field| {
                let at = read.iter().position(|other| other == field);
                at.map(|at| row[at].clone()).unwrap_or_default()
            });
            let values: Vec<Value> = values.collect();
            if let Some(hit) = there.iter().find(own) {
                rows.insert(*hit, values);
            }
        }
        let told = rows.iter().filter_map(|(hit, values)| {
            let others = rows.iter().filter(|(other, _)| {
                *other != hit && is_titled_alike(&found[**other], &found[*hit])
            });
            let others: Vec<&Vec<Value>> = others.map(|(_, values)| values).collect();
            let shown = distinguishing(values, &others);
            let apart = shown.iter().map(|&at| Apart::of(resource, face, fields[at], &values[at]));
            (!shown.is_empty()).then(|| (*hit, apart.collect()))
        });
        told.collect()
    }
}

/// Fields that tell records apart to people, the best first: what they are called by, how they are
/// reached, what lists show.
fn telling(resource: &Resource, face: &Face) -> Vec<usize> {
    let is_reached =
        |field: usize| matches!(face.fields[field].format, Format::Email | Format::Phone);
    let holds_text = |field: usize| matches!(resource.fields[field].ty, FieldType::Text { .. });
    let rank = |field: usize| match field {
        _ if is_unique(resource, field) && holds_text(field) => 0,
        _ if is_reached(field) => 1,
        _ if face.columns.contains(&field) && !resource.key.contains(&field) => 2,
        _ if resource.key.contains(&field) => 3,
        _ => 4,
    };
    let mut fields: Vec<usize> = face
        .order
        .iter()
        .copied()
        .filter(|&field| {
            rank(field) < 4
                && !face.title_fields.contains(&field)
                && resource.is_listed(field)
                && !matches!(
                    resource.fields[field].ty,
                    FieldType::Json { .. } | FieldType::Bytes | FieldType::Bool
                )
        })
        .collect();
    fields.sort_by_key(|&field| rank(field));
    fields.truncate(MOST_FIELDS);
    fields
}

/// The fewest of the first values by which one differs from all others.
fn distinguishing(own: &[Value], others: &[&Vec<Value>]) -> Vec<usize> {
    let differs =
        |at: usize, other: &Vec<Value>| !own[at].is_null() && !own[at].is_same(&other[at]);
    let alone = (0..own.len()).find(|&at| others.iter().all(|other| differs(at, other)));
    if let Some(at) = alone {
        return vec![at];
    }
    let some = (0..own.len()).filter(|&at| others.iter().any(|other| differs(at, other)));
    some.take(MOST_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_shown_that_no_other_has_else_several() {
        let text = |text: &str| Value::Text(text.into());
        let own = [text("Kiel"), text("a@x"), Value::Int(1)];
        let same_town = vec![text("Kiel"), text("b@x"), Value::Int(2)];
        assert_eq!(distinguishing(&own, &[&same_town]), [1]);
        let same_mail = vec![text("Bonn"), text("a@x"), Value::Int(1)];
        assert_eq!(distinguishing(&own, &[&same_town, &same_mail]), [0, 1]);
        assert_eq!(distinguishing(&own, &[&own.to_vec()]), Vec::<usize>::new());
        let nothing = [Value::Null];
        assert_eq!(distinguishing(&nothing, &[&vec![text("x")]]), Vec::<usize>::new());
    }
}
