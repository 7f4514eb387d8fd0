//! When a record was made and last changed.

use super::super::edit::ManifestEdit;
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{is, own_words};
use super::{Look, is_time};

const CREATED: [&str; 24] = [
    "created at",
    "created",
    "created on",
    "date created",
    "created date",
    "creation date",
    "create date",
    "create time",
    "created time",
    "date added",
    "added at",
    "added on",
    "added",
    "inserted at",
    "insert date",
    "erstellt am",
    "erstellt",
    "erstelldatum",
    "angelegt am",
    "angelegt",
    "anlagedatum",
    "erfasst am",
    "erfassungsdatum",
    "createdat",
];

const UPDATED: [&str; 27] = [
    "updated at",
    "updated",
    "updated on",
    "date updated",
    "last updated",
    "last update",
    "update date",
    "update time",
    "modified at",
    "modified",
    "modified on",
    "modified date",
    "date modified",
    "date last modified",
    "last modified",
    "last modified at",
    "last modified date",
    "changed at",
    "changed",
    "last change",
    "last changed",
    "geaendert am",
    "geaendert",
    "letzte aenderung",
    "aenderungsdatum",
    "aktualisiert am",
    "updatedat",
];

pub(super) fn stamps(look: &Look<'_>) -> Option<Proposal> {
    let find = |names: &[&str]| {
        let called = |name: &&str| {
            look.fields().find(|(_, field)| {
                is_time(&field.ty) && is(&own_words(&look.resource.table, &field.name), name)
            })
        };
        names.iter().find_map(called).map(|(_, field)| field.name.clone())
    };
    let (created, updated) = (find(&CREATED), find(&UPDATED));
    let name = |field: &Option<String>| field.clone().map(|field| Fact::FieldName { field });
    let evidence: Vec<Fact> = [name(&created), name(&updated)].into_iter().flatten().collect();
    let confidence = match evidence.len() {
        0 => return None,
        1 => 85,
        _ => 93,
    };
    let edit = ManifestEdit::Stamps { resource: look.resource.name.clone(), created, updated };
    Some(Proposal::new(Confidence::percent(confidence), evidence, edit))
}
