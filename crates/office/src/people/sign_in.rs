//! Signing in and out, and who a cookie or token belongs to.

use std::sync::Arc;

use kontor_store::grants::Role;
use kontor_store::sessions::{self, Session};
use kontor_store::users::{self, User};
use kontor_store::{Micros, SecretHash, grants, tokens};

use super::accounts::LONGEST_EMAIL;
use super::{PeopleError, password, throttling};
use crate::actor::{Actor, Way};
use crate::backend::Backend;
use crate::error::OfficeError;
use crate::{Office, random};

const MINUTE: Micros = 60 * 1_000_000;
const HOUR: Micros = 60 * MINUTE;

/// A session ends after this time without a request.
const IDLE: Micros = 12 * HOUR;
/// A session ends after this time in any case.
const ABSOLUTE: Micros = 7 * 24 * HOUR;
/// `last_seen` is written this often at most.
const TOUCH: Micros = 5 * MINUTE;

/// A fresh session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What the cookie holds; it is stored hashed only.
    pub secret: String,
    /// Seconds until the session ends in any case.
    pub max_age: i64,
    /// Who.
    pub user: User,
}

impl Office {
    /// Signs somebody in. Attempts are counted as `throttling` says.
    ///
    /// # Errors
    /// [`PeopleError::WrongPassword`] or [`PeopleError::Throttled`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        ip: &str,
        user_agent: &str,
    ) -> Result<SignedIn, OfficeError> {
        if email.chars().nth(LONGEST_EMAIL).is_some() {
            return Err(PeopleError::WrongPassword.into());
        }
        let attempt = self.attempt(email, ip).await?;
        let user =
            users::by_email(&mut self.store.read(), email).await?.filter(|user| !user.disabled);
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let right = password::matches(password.to_owned(), hash).await?;
        let Some(user) = user.filter(|_| right) else {
            self.note("session.refused", None, email, &serde_json::json!({ "from": ip })).await?;
            return Err(PeopleError::WrongPassword.into());
        };
        self.succeeded(&attempt).await?;
        let now = self.clock.micros();
        self.store.transaction(async |mut tx| sessions::purge(&mut tx, now).await).await?;
        self.open_session(user, ip, user_agent).await
    }

    /// A new session with a new secret: whoever knew an older one has nothing of it.
    pub(crate) async fn open_session(
        &self,
        user: User,
        ip: &str,
        user_agent: &str,
    ) -> Result<SignedIn, OfficeError> {
        let now = self.clock.micros();
        let secret = random::token();
        let session = Session {
            id: random::id(now),
            user_id: user.id.clone(),
            created: now,
            last_seen: now,
            idle_expires: now + IDLE,
            expires: now + ABSOLUTE,
            user_agent: user_agent.chars().take(200).collect(),
            ip: ip.to_owned(),
        };
        let hash = SecretHash::of(&secret);
        self.store
            .transaction(async |mut tx| {
                sessions::add(&mut tx, &session, &hash).await?;
                throttling::remember(&mut tx, &user.email, ip, now).await
            })
            .await?;
        self.note("session.opened", Some(&user), &user.name, &serde_json::json!({ "from": ip }))
            .await?;
        Ok(SignedIn { secret, max_age: ABSOLUTE / 1_000_000, user })
    }

    /// Who a session's cookie belongs to; none when it is not valid any more. For requests that
    /// only read: the answer may be two seconds old where another process changed it.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn actor_of_session(&self, secret: &str) -> Result<Option<Arc<Actor>>, OfficeError> {
        match self.actors.get(&SecretHash::of(secret), self.clock.micros()) {
            Some(actor) => Ok(Some(actor)),
            None => self.present_actor_of_session(secret).await,
        }
    }

    /// Who a session's cookie belongs to at this moment, as the store has it. For requests that
    /// write.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn present_actor_of_session(
        &self,
        secret: &str,
    ) -> Result<Option<Arc<Actor>>, OfficeError> {
        let (hash, now) = (SecretHash::of(secret), self.clock.micros());
        let found = async {
            let found = sessions::find(&mut self.store.read(), &hash, now).await?;
            let Some((session, user)) = found else { return Ok(None) };
            if now - session.last_seen > TOUCH {
                let idle = (now + IDLE).min(session.expires);
                self.store
                    .transaction(async |mut tx| {
                        sessions::touch(&mut tx, &session.id, now, idle).await
                    })
                    .await?;
            }
            Ok(Some((user, Way::Session(session.id))))
        };
        self.kept_actor(&hash, now, found).await
    }

    /// Who a secret belongs to: as it was looked up a moment ago, where that holds for certain,
    /// else as `found` says, which is not asked before. It is certain where one server has the store
    /// to itself, since that forgets everybody whenever it changes anybody's rights. What operators
    /// write beside it at the command line, invitations and links, takes no right from anybody.
    pub(super) async fn kept_actor(
        &self,
        hash: &SecretHash,
        now: Micros,
        found: impl Future<Output = Result<Option<(User, Way)>, OfficeError>> + Send,
    ) -> Result<Option<Arc<Actor>>, OfficeError> {
        if !self.store.is_shared()
            && let Some(actor) = self.actors.get(hash, now)
        {
            return Ok(Some(actor));
        }
        let asked = self.actors.turn();
        let Some((user, way)) = found.await? else { return Ok(None) };
        let actor = self.actor(user, way).await?;
        self.actors.put(hash, &actor, now, asked);
        Ok(Some(actor))
    }

    pub(crate) async fn actor(&self, user: User, way: Way) -> Result<Arc<Actor>, OfficeError> {
        let mut db = self.store.read();
        let grants = grants::of_user(&mut db, &user.id).await?;
        let teams = grants::teams_of(&mut db, &user.id).await?;
        Ok(Arc::new(Actor::new(user, teams, grants, way)))
    }

    /// Whether somebody may change records of a backend at this moment, as the store has it. A
    /// session that ended does not count: what was begun goes on when nobody looks.
    pub(crate) async fn may_still_edit(&self, actor: &Actor, backend: &Backend) -> bool {
        let present = async {
            let mut db = self.store.read();
            let user = users::get(&mut db, &actor.user.id).await?.filter(|user| !user.disabled);
            if let Way::Token { id, .. } = &actor.way {
                let tokens = tokens::of_user(&mut db, &actor.user.id).await?;
                if !tokens.iter().any(|token| token.id == *id && token.revoked.is_none()) {
                    return Ok(None);
                }
            }
            match user {
                Some(user) => self.actor(user, actor.way.clone()).await.map(Some),
                None => Ok::<_, OfficeError>(None),
            }
        };
        let may = |actor: &Arc<Actor>| {
            matches!(actor.role(&backend.name), Some(Role::Editor | Role::Administrator))
        };
        present.await.is_ok_and(|actor| actor.as_ref().is_some_and(may))
    }

    /// Ends the actor's own session.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), OfficeError> {
        if let Way::Session(id) = &actor.way {
            self.end_session(actor, id).await?;
        }
        Ok(())
    }

    /// Ends one of the actor's sessions; false when it is not theirs or has ended.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn end_session(&self, actor: &Actor, id: &str) -> Result<bool, OfficeError> {
        let ended = self
            .store
            .transaction(async |mut tx| sessions::revoke(&mut tx, &actor.user.id, id).await)
            .await?;
        self.actors.forget_all();
        if ended {
            let body = serde_json::json!({ "session": id });
            self.note("session.ended", Some(&actor.user), &actor.user.name, &body).await?;
        }
        Ok(ended)
    }

    /// The actor's live sessions, newest first.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, OfficeError> {
        Ok(sessions::of_user(&mut self.store.read(), &actor.user.id, self.clock.micros()).await?)
    }
}

/// Who the most recent secrets belong to, so that a page with ten requests asks the store once.
/// Held for two seconds: that is how long another replica may show pages to a session that was
/// ended. Requests that write never ask here.
#[derive(Debug, Default)]
pub(crate) struct RecentActors(std::sync::Mutex<Recent>);

#[derive(Debug, Default)]
struct Recent {
    held: std::collections::HashMap<String, (Micros, Arc<Actor>)>,
    /// Counts how often all was forgotten.
    turn: u64,
}

const HELD: Micros = 2_000_000;
const MOST_HELD: usize = 2_000;

impl RecentActors {
    fn recent(&self) -> std::sync::MutexGuard<'_, Recent> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn get(&self, secret: &SecretHash, now: Micros) -> Option<Arc<Actor>> {
        self.recent()
            .held
            .get(secret.as_str())
            .filter(|(at, _)| (0..HELD).contains(&(now - at)))
            .map(|(_, actor)| Arc::clone(actor))
    }

    /// To be taken before the store is asked for what is put here.
    pub(crate) fn turn(&self) -> u64 {
        self.recent().turn
    }

    /// Keeps what the store said, unless all was forgotten since it was asked.
    pub(crate) fn put(&self, secret: &SecretHash, actor: &Arc<Actor>, now: Micros, asked: u64) {
        let mut recent = self.recent();
        if recent.turn != asked {
            return;
        }
        if recent.held.len() >= MOST_HELD {
            recent.held.retain(|_, (at, _)| (0..HELD).contains(&(now - *at)));
        }
        recent.held.insert(secret.as_str().to_owned(), (now, Arc::clone(actor)));
    }

    pub(crate) fn forget_all(&self) {
        let mut recent = self.recent();
        recent.turn += 1;
        recent.held.clear();
    }
}
