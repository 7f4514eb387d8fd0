//! Titles of records of other backends, one question per page and link, all backends at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kontor_model::query::BRIEF_CHARACTERS;
use kontor_model::{Engine, Value};

use super::super::list::Listed;
use super::super::titles::{Along, LinkedTitle};
use super::{FarRecord, FarSide, FarTitle, FarTrouble, RESPITE, TITLES_WAIT, combined, value_for};
use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::catalog::{Catalog, Face, FarLink};
use crate::error::OfficeError;

/// Where titles are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// In lists, where they stand for the values.
    Lists,
    /// On a record's page, beside the values.
    Records,
}

/// What is asked of the other end of a link for one page.
struct Asked<'a> {
    link: &'a FarLink,
    /// Place of the column.
    at: usize,
    /// For each record, what its values are called there; none where it points to nothing.
    texts: Vec<Option<Vec<String>>>,
}

/// The far links among columns, each with the place of its column and those of its fields.
fn far_among<'a>(
    catalog: &Catalog,
    face: &'a Face,
    columns: &[usize],
    wanted: Wanted,
) -> Vec<(usize, &'a FarLink, Vec<usize>)> {
    let resource = catalog.resource(face);
    let link_at = |(at, &field): (usize, &usize)| {
        let link = face.far_at(field)?;
        if wanted == Wanted::Lists && link.is_identity(resource) {
            return None;
        }
        let places = link.fields.iter().map(|it| columns.iter().position(|c| *c == it.field));
        Some((at, link, places.collect::<Option<Vec<_>>>()?))
    };
    columns.iter().enumerate().filter_map(link_at).collect()
}

impl<'a> Asked<'a> {
    fn of(
        catalog: &Catalog,
        face: &'a Face,
        columns: &[usize],
        records: &[Listed],
        wanted: Wanted,
    ) -> Vec<Self> {
        let links = far_among(catalog, face, columns, wanted).into_iter();
        links
            .map(|(at, link, places)| {
                let texts = |record: &Listed| {
                    let pairs = link.fields.iter().zip(&places);
                    pairs.map(|(field, &place)| field.far_text(&record.values[place])).collect()
                };
                Self { link, at, texts: records.iter().map(texts).collect() }
            })
            .collect()
    }

    /// What is looked for: each value once, in every spelling that it may have.
    fn wanted(&self, side: &FarSide) -> Vec<Vec<Value>> {
        let resource = side.catalog.resource(side.face());
        let mut seen = HashSet::new();
        let mut wanted = Vec::new();
        for texts in self.texts.iter().flatten() {
            if !seen.insert(texts) {
                continue;
            }
            let each = self.link.fields.iter().zip(&side.fields).zip(texts);
            let spellings: Vec<Vec<Value>> = each
                .map(|((field, &there), text)| {
                    let spelled = field.transform.spellings(text).into_iter();
                    spelled.filter_map(|t| value_for(&resource.fields[there], &t)).collect()
                })
                .collect();
            wanted.extend(combined(&spellings));
        }
        wanted
    }

    /// What texts have in common that the far side takes for the same.
    fn print<'t>(&self, side: &FarSide, texts: impl Iterator<Item = &'t str>) -> String {
        let is_blind = side.permit.backend.engine() == Engine::Mysql;
        let each = texts.zip(&self.link.fields).map(|(text, field)| {
            let text = plain_number(text.trim_end());
            if is_blind { text.to_lowercase() } else { field.transform.folded(text) }
        });
        each.collect::<Vec<_>>().join("\u{1f}")
    }

    fn answer(&self, side: &FarSide, found: HashMap<String, LinkedTitle>) -> Vec<Option<FarTitle>> {
        let target = side.face();
        let found: HashMap<String, LinkedTitle> = found
            .into_iter()
            .map(|(print, title)| (self.print(side, print.split('\u{1f}')), title))
            .collect();
        let title = |texts: &Option<Vec<String>>| {
            let print = self.print(side, texts.as_ref()?.iter().map(String::as_str));
            Some(found.get(&print).map_or_else(
                || FarTitle::Missing { backend: side.title() },
                |linked| {
                    FarTitle::Found(FarRecord {
                        backend: self.link.backend.clone(),
                        backend_title: side.title(),
                        resource: target.name.clone(),
                        key: linked.key.clone(),
                        title: linked.title.clone(),
                    })
                },
            ))
        };
        self.texts.iter().map(title).collect()
    }

    fn trouble(&self, trouble: &FarTrouble) -> Vec<Option<FarTitle>> {
        let told = |texts: &Option<Vec<String>>| {
            texts.as_ref().map(|_| FarTitle::Unavailable(trouble.clone()))
        };
        self.texts.iter().map(told).collect()
    }
}

/// A decimal without zeros at its end: databases keep `12.50` and `12.5` as their columns say.
fn plain_number(text: &str) -> &str {
    let is_decimal =
        text.contains('.') && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if is_decimal { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

impl Office {
    /// Fetches the titles of all links among the columns that were not read along, near and far at
    /// the same time; whether one is missing because it could not be fetched.
    pub(crate) async fn add_all_titles(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        (face, wanted): (&Face, Wanted),
        columns: &[usize],
        along: &[Along<'_>],
        records: &mut [Listed],
    ) -> bool {
        let asked = Asked::of(catalog, face, columns, records, wanted);
        if asked.is_empty() {
            return self.add_titles(permit, catalog, face, columns, along, records).await;
        }
        let lookups = asked.iter().map(|asked| self.far_titles(&permit.actor, asked));
        let (far, mut is_missing) = tokio::join!(
            futures_util::future::join_all(lookups),
            self.add_titles(permit, catalog, face, columns, along, records)
        );
        for record in records.iter_mut() {
            record.far = vec![None; columns.len()];
        }
        for (asked, titles) in asked.iter().zip(far) {
            for (record, title) in records.iter_mut().zip(titles) {
                is_missing |= matches!(title, Some(FarTitle::Unavailable(_)));
                record.far[asked.at] = title;
            }
        }
        is_missing
    }

    /// The titles of all far links among columns, each with the place of its column.
    pub(crate) async fn far_titles_of(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        columns: &[usize],
        records: &[Listed],
    ) -> Vec<(usize, Vec<Option<FarTitle>>)> {
        let asked = Asked::of(catalog, face, columns, records, Wanted::Lists);
        let lookups = asked.iter().map(async |asked| {
            let titles = self.far_titles(&permit.actor, asked).await;
            (asked.at, titles)
        });
        futures_util::future::join_all(lookups).await
    }

    async fn far_titles(&self, actor: &Arc<Actor>, asked: &Asked<'_>) -> Vec<Option<FarTitle>> {
        if asked.texts.iter().all(Option::is_none) {
            return vec![None; asked.texts.len()];
        }
        let side = match self.far_side(actor, asked.link) {
            Ok(side) => side,
            Err(trouble) => return asked.trouble(&trouble),
        };
        if self.is_known_down(&side.permit.backend) {
            return asked.trouble(&FarTrouble::Down { backend: side.title() });
        }
        if side.permit.backend.was_late(RESPITE) {
            return asked.trouble(&FarTrouble::Slow { backend: side.title() });
        }
        match tokio::time::timeout(TITLES_WAIT, self.found_there(asked, &side)).await {
            Ok(Ok(found)) => asked.answer(&side, found),
            Ok(Err(error)) => asked.trouble(&FarTrouble::of(&side.permit.backend, &error)),
            Err(_) => {
                side.permit.backend.note_late();
                asked.trouble(&FarTrouble::Slow { backend: side.title() })
            }
        }
    }

    async fn found_there(
        &self,
        asked: &Asked<'_>,
        side: &FarSide,
    ) -> Result<HashMap<String, LinkedTitle>, OfficeError> {
        let wanted = asked.wanted(side);
        let (target, fields) = (side.face(), &side.fields);
        self.titles_by(&side.permit, &side.catalog, target, fields, wanted).await
    }
}

/// Cuts the values that were read whole for a link inside them to what a list shows.
pub(crate) fn shorten(face: &Face, columns: &[usize], records: &mut [Listed]) {
    for (at, &field) in columns.iter().enumerate() {
        if !face.far_at(field).is_some_and(FarLink::is_inside) {
            continue;
        }
        for record in records.iter_mut() {
            if let Value::Text(text) = &record.values[at]
                && let Some((end, _)) = text.char_indices().nth(BRIEF_CHARACTERS)
            {
                record.values[at] = Value::Cut(text[..end].to_owned());
            }
        }
    }
}
