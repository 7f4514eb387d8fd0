//! What is done on the machine itself, without signing in: for whoever runs Kontor and has lost the
//! last administrator's password.

use std::sync::Arc;

use kontor_store::audit::{NewEntry, OpenChange};
use kontor_store::grants::Grant;
use kontor_store::links::Purpose;
use kontor_store::users::{self, User};

use super::PeopleError;
use super::accounts::{self, Account, DAY};
use crate::Office;
use crate::error::OfficeError;

/// The name under which the audit keeps what was done on the machine: it was nobody who signed in.
pub(super) const WHO: &str = "operator on the machine";

/// Whoever runs Kontor. Made by the command line only: who can open the store and has the key of
/// its seal needs nobody's permission, but leaves an entry in the audit with everything they do.
pub struct Operator {
    office: Arc<Office>,
}

impl Operator {
    /// The operator of an office.
    #[must_use]
    pub fn of(office: Arc<Office>) -> Self {
        Self { office }
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn accounts(&self) -> Result<Vec<Account>, OfficeError> {
        self.office.all_accounts().await
    }

    /// The secret of a link with which the person of an e-mail address chooses a new password,
    /// valid for a day. Earlier links of theirs are worth nothing then; their sessions end when it
    /// is used.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] where nobody has the address; [`PeopleError::Disabled`].
    pub async fn reset_link(&self, email: &str) -> Result<(User, String), OfficeError> {
        let store = &self.office.store;
        let unknown = || OfficeError::Unknown { what: "person", name: email.trim().to_owned() };
        let user = users::by_email(&mut store.read(), email).await?.ok_or_else(unknown)?;
        if user.disabled {
            return Err(PeopleError::Disabled.into());
        }
        let (secret, link) = self.office.new_link(Purpose::Reset, Some(&user.id), DAY);
        let body = serde_json::json!({ "user": user.id, "email": user.email });
        let entry = self.entry("person.reset", &body)?;
        store
            .transaction(async |mut tx| {
                accounts::give_out(&mut tx, &link).await?;
                store.audit().append_in(&mut tx, vec![entry], OpenChange::None).await
            })
            .await?;
        Ok((user, secret))
    }

    /// Invites somebody: makes the account and the secret of a link that is valid for a week.
    ///
    /// # Errors
    /// [`PeopleError`] says what to mend.
    pub async fn invite(
        &self,
        name: &str,
        email: &str,
        is_admin: bool,
        grants: &[Grant],
    ) -> Result<(User, String), OfficeError> {
        let store = &self.office.store;
        let user = self.office.newcomer(name, email, is_admin, ("en", "UTC"))?;
        let (secret, link) = self.office.new_link(Purpose::Invite, Some(&user.id), 7 * DAY);
        let body = serde_json::json!({ "user": user.id, "name": user.name, "email": user.email });
        let entry = self.entry("person.invited", &body)?;
        store
            .transaction(async |mut tx| {
                accounts::add_with_rights(&mut tx, &user, grants).await?;
                accounts::give_out(&mut tx, &link).await?;
                store.audit().append_in(&mut tx, vec![entry], OpenChange::None).await?;
                Ok::<_, OfficeError>(())
            })
            .await
            .map_err(accounts::email_taken)?;
        Ok((user, secret))
    }

    fn entry(&self, kind: &str, body: &serde_json::Value) -> Result<NewEntry, OfficeError> {
        self.office.entry(kind, None, WHO, body)
    }
}
