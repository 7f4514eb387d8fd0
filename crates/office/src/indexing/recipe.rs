//! What is indexed of a resource: derived from what people see of it, and from its manifest.

use kontor_model::schema::ResourceKind;
use kontor_model::{BackendName, FieldType, Resource};
use kontor_search::Place;

use crate::catalog::{Catalog, Face, Format};
use crate::records::{SMALL, is_unique, searched};

/// Changes whenever what is made of the fields below does.
const VERSION: u32 = 2;
/// Resources of one backend that are indexed.
const MOST_RESOURCES: usize = 40;
/// Resources with more records are indexed only where the manifest says what is searched in them.
const MOST_RECORDS: u64 = 5_000_000;
/// Fields of one resource that are indexed.
const MOST_FIELDS: usize = 24;

/// What is indexed of a resource. Only fields that may be seen are in it.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    /// The resource.
    pub(crate) place: Place,
    /// Index of its face.
    pub(crate) face: usize,
    /// Fields whose values name a record to people.
    pub(crate) title: Vec<usize>,
    /// Fields by whose values it is identified.
    pub(crate) identifiers: Vec<usize>,
    /// Fields with texts by which it is found.
    pub(crate) texts: Vec<usize>,
    /// All that above in words: an index that was made otherwise is of no use.
    pub(crate) fingerprint: String,
}

impl Recipe {
    /// What is indexed of a resource; none where it is not.
    pub(crate) fn of(backend: &BackendName, catalog: &Catalog, face: &Face) -> Option<Self> {
        let resource = catalog.resource(face);
        if !is_indexed(catalog, face) {
            return None;
        }
        let is_usable = |field: &usize| {
            face.fields[*field].is_visible()
                && resource.is_listed(*field)
                && holds_words(&resource.fields[*field].ty)
        };
        let mut rest: Vec<usize> = match &face.search {
            Some(search) => search.clone(),
            None => face.order.iter().copied().filter(|&field| is_known_by(face, field)).collect(),
        };
        let unique = face.order.iter().copied().filter(|&field| is_unique(resource, field));
        rest.extend(resource.key.iter().copied().chain(unique));
        rest.retain(is_usable);
        let title: Vec<usize> = face.title_fields.iter().copied().filter(is_usable).collect();
        let mut identifiers: Vec<usize> = title.iter().chain(&rest).copied().collect();
        identifiers.retain(|&field| is_identifier(resource, face, field));
        let mut texts = rest;
        texts.retain(|field| !identifiers.contains(field) && !title.contains(field));
        for fields in [&mut identifiers, &mut texts] {
            fields.sort_unstable();
            fields.dedup();
            fields.truncate(MOST_FIELDS);
        }
        let place = Place { backend: backend.clone(), resource: face.name.clone() };
        let fingerprint = fingerprint(catalog, face, [&title, &identifiers, &texts]);
        Some(Self { place, face: face.index, title, identifiers, texts, fingerprint })
    }

    /// What is indexed of a backend, the most important first.
    pub(crate) fn all(backend: &BackendName, catalog: &Catalog) -> Vec<Self> {
        let faces = searched(catalog).into_iter().take(MOST_RESOURCES);
        faces.filter_map(|face| Self::of(backend, catalog, face)).collect()
    }

    /// The fields that are read of a record.
    pub(crate) fn read(&self, catalog: &Catalog) -> Vec<usize> {
        let face = &catalog.faces[self.face];
        let mut read = catalog.resource(face).key.clone();
        let mark = face.soft_delete.as_ref().map(|soft| soft.field);
        let all = self.title.iter().chain(&self.identifiers).chain(&self.texts).copied();
        for field in all.chain(mark).chain(face.stamps.updated) {
            if !read.contains(&field) {
                read.push(field);
            }
        }
        read
    }
}

/// A resource is read in the order of its key, page by page; without an index on it each page
/// would read all of it. Views are indexed only where the manifest says what is searched in them.
fn is_indexed(catalog: &Catalog, face: &Face) -> bool {
    let resource = catalog.resource(face);
    if let Some(service) = &resource.service {
        // A service pages as it sees fit. What it lists only part by part is not known as a whole.
        return service.required.is_empty() && resource.key.iter().all(|&f| resource.is_listed(f));
    }
    let has_sortable_key = !resource.key.is_empty()
        && resource.key.iter().all(|&field| resource.fields[field].sortable);
    let is_told = face.search.is_some();
    let rows = resource.estimated_rows;
    let is_small = rows.is_some_and(|rows| rows <= SMALL);
    let is_huge = rows.is_some_and(|rows| rows > MOST_RECORDS);
    let is_table = resource.kind == ResourceKind::Table;
    has_sortable_key && (is_told || is_small || is_table && !is_huge)
}

fn holds_words(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Text { .. }
            | FieldType::Enum { .. }
            | FieldType::Any
            | FieldType::Uuid
            | FieldType::Int { .. }
    )
}

/// What everybody is known by, wherever it stands.
fn is_known_by(face: &Face, field: usize) -> bool {
    matches!(face.fields[field].format, Format::Email | Format::Phone)
}

/// Whether a value of the field is one identifier as a whole.
fn is_identifier(resource: &Resource, face: &Face, field: usize) -> bool {
    resource.key.contains(&field)
        || is_unique(resource, field)
        || is_known_by(face, field)
        || matches!(resource.fields[field].ty, FieldType::Int { .. } | FieldType::Uuid)
        || names_an_identifier(&resource.fields[field].name)
}

/// Names of fields whose values people paste as they stand.
fn names_an_identifier(name: &str) -> bool {
    const PARTS: [&str; 24] = [
        "phone",
        "telefon",
        "tel",
        "mobile",
        "mobil",
        "handy",
        "fax",
        "email",
        "mail",
        "iban",
        "tracking",
        "sendung",
        "number",
        "nummer",
        "no",
        "nr",
        "code",
        "sku",
        "gtin",
        "ean",
        "isbn",
        "barcode",
        "reference",
        "referenz",
    ];
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|part| PARTS.contains(&part))
}

fn fingerprint(catalog: &Catalog, face: &Face, fields: [&Vec<usize>; 3]) -> String {
    let resource = catalog.resource(face);
    let names = |fields: &[usize]| -> Vec<String> {
        fields.iter().map(|&field| resource.fields[field].name.clone()).collect()
    };
    let soft = face.soft_delete.as_ref();
    let translations = face.translations.as_ref().filter(|texts| is_readable(catalog, texts));
    serde_json::json!({
        "version": VERSION,
        "table": [resource.namespace, Some(resource.table.clone())],
        "key": names(&resource.key),
        "title": names(fields[0]),
        "identifiers": names(fields[1]),
        "texts": names(fields[2]),
        "deleted": soft.map(|soft| (&resource.fields[soft.field].name, soft.alive.to_tagged())),
        "translations": translations.map(|texts| {
            (&catalog.faces[texts.face].name, &texts.prefer, texts.title, texts.language)
        }),
    })
    .to_string()
}

/// Whether the titles in other languages may be seen.
pub(super) fn is_readable(catalog: &Catalog, texts: &crate::catalog::Translations) -> bool {
    catalog.faces[texts.face].fields[texts.title].is_visible()
}
