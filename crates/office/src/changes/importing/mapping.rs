//! Which column of a file goes to which field, and by what its rows find their records.

use std::collections::HashSet;

use kontor_model::schema::IndexKind;
use kontor_model::{ChangeKind, FieldType, Resource};

use super::ImportProblem;
use super::meaning::{bare_amount, kind};
use super::spelling::{Guess, Kind, Leaning, Spelling, guess};
use super::table::{Cell, FileKind, Table};
use crate::catalog::{Face, Format};
use crate::error::OfficeError;

/// Texts of a column that are shown beside it.
const SAMPLES: usize = 3;

/// What is done with the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Records that are there are changed, others are made.
    Both,
    /// Only records that are there are changed.
    Change,
    /// Only new records are made.
    Create,
}

impl ImportMode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Both, Self::Change, Self::Create];

    /// Its word in addresses and in the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Change => "change",
            Self::Create => "create",
        }
    }

    /// The mode of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }
}

/// Why a column is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It fits no field.
    NoField,
    /// Its field cannot be written by an import, or may not be seen.
    Locked,
    /// Another column goes to its field.
    Taken,
    /// Somebody chose so.
    Chosen,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    /// Its name in the file.
    pub head: String,
    /// The field that it goes to.
    pub field: Option<String>,
    /// Why it goes to none.
    pub left_out: Option<LeftOut>,
    /// How it writes numbers and days; none where that makes no difference to its field.
    pub spelling: Option<Spelling>,
    /// Whether its cells can be read in several ways, so that it was decided by what else is known.
    pub is_open: bool,
    /// The first of its texts.
    pub sample: Vec<String>,
}

/// A field that a column can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportField {
    /// Its name.
    pub name: String,
    /// Whether records are only found by it, and it is never written.
    pub finds_only: bool,
}

/// What goes where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMapping {
    /// The columns of the file.
    pub columns: Vec<ImportColumn>,
    /// The fields by which rows find their records; none where every row is a new one.
    pub matched_by: Vec<String>,
    /// What is done.
    pub mode: ImportMode,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOffer {
    /// The fields that columns can go to, in the order in which people read them.
    pub fields: Vec<ImportField>,
    /// The groups of fields that tell records apart, the key first.
    pub matches: Vec<Vec<String>>,
    /// What can be done.
    pub modes: Vec<ImportMode>,
}

/// What somebody chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportChoice {
    /// For columns by their place: the field they go to, if any, and how they write.
    pub columns: Vec<(usize, Option<String>, Option<Spelling>)>,
    /// The fields by which rows find their records.
    pub matched_by: Option<Vec<String>>,
    /// What is done.
    pub mode: Option<ImportMode>,
}

/// Whether an import may write a field, when it makes or when it changes a record.
pub(super) fn is_written(resource: &Resource, face: &Face, field: usize, kind: ChangeKind) -> bool {
    let own = &face.fields[field];
    own.is_visible()
        && own.read_only.is_none()
        // What somebody else keeps is asked for only where a new record cannot be without it.
        && (!own.kept || (kind == ChangeKind::Create && resource.requires(field)))
        && resource.fields[field].ty != FieldType::Bytes
        && resource.takes(kind, field)
        && (kind == ChangeKind::Create || !resource.key.contains(&field))
}

/// The groups of fields that tell records apart, the key first.
pub(super) fn matches(resource: &Resource, face: &Face) -> Vec<Vec<usize>> {
    let is_usable = |fields: &[usize]| {
        let one = |&field: &usize| {
            face.fields[field].is_visible()
                && resource.fields[field].comparable
                && resource.fields[field].ty != FieldType::Bytes
        };
        !fields.is_empty() && fields.iter().all(one)
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let unique = resource.indexes.iter().filter(|index| {
        index.unique && matches!(index.kind, IndexKind::Ordered | IndexKind::Prefix)
    });
    let own = unique.map(|index| &index.fields).filter(|_| resource.service.is_none());
    for fields in std::iter::once(&resource.key).chain(own) {
        let set: HashSet<usize> = fields.iter().copied().collect();
        let is_known =
            groups.iter().any(|other| other.iter().copied().collect::<HashSet<_>>() == set);
        if is_usable(fields) && !is_known {
            groups.push(fields.clone());
        }
    }
    groups
}

/// What can be done with the records of a resource.
fn modes(resource: &Resource, matches: &[Vec<usize>]) -> Vec<ImportMode> {
    let creates = resource.offers(ChangeKind::Create);
    let changes = resource.offers(ChangeKind::Update) && !matches.is_empty();
    ImportMode::ALL
        .into_iter()
        .filter(|mode| match mode {
            ImportMode::Both => creates && changes,
            ImportMode::Change => changes,
            ImportMode::Create => creates,
        })
        .collect()
}

/// What an import of a resource can choose among.
pub(super) fn offer(resource: &Resource, face: &Face) -> ImportOffer {
    let groups = matches(resource, face);
    let name = |field: &usize| resource.fields[*field].name.clone();
    let fields = face.order.iter().filter_map(|&field| {
        let is_set = [ChangeKind::Create, ChangeKind::Update]
            .into_iter()
            .any(|kind| resource.offers(kind) && is_written(resource, face, field, kind));
        let finds = groups.iter().any(|group| group.contains(&field));
        (is_set || finds).then(|| ImportField { name: name(&field), finds_only: !is_set })
    });
    ImportOffer {
        fields: fields.collect(),
        modes: modes(resource, &groups),
        matches: groups.iter().map(|group| group.iter().map(name).collect()).collect(),
    }
}

/// What fits at first sight: columns go to the fields whose name or title they have, in whatever
/// case and with whatever between the words.
pub(super) fn guessed(
    resource: &Resource,
    face: &Face,
    table: &Table,
    language: &str,
) -> ImportMapping {
    let offer = offer(resource, face);
    let mut taken: HashSet<usize> = HashSet::new();
    let mut columns = Vec::with_capacity(table.heads.len());
    for (at, head) in table.heads.iter().enumerate() {
        let fitting = fitting(resource, face, head, language);
        let is_offered = |field: &&usize| {
            offer.fields.iter().any(|other| other.name == resource.fields[**field].name)
        };
        let free = fitting.iter().filter(is_offered).find(|field| !taken.contains(*field));
        let left_out = match free {
            Some(_) => None,
            None if fitting.is_empty() => Some(LeftOut::NoField),
            None if fitting.iter().any(|field| taken.contains(field)) => Some(LeftOut::Taken),
            None => Some(LeftOut::Locked),
        };
        taken.extend(free);
        columns.push(ImportColumn {
            head: head.clone(),
            field: free.map(|&field| resource.fields[field].name.clone()),
            left_out,
            spelling: None,
            is_open: false,
            sample: sample(table, at),
        });
    }
    let is_mapped = |group: &&Vec<String>| {
        group.iter().all(|name| columns.iter().any(|column| column.field.as_ref() == Some(name)))
    };
    let matched_by = offer.matches.iter().find(is_mapped).cloned().unwrap_or_default();
    let creates = offer.modes.iter().find(|mode| **mode == ImportMode::Create);
    let mode = if matched_by.is_empty() { creates } else { offer.modes.first() };
    let mut mapping = ImportMapping {
        columns,
        matched_by,
        mode: mode.or(offer.modes.first()).copied().unwrap_or(ImportMode::Change),
    };
    spell(resource, face, table, language, &mut mapping, &HashSet::new());
    mapping
}

/// The fields whose name or title a column has; the best first.
fn fitting(resource: &Resource, face: &Face, head: &str, language: &str) -> Vec<usize> {
    let without_unit = head.split(['(', '[']).next().unwrap_or(head);
    let mut fields = Vec::new();
    for wanted in [plain(head), plain(without_unit)] {
        if wanted.is_empty() {
            continue;
        }
        for pass in 0..3 {
            for field in 0..resource.fields.len() {
                let title = &face.fields[field].title;
                let own = match pass {
                    0 => resource.fields[field].name.as_str(),
                    1 => title.in_language(language),
                    _ if language == "de" => &title.en,
                    _ => &title.de,
                };
                let is_seen = face.fields[field].is_visible();
                if is_seen && plain(own) == wanted && !fields.contains(&field) {
                    fields.push(field);
                }
            }
        }
    }
    fields
}

/// Letters and digits alone, in lower case, `ä` as `ae`.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}

fn sample(table: &Table, at: usize) -> Vec<String> {
    let texts = table.rows.iter().map(|row| row.cells[at].text()).filter(|text| !text.is_empty());
    texts.take(SAMPLES).map(|text| text.chars().take(60).collect()).collect()
}

/// Finds out how the columns write numbers and days, but for those of which somebody said it.
fn spell(
    resource: &Resource,
    face: &Face,
    table: &Table,
    language: &str,
    mapping: &mut ImportMapping,
    said: &HashSet<usize>,
) {
    let mut asked = Vec::new();
    for (at, column) in mapping.columns.iter().enumerate() {
        let field = column.field.as_deref().and_then(|name| resource.position(name));
        let Some((field, kind)) =
            field.and_then(|field| Some((field, kind(resource, face, field)?)))
        else {
            continue;
        };
        let is_money = matches!(face.fields[field].format, Format::Money { .. });
        let texts = table.rows.iter().filter_map(|row| match &row.cells[at] {
            Cell::Text(text) if is_money => Some(bare_amount(text)),
            Cell::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let texts: Vec<&str> = texts.filter(|text| !text.trim().is_empty()).collect();
        if !texts.is_empty() {
            asked.push((at, kind, texts));
        }
    }
    let own = match (&table.kind, language) {
        (FileKind::Delimited { separator: ',', .. }, _) => Leaning::Plain,
        (_, "de") => Leaning::German,
        _ => Leaning::English,
    };
    let sure =
        asked.iter().filter(|(_, kind, _)| *kind == Kind::Number).filter_map(|(_, kind, texts)| {
            match guess(*kind, texts, own) {
                Guess::Sure(spelling) => Some(spelling),
                Guess::Any | Guess::Open(_) => None,
            }
        });
    // One column that leaves no doubt speaks for the others.
    let leaning = match sure.into_iter().next() {
        Some(Spelling::German) => Leaning::German,
        Some(Spelling::Plain) => Leaning::Plain,
        Some(Spelling::British | Spelling::American) => Leaning::English,
        None => own,
    };
    for column in mapping.columns.iter_mut().enumerate() {
        let (at, column) = column;
        let found = asked.iter().find(|(other, ..)| *other == at);
        let guessed = found.map(|(_, kind, texts)| guess(*kind, texts, leaning));
        column.is_open = matches!(guessed, Some(Guess::Open(_))) && !said.contains(&at);
        if said.contains(&at) && guessed.is_some() {
            column.spelling = column.spelling.or(Some(Spelling::Plain));
        } else {
            column.spelling = guessed.map(Guess::spelling);
        }
    }
}

/// A mapping with what somebody chose.
///
/// # Errors
/// [`OfficeError::Import`] for what does not go together; [`OfficeError::Parameter`] for what
/// cannot be chosen.
pub(super) fn chosen(
    (resource, face): (&Resource, &Face),
    table: &Table,
    language: &str,
    mut mapping: ImportMapping,
    choice: &ImportChoice,
) -> Result<ImportMapping, OfficeError> {
    let wrong = |what, problem: String| Err(OfficeError::Parameter { what, problem });
    let offer = offer(resource, face);
    let mut said = HashSet::new();
    for (at, field, spelling) in &choice.columns {
        let Some(column) = mapping.columns.get_mut(*at) else {
            return wrong("columns", format!("the file has no column {at}"));
        };
        if let Some(name) =
            field.as_ref().filter(|name| !offer.fields.iter().any(|offered| offered.name == **name))
        {
            return wrong("columns", format!("a column cannot go to “{name}”"));
        }
        if column.field != *field {
            column.left_out = field.is_none().then_some(LeftOut::Chosen);
            column.field.clone_from(field);
        }
        if spelling.is_some() {
            column.spelling = *spelling;
            said.insert(*at);
        }
    }
    let mut taken = HashSet::new();
    for name in mapping.columns.iter().filter_map(|column| column.field.as_ref()) {
        if !taken.insert(name) {
            return Err(ImportProblem::Twice(name.clone()).into());
        }
    }
    if let Some(matched_by) = &choice.matched_by {
        if !matched_by.is_empty() && !offer.matches.contains(matched_by) {
            let named = matched_by.join(", ");
            return wrong("matched_by", format!("“{named}” does not tell records apart"));
        }
        mapping.matched_by.clone_from(matched_by);
    }
    mapping.mode = choice.mode.unwrap_or(mapping.mode);
    if !offer.modes.contains(&mapping.mode) {
        return wrong("mode", format!("“{}” is not possible here", mapping.mode.code()));
    }
    if mapping.matched_by.is_empty() && mapping.mode != ImportMode::Create {
        return Err(ImportProblem::NoMatch.into());
    }
    let is_mapped = |name: &&String| taken.contains(name);
    if let Some(name) = mapping.matched_by.iter().find(|name| !is_mapped(name)) {
        return Err(ImportProblem::NotMapped(name.clone()).into());
    }
    spell(resource, face, table, language, &mut mapping, &said);
    Ok(mapping)
}
