//! How the records of a backend become documents of the index.

use std::collections::HashMap;

use kontor_model::{Column, Page, Query, RecordKey, Value};
use kontor_search::Document;

use super::recipe::{Recipe, is_readable};
use crate::backend::Backend;
use crate::catalog::{Catalog, Face, Translations};
use crate::error::OfficeError;
use crate::records::{has_one_of_keys, key_of, one_of, title_of};

/// Titles of one record in other languages that are looked at.
const MOST_LANGUAGES: usize = 8;

/// Records of a resource as they are read for the index.
pub(super) struct Reading<'a> {
    pub(super) backend: &'a Backend,
    pub(super) catalog: &'a Catalog,
    pub(super) recipe: &'a Recipe,
    read: Vec<usize>,
}

/// What became of a page.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Documents of the records that are there.
    pub(super) documents: Vec<Document>,
    /// Keys of those that count as deleted.
    pub(super) gone: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(backend: &'a Backend, catalog: &'a Catalog, recipe: &'a Recipe) -> Self {
        let read = recipe.read(catalog);
        Self { backend, catalog, recipe, read }
    }

    pub(super) fn face(&self) -> &'a Face {
        &self.catalog.faces[self.recipe.face]
    }

    /// Long texts are cut as in a list: what stands in their beginning is found.
    pub(super) fn columns(&self) -> Vec<Column> {
        let key = &self.catalog.resource(self.face()).key;
        let column = |&field: &usize| {
            if key.contains(&field) { Column::whole(field) } else { Column::brief(field) }
        };
        self.read.iter().map(column).collect()
    }

    /// The value of a field in a row that was read.
    pub(super) fn value(&self, row: &[Value], field: usize) -> Option<Value> {
        let at = self.read.iter().position(|&other| other == field)?;
        row.get(at).cloned()
    }

    pub(super) async fn page(&self, query: &Query) -> Result<Page, OfficeError> {
        self.backend.select(self.catalog, self.face(), query).await
    }

    /// The records of some keys.
    pub(super) async fn of_keys(&self, keys: &[RecordKey]) -> Result<Made, OfficeError> {
        let resource = self.catalog.resource(self.face());
        let limit = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let condition = has_one_of_keys(resource, keys.iter());
        let query = Query::unordered(self.columns(), condition, limit);
        let page = self.page(&query).await?;
        let mut made = self.made(&page.rows).await?;
        let there: Vec<&String> = made.documents.iter().map(|document| &document.key).collect();
        let asked = keys.iter().map(RecordKey::to_text);
        let missing: Vec<String> =
            asked.filter(|key| !there.contains(&key) && !made.gone.contains(key)).collect();
        made.gone.extend(missing);
        Ok(made)
    }

    /// The documents of rows.
    pub(super) async fn made(&self, rows: &[Vec<Value>]) -> Result<Made, OfficeError> {
        let (face, resource) = (self.face(), self.catalog.resource(self.face()));
        let (mut made, mut keys) = (Made::default(), Vec::new());
        for row in rows {
            let key = key_of(resource, face, &self.read, row);
            if self.is_deleted(row) {
                made.gone.push(key.to_text());
                continue;
            }
            let texts = |fields: &[usize]| -> Vec<String> {
                let values = fields.iter().filter_map(|&field| self.value(row, field)?.to_text());
                values.filter(|text| !text.trim().is_empty()).collect()
            };
            made.documents.push(Document {
                key: key.to_text(),
                title: title_of(face, &self.read, row).unwrap_or_default(),
                other_titles: Vec::new(),
                texts: texts(&self.recipe.texts),
                identifiers: texts(&self.recipe.identifiers),
            });
            keys.push(key);
        }
        self.add_translations(&mut made.documents, &keys).await?;
        for document in made.documents.iter_mut().filter(|document| document.title.is_empty()) {
            document.title.clone_from(&document.key);
        }
        Ok(made)
    }

    fn is_deleted(&self, row: &[Value]) -> bool {
        self.face().soft_delete.as_ref().is_some_and(|soft| {
            self.value(row, soft.field).is_some_and(|value| !value.is_same(&soft.alive))
        })
    }

    /// Titles that are kept in another resource, in all languages; the preferred one is the title.
    async fn add_translations(
        &self,
        documents: &mut [Document],
        keys: &[RecordKey],
    ) -> Result<(), OfficeError> {
        let Some(texts) = &self.face().translations else { return Ok(()) };
        if documents.is_empty() || !is_readable(self.catalog, texts) {
            return Ok(());
        }
        let mut found = self.translations(texts, keys).await?;
        for document in documents {
            let Some(mut titles) = found.remove(&document.key) else { continue };
            let rank = |language: &str| {
                texts.prefer.iter().position(|wanted| wanted == language).unwrap_or(usize::MAX)
            };
            titles.sort_by_key(|(language, _)| rank(language));
            let mut titles = titles.into_iter().map(|(_, title)| title);
            if let Some(best) = titles.next() {
                let own = std::mem::replace(&mut document.title, best);
                document.other_titles = titles.chain([own]).collect();
            }
        }
        Ok(())
    }

    /// Titles with their languages, by key.
    async fn translations(
        &self,
        texts: &Translations,
        keys: &[RecordKey],
    ) -> Result<HashMap<String, Vec<(String, String)>>, OfficeError> {
        let other = &self.catalog.faces[texts.face];
        let fields: Vec<usize> =
            texts.base.iter().copied().chain([texts.language, texts.title]).collect();
        let columns: Vec<Column> = fields.iter().map(|&field| Column::whole(field)).collect();
        let mut found: HashMap<String, Vec<(String, String)>> = HashMap::new();
        let most = self.backend.manifest().budget.row_cap as usize;
        for part in keys.chunks((most / MOST_LANGUAGES).max(1)) {
            let values: Vec<Vec<Value>> = part
                .iter()
                .filter_map(|key| match key {
                    RecordKey::Values(values) => Some(values.clone()),
                    RecordKey::Content(_) => None,
                })
                .collect();
            let condition = one_of(&texts.base, &values);
            let limit = u32::try_from(most).unwrap_or(u32::MAX);
            let query = Query::unordered(columns.clone(), condition, limit);
            let page = self.backend.select(self.catalog, other, &query).await?;
            for row in page.rows {
                let at = texts.base.len();
                let key = RecordKey::Values(row[..at].to_vec()).to_text();
                let text = |value: &Value| value.to_text().unwrap_or_default();
                let (language, title) = (text(&row[at]), text(&row[at + 1]));
                if !title.trim().is_empty() {
                    found.entry(key).or_default().push((language, title));
                }
            }
        }
        Ok(found)
    }
}
