//! What is read of the records of a list, and how a row becomes a record.

use kontor_model::{Column, RecordKey, Resource, Value};

use super::list::Listed;
use super::titles::{Along, take_titles};
use crate::catalog::{Face, FarLink};

/// The most fields by which a record without a key is told from others.
pub(super) const MOST_TIE_BREAKERS: usize = 16;

/// What is read of each record of a list.
pub(super) struct Reading {
    /// Fields of the columns.
    pub(super) columns: Vec<usize>,
    /// The columns, then what the address and the currencies need besides.
    read: Vec<usize>,
    /// For each column that is or holds money, the field that holds the record's own currency; empty where
    /// no column has one.
    currencies: Vec<Option<usize>>,
    /// Whether long values are cut to what a list shows.
    is_brief: bool,
    /// Fields that are read whole all the same, for a link inside them.
    whole: Vec<usize>,
}

impl Reading {
    /// The columns as they are, and nothing besides.
    pub(super) fn of(face: &Face, columns: Vec<usize>) -> Self {
        let currencies = currency_fields(face, &columns);
        let is_inside = |field: &usize| face.far_at(*field).is_some_and(FarLink::is_inside);
        let whole = columns.iter().copied().filter(is_inside).collect();
        Self { read: columns.clone(), currencies, columns, is_brief: false, whole }
    }

    /// With the fields that the records' addresses need.
    pub(super) fn with_address(mut self, resource: &Resource, face: &Face) -> Self {
        if resource.key.is_empty() {
            self.add(content_fields(resource, face));
        } else {
            self.add(resource.key.iter().copied());
        }
        self
    }

    /// With the fields that hold the records' own currencies.
    pub(super) fn with_currencies(mut self) -> Self {
        let fields: Vec<usize> = self.currencies.iter().flatten().copied().collect();
        self.add(fields);
        self
    }

    /// As a page shows them: long values are cut.
    pub(super) fn brief(self) -> Self {
        Self { is_brief: true, ..self.with_currencies() }
    }

    fn add(&mut self, fields: impl IntoIterator<Item = usize>) {
        for field in fields {
            if !self.read.contains(&field) {
                self.read.push(field);
            }
        }
    }

    /// The columns of a query.
    pub(super) fn to_read(&self, resource: &Resource) -> Vec<Column> {
        let is_brief = |field| self.is_brief && !self.whole.contains(&field);
        self.read.iter().map(|&field| column(resource, field, is_brief(field))).collect()
    }

    /// The record of a row that was read so, with the titles that were read along.
    pub(super) fn listed(
        &self,
        resource: &Resource,
        face: &Face,
        mut row: Vec<Value>,
        along: &[Along<'_>],
    ) -> Listed {
        let titles = take_titles(&mut row, along, self.columns.len());
        let key = key_of(resource, face, &self.read, &row);
        let currencies = own_currencies(&self.currencies, &self.read, &row);
        row.truncate(self.columns.len());
        Listed { key, values: row, titles, far: Vec::new(), currencies }
    }
}

/// How a field is read for a list.
fn column(resource: &Resource, field: usize, is_brief: bool) -> Column {
    // The key must be whole to be an address; byte strings never travel in lists.
    let is_bytes = crate::catalog::is_blob(&resource.fields[field].ty);
    if (is_brief || is_bytes) && !resource.key.contains(&field) {
        Column::brief(field)
    } else {
        Column::whole(field)
    }
}

fn currency_fields(face: &Face, columns: &[usize]) -> Vec<Option<usize>> {
    let of = |field: &usize| face.fields[*field].currency_field();
    let fields: Vec<Option<usize>> = columns.iter().map(of).collect();
    if fields.iter().all(Option::is_none) { Vec::new() } else { fields }
}

/// For each column that is money in a currency of the record's own, its code.
fn own_currencies(
    fields: &[Option<usize>],
    read: &[usize],
    values: &[Value],
) -> Vec<Option<String>> {
    let code = |field: &Option<usize>| {
        let at = read.iter().position(|other| Some(*other) == *field)?;
        values[at].to_text().filter(|code| !code.is_empty())
    };
    fields.iter().map(code).collect()
}

/// The fields by whose values a record without a key is addressed.
fn content_fields(resource: &Resource, face: &Face) -> Vec<usize> {
    (0..resource.fields.len())
        .filter(|&field| resource.fields[field].comparable && face.fields[field].is_visible())
        .take(MOST_TIE_BREAKERS)
        .collect()
}

/// The address of a record from the fields that were read.
pub(crate) fn key_of(
    resource: &Resource,
    face: &Face,
    read: &[usize],
    values: &[Value],
) -> RecordKey {
    let value = |field: usize| {
        read.iter()
            .position(|&other| other == field)
            .map(|at| values[at].clone())
            .unwrap_or_default()
    };
    if resource.key.is_empty() {
        let read_fields =
            content_fields(resource, face).into_iter().filter(|field| read.contains(field));
        let content = read_fields.map(|field| (field, value(field)));
        let whole = content.filter(|(_, value)| value.is_whole() && value.weight() < 400);
        RecordKey::Content(
            whole.map(|(field, value)| (resource.fields[field].name.clone(), value)).collect(),
        )
    } else {
        RecordKey::Values(resource.key.iter().map(|&field| value(field)).collect())
    }
}
