//! What the three engines say differently: how a column is read, compared, sorted and written so
//! that nothing of its value is lost.

use kontor_model::query::BRIEF_CHARACTERS;
use kontor_model::{ColumnMode, Engine, Field, FieldType, Value};

use super::{Bind, Take, Writer, plain_bind};

/// The greatest length of a text column that a list reads as it is.
const SHORT_TEXT: u32 = 240;

impl Writer<'_> {
    /// The expression that reads a field, and what to make of what comes.
    pub(super) fn read(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        match self.engine {
            Engine::Postgres => self.read_postgres(alias, field, mode),
            Engine::Mysql => self.read_mysql(alias, field, mode),
            Engine::Sqlite => self.read_sqlite(alias, field, mode),
        }
    }

    fn read_postgres(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        let brief = mode == ColumnMode::Brief;
        if brief && field.ty == FieldType::Bytes {
            self.push("octet_length(").column(alias, &field.name).push(")");
            return Take::Size;
        }
        let as_text = !postgres_sends_exactly(&field.ty);
        if brief && may_be_long(&field.ty) {
            self.push("left(").column(alias, &field.name).push("::text,");
            self.push(&(BRIEF_CHARACTERS + 1).to_string()).push(")");
            return Take::Brief;
        }
        self.column(alias, &field.name);
        if as_text {
            self.push("::text");
        }
        Take::Whole
    }

    fn read_mysql(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
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
            FieldType::Other => {
                self.push("ST_AsText(").column(alias, &field.name).push(")");
            }
            FieldType::Date
            | FieldType::DateTime
            | FieldType::Instant
            | FieldType::Time { .. }
            | FieldType::Uuid
            | FieldType::Network
            | FieldType::Json { .. } => {
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

    /// SQLite's values have the type they were stored with, whatever the column says.
    fn read_sqlite(&mut self, alias: &str, field: &Field, mode: ColumnMode) -> Take {
        let always_short =
            matches!(field.ty, FieldType::Int { .. } | FieldType::Bool | FieldType::Float { .. });
        if mode == ColumnMode::Whole || always_short {
            self.column(alias, &field.name);
            return Take::Whole;
        }
        self.push("CASE typeof(").column(alias, &field.name);
        self.push(") WHEN 'blob' THEN CAST(length(").column(alias, &field.name);
        self.push(") AS BLOB) WHEN 'text' THEN substr(").column(alias, &field.name);
        self.push(&format!(",1,{}) ELSE ", BRIEF_CHARACTERS + 1))
            .column(alias, &field.name)
            .push(" END");
        Take::Brief
    }

    /// The expression by which a field is ordered and placed.
    pub(super) fn sort_key(&mut self, alias: &str, field: &Field) {
        match (self.engine, &field.ty) {
            // MySQL orders these by their number and compares them by their text.
            (Engine::Mysql, FieldType::Enum { .. } | FieldType::Set { .. }) => {
                self.push("CAST(").column(alias, &field.name).push(" AS CHAR)");
            }
            (Engine::Mysql, FieldType::Bits) => self.mysql_bits(alias, field),
            _ => {
                self.column(alias, &field.name);
            }
        }
    }

    /// A bound value to compare with [`Writer::sort_key`] or with the column.
    pub(super) fn operand(&mut self, field: &Field, value: &Value) {
        match self.engine {
            Engine::Postgres => self.cast_postgres(&field.sql_type, value),
            Engine::Sqlite => {
                self.bind(sqlite_bind(value));
            }
            Engine::Mysql => match (&field.ty, value) {
                (FieldType::Decimal { .. }, Value::Decimal(text)) => {
                    self.push("CAST(").bind(Bind::Text(text.clone())).push(" AS DECIMAL(65,30))");
                }
                _ => {
                    self.bind(mysql_bind(field, value));
                }
            },
        }
    }

    /// A bound value to write into the field.
    pub(super) fn assigned(&mut self, field: &Field, value: &Value) {
        match (self.engine, &field.ty) {
            (Engine::Mysql, FieldType::Bits) if !value.is_null() => {
                self.push("CAST(CONV(").bind(mysql_bind(field, value)).push(",2,10) AS UNSIGNED)");
            }
            (Engine::Mysql, _) => {
                self.bind(mysql_bind(field, value));
            }
            (Engine::Postgres, _) => self.cast_postgres(&field.sql_type, value),
            (Engine::Sqlite, _) => {
                self.bind(sqlite_bind(value));
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

    /// The test that a field still has exactly the value that was seen, `NULL` and letter case
    /// included.
    pub(super) fn unchanged(&mut self, field: &Field, seen: &Value) {
        match self.engine {
            Engine::Postgres => {
                let exact = matches!(
                    field.ty,
                    FieldType::Bool
                        | FieldType::Int { .. }
                        | FieldType::Date
                        | FieldType::DateTime
                        | FieldType::Instant
                        | FieldType::Uuid
                        | FieldType::Bytes
                        | FieldType::Float { .. }
                );
                self.column("", &field.name);
                if exact {
                    self.push(" IS NOT DISTINCT FROM ");
                    self.cast_postgres(&field.sql_type, seen);
                } else {
                    self.push("::text COLLATE \"C\" IS NOT DISTINCT FROM ");
                    self.cast_postgres("text", seen);
                }
            }
            Engine::Sqlite => {
                // The storage class counts: 1, 1.0 and '1' are three different values.
                self.column("", &field.name).push(" COLLATE BINARY IS ").bind(sqlite_bind(seen));
            }
            Engine::Mysql => self.unchanged_mysql(field, seen),
        }
    }

    fn unchanged_mysql(&mut self, field: &Field, seen: &Value) {
        match &field.ty {
            FieldType::Text { .. }
            | FieldType::Enum { .. }
            | FieldType::Set { .. }
            | FieldType::Json { .. } => {
                // Collations take different letters for the same; bytes do not.
                self.push("CAST(CONVERT(").column("", &field.name);
                self.push(" USING utf8mb4) AS BINARY) <=> CAST(").bind(mysql_bind(field, seen));
                self.push(" AS BINARY)");
            }
            FieldType::Bits
            | FieldType::Date
            | FieldType::DateTime
            | FieldType::Instant
            | FieldType::Time { .. } => {
                self.read_mysql("", field, ColumnMode::Whole);
                self.push(" <=> ").bind(mysql_bind(field, seen));
            }
            _ => {
                self.column("", &field.name).push(" <=> ");
                self.operand(field, seen);
            }
        }
    }

    /// `LIKE` in either case; the pattern's own signs are escaped with `!`.
    pub(super) fn like(
        &mut self,
        alias: &str,
        field: &Field,
        before: &str,
        text: &str,
        after: &str,
    ) {
        let patterns = match self.engine {
            Engine::Sqlite => case_variants(text),
            Engine::Postgres | Engine::Mysql => vec![text.to_owned()],
        };
        self.push("(");
        self.join(patterns, " OR ", |w, text| {
            let pattern = format!("{before}{}{after}", escaped(&text));
            match w.engine {
                Engine::Postgres => {
                    w.column(alias, &field.name);
                    if !matches!(field.ty, FieldType::Text { .. }) {
                        w.push("::text");
                    }
                    w.push(" ILIKE ").bind(Bind::Text(pattern)).push(" ESCAPE '!'");
                }
                Engine::Mysql => {
                    if matches!(
                        field.ty,
                        FieldType::Text { .. } | FieldType::Enum { .. } | FieldType::Set { .. }
                    ) {
                        w.column(alias, &field.name);
                    } else {
                        w.push("CONVERT(");
                        w.read_mysql(alias, field, ColumnMode::Whole);
                        w.push(" USING utf8mb4)");
                    }
                    w.push(" LIKE ").bind(Bind::Text(pattern)).push(" ESCAPE '!'");
                }
                Engine::Sqlite => {
                    w.column(alias, &field.name)
                        .push(" LIKE ")
                        .bind(Bind::Text(pattern))
                        .push(" ESCAPE '!'");
                }
            }
        });
        self.push(")");
    }
}

/// Types whose binary form the PostgreSQL module decodes without loss; all others come as text.
fn postgres_sends_exactly(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Bool
            | FieldType::Int { .. }
            | FieldType::Float { .. }
            | FieldType::Decimal { .. }
            | FieldType::Text { .. }
            | FieldType::Bytes
            | FieldType::Date
            | FieldType::DateTime
            | FieldType::Instant
            | FieldType::Uuid
            | FieldType::Json { .. }
    )
}

fn may_be_long(ty: &FieldType) -> bool {
    match ty {
        FieldType::Text { max } => max.is_none_or(|max| max > SHORT_TEXT),
        FieldType::Json { .. } | FieldType::Array { .. } | FieldType::Other => true,
        _ => false,
    }
}

fn sqlite_bind(value: &Value) -> Bind {
    plain_bind(value)
}

/// MySQL's `TIMESTAMP` takes no offset; the session is in UTC.
fn mysql_bind(field: &Field, value: &Value) -> Bind {
    match (&field.ty, value) {
        (FieldType::Instant, Value::Text(text)) => {
            Bind::Text(text.strip_suffix("+00").unwrap_or(text).to_owned())
        }
        _ => plain_bind(value),
    }
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            out.push('!');
        }
        out.push(c);
    }
    out
}

/// SQLite's `LIKE` folds only ASCII letters; other letters are asked for in each case.
fn case_variants(text: &str) -> Vec<String> {
    let mut variants = vec![text.to_owned()];
    if !text.is_ascii() {
        for variant in [text.to_lowercase(), text.to_uppercase()] {
            if !variants.contains(&variant) {
                variants.push(variant);
            }
        }
    }
    variants
}
