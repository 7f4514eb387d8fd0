//! Sending over SMTP.

use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        Error as SmtpError,
        client::{Certificate, Tls, TlsParameters},
    },
};
use reqwest::Url;

use super::{
    Mail,
    message::{address, name},
};

/// How mails are sent.
#[derive(Clone)]
pub struct MailerOptions {
    /// The server: `smtps://user:password@host` speaks TLS from the beginning,
    /// `smtp://user:password@host?tls=required` by STARTTLS, `smtp://host` not at all. It is never
    /// printed.
    pub url: String,
    /// The name of who sends.
    pub from_name: String,
    /// The address of who sends.
    pub from_address: String,
    /// Where answers go, if not there.
    pub reply_to: Option<String>,
    /// How long a mail may take from the connection to the server's word that it has it.
    pub timeout: Duration,
    /// A certificate authority to trust beside those of the system, in PEM.
    pub root_certificate: Option<String>,
}

/// Why no mail can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum UnusableMailer {
    /// The address of the server is none.
    #[error("the address of the mail server cannot be used: {0}")]
    Url(String),
    /// The password would travel in the open.
    #[error(
        "the password of the mail server would travel in the open; use smtps:// or ?tls=required"
    )]
    Insecure,
    /// The certificate is none.
    #[error("the root certificate cannot be used: {0}")]
    Certificate(String),
    /// The sender's address is none.
    #[error("the sender cannot be used: {0}")]
    Sender(String),
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The server was not reached, or asks to try again later. Nobody knows whether it has the mail;
    /// the Message-ID tells that a repetition is the same mail.
    #[error("the mail could not be sent now: {0}")]
    Retry(String),
    /// This mail will never be taken: the address does not exist, or the content is refused.
    #[error("the mail cannot be sent: {0}")]
    Fail(String),
}

/// Sends mails to one server, each over a connection of its own: one that was broken off in the middle
/// of a mail must not carry another.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    timeout: Duration,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer for the server; it connects with the first mail.
    ///
    /// # Errors
    /// [`UnusableMailer`] where the options cannot work.
    pub fn new(options: &MailerOptions) -> Result<Self, UnusableMailer> {
        let sender =
            |text: &str| address(text).map_err(|error| UnusableMailer::Sender(error.to_string()));
        let from = Mailbox::new(name(&options.from_name), sender(&options.from_address)?);
        let reply_to = options.reply_to.as_deref().map(sender).transpose()?;
        Ok(Self {
            transport: transport(options)?,
            from,
            reply_to: reply_to.map(|address| Mailbox::new(None, address)),
            timeout: options.timeout,
        })
    }

    /// Sends a mail and returns when the server has it.
    ///
    /// # Errors
    /// [`MailError::Retry`] where it is worth trying again, [`MailError::Fail`] where it is not.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = mail.message(&self.from, self.reply_to.as_ref())?;
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(judge(&error)),
            Err(_) => Err(MailError::Retry(format!("no answer within {:?}", self.timeout))),
        }
    }
}

fn transport(
    options: &MailerOptions,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, UnusableMailer> {
    let unusable = |error: &dyn fmt::Display| UnusableMailer::Url(error.to_string());
    let url = Url::parse(&options.url).map_err(|error| unusable(&error))?;
    let host = url.host_str().ok_or_else(|| unusable(&"it names no host"))?;
    let requires_tls = url.query_pairs().any(|(key, value)| key == "tls" && value == "required");
    let is_here = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    if url.password().is_some() && url.scheme() != "smtps" && !requires_tls && !is_here {
        return Err(UnusableMailer::Insecure);
    }
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&options.url)
        .map_err(|error| unusable(&error))?
        .timeout(Some(options.timeout));
    if let Some(pem) = &options.root_certificate {
        let untrusted = |error: SmtpError| UnusableMailer::Certificate(error.to_string());
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(untrusted)?;
        let parameters = TlsParameters::builder(host.to_owned())
            .add_root_certificate(certificate)
            .build()
            .map_err(untrusted)?;
        if url.scheme() == "smtps" {
            builder = builder.tls(Tls::Wrapper(parameters));
        } else if requires_tls {
            builder = builder.tls(Tls::Required(parameters));
        }
    }
    Ok(builder.build())
}

/// Whether it is worth trying again. A refused password is: somebody will correct it, and the mail is
/// not to blame (RFC 4954: 530, 534, 535, 538).
fn judge(error: &SmtpError) -> MailError {
    let code = error.status().map(u16::from);
    let is_about_us = matches!(code, Some(530 | 534 | 535 | 538));
    if error.is_permanent() && !is_about_us {
        MailError::Fail(error.to_string())
    } else {
        MailError::Retry(error.to_string())
    }
}
