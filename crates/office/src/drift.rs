//! Schema drift: what changed since the schema was read before, and what that touches.

use kontor_model::{Resource, Schema};
use kontor_store::snapshots;
use kontor_store::views::Owner;
use kontor_store::{Micros, views};

use crate::Office;
use crate::actor::{Manage, Permit, Read};
use crate::error::OfficeError;

/// What changed between two readings of a schema.
#[derive(Debug, Clone)]
pub struct Drift {
    /// When the later one was read for the first time.
    pub at: Micros,
    /// The changes.
    pub lines: Vec<DriftLine>,
    /// Names of saved views that use something that is gone.
    pub views: Vec<String>,
    /// What of the manifest does not fit any more.
    pub manifest: Vec<String>,
}

/// One change of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftLine {
    /// A resource that was not there.
    ResourceAdded(String),
    /// A resource that is gone.
    ResourceRemoved(String),
    /// A field that was not there.
    FieldAdded(String, String),
    /// A field that is gone.
    FieldRemoved(String, String),
    /// A field whose type changed: before, now.
    FieldRetyped(String, String, String, String),
    /// A field that became required, or is not any more.
    FieldNullable(String, String, bool),
    /// Another key.
    KeyChanged(String),
}

impl DriftLine {
    /// Whether something that worked may not work any more.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        match self {
            Self::ResourceAdded(_) | Self::FieldAdded(..) => false,
            Self::FieldNullable(_, _, nullable) => !nullable,
            _ => true,
        }
    }
}

/// Equal for schemas that are equal in all but their statistics.
pub(crate) fn fingerprint(schema: &Schema) -> String {
    use sha2::Digest as _;
    let mut plain = schema.clone();
    for resource in &mut plain.resources {
        resource.estimated_rows = None;
    }
    let json = serde_json::to_vec(&plain).unwrap_or_default();
    kontor_model::value::hex(&sha2::Sha256::digest(json))
}

/// What changed from one schema to another.
#[must_use]
pub(crate) fn compare(before: &Schema, now: &Schema) -> Vec<DriftLine> {
    let mut lines = Vec::new();
    for old in &before.resources {
        match now.resource(&old.name) {
            None => lines.push(DriftLine::ResourceRemoved(old.name.to_string())),
            Some(new) => compare_resource(old, new, &mut lines),
        }
    }
    for new in now.resources.iter().filter(|new| before.resource(&new.name).is_none()) {
        lines.push(DriftLine::ResourceAdded(new.name.to_string()));
    }
    lines
}

fn compare_resource(old: &Resource, new: &Resource, lines: &mut Vec<DriftLine>) {
    let name = || new.name.to_string();
    for field in &old.fields {
        match new.field(&field.name) {
            None => lines.push(DriftLine::FieldRemoved(name(), field.name.clone())),
            Some(now) if now.native != field.native || now.ty != field.ty => {
                lines.push(DriftLine::FieldRetyped(
                    name(),
                    field.name.clone(),
                    field.native.clone(),
                    now.native.clone(),
                ));
            }
            Some(now) if now.nullable != field.nullable => {
                lines.push(DriftLine::FieldNullable(name(), field.name.clone(), now.nullable));
            }
            Some(_) => {}
        }
    }
    for field in new.fields.iter().filter(|field| old.field(&field.name).is_none()) {
        lines.push(DriftLine::FieldAdded(name(), field.name.clone()));
    }
    let key = |resource: &Resource| {
        resource.key.iter().map(|&field| resource.fields[field].name.clone()).collect::<Vec<_>>()
    };
    if key(old) != key(new) {
        lines.push(DriftLine::KeyChanged(name()));
    }
}

impl Office {
    /// What changed in a backend's schema when it was last found different.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn drift(&self, permit: &Permit<Read>) -> Result<Option<Drift>, OfficeError> {
        let name = permit.backend.name.as_str();
        let snapshots = snapshots::latest(&mut self.store.read(), name, 2).await?;
        let [latest, previous] = snapshots.as_slice() else { return Ok(None) };
        let lines = compare(&previous.body.read()?, &latest.body.read()?);
        let catalog = permit.backend.catalog()?;
        let broken: Vec<&DriftLine> = lines.iter().filter(|line| line.is_breaking()).collect();
        let mut touched = Vec::new();
        if !broken.is_empty() {
            for view in views::of_backend(&mut self.store.read(), name).await? {
                let definition = view.definition.as_str();
                let uses = |field: &str| {
                    definition.contains(&format!("\"{field}\"")) || definition.contains(field)
                };
                let hit = broken.iter().any(|line| match line {
                    DriftLine::ResourceRemoved(resource) => view.resource == *resource,
                    DriftLine::FieldRemoved(resource, field)
                    | DriftLine::FieldRetyped(resource, field, ..) => {
                        view.resource == *resource && uses(field)
                    }
                    _ => false,
                });
                // What others keep for themselves is called what they like.
                let is_shown = match &view.owner {
                    Owner::User(user) => *user == permit.actor.user.id,
                    Owner::Team(team) => permit.actor.teams.contains(team),
                    Owner::Role(_) => true,
                };
                if hit && is_shown {
                    touched.push(view.name);
                }
            }
        }
        Ok(Some(Drift {
            at: latest.taken_at,
            lines,
            views: touched,
            manifest: catalog.problems.clone(),
        }))
    }

    /// Reads a backend's schema again, now.
    ///
    /// # Errors
    /// [`OfficeError::Backend`] when it cannot be read.
    pub async fn read_again(
        self: &std::sync::Arc<Self>,
        permit: &Permit<Manage>,
    ) -> Result<(), OfficeError> {
        self.refresh(&permit.backend).await;
        match permit.backend.health().condition {
            crate::backend::Condition::Down { failure, .. } => {
                Err(OfficeError::backend(&permit.backend.name, failure))
            }
            _ => Ok(()),
        }
    }
}
