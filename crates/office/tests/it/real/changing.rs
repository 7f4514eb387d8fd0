//! One edit of every resource, and back: afterwards the record is what it was, to the last bit.

mod values;

use kontor_model::schema::Generated;
use kontor_model::{RecordKey, Resource, Value};
use kontor_office::catalog::Face;
use kontor_office::{EditRequest, Input, OfficeError, Permit, Shown};

use super::Findings;
use crate::office::Bureau;

/// What is peculiar to a database.
#[derive(Default)]
pub(super) struct Rules<'a> {
    /// Fields that the database itself sets with every change.
    pub(super) stamped: &'a [&'a str],
    /// Fields that the database derives from others.
    pub(super) derived: &'a [&'a str],
    /// Resources of which no field can be edited, with the reason being the shop's own constraints.
    pub(super) refused: &'a [&'a str],
}

pub(super) async fn check(bureau: &Bureau, backend: &str, rules: &Rules<'_>) -> Findings {
    let permit = bureau.editing(backend);
    let catalog = permit.backend.catalog().unwrap();
    let mut edits = Edits { bureau, permit: &permit, rules, findings: Findings::default() };
    let (mut changed, mut read_only, mut empty) = (0, Vec::new(), Vec::new());
    let (mut refused, mut keys_only) = (Vec::new(), Vec::new());
    for face in &catalog.faces {
        let resource = catalog.resource(face);
        if face.read_only.is_some() {
            read_only.push(face.name.as_str());
            continue;
        }
        let Some(key) = bureau.first_key(&permit.to_read(), &face.name).await else {
            empty.push(face.name.as_str());
            continue;
        };
        match edits.resource(face, resource, &key).await {
            Outcome::Changed => changed += 1,
            Outcome::Refused => refused.push(face.name.as_str()),
            Outcome::KeyOnly => keys_only.push(face.name.as_str()),
        }
    }
    let mut findings = edits.findings;
    findings.told.push(format!("{changed} resources changed and changed back"));
    for (what, names) in [
        ("read-only", &read_only),
        ("empty", &empty),
        ("all fields in the key", &keys_only),
        ("every edit refused", &refused),
    ] {
        findings.told.push(format!("{} {what}: {}", names.len(), names.join(", ")));
    }
    findings.check(refused == rules.refused, || format!("edits refused by {refused:?}"));
    findings
}

enum Outcome {
    Changed,
    Refused,
    KeyOnly,
}

struct Edits<'a> {
    bureau: &'a Bureau,
    permit: &'a Permit<kontor_office::Edit>,
    rules: &'a Rules<'a>,
    findings: Findings,
}

impl Edits<'_> {
    async fn resource(&mut self, face: &Face, resource: &Resource, key: &RecordKey) -> Outcome {
        let before = match self.open(face, key).await {
            Ok(before) => before,
            Err(error) => {
                self.findings.wrong(format!("{}: {error}", face.name));
                return Outcome::Refused;
            }
        };
        let mut outcome = Outcome::KeyOnly;
        for field in candidates(face, resource) {
            let is_stamped = self.rules.stamped.contains(&resource.fields[field].name.as_str());
            let Some(old) = before.value(field).filter(|_| !is_stamped) else { continue };
            for text in values::others(&resource.fields[field], old) {
                match self.edit(face, resource, &before, field, &text).await {
                    Ok(()) => return Outcome::Changed,
                    Err(OfficeError::Invalid(_)) => outcome = Outcome::Refused,
                    Err(error) => {
                        let name = &resource.fields[field].name;
                        self.findings.wrong(format!("{}.{name} = “{text}”: {error}", face.name));
                    }
                }
            }
        }
        outcome
    }

    async fn open(&self, face: &Face, key: &RecordKey) -> Result<Whole, OfficeError> {
        let permit = self.permit.to_read();
        let shown = self.bureau.office.record(&permit, &face.name, key).await?;
        let mut fields = Vec::with_capacity(shown.fields.len());
        for (field, value) in &shown.fields {
            let whole = if matches!(value, Value::Large(_)) {
                let name = &shown.catalog.resource(face).fields[*field].name;
                Value::Bytes(self.bureau.office.bytes(&permit, &face.name, key, name).await?)
            } else {
                value.clone()
            };
            fields.push((*field, whole));
        }
        Ok(Whole { fields, shown })
    }

    /// Changes a field, looks, takes it back, and looks again.
    async fn edit(
        &mut self,
        face: &Face,
        resource: &Resource,
        before: &Whole,
        field: usize,
        text: &str,
    ) -> Result<(), OfficeError> {
        let name = &resource.fields[field].name;
        let key = &before.shown.key;
        let edit = EditRequest {
            set: vec![(name.clone(), Input::Text(text.to_owned()))],
            version: before.shown.version.clone(),
            expect: before
                .value(field)
                .filter(|value| value.is_whole())
                .map(|value| vec![(name.clone(), value.clone())])
                .unwrap_or_default(),
        };
        let office = &self.bureau.office;
        let plan = office.plan_update(self.permit, &face.name, key, &edit).await?;
        let applied = office.apply(&self.bureau.actor, &self.permit.backend, plan).await?;
        let changed = self.open(face, key).await?;
        self.compare(face, resource, before, &changed, Some(field));
        let told = office.operation(&self.bureau.actor, &applied.operation).await?;
        self.findings.check(told.state == kontor_office::OperationState::Applied, || {
            format!("{}.{name}: recorded as {:?}", face.name, told.state)
        });
        if let Err(error) = office.undo(&self.bureau.actor, &applied.operation).await {
            self.findings.wrong(format!("{}.{name} = “{text}”, undo: {error:?}", face.name));
            return Ok(());
        }
        let restored = self.open(face, key).await?;
        self.compare(face, resource, before, &restored, None);
        Ok(())
    }

    /// Compares all fields but those that the database stamps; `changed` must differ.
    fn compare(
        &mut self,
        face: &Face,
        resource: &Resource,
        before: &Whole,
        after: &Whole,
        changed: Option<usize>,
    ) {
        for ((field, old), (_, new)) in before.fields.iter().zip(&after.fields) {
            let name = resource.fields[*field].name.as_str();
            let follows = changed.is_some() && self.is_derived(resource, *field);
            if self.rules.stamped.contains(&name) || follows {
                continue;
            }
            let is_right = old.is_same(new) != (changed == Some(*field));
            self.findings.check(is_right, || {
                let when = if changed.is_some() { "after the edit" } else { "after the undo" };
                format!("{}.{name} {when}: {old:?} became {new:?}", face.name)
            });
        }
    }

    /// A field that the database makes follows the others while they are changed.
    fn is_derived(&self, resource: &Resource, field: usize) -> bool {
        let field = &resource.fields[field];
        field.generated == Generated::Always || self.rules.derived.contains(&field.name.as_str())
    }
}

/// A record with its byte strings.
struct Whole {
    fields: Vec<(usize, Value)>,
    shown: Shown,
}

impl Whole {
    fn value(&self, field: usize) -> Option<&Value> {
        self.fields.iter().find(|(other, _)| *other == field).map(|(_, value)| value)
    }
}

/// Fields that may be edited, those first that no constraint is likely to guard.
fn candidates(face: &Face, resource: &Resource) -> Vec<usize> {
    let is_guarded = |field: &usize| {
        let indexed = resource.indexes.iter().any(|index| index.fields.contains(field));
        let linked = face.links.iter().any(|link| link.fields.contains(field));
        indexed || linked
    };
    let mut fields: Vec<usize> = face
        .order
        .iter()
        .copied()
        .filter(|field| face.fields[*field].read_only.is_none() && !resource.key.contains(field))
        .collect();
    fields.sort_by_key(is_guarded);
    fields
}
