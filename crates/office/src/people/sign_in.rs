//! Signing in and out, and who a cookie or token belongs to.

use std::sync::Arc;

use kontor_store::sessions::{self, Session};
use kontor_store::users::{self, User};
use kontor_store::{Micros, SecretHash, grants, throttle};

use super::{PeopleError, password};
use crate::actor::{Actor, Way};
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
/// Failures before the first wait.
const FREE_ATTEMPTS: u32 = 5;
/// Failures older than this are forgotten.
const FORGET: Micros = HOUR;

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
    /// Signs somebody in. Attempts are counted by e-mail address and by where they come from.
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
        let now = self.clock.micros();
        let keys = [format!("mail:{}", email.trim().to_lowercase()), format!("from:{ip}")];
        for key in &keys {
            let attempts = throttle::of_key(&mut self.store.read(), key).await?;
            if attempts.blocked_until > now {
                let seconds = (attempts.blocked_until - now).unsigned_abs() / 1_000_000 + 1;
                return Err(PeopleError::Throttled { seconds }.into());
            }
        }
        let user =
            users::by_email(&mut self.store.read(), email).await?.filter(|user| !user.disabled);
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let right = password::matches(password.to_owned(), hash).await?;
        let Some(user) = user.filter(|_| right) else {
            self.count_failure(&keys, now).await?;
            self.note("session.refused", None, email, &serde_json::json!({ "from": ip })).await?;
            return Err(PeopleError::WrongPassword.into());
        };
        self.store
            .transaction(async |mut tx| {
                throttle::clear(&mut tx, &keys[0]).await?;
                sessions::purge(&mut tx, now).await
            })
            .await?;
        self.open_session(user, ip, user_agent).await
    }

    async fn count_failure(&self, keys: &[String; 2], now: Micros) -> Result<(), OfficeError> {
        self.store
            .transaction(async |mut tx| {
                for (key, free) in keys.iter().zip([FREE_ATTEMPTS, FREE_ATTEMPTS * 4]) {
                    let attempts = throttle::failed(&mut tx, key, now, now - FORGET).await?;
                    if attempts.failures > free {
                        throttle::block(&mut tx, key, now + wait(attempts.failures - free)).await?;
                    }
                }
                Ok::<_, OfficeError>(())
            })
            .await
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
            .transaction(async |mut tx| sessions::add(&mut tx, &session, &hash).await)
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
        let hash = SecretHash::of(secret);
        let now = self.clock.micros();
        let asked = self.actors.turn();
        let Some((session, user)) = sessions::find(&mut self.store.read(), &hash, now).await?
        else {
            return Ok(None);
        };
        if now - session.last_seen > TOUCH {
            let idle = (now + IDLE).min(session.expires);
            self.store
                .transaction(async |mut tx| sessions::touch(&mut tx, &session.id, now, idle).await)
                .await?;
        }
        let actor = self.actor(user, Way::Session(session.id)).await?;
        self.actors.put(&hash, &actor, now, asked);
        Ok(Some(actor))
    }

    pub(crate) async fn actor(&self, user: User, way: Way) -> Result<Arc<Actor>, OfficeError> {
        let mut db = self.store.read();
        let grants = grants::of_user(&mut db, &user.id).await?;
        let teams = grants::teams_of(&mut db, &user.id).await?;
        Ok(Arc::new(Actor::new(user, teams, grants, way)))
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

/// 2 s, 4 s, 8 s, … at most a quarter of an hour.
fn wait(failures: u32) -> Micros {
    (1_000_000 << failures.min(20)).min(15 * MINUTE)
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
