//! Titles of records that others point to: one question per link and page, never one per record.

use std::collections::{HashMap, HashSet};

use kontor_model::condition::{Comparison, Condition, Test};
use kontor_model::{Column, Query, RecordKey, Value};

use super::list::{Listed, key_of};
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

impl Office {
    /// Fetches the titles of all links among the columns, at the same time; whether one is
    /// missing because it could not be fetched.
    pub(crate) async fn add_titles(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        columns: &[usize],
        records: &mut [Listed],
    ) -> bool {
        for record in records.iter_mut() {
            record.titles = vec![None; columns.len()];
        }
        let links: Vec<(usize, &Link, Vec<usize>)> = columns
            .iter()
            .enumerate()
            .filter_map(|(at, &field)| {
                let link = face.link_at(field)?;
                let places = link
                    .fields
                    .iter()
                    .map(|f| columns.iter().position(|c| c == f))
                    .collect::<Option<Vec<_>>>()?;
                Some((at, link, places))
            })
            .collect();
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
        mut wanted: Vec<Vec<Value>>,
    ) -> Result<HashMap<String, LinkedTitle>, OfficeError> {
        let mut titles = HashMap::with_capacity(wanted.len());
        // A page has no more records than this, whatever is asked for.
        let most = permit.backend.manifest().budget.row_cap.max(1) as usize;
        while !wanted.is_empty() {
            let rest = wanted.split_off(wanted.len().min(most));
            let part = std::mem::replace(&mut wanted, rest);
            titles.extend(self.linked_page(permit, catalog, link, part).await?);
        }
        Ok(titles)
    }

    async fn linked_page(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        link: &Link,
        wanted: Vec<Vec<Value>>,
    ) -> Result<HashMap<String, LinkedTitle>, OfficeError> {
        let target = &catalog.faces[link.target];
        let resource = catalog.resource(target);
        let mut read = link.target_fields.clone();
        for &field in resource.key.iter().chain(&target.title_fields) {
            if !read.contains(&field) {
                read.push(field);
            }
        }
        let query = Query {
            columns: read.iter().map(|&field| Column::whole(field)).collect(),
            limit: u32::try_from(wanted.len()).unwrap_or(u32::MAX),
            condition: is_one_of(&link.target_fields, wanted),
            sort: Vec::new(),
            total_order: true,
            cursor: None,
            backward: false,
        };
        let page = permit.backend.select(catalog, target, &query).await?;
        let translated = self.translated(permit, catalog, target, &read, &page.rows).await;
        let titles = page.rows.iter().map(|values| {
            let print = fingerprint(&values[..link.target_fields.len()]);
            let key = key_of(resource, target, &read, values);
            let title =
                translated.get(&key.to_text()).cloned().or_else(|| title_of(target, &read, values));
            (print, LinkedTitle { face: link.target, key, title })
        });
        Ok(titles.collect())
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
        let query = Query {
            columns: columns.iter().map(|&field| Column::whole(field)).collect(),
            limit: u32::try_from(keys.len() * 8).unwrap_or(u32::MAX),
            condition: is_one_of(&translations.base, keys),
            sort: Vec::new(),
            total_order: true,
            cursor: None,
            backward: false,
        };
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

/// One field: one of the values. Several: one of the combinations.
fn is_one_of(fields: &[usize], mut wanted: Vec<Vec<Value>>) -> Condition {
    if let [field] = fields {
        let values = wanted.iter_mut().filter_map(Vec::pop).collect();
        return Condition::Field(*field, Test::In(values));
    }
    let combination = |values: Vec<Value>| {
        let tests = fields
            .iter()
            .zip(values)
            .map(|(&field, value)| Condition::Field(field, Test::Compare(Comparison::Eq, value)));
        Condition::All(tests.collect())
    };
    Condition::Any(wanted.into_iter().map(combination).collect())
}
