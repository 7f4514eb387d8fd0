//! Comparing to the last bit, where an engine's own `=` takes different values for the same:
//! letters of another case, trailing blanks, `1` and `1.0`.

use super::Dialect;
use kontor_model::{ColumnMode, Field, FieldType, Value};

use super::dialect::mysql_bind;
use super::{Writer, plain_bind};

/// Whether `=` of the engine can take two values of the field for the same that are not.
pub(super) fn is_loose(dialect: Dialect, field: &Field) -> bool {
    match dialect {
        Dialect::Sqlite => true,
        Dialect::Mysql => is_mysql_text(field),
        // Of texts only those of extensions (citext) are; collations that fold letters are hardly
        // ever met, and looking twice at a long text of a view costs its subquery twice.
        Dialect::Postgres if matches!(field.ty, FieldType::Text { .. }) => {
            !matches!(field.sql_type.as_str(), "text" | "character varying" | "bpchar" | "name")
        }
        Dialect::Postgres => !matches!(
            field.ty,
            FieldType::Bool
                | FieldType::Int { .. }
                | FieldType::Float { .. }
                | FieldType::Date
                | FieldType::DateTime
                | FieldType::Instant
                | FieldType::Uuid
                | FieldType::Bytes
                | FieldType::Enum { .. }
        ),
    }
}

fn is_mysql_text(field: &Field) -> bool {
    matches!(
        field.ty,
        FieldType::Text { .. }
            | FieldType::Enum { .. }
            | FieldType::Set { .. }
            | FieldType::Json { .. }
    )
}

impl Writer<'_> {
    /// The test that a field still has exactly the value that was seen, `NULL` and letter case
    /// included.
    pub(super) fn unchanged(&mut self, field: &Field, seen: &Value) {
        match self.dialect {
            Dialect::Postgres => self.unchanged_postgres(field, seen),
            Dialect::Sqlite => self.unchanged_sqlite(field, seen),
            Dialect::Mysql => self.unchanged_mysql(field, seen),
        }
    }

    fn unchanged_postgres(&mut self, field: &Field, seen: &Value) {
        // `-0` equals `0`, but for its bits.
        let send = match field.ty {
            FieldType::Float { bits: 32 } => Some("float4send("),
            FieldType::Float { .. } => Some("float8send("),
            _ => None,
        };
        if let Some(send) = send {
            self.push(send).column("", &field.name).push(") IS NOT DISTINCT FROM ").push(send);
            self.cast_postgres(&field.sql_type, seen);
            self.push(")");
        } else if matches!(field.ty, FieldType::Text { .. }) || is_loose(Dialect::Postgres, field) {
            self.column("", &field.name).push("::text COLLATE \"C\" IS NOT DISTINCT FROM ");
            self.cast_postgres("text", seen);
        } else {
            self.column("", &field.name).push(" IS NOT DISTINCT FROM ");
            self.cast_postgres(&field.sql_type, seen);
        }
    }

    /// The storage class counts: `1`, `1.0` and `'1'` are three different values. A unary plus takes
    /// the column's affinity away, which would make them the same again.
    fn unchanged_sqlite(&mut self, field: &Field, seen: &Value) {
        let class = match seen {
            Value::Null => {
                self.column("", &field.name).push(" IS NULL");
                return;
            }
            Value::Bool(_) | Value::Int(_) | Value::UInt(_) => "'integer'",
            Value::Float(_) | Value::Real(_) => "'real'",
            Value::Bytes(bytes) if std::str::from_utf8(bytes).is_ok() => "'blob'",
            // A text that is no UTF-8 is told as bytes.
            Value::Bytes(_) | Value::Large(_) => "'blob','text'",
            Value::Decimal(_) | Value::Text(_) | Value::Cut(_) => "'text'",
        };
        self.push("(typeof(").column("", &field.name).push(&format!(") IN ({class}) AND "));
        if matches!(seen, Value::Bytes(_)) {
            self.push("CAST(").column("", &field.name).push(" AS BLOB)");
        } else {
            self.push("+").column("", &field.name).push(" COLLATE BINARY");
        }
        self.push(" IS ").bind(plain_bind(seen)).push(")");
    }

    fn unchanged_mysql(&mut self, field: &Field, seen: &Value) {
        match &field.ty {
            _ if is_mysql_text(field) => {
                self.exact_key("", field);
                self.push(" <=> ");
                self.exact_operand(field, seen);
            }
            FieldType::Bits
            | FieldType::Date
            | FieldType::DateTime
            | FieldType::Instant
            | FieldType::Time { .. }
            | FieldType::Other => {
                self.read_mysql("", field, ColumnMode::Whole);
                self.push(" <=> ").bind(mysql_bind(field, seen));
            }
            _ => {
                self.column("", &field.name).push(" <=> ");
                self.operand(field, seen);
            }
        }
    }

    /// An expression that is the same for two values only if they are.
    pub(super) fn exact_key(&mut self, alias: &str, field: &Field) {
        match self.dialect {
            Dialect::Postgres => {
                self.column(alias, &field.name).push("::text COLLATE \"C\"");
            }
            Dialect::Sqlite => {
                self.push("quote(").column(alias, &field.name).push(")");
            }
            Dialect::Mysql => {
                self.push("CAST(CONVERT(").column(alias, &field.name);
                self.push(" USING utf8mb4) AS BINARY)");
            }
        }
    }

    /// A bound value to compare with [`Writer::exact_key`].
    pub(super) fn exact_operand(&mut self, field: &Field, value: &Value) {
        match self.dialect {
            Dialect::Postgres => {
                self.cast_postgres(&field.sql_type, value);
                self.push("::text COLLATE \"C\"");
            }
            Dialect::Sqlite => {
                self.push("quote(").bind(plain_bind(value)).push(")");
            }
            Dialect::Mysql => {
                self.push("CAST(").bind(mysql_bind(field, value)).push(" AS BINARY)");
            }
        }
    }
}
