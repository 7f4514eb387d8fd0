//! Titles of records that others point to: read along with the records where the backend can, else
//! one question per link and page, never one per record.

use std::collections::{HashMap, HashSet};

use kontor_connect::FailureKind;
use kontor_model::{Column, Linked, Page, Query, RecordKey, ResourceName, Value};

use super::list::Listed;
use super::one_of;
use super::reading::key_of;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face, Link};
use crate::error::OfficeError;

/// What a value points to.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkedTitle {
    /// Index of the other face.
    pub face: usize,
    /// Address of the other record.
    pub key: RecordKey,
    /// Its title; none when it has none of its own.
    pub title: Option<String>,
}

/// The values of a link's fields as one text, for looking up.
fn fingerprint<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    // What is equal across the link may differ in form: 12 and 12.0, a decimal and an integer.
    values
        .into_iter()
        .map(|value| value.to_text().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\u{1f}")
}

/// A link among columns whose titles are read along with the records themselves.
pub(crate) struct Along<'a> {
    catalog: &'a Catalog,
    /// Place of the column.
    at: usize,
    link: &'a Link,
    /// Fields of the other record that are read.
    read: Vec<usize>,
}

impl Along<'_> {
    /// As it stands in a query.
    pub(crate) fn linked(&self) -> Linked {
        let pairs = self.link.fields.iter().zip(&self.link.target_fields);
        Linked {
            target: self.catalog.faces[self.link.target].name.clone(),
            on: pairs.map(|(&here, &there)| (here, there)).collect(),
            columns: self.read.iter().map(|&field| Column::whole(field)).collect(),
        }
    }

    fn title(&self, values: &[Value]) -> Option<LinkedTitle> {
        let target = &self.catalog.faces[self.link.target];
        // A record that is there has a key.
        let is_there = values.iter().any(|value| !value.is_null());
        is_there.then(|| LinkedTitle {
            face: self.link.target,
            key: key_of(self.catalog.resource(target), target, &self.read, values),
            title: title_of(target, &self.read, values),
        })
    }
}

/// Takes what was read along off the end of a row; the titles by column.
pub(crate) fn take_titles(
    row: &mut Vec<Value>,
    along: &[Along<'_>],
    columns: usize,
) -> Vec<Option<LinkedTitle>> {
    if along.is_empty() {
        return Vec::new();
    }
    let mut titles = vec![None; columns];
    let width: usize = along.iter().map(|along| along.read.len()).sum();
    let values = row.split_off(row.len().saturating_sub(width));
    let mut rest = values.as_slice();
    for along in along {
        let (own, others) = rest.split_at(along.read.len().min(rest.len()));
        titles[along.at] = along.title(own);
        rest = others;
    }
    titles
}

/// The links among columns, each with the place of its column and those of its fields.
fn links_among<'a>(face: &'a Face, columns: &[usize]) -> Vec<(usize, &'a Link, Vec<usize>)> {
    let link_at = |(at, &field): (usize, &usize)| {
        let link = face.link_at(field)?;
        let place = |field: &usize| columns.iter().position(|column| column == field);
        Some((at, link, link.fields.iter().map(place).collect::<Option<Vec<_>>>()?))
    };
    columns.iter().enumerate().filter_map(link_at).collect()
}

/// The fields by which a record is found, and those that its title and its address need.
fn title_columns(catalog: &Catalog, target: &Face, fields: &[usize]) -> Vec<usize> {
    let mut read = fields.to_vec();
    for &field in catalog.resource(target).key.iter().chain(&target.title_fields) {
        if !read.contains(&field) {
            read.push(field);
        }
    }
    read
}

impl Office {
    /// Those links among the columns whose titles the backend reads along with the records. The
    /// others are asked for by [`Office::add_titles`].
    pub(crate) fn titles_along<'a>(
        &self,
        permit: &Permit<Read>,
        catalog: &'a Catalog,
        face: &'a Face,
        columns: &[usize],
    ) -> Vec<Along<'a>> {
        let links = links_among(face, columns).into_iter();
        links
            .filter(|(_, link, _)| catalog.faces[link.target].translations.is_none())
            .map(|(at, link, _)| Along {
                catalog,
                at,
                link,
                read: title_columns(catalog, &catalog.faces[link.target], &link.target_fields),
            })
            .filter(|along| permit.backend.reads_linked(catalog, face, &along.linked()))
            .collect()
    }

    /// A page of records, with the titles that are read along. Where a linked record may not be
    /// read or has changed, nothing is read along: the records themselves can still be shown.
    pub(crate) async fn page_along(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        query: &mut Query,
        along: &mut Vec<Along<'_>>,
    ) -> Result<Page, OfficeError> {
        query.linked = along.iter().map(Along::linked).collect();
        match permit.backend.select(catalog, face, query).await {
            Err(OfficeError::Backend { failure, .. })
                if !along.is_empty()
                    && matches!(
                        failure.kind,
                        FailureKind::Privilege | FailureKind::SchemaChanged
                    ) =>
            {
                along.clear();
                query.linked.clear();
                permit.backend.select(catalog, face, query).await
            }
            page => page,
        }
    }

    /// Fetches the titles of those links among the columns that were not read along, at the same
    /// time; whether one is missing because it could not be fetched.
    pub(crate) async fn add_titles(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        columns: &[usize],
        along: &[Along<'_>],
        records: &mut [Listed],
    ) -> bool {
        for record in records.iter_mut() {
            record.titles.resize(columns.len(), None);
        }
        let mut links = links_among(face, columns);
        links.retain(|(at, ..)| along.iter().all(|along| along.at != *at));
        let lookups = links.iter().map(|(_, link, places)| {
            let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
            for record in records.iter() {
                let values: Vec<Value> =
                    places.iter().map(|&at| record.values[at].clone()).collect();
                if values.iter().all(|value| !value.is_null() && value.is_whole())
                    && seen.insert(fingerprint(&values))
                {
                    wanted.push(values);
                }
            }
            self.linked(permit, catalog, link, wanted)
        });
        let found = futures_util::future::join_all(lookups).await;
        let mut missing = false;
        for ((at, _, places), titles) in links.iter().zip(found) {
            let Ok(titles) = titles else {
                missing = true;
                continue;
            };
            for record in records.iter_mut() {
                let print = fingerprint(places.iter().map(|&place| &record.values[place]));
                record.titles[*at] = titles.get(&print).cloned();
            }
        }
        missing
    }

    /// The titles of the records that these values of a link point to.
    pub(crate) async fn linked(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        link: &Link,
        wanted: Vec<Vec<Value>>,
    ) -> Result<HashMap<String, LinkedTitle>, OfficeError> {
        let target = &catalog.faces[link.target];
        self.titles_by(permit, catalog, target, &link.target_fields, wanted).await
    }

    pub(super) async fn titles_by(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        target: &Face,
        fields: &[usize],
        wanted: Vec<Vec<Value>>,
    ) -> Result<HashMap<String, LinkedTitle>, OfficeError> {
        let mut titles = HashMap::with_capacity(wanted.len());
        // A page has no more records than this, whatever is asked for.
        let most = permit.backend.manifest().budget.row_cap.max(1) as usize;
        for part in wanted.chunks(most) {
            titles.extend(self.titles_page(permit, catalog, target, fields, part).await?);
        }
        Ok(titles)
    }

    /// The titles of the records of a face of which these fields hold one of the rows of values;
    /// each with the values by which it was found.
    async fn titles_page(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        target: &Face,
        fields: &[usize],
        wanted: &[Vec<Value>],
    ) -> Result<HashMap<String, LinkedTitle>, OfficeError> {
        let resource = catalog.resource(target);
        let read = title_columns(catalog, target, fields);
        let limit = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let query = Query::unordered(
            read.iter().map(|&field| Column::whole(field)).collect(),
            one_of(fields, wanted),
            limit,
        );
        let page = permit.backend.select(catalog, target, &query).await?;
        let translated = self.translated(permit, catalog, target, &read, &page.rows).await;
        let titles = page.rows.iter().map(|values| {
            let print = fingerprint(&values[..fields.len()]);
            let key = key_of(resource, target, &read, values);
            let title =
                translated.get(&key.to_text()).cloned().or_else(|| title_of(target, &read, values));
            (print, LinkedTitle { face: target.index, key, title })
        });
        Ok(titles.collect())
    }

    /// The titles of some records of a resource, by the text of their keys. One that has none, is
    /// gone or cannot be read at the moment is left out: its key has to do.
    pub async fn titles(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        keys: &[RecordKey],
    ) -> HashMap<String, String> {
        let values = |key: &RecordKey| match key {
            RecordKey::Values(values) if !values.iter().any(Value::is_null) => Some(values.clone()),
            _ => None,
        };
        let wanted: Vec<Vec<Value>> = keys.iter().filter_map(values).collect();
        let asked = async {
            let catalog = permit.backend.catalog()?;
            let face = self.face(&permit.backend, &catalog, name)?;
            let key = &catalog.resource(face).key;
            if key.is_empty() || wanted.is_empty() {
                return Ok(HashMap::new());
            }
            self.titles_by(permit, &catalog, face, key, wanted).await
        };
        let found = asked.await.unwrap_or_default().into_values();
        found.filter_map(|found| Some((found.key.to_text(), found.title?))).collect()
    }

    /// Titles kept in a translation table, by key. A failure leaves the records' own fields.
    pub(crate) async fn translated(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        read: &[usize],
        rows: &[Vec<Value>],
    ) -> HashMap<String, String> {
        let Some(translations) = &face.translations else { return HashMap::new() };
        let resource = catalog.resource(face);
        let keys: Vec<Vec<Value>> = rows
            .iter()
            .filter_map(|values| match key_of(resource, face, read, values) {
                RecordKey::Values(values) => Some(values),
                RecordKey::Content(_) => None,
            })
            .collect();
        if keys.is_empty() {
            return HashMap::new();
        }
        let other = &catalog.faces[translations.face];
        let columns: Vec<usize> = translations
            .base
            .iter()
            .copied()
            .chain([translations.language, translations.title])
            .collect();
        let limit = u32::try_from(keys.len() * 8).unwrap_or(u32::MAX);
        let query = Query::unordered(
            columns.iter().map(|&field| Column::whole(field)).collect(),
            one_of(&translations.base, &keys),
            limit,
        );
        let Ok(page) = permit.backend.select(catalog, other, &query).await else {
            return HashMap::new();
        };
        let rank = |row: &Vec<Value>| {
            let language = row[translations.base.len()].to_text().unwrap_or_default();
            let mine = permit.actor.user.language == language;
            let preferred = translations.prefer.iter().position(|wanted| *wanted == language);
            (!mine, preferred.unwrap_or(usize::MAX))
        };
        let mut rows = page.rows;
        rows.sort_by_key(rank);
        let mut titles = HashMap::new();
        for row in &rows {
            let title =
                row[translations.base.len() + 1].to_text().filter(|title| !title.is_empty());
            if let Some(title) = title {
                let key = RecordKey::Values(row[..translations.base.len()].to_vec());
                titles.entry(key.to_text()).or_insert(title);
            }
        }
        titles
    }
}

/// The title of a record from the fields that were read.
pub(crate) fn title_of(face: &Face, read: &[usize], values: &[Value]) -> Option<String> {
    let parts: Vec<String> = face
        .title_fields
        .iter()
        .filter_map(|field| read.iter().position(|other| other == field))
        .filter_map(|at| values[at].to_text())
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
