//! How a shop's key shows that its visitor is whom something belongs to.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{address::plain_email, error::Refusal, refuse};

/// The e-mail address of the visitor for whom a shop asks. A header, because addresses do not belong into logs.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
pub struct CustomerEmail {
    /// The e-mail address of the visitor: a key with no other scope than `shop` has to name it.
    #[param(
        rename = "Customer-Email",
        required = false,
        max_length = 254,
        example = "erika@example.org"
    )]
    email: Option<String>,
}

impl CustomerEmail {
    /// The address, if one was named.
    pub fn named(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether it is this address.
    pub fn is(&self, address: &str) -> bool {
        self.named().is_some_and(|it| plain_email(it) == plain_email(address))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CustomerEmail {
    type Rejection = crate::error::Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> crate::Result<Self> {
        let Some(value) = parts.headers.get("customer-email") else {
            return Ok(Self { email: None });
        };
        match value.to_str() {
            Ok(email) if email.len() <= 254 => Ok(Self { email: Some(email.to_owned()) }),
            _ => refuse!(Refusal::new(
                400,
                "invalid_parameter",
                "Customer-Email is an e-mail address of at most 254 characters."
            )),
        }
    }
}
