//! What goes into the manifest when a proposal is accepted.

use kontor_model::ResourceName;
use serde::{Deserialize, Serialize};

use super::proposal::Kind;

/// A change of the manifest. Each maps to keys of it, one to one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum ManifestEdit {
    /// `[[links]]`.
    AddLink {
        /// `from`.
        from: ResourceName,
        /// `fields`.
        fields: Vec<String>,
        /// `to`.
        to: ResourceName,
        /// `to_fields`.
        to_fields: Vec<String>,
        /// `name`, unique among the links of `from`.
        name: String,
    },
    /// `soft_delete` of a resource.
    SoftDelete {
        /// The resource.
        resource: ResourceName,
        /// `field`.
        field: String,
        /// `deleted`: what is written to delete.
        deleted: Mark,
        /// `alive`: what a record has that is not deleted; `None` for `NULL`.
        alive: Option<Mark>,
    },
    /// `stamps` of a resource.
    Stamps {
        /// The resource.
        resource: ResourceName,
        /// `created`.
        created: Option<String>,
        /// `updated`.
        updated: Option<String>,
    },
    /// `translations` of a resource.
    Translations {
        /// The resource that is translated.
        resource: ResourceName,
        /// `resource`: where its texts are.
        texts: ResourceName,
        /// `base`: the fields there that name the record translated.
        base: Vec<String>,
        /// `language`.
        language: String,
        /// `title`.
        title: String,
        /// `prefer`: languages as they are written there, the most wanted first.
        prefer: Vec<String>,
    },
    /// `kinds` of a resource.
    Kinds {
        /// The resource.
        resource: ResourceName,
        /// `field`.
        field: String,
        /// `common`: fields of all kinds.
        common: Vec<String>,
        /// `of`: fields of each kind alone.
        of: Vec<(String, Vec<String>)>,
    },
    /// `join_table` of a resource.
    JoinTable {
        /// The resource.
        resource: ResourceName,
    },
    /// `format = "money"` of a field, with `currency` or `currency_code` and `decimals`.
    Money {
        /// The resource.
        resource: ResourceName,
        /// The field.
        field: String,
        /// Which currency.
        currency: Option<Currency>,
        /// `decimals`: digits of the minor unit.
        decimals: u8,
    },
    /// `format` of a field.
    Format {
        /// The resource.
        resource: ResourceName,
        /// The field.
        field: String,
        /// The format.
        format: Format,
    },
    /// `format = "status"` and `choices` of a field.
    Choices {
        /// The resource.
        resource: ResourceName,
        /// The field.
        field: String,
        /// The choices in the order in which they are shown.
        choices: Vec<Choice>,
    },
    /// `secret = true` of a field.
    Secret {
        /// The resource.
        resource: ResourceName,
        /// The field.
        field: String,
    },
}

/// What marks a record as deleted or alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The time of the deletion.
    Now,
    /// A truth value.
    Bool(bool),
    /// A value, as its text.
    Text(String),
}

/// The currency of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Currency {
    /// A field of the same record holds its code.
    Field(String),
    /// It is always this one.
    Code(String),
}

/// A format of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `json`.
    Json,
    /// `list`.
    List,
    /// `unix_time`.
    UnixTime,
    /// `unix_time_ms`.
    UnixTimeMs,
    /// `unix_time_us`.
    UnixTimeUs,
}

impl Format {
    /// The word in the manifest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::List => "list",
            Self::UnixTime => "unix_time",
            Self::UnixTimeMs => "unix_time_ms",
            Self::UnixTimeUs => "unix_time_us",
        }
    }
}

/// One value of a status and its colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The value as its text.
    pub value: String,
    /// The colour of its dot.
    pub color: Color,
}

/// The colours of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Color {
    Grey,
    Blue,
    Green,
    Amber,
    Red,
}

impl Color {
    /// The word in the manifest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

impl ManifestEdit {
    /// The kind of the proposal that asks for it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::AddLink { .. } => Kind::Link,
            Self::SoftDelete { .. } => Kind::SoftDelete,
            Self::Stamps { .. } => Kind::Stamps,
            Self::Translations { .. } => Kind::Translations,
            Self::Kinds { .. } => Kind::Kinds,
            Self::JoinTable { .. } => Kind::JoinTable,
            Self::Money { .. } => Kind::Money,
            Self::Format { format: Format::Json | Format::List, .. } => Kind::List,
            Self::Format { .. } => Kind::UnixTime,
            Self::Choices { .. } => Kind::Status,
            Self::Secret { .. } => Kind::Secret,
        }
    }

    /// The resource whose part of the manifest changes.
    #[must_use]
    pub fn resource(&self) -> &ResourceName {
        match self {
            Self::AddLink { from: resource, .. }
            | Self::SoftDelete { resource, .. }
            | Self::Stamps { resource, .. }
            | Self::Translations { resource, .. }
            | Self::Kinds { resource, .. }
            | Self::JoinTable { resource }
            | Self::Money { resource, .. }
            | Self::Format { resource, .. }
            | Self::Choices { resource, .. }
            | Self::Secret { resource, .. } => resource,
        }
    }

    /// The one field that it is about, where it is about one.
    #[must_use]
    pub fn field(&self) -> Option<&String> {
        match self {
            Self::SoftDelete { field, .. }
            | Self::Kinds { field, .. }
            | Self::Money { field, .. }
            | Self::Format { field, .. }
            | Self::Choices { field, .. }
            | Self::Secret { field, .. } => Some(field),
            _ => None,
        }
    }

    /// A text that names what is proposed for what, whatever its details are at this run. Names
    /// are quoted, so that no two proposals share a text.
    #[must_use]
    pub fn subject(&self) -> String {
        let about = match self {
            Self::AddLink { fields, to, to_fields, .. } => {
                format!("{fields:?} {:?} {to_fields:?}", to.as_str())
            }
            Self::SoftDelete { field, .. }
            | Self::Kinds { field, .. }
            | Self::Money { field, .. }
            | Self::Choices { field, .. }
            | Self::Secret { field, .. } => format!("{field:?}"),
            Self::Format { field, format, .. } => format!("{field:?} {}", format.as_str()),
            Self::Translations { texts, .. } => format!("{:?}", texts.as_str()),
            Self::Stamps { .. } | Self::JoinTable { .. } => String::new(),
        };
        let word = self.kind().word();
        format!("{word} {:?} {about}", self.resource().as_str()).trim_end().to_owned()
    }
}
