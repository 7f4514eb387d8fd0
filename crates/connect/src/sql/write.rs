//! Writing one record: every statement names the record by its whole key and, where something was
//! seen, says that it must still be there.

use super::Dialect;
use kontor_model::{ChangeItem, Generated, RecordKey, Resource, Schema, Value};

use super::{Bind, Sql, Writer};

impl Writer<'_> {
    /// The condition that a record has a key.
    pub(super) fn keyed(&mut self, alias: &str, resource: &Resource, key: &RecordKey) {
        let pairs: Vec<(usize, &Value)> = match key {
            RecordKey::Values(values) => resource.key.iter().copied().zip(values).collect(),
            RecordKey::Content(fields) => fields
                .iter()
                .filter_map(|(name, value)| resource.position(name).map(|field| (field, value)))
                .collect(),
        };
        if pairs.is_empty() {
            self.push("1=0");
        }
        self.join(pairs, " AND ", |w, (field, value)| {
            let field = &resource.fields[field];
            if value.is_null() {
                w.column(alias, &field.name).push(" IS NULL");
            } else {
                w.equal_key(alias, field, value);
                w.push(" = ");
                w.operand(field, value);
            }
        });
    }

    fn still_as_seen(&mut self, resource: &Resource, item: &ChangeItem) {
        for (field, seen) in &item.before {
            self.push(" AND ");
            self.unchanged(&resource.fields[*field], seen);
        }
        if let (Some(version), Dialect::Postgres) = (&item.version, self.dialect) {
            self.push(" AND xmin = ").bind(Bind::Text(version.clone())).push("::xid");
        }
    }
}

/// Changes fields of the record if it is still as it was seen.
pub(crate) fn update(
    schema: &Schema,
    resource: &Resource,
    key: &RecordKey,
    item: &ChangeItem,
) -> Sql {
    let mut w = Writer::new(schema);
    w.push("UPDATE ").table(resource).push(" SET ");
    w.join(&item.after, ", ", |w, (field, value)| {
        let field = &resource.fields[*field];
        w.name(&field.name).push(" = ");
        w.reassigned(field, value);
    });
    w.push(" WHERE ");
    w.keyed("", resource, key);
    w.still_as_seen(resource, item);
    w.finish()
}

/// Removes the record if it is still as it was seen.
pub(crate) fn delete(
    schema: &Schema,
    resource: &Resource,
    key: &RecordKey,
    item: &ChangeItem,
) -> Sql {
    let mut w = Writer::new(schema);
    w.push("DELETE FROM ").table(resource).push(" WHERE ");
    w.keyed("", resource, key);
    w.still_as_seen(resource, item);
    w.finish()
}

/// Makes a record from the fields that were given; the rest is the database's. Asks for the key
/// back where the engine can give it.
pub(crate) fn insert(
    schema: &Schema,
    resource: &Resource,
    item: &ChangeItem,
    returning: bool,
) -> Sql {
    let mut w = Writer::new(schema);
    w.push("INSERT INTO ").table(resource);
    if item.after.is_empty() {
        w.push(if w.dialect == Dialect::Mysql { " () VALUES ()" } else { " DEFAULT VALUES" });
    } else {
        w.push(" (");
        w.join(&item.after, ", ", |w, (field, _)| {
            w.name(&resource.fields[*field].name);
        });
        w.push(if overrides_identity(resource, item, w.dialect) {
            ") OVERRIDING SYSTEM VALUE VALUES ("
        } else {
            ") VALUES ("
        });
        w.join(&item.after, ", ", |w, (field, value)| {
            w.assigned(&resource.fields[*field], value);
        });
        w.push(")");
    }
    if returning {
        w.push(" RETURNING ");
        w.join(&resource.key, ", ", |w, &field| {
            w.read("", &resource.fields[field], kontor_model::ColumnMode::Whole);
        });
    }
    w.finish()
}

/// A record that is put back gets its former number, also where PostgreSQL alone gives numbers
/// (`GENERATED ALWAYS AS IDENTITY`).
fn overrides_identity(resource: &Resource, item: &ChangeItem, dialect: Dialect) -> bool {
    dialect == Dialect::Postgres
        && item
            .after
            .iter()
            .any(|(field, _)| resource.fields[*field].generated == Generated::Always)
}
