//! What is recorded beside changes, and reading it.

use kontor_model::{BackendName, ResourceName};
use kontor_store::audit::{Entry, Filter, NewEntry, OpenChange, Verification};
use kontor_store::users::User;
use kontor_store::{Json, Micros};

use crate::actor::Actor;
use crate::error::OfficeError;
use crate::{Office, random};

/// Which part of the audit.
#[derive(Debug, Clone, Default)]
pub struct AuditRequest {
    /// Only what this person did.
    pub actor: Option<String>,
    /// Only what concerns this backend.
    pub backend: Option<String>,
    /// Only entries of this kind.
    pub kind: Option<String>,
    /// From this moment on.
    pub from: Option<Micros>,
    /// Before this moment.
    pub until: Option<Micros>,
    /// Only entries with a lower number.
    pub before: Option<i64>,
}

impl Office {
    /// Records something that somebody did apart from records.
    pub(crate) async fn note(
        &self,
        kind: &str,
        user: Option<&User>,
        name: &str,
        body: &serde_json::Value,
    ) -> Result<(), OfficeError> {
        self.append(self.entry(kind, user, name, body)?).await
    }

    /// Records something that somebody did with a resource, apart from changing it.
    pub(crate) async fn note_record(
        &self,
        kind: &str,
        actor: &Actor,
        backend: &BackendName,
        resource: &ResourceName,
        body: &serde_json::Value,
    ) -> Result<(), OfficeError> {
        self.note_at(kind, actor, backend, Some(resource), body).await
    }

    /// Records something that somebody did with a backend.
    pub(crate) async fn note_backend(
        &self,
        kind: &str,
        actor: &Actor,
        backend: &BackendName,
        body: &serde_json::Value,
    ) -> Result<(), OfficeError> {
        self.note_at(kind, actor, backend, None, body).await
    }

    async fn note_at(
        &self,
        kind: &str,
        actor: &Actor,
        backend: &BackendName,
        resource: Option<&ResourceName>,
        body: &serde_json::Value,
    ) -> Result<(), OfficeError> {
        let entry = NewEntry {
            backend: Some(backend.to_string()),
            resource: resource.map(ToString::to_string),
            ..self.entry(kind, Some(&actor.user), &actor.user.name, body)?
        };
        self.append(entry).await
    }

    async fn append(&self, entry: NewEntry) -> Result<(), OfficeError> {
        self.store.audit().append(vec![entry], OpenChange::None).await?;
        Ok(())
    }

    /// An entry about something that somebody does now, apart from backends.
    pub(crate) fn entry(
        &self,
        kind: &str,
        user: Option<&User>,
        name: &str,
        body: &serde_json::Value,
    ) -> Result<NewEntry, OfficeError> {
        let at = self.clock.micros();
        Ok(NewEntry {
            at,
            operation: random::id(at),
            kind: kind.to_owned(),
            actor_id: user.map(|user| user.id.clone()),
            // A name from a sign-in form is anybody's text.
            actor_name: name.replace('\0', "").chars().take(200).collect(),
            backend: None,
            resource: None,
            record_key: None,
            body: Json::write(body)?,
        })
    }

    /// A part of the audit, newest first.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn audit(
        &self,
        actor: &Actor,
        request: &AuditRequest,
        limit: u32,
    ) -> Result<Vec<Entry>, OfficeError> {
        actor.administrator()?;
        let filter = Filter {
            actor_id: request.actor.clone(),
            backend: request.backend.clone(),
            kind: request.kind.clone(),
            from: request.from,
            until: request.until,
        };
        Ok(self.store.audit().entries(&filter, request.before, limit).await?)
    }

    /// Checks the whole audit.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn verify_audit(&self, actor: &Actor) -> Result<Verification, OfficeError> {
        actor.administrator()?;
        Ok(self.store.audit().verify().await?)
    }
}
