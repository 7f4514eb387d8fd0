//! What a backend looks like to people: its schema, with the manifest laid over it.

mod actions;
mod build;
mod declared;
mod far;
mod members;
mod money;
mod taking;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use kontor_connect::Of;
use kontor_model::filter::Operator;
use kontor_model::filter::bind::{Hop, Names, suits};
use kontor_model::{FieldType, OnDelete, Resource, ResourceName, Schema, Sort, Value};

use crate::error::ReadOnlyReason;
use crate::manifest::{Label, TimeUnit};

pub(crate) use actions::actions as actions_of;
pub use actions::{Action, Does, Preview, Told, allows};
pub use build::build;
pub use declared::Declared;
pub(crate) use declared::Wrong;
pub use far::{FarField, FarLink};
pub use members::{MemberFace, is_identifier};
pub use money::{in_major_units, in_minor_units, own_digits};
pub use taking::{ActionInput, Asked, Entry, Pick, Picked, Source};
pub use words::humanised;

/// A backend's resources as people see them.
#[derive(Debug)]
pub struct Catalog {
    /// The schema, with the manifest's keys and links in it.
    pub schema: Arc<Schema>,
    /// One per resource of the schema, in the same order.
    pub faces: Vec<Face>,
    /// What the manifest says that does not fit the schema; those parts are not in force.
    pub problems: Vec<String>,
    by_name: HashMap<ResourceName, usize>,
}

/// A resource as people see it.
#[derive(Debug)]
pub struct Face {
    /// Index of the resource in the schema.
    pub index: usize,
    /// Its name in addresses.
    pub name: ResourceName,
    /// Its title.
    pub title: Label,
    /// The group it stands in.
    pub group: Option<Label>,
    /// Whether it is left out of menus.
    pub hidden: bool,
    /// Why its records cannot be changed; none when they can.
    pub read_only: Option<ReadOnlyReason>,
    /// Fields in the schema's order.
    pub fields: Vec<FieldFace>,
    /// Fields that may be seen, in the order in which people read them.
    pub order: Vec<usize>,
    /// Fields that a list shows at first.
    pub columns: Vec<usize>,
    /// The order of a list at first.
    pub sort: Vec<Sort>,
    /// The fields that name a record.
    pub title_fields: Vec<usize>,
    /// Fields that the search box looks into, where the manifest says so.
    pub search: Option<Vec<usize>>,
    /// Links that begin here.
    pub links: Vec<Link>,
    /// Links that end here.
    pub incoming: Vec<Incoming>,
    /// Links that begin here and end in another backend, or where values are written differently.
    pub far: Vec<FarLink>,
    /// How a record is marked as deleted instead of being removed.
    pub soft_delete: Option<SoftDelete>,
    /// Fields that the database or the application stamps: created, updated.
    pub stamps: Stamps,
    /// Where titles in several languages are kept.
    pub translations: Option<Translations>,
    /// The kinds of records that share the table.
    pub kinds: Option<Kinds>,
    /// Whether it only joins others.
    pub is_join_table: bool,
    /// The kind of case whose things its records are.
    pub case: Option<String>,
    /// What one can do with its records.
    pub actions: Vec<Action>,
    /// The field in which records say what they allow.
    pub allowed_field: Option<usize>,
}

/// A field as people see it.
#[derive(Debug)]
pub struct FieldFace {
    /// Its title.
    pub title: Label,
    /// The group it stands in on a record's page.
    pub group: Option<Label>,
    /// Whether the manifest hides it.
    pub hidden: bool,
    /// Whether it holds a secret: then it is nowhere.
    pub secret: bool,
    /// How its values are shown.
    pub format: Format,
    /// Why it cannot be changed; none when it can.
    pub read_only: Option<ReadOnlyReason>,
    /// Whether the database or the application keeps it: a key that is counted up, a stamp, the
    /// mark of deleted records. Screens show it, but do not offer to change it.
    pub kept: bool,
    /// The fact about a case that it is.
    pub fact: Option<String>,
    /// What happened at the time that it holds, for the timeline of a case.
    pub event: Option<Label>,
    /// Titles and colours of its known values.
    pub choices: Vec<Choice>,
    /// What is known of the objects in it, where it holds JSON.
    pub members: Vec<MemberFace>,
}

impl FieldFace {
    /// Whether anybody sees it.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        !self.hidden && !self.secret
    }

    /// The field with the currency of its amounts, be they its values or inside of them.
    #[must_use]
    pub fn currency_field(&self) -> Option<usize> {
        match &self.format {
            Format::Money { currency_field, .. } => *currency_field,
            _ => self.members.iter().find_map(MemberFace::currency_field),
        }
    }
}

/// How values of a field are shown, beyond what their type says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// As the type says.
    Plain,
    /// Text of several lines.
    Multiline,
    /// An e-mail address.
    Email,
    /// An address on the web.
    Url,
    /// A telephone number.
    Phone,
    /// JSON kept as text.
    Json,
    /// Values joined by commas.
    List,
    /// An amount of money.
    Money {
        /// The field that holds the currency's code.
        currency_field: Option<usize>,
        /// The code, where it is always the same.
        currency_code: Option<String>,
        /// Digits of the minor unit that integers count; decimals are shown as they are. A
        /// record's own currency may have others, see [`minor_digits`].
        decimals: u32,
    },
    /// A share of a hundred.
    Percent,
    /// A colour such as `#3a6ea5`.
    Color,
    /// A picture.
    Image,
    /// A moment, as a number since 1970.
    UnixTime(TimeUnit),
    /// One of few values, with a dot.
    Status,
}

/// A known value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value's text.
    pub value: String,
    /// What people call it.
    pub title: Label,
    /// `grey`, `blue`, `green`, `amber` or `red`.
    pub color: Option<String>,
}

impl Choice {
    /// What a manifest says of a value; it is called what it is where nothing is said.
    pub(crate) fn of(said: &crate::manifest::Choice) -> Self {
        Self {
            value: said.value.clone(),
            title: said.title.clone().unwrap_or_else(|| Label::same(&said.value)),
            color: said.color.map(|color| color.word().to_owned()),
        }
    }
}

/// A link to a record of another resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name in filters and addresses, unique among the links of the resource.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// Fields here.
    pub fields: Vec<usize>,
    /// Index of the other face.
    pub target: usize,
    /// Fields there, in the order of `fields`.
    pub target_fields: Vec<usize>,
    /// What the database does with a record when the one at the other end is removed; none where
    /// it does not know of the link.
    pub on_delete: Option<OnDelete>,
}

/// A link of another resource that ends here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Index of the face where it begins.
    pub from: usize,
    /// Index among that face's links.
    pub link: usize,
}

/// A mark that a record counts as deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct SoftDelete {
    /// The field.
    pub field: usize,
    /// What deleting writes.
    pub deleted: Mark,
    /// What restoring writes, and what records have that are not deleted.
    pub alive: Value,
}

/// What is written to mark a record as deleted.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// The present moment.
    Now,
    /// A fixed value.
    Fixed(Value),
}

/// Fields that say when a record was made and changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamps {
    /// When it was made.
    pub created: Option<usize>,
    /// When it was changed last.
    pub updated: Option<usize>,
}

/// Kinds of records that share one table: a field says the kind, others belong to some kinds only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds {
    /// The field that says the kind.
    pub field: usize,
    /// For each kind, the text of that field and the fields that belong to it.
    pub of: Vec<(String, Vec<usize>)>,
}

impl Kinds {
    /// Whether a field belongs to other kinds only.
    #[must_use]
    pub fn is_foreign(&self, kind: &str, field: usize) -> bool {
        let belongs =
            |to: &str| self.of.iter().any(|(kind, own)| kind == to && own.contains(&field));
        let is_somebodys = self.of.iter().any(|(_, own)| own.contains(&field));
        is_somebodys && !belongs(kind) && self.of.iter().any(|(known, _)| known == kind)
    }
}

/// Where a record's title is kept in several languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translations {
    /// Index of the face that holds them.
    pub face: usize,
    /// Fields there that name the record, in the order of its key.
    pub base: Vec<usize>,
    /// The field with the language.
    pub language: usize,
    /// The field with the title.
    pub title: usize,
    /// Values of the language field, best first.
    pub prefer: Vec<String>,
}

impl Catalog {
    /// The face of a resource.
    #[must_use]
    pub fn face(&self, name: &ResourceName) -> Option<&Face> {
        self.by_name.get(name).map(|&index| &self.faces[index])
    }

    /// The resource behind a face.
    #[must_use]
    pub fn resource(&self, face: &Face) -> &Resource {
        &self.schema.resources[face.index]
    }

    /// Whether the records can be asked for that point to a record over a link.
    #[must_use]
    pub fn can_follow_back(&self, incoming: &Incoming) -> bool {
        let from = &self.faces[incoming.from];
        let resource = self.resource(from);
        // What lies below another record is listed by that record only.
        let below = resource.service.as_ref().map_or(&[][..], |service| &service.required);
        let can_ask =
            |&field: &usize| below.contains(&field) || suits(Operator::Eq, &resource.fields[field]);
        from.links[incoming.link].fields.iter().all(can_ask)
    }

    /// A face's resource within its schema, as connections take it.
    #[must_use]
    pub fn of(&self, face: &Face) -> Of<'_> {
        Of { schema: &self.schema, resource: self.resource(face) }
    }
}

impl Face {
    /// The link that begins with a field, for showing its value as a title.
    #[must_use]
    pub fn link_at(&self, field: usize) -> Option<&Link> {
        // Where several begin, the one that needs nothing else says what the value itself means.
        let begins = self.links.iter().filter(|link| link.fields.first() == Some(&field));
        begins.min_by_key(|link| link.fields.len())
    }

    /// The far link that begins with a field.
    #[must_use]
    pub fn far_at(&self, field: usize) -> Option<&FarLink> {
        let begins = |link: &&FarLink| link.fields.first().is_some_and(|it| it.field == field);
        self.far.iter().filter(begins).min_by_key(|link| link.fields.len())
    }

    /// The far link of a name.
    #[must_use]
    pub fn far(&self, name: &str) -> Option<&FarLink> {
        self.far.iter().find(|link| link.name == name)
    }
}

/// What a filter may name: what is visible.
impl Names for Catalog {
    fn field(&self, resource: &Resource, name: &str) -> Option<usize> {
        let face = self.face(&resource.name)?;
        let index = resource.position(name)?;
        face.fields[index].is_visible().then_some(index)
    }

    fn link(&self, resource: &Resource, name: &str) -> Option<Hop<'_>> {
        let face = self.face(&resource.name)?;
        let link = face.links.iter().find(|link| link.name == name)?;
        Some(Hop {
            resource: self.resource(&self.faces[link.target]),
            on: link.fields.iter().copied().zip(link.target_fields.iter().copied()).collect(),
        })
    }
}

/// The value that an input text means for a field, or `NULL`.
pub(crate) fn is_blob(ty: &FieldType) -> bool {
    *ty == FieldType::Bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_another_kind_is_told_from_a_common_one() {
        let kinds = Kinds {
            field: 0,
            of: vec![("percent".into(), vec![1]), ("amount".into(), vec![2, 3])],
        };
        assert!(kinds.is_foreign("percent", 2));
        assert!(!kinds.is_foreign("percent", 1));
        assert!(!kinds.is_foreign("percent", 4), "common to all");
        assert!(!kinds.is_foreign("unheard of", 2), "a kind that nobody described hides nothing");
    }
}
