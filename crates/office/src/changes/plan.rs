//! Planning a change: what is permitted, what is valid, what was there.

use std::sync::Arc;

use kontor_model::{
    Change, ChangeItem, ChangeKind, Column, FieldType, Query, RecordKey, Resource, ResourceName,
    Value,
};

use crate::Office;
use crate::actor::{Edit as EditRight, Permit};
use crate::catalog::{Catalog, Face, Mark};
use crate::error::{FieldProblem, OfficeError, Problem, ReadOnlyReason};
use crate::records::{has_key, typed_key};

/// What somebody wants to change of a record.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Field names with what they shall hold.
    pub set: Vec<(String, Input)>,
    /// Field names with what the person saw; each must still be so. Fields of `set` that are not
    /// named here are compared with what is there when the change is planned.
    pub expect: Vec<(String, Value)>,
    /// The version of the record that the person saw, where the backend has one.
    pub version: Option<String>,
}

/// What a field shall hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Nothing.
    Null,
    /// What a canonical text means for the field's type.
    Text(String),
    /// A value as it was read before.
    Value(Value),
}

/// A change that is ready to be shown and applied.
#[derive(Debug)]
pub struct Plan {
    /// The backend's resources as people see them.
    pub catalog: Arc<Catalog>,
    /// Index of the face.
    pub face: usize,
    /// The change.
    pub change: Change,
}

impl Plan {
    /// The face whose records change.
    #[must_use]
    pub fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }
}

impl Office {
    /// Plans an edit of one record.
    ///
    /// # Errors
    /// [`OfficeError::ReadOnly`]; [`OfficeError::Invalid`] with all fields that are wrong.
    pub async fn plan_update(
        &self,
        permit: &Permit<EditRight>,
        name: &ResourceName,
        key: &RecordKey,
        edit: &Edit,
    ) -> Result<Plan, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.writable_face(permit, &catalog, name)?;
        let resource = catalog.resource(face);
        let mut key = typed_key(resource, face, key)?;
        offered(resource, ChangeKind::Update)?;
        let mut after = inputs(resource, face, ChangeKind::Update, &edit.set)?;
        let mut before = expectations(resource, face, &edit.expect)?;
        let unseen: Vec<usize> = after
            .iter()
            .map(|(field, _)| *field)
            .filter(|field| !before.iter().any(|(seen, _)| seen == field))
            .collect();
        if !unseen.is_empty() || has_spellings(resource) {
            let (held, present) =
                self.present_record(permit, &catalog, face, &key, &unseen).await?;
            key = held;
            before.extend(unseen.into_iter().zip(present));
        }
        // What is written as it was seen is no change; but it stays expected.
        after.retain(|(field, value)| {
            !before.iter().any(|(seen, old)| seen == field && old.is_same(value))
        });
        let items = if after.is_empty() {
            Vec::new()
        } else {
            vec![ChangeItem { key: Some(key), before, after, version: edit.version.clone() }]
        };
        Ok(made(permit, &catalog, face, ChangeKind::Update, items))
    }

    /// Plans a new record.
    ///
    /// # Errors
    /// As [`Office::plan_update`].
    pub async fn plan_create(
        &self,
        permit: &Permit<EditRight>,
        name: &ResourceName,
        set: &[(String, Input)],
    ) -> Result<Plan, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.writable_face(permit, &catalog, name)?;
        let resource = catalog.resource(face);
        offered(resource, ChangeKind::Create)?;
        let after = inputs(resource, face, ChangeKind::Create, set)?;
        let missing: Vec<FieldProblem> = (0..resource.fields.len())
            .filter(|&field| {
                resource.requires(field) && !after.iter().any(|(given, _)| *given == field)
            })
            .map(|field| FieldProblem {
                field: resource.fields[field].name.clone(),
                problem: Problem::Required,
            })
            .collect();
        if !missing.is_empty() {
            return Err(OfficeError::Invalid(missing));
        }
        let key = resource.key.iter().map(|key| {
            after.iter().find(|(field, _)| field == key).map(|(_, value)| value.clone())
        });
        let key = key.collect::<Option<Vec<_>>>().map(RecordKey::Values);
        let item = ChangeItem { key, before: Vec::new(), after, version: None };
        Ok(made(permit, &catalog, face, ChangeKind::Create, vec![item]))
    }

    /// Plans a deletion: a mark where the resource marks its deleted records, else a removal. All
    /// values are kept so that it can be taken back, unless others would be lost along.
    ///
    /// # Errors
    /// [`OfficeError::ReadOnly`]; [`OfficeError::UnknownRecord`].
    pub async fn plan_delete(
        &self,
        permit: &Permit<EditRight>,
        name: &ResourceName,
        key: &RecordKey,
        expect: &[(String, Value)],
    ) -> Result<Plan, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.writable_face(permit, &catalog, name)?;
        let resource = catalog.resource(face);
        let key = typed_key(resource, face, key)?;
        if let Some(soft) = &face.soft_delete {
            let (key, present) =
                self.present_record(permit, &catalog, face, &key, &[soft.field]).await?;
            let now = match &soft.deleted {
                Mark::Fixed(value) => value.clone(),
                Mark::Now => self.now_for(&resource.fields[soft.field].ty),
            };
            let before = vec![(soft.field, present.into_iter().next().unwrap_or_default())];
            let item = ChangeItem {
                key: Some(key),
                before,
                after: vec![(soft.field, now)],
                version: None,
            };
            return Ok(made(permit, &catalog, face, ChangeKind::Update, vec![item]));
        }
        offered(resource, ChangeKind::Delete)?;
        let fields: Vec<usize> = (0..resource.fields.len()).collect();
        let (key, present) = self.present_record(permit, &catalog, face, &key, &fields).await?;
        let mut before: Vec<(usize, Value)> = fields.into_iter().zip(present).collect();
        for (field, seen) in expectations(resource, face, expect)? {
            before[field].1 = seen;
        }
        // Values that cannot be compared cannot be demanded either.
        before.retain(|(field, _)| {
            resource.fields[*field].comparable || resource.fields[*field].ty.is_writable()
        });
        let item = ChangeItem { key: Some(key), before, after: Vec::new(), version: None };
        let items = vec![item];
        // What a service removes comes back under another key, if at all.
        let is_final = resource.service.is_some()
            || self.dependents(permit, &catalog, face, &items).await?.are_final();
        let mut plan = made(permit, &catalog, face, ChangeKind::Delete, items);
        plan.change.is_final = is_final;
        Ok(plan)
    }

    /// The face of a resource whose records may be changed.
    pub(crate) fn writable_face<'a>(
        &self,
        permit: &Permit<EditRight>,
        catalog: &'a Catalog,
        name: &ResourceName,
    ) -> Result<&'a Face, OfficeError> {
        let face = self.face(&permit.backend, catalog, name)?;
        match face.read_only {
            Some(reason) => Err(OfficeError::ReadOnly(reason)),
            None => Ok(face),
        }
    }

    /// What some fields of a record hold now.
    pub(crate) async fn present(
        &self,
        permit: &Permit<EditRight>,
        catalog: &Catalog,
        face: &Face,
        key: &RecordKey,
        fields: &[usize],
    ) -> Result<Vec<Value>, OfficeError> {
        let (_, present) = self.present_record(permit, catalog, face, key, fields).await?;
        Ok(present)
    }

    /// What some fields of a record hold now, and before that its key as the backend holds it: the
    /// audit keeps what happens to a record under that one, however it was asked for.
    pub(crate) async fn present_record(
        &self,
        permit: &Permit<EditRight>,
        catalog: &Catalog,
        face: &Face,
        key: &RecordKey,
        fields: &[usize],
    ) -> Result<(RecordKey, Vec<Value>), OfficeError> {
        let resource = catalog.resource(face);
        let held = resource.key.iter().filter(|_| matches!(key, RecordKey::Values(_)));
        let columns = fields.iter().chain(held).map(|&field| Column::whole(field)).collect();
        let query = Query::unordered(columns, has_key(resource, key), 1);
        let page = permit.backend.select(catalog, face, &query).await?;
        let row = page.rows.into_iter().next();
        let mut present = row.ok_or_else(|| OfficeError::unknown_record(key))?;
        let held = present.split_off(fields.len());
        let key = match key {
            RecordKey::Values(_) => RecordKey::Values(held),
            RecordKey::Content(_) => key.clone(),
        };
        Ok((key, present))
    }

    /// The present moment in the form of a type.
    pub(crate) fn now_for(&self, ty: &FieldType) -> Value {
        let now = self.clock.now();
        let utc = now
            .to_zoned(jiff::tz::TimeZone::UTC)
            .datetime()
            .round(jiff::Unit::Second)
            .unwrap_or_default();
        match ty {
            FieldType::Date => Value::Text(utc.date().to_string()),
            FieldType::Instant => Value::Text(format!("{} {}+00", utc.date(), utc.time())),
            FieldType::Int { .. } => Value::Int(now.as_second()),
            FieldType::Bool => Value::Bool(true),
            _ => Value::Text(format!("{} {}", utc.date(), utc.time())),
        }
    }
}

/// Whether a backend may find a record by a key that is written in another way than its own:
/// letter case, `1.5` for `1.50`, digits of a second.
fn has_spellings(resource: &Resource) -> bool {
    let has_one = |ty: &FieldType| {
        matches!(
            ty,
            FieldType::Bool
                | FieldType::Int { .. }
                | FieldType::Uuid
                | FieldType::Date
                | FieldType::Year
                | FieldType::Bytes
        )
    };
    !resource.key.iter().all(|&field| has_one(&resource.fields[field].ty))
}

pub(super) fn made(
    permit: &Permit<EditRight>,
    catalog: &Arc<Catalog>,
    face: &Face,
    kind: ChangeKind,
    items: Vec<ChangeItem>,
) -> Plan {
    let change = Change {
        backend: permit.backend.name.clone(),
        resource: face.name.clone(),
        kind,
        items,
        undo_of: None,
        is_final: false,
        then: None,
    };
    Plan { face: face.index, catalog: Arc::clone(catalog), change }
}

/// Whether the backend offers a kind of change.
pub(super) fn offered(resource: &Resource, kind: ChangeKind) -> Result<(), OfficeError> {
    if resource.offers(kind) {
        return Ok(());
    }
    Err(OfficeError::ReadOnly(ReadOnlyReason::NotOffered))
}

/// What was put in, as values of the fields; all that is wrong at once.
pub(crate) fn inputs(
    resource: &Resource,
    face: &Face,
    kind: ChangeKind,
    set: &[(String, Input)],
) -> Result<Vec<(usize, Value)>, OfficeError> {
    let mut values = Vec::with_capacity(set.len());
    let mut problems = Vec::new();
    for (name, input) in set {
        match input_value(resource, face, (kind, name), input) {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(FieldProblem { field: name.clone(), problem }),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(OfficeError::Invalid(problems)) }
}

fn input_value(
    resource: &Resource,
    face: &Face,
    (kind, name): (ChangeKind, &str),
    input: &Input,
) -> Result<(usize, Value), Problem> {
    let index = resource
        .position(name)
        .filter(|&field| face.fields[field].is_visible())
        .ok_or(Problem::Unknown)?;
    if let Some(reason) = face.fields[index].read_only {
        return Err(Problem::ReadOnly(reason));
    }
    if !resource.takes(kind, index) {
        return Err(Problem::ReadOnly(ReadOnlyReason::NotOffered));
    }
    let field = &resource.fields[index];
    let value = match input {
        Input::Null if field.nullable => Value::Null,
        Input::Null => return Err(Problem::Required),
        Input::Text(text) => field.ty.parse(text).map_err(Problem::Input)?,
        Input::Value(value) if value.is_whole() => value.clone(),
        Input::Value(_) => return Err(Problem::ReadOnly(ReadOnlyReason::Type)),
    };
    Ok((index, value))
}

/// What was seen. Values that were cut for a list tell nothing and are refused.
fn expectations(
    resource: &Resource,
    face: &Face,
    expect: &[(String, Value)],
) -> Result<Vec<(usize, Value)>, OfficeError> {
    expect
        .iter()
        .map(|(name, value)| {
            let field = crate::records::visible(resource, face, name)?;
            if value.is_whole() {
                return Ok((field, value.clone()));
            }
            Err(OfficeError::Parameter {
                what: "expect",
                problem: format!("“{name}” was not seen as a whole"),
            })
        })
        .collect()
}
