//! A mail as it goes over the wire.

use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

use super::{Content, MailError};

/// A mail to one customer.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The id of the outbox event that it is sent for. The Message-ID follows from it.
    pub event_id: String,
    /// When that event happened: the date of the mail, however often it is sent.
    pub occurred_at: Timestamp,
    /// The name of whom it is for.
    pub to_name: String,
    /// The address of whom it is for.
    pub to_address: String,
    /// What it says.
    pub content: Content,
    /// Files, such as an invoice.
    pub attachments: Vec<Attachment>,
}

/// A file in a mail.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The file's name.
    pub name: String,
    /// The file's type: `application/pdf`.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Mail {
    /// The mail as a message. Nothing in it depends on when or where that is done.
    pub(super) fn message(
        &self,
        from: &Mailbox,
        reply_to: Option<&Mailbox>,
    ) -> Result<Message, MailError> {
        let to = Mailbox::new(name(&self.to_name), address(&self.to_address)?);
        let digest = self.digest();
        let mut builder = Message::builder()
            .from(from.clone())
            .to(to)
            .date(self.occurred_at.into())
            .message_id(Some(format!("<{digest}@{}>", from.email.domain())))
            .subject(one_line(&self.content.subject))
            // So that nobody's holiday reply answers it (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let unusable = |error: &dyn std::error::Error| MailError::Fail(error.to_string());
        let alternative = MultiPart::alternative()
            .boundary(format!("alternative-{digest}"))
            .singlepart(SinglePart::plain(self.content.text.clone()))
            .singlepart(SinglePart::html(self.content.html.clone()));
        if self.attachments.is_empty() {
            return builder.multipart(alternative).map_err(|error| unusable(&error));
        }
        let mut mixed =
            MultiPart::mixed().boundary(format!("mixed-{digest}")).multipart(alternative);
        for attachment in &self.attachments {
            let content_type =
                ContentType::parse(&attachment.content_type).map_err(|error| unusable(&error))?;
            let part = lettre::message::Attachment::new(one_line(&attachment.name))
                .body(attachment.bytes.clone(), content_type);
            mixed = mixed.singlepart(part);
        }
        builder.multipart(mixed).map_err(|error| unusable(&error))
    }

    /// 32 hexadecimal digits that follow from the event's id alone.
    fn digest(&self) -> String {
        let digest = Sha256::digest(self.event_id.as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A name beside an address; none where it would be empty.
pub(super) fn name(text: &str) -> Option<String> {
    Some(one_line(text)).filter(|name| !name.is_empty())
}

/// An address that mail can be sent to: `name@host` in ASCII, with nothing around it.
pub(super) fn address(text: &str) -> Result<Address, MailError> {
    let refused = |why: &str| MailError::Fail(format!("the address {text:?} {why}"));
    if !text.is_ascii() {
        return Err(refused("is not ASCII, which many servers do not take"));
    }
    text.parse().map_err(|_| refused("is none"))
}

/// The text without line breaks and other control characters, so that it cannot begin another header.
fn one_line(text: &str) -> String {
    let visible = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().map(visible).collect::<String>().trim().to_owned()
}
