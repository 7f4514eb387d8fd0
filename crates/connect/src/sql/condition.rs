//! Conditions as SQL.

use kontor_model::condition::SearchTerm;
use kontor_model::{Comparison, Condition, Engine, Field, FieldType, Resource, Test, Value};

use super::dialect::escaped;
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
                    self.column(alias, &resource.fields[*index].name).push(" IS NOT NULL");
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
        self.join(on, " AND ", |w, &(here, there)| {
            w.column(&far, &target.fields[there].name).push(" = ");
            w.column(alias, &resource.fields[here].name);
        });
        self.push(" AND ");
        self.condition(&far, target, inner);
        self.push(")");
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
                self.sort_key(alias, field);
                self.push(" >= ");
                self.operand(field, from);
                self.push(" AND ");
                self.sort_key(alias, field);
                self.push(" < ");
                self.operand(field, to);
                self.push(")");
            }
            Test::Contains(text) => self.like(alias, field, "%", text, "%"),
            Test::StartsWith(text) => self.like(alias, field, "", text, "%"),
            Test::EndsWith(text) => self.like(alias, field, "%", text, ""),
            Test::Null => {
                self.column(alias, &field.name).push(" IS NULL");
            }
            Test::Empty => self.empty(alias, field),
            Test::Has(value) => self.has(alias, field, value),
        }
    }

    fn compare(&mut self, alias: &str, field: &Field, comparison: Comparison, value: &Value) {
        let operator = match (comparison, self.engine) {
            (Comparison::Eq, _) => " = ",
            (Comparison::Lt, _) => " < ",
            (Comparison::Le, _) => " <= ",
            (Comparison::Gt, _) => " > ",
            (Comparison::Ge, _) => " >= ",
            (Comparison::Ne, Engine::Postgres) => " IS DISTINCT FROM ",
            (Comparison::Ne, Engine::Sqlite) => " IS NOT ",
            (Comparison::Ne, Engine::Mysql) => {
                self.push("NOT (");
                self.sort_key(alias, field);
                self.push(" <=> ");
                self.operand(field, value);
                self.push(")");
                return;
            }
        };
        // Equality is served by the column's own index; order needs the sort key.
        if matches!(comparison, Comparison::Eq) && !matches!(field.ty, FieldType::Bits) {
            self.column(alias, &field.name);
        } else {
            self.sort_key(alias, field);
        }
        self.push(operator);
        self.operand(field, value);
    }

    /// PostgreSQL gets the values as one array, so that the statement is the same for any number
    /// of them; the others a list padded to a power of two, so that there are few statements.
    fn is_one_of(&mut self, alias: &str, field: &Field, values: &[Value]) {
        if values.is_empty() {
            self.push("1=0");
            return;
        }
        if self.engine == Engine::Postgres {
            self.column(alias, &field.name).push(" = ANY(");
            self.bind(Bind::Text(array_literal(values)))
                .push("::")
                .push(&field.sql_type)
                .push("[])");
            return;
        }
        self.sort_key(alias, field);
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
        match (self.engine, &field.ty) {
            (Engine::Postgres, FieldType::Array { .. }) => {
                self.push("cardinality(").column(alias, &field.name).push(") = 0");
            }
            (_, FieldType::Bytes) => {
                self.push(if self.engine == Engine::Postgres {
                    "octet_length("
                } else {
                    "length("
                });
                self.column(alias, &field.name).push(") = 0");
            }
            (engine, FieldType::Json { .. }) => {
                self.column(alias, &field.name);
                self.push(if engine == Engine::Postgres { "::text" } else { "" });
                self.push(" IN ('{}','[]','null','\"\"','')");
            }
            (Engine::Postgres, FieldType::Enum { .. }) => {
                self.push("1=0");
            }
            _ => {
                self.column(alias, &field.name).push(" = ''");
            }
        }
        self.push(")");
    }

    fn has(&mut self, alias: &str, field: &Field, value: &Value) {
        match self.engine {
            Engine::Postgres => {
                let element =
                    field.sql_type.strip_suffix("[]").unwrap_or(&field.sql_type).to_owned();
                self.cast_postgres(&element, value);
                self.push(" = ANY(").column(alias, &field.name).push(")");
            }
            Engine::Mysql | Engine::Sqlite => {
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
                self.like(alias, &resource.fields[*index], "%", text, "%");
            }
            SearchTerm::Prefix(index, text) => self.prefix(alias, &resource.fields[*index], text),
            SearchTerm::Words(fields, words) => self.words(alias, resource, fields, words),
        }
    }

    /// In the case given, so that an ordered index serves it.
    fn prefix(&mut self, alias: &str, field: &Field, text: &str) {
        self.column(alias, &field.name);
        match self.engine {
            Engine::Sqlite => {
                let glob: String = text
                    .chars()
                    .map(|c| {
                        if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() }
                    })
                    .collect();
                self.push(" GLOB ").bind(Bind::Text(format!("{glob}*")));
            }
            Engine::Postgres | Engine::Mysql => {
                self.push(" LIKE ")
                    .bind(Bind::Text(format!("{}%", escaped(text))))
                    .push(" ESCAPE '!'");
            }
        }
    }

    fn words(&mut self, alias: &str, resource: &Resource, fields: &[usize], words: &str) {
        match self.engine {
            Engine::Postgres => {
                self.column(alias, &resource.fields[fields[0]].name);
                self.push(" @@ websearch_to_tsquery(")
                    .bind(Bind::Text(words.to_owned()))
                    .push("::text)");
            }
            Engine::Mysql | Engine::Sqlite => {
                self.push("MATCH(");
                self.join(fields, ",", |w, &index| {
                    w.column(alias, &resource.fields[index].name);
                });
                self.push(") AGAINST(").bind(Bind::Text(words.to_owned())).push(")");
            }
        }
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
