//! Accounts: the first administrator, invitations, rights, preferences.

use kontor_store::grants::{self, Grant};
use kontor_store::links::{self, Link, Purpose};
use kontor_store::users::{self, Look, User};
use kontor_store::{Micros, Read, SecretHash, StoreError, Tx, sessions};

use super::name::{NameProblem, is_kontors, is_same, named};
use super::{PeopleError, SignedIn, password};
use crate::actor::Actor;
use crate::error::OfficeError;
use crate::{Office, random};

/// The most characters of an e-mail address (RFC 5321, 4.5.3.1.3).
pub(super) const LONGEST_EMAIL: usize = 254;

pub(super) const DAY: Micros = 24 * 3600 * 1_000_000;

/// What somebody says of themselves when they come in for the first time.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Name as shown.
    pub name: String,
    /// E-mail address; an invitation has it already.
    pub email: String,
    /// The password they choose.
    pub password: String,
    /// `de` or `en`.
    pub language: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// How somebody likes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// Name as shown.
    pub name: String,
    /// `de` or `en`.
    pub language: String,
    /// IANA time zone.
    pub time_zone: String,
    /// `compact`, `normal` or `roomy`.
    pub density: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
}

/// A person with their rights, as an administrator sees them.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub user: User,
    /// Roles by backend.
    pub grants: Vec<Grant>,
    /// Teams.
    pub teams: Vec<String>,
}

fn valid_email(email: &str) -> Result<String, PeopleError> {
    let email = email.trim();
    let wrong = || PeopleError::Email(email.to_owned());
    let (user, host) = email.split_once('@').ok_or_else(wrong)?;
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    if plain(user) && plain(host) && email.chars().nth(LONGEST_EMAIL).is_none() {
        Ok(email.to_owned())
    } else {
        Err(wrong())
    }
}

fn valid_zone(zone: &str) -> Result<(), PeopleError> {
    jiff::tz::TimeZone::get(zone).map(drop).map_err(|_| PeopleError::TimeZone(zone.to_owned()))
}

impl Office {
    /// The secret of a link that makes the first administrator, while there is none. Each call
    /// makes earlier links worthless.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn setup_link(&self) -> Result<Option<String>, OfficeError> {
        if users::has_administrator(&mut self.store.read()).await? {
            return Ok(None);
        }
        self.one_time_link(Purpose::Setup, None, DAY).await.map(Some)
    }

    async fn one_time_link(
        &self,
        purpose: Purpose,
        user: Option<&str>,
        valid: Micros,
    ) -> Result<String, OfficeError> {
        let (secret, link) = self.new_link(purpose, user, valid);
        self.store.transaction(async |mut tx| give_out(&mut tx, &link).await).await?;
        Ok(secret)
    }

    /// A one-time link that is valid from now on, and its secret.
    pub(super) fn new_link(
        &self,
        purpose: Purpose,
        user: Option<&str>,
        valid: Micros,
    ) -> (String, Link) {
        let now = self.clock.micros();
        let secret = random::token();
        let link = Link {
            secret: SecretHash::of(&secret),
            purpose,
            user_id: user.map(str::to_owned),
            created: now,
            expires: now + valid,
        };
        (secret, link)
    }

    /// What a one-time link is for, and the account it belongs to.
    ///
    /// # Errors
    /// [`PeopleError::LinkSpent`], also where the account is disabled.
    pub async fn open_link(&self, secret: &str) -> Result<(Purpose, Option<User>), OfficeError> {
        let mut db = self.store.read();
        let link = links::usable(&mut db, &SecretHash::of(secret), self.clock.micros()).await?;
        let link = link.ok_or(PeopleError::LinkSpent)?;
        let user = match &link.user_id {
            Some(id) => {
                let user = users::get(&mut db, id).await?.filter(|user| !user.disabled);
                Some(user.ok_or(PeopleError::LinkSpent)?)
            }
            None => None,
        };
        Ok((link.purpose, user))
    }

    /// Uses a one-time link: makes the first administrator, or lets somebody choose a password;
    /// then signs them in.
    ///
    /// # Errors
    /// [`PeopleError`] says what to mend; the link stays valid until all is right.
    pub async fn use_link(
        &self,
        secret: &str,
        person: NewPerson,
        ip: &str,
        agent: &str,
    ) -> Result<SignedIn, OfficeError> {
        let (purpose, invited) = self.open_link(secret).await?;
        let email = match &invited {
            Some(user) => user.email.clone(),
            None => valid_email(&person.email)?,
        };
        let name = named(&person.name).map_err(PeopleError::Name)?;
        valid_zone(&person.time_zone)?;
        password::check(&person.password, &name, &email)?;
        let hash = password::hash(person.password).await?;
        let now = self.clock.micros();
        let present = invited.clone().unwrap_or_else(|| User {
            id: random::id(now),
            name: String::new(),
            email,
            password_hash: None,
            is_admin: purpose == Purpose::Setup,
            language: String::new(),
            time_zone: String::new(),
            density: "normal".into(),
            theme: "system".into(),
            disabled: false,
            created: now,
        });
        let user = User {
            name,
            language: person.language,
            time_zone: person.time_zone,
            password_hash: Some(hash.clone()),
            ..present
        };
        let key = SecretHash::of(secret);
        self.store
            .transaction(async |mut tx| {
                links::redeem(&mut tx, &key, now).await?.ok_or(PeopleError::LinkSpent)?;
                keep_apart(&mut tx, &user.name, &user.id).await?;
                if invited.is_some() {
                    if !users::join(&mut tx, &user.id, &look(&user), &hash).await? {
                        return Err(PeopleError::LinkSpent.into());
                    }
                    sessions::revoke_all(&mut tx, &user.id, None).await?;
                } else {
                    users::add(&mut tx, &user).await?;
                }
                Ok::<_, OfficeError>(())
            })
            .await
            .map_err(email_taken)?;
        self.actors.forget_all();
        let body = serde_json::json!({ "user": user.id, "name": user.name });
        self.note("person.joined", Some(&user), &user.name, &body).await?;
        self.open_session(user, ip, agent).await
    }

    /// Invites somebody: makes the account and the secret of a link that is valid for a week.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor; [`PeopleError`].
    pub async fn invite(
        &self,
        actor: &Actor,
        name: &str,
        email: &str,
        is_admin: bool,
        grants: &[Grant],
    ) -> Result<(User, String), OfficeError> {
        actor.administrator()?;
        let user =
            self.newcomer(name, email, is_admin, (&actor.user.language, &actor.user.time_zone))?;
        self.store
            .transaction(async |mut tx| add_with_rights(&mut tx, &user, grants).await)
            .await
            .map_err(email_taken)?;
        let body = serde_json::json!({ "user": user.id, "name": user.name, "email": user.email });
        self.note("person.invited", Some(&actor.user), &actor.user.name, &body).await?;
        let secret = self.one_time_link(Purpose::Invite, Some(&user.id), 7 * DAY).await?;
        Ok((user, secret))
    }

    /// Somebody who has not chosen a password yet. Language and time zone hold until they come in.
    pub(super) fn newcomer(
        &self,
        name: &str,
        email: &str,
        is_admin: bool,
        (language, time_zone): (&str, &str),
    ) -> Result<User, PeopleError> {
        let name = named(name)?;
        let now = self.clock.micros();
        Ok(User {
            id: random::id(now),
            name,
            email: valid_email(email)?,
            password_hash: None,
            is_admin,
            language: language.to_owned(),
            time_zone: time_zone.to_owned(),
            density: "normal".into(),
            theme: "system".into(),
            disabled: false,
            created: now,
        })
    }

    /// The secret of a link with which somebody chooses a new password, valid for a day. Earlier
    /// links of theirs are worth nothing then.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor; [`PeopleError::Disabled`].
    pub async fn reset_link(&self, actor: &Actor, user: &str) -> Result<String, OfficeError> {
        actor.administrator()?;
        let account = self.account(actor, user).await?;
        if account.user.disabled {
            return Err(PeopleError::Disabled.into());
        }
        let body = serde_json::json!({ "user": account.user.id });
        self.note("person.reset", Some(&actor.user), &actor.user.name, &body).await?;
        self.one_time_link(Purpose::Reset, Some(user), DAY).await
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<Account>, OfficeError> {
        actor.administrator()?;
        self.all_accounts().await
    }

    pub(super) async fn all_accounts(&self) -> Result<Vec<Account>, OfficeError> {
        let mut db = self.store.read();
        let mut accounts = Vec::new();
        for user in users::list(&mut db).await? {
            let grants = grants::of_user(&mut db, &user.id).await?;
            let teams = grants::teams_of(&mut db, &user.id).await?;
            accounts.push(Account { user, grants, teams });
        }
        Ok(accounts)
    }

    /// One account.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor; [`OfficeError::Unknown`].
    pub async fn account(&self, actor: &Actor, user: &str) -> Result<Account, OfficeError> {
        actor.administrator()?;
        account_in(&mut self.store.read(), user).await
    }

    /// Sets all that somebody may do, as [`Office::change_rights`]. Roles that are not named are
    /// withdrawn.
    ///
    /// # Errors
    /// As [`Office::change_rights`].
    pub async fn set_rights(&self, actor: &Actor, account: &Account) -> Result<(), OfficeError> {
        let Account { user: User { id, is_admin, disabled, .. }, grants, teams } = account.clone();
        let set = move |present: &mut Account| {
            present.user.is_admin = is_admin;
            present.user.disabled = disabled;
            present.grants = grants;
            present.teams = teams;
        };
        self.change_rights(actor, &id, set).await
    }

    /// Changes what somebody may do, beginning with what it is at that moment: whether they
    /// administer Kontor, whether they are disabled, their roles and teams; nothing else of them is
    /// written. A disabled person's sessions and links are worth nothing any more.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the actor administers Kontor at that moment;
    /// [`PeopleError::LastAdministrator`] when nobody would be left to administer Kontor.
    pub async fn change_rights(
        &self,
        actor: &Actor,
        id: &str,
        change: impl FnOnce(&mut Account) + Send,
    ) -> Result<(), OfficeError> {
        actor.administrator()?;
        let (before, account) = self
            .store
            .transaction(async |mut tx| {
                users::take_turn(&mut tx).await?;
                // Others may have changed the actor's own rights since they were looked up.
                let present = users::get(&mut tx, &actor.user.id).await?;
                if !present.is_some_and(|user| user.is_admin && !user.disabled) {
                    return Err(OfficeError::Denied(crate::actor::Needed::Administrator));
                }
                let before = account_in(&mut tx, id).await?;
                let mut account = before.clone();
                change(&mut account);
                write_rights(&mut tx, &before, &account).await?;
                Ok((before, account))
            })
            .await?;
        self.actors.forget_all();
        let told = |account: &Account| {
            serde_json::json!({
                "admin": account.user.is_admin, "disabled": account.user.disabled, "teams": account.teams,
                "grants": account.grants.iter().map(|g| (g.backend.clone(), kontor_store::Word::as_word(&g.role))).collect::<Vec<_>>(),
            })
        };
        let body = serde_json::json!({ "user": account.user.id, "name": account.user.name, "before": told(&before), "after": told(&account) });
        self.note("person.rights", Some(&actor.user), &actor.user.name, &body).await
    }

    /// Saves how the actor likes it.
    ///
    /// # Errors
    /// [`PeopleError`] says what to mend.
    pub async fn set_preferences(
        &self,
        actor: &Actor,
        wanted: Preferences,
    ) -> Result<(), OfficeError> {
        let name = named(&wanted.name).map_err(PeopleError::Name)?;
        valid_zone(&wanted.time_zone)?;
        one_of("language", &wanted.language, &["de", "en"])?;
        one_of("density", &wanted.density, &["compact", "normal", "roomy"])?;
        one_of("theme", &wanted.theme, &["system", "light", "dark"])?;
        let look = Look {
            name,
            language: wanted.language,
            time_zone: wanted.time_zone,
            density: wanted.density,
            theme: wanted.theme,
        };
        let id = &actor.user.id;
        self.store
            .transaction(async |mut tx| {
                keep_apart(&mut tx, &look.name, id).await?;
                users::set_look(&mut tx, id, &look).await?;
                Ok::<_, OfficeError>(())
            })
            .await?;
        self.actors.forget_all();
        Ok(())
    }

    /// Changes the actor's own password; their other sessions end.
    ///
    /// # Errors
    /// [`PeopleError::WrongPassword`] when the present one is not right.
    pub async fn change_password(
        &self,
        actor: &Actor,
        present: &str,
        new: &str,
    ) -> Result<(), OfficeError> {
        let crate::actor::Way::Session(session) = &actor.way else {
            return Err(OfficeError::Denied(crate::actor::Needed::SignIn));
        };
        if !password::matches(present.to_owned(), actor.user.password_hash.clone()).await? {
            return Err(PeopleError::WrongPassword.into());
        }
        password::check(new, &actor.user.name, &actor.user.email)?;
        let hash = password::hash(new.to_owned()).await?;
        self.store
            .transaction(async |mut tx| {
                users::set_password(&mut tx, &actor.user.id, &hash).await?;
                sessions::revoke_all(&mut tx, &actor.user.id, Some(session)).await
            })
            .await?;
        self.actors.forget_all();
        let body = serde_json::json!({ "user": actor.user.id });
        self.note("person.password", Some(&actor.user), &actor.user.name, &body).await
    }
}

async fn account_in(db: &mut impl Read, id: &str) -> Result<Account, OfficeError> {
    let unknown = || OfficeError::Unknown { what: "person", name: id.to_owned() };
    let user = users::get(db, id).await?.ok_or_else(unknown)?;
    let grants = grants::of_user(db, id).await?;
    let teams = grants::teams_of(db, id).await?;
    Ok(Account { user, grants, teams })
}

async fn write_rights(tx: &mut Tx, before: &Account, after: &Account) -> Result<(), OfficeError> {
    let User { id, is_admin, disabled, .. } = &after.user;
    if !users::set_standing(tx, id, *is_admin, *disabled).await? {
        return Err(PeopleError::LastAdministrator.into());
    }
    for old in &before.grants {
        grants::withdraw(tx, id, &old.backend).await?;
    }
    for grant in &after.grants {
        grants::set(tx, id, grant).await?;
    }
    let teams: Vec<&str> = after.teams.iter().map(String::as_str).collect();
    grants::set_teams(tx, id, &teams).await?;
    if *disabled {
        sessions::revoke_all(tx, id, None).await?;
        links::withdraw_all(tx, id).await?;
    }
    Ok(())
}

fn one_of(what: &'static str, value: &str, permitted: &[&str]) -> Result<(), OfficeError> {
    if permitted.contains(&value) {
        return Ok(());
    }
    let problem = format!("“{value}” is none of {}", permitted.join(", "));
    Err(OfficeError::Parameter { what, problem })
}

fn look(user: &User) -> Look {
    Look {
        name: user.name.clone(),
        language: user.language.clone(),
        time_zone: user.time_zone.clone(),
        density: user.density.clone(),
        theme: user.theme.clone(),
    }
}

/// Keeps a link, after which earlier ones of the same person are worth nothing.
pub(super) async fn give_out(tx: &mut Tx, link: &Link) -> Result<(), StoreError> {
    match &link.user_id {
        Some(user) => {
            for purpose in [Purpose::Invite, Purpose::Reset] {
                links::withdraw(tx, purpose, Some(user)).await?;
            }
        }
        None => drop(links::withdraw(tx, link.purpose, None).await?),
    }
    links::add(tx, link).await
}

/// Adds a person with their roles.
pub(super) async fn add_with_rights(
    tx: &mut Tx,
    user: &User,
    grants: &[Grant],
) -> Result<(), OfficeError> {
    keep_apart(tx, &user.name, &user.id).await?;
    users::add(tx, user).await?;
    for grant in grants {
        grants::set(tx, &user.id, grant).await?;
    }
    Ok(())
}

/// Lets nobody be called as somebody else is, or as Kontor itself: the audit and the timelines tell
/// people by their names. Who has been called so all along keeps the name.
async fn keep_apart(tx: &mut Tx, name: &str, own: &str) -> Result<(), OfficeError> {
    users::take_turn(tx).await?;
    let all = users::list(tx).await?;
    if all.iter().any(|user| user.id == own && user.name == name) {
        return Ok(());
    }
    let is_taken = all.iter().any(|user| user.id != own && is_same(&user.name, name));
    if is_taken || is_kontors(name) {
        return Err(PeopleError::Name(NameProblem::Taken).into());
    }
    Ok(())
}

pub(super) fn email_taken(error: OfficeError) -> OfficeError {
    match error {
        OfficeError::Store(StoreError::Duplicate { .. }) => PeopleError::EmailTaken.into(),
        other => other,
    }
}
