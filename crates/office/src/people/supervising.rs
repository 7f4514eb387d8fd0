//! What an administrator sees and ends of other people's ways in.

use kontor_store::sessions::{self, Session};
use kontor_store::tokens::{self, Token};

use crate::Office;
use crate::actor::Actor;
use crate::error::OfficeError;

impl Office {
    /// Somebody's live sessions, last seen first.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn sessions_of(
        &self,
        actor: &Actor,
        user: &str,
    ) -> Result<Vec<Session>, OfficeError> {
        actor.administrator()?;
        Ok(sessions::of_user(&mut self.store.read(), user, self.clock.micros()).await?)
    }

    /// Somebody's API tokens, newest first.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn tokens_of(&self, actor: &Actor, user: &str) -> Result<Vec<Token>, OfficeError> {
        actor.administrator()?;
        Ok(tokens::of_user(&mut self.store.read(), user).await?)
    }

    /// Ends a session of somebody; false when it is not theirs or has ended.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn end_session_of(
        &self,
        actor: &Actor,
        user: &str,
        session: &str,
    ) -> Result<bool, OfficeError> {
        actor.administrator()?;
        let ended = self
            .store
            .transaction(async |mut tx| sessions::revoke(&mut tx, user, session).await)
            .await?;
        self.actors.forget_all();
        if ended {
            let body = serde_json::json!({ "session": session, "user": user });
            self.note("session.ended", Some(&actor.user), &actor.user.name, &body).await?;
        }
        Ok(ended)
    }

    /// Revokes a token of somebody; false when it is not theirs or revoked already.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn revoke_token_of(
        &self,
        actor: &Actor,
        user: &str,
        token: &str,
    ) -> Result<bool, OfficeError> {
        actor.administrator()?;
        let now = self.clock.micros();
        let revoked = self
            .store
            .transaction(async |mut tx| tokens::revoke(&mut tx, user, token, now).await)
            .await?;
        self.actors.forget_all();
        if revoked {
            let body = serde_json::json!({ "token": token, "user": user });
            self.note("token.revoked", Some(&actor.user), &actor.user.name, &body).await?;
        }
        Ok(revoked)
    }

    /// Ends all sessions of the actor but the one with which they ask.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn end_other_sessions(&self, actor: &Actor) -> Result<u64, OfficeError> {
        let own = match &actor.way {
            crate::actor::Way::Session(id) => Some(id.as_str()),
            crate::actor::Way::Token { .. } => None,
        };
        let ended = self
            .store
            .transaction(async |mut tx| sessions::revoke_all(&mut tx, &actor.user.id, own).await)
            .await?;
        self.actors.forget_all();
        if ended > 0 {
            let body = serde_json::json!({ "sessions": ended });
            self.note("session.ended", Some(&actor.user), &actor.user.name, &body).await?;
        }
        Ok(ended)
    }
}
