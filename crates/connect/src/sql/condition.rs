//! Conditions as SQL.

use super::Dialect;
use kontor_model::condition::SearchTerm;
use kontor_model::{Comparison, Condition, Field, FieldType, Resource, Test, Value};

use super::like::Place;
use super::{Bind, Writer};

impl Writer<'_> {
    /// ` WHERE …`, or nothing when all records are meant.
    pub(super) fn filtered(
        &mut self,
        alias: &str,
        resource: &Resource,
        condition: &Condition,
    ) -> bool {
        if condition.is_everything() {
            return false;
        }
        self.push(" WHERE ");
        self.condition(alias, resource, condition);
        true
    }

    /// A condition in parentheses where it needs them.
    pub(super) fn condition(&mut self, alias: &str, resource: &Resource, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.parts(alias, resource, parts, " AND ", "1=1"),
            Condition::Any(parts) => self.parts(alias, resource, parts, " OR ", "1=0"),
            Condition::Not(inner) => match inner.as_ref() {
                Condition::Field(index, Test::Null) => {
                    self.is_null(alias, &resource.fields[*index], false);
                }
                inner => {
                    self.push("((");
                    self.condition(alias, resource, inner);
                    self.push(") IS NOT TRUE)");
                }
            },
            Condition::Field(index, test) => self.test(alias, &resource.fields[*index], test),
            Condition::Linked { target, on, inner } => match self.schema.resource(target) {
                Some(target) => self.linked(alias, resource, target, on, inner),
                None => {
                    self.push("1=0");
                }
            },
            Condition::Search(terms) => {
                self.push("(");
                if terms.is_empty() {
                    self.push("1=0");
                }
                self.join(terms, " OR ", |w, term| w.search(alias, resource, term));
                self.push(")");
            }
        }
    }

    fn parts(
        &mut self,
        alias: &str,
        resource: &Resource,
        parts: &[Condition],
        joiner: &str,
        none: &str,
    ) {
        self.push("(");
        if parts.is_empty() {
            self.push(none);
        }
        self.join(parts, joiner, |w, part| w.condition(alias, resource, part));
        self.push(")");
    }

    fn linked(
        &mut self,
        alias: &str,
        resource: &Resource,
        target: &Resource,
        on: &[(usize, usize)],
        inner: &Condition,
    ) {
        let far = self.alias();
        self.push("EXISTS (SELECT 1 FROM ").table(target).push(" AS ").push(&far).push(" WHERE ");
        self.on(alias, resource, &far, target, on);
        self.push(" AND ");
        self.condition(&far, target, inner);
        self.push(")");
    }

    /// The condition that a record of another resource is the one that a link leads to.
    pub(super) fn on(
        &mut self,
        alias: &str,
        resource: &Resource,
        far: &str,
        target: &Resource,
        on: &[(usize, usize)],
    ) {
        self.join(on, " AND ", |w, &(here, there)| {
            w.column(far, &target.fields[there].name).push(" = ");
            w.column(alias, &resource.fields[here].name);
        });
    }

    fn test(&mut self, alias: &str, field: &Field, test: &Test) {
        match test {
            Test::Compare(comparison, value) => self.compare(alias, field, *comparison, value),
            Test::In(values) => self.is_one_of(alias, field, values),
            Test::NotIn(values) => {
                self.push("((");
                self.is_one_of(alias, field, values);
                self.push(") IS NOT TRUE)");
            }
            Test::Within(from, to) => {
                self.push("(");
                self.compare(alias, field, Comparison::Ge, from);
                self.push(" AND ");
                self.compare(alias, field, Comparison::Lt, to);
                self.push(")");
            }
            Test::Contains(text) => self.has_part(alias, field, Place::Anywhere, text),
            Test::StartsWith(text) => self.has_part(alias, field, Place::Beginning, text),
            Test::EndsWith(text) => self.has_part(alias, field, Place::End, text),
            Test::Null => self.is_null(alias, field, true),
            Test::Empty => self.empty(alias, field),
            Test::Has(value) => self.has(alias, field, value),
        }
    }

    fn is_null(&mut self, alias: &str, field: &Field, is: bool) {
        let is_day = matches!(field.ty, FieldType::Date | FieldType::DateTime | FieldType::Instant);
        if self.dialect == Dialect::Mysql && is_day {
            // MySQL says of a day 0000-00-00 in a column without nulls that it IS NULL.
            self.push(if is { "" } else { "NOT " });
            self.push("(").column(alias, &field.name).push(" <=> NULL)");
        } else {
            self.column(alias, &field.name).push(if is { " IS NULL" } else { " IS NOT NULL" });
        }
    }

    fn compare(&mut self, alias: &str, field: &Field, comparison: Comparison, value: &Value) {
        let operator = match (comparison, self.dialect) {
            (Comparison::Eq, _) => " = ",
            (Comparison::Lt, _) => " < ",
            (Comparison::Le, _) => " <= ",
            (Comparison::Gt, _) => " > ",
            (Comparison::Ge, _) => " >= ",
            (Comparison::Ne, Dialect::Postgres) => " IS DISTINCT FROM ",
            (Comparison::Ne, Dialect::Sqlite) => " IS NOT ",
            (Comparison::Ne, Dialect::Mysql) => {
                self.push("NOT (");
                self.equal_key(alias, field, value);
                self.push(" <=> ");
                self.operand(field, value);
                self.push(")");
                return;
            }
        };
        let by_text = matches!(field.ty, FieldType::Enum { .. } | FieldType::Set { .. });
        match comparison {
            Comparison::Eq | Comparison::Ne => self.equal_key(alias, field, value),
            _ if by_text || field.ty == FieldType::Bits => self.sort_key(alias, field),
            _ => {
                self.column(alias, &field.name);
            }
        }
        self.push(operator);
        match midnight(self.dialect, field, comparison, value) {
            Some(day) => self.operand(field, &day),
            None => self.operand(field, value),
        }
    }

    /// PostgreSQL gets the values as one array, so that the statement is the same for any number
    /// of them; the others a list padded to a power of two, so that there are few statements.
    fn is_one_of(&mut self, alias: &str, field: &Field, values: &[Value]) {
        if values.is_empty() {
            self.push("1=0");
            return;
        }
        let is_array = matches!(field.ty, FieldType::Array { .. });
        if self.dialect == Dialect::Postgres && !is_array {
            self.column(alias, &field.name).push(" = ANY(");
            self.bind(Bind::Text(array_literal(values)))
                .push("::")
                .push(&field.sql_type)
                .push("[])");
            return;
        }
        self.equal_key(alias, field, &values[0]);
        self.push(" IN (");
        let padded = values.len().next_power_of_two();
        let last = &values[values.len() - 1];
        let padding = std::iter::repeat_n(last, padded - values.len());
        self.join(values.iter().chain(padding), ",", |w, value| {
            w.operand(field, value);
        });
        self.push(")");
    }

    fn empty(&mut self, alias: &str, field: &Field) {
        self.push("(").column(alias, &field.name).push(" IS NULL OR ");
        match (self.dialect, &field.ty) {
            (Dialect::Postgres, FieldType::Array { .. }) => {
                self.push("cardinality(").column(alias, &field.name).push(") = 0");
            }
            (Dialect::Postgres, FieldType::Bytes) => {
                self.push("octet_length(").column(alias, &field.name).push(") = 0");
            }
            (Dialect::Sqlite, FieldType::Bytes) => {
                self.push("length(").column(alias, &field.name).push(") = 0");
            }
            (Dialect::Mysql, FieldType::Json { .. }) => {
                self.push("CAST(").column(alias, &field.name);
                self.push(" AS CHAR)").push(EMPTY_JSON);
            }
            (Dialect::Postgres, FieldType::Json { .. }) => {
                self.column(alias, &field.name).push("::text").push(EMPTY_JSON);
            }
            (Dialect::Sqlite, FieldType::Json { .. }) => {
                self.column(alias, &field.name).push(EMPTY_JSON);
            }
            (Dialect::Postgres, FieldType::Enum { .. }) => {
                self.push("1=0");
            }
            // A text of blanks equals an empty one there, and is not empty.
            (Dialect::Mysql, _) => {
                self.push("LENGTH(").column(alias, &field.name).push(") = 0");
            }
            _ => {
                self.column(alias, &field.name).push(" = ''");
            }
        }
        self.push(")");
    }

    fn has(&mut self, alias: &str, field: &Field, value: &Value) {
        match self.dialect {
            Dialect::Postgres => {
                let element =
                    field.sql_type.strip_suffix("[]").unwrap_or(&field.sql_type).to_owned();
                self.cast_postgres(&element, value);
                self.push(" = ANY(").column(alias, &field.name).push(")");
            }
            Dialect::Mysql | Dialect::Sqlite => {
                self.push("FIND_IN_SET(").bind(super::plain_bind(value)).push(",");
                self.column(alias, &field.name).push(") > 0");
            }
        }
    }

    fn search(&mut self, alias: &str, resource: &Resource, term: &SearchTerm) {
        match term {
            SearchTerm::Equals(index, value) => {
                self.compare(alias, &resource.fields[*index], Comparison::Eq, value);
            }
            SearchTerm::Contains(index, text) => {
                self.has_part(alias, &resource.fields[*index], Place::Anywhere, text);
            }
            SearchTerm::Prefix(index, text) => self.begins(alias, &resource.fields[*index], text),
            SearchTerm::Words(fields, words) => self.words(alias, resource, fields, words),
        }
    }

    fn words(&mut self, alias: &str, resource: &Resource, fields: &[usize], words: &str) {
        match self.dialect {
            Dialect::Postgres => {
                self.column(alias, &resource.fields[fields[0]].name);
                self.push(" @@ websearch_to_tsquery(")
                    .bind(Bind::Text(words.to_owned()))
                    .push("::text)");
            }
            Dialect::Mysql => {
                self.push("MATCH(");
                self.join(fields, ",", |w, &index| {
                    w.column(alias, &resource.fields[index].name);
                });
                self.push(") AGAINST(").bind(Bind::Text(words.to_owned())).push(")");
            }
            // Its full-text tables are tables of their own; an ordinary one has no index of words.
            Dialect::Sqlite => {
                self.push("(");
                self.join(fields, " OR ", |w, &index| {
                    w.has_part(alias, &resource.fields[index], Place::Anywhere, words);
                });
                self.push(")");
            }
        }
    }
}

const EMPTY_JSON: &str = " IN ('{}','[]','null','\"\"','')";

/// In a SQLite column of days with times, some are written without the time: at midnight, which is
/// where such a day begins. `None` where it makes no difference.
fn midnight(
    dialect: Dialect,
    field: &Field,
    comparison: Comparison,
    value: &Value,
) -> Option<Value> {
    match (dialect, &field.ty, comparison, value) {
        (
            Dialect::Sqlite,
            FieldType::DateTime,
            Comparison::Ge | Comparison::Lt,
            Value::Text(text),
        ) => text.strip_suffix(" 00:00:00").map(|day| Value::Text(day.to_owned())),
        _ => None,
    }
}

/// A PostgreSQL array literal of any values.
fn array_literal(values: &[Value]) -> String {
    let mut out = String::from("{");
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        let text = match value {
            Value::Bytes(bytes) => Some(format!("\\x{}", kontor_model::value::hex(bytes))),
            other => other.to_text(),
        };
        match text {
            None => out.push_str("NULL"),
            Some(text) => {
                out.push('"');
                for c in text.chars() {
                    if matches!(c, '"' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }
                out.push('"');
            }
        }
    }
    out.push('}');
    out
}
