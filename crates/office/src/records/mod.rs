//! Reading records: lists, single records, what they link to, counts, search, export.

pub(crate) mod comma_separated;
mod count;
mod export;
mod far;
mod list;
mod neighbours;
mod reading;
mod record;
mod search;
mod titles;
mod workbook;

pub use export::{ExportFormat, Exported};
pub(crate) use far::combined;
pub use far::{FarIncoming, FarRecord, FarRefusal, FarTitle, FarTrouble};
pub(crate) use list::visible;
pub use list::{List, ListRequest, Listed};
pub(crate) use reading::key_of;
pub use record::{Related, Shown};
pub(crate) use record::{Wish, keys_filter};
pub(crate) use search::MOST_HITS;
pub use search::{Apart, Found, FoundRecord, SearchPlan, SearchScope};
pub(crate) use search::{SMALL, is_unique, searched};
pub use titles::LinkedTitle;
pub(crate) use titles::title_of;

use jiff::tz::TimeZone;
use kontor_model::condition::{Comparison, Condition, Test};
use kontor_model::filter::Filter;
use kontor_model::filter::bind::{Moment, bind};
use kontor_model::{RecordKey, Resource, ResourceName, Value};

use crate::Office;
use crate::actor::Actor;
use crate::backend::Backend;
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;

impl Office {
    /// The face of a resource, hidden ones included: their addresses work, menus leave them out.
    pub(crate) fn face<'a>(
        &self,
        backend: &Backend,
        catalog: &'a Catalog,
        name: &ResourceName,
    ) -> Result<&'a Face, OfficeError> {
        catalog.face(name).ok_or_else(|| OfficeError::UnknownResource {
            backend: backend.name.to_string(),
            resource: name.to_string(),
        })
    }

    /// What a filter means here and now for this person; records that count as deleted are left
    /// out unless the filter asks for them.
    pub(crate) fn condition(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        face: &Face,
        filter: &Filter,
    ) -> Result<Condition, OfficeError> {
        let resource = catalog.resource(face);
        let condition = self.bound(actor, catalog, face, filter)?;
        Ok(match &face.soft_delete {
            Some(soft) if !mentions(filter, &resource.fields[soft.field].name) => {
                alive(soft).and(condition)
            }
            _ => condition,
        })
    }

    /// Whether a record that was read is as a filter says; none where that cannot be told from what
    /// was read. It does not matter what its backend can be asked.
    pub(crate) fn is_so(
        &self,
        actor: &Actor,
        (catalog, face): (&Catalog, &Face),
        filter: &Filter,
        value: &dyn Fn(usize) -> Option<Value>,
    ) -> Option<bool> {
        let zone = zone_of(actor);
        let moment = Moment { now: self.clock.now(), zone: &zone };
        let resource = at_hand(catalog.resource(face));
        let condition = bind(filter, &resource, catalog, &moment).ok()?;
        condition.holds(value)
    }

    /// What a filter means here and now for this person, no more and no less.
    pub(crate) fn bound(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        face: &Face,
        filter: &Filter,
    ) -> Result<Condition, OfficeError> {
        let zone = zone_of(actor);
        let moment = Moment { now: self.clock.now(), zone: &zone };
        Ok(bind(filter, catalog.resource(face), catalog, &moment)?)
    }
}

/// The names of the fields that a filter tests.
pub(crate) fn fields_of(filter: &Filter) -> Vec<String> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(fields_of).collect(),
        Filter::Not(inner) => fields_of(inner),
        Filter::Test(test) => vec![test.path.join(".")],
    }
}

/// A resource whose records are at hand: whatever its backend can be asked, they can be tested.
pub(crate) fn at_hand(resource: &Resource) -> Resource {
    let mut resource = resource.clone();
    resource.service = None;
    for field in &mut resource.fields {
        field.tests = None;
        (field.comparable, field.sortable) = (true, true);
    }
    resource
}

/// The person's time zone; UTC where the name has vanished from the database of zones.
pub(crate) fn zone_of(actor: &Actor) -> TimeZone {
    TimeZone::get(&actor.user.time_zone).unwrap_or(TimeZone::UTC)
}

/// The condition that a record does not count as deleted.
pub(crate) fn alive(soft: &crate::catalog::SoftDelete) -> Condition {
    let test = if soft.alive.is_null() {
        Test::Null
    } else {
        Test::Compare(Comparison::Eq, soft.alive.clone())
    };
    Condition::Field(soft.field, test)
}

fn mentions(filter: &Filter, field: &str) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(|part| mentions(part, field)),
        Filter::Not(inner) => mentions(inner, field),
        Filter::Test(test) => test.path.len() == 1 && test.path[0] == field,
    }
}

/// The longest key in bytes; databases take less than half of it in an index.
const LONGEST_KEY: usize = 8 * 1024;

/// A key from an address, with values of the key fields' types. An address by content names fields
/// that may be seen and no others: whether a record is found would tell what the others hold.
pub(crate) fn typed_key(
    resource: &Resource,
    face: &Face,
    key: &RecordKey,
) -> Result<RecordKey, OfficeError> {
    let is_longer = |values: &[Value]| {
        let texts = values.iter().map(|value| match value {
            Value::Text(text) | Value::Decimal(text) => text.len(),
            _ => 0,
        });
        texts.sum::<usize>() > LONGEST_KEY
    };
    if matches!(key, RecordKey::Values(values) if is_longer(values)) {
        let problem = format!("no key is longer than {LONGEST_KEY} bytes");
        return Err(OfficeError::Parameter { what: "key", problem });
    }
    if let RecordKey::Content(fields) = key
        && !fields.iter().all(|(name, _)| visible(resource, face, name).is_ok())
    {
        return Err(OfficeError::unknown_record(key));
    }
    recorded_key(resource, key)
}

/// A key from the audit, with values of the key fields' types.
pub(crate) fn recorded_key(resource: &Resource, key: &RecordKey) -> Result<RecordKey, OfficeError> {
    let unknown = || OfficeError::unknown_record(key);
    match key {
        RecordKey::Content(_) if resource.key.is_empty() => Ok(key.clone()),
        RecordKey::Values(values) if values.len() == resource.key.len() && !values.is_empty() => {
            let typed = resource.key.iter().zip(values).map(|(&field, value)| match value {
                Value::Text(text) => typed_part(resource, field, text),
                other => Some(other.clone()),
            });
            typed.collect::<Option<Vec<_>>>().map(RecordKey::Values).ok_or_else(unknown)
        }
        _ => Err(unknown()),
    }
}

/// A stored key may break the rules that its type has for new values (SQLite holds anything): what
/// cannot be read as the type is looked for as the text that it is.
fn typed_part(resource: &Resource, field: usize, text: &str) -> Option<Value> {
    let ty = &resource.fields[field].ty;
    match ty.parse(text) {
        Ok(value) => Some(value),
        Err(_)
            if matches!(
                ty,
                kontor_model::FieldType::Int { .. } | kontor_model::FieldType::Uuid
            ) =>
        {
            None
        }
        Err(_) => Some(Value::Text(text.to_owned())),
    }
}

/// The condition that a record has a key.
pub(crate) fn has_key(resource: &Resource, key: &RecordKey) -> Condition {
    let is = |field: usize, value: &Value| {
        let test =
            if value.is_null() { Test::Null } else { Test::Compare(Comparison::Eq, value.clone()) };
        Condition::Field(field, test)
    };
    match key {
        RecordKey::Values(values) => Condition::All(
            resource.key.iter().zip(values).map(|(&field, value)| is(field, value)).collect(),
        ),
        RecordKey::Content(fields) => {
            let tests = fields
                .iter()
                .filter_map(|(name, value)| resource.position(name).map(|field| is(field, value)));
            let tests: Vec<Condition> = tests.collect();
            if tests.is_empty() { Condition::Any(Vec::new()) } else { Condition::All(tests) }
        }
    }
}

/// The condition that a record has one of several keys.
pub(crate) fn has_one_of_keys<'a>(
    resource: &Resource,
    keys: impl Iterator<Item = &'a RecordKey>,
) -> Condition {
    if let [field] = resource.key.as_slice() {
        let values = keys.filter_map(|key| match key {
            RecordKey::Values(values) => values.first().cloned(),
            RecordKey::Content(_) => None,
        });
        return Condition::Field(*field, Test::In(values.collect()));
    }
    Condition::Any(keys.map(|key| has_key(resource, key)).collect())
}

/// The condition that fields hold one of several rows of values.
pub(crate) fn one_of(fields: &[usize], rows: &[Vec<Value>]) -> Condition {
    if let [field] = fields {
        return Condition::Field(*field, Test::In(rows.iter().flatten().cloned().collect()));
    }
    let all = |row: &Vec<Value>| {
        let each = fields.iter().zip(row).map(|(&field, value)| {
            Condition::Field(field, Test::Compare(Comparison::Eq, value.clone()))
        });
        Condition::All(each.collect())
    };
    Condition::Any(rows.iter().map(all).collect())
}
