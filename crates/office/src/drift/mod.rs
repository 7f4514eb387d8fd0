//! Schema drift: what changed since the schema was read before, and what that touches.

mod compare;
mod touched;

use kontor_model::Schema;
use kontor_store::snapshots;
use kontor_store::views::Owner;
use kontor_store::{Micros, views};

use crate::Office;
use crate::actor::{Manage, Permit, Read};
use crate::backend::Backend;
use crate::error::OfficeError;

use compare::compare;
pub use compare::{DriftLine, Drifted, Writing};
pub use touched::Affected;

/// What changed between two readings of a schema.
#[derive(Debug, Clone)]
pub struct Drift {
    /// When the later one was read for the first time.
    pub at: Micros,
    /// The changes, each with what it touches.
    pub lines: Vec<(DriftLine, Vec<Affected>)>,
    /// What of the manifest does not fit any more; only for those who run the backend.
    pub manifest: Vec<String>,
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
        let views = match lines.iter().any(DriftLine::is_breaking) {
            true => views::of_backend(&mut self.store.read(), name).await?,
            false => Vec::new(),
        };
        // What others keep for themselves is called what they like.
        let is_shown = |view: &&views::View| match &view.owner {
            Owner::User(user) => *user == permit.actor.user.id,
            Owner::Team(team) => permit.actor.teams.contains(team),
            Owner::Role(_) => true,
        };
        let readable = self.all_backends();
        let readable: Vec<&Backend> = readable
            .iter()
            .filter(|other| self.permit::<Read>(&permit.actor, &other.name).is_ok())
            .map(AsRef::as_ref)
            .collect();
        let with_touched = |line: DriftLine| {
            if !line.is_breaking() {
                return (line, Vec::new());
            }
            let mut all = touched::by_manifests(&line, &permit.backend, &readable);
            let hit = views.iter().filter(is_shown).filter(|view| touched::by_view(&line, view));
            all.extend(hit.map(|view| Affected::View(view.name.clone())));
            all.sort();
            all.dedup();
            (line, all)
        };
        Ok(Some(Drift {
            at: latest.taken_at,
            lines: lines.into_iter().map(with_touched).collect(),
            // They name the manifest's file, which is for those who run the backend.
            manifest: if permit.has::<Manage>() { catalog.problems.clone() } else { Vec::new() },
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
