//! Names of backends and resources.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name that a person gave cannot be used; says which rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{name}” is not a backend name: {rule}")]
pub struct InvalidName {
    /// What was given.
    pub name: String,
    /// The rule it breaks, as half a sentence.
    pub rule: &'static str,
}

/// The short name of a backend: 1 to 40 of `a–z`, `0–9` and `-`, beginning with a letter. It is
/// the stem of the manifest's file and a segment of every address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct BackendName(String);

impl BackendName {
    /// Checks and wraps a name.
    ///
    /// # Errors
    /// [`InvalidName`] with the rule that is broken.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = name.into();
        let rule = if name.is_empty() || name.len() > 40 {
            Some("it must have 1 to 40 characters")
        } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            Some("it must begin with a letter a–z")
        } else if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            Some("only a–z, 0–9 and - are allowed")
        } else {
            None
        };
        match rule {
            Some(rule) => Err(InvalidName { name, rule }),
            None => Ok(Self(name)),
        }
    }

    /// The nearest valid name to a free text such as a database's name; `None` when nothing of it
    /// can be used.
    #[must_use]
    pub fn from_free_text(text: &str) -> Option<Self> {
        let mut name = String::new();
        for c in text.chars() {
            let c = c.to_ascii_lowercase();
            if c.is_ascii_lowercase() || (c.is_ascii_digit() && !name.is_empty()) {
                name.push(c);
            } else if !name.is_empty() && !name.ends_with('-') {
                name.push('-');
            }
        }
        name.truncate(40);
        Self::new(name.trim_end_matches('-')).ok()
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BackendName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The name of a resource inside its backend: the table's own name, preceded by `schema.` where
/// it does not live in the backend's default schema. Any characters that a database allows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceName(String);

impl ResourceName {
    /// Wraps a name as the database gives it.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name of a table in a schema; the default schema is left out.
    #[must_use]
    pub fn of_table(schema: Option<&str>, table: &str) -> Self {
        match schema {
            Some(schema) => Self(format!("{schema}.{table}")),
            None => Self(table.to_owned()),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ResourceName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backend_name_is_short_and_plain() {
        assert!(BackendName::new("orders-2").is_ok());
        for bad in ["", "Orders", "2orders", "or ders", "ördern", &"a".repeat(41)] {
            assert!(BackendName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_free_text_becomes_a_backend_name() {
        let name = |text| BackendName::from_free_text(text).map(|n| n.to_string());
        assert_eq!(name("My Shop_DB.v2"), Some("my-shop-db-v2".into()));
        assert_eq!(name("2024"), None);
    }
}
