//! What the three engines say differently: how a column is read, ordered and compared so that
//! nothing of its value is lost.

use super::Dialect;
use kontor_model::query::BRIEF_CHARACTERS;
use kontor_model::{ColumnMode, Engine, Field, FieldType, Value};

use super::{Bind, Take, Writer, plain_bind};
use crate::Of;

/// The greatest length of a text column that a list reads as it is.
const SHORT_TEXT: u32 = 240;

/// MySQL orders long texts and byte strings by their beginning only (`max_sort_length` is 1,024
/// bytes), and compares all of them: a list would lose records. So both look at so many characters.
const MYSQL_SORTED_CHARACTERS: usize = 200;

impl Writer<'_> {
    /// The expression that reads a field, and what to make of what comes.
    pub(super) fn read(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        match self.dialect {
            Dialect::Postgres => self.read_postgres(alias, field, mode),
            Dialect::Mysql => self.read_mysql(alias, field, mode),
            Dialect::Sqlite => self.read_sqlite(alias, field, mode),
        }
    }

    fn read_postgres(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        let brief = mode == ColumnMode::Brief;
        if brief && field.ty == FieldType::Bytes {
            self.push("octet_length(").column(alias, &field.name).push(")");
            return Take::Size;
        }
        if brief && may_be_long(&field.ty) {
            self.push("left(").column(alias, &field.name).push("::text,");
            self.push(&(BRIEF_CHARACTERS + 1).to_string()).push(")");
            return Take::Brief;
        }
        self.column(alias, &field.name);
        if !postgres_sends_exactly(field) {
            self.push("::text");
        }
        Take::Whole
    }

    pub(super) fn read_mysql(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        let brief = mode == ColumnMode::Brief;
        match &field.ty {
            FieldType::Bytes if brief => {
                self.push("LENGTH(").column(alias, &field.name).push(")");
                return Take::Size;
            }
            ty if brief && may_be_long(ty) && *ty != FieldType::Other => {
                self.push("LEFT(").column(alias, &field.name);
                self.push(&format!(",{})", BRIEF_CHARACTERS + 1));
                return Take::Brief;
            }
            FieldType::Bits => self.mysql_bits(alias, field),
            FieldType::Other if is_geometry(field) => {
                self.push("ST_AsText(").column(alias, &field.name).push(")");
            }
            FieldType::Date
            | FieldType::DateTime
            | FieldType::Instant
            | FieldType::Time { .. }
            | FieldType::Uuid
            | FieldType::Network
            | FieldType::Json { .. }
            | FieldType::Other => {
                self.push("CAST(").column(alias, &field.name).push(" AS CHAR)");
            }
            _ => {
                self.column(alias, &field.name);
            }
        }
        Take::Whole
    }

    fn mysql_bits(&mut self, alias: &str, field: &Field) {
        let width = field.native.trim_start_matches(|c: char| !c.is_ascii_digit());
        let width = width.trim_end_matches(|c: char| !c.is_ascii_digit());
        self.push("LPAD(BIN(").column(alias, &field.name).push("+0),");
        self.push(if width.is_empty() { "1" } else { width }).push(",'0')");
    }

    /// SQLite's values have the type they were stored with, whatever the column says. In a list
    /// comes a byte string's length, written as bytes, and a text's beginning in bytes, since
    /// `substr` of a text ends at a zero character (and that of an empty byte string is `NULL`).
    fn read_sqlite(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        let always_short =
            matches!(field.ty, FieldType::Int { .. } | FieldType::Bool | FieldType::Float { .. });
        if mode == ColumnMode::Whole || always_short {
            self.column(alias, &field.name);
            return Take::Whole;
        }
        let column = |w: &mut Self| {
            w.column(alias, &field.name);
        };
        self.push("CASE typeof(");
        column(self);
        self.push(") WHEN 'blob' THEN CAST(length(");
        column(self);
        self.push(") AS BLOB) WHEN 'text' THEN coalesce(CAST(substr(CAST(");
        column(self);
        self.push(&format!(" AS BLOB),1,{BRIEF_BYTES}) AS TEXT),'') ELSE "));
        column(self);
        self.push(" END");
        Take::Brief
    }

    /// The expression by which a field is ordered and placed.
    pub(super) fn sort_key(&mut self, alias: &str, field: &Field) {
        match (self.dialect, &field.ty) {
            // MySQL orders these by their number and compares them by their text.
            (Dialect::Mysql, FieldType::Enum { .. } | FieldType::Set { .. }) => {
                self.push("CAST(").column(alias, &field.name).push(" AS CHAR)");
            }
            (Dialect::Mysql, FieldType::Bits) => self.mysql_bits(alias, field),
            (Dialect::Mysql, _) if is_sorted_by_beginning(field) => {
                self.push("LEFT(").column(alias, &field.name);
                self.push(&format!(",{MYSQL_SORTED_CHARACTERS})"));
            }
            _ => {
                self.column(alias, &field.name);
            }
        }
    }

    /// The expression that equality with a value asks about: the column itself, which its index
    /// serves, wherever that can be.
    pub(super) fn equal_key(&mut self, alias: &str, field: &Field, value: &Value) {
        match (self.dialect, &field.ty, value) {
            (Dialect::Mysql, FieldType::Bits, _) => self.mysql_bits(alias, field),
            // It may be a byte string, or a text that is no UTF-8.
            (Dialect::Sqlite, _, Value::Bytes(bytes)) if is_no_text(bytes) => {
                self.push("CAST(").column(alias, &field.name).push(" AS BLOB)");
            }
            _ => {
                self.column(alias, &field.name);
            }
        }
    }

    /// A bound value to compare with [`Writer::sort_key`] or with the column.
    pub(super) fn operand(&mut self, field: &Field, value: &Value) {
        match self.dialect {
            Dialect::Postgres => self.cast_postgres(&field.sql_type, value),
            Dialect::Sqlite => {
                self.bind(plain_bind(value));
            }
            Dialect::Mysql => match (&field.ty, value) {
                (FieldType::Decimal { .. }, Value::Decimal(text)) => {
                    // Of 65 digits so many stand after the point as are needed there.
                    let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                    self.push("CAST(").bind(Bind::Text(text.clone()));
                    self.push(&format!(" AS DECIMAL(65,{}))", scale.min(30)));
                }
                _ => {
                    self.bind(mysql_bind(field, value));
                }
            },
        }
    }

    /// A bound value to write over what the field of a record holds.
    pub(super) fn reassigned(&mut self, field: &Field, value: &Value) {
        match value {
            // What was a text that is no UTF-8 stays one.
            Value::Bytes(bytes) if self.dialect == Dialect::Sqlite && is_no_text(bytes) => {
                self.push("CASE typeof(").name(&field.name);
                self.push(") WHEN 'text' THEN CAST(").bind(plain_bind(value));
                self.push(" AS TEXT) ELSE ").bind(plain_bind(value)).push(" END");
            }
            value => self.assigned(field, value),
        }
    }

    /// A bound value to write into the field.
    pub(super) fn assigned(&mut self, field: &Field, value: &Value) {
        match (self.dialect, &field.ty) {
            (Dialect::Mysql, FieldType::Bits) if !value.is_null() => {
                self.push("CAST(CONV(").bind(mysql_bind(field, value)).push(",2,10) AS UNSIGNED)");
            }
            (Dialect::Mysql, _) => {
                self.bind(mysql_bind(field, value));
            }
            (Dialect::Postgres, _) => self.cast_postgres(&field.sql_type, value),
            (Dialect::Sqlite, FieldType::Text { .. }) if matches!(value, Value::Bytes(bytes) if is_no_text(bytes)) =>
            {
                self.push("CAST(").bind(plain_bind(value)).push(" AS TEXT)");
            }
            (Dialect::Sqlite, _) => {
                self.bind(plain_bind(value));
            }
        }
    }

    /// Every value goes to PostgreSQL as text with an explicit cast: the server's own input
    /// function reads it, whatever the type.
    pub(super) fn cast_postgres(&mut self, sql_type: &str, value: &Value) {
        let bind = match value {
            Value::Null => Bind::Null,
            Value::Bytes(bytes) => Bind::Text(format!("\\x{}", kontor_model::value::hex(bytes))),
            other => other.to_text().map_or(Bind::Null, Bind::Text),
        };
        self.bind(bind).push("::").push(sql_type);
    }
}

/// A value as a place in an order keeps it: no more of it than the order looks at.
pub(crate) fn placed(of: &Of<'_>, field: usize, value: Value) -> Value {
    let by_beginning = of.schema.engine == Engine::Mysql
        && of.resource.fields.get(field).is_some_and(is_sorted_by_beginning);
    match value {
        Value::Text(text) if by_beginning => {
            Value::Text(text.chars().take(MYSQL_SORTED_CHARACTERS).collect())
        }
        Value::Bytes(mut bytes) if by_beginning => {
            bytes.truncate(MYSQL_SORTED_CHARACTERS);
            Value::Bytes(bytes)
        }
        value => value,
    }
}

/// The types of MySQL that no index can order whole.
fn is_sorted_by_beginning(field: &Field) -> bool {
    field.sql_type.ends_with("text") || field.sql_type.ends_with("blob")
}

fn is_geometry(field: &Field) -> bool {
    const KINDS: [&str; 3] = ["geometry", "point", "linestring"];
    let ty = field.sql_type.as_str();
    KINDS.iter().any(|kind| ty.ends_with(kind))
        || ty.ends_with("polygon")
        || ty.ends_with("geometrycollection")
        || ty == "geomcollection"
}

/// Types whose binary form the PostgreSQL module decodes without loss; all others come as text.
/// So does `character(n)`, without the blanks that fill it up and mean nothing.
fn postgres_sends_exactly(field: &Field) -> bool {
    match field.ty {
        FieldType::Text { .. } => !matches!(field.sql_type.as_str(), "bpchar" | "\"char\""),
        FieldType::Bool
        | FieldType::Int { .. }
        | FieldType::Float { .. }
        | FieldType::Decimal { .. }
        | FieldType::Bytes
        | FieldType::Date
        | FieldType::DateTime
        | FieldType::Instant
        | FieldType::Uuid
        | FieldType::Json { .. } => true,
        _ => false,
    }
}

fn is_no_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err()
}

/// So many bytes of a text have more characters than a list shows.
pub(crate) const BRIEF_BYTES: usize = BRIEF_CHARACTERS * 4 + 1;

pub(super) fn may_be_long(ty: &FieldType) -> bool {
    match ty {
        FieldType::Text { max } => max.is_none_or(|max| max > SHORT_TEXT),
        FieldType::Json { .. } | FieldType::Array { .. } | FieldType::Other => true,
        _ => false,
    }
}

/// MySQL's `TIMESTAMP` takes no offset; the session is in UTC.
pub(super) fn mysql_bind(field: &Field, value: &Value) -> Bind {
    match (&field.ty, value) {
        (FieldType::Instant, Value::Text(text)) => {
            Bind::Text(text.strip_suffix("+00").unwrap_or(text).to_owned())
        }
        _ => plain_bind(value),
    }
}
