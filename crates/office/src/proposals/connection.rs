//! Samples over a connection.

use std::collections::HashSet;

use async_trait::async_trait;
use kontor_connect::{Connection, Failure, Of};
use kontor_model::{
    Column, Comparison, Condition, Engine, FieldType, IndexKind, Query, Resource, Schema, Sort,
    Test, Value,
};

use super::sampler::{RECORDS_PER_END, Sample, Sampler, comparable};
use super::secrets;

/// So many records may be sorted without an index.
const SORTABLE: u64 = 10_000;

/// A [`Sampler`] over a backend's connection, within its budget.
pub struct ConnectionSampler<'a> {
    connection: &'a dyn Connection,
    schema: &'a Schema,
    row_cap: u32,
}

impl<'a> ConnectionSampler<'a> {
    /// A sampler of a backend whose pages have at most `row_cap` records.
    #[must_use]
    pub fn new(connection: &'a dyn Connection, schema: &'a Schema, row_cap: u32) -> Self {
        Self { connection, schema, row_cap: row_cap.max(1) }
    }

    /// The order of the key, where an index gives it. A key that only the manifest names may have
    /// none, and a service may not offer that order; then a resource is read in whatever order it
    /// comes.
    fn by_key(&self, resource: &Resource, descending: bool) -> Vec<Sort> {
        let is_offered = resource.key.iter().all(|&field| resource.sorts(field, descending));
        if resource.service.is_some() && !is_offered {
            return Vec::new();
        }
        let is_served = self.schema.engine == Engine::Sqlite
            || resource.estimated_rows.is_some_and(|rows| rows <= SORTABLE)
            || resource.indexes.iter().any(|index| {
                matches!(index.kind, IndexKind::Ordered | IndexKind::Prefix)
                    && index.fields.first() == resource.key.first()
            });
        let step = |&field: &usize| Sort { field, descending };
        if is_served { resource.key.iter().map(step).collect() } else { Vec::new() }
    }

    async fn rows(
        &self,
        resource: &Resource,
        query: &Query,
    ) -> Result<(Vec<Vec<Value>>, bool), Failure> {
        let of = Of { schema: self.schema, resource };
        let page = self.connection.select(&of, query).await?;
        Ok((page.rows, page.next.is_some()))
    }
}

#[async_trait]
impl Sampler for ConnectionSampler<'_> {
    async fn sample(&self, resource: &Resource) -> Result<Sample, Failure> {
        let fields = readable(resource);
        let limit = RECORDS_PER_END.min(self.row_cap);
        let mut query = Query {
            sort: self.by_key(resource, false),
            ..Query::unordered(
                fields.iter().map(|&field| Column::brief(field)).collect(),
                Condition::everything(),
                limit,
            )
        };
        let (mut rows, more) = self.rows(resource, &query).await?;
        let mut statements = 1;
        // Without an order there is no other end, and a plain LIMIT already stopped early.
        if more && !query.sort.is_empty() {
            query.sort = self.by_key(resource, true);
            rows.extend(self.rows(resource, &query).await?.0);
            statements += 1;
            without_doubles(resource, &fields, &mut rows);
        }
        let width = resource.fields.len();
        let spread = |row: Vec<Value>| {
            let mut wide = vec![Value::Null; width];
            for (&field, value) in fields.iter().zip(row) {
                wide[field] = value;
            }
            wide
        };
        let is_whole = !more || (statements == 2 && rows.len() < 2 * limit as usize);
        Ok(Sample { rows: rows.into_iter().map(spread).collect(), is_whole, statements })
    }

    async fn existing(
        &self,
        resource: &Resource,
        fields: &[usize],
        tuples: &[Vec<Value>],
    ) -> Result<HashSet<String>, Failure> {
        let mut found = HashSet::new();
        for chunk in tuples.chunks(self.row_cap.min(200) as usize) {
            let query = Query {
                total_order: false,
                ..Query::unordered(
                    fields.iter().map(|&field| Column::whole(field)).collect(),
                    is_one_of(fields, chunk),
                    self.row_cap,
                )
            };
            let (rows, _) = self.rows(resource, &query).await?;
            found.extend(rows.iter().map(|row| comparable(row)));
        }
        Ok(found)
    }
}

fn is_one_of(fields: &[usize], tuples: &[Vec<Value>]) -> Condition {
    if let [only] = fields {
        let values = tuples.iter().filter_map(|tuple| tuple.first().cloned()).collect();
        return Condition::Field(*only, Test::In(values));
    }
    let same = |tuple: &Vec<Value>| {
        let parts = fields.iter().zip(tuple).map(|(&field, value)| {
            Condition::Field(field, Test::Compare(Comparison::Eq, value.clone()))
        });
        Condition::All(parts.collect())
    };
    Condition::Any(tuples.iter().map(same).collect())
}

/// All fields but secrets, and types that are shown as an engine's own text.
fn readable(resource: &Resource) -> Vec<usize> {
    let wanted = |&at: &usize| {
        let field = &resource.fields[at];
        !matches!(field.ty, FieldType::Other) && secrets::by_name(resource, field).is_none()
    };
    (0..resource.fields.len()).filter(wanted).collect()
}

/// The two ends of a resource that is not much longer than one of them overlap.
fn without_doubles(resource: &Resource, fields: &[usize], rows: &mut Vec<Vec<Value>>) {
    let places: Vec<Option<usize>> =
        resource.key.iter().map(|key| fields.iter().position(|field| field == key)).collect();
    let Some(places) = places.into_iter().collect::<Option<Vec<usize>>>() else {
        return;
    };
    let mut seen = HashSet::new();
    rows.retain(|row| {
        let key: Vec<String> = places.iter().map(|&place| row[place].to_tagged()).collect();
        seen.insert(key)
    });
}
