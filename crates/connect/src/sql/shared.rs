//! Whether fields tell records apart.

use kontor_model::query::ROW_ID;
use kontor_model::{ColumnMode, Resource, Schema};

use super::{Sql, Take, Taken, Writer};

/// The values of fields that most records share, and as the last column how many do; no row where
/// no two records have the same. `NULL` is a value like any other here, as it is in addresses.
pub(crate) fn most_shared(
    schema: &Schema,
    resource: &Resource,
    fields: &[usize],
) -> (Sql, Vec<Taken>) {
    let mut w = Writer::new(schema);
    let mut takes = Vec::with_capacity(fields.len() + 1);
    w.push("SELECT ");
    for &field in fields {
        let take = w.read("t", &resource.fields[field], ColumnMode::Whole);
        takes.push(Taken { field, take });
        w.push(", ");
    }
    w.push("count(*)");
    takes.push(Taken { field: ROW_ID, take: Take::Whole });
    grouped(&mut w, resource, fields);
    w.push(" ORDER BY count(*) DESC");
    for &field in fields.iter().filter(|&&field| resource.fields[field].sortable) {
        w.push(", ").column("t", &resource.fields[field].name);
    }
    w.push(" LIMIT 1");
    (w.finish(), takes)
}

/// How many different values of fields are each shared by several records.
pub(crate) fn count_shared(schema: &Schema, resource: &Resource, fields: &[usize]) -> Sql {
    let mut w = Writer::new(schema);
    w.push("SELECT count(*) FROM (SELECT 1");
    grouped(&mut w, resource, fields);
    w.push(") AS shared");
    w.finish()
}

fn grouped(w: &mut Writer<'_>, resource: &Resource, fields: &[usize]) {
    w.push(" FROM ").table(resource).push(" AS t GROUP BY ");
    w.join(fields, ", ", |w, &field| {
        w.column("t", &resource.fields[field].name);
    });
    w.push(" HAVING count(*) > 1");
}
