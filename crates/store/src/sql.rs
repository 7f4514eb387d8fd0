//! The text of a statement.

use std::borrow::Cow;

/// A statement's text with placeholders `$1…`. Only literals become one outside this crate, so no
/// value can slip into the text.
#[derive(Debug, Clone)]
pub struct Sql(Cow<'static, str>);

impl Sql {
    /// A text put together at run time; of literals and placeholders only, never of values.
    pub(crate) fn built(text: String) -> Self {
        Self(Cow::Owned(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The first table that the text names, for messages.
    pub(crate) fn table(&self) -> &str {
        let mut words = self.as_str().split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.find(|word| word.starts_with("kontor_")).unwrap_or("?")
    }

    pub(crate) fn into_driver(self) -> sqlx::SqlStr {
        match self.0 {
            Cow::Borrowed(text) => sqlx::SqlStr::from_static(text),
            // Checked by construction: `built` is private to the crate and given literals only.
            Cow::Owned(text) => sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(text)),
        }
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}
