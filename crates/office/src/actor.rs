//! Who asks, and what they may do. A right is a type: a function that takes a
//! [`Permit<Edit>`](Permit) cannot be called by somebody who was not asked for it.

use std::marker::PhantomData;
use std::sync::Arc;

use kontor_model::BackendName;
use kontor_store::grants::{EVERY_BACKEND, Grant, Role};
use kontor_store::users::User;

use crate::backend::Backend;
use crate::error::OfficeError;

/// Somebody who has signed in, or the holder of an API token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person.
    pub user: User,
    /// The person's teams.
    pub teams: Vec<String>,
    /// How they came.
    pub way: Way,
    grants: Vec<Grant>,
}

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// With a browser's session; its id.
    Session(String),
    /// With an API token.
    Token {
        /// The token's id.
        id: String,
        /// The most it may do.
        role: Role,
        /// The backends it reaches; none means all.
        backends: Option<Vec<String>>,
    },
}

impl Actor {
    pub(crate) fn new(user: User, teams: Vec<String>, grants: Vec<Grant>, way: Way) -> Self {
        Self { user, teams, way, grants }
    }

    /// The role on a backend: the person's, but never more than the token's.
    #[must_use]
    pub fn role(&self, backend: &BackendName) -> Option<Role> {
        let own = if self.user.is_admin {
            Some(Role::Administrator)
        } else {
            let named = self.grants.iter().find(|grant| grant.backend == backend.as_str());
            let general = || self.grants.iter().find(|grant| grant.backend == EVERY_BACKEND);
            named.or_else(general).map(|grant| grant.role)
        }?;
        match &self.way {
            Way::Session(_) => Some(own),
            Way::Token { role, backends, .. } => {
                let reaches = backends
                    .as_ref()
                    .is_none_or(|names| names.iter().any(|name| name == backend.as_str()));
                reaches.then(|| least(own, *role))
            }
        }
    }

    /// Whether the person administers Kontor itself; never by token.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.user.is_admin && matches!(self.way, Way::Session(_))
    }

    /// Demands that the person administers Kontor itself.
    ///
    /// # Errors
    /// [`OfficeError::Denied`].
    pub fn administrator(&self) -> Result<(), OfficeError> {
        if self.administers() { Ok(()) } else { Err(OfficeError::Denied(Needed::Administrator)) }
    }
}

fn rank(role: Role) -> u8 {
    match role {
        Role::Reader => 0,
        Role::Editor => 1,
        Role::Administrator => 2,
    }
}

fn least(a: Role, b: Role) -> Role {
    if rank(a) <= rank(b) { a } else { b }
}

/// What somebody would have needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needed {
    /// To sign in first.
    SignIn,
    /// A role on a backend.
    Role {
        /// The backend.
        backend: String,
        /// The least role that would do.
        role: Role,
    },
    /// To administer Kontor itself.
    Administrator,
}

/// A right on a backend, as a type.
pub trait Right {
    /// The least role that has it.
    const ROLE: Role;
}

/// Reading records.
#[derive(Debug, Clone, Copy)]
pub struct Read;

/// Changing records.
#[derive(Debug, Clone, Copy)]
pub struct Edit;

/// Changing how the backend is registered.
#[derive(Debug, Clone, Copy)]
pub struct Manage;

impl Right for Read {
    const ROLE: Role = Role::Reader;
}

impl Right for Edit {
    const ROLE: Role = Role::Editor;
}

impl Right for Manage {
    const ROLE: Role = Role::Administrator;
}

/// The proof that an actor has a right on a backend.
#[derive(Debug, Clone)]
pub struct Permit<R> {
    /// Who.
    pub actor: Arc<Actor>,
    /// Where.
    pub backend: Arc<Backend>,
    right: PhantomData<R>,
}

impl<R: Right> Permit<R> {
    /// Checks the right.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] says which role is needed. Somebody without any role learns no
    /// more than that the backend is unknown.
    pub(crate) fn check(actor: Arc<Actor>, backend: Arc<Backend>) -> Result<Self, OfficeError> {
        match actor.role(&backend.name) {
            Some(role) if rank(role) >= rank(R::ROLE) => {
                Ok(Self { actor, backend, right: PhantomData })
            }
            Some(_) => Err(OfficeError::Denied(Needed::Role {
                backend: backend.name.to_string(),
                role: R::ROLE,
            })),
            None => Err(OfficeError::UnknownBackend(backend.name.to_string())),
        }
    }

    /// Whether the actor could also have another right.
    #[must_use]
    pub fn has<Other: Right>(&self) -> bool {
        self.actor.role(&self.backend.name).is_some_and(|role| rank(role) >= rank(Other::ROLE))
    }

    /// Who edits may read.
    #[must_use]
    pub fn to_read(&self) -> Permit<Read> {
        Permit {
            actor: Arc::clone(&self.actor),
            backend: Arc::clone(&self.backend),
            right: PhantomData,
        }
    }
}
