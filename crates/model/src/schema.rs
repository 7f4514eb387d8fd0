//! What a backend's schema says: resources, fields, keys, indexes and references.

use serde::{Deserialize, Serialize};

use crate::change::ChangeKind;
use crate::field_type::FieldType;
use crate::name::ResourceName;
use crate::service::{Ability, Service};

/// The kind of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// A SQLite file.
    Sqlite,
    /// PostgreSQL, or an engine that speaks its protocol.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
    /// A service that describes itself with OpenAPI.
    Openapi,
    /// A service that speaks GraphQL.
    Graphql,
}

impl Engine {
    /// The engine's name as people write it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL/MariaDB",
            Self::Openapi => "OpenAPI",
            Self::Graphql => "GraphQL",
        }
    }
}

/// All that was found in a backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The kind of database.
    pub engine: Engine,
    /// The server's version as it says it.
    pub version: String,
    /// Resources in order of their names.
    pub resources: Vec<Resource>,
    /// What was seen and could not be used, each with its reason.
    #[serde(default)]
    pub left_out: Vec<String>,
}

impl Schema {
    /// The resource of a name.
    #[must_use]
    pub fn resource(&self, name: &ResourceName) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == *name)
    }
}

/// What a resource is in its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A table; partitions are read through their parent.
    Table,
    /// A view.
    View,
    /// A materialised view: as old as its last refresh.
    MaterializedView,
    /// A table of another server.
    ForeignTable,
    /// A collection of a service.
    Collection,
}

/// A table, view or collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Name inside the backend.
    pub name: ResourceName,
    /// Schema (PostgreSQL) or database (MySQL) it lives in.
    pub namespace: Option<String>,
    /// The table's own name.
    pub table: String,
    /// What it is.
    pub kind: ResourceKind,
    /// Fields in the table's order.
    pub fields: Vec<Field>,
    /// Indexes into `fields` of the key, in key order; empty when there is none.
    pub key: Vec<usize>,
    /// Foreign keys that start here.
    pub references: Vec<Reference>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// About how many records there are, from the database's own statistics.
    pub estimated_rows: Option<u64>,
    /// The comment in the database.
    pub comment: Option<String>,
    /// Whether the storage can roll back (false for MyISAM and kin).
    pub transactional: bool,
    /// The engine's own address of a row (`ctid`, `rowid`), by which a list without a key pages.
    pub row_id: Option<String>,
    /// Why records can never be changed here, where that is so.
    pub read_only: Option<ReadOnly>,
    /// What the service offers of it, where the backend is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Box<Service>>,
}

/// Why a resource can only be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadOnly {
    /// It is a view.
    View,
    /// No key tells its records apart.
    NoKey,
    /// The account of the connection may not write.
    NoPrivilege,
    /// The service has no operation for it.
    NotOffered,
}

impl Resource {
    /// Position of a field by name.
    #[must_use]
    pub fn position(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|candidate| candidate.name == field)
    }

    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether the backend offers a kind of change at all.
    #[must_use]
    pub fn offers(&self, kind: ChangeKind) -> bool {
        let Some(service) = &self.service else { return kind != ChangeKind::Act };
        match kind {
            ChangeKind::Create => service.creates,
            ChangeKind::Update => service.updates,
            ChangeKind::Delete => service.deletes,
            ChangeKind::Act => !service.operations.is_empty(),
        }
    }

    /// Whether a kind of change may name a field, as far as the backend decides it.
    #[must_use]
    pub fn takes(&self, kind: ChangeKind, field: usize) -> bool {
        let service = self.service.as_ref();
        let own = service.and_then(|service| service.properties.get(field));
        own.is_none_or(|own| match kind {
            ChangeKind::Create => own.creatable,
            ChangeKind::Update => own.updatable,
            ChangeKind::Delete | ChangeKind::Act => false,
        })
    }

    /// Whether a new record must bring a value for a field.
    #[must_use]
    pub fn requires(&self, field: usize) -> bool {
        let own = self.service.as_ref().and_then(|service| service.properties.get(field));
        if let Some(own) = own {
            return own.needed;
        }
        let field = &self.fields[field];
        !field.nullable && field.default.is_none() && field.generated == Generated::No
    }

    /// Whether lists hold a field; services tell some only of single records.
    #[must_use]
    pub fn is_listed(&self, field: usize) -> bool {
        let service = self.service.as_ref();
        service.and_then(|service| service.properties.get(field)).is_none_or(|own| own.listed)
    }

    /// Whether the backend can order its list by a field in a direction.
    #[must_use]
    pub fn sorts(&self, field: usize, descending: bool) -> bool {
        let Some(service) = &self.service else { return self.fields[field].sortable };
        service
            .orders
            .iter()
            .any(|order| order.field == field && if descending { order.down } else { order.up })
    }

    /// Whether an index exists whose first fields are exactly these, in any order.
    #[must_use]
    pub fn is_indexed(&self, fields: &[usize]) -> bool {
        (!fields.is_empty() && self.key.get(..fields.len()).is_some_and(|k| same_set(k, fields)))
            || self.indexes.iter().any(|index| {
                matches!(index.kind, IndexKind::Ordered | IndexKind::Prefix)
                    && index.fields.get(..fields.len()).is_some_and(|k| same_set(k, fields))
            })
    }
}

fn same_set(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().all(|item| b.contains(item))
}

/// A typed column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Name in the database.
    pub name: String,
    /// What it holds.
    pub ty: FieldType,
    /// The database's own words for the type (`numeric(10,2)`, `mediumint unsigned`).
    pub native: String,
    /// The type's name without length or precision, as a cast needs it.
    pub sql_type: String,
    /// Whether it may be `NULL`.
    pub nullable: bool,
    /// The default as the database writes it.
    pub default: Option<String>,
    /// Whether the database makes the value.
    pub generated: Generated,
    /// The comment in the database.
    pub comment: Option<String>,
    /// Whether the backend can order by it.
    pub sortable: bool,
    /// Whether the backend can compare it with `=`.
    pub comparable: bool,
    /// The tests that the backend offers of it; none where it takes all that suit the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<Vec<Ability>>,
}

impl Field {
    /// Whether an edit may name it.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        self.generated != Generated::Always && self.ty.is_writable()
    }
}

/// Who makes a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generated {
    /// Whoever writes the record.
    No,
    /// The database where nothing is given (identity, auto-increment, serial).
    ByDefault,
    /// Always the database (generated columns, identity always).
    Always,
}

/// A reference from fields of one resource to fields of another in the same backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Name of the constraint, or of the link in the manifest.
    pub name: String,
    /// Indexes into the fields of the resource that refers.
    pub fields: Vec<usize>,
    /// The resource referred to.
    pub target: ResourceName,
    /// Names of the fields referred to, in the order of `fields`.
    pub target_fields: Vec<String>,
    /// Who says so.
    pub source: ReferenceSource,
}

/// How a reference came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceSource {
    /// A foreign key of the database.
    ForeignKey {
        /// What becomes of a record when the one that it refers to is removed.
        on_delete: OnDelete,
    },
    /// The manifest.
    Manifest,
    /// The description of a service.
    Described,
}

/// What a database does with records whose reference is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// It refuses the removal.
    Refuse,
    /// It removes them, too.
    Cascade,
    /// It sets their fields to null or to the default.
    Clear,
}

impl OnDelete {
    /// The meaning of the words that SQL has for it (`CASCADE`, `SET NULL`, …).
    #[must_use]
    pub fn from_sql(words: &str) -> Self {
        match words.to_ascii_uppercase().as_str() {
            "CASCADE" => Self::Cascade,
            "SET NULL" | "SET DEFAULT" => Self::Clear,
            _ => Self::Refuse,
        }
    }
}

/// An index, as far as reading can use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Name in the database.
    pub name: String,
    /// Fields in index order; empty where it is over an expression only.
    pub fields: Vec<usize>,
    /// Whether no two records share the values.
    pub unique: bool,
    /// What it is good for.
    pub kind: IndexKind,
}

/// What an index can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// Equality, order and ranges.
    Ordered,
    /// Equality, order, ranges, and the beginnings of texts.
    Prefix,
    /// Parts of texts (trigrams).
    Trigram,
    /// Words of texts.
    FullText,
    /// Anything else.
    Other,
}
