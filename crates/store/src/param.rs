//! Values bound to placeholders.

use crate::{Json, SecretHash};

/// A value for a placeholder. A null has a type too: PostgreSQL wants to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A whole number, an instant, or a yes (1) or no (0); `None` is null.
    Int(Option<i64>),
    /// A text; `None` is null.
    Text(Option<String>),
}

/// Makes the `Vec<Param>` of a statement: `params![id, now, None::<i64>]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Param::from($value)),*] };
}
pub(crate) use params;

impl From<i64> for Param {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u32> for Param {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<bool> for Param {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<Option<i64>> for Param {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Param {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Param {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&String> for Param {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<Option<&str>> for Param {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Option<String>> for Param {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<&Option<String>> for Param {
    fn from(value: &Option<String>) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&Json> for Param {
    fn from(value: &Json) -> Self {
        Self::from(value.as_str())
    }
}

impl From<Option<&Json>> for Param {
    fn from(value: Option<&Json>) -> Self {
        Self::from(value.map(Json::as_str))
    }
}

impl From<&SecretHash> for Param {
    fn from(value: &SecretHash) -> Self {
        Self::from(value.as_str())
    }
}
