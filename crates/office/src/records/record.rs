//! One record: its fields, what it points to, what points to it.

use std::sync::Arc;

use kontor_model::condition::{Comparison, Condition, Test};
use kontor_model::filter::{Filter, Operator};
use kontor_model::query::VERSION;
use kontor_model::{
    Column, Count, Engine, Query, RecordKey, Resource, ResourceKind, ResourceName, Sort, Value,
};

use super::far::{FarTitle, Wanted, shorten};
use super::list::{Listed, completed};
use super::reading::{Reading, key_of};
use super::titles::{Along, LinkedTitle, take_titles, title_of};
use super::{has_key, typed_key, visible};
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
    /// For each of `fields` that begins a link to another backend, what it points to there.
    pub far: Vec<Option<FarTitle>>,
    /// The backend's mark of this version of the record, where it has one.
    pub version: Option<String>,
    /// Whether it is marked as deleted.
    pub is_deleted: bool,
    /// How many other records have the same content, where that is the address.
    pub twins: u64,
    /// What it says of the actions that it allows.
    pub allows: Option<Value>,
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
    /// The right to read them, in their own backend.
    pub permit: Permit<Read>,
    /// The backend's resources as people see them.
    pub catalog: Arc<Catalog>,
    /// Index of the face where the records are.
    pub face: usize,
    /// Fields of the columns.
    pub columns: Vec<usize>,
    /// Fields that were asked for besides; their values come after those of the columns.
    pub more: Vec<usize>,
    /// The first of them.
    pub records: Vec<Listed>,
    /// How many there are.
    pub count: Count,
    /// The filter that lists them all.
    pub filter: String,
}

impl Related {
    /// The face that the records are of.
    #[must_use]
    pub fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }

    /// The value of a field of one of the records, if it was read.
    #[must_use]
    pub fn value<'a>(&self, record: &'a Listed, field: usize) -> Option<&'a Value> {
        let at = self.columns.iter().chain(&self.more).position(|read| *read == field)?;
        record.values.get(at)
    }
}

/// What is wanted of the records that point to a record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// Greatest number of records.
    pub(crate) limit: u32,
    /// Names of fields beside the columns.
    pub(crate) more: Vec<String>,
    /// The field by which they are ordered, the greatest first; the resource's own order where
    /// there is none, and where the backend cannot.
    pub(crate) latest: Option<String>,
}

impl Wish {
    /// The first few, as their list shows them.
    pub(crate) fn first(limit: u32) -> Self {
        Self { limit, ..Self::default() }
    }
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
        let key = typed_key(resource, face, key)?;
        let read = fields_read(resource, face);
        let mut along = self.titles_along(permit, &catalog, face, &read);
        let rows = self.read_whole(permit, (&catalog, face), &key, &read, &mut along).await?;
        let twins = rows.len() as u64 - 1;
        let mut values = rows.into_iter().next().unwrap_or_default();
        let titles = take_titles(&mut values, &along, read.len());
        let version =
            values.split_off(read.len()).into_iter().next().and_then(|value| value.to_text());
        let mut one =
            [Listed { key: key.clone(), values, titles, far: Vec::new(), currencies: Vec::new() }];
        let records = (face, Wanted::Records);
        self.add_all_titles(permit, &catalog, records, &read, &along, &mut one).await;
        let [Listed { values, mut titles, mut far, .. }] = one;
        far.resize(read.len(), None);
        // As the backend holds it, however it was asked for.
        let key = match key {
            RecordKey::Values(_) => key_of(resource, face, &read, &values),
            RecordKey::Content(_) => key,
        };
        let (mut shown, mut shown_titles, mut shown_far) = (Vec::new(), Vec::new(), Vec::new());
        for &field in &face.order {
            let Some(at) = read.iter().position(|other| *other == field) else { continue };
            if !values[at].is_null() || !belongs_elsewhere(face, &read, &values, field) {
                shown.push((field, values[at].clone()));
                shown_titles.push(titles[at].take());
                shown_far.push(far[at].take());
            }
        }
        let translated =
            self.translated(permit, &catalog, face, &read, std::slice::from_ref(&values)).await;
        let title =
            translated.get(&key.to_text()).cloned().or_else(|| title_of(face, &read, &values));
        let is_deleted = face.soft_delete.as_ref().is_some_and(|soft| {
            read.iter()
                .position(|field| *field == soft.field)
                .is_some_and(|at| values[at] != soft.alive)
        });
        let allows = face.allowed_field.and_then(|allowed| {
            read.iter().position(|field| *field == allowed).map(|at| values[at].clone())
        });
        Ok(Shown {
            allows,
            face: face.index,
            title: title.unwrap_or_else(|| key.to_text()),
            key,
            titles: shown_titles,
            far: shown_far,
            fields: shown,
            version,
            is_deleted,
            twins,
            catalog,
        })
    }

    /// The rows that a key names: one, or several of the same content. After the fields comes the
    /// version, where the backend has one, and what is read along.
    async fn read_whole(
        &self,
        permit: &Permit<Read>,
        (catalog, face): (&Catalog, &Face),
        key: &RecordKey,
        read: &[usize],
        along: &mut Vec<Along<'_>>,
    ) -> Result<Vec<Vec<Value>>, OfficeError> {
        let resource = catalog.resource(face);
        let column = |&field: &usize| {
            let is_blob = crate::catalog::is_blob(&resource.fields[field].ty);
            if is_blob && !resource.key.contains(&field) {
                Column::brief(field)
            } else {
                Column::whole(field)
            }
        };
        let version = has_version(catalog.schema.engine, resource).then(|| Column::whole(VERSION));
        let columns = read.iter().map(column).chain(version).collect();
        let mut query = Query::unordered(columns, has_key(resource, key), 50);
        let rows = self.page_along(permit, catalog, face, &mut query, along).await?.rows;
        if rows.is_empty() { Err(OfficeError::unknown_record(key)) } else { Ok(rows) }
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
        let field = visible(resource, face, field)?;
        let key = typed_key(resource, face, key)?;
        let query = Query::unordered(vec![Column::whole(field)], has_key(resource, &key), 1);
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
        self.related_near(permit, name, key, incoming, &Wish::first(limit)).await
    }

    pub(super) async fn related_near(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        incoming: usize,
        wish: &Wish,
    ) -> Result<Related, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let unknown = || OfficeError::Unknown { what: "link", name: incoming.to_string() };
        let link_in = face.incoming.get(incoming).ok_or_else(unknown)?;
        let from = &catalog.faces[link_in.from];
        let link = &from.links[link_in.link];
        let key = typed_key(resource, face, key)?;
        let targets = self.values_of(permit, &catalog, face, &key, &link.target_fields).await?;
        let other = catalog.resource(from);
        let mut condition = Condition::everything();
        let mut filter = Filter::everything();
        for (&field, value) in link.fields.iter().zip(&targets) {
            condition = condition
                .and(Condition::Field(field, Test::Compare(Comparison::Eq, value.clone())));
            let text = value.to_text().unwrap_or_default();
            filter = filter.and(Filter::test(&[&other.fields[field].name], Operator::Eq, &[&text]));
        }
        self.related_where((permit, &catalog, from), &link.fields, condition, filter, wish).await
    }

    /// One record in the form of those that point to a record.
    ///
    /// # Errors
    /// As [`Office::record`]; where there is none, there is none in it.
    pub(crate) async fn related_one(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        wish: &Wish,
    ) -> Result<Related, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let key = typed_key(resource, face, key)?;
        let filter = keys_filter(resource, std::slice::from_ref(&key));
        let filter = filter.unwrap_or_else(Filter::everything);
        let parts = (permit, &catalog, face);
        self.related_where(parts, &[], has_key(resource, &key), filter, wish).await
    }

    /// The first records of a face that satisfy a condition on the fields that refer, and how many
    /// there are.
    pub(super) async fn related_where(
        &self,
        (permit, catalog, from): (&Permit<Read>, &Arc<Catalog>, &Face),
        refer: &[usize],
        condition: Condition,
        filter: Filter,
        wish: &Wish,
    ) -> Result<Related, OfficeError> {
        // A record that is named by its key is shown also when it counts as deleted.
        let condition = if refer.is_empty() {
            condition
        } else {
            let alive = self.condition(&permit.actor, catalog, from, &Filter::everything())?;
            condition.and(alive)
        };
        let others = from.columns.iter().copied().filter(|field| !refer.contains(field));
        let columns: Vec<usize> = others.take(6).collect();
        let resource = catalog.resource(from);
        let mut more: Vec<usize> = Vec::new();
        for field in wish.more.iter().filter_map(|name| visible(resource, from, name).ok()) {
            if !columns.contains(&field) && !more.contains(&field) && resource.is_listed(field) {
                more.push(field);
            }
        }
        let latest = wish.latest.as_ref().and_then(|name| visible(resource, from, name).ok());
        let latest = latest.filter(|&field| resource.sorts(field, true));
        let sort = latest
            .map_or_else(|| from.sort.clone(), |field| vec![Sort { field, descending: true }]);
        let read: Vec<usize> = columns.iter().chain(&more).copied().collect();
        let first =
            self.first(permit, catalog, from, (&read, &sort), condition.clone(), wish.limit);
        let (records, is_all) = first.await?;
        // Most often they fit on the page, and need no counting.
        let count = if is_all {
            Count::Exact(records.len() as u64)
        } else {
            self.count_condition(permit, catalog, from, &condition).await?
        };
        Ok(Related {
            permit: permit.clone(),
            face: from.index,
            columns,
            more,
            records,
            count,
            filter: filter.to_string(),
            catalog: Arc::clone(catalog),
        })
    }

    pub(super) async fn values_of(
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
        let query = Query::unordered(
            fields.iter().map(|&field| Column::whole(field)).collect(),
            has_key(resource, key),
            1,
        );
        let page = permit.backend.select(catalog, face, &query).await?;
        page.rows.into_iter().next().ok_or_else(|| OfficeError::unknown_record(key))
    }

    /// The first of some records, and whether these are all.
    async fn first(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        (columns, sort): (&[usize], &[Sort]),
        condition: Condition,
        limit: u32,
    ) -> Result<(Vec<Listed>, bool), OfficeError> {
        let resource = catalog.resource(face);
        let (sort, total_order) = completed(resource, face, sort);
        let reading = Reading::of(face, columns.to_vec()).with_address(resource, face).brief();
        let mut query = Query {
            sort,
            total_order,
            ..Query::unordered(reading.to_read(resource), condition, limit)
        };
        let mut along = self.titles_along(permit, catalog, face, columns);
        let page = self.page_along(permit, catalog, face, &mut query, &mut along).await?;
        let is_all = page.next.is_none();
        let mut records: Vec<Listed> =
            page.rows.into_iter().map(|row| reading.listed(resource, face, row, &along)).collect();
        let lists = (face, Wanted::Lists);
        self.add_all_titles(permit, catalog, lists, columns, &along, &mut records).await;
        shorten(face, columns, &mut records);
        Ok((records, is_all))
    }
}

/// The filter that lists records of these keys; none where their resource has no key, and where
/// its service could not be asked.
pub(crate) fn keys_filter(resource: &Resource, keys: &[RecordKey]) -> Option<Filter> {
    let values = |key: &RecordKey| match key {
        RecordKey::Values(values) => values.iter().map(Value::to_text).collect::<Option<Vec<_>>>(),
        RecordKey::Content(_) => None,
    };
    let texts = keys.iter().map(values).collect::<Option<Vec<Vec<String>>>>()?;
    let names: Vec<&str> =
        resource.key.iter().map(|&field| resource.fields[field].name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let one = |values: &Vec<String>| {
        let each = names.iter().zip(values);
        each.fold(Filter::everything(), |all, (name, text)| {
            all.and(Filter::test(&[name], Operator::Eq, &[text]))
        })
    };
    match (texts.as_slice(), names.as_slice()) {
        ([], _) => None,
        ([only], _) => Some(one(only)),
        _ if resource.service.is_some() => None,
        (several, [name]) => {
            let operands: Vec<&str> = several.iter().flatten().map(String::as_str).collect();
            Some(Filter::test(&[name], Operator::In, &operands))
        }
        (several, _) => Some(Filter::Any(several.iter().map(one).collect())),
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
    for field in resource.key.iter().copied().chain(marks).chain(face.allowed_field) {
        if !read.contains(&field) {
            read.push(field);
        }
    }
    read
}
