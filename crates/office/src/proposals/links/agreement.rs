//! How much the name of a field and the name of a key have to do with each other.

use kontor_model::{Field, FieldType};

use super::super::proposal::NameAgreement;
use super::super::words::{alike, all_alike};

/// Words at the end of a name that say: this is an address of a record.
const SUFFIXES: [&str; 14] = [
    "id", "ids", "no", "nr", "num", "nummer", "number", "code", "key", "uuid", "guid", "ref", "fk",
    "kz",
];

/// Words for what a person does, and for the resources that hold persons.
const ROLES: [&str; 19] = [
    "rep",
    "agent",
    "manager",
    "clerk",
    "seller",
    "assignee",
    "author",
    "creator",
    "approver",
    "editor",
    "reviewer",
    "supervisor",
    "boss",
    "bearbeiter",
    "verkaeufer",
    "betreuer",
    "ersteller",
    "by",
    "to",
];
const PERSONS: [&str; 9] =
    ["employee", "staff", "user", "admin", "mitarbeiter", "account", "person", "agent", "benutzer"];

/// A key that links can lead to.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) resource: usize,
    pub(super) field: usize,
    pub(super) ty: &'a FieldType,
    /// Words of the key's name.
    pub(super) key: Vec<String>,
    /// The same without what says that it is an address.
    pub(super) stem: Vec<String>,
    /// Words of the resource's name without a prefix that all resources have.
    pub(super) table: Vec<String>,
    pub(super) is_first_part: bool,
    pub(super) is_primary: bool,
}

pub(super) struct Source<'a> {
    pub(super) from: usize,
    pub(super) place: usize,
    pub(super) field: &'a Field,
    pub(super) all: &'a [String],
    pub(super) stem: &'a [String],
    pub(super) has_suffix: bool,
}

/// The field is called as the key. Several resources may have a key of that name: the one that
/// the key is named after is its home.
pub(super) fn same_name(
    source: &Source<'_>,
    target: &Target<'_>,
    is_whole_key: bool,
) -> Option<(NameAgreement, u32)> {
    let named_after = |words: &[String]| all_alike(&target.stem, words);
    let head = target.stem.len().min(target.table.len());
    let strength = if named_after(&target.table) {
        95
    } else if named_after(&target.table[target.table.len() - head..]) {
        90
    } else if named_after(&target.table[..head]) {
        85
    } else if is_whole_key {
        // Two resources with the same key, named after neither: nothing says which is the base.
        return None;
    } else if !target.is_first_part
        && (source.has_suffix || source.all.last().is_some_and(|word| is_abbreviation(word)))
    {
        75
    } else if !target.is_first_part {
        60
    } else {
        return None;
    };
    Some((NameAgreement::SameAsKey, strength))
}

/// The field is called after the resource and its key together: `group_unique_key`, `order_number`.
pub(super) fn table_and_key(
    source: &Source<'_>,
    target: &Target<'_>,
) -> Option<(NameAgreement, u32)> {
    let both: Vec<String> = target.table.iter().chain(&target.key).cloned().collect();
    let extra = source.all.len().checked_sub(both.len())?;
    if target.is_first_part || !all_alike(&source.all[extra..], &both) {
        return None;
    }
    Some(match extra {
        0 => (NameAgreement::ResourceName, 92),
        _ => (NameAgreement::EndsWithResourceName, 80),
    })
}

/// The field is called after the resource.
pub(super) fn by_table(stem: &[String], target: &Target<'_>) -> Option<(NameAgreement, u32)> {
    // A key that is called after something else leads there, not to this resource.
    let is_own = target.stem.is_empty()
        || target.stem.iter().all(|word| target.table.iter().any(|t| alike(t, word)))
        || target.is_primary && target.key.len() == 1 && is_abbreviation(&target.key[0]);
    if !is_own || stem.is_empty() {
        return None;
    }
    let table = &target.table;
    if all_alike(stem, table) {
        return Some((NameAgreement::ResourceName, 92));
    }
    if stem.len() > table.len() && all_alike(&stem[stem.len() - table.len()..], table) {
        let longer = u32::try_from(table.len() * 2).unwrap_or(0).min(6);
        return Some((NameAgreement::EndsWithResourceName, 78 + longer));
    }
    let tails = (1..=stem.len().min(table.len().saturating_sub(1))).rev();
    for length in tails {
        let end = &stem[stem.len() - length..];
        let whole = length == stem.len();
        if all_alike(end, &table[table.len() - length..]) {
            return Some((NameAgreement::PartOfResourceName, if whole { 70 } else { 50 }));
        }
        if all_alike(end, &table[..length]) {
            return Some((NameAgreement::PartOfResourceName, if whole { 62 } else { 55 }));
        }
    }
    None
}

/// A key such as `KDNR` or `LKZ`, whose letters nobody can tell apart, but whose end says what it
/// is.
fn is_abbreviation(key: &str) -> bool {
    key.len() <= 8 && SUFFIXES.iter().any(|suffix| key.ends_with(suffix))
}

/// A number that is called after a resource: `orders.orders_status`, `products.products_type`.
pub(super) fn bare_number(stem: &[String], target: &Target<'_>) -> Option<(NameAgreement, u32)> {
    let table = &target.table;
    if all_alike(stem, table) && stem.len() > 1 {
        return Some((NameAgreement::ResourceName, 82));
    }
    if all_alike(stem, table) {
        return Some((NameAgreement::ResourceName, 65));
    }
    (table.len() > 1
        && stem.len() > table.len()
        && all_alike(&stem[stem.len() - table.len()..], table))
    .then_some((NameAgreement::EndsWithResourceName, 75))
}

/// What a person does, in a field that refers to persons.
pub(super) fn by_role(stem: &[String], target: &Target<'_>) -> Option<(NameAgreement, u32)> {
    let role = stem.last()?;
    let persons = target.table.last()?;
    (target.is_primary
        && ROLES.contains(&role.as_str())
        && PERSONS.iter().any(|person| alike(person, persons)))
    .then_some((NameAgreement::Role, 60))
}

#[derive(PartialEq)]
pub(super) enum KeyType {
    Number,
    Text,
    Uuid,
    Any,
}

pub(super) fn key_type(ty: &FieldType) -> Option<KeyType> {
    match ty {
        FieldType::Int { .. } | FieldType::Decimal { scale: Some(0), .. } => Some(KeyType::Number),
        FieldType::Text { max } if max.is_none_or(|max| max <= 255) => Some(KeyType::Text),
        FieldType::Uuid => Some(KeyType::Uuid),
        FieldType::Any => Some(KeyType::Any),
        _ => None,
    }
}

/// Whether values of the one can be values of the other. Widths may differ (`int(5)` refers to
/// `int(11)` in many old schemas); texts may not be much shorter than what they refer to.
pub(super) fn types_agree(from: &FieldType, to: &FieldType) -> bool {
    if let (FieldType::Text { max: Some(from) }, FieldType::Text { max: Some(to) }) = (from, to)
        && (*from * 2 < *to || *to * 16 < *from)
    {
        return false;
    }
    match (key_type(from), key_type(to)) {
        (Some(KeyType::Any), Some(_)) | (Some(_), Some(KeyType::Any)) => true,
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// `kundennr` is `kunden`, `nr`.
pub(super) fn split_suffix(mut all: Vec<String>) -> Vec<String> {
    if let Some(last) = all.pop() {
        let split = SUFFIXES.iter().find_map(|suffix| {
            let stem = last.strip_suffix(suffix)?;
            (stem.len() >= 3).then(|| [stem.to_owned(), (*suffix).to_owned()])
        });
        match split {
            Some(parts) if !SUFFIXES.contains(&last.as_str()) => all.extend(parts),
            _ => all.push(last),
        }
    }
    all
}

/// `customer_id_sent` is a `customer_id`.
pub(super) fn cut_after_id(mut all: Vec<String>) -> Vec<String> {
    if let Some(at) = all.iter().position(|word| word == "id")
        && at > 0
        && at + 2 == all.len()
    {
        all.truncate(at + 1);
    }
    all
}

pub(super) fn without_suffix(all: &[String]) -> Vec<String> {
    match all.split_last() {
        Some((last, rest)) if SUFFIXES.contains(&last.as_str()) => rest.to_vec(),
        _ => all.to_vec(),
    }
}
