//! Who the service talks to: payment providers and a mail server. Secrets never stand on the command line, where
//! everybody can read them: they come from files or from the environment.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use clap::Args;

use crate::{
    cashier::{Till, Tills},
    error::Error,
    mail::{Mailer, MailerOptions},
    outbox::MailServer,
    payments::{HttpProvider, HttpProviderOptions, WebhookSecret},
};

/// How long a provider may take to be reached, and to answer.
const PROVIDER: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(20));
/// How long the mail server may take for one mail.
const MAIL: Duration = Duration::from_secs(60);

/// Connections to the outside.
#[derive(Args)]
pub(super) struct Outside {
    /// A payment provider: name=https://…; may be given several times. Its API key is the first line of the file
    /// <name>.key in the folder --secrets, the secret of its webhooks that of <name>.webhook
    #[arg(long = "provider", value_name = "NAME=URL")]
    providers: Vec<Named>,
    /// The folder with the secrets of providers
    #[arg(long, env = "ORDER_INSPECT_SECRETS", default_value = "secrets")]
    secrets: PathBuf,
    /// The server that takes mails: smtps://user:password@host, or smtp://…?tls=required; nothing is sent without it
    #[arg(long, env = "ORDER_INSPECT_SMTP", hide_env_values = true)]
    smtp: Option<String>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Outside")
            .field("providers", &self.providers)
            .finish_non_exhaustive()
    }
}

/// A provider as the command line names it.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    url: reqwest::Url,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, url) = text.split_once('=').ok_or("write it as name=https://…")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if name.is_empty() || name == "manual" || !name.chars().all(plain) {
            return Err(format!("“{name}” is no name: take letters, digits, “-” and “_”"));
        }
        let url = url.parse().map_err(|error| format!("“{url}” is no address: {error}"))?;
        Ok(Self { name: name.to_owned(), url })
    }
}

/// The providers that were named.
pub(super) fn tills(outside: &Outside) -> crate::Result<Tills> {
    let tills = outside.providers.iter().map(|named| till(outside, named));
    Ok(Tills::new(tills.collect::<crate::Result<Vec<_>>>()?))
}

fn till(outside: &Outside, named: &Named) -> crate::Result<Till> {
    let secret = |kind: &str| {
        let path = outside.secrets.join(format!("{}.{kind}", named.name));
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::Broken(format!("{}: {error}", path.display())))?;
        match text.lines().next().map(str::trim) {
            Some(line) if !line.is_empty() => Ok(line.to_owned()),
            _ => Err(Error::Broken(format!("{} is empty", path.display()))),
        }
    };
    let options = HttpProviderOptions {
        name: named.name.clone(),
        base_url: named.url.clone(),
        api_key: secret("key")?,
        connect_timeout: PROVIDER.0,
        timeout: PROVIDER.1,
    };
    let provider = HttpProvider::new(options).map_err(|error| Error::Broken(error.to_string()))?;
    let webhook_secret = Some(WebhookSecret::new(secret("webhook")?));
    Ok(Till { provider: Arc::new(provider), webhook_secret })
}

/// The mail server, after a look at whether it can be used at all.
pub(super) fn mail_server(outside: &Outside) -> crate::Result<Option<MailServer>> {
    let Some(url) = outside.smtp.clone() else { return Ok(None) };
    let tried = MailerOptions {
        url: url.clone(),
        from_name: String::new(),
        from_address: "nobody@localhost.localdomain".to_owned(),
        reply_to: None,
        timeout: MAIL,
        root_certificate: None,
    };
    Mailer::new(&tried).map_err(|error| Error::Broken(error.to_string()))?;
    Ok(Some(MailServer { url, timeout: MAIL }))
}
