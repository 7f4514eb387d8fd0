//! Whether a webhook comes from the provider, and now.
//!
//! The header `Signature: t=1732270000,v1=5257a8…` has the second in which the message was signed and
//! the HMAC-SHA-256, in hexadecimal digits, of that number, a full stop and the body. While a provider
//! changes its secret there are several `v1`; one of them must be right.

use std::{fmt, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::protocol::Event;

/// How far the second of a signature may be from now, in either direction.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// What the provider and the shop both know. It is never printed.
#[derive(Clone)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// A secret as the provider gave it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(…)")
    }
}

/// Why a webhook is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// There is no signature, or it is not written as one.
    #[error("the webhook has no signature that can be read")]
    Unsigned,
    /// The signature is not of this body and secret.
    #[error("the webhook's signature is wrong")]
    Forged,
    /// It was signed more than [`TOLERANCE`] ago, or that far in the future.
    #[error("the webhook was signed too long ago, or in the future")]
    Stale,
    /// It is signed, and not an event.
    #[error("the webhook is not an event: {0}")]
    Malformed(String),
}

/// The event of a webhook, if the provider sent it.
///
/// # Errors
/// [`WebhookError`] says why it is not believed.
pub fn verify(
    secret: &WebhookSecret,
    signature: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Event, WebhookError> {
    let mut signed_at = None;
    let mut found = Vec::new();
    for part in signature.split(',') {
        match part.trim().split_once('=') {
            Some(("t", seconds)) => signed_at = seconds.parse::<i64>().ok(),
            Some(("v1", digits)) => found.push(digits),
            _ => {}
        }
    }
    let signed_at = signed_at.ok_or(WebhookError::Unsigned)?;
    if found.is_empty() {
        return Err(WebhookError::Unsigned);
    }
    let expected = hexadecimal_mac(secret, signed_at, body);
    // Every candidate is compared in full, so that time tells nothing.
    let matches = found.iter().fold(subtle::Choice::from(0), |any, digits| {
        any | digits.as_bytes().ct_eq(expected.as_bytes())
    });
    if !bool::from(matches) {
        return Err(WebhookError::Forged);
    }
    if now.as_second().abs_diff(signed_at) > TOLERANCE.as_secs() {
        return Err(WebhookError::Stale);
    }
    serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))
}

/// The value of the header `Signature` for a body that is signed now.
pub fn sign(secret: &WebhookSecret, body: &[u8], now: Timestamp) -> String {
    let second = now.as_second();
    format!("t={second},v1={}", hexadecimal_mac(secret, second, body))
}

fn hexadecimal_mac(secret: &WebhookSecret, second: i64, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(second.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{WebhookError, WebhookSecret, sign, verify};

    const BODY: &[u8] = br#"{"id":"evt_1","type":"captured","payment_id":"pay_1",
        "payment_reference":"order-1","reference":"capture-1","amount":1250,"currency":"EUR",
        "occurred_at":1}"#;

    fn secret() -> WebhookSecret {
        WebhookSecret::new("one that nobody knows")
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    #[test]
    fn a_signed_event_is_believed() {
        let event = verify(&secret(), &sign(&secret(), BODY, now()), BODY, now()).unwrap();
        assert_eq!((event.id.as_str(), event.amount), ("evt_1", 1250));
    }

    #[test]
    fn another_body_another_second_and_another_secret_are_forgeries() {
        let signature = sign(&secret(), BODY, now());
        let other = String::from_utf8_lossy(BODY).replace("1250", "9250");
        let later = signature.replace("t=1800000000", "t=1800000001");
        let forged = sign(&WebhookSecret::new("guessed"), BODY, now());
        for (signature, body) in
            [(signature.as_str(), other.as_bytes()), (&later, BODY), (&forged, BODY)]
        {
            assert_eq!(verify(&secret(), signature, body, now()), Err(WebhookError::Forged));
        }
    }

    #[test]
    fn what_was_signed_five_minutes_ago_is_believed_and_a_second_more_is_not() {
        let signature = sign(&secret(), BODY, now());
        for (seconds, is_fresh) in [(300, true), (301, false), (-300, true), (-301, false)] {
            let then = now() + SignedDuration::from_secs(seconds);
            let verified = verify(&secret(), &signature, BODY, then);
            assert_eq!(verified.is_ok(), is_fresh, "{seconds}: {verified:?}");
        }
    }

    #[test]
    fn one_right_signature_of_several_is_enough() {
        let right = sign(&secret(), BODY, now());
        let (second, digits) = right.split_once(',').unwrap();
        let both = format!("{second},v1=00ff,{digits}");
        assert!(verify(&secret(), &both, BODY, now()).is_ok());
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        for signature in ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v0=00", "🙂"] {
            let verified = verify(&secret(), signature, BODY, now());
            assert_eq!(verified, Err(WebhookError::Unsigned), "{signature}");
        }
    }

    #[test]
    fn the_secret_is_never_printed() {
        assert!(!format!("{:?}", secret()).contains("nobody"));
    }
}
