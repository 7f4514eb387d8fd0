//! `kontor user`: people, without signing in. It works beside a running office and without one.

use std::io::Write;
use std::sync::Arc;

use kontor_office::{
    Account, EVERY_BACKEND, Grant, OfficeError, Operator, PeopleError, Role as BackendRole,
    Word as _,
};

use super::text_table::{Align, TextTable};
use crate::command_line::{InviteOptions, Verdict};
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::Installation;

/// Lists the people.
///
/// # Errors
/// [`CommandError`] when the store is not there or cannot be read.
pub(crate) async fn list(
    configuration: &Configuration,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let Installation { office, store, .. } = Installation::open_existing(configuration).await?;
    let accounts = Operator::of(office).accounts().await;
    store.close().await;
    let accounts = accounts?;
    if accounts.is_empty() {
        writeln!(
            out,
            "There is nobody yet; `kontor serve` prints a link for the first administrator."
        )?;
    } else {
        let mut table = TextTable::new([
            ("e-mail", Align::Left),
            ("name", Align::Left),
            ("may", Align::Left),
            ("state", Align::Left),
        ]);
        for account in &accounts {
            let Account { user, .. } = account;
            table.push([user.email.clone(), user.name.clone(), rights(account), state(account)]);
        }
        table.write(out)?;
    }
    out.flush()?;
    Ok(Verdict::Well)
}

fn rights(account: &Account) -> String {
    if account.user.is_admin {
        return "administer Kontor".to_owned();
    }
    if account.grants.is_empty() {
        return "nothing".to_owned();
    }
    let grants = account.grants.iter();
    let grants: Vec<_> =
        grants.map(|grant| format!("{}={}", grant.backend, grant.role.as_word())).collect();
    grants.join(" ")
}

fn state(account: &Account) -> String {
    match (account.user.disabled, &account.user.password_hash) {
        (true, _) => "disabled",
        (false, None) => "invited",
        (false, Some(_)) => "active",
    }
    .to_owned()
}

/// Prints a link with which somebody chooses a new password.
///
/// # Errors
/// [`CommandError`] when nobody has the e-mail address, or the store cannot be written.
pub(crate) async fn reset_link(
    configuration: &Configuration,
    email: &str,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let public = public(configuration)?;
    let Installation { office, store, .. } = Installation::open_existing(configuration).await?;
    let operator = Operator::of(Arc::clone(&office));
    let made = match operator.reset_link(email).await {
        Ok(made) => Ok(made),
        Err(error) => Err(explained(error, email, &operator).await),
    };
    store.close().await;
    let (user, secret) = made?;
    writeln!(
        out,
        "Once, within 24 hours, {} ({}) can choose a new password here; their sessions end then, \
         and earlier links are worth nothing any more:",
        user.name, user.email
    )?;
    writeln!(out, "{public}/welcome/{secret}")?;
    out.flush()?;
    Ok(Verdict::Well)
}

/// Invites somebody and prints their link.
///
/// # Errors
/// [`CommandError`] when the e-mail address is taken or is none, a backend is not there, or the
/// store cannot be written.
pub(crate) async fn invite(
    configuration: &Configuration,
    options: &InviteOptions,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let public = public(configuration)?;
    check_backends(configuration, &options.roles)?;
    let InviteOptions { email, name, administrator, roles, .. } = options;
    let Installation { office, store, .. } = Installation::open_existing(configuration).await?;
    let operator = Operator::of(office);
    let invited = match operator.invite(name, email, *administrator, roles).await {
        Ok(invited) => Ok(invited),
        Err(error) => Err(explained(error, email, &operator).await),
    };
    store.close().await;
    let (user, secret) = invited?;
    writeln!(
        out,
        "Once, within 7 days, {} ({}) can choose a password and come in here:",
        user.name, user.email
    )?;
    writeln!(out, "{public}/welcome/{secret}")?;
    if !administrator && roles.is_empty() {
        writeln!(
            out,
            "They may see nothing until an administrator gives them a role; --role <backend>=reader \
             would have given one."
        )?;
    }
    out.flush()?;
    Ok(Verdict::Well)
}

/// With what the link begins. The port of an office that takes any free one is known to it alone.
fn public(configuration: &Configuration) -> Result<String, CommandError> {
    if configuration.listen.port() == 0 && configuration.trusted_origins.is_empty() {
        return Err(CommandError::Usage(
            "the office listens at any free port, so that its address is not known here; say it with \
             --listen, as the running office has printed it"
                .to_owned(),
        ));
    }
    Ok(configuration.public(configuration.listen))
}

/// Reads `shop=editor`.
///
/// # Errors
/// What is wrong with it, for the command line.
pub(crate) fn grant(text: &str) -> Result<Grant, String> {
    let (backend, role) = text
        .split_once('=')
        .filter(|(backend, _)| !backend.is_empty())
        .ok_or_else(|| "write <backend>=<role>, such as shop=editor".to_owned())?;
    let role = BackendRole::from_word(role)
        .ok_or_else(|| format!("“{role}” is no role; there are: reader, editor, administrator"))?;
    Ok(Grant { backend: backend.to_owned(), role })
}

/// A role on a backend that does not exist would be given to whoever connects one of that name.
fn check_backends(configuration: &Configuration, roles: &[Grant]) -> Result<(), CommandError> {
    let names = backends(configuration);
    let is_there =
        |grant: &&Grant| grant.backend == EVERY_BACKEND || names.contains(&grant.backend);
    let Some(grant) = roles.iter().find(|grant| !is_there(grant)) else { return Ok(()) };
    let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(CommandError::Usage(format!(
        "no manifest registers a backend “{}”; there are: {there}",
        grant.backend
    )))
}

/// The names of all manifests, also of those that are not in force at the moment.
fn backends(configuration: &Configuration) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(&configuration.manifests) else { return Vec::new() };
    let files = files.flatten().map(|file| file.path());
    let manifests = files.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let mut names: Vec<String> =
        manifests.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}

/// Adds what to do to what happened.
async fn explained(error: OfficeError, email: &str, operator: &Operator) -> CommandError {
    let advice = match &error {
        OfficeError::Unknown { .. } => match operator.accounts().await {
            Ok(accounts) => meant(email, &accounts),
            Err(error) => return error.into(),
        },
        OfficeError::People(PeopleError::EmailTaken) => {
            format!("`kontor user reset-link {}` lets them choose a new password", email.trim())
        }
        _ => return error.into(),
    };
    CommandError::Usage(match error {
        OfficeError::Unknown { .. } => {
            format!("nobody has the e-mail address “{}”; {advice}", email.trim())
        }
        other => format!("{other}; {advice}"),
    })
}

/// Whom somebody probably meant.
fn meant(email: &str, accounts: &[Account]) -> String {
    let email = email.trim().to_lowercase();
    let emails = accounts.iter().map(|account| account.user.email.as_str());
    let nearest = emails
        .map(|other| (strsim::damerau_levenshtein(&email, &other.to_lowercase()), other))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (email.chars().count() / 3).max(1));
    nearest.map_or_else(
        || "`kontor user list` shows who is there".to_owned(),
        |(_, other)| format!("did you mean “{other}”?"),
    )
}

#[cfg(test)]
mod tests {
    use super::grant;

    #[test]
    fn a_role_is_a_backend_and_a_word() {
        assert_eq!(grant("shop=editor").map(|grant| grant.backend).as_deref(), Ok("shop"));
        assert!(grant("*=reader").is_ok());
        assert!(grant("shop").unwrap_err().contains("shop=editor"));
        assert!(grant("=reader").is_err());
        assert!(grant("shop=boss").unwrap_err().contains("reader, editor, administrator"));
    }
}
