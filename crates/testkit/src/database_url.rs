//! Where a test database is.

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    ops::Deref,
};

/// The URL of one database of a test server, as sqlx and Kontor read it, for example
/// `postgres://postgres@127.0.0.1:41231/kontor_5b1c2f0a9d3e4f67`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes a complete URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the database: what stands after the last `/`, without parameters.
    #[must_use]
    pub fn database(&self) -> &str {
        let path = self.0.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Deref for DatabaseUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for DatabaseUrl {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A database name that no other test of the run has, safe to use without quotes.
pub(crate) fn unique_name() -> String {
    // RandomState is seeded by the operating system: unique between processes, without a dependency.
    format!("kontor_{:016x}", RandomState::new().build_hasher().finish())
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, unique_name};

    #[test]
    fn a_url_tells_its_database() {
        assert_eq!(
            DatabaseUrl::new("mysql://a:b@127.0.0.1:1/shop?ssl-mode=DISABLED").database(),
            "shop"
        );
    }

    #[test]
    fn two_names_differ() {
        assert_ne!(unique_name(), unique_name());
    }
}
