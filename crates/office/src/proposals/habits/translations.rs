//! Resources that hold another's texts, one record per language.

use kontor_model::{FieldType, Resource};

use super::super::edit::ManifestEdit;
use super::super::faces;
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{all_alike, ends_with, words};
use super::Look;

const TABLES: [&str; 17] = [
    "translation",
    "translations",
    "description",
    "descriptions",
    "i18n",
    "lang",
    "langs",
    "text",
    "texts",
    "content",
    "contents",
    "localization",
    "localizations",
    "locale",
    "info",
    "uebersetzung",
    "uebersetzungen",
];

const LANGUAGES: [&str; 12] = [
    "language",
    "language id",
    "languages id",
    "language code",
    "lang",
    "lang id",
    "lang code",
    "locale",
    "sprache",
    "sprachcode",
    "spr",
    "culture",
];

pub(super) fn translations(look: &Look<'_>) -> Option<Proposal> {
    let texts = look.resource;
    // `i18n` falls into two words.
    let table: Vec<String> = words(&texts.table.replace("i18n", "translation"));
    let (last, stem) = table.split_last()?;
    if !TABLES.contains(&last.as_str()) || stem.is_empty() {
        return None;
    }
    let base =
        look.schema.resources.iter().find(|resource| {
            resource.name != texts.name && all_alike(&words(&resource.table), stem)
        })?;
    let (language, language_field) = look.fields().find(|(_, field)| {
        LANGUAGES.iter().any(|name| ends_with(&words(&field.name), name))
            && matches!(
                field.ty,
                FieldType::Text { .. } | FieldType::Int { .. } | FieldType::Enum { .. }
            )
    })?;
    let base_fields = base_fields(texts, base, language)?;
    let title = faces::title_of(texts, &base.table)?;
    let mut prefer: Vec<String> =
        look.sample.counted(language).into_iter().map(|(language, _)| language).collect();
    prefer.sort_by_key(|language| {
        let language = language.to_lowercase();
        (!language.starts_with("de"), !language.starts_with("en"))
    });
    let evidence = vec![
        Fact::Covers { targets: vec![base.name.clone()] },
        Fact::FieldName { field: language_field.name.clone() },
        Fact::FieldName { field: texts.fields[title].name.clone() },
    ];
    let percent = if look.sample.rows.is_empty() { 80 } else { 92 };
    let edit = ManifestEdit::Translations {
        resource: base.name.clone(),
        texts: texts.name.clone(),
        base: base_fields.iter().map(|&at| texts.fields[at].name.clone()).collect(),
        language: language_field.name.clone(),
        title: texts.fields[title].name.clone(),
        prefer,
    };
    Some(Proposal::new(Confidence::percent(percent), evidence, edit))
}

/// The rest of a key that is made of the base record and the language, in the order of the base
/// record's key.
fn base_fields(texts: &Resource, base: &Resource, language: usize) -> Option<Vec<usize>> {
    let unique = texts.indexes.iter().filter(|index| index.unique).map(|index| &index.fields);
    std::iter::once(&texts.key).chain(unique).find_map(|key| {
        let rest: Vec<usize> = key.iter().copied().filter(|&field| field != language).collect();
        if rest.len() + 1 != key.len() || rest.len() != base.key.len() {
            return None;
        }
        match rest.as_slice() {
            [] => None,
            [_] => Some(rest),
            _ => base.key.iter().map(|&at| texts.position(&base.fields[at].name)).collect(),
        }
    })
}
