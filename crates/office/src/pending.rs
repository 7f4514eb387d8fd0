//! Connecting a backend in two steps: an address is tried, then people see what was found and say
//! how it shall be called and used. Between the steps the address, which may hold a password,
//! stays here and never travels again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kontor_model::BackendName;
use kontor_store::Micros;

use crate::actor::Actor;
use crate::connecting::{ConnectRequest, Connected};
use crate::error::OfficeError;
use crate::manifest::Label;
use crate::{Office, random};

/// A tried address is kept for ten minutes.
const VALID: Micros = 10 * 60 * 1_000_000;
/// Tried addresses kept at once.
const MOST_KEPT: usize = 100;

/// Addresses that were tried and wait for the second step.
#[derive(Default)]
pub(crate) struct Pending(Mutex<HashMap<String, Kept>>);

struct Kept {
    user: String,
    at: Micros,
    request: ConnectRequest,
}

/// What was found at an address.
#[derive(Debug)]
pub struct Looked {
    /// Names the address in the second step.
    pub ticket: String,
    /// What was found, and the manifest as it would be written.
    pub connected: Connected,
    /// Whether the address holds a password, which has to be kept somewhere.
    pub has_password: bool,
}

/// How a backend that was found shall be called and used.
#[derive(Debug, Clone)]
pub struct Establish {
    /// Its name.
    pub name: BackendName,
    /// Its title; the name when empty.
    pub title: String,
    /// A variable of the environment that holds the password, instead of encrypting it.
    pub password_variable: Option<String>,
    /// Whether its records may be changed.
    pub writable: bool,
}

impl Pending {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Kept>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, user: &str, now: Micros, request: ConnectRequest) -> String {
        let ticket = random::token();
        self.with(|kept| {
            kept.retain(|_, other| now - other.at < VALID);
            while kept.len() >= MOST_KEPT {
                let oldest = kept.iter().min_by_key(|(_, other)| other.at);
                let Some(oldest) = oldest.map(|(ticket, _)| ticket.clone()) else { break };
                kept.remove(&oldest);
            }
            kept.insert(ticket.clone(), Kept { user: user.to_owned(), at: now, request });
        });
        ticket
    }

    fn request(&self, user: &str, now: Micros, ticket: &str) -> Option<ConnectRequest> {
        self.with(|kept| {
            let mine = |kept: &&Kept| kept.user == user && now - kept.at < VALID;
            kept.get(ticket).filter(mine).map(|kept| kept.request.clone())
        })
    }
}

impl Office {
    /// Tries an address and keeps it for the second step; nothing is written.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor; else as
    /// [`Office::try_connect`].
    pub async fn look_at(
        &self,
        actor: &Actor,
        request: ConnectRequest,
    ) -> Result<Looked, OfficeError> {
        actor.administrator()?;
        let connected = self.tried(&request).await?;
        let ticket = self.pending.keep(&actor.user.id, self.clock.micros(), request);
        Ok(Looked { ticket, has_password: connected.manifest.password.is_some(), connected })
    }

    /// What was found at a kept address, once more.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when the ticket is too old or not the actor's; else as
    /// [`Office::look_at`].
    pub async fn look_again(&self, actor: &Actor, ticket: &str) -> Result<Looked, OfficeError> {
        actor.administrator()?;
        let connected = self.tried(&self.kept_request(actor, ticket)?).await?;
        let has_password = connected.manifest.password.is_some();
        Ok(Looked { ticket: ticket.to_owned(), connected, has_password })
    }

    /// Whatever its database is called, a backend can be looked at before it is named.
    async fn tried(&self, request: &ConnectRequest) -> Result<Connected, OfficeError> {
        match self.try_connect(request).await {
            Err(OfficeError::Parameter { what: "name", .. }) => {
                let name = BackendName::new("backend").ok();
                self.try_connect(&ConnectRequest { name, ..request.clone() }).await
            }
            tried => tried,
        }
    }

    fn kept_request(&self, actor: &Actor, ticket: &str) -> Result<ConnectRequest, OfficeError> {
        let kept = self.pending.request(&actor.user.id, self.clock.micros(), ticket);
        kept.ok_or_else(|| OfficeError::Unknown { what: "ticket", name: ticket.to_owned() })
    }

    /// Writes the manifest of a backend that was looked at and puts it in force.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when the ticket is too old or not the actor's;
    /// [`OfficeError::Parameter`] about `name` when another backend has it; else as
    /// [`Office::connect`].
    pub async fn establish(
        self: &Arc<Self>,
        actor: &Actor,
        ticket: &str,
        wanted: Establish,
    ) -> Result<Connected, OfficeError> {
        actor.administrator()?;
        let kept = self.kept_request(actor, ticket)?;
        if self.backend(&wanted.name).is_ok() {
            return Err(OfficeError::Parameter {
                what: "name",
                problem: format!(
                    "there is a backend “{}” already; choose another name",
                    wanted.name
                ),
            });
        }
        let request = ConnectRequest {
            name: Some(wanted.name),
            password_variable: wanted.password_variable,
            ..kept
        };
        let mut connected = self.try_connect(&request).await?;
        if !wanted.title.trim().is_empty() {
            connected.manifest.title = Label::same(wanted.title.trim());
        }
        connected.manifest.writable = wanted.writable;
        connected.text = connected.manifest.to_toml();
        self.put_in_force(Some(actor), &connected).await?;
        self.pending.with(|kept| kept.remove(ticket));
        Ok(connected)
    }
}
