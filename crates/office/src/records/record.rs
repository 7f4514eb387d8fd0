//! One record: its fields, what it points to, what points to it.

use std::sync::Arc;

use kontor_model::condition::{Comparison, Condition, Test};
use kontor_model::query::VERSION;
use kontor_model::{
    Column, Count, Engine, Query, RecordKey, Resource, ResourceKind, ResourceName, Value,
};

use super::list::{Listed, completed, content_fields};
use super::titles::{LinkedTitle, title_of};
use super::{has_key, typed_key};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;

/// A record as its page shows it.
#[derive(Debug)]
pub struct Shown {
    /// The backend's resources as people see them.
    pub catalog: Arc<Catalog>,
    /// Index of the face.
    pub face: usize,
    /// Its address.
    pub key: RecordKey,
    /// Its title; its key where it has none.
    pub title: String,
    /// The fields that may be seen, in the order in which people read them, with their values.
    pub fields: Vec<(usize, Value)>,
    /// For each of `fields` that is a link, the other record's title.
    pub titles: Vec<Option<LinkedTitle>>,
    /// The backend's mark of this version of the record, where it has one.
    pub version: Option<String>,
    /// Whether it is marked as deleted.
    pub is_deleted: bool,
    /// How many other records have the same content, where that is the address.
    pub twins: u64,
}

impl Shown {
    /// The face that the record is of.
    #[must_use]
    pub fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }

    /// The value of a field that is shown.
    #[must_use]
    pub fn value(&self, field: usize) -> Option<&Value> {
        self.fields.iter().find(|(shown, _)| *shown == field).map(|(_, value)| value)
    }
}

/// Records that point to a record over one link.
#[derive(Debug)]
pub struct Related {
    /// The backend's resources as people see them.
    pub catalog: Arc<Catalog>,
    /// Index of the face where the records are.
    pub face: usize,
    /// Fields of the columns.
    pub columns: Vec<usize>,
    /// The first of them.
    pub records: Vec<Listed>,
    /// How many there are.
    pub count: Count,
    /// The filter that lists them all.
    pub filter: String,
}

/// Whether the backend marks versions of the resource's records.
pub(crate) fn has_version(engine: Engine, resource: &Resource) -> bool {
    engine == Engine::Postgres && resource.kind == ResourceKind::Table
}

impl Office {
    /// One record with all fields that may be seen. Byte strings come as their size.
    ///
    /// # Errors
    /// [`OfficeError::UnknownRecord`] when there is none with the key.
    pub async fn record(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
    ) -> Result<Shown, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let key = typed_key(resource, key)?;
        let rows = self.read_whole(permit, &catalog, face, &key).await?;
        let twins = rows.len() as u64 - 1;
        let mut values = rows.into_iter().next().unwrap_or_default();
        let version = values.pop().and_then(|value| value.to_text());
        let read = fields_read(resource, face);
        let shown: Vec<(usize, Value)> = face
            .order
            .iter()
            .filter_map(|field| {
                read.iter().position(|other| other == field).map(|at| (*field, values[at].clone()))
            })
            .filter(|(field, value)| {
                !value.is_null() || !belongs_elsewhere(face, &read, &values, *field)
            })
            .collect();
        let columns: Vec<usize> = shown.iter().map(|(field, _)| *field).collect();
        let listed = Listed {
            key: key.clone(),
            values: shown.iter().map(|(_, value)| value.clone()).collect(),
            titles: Vec::new(),
            currencies: Vec::new(),
        };
        let mut one = [listed];
        self.add_titles(permit, &catalog, face, &columns, &mut one).await;
        let translated =
            self.translated(permit, &catalog, face, &read, std::slice::from_ref(&values)).await;
        let title =
            translated.get(&key.to_text()).cloned().or_else(|| title_of(face, &read, &values));
        let is_deleted = face.soft_delete.as_ref().is_some_and(|soft| {
            read.iter()
                .position(|field| *field == soft.field)
                .is_some_and(|at| values[at] != soft.alive)
        });
        let [listed] = one;
        Ok(Shown {
            face: face.index,
            title: title.unwrap_or_else(|| key.to_text()),
            key,
            titles: listed.titles,
            fields: shown,
            version,
            is_deleted,
            twins,
            catalog,
        })
    }

    /// The rows that a key names: one, or several of the same content. The last value of each is
    /// its version.
    async fn read_whole(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        key: &RecordKey,
    ) -> Result<Vec<Vec<Value>>, OfficeError> {
        let resource = catalog.resource(face);
        let mut columns: Vec<Column> = fields_read(resource, face)
            .into_iter()
            .map(|field| {
                if crate::catalog::is_blob(&resource.fields[field].ty)
                    && !resource.key.contains(&field)
                {
                    Column::brief(field)
                } else {
                    Column::whole(field)
                }
            })
            .collect();
        if has_version(catalog.schema.engine, resource) {
            columns.push(Column::whole(VERSION));
        }
        let width = columns.len();
        let query = Query {
            columns,
            condition: has_key(resource, key),
            sort: Vec::new(),
            total_order: true,
            cursor: None,
            backward: false,
            limit: 50,
        };
        let mut rows = permit.backend.select(catalog, face, &query).await?.rows;
        if rows.is_empty() {
            return Err(OfficeError::unknown_record(key));
        }
        if !has_version(catalog.schema.engine, resource) {
            for row in &mut rows {
                row.truncate(width);
                row.push(Value::Null);
            }
        }
        Ok(rows)
    }

    /// The bytes of one field, for a download.
    ///
    /// # Errors
    /// As [`Office::record`]; [`OfficeError::UnknownField`].
    pub async fn bytes(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        field: &str,
    ) -> Result<Vec<u8>, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let field = super::list::visible(resource, face, field)?;
        let key = typed_key(resource, key)?;
        let query = Query {
            columns: vec![Column::whole(field)],
            condition: has_key(resource, &key),
            sort: Vec::new(),
            total_order: true,
            cursor: None,
            backward: false,
            limit: 1,
        };
        let page = permit.backend.select(&catalog, face, &query).await?;
        let value = page
            .rows
            .into_iter()
            .flatten()
            .next()
            .ok_or_else(|| OfficeError::unknown_record(&key))?;
        Ok(match value {
            Value::Bytes(bytes) => bytes,
            other => other.to_text().unwrap_or_default().into_bytes(),
        })
    }

    /// The records that point to a record over an incoming link, the first few of them, and how
    /// many there are.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when there is no such link.
    pub async fn related(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        incoming: usize,
        limit: u32,
    ) -> Result<Related, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let unknown = || OfficeError::Unknown { what: "link", name: incoming.to_string() };
        let link_in = face.incoming.get(incoming).ok_or_else(unknown)?;
        let from = &catalog.faces[link_in.from];
        let link = &from.links[link_in.link];
        let key = typed_key(resource, key)?;
        let targets = self.values_of(permit, &catalog, face, &key, &link.target_fields).await?;
        let other = catalog.resource(from);
        let mut condition = Condition::everything();
        let mut filter = kontor_model::filter::Filter::everything();
        for (&field, value) in link.fields.iter().zip(&targets) {
            condition = condition
                .and(Condition::Field(field, Test::Compare(Comparison::Eq, value.clone())));
            let text = value.to_text().unwrap_or_default();
            filter = filter.and(kontor_model::filter::Filter::test(
                &[&other.fields[field].name],
                kontor_model::filter::Operator::Eq,
                &[&text],
            ));
        }
        let alive = self.condition(
            &permit.actor,
            &catalog,
            from,
            &kontor_model::filter::Filter::everything(),
        )?;
        let condition = condition.and(alive);
        let columns: Vec<usize> = from
            .columns
            .iter()
            .copied()
            .filter(|field| !link.fields.contains(field))
            .take(6)
            .collect();
        let first = self.first(permit, &catalog, from, &columns, condition.clone(), limit);
        let (records, is_all) = first.await?;
        // Most often they fit on the page, and need no counting.
        let count = if is_all {
            Count::Exact(records.len() as u64)
        } else {
            self.count_condition(permit, &catalog, from, &condition).await?
        };
        Ok(Related {
            face: from.index,
            columns,
            records,
            count,
            filter: filter.to_string(),
            catalog,
        })
    }

    async fn values_of(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        key: &RecordKey,
        fields: &[usize],
    ) -> Result<Vec<Value>, OfficeError> {
        let resource = catalog.resource(face);
        if let RecordKey::Values(values) = key
            && fields == resource.key
        {
            return Ok(values.clone());
        }
        let query = Query {
            columns: fields.iter().map(|&field| Column::whole(field)).collect(),
            condition: has_key(resource, key),
            sort: Vec::new(),
            total_order: true,
            cursor: None,
            backward: false,
            limit: 1,
        };
        let page = permit.backend.select(catalog, face, &query).await?;
        page.rows.into_iter().next().ok_or_else(|| OfficeError::unknown_record(key))
    }

    /// The first of some records, and whether these are all.
    async fn first(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        columns: &[usize],
        condition: Condition,
        limit: u32,
    ) -> Result<(Vec<Listed>, bool), OfficeError> {
        let resource = catalog.resource(face);
        let (sort, total_order) = completed(resource, face, &face.sort);
        let mut read = columns.to_vec();
        let address = if resource.key.is_empty() {
            content_fields(resource, face)
        } else {
            resource.key.clone()
        };
        for field in address {
            if !read.contains(&field) {
                read.push(field);
            }
        }
        let query = Query {
            columns: read
                .iter()
                .map(|&field| {
                    if resource.key.contains(&field) {
                        Column::whole(field)
                    } else {
                        Column::brief(field)
                    }
                })
                .collect(),
            condition,
            sort,
            total_order,
            cursor: None,
            backward: false,
            limit,
        };
        let page = permit.backend.select(catalog, face, &query).await?;
        let is_all = page.next.is_none();
        let mut records: Vec<Listed> = page
            .rows
            .into_iter()
            .map(|mut values| {
                let key = super::list::key_of(resource, face, &read, &values);
                values.truncate(columns.len());
                Listed { key, values, titles: Vec::new(), currencies: Vec::new() }
            })
            .collect();
        self.add_titles(permit, catalog, face, columns, &mut records).await;
        Ok((records, is_all))
    }
}

/// Whether a field belongs to records of another kind that share the table.
fn belongs_elsewhere(face: &Face, read: &[usize], values: &[Value], field: usize) -> bool {
    let Some(kinds) = &face.kinds else { return false };
    let kind =
        read.iter().position(|other| *other == kinds.field).and_then(|at| values[at].to_text());
    kind.is_some_and(|kind| kinds.is_foreign(&kind, field))
}

/// What a record's page reads: everything that may be seen, and what Kontor needs besides.
fn fields_read(resource: &Resource, face: &Face) -> Vec<usize> {
    let mut read = face.order.clone();
    let marks = face.soft_delete.as_ref().map(|soft| soft.field);
    for field in resource.key.iter().copied().chain(marks) {
        if !read.contains(&field) {
            read.push(field);
        }
    }
    read
}
