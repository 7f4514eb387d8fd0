//! JSON as text: kept byte for byte, so that no decimal or 64-bit integer loses a digit.

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{Result, StoreError};

/// A text that is known to be JSON.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Json(String);

impl Json {
    /// Checks a text and keeps it as it is.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where it is not JSON.
    pub fn parse(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        serde_json::from_str::<IgnoredAny>(&text).map_err(|error| invalid(&error))?;
        Ok(Self(text))
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where the value has no JSON form.
    pub fn write(value: &impl Serialize) -> Result<Self> {
        serde_json::to_string(value).map(Self).map_err(|error| invalid(&error))
    }

    /// Reads a value from the JSON.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where it has another shape.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.0).map_err(|error| invalid(&error))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn invalid(error: &serde_json::Error) -> StoreError {
    StoreError::Invalid { what: "JSON", why: error.to_string() }
}
