//! API tokens: shown once, stored hashed.

use std::sync::Arc;

use kontor_model::{BackendName, InvalidInput};
use kontor_store::grants::Role;
use kontor_store::tokens::{self, Token};
use kontor_store::{Micros, SecretHash};

use super::PeopleError;
use super::name::named;
use crate::actor::{Actor, Way};
use crate::error::{FieldProblem, OfficeError, Problem};
use crate::{Office, random};

/// The beginning of every token, by which people and scanners recognise one.
const PREFIX: &str = "kontor_";
/// Letters shown of a token afterwards.
const SHOWN: usize = PREFIX.len() + 6;
/// The longest time that a token may have; longer is never.
const MOST_DAYS: u32 = 3_650;
/// `last_used` is written this often at most.
const TOUCH: Micros = 60 * 1_000_000;

/// What a new token shall be able to do.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// Backends it reaches; none means all that its owner reaches.
    pub backends: Option<Vec<String>>,
    /// The most it may do.
    pub role: Role,
    /// Days until it expires; none means never.
    pub days: Option<u32>,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct TokenMade {
    /// What is known of it from now on.
    pub token: Token,
    /// The secret; it cannot be shown again.
    pub secret: String,
}

/// The most tokens that somebody has at once.
const MOST_TOKENS: usize = 100;

/// So much of a name that does not exist is told.
const SHOWN_OF_A_NAME: usize = 40;

impl Office {
    /// Makes a token for the actor.
    ///
    /// # Errors
    /// [`PeopleError::Name`]; [`OfficeError::Parameter`] for backends that its owner does not reach,
    /// and when its owner has too many; [`OfficeError::Invalid`] for a time of no day or
    /// of more than ten years.
    pub async fn make_token(
        &self,
        actor: &Actor,
        wanted: NewToken,
    ) -> Result<TokenMade, OfficeError> {
        if matches!(actor.way, Way::Token { .. }) {
            return Err(OfficeError::Denied(crate::actor::Needed::SignIn));
        }
        let name = named(&wanted.name).map_err(PeopleError::Name)?;
        let backends = wanted.backends.map(|names| self.reached(actor, names)).transpose()?;
        if let Some(days) = wanted.days.filter(|days| !(1..=MOST_DAYS).contains(days)) {
            let problem = Problem::Input(InvalidInput::Bounds {
                text: days.to_string(),
                min: "1".into(),
                max: MOST_DAYS.to_string(),
            });
            return Err(OfficeError::Invalid(vec![FieldProblem { field: "days".into(), problem }]));
        }
        let now = self.clock.micros();
        let own = tokens::of_user(&mut self.store.read(), &actor.user.id).await?;
        let is_valid = |token: &&Token| {
            token.revoked.is_none() && token.expires.is_none_or(|expires| expires > now)
        };
        if own.iter().filter(is_valid).count() >= MOST_TOKENS {
            let problem = format!("there are {MOST_TOKENS} already; revoke one that is not used");
            return Err(OfficeError::Parameter { what: "token", problem });
        }
        let secret = format!("{PREFIX}{}", random::token());
        let token = Token {
            id: random::id(now),
            user_id: actor.user.id.clone(),
            name,
            prefix: secret[..SHOWN].to_owned(),
            backends,
            role: wanted.role,
            created: now,
            expires: wanted.days.map(|days| now + Micros::from(days) * 24 * 3600 * 1_000_000),
            last_used: None,
            revoked: None,
        };
        let hash = SecretHash::of(&secret);
        self.store.transaction(async |mut tx| tokens::add(&mut tx, &token, &hash).await).await?;
        let body = serde_json::json!({ "token": token.id, "name": token.name });
        self.note("token.made", Some(&actor.user), &actor.user.name, &body).await?;
        Ok(TokenMade { token, secret })
    }

    /// The backends of a token, each once; all of them are there, and its owner reaches them.
    fn reached(&self, actor: &Actor, names: Vec<String>) -> Result<Vec<String>, OfficeError> {
        let mut reached = Vec::new();
        for name in names {
            let backend = BackendName::new(&name)
                .ok()
                .filter(|name| actor.role(name).is_some() && self.backend(name).is_ok());
            if backend.is_none() {
                let name: String = name.chars().take(SHOWN_OF_A_NAME).collect();
                let problem = format!("you reach no backend “{name}”");
                return Err(OfficeError::Parameter { what: "backends", problem });
            }
            if !reached.contains(&name) {
                reached.push(name);
            }
        }
        Ok(reached)
    }

    /// Who a token belongs to; none when it is not valid any more. For requests that only read, as
    /// [`Office::actor_of_session`].
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn actor_of_token(&self, secret: &str) -> Result<Option<Arc<Actor>>, OfficeError> {
        match self.actors.get(&SecretHash::of(secret), self.clock.micros()) {
            Some(actor) => Ok(Some(actor)),
            None => self.present_actor_of_token(secret).await,
        }
    }

    /// Who a token belongs to at this moment, as the store has it. For requests that write.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn present_actor_of_token(
        &self,
        secret: &str,
    ) -> Result<Option<Arc<Actor>>, OfficeError> {
        let (hash, now) = (SecretHash::of(secret), self.clock.micros());
        let found = async {
            let found = tokens::find(&mut self.store.read(), &hash, now).await?;
            let Some((token, user)) = found else { return Ok(None) };
            if token.last_used.is_none_or(|used| now - used > TOUCH) {
                self.store
                    .transaction(async |mut tx| tokens::touch(&mut tx, &token.id, now).await)
                    .await?;
            }
            let way = Way::Token { id: token.id, role: token.role, backends: token.backends };
            Ok(Some((user, way)))
        };
        self.kept_actor(&hash, now, found).await
    }

    /// The actor's tokens.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<Token>, OfficeError> {
        Ok(tokens::of_user(&mut self.store.read(), &actor.user.id).await?)
    }

    /// Revokes one of the actor's tokens; false when it is not theirs or revoked already.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn revoke_token(&self, actor: &Actor, id: &str) -> Result<bool, OfficeError> {
        let now = self.clock.micros();
        let revoked = self
            .store
            .transaction(async |mut tx| tokens::revoke(&mut tx, &actor.user.id, id, now).await)
            .await?;
        self.actors.forget_all();
        if revoked {
            let body = serde_json::json!({ "token": id });
            self.note("token.revoked", Some(&actor.user), &actor.user.name, &body).await?;
        }
        Ok(revoked)
    }
}
