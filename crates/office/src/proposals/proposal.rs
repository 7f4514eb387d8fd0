//! What is proposed, with its evidence as facts. The sentences are made by whoever shows them.

use kontor_model::ResourceName;
use serde::{Deserialize, Serialize};

use super::edit::ManifestEdit;
use super::secrets;

/// Something that seems to be true of a backend, to be accepted or rejected by a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The same for the same proposal at every run, so that a rejection is remembered.
    pub subject: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why, most telling first.
    pub evidence: Vec<Fact>,
    /// What goes into the manifest when it is accepted.
    pub edit: ManifestEdit,
}

impl Proposal {
    /// A proposal; kind and subject follow from the edit.
    #[must_use]
    pub fn new(confidence: Confidence, evidence: Vec<Fact>, edit: ManifestEdit) -> Self {
        Self { kind: edit.kind(), subject: edit.subject(), confidence, evidence, edit }
    }
}

/// The kinds of proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Link,
    Secret,
    SoftDelete,
    Stamps,
    Translations,
    Kinds,
    JoinTable,
    Money,
    Status,
    List,
    UnixTime,
}

impl Kind {
    /// Its word in subjects, in the store and in the audit.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Secret => "secret",
            Self::SoftDelete => "soft_delete",
            Self::Stamps => "stamps",
            Self::Translations => "translations",
            Self::Kinds => "kinds",
            Self::JoinTable => "join_table",
            Self::Money => "money",
            Self::Status => "status",
            Self::List => "list",
            Self::UnixTime => "unix_time",
        }
    }
}

/// How sure a proposal is, in percent from 1 to 99: nothing that is guessed is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(u8);

impl Confidence {
    /// The nearest confidence to a number of percent.
    #[must_use]
    pub fn percent(percent: u32) -> Self {
        Self(u8::try_from(percent.clamp(1, 99)).unwrap_or(99))
    }

    /// In percent.
    #[must_use]
    pub fn as_percent(self) -> u8 {
        self.0
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// What the names have to do with each other.
    Name {
        /// How they agree.
        agreement: NameAgreement,
    },
    /// The name of this field says it.
    FieldName {
        /// The field.
        field: String,
    },
    /// There was nothing to read, so only names and types speak for it.
    NoValues,
    /// How many of the values that were read exist where the link leads.
    Included {
        /// Values that exist there.
        found: u64,
        /// Different values that were looked for.
        of: u64,
        /// Records that were read.
        records: u64,
    },
    /// Values that do not exist where the link leads.
    Orphans {
        /// How many of the different values that were looked for.
        values: u64,
        /// Some of them; of several fields, joined by a comma.
        examples: Vec<String>,
    },
    /// A zero or an empty text stands for “none”.
    NoneWrittenAs {
        /// How it is written.
        value: String,
        /// In how many of the records that were read.
        records: u64,
    },
    /// How many records there can be on the side where the link starts.
    Cardinality {
        /// Whether at most one record refers to each.
        one_to_one: bool,
    },
    /// The field referred to is only a part of its key, but no value came twice.
    UniqueInSample {
        /// Records that were read.
        records: u64,
    },
    /// A share of the values that were read has the form that is meant.
    Matching {
        /// Values of that form.
        found: u64,
        /// Values that were not empty.
        of: u64,
        /// Some of them; never from a field with secrets.
        examples: Vec<String>,
    },
    /// Few different values.
    FewValues {
        /// The values.
        values: Vec<String>,
        /// Records that were read.
        records: u64,
    },
    /// The description names all values, and no record was read.
    DeclaredValues {
        /// The values.
        values: Vec<String>,
    },
    /// Fields that are always empty for records of this kind.
    EmptyFor {
        /// Value of the field that tells kinds apart.
        kind: String,
        /// The fields.
        fields: Vec<String>,
        /// Records of this kind that were read.
        records: u64,
    },
    /// A field of the same record that matters for the meaning of this one.
    Beside {
        /// The field.
        field: String,
    },
    /// What kind of secret it is.
    SecretKind {
        /// The kind.
        reason: secrets::Reason,
    },
    /// References that cover all other fields.
    Covers {
        /// The resources referred to.
        targets: Vec<ResourceName>,
    },
}

/// How the names of a field and of what it refers to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameAgreement {
    /// The field is called as the key of the resource that the key is named after.
    SameAsKey,
    /// The field is called after the resource (`product_id`, `orders_status`).
    ResourceName,
    /// The field is called after the resource, with words before it (`billing_address_id`).
    EndsWithResourceName,
    /// The field is called after the last words of the resource's name.
    PartOfResourceName,
    /// The field is called `parent` or alike.
    Parent,
    /// The field names what a person does (`support_rep_id`, `created_by`).
    Role,
    /// All fields are called as the fields of the key.
    AllOfKey,
}
