//! Values that go into a statement and come out of a row, the same for both engines.

use super::DbError;
use crate::moment::Moment;

/// One value of a parameter or a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A whole number; also amounts (minor units), moments (microseconds) and, on SQLite, booleans.
    Int(i64),
    /// A boolean.
    Bool(bool),
    /// Text, also JSON documents.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A list of numbers, for `= ANY($1)`.
    Ints(Vec<i64>),
    /// A list of texts, for `= ANY($1)`.
    Texts(Vec<String>),
}

impl Value {
    /// What kind of value this is, for error messages.
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
            Self::Ints(_) | Self::Texts(_) => "a list",
        }
    }
}

macro_rules! into_value {
    ($($type:ty => |$it:ident| $value:expr),+ $(,)?) => {
        $(impl From<$type> for Value {
            fn from($it: $type) -> Self { $value }
        })+
    };
}

into_value! {
    i64 => |it| Self::Int(it),
    i32 => |it| Self::Int(i64::from(it)),
    u32 => |it| Self::Int(i64::from(it)),
    u16 => |it| Self::Int(i64::from(it)),
    bool => |it| Self::Bool(it),
    &str => |it| Self::Text(it.to_owned()),
    String => |it| Self::Text(it),
    &String => |it| Self::Text(it.clone()),
    Vec<u8> => |it| Self::Blob(it),
    &[u8] => |it| Self::Blob(it.to_vec()),
    Vec<i64> => |it| Self::Ints(it),
    &[i64] => |it| Self::Ints(it.to_vec()),
    Vec<String> => |it| Self::Texts(it),
    Moment => |it| Self::Int(it.0),
    &serde_json::Value => |it| Self::Text(it.to_string()),
    serde_json::Value => |it| Self::Text(it.to_string()),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// The value, or what it was instead.
    fn from_value(value: &Value) -> Result<Self, &'static str>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Int(it) => Ok(*it),
            other => Err(other.kind()),
        }
    }
}

impl FromValue for i32 {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        i64::from_value(value)?.try_into().map_err(|_| "a number too large for 32 bits")
    }
}

impl FromValue for u32 {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        i64::from_value(value)?.try_into().map_err(|_| "a number outside of 0 to 2^32")
    }
}

impl FromValue for u16 {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        i64::from_value(value)?.try_into().map_err(|_| "a number outside of 0 to 65,535")
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Bool(it) => Ok(*it),
            Value::Int(it) => Ok(*it != 0),
            other => Err(other.kind()),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Text(it) => Ok(it.clone()),
            other => Err(other.kind()),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Blob(it) => Ok(it.clone()),
            other => Err(other.kind()),
        }
    }
}

impl FromValue for Moment {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        i64::from_value(value).map(Self)
    }
}

impl FromValue for serde_json::Value {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Text(it) => serde_json::from_str(it).map_err(|_| "text that is not JSON"),
            other => Err(other.kind()),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}

/// One row of an answer. Columns are read by their name.
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) columns: std::sync::Arc<[String]>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The column of this name. An inconsistency between text and type names the column.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T, DbError> {
        let at = self.columns.iter().position(|name| name == column);
        let value = at.and_then(|at| self.values.get(at)).ok_or_else(|| DbError::Column {
            column: column.to_owned(),
            found: "no such column",
        })?;
        T::from_value(value).map_err(|found| DbError::Column { column: column.to_owned(), found })
    }

    /// A JSON document that was stored as text.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, DbError> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text)
            .map_err(|error| DbError::Json { column: column.to_owned(), error })
    }

    /// A text that follows a rule, such as a code or the name of a kind: it is read as JSON reads it.
    pub fn word<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, DbError> {
        let text: String = self.get(column)?;
        serde_json::from_value(serde_json::Value::String(text))
            .map_err(|error| DbError::Json { column: column.to_owned(), error })
    }

    /// The same where it may be missing.
    pub fn maybe_word<T: serde::de::DeserializeOwned>(
        &self,
        column: &str,
    ) -> Result<Option<T>, DbError> {
        match self.get::<Option<String>>(column)? {
            Some(_) => self.word(column).map(Some),
            None => Ok(None),
        }
    }

    /// A JSON document that may be missing.
    pub fn maybe_json<T: serde::de::DeserializeOwned>(
        &self,
        column: &str,
    ) -> Result<Option<T>, DbError> {
        match self.get::<Option<String>>(column)? {
            Some(_) => self.json(column).map(Some),
            None => Ok(None),
        }
    }
}

/// The parameters of a statement: `args![id, name]` stands for `$1`, `$2`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::db::Value::from($value)),*]
    };
}
