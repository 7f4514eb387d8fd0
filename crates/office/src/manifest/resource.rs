//! What a manifest says about one resource.

use kontor_connect::ResourceOptions;
use kontor_model::ResourceName;
use toml_edit::{InlineTable, Value};

use super::action::ActionOverride;
use super::field::FieldOverride;
use super::label::Label;
use super::service;
use super::source::{Entry, Section};
use super::text::Keys;

const RESOURCE_KEYS: &[&str] = &[
    "title",
    "group",
    "hidden",
    "writable",
    "key",
    "title_field",
    "order",
    "columns",
    "sort",
    "search",
    "soft_delete",
    "stamps",
    "translations",
    "kinds",
    "join_table",
    "case",
    "http",
    "allowed_actions",
    "actions",
    "fields",
];
const SOFT_DELETE_KEYS: &[&str] = &["field", "deleted", "alive"];
const STAMPS_KEYS: &[&str] = &["created", "updated"];
const TRANSLATIONS_KEYS: &[&str] = &["resource", "base", "language", "title", "prefer"];
const KINDS_KEYS: &[&str] = &["field", "common", "of"];

/// What the manifest says about a resource; `None` and empty leave it to what is derived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// Heading under which the menu shows it.
    pub group: Option<Label>,
    /// Whether the menu and the search leave it out.
    pub hidden: Option<bool>,
    /// Whether its records may be changed; else what the manifest says for all resources.
    pub writable: Option<bool>,
    /// Fields that tell records apart, for a view or a table without a key.
    pub key: Vec<String>,
    /// Fields whose values name a record to people.
    pub title_field: Vec<String>,
    /// Fields in the order of the record page; the rest follows.
    pub order: Vec<String>,
    /// Fields that the list shows by default.
    pub columns: Vec<String>,
    /// The list's order by default.
    pub sort: Vec<SortField>,
    /// Fields in which the search box looks; an empty list switches it off.
    pub search: Option<Vec<String>>,
    /// How records are deleted without being removed.
    pub soft_delete: Option<SoftDelete>,
    /// Fields that say when a record was made and last changed.
    pub stamps: Option<Stamps>,
    /// The resource that holds this one's titles in several languages.
    pub translations: Option<Translations>,
    /// The kinds of records that share this resource.
    pub kinds: Option<Kinds>,
    /// Whether it only joins two others and is shown as their relation.
    pub join_table: Option<bool>,
    /// The kind of case whose things its records are.
    pub case: Option<String>,
    /// How a service is asked for it, where its description does not say that.
    pub http: Option<ResourceOptions>,
    /// The field in which records say what they allow.
    pub allowed_actions: Option<String>,
    /// What is said about actions, by name in the order of the file.
    pub actions: Vec<(String, ActionOverride)>,
    /// What is said about single fields, by name in the order of the file.
    pub fields: Vec<(String, FieldOverride)>,
}

/// One step of a list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortField {
    /// The field's name.
    pub field: String,
    /// Whether from great to small.
    pub descending: bool,
}

/// How records are deleted without being removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftDelete {
    /// The field that says whether a record is deleted.
    pub field: String,
    /// What it holds then.
    pub deleted: DeletedMark,
    /// What it holds in a record that is not deleted; `None` for `NULL`.
    pub alive: Option<String>,
}

/// What marks a record as deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletedMark {
    /// The moment of the deletion; any other value than that of a living record counts.
    Now,
    /// This value, as text.
    Value(String),
}

/// Fields that say when a record was made and last changed; one of them at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamps {
    /// When it was made.
    pub created: Option<String>,
    /// When it was last changed.
    pub updated: Option<String>,
}

/// A resource that holds another one's titles in several languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translations {
    /// The resource with the texts.
    pub resource: ResourceName,
    /// Its fields that hold the key of the record translated, in the order of that key.
    pub base: Vec<String>,
    /// Its field that holds the language.
    pub language: String,
    /// Its field that holds the title.
    pub title: String,
    /// Values of the language field in order of preference, where the user's own is missing.
    pub prefer: Vec<String>,
}

/// Kinds of records that share a resource, told apart by one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds {
    /// The field that says the kind.
    pub field: String,
    /// Fields that every kind has.
    pub common: Vec<String>,
    /// The further fields of each kind, by the value of `field` in the order of the file.
    pub of: Vec<(String, Vec<String>)>,
}

impl ResourceOverride {
    /// What is said about a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldOverride> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, said)| said)
    }

    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(RESOURCE_KEYS, "a table")?;
        let flag = |key| section.get(key).and_then(|entry: Entry<'_>| entry.flag());
        let names =
            |key| section.get(key).and_then(|entry: Entry<'_>| entry.names()).unwrap_or_default();
        let actions = section.get("actions").map(|actions| actions.entries("a table of actions"));
        let fields = section.get("fields").map(|fields| fields.entries("a table of fields"));
        Some(Self {
            title: section.get("title").and_then(|title| Label::read(&title)),
            group: section.get("group").and_then(|group| Label::read(&group)),
            hidden: flag("hidden"),
            writable: flag("writable"),
            key: names("key"),
            title_field: section
                .get("title_field")
                .and_then(|e| e.name_or_names())
                .unwrap_or_default(),
            order: names("order"),
            columns: names("columns"),
            sort: section.get("sort").and_then(|sort| read_sort(&sort)).unwrap_or_default(),
            search: section.get("search").and_then(|search| search.names_or_none()),
            soft_delete: section.get("soft_delete").and_then(|e| SoftDelete::read(&e)),
            stamps: section.get("stamps").and_then(|e| Stamps::read(&e)),
            translations: section.get("translations").and_then(|e| Translations::read(&e)),
            kinds: section.get("kinds").and_then(|e| Kinds::read(&e)),
            join_table: flag("join_table"),
            case: section.get("case").and_then(|case| case.text()),
            allowed_actions: section.get("allowed_actions").and_then(|field| field.text()),
            actions: actions
                .into_iter()
                .flatten()
                .filter_map(|entry| Some((entry.name().to_owned(), ActionOverride::read(&entry)?)))
                .collect(),
            http: section.get("http").and_then(|http| service::read_http(&http)),
            fields: fields
                .into_iter()
                .flatten()
                .filter_map(|field| Some((field.name().to_owned(), FieldOverride::read(&field)?)))
                .collect(),
        })
    }

    /// The keys and values that say this, without those of the fields.
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("group", self.group.as_ref());
        keys.add("hidden", self.hidden);
        keys.add("writable", self.writable);
        keys.add_names("key", &self.key);
        match self.title_field.as_slice() {
            [field] => keys.add("title_field", Some(field)),
            fields => keys.add_names("title_field", fields),
        }
        keys.add_names("order", &self.order);
        keys.add_names("columns", &self.columns);
        keys.add("sort", (!self.sort.is_empty()).then(|| SortField::to_value(&self.sort)));
        keys.add("search", self.search.as_ref().map(|fields| fields.iter().collect::<Value>()));
        keys.add("soft_delete", self.soft_delete.as_ref());
        keys.add("stamps", self.stamps.as_ref());
        keys.add("translations", self.translations.as_ref());
        keys.add("kinds", self.kinds.as_ref());
        keys.add("join_table", self.join_table);
        keys.add("case", self.case.as_ref());
        keys.add("allowed_actions", self.allowed_actions.as_ref());
        keys.add("http", self.http.as_ref().map(service::http_value));
        keys
    }
}

/// `"-placed_at,number"`, or a list where a name has a comma.
fn read_sort(entry: &Entry<'_>) -> Option<Vec<SortField>> {
    let steps = match entry.items() {
        Some(_) => entry.names()?,
        None => entry.text()?.split(',').map(|step| step.trim().to_owned()).collect(),
    };
    let mut sort: Vec<SortField> = Vec::new();
    for step in steps {
        let step = SortField::of(&step);
        if step.field.is_empty() {
            entry.refuse("has a step without a field; write it as in \"-placed_at,number\"");
            return None;
        }
        if sort.iter().any(|earlier| earlier.field == step.field) {
            entry.refuse(format!("has “{}” twice", step.field));
        }
        sort.push(step);
    }
    Some(sort)
}

impl SortField {
    /// `-name` is descending; `+` stands before names that begin with a sign themselves.
    fn of(text: &str) -> Self {
        let (descending, field) = match text.strip_prefix('-') {
            Some(field) => (true, field),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        Self { field: field.to_owned(), descending }
    }

    /// A list's order as the value of the key `sort`.
    #[must_use]
    pub fn to_value(steps: &[Self]) -> Value {
        let is_plain = |step: &Self| !step.field.contains(',') && step.field.trim() == step.field;
        let texts = steps.iter().map(Self::to_text);
        if steps.iter().all(is_plain) {
            Value::from(texts.collect::<Vec<_>>().join(","))
        } else {
            texts.collect()
        }
    }

    fn to_text(&self) -> String {
        let sign = match (self.descending, self.field.starts_with(['-', '+'])) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        format!("{sign}{}", self.field)
    }
}

impl SoftDelete {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(SOFT_DELETE_KEYS, "{ field = \"…\", deleted = \"now\" }")?;
        let (field, deleted) = (text(&section, "field"), section.need("deleted"));
        let deleted = deleted.and_then(|deleted| deleted.scalar());
        let alive = section.get("alive").map(|alive| alive.scalar());
        if let (Some(Some(alive)), Some(deleted)) = (&alive, &deleted)
            && alive == deleted
        {
            section
                .refuse("“deleted” and “alive” are the same value; nothing would tell them apart");
        }
        let deleted = match deleted? {
            now if now == "now" => DeletedMark::Now,
            value => DeletedMark::Value(value),
        };
        Some(Self { field: field?, deleted, alive: alive.flatten() })
    }
}

impl From<&SoftDelete> for Value {
    fn from(soft_delete: &SoftDelete) -> Self {
        let mut keys = Keys::default();
        keys.add("field", Some(&soft_delete.field));
        keys.add(
            "deleted",
            Some(match &soft_delete.deleted {
                DeletedMark::Now => "now",
                DeletedMark::Value(value) => value,
            }),
        );
        keys.add("alive", soft_delete.alive.as_ref());
        keys.into_inline()
    }
}

impl Stamps {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(STAMPS_KEYS, "{ created = \"…\", updated = \"…\" }")?;
        let name = |key| section.get(key).and_then(|entry: Entry<'_>| entry.text());
        if section.get("created").is_none() && section.get("updated").is_none() {
            entry.refuse("needs “created”, “updated” or both");
        }
        Some(Self { created: name("created"), updated: name("updated") })
    }
}

impl From<&Stamps> for Value {
    fn from(stamps: &Stamps) -> Self {
        let mut keys = Keys::default();
        keys.add("created", stamps.created.as_ref());
        keys.add("updated", stamps.updated.as_ref());
        keys.into_inline()
    }
}

impl Translations {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let expected =
            "a table such as { resource = \"…\", base = [\"…\"], language = \"…\", title = \"…\" }";
        let section = entry.section(TRANSLATIONS_KEYS, expected)?;
        let resource = text(&section, "resource");
        let base = section.need("base").and_then(|base| base.names());
        let (language, title) = (text(&section, "language"), text(&section, "title"));
        Some(Self {
            resource: ResourceName::new(resource?),
            base: base?,
            language: language?,
            title: title?,
            prefer: section.get("prefer").and_then(|e| e.names()).unwrap_or_default(),
        })
    }
}

impl From<&Translations> for Value {
    fn from(translations: &Translations) -> Self {
        let mut keys = Keys::default();
        keys.add("resource", Some(translations.resource.as_str()));
        keys.add_names("base", &translations.base);
        keys.add("language", Some(&translations.language));
        keys.add("title", Some(&translations.title));
        keys.add_names("prefer", &translations.prefer);
        keys.into_inline()
    }
}

impl Kinds {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let expected =
            "a table such as { field = \"type\", common = [\"id\"], of = { a = [\"…\"] } }";
        let section = entry.section(KINDS_KEYS, expected)?;
        let field = text(&section, "field");
        let of = section.need("of").map(|of| {
            let kinds = of.entries("a table of lists such as { percent = [\"percent\"] }");
            let kind = |kind: Entry<'_>| Some((kind.name().to_owned(), kind.names_or_none()?));
            kinds.into_iter().filter_map(kind).collect()
        });
        Some(Self {
            field: field?,
            common: section.get("common").and_then(|e| e.names_or_none()).unwrap_or_default(),
            of: of?,
        })
    }
}

impl From<&Kinds> for Value {
    fn from(kinds: &Kinds) -> Self {
        let of = kinds.of.iter().map(|(kind, fields)| (kind, fields.iter().collect::<Self>()));
        let mut keys = Keys::default();
        keys.add("field", Some(&kinds.field));
        keys.add_names("common", &kinds.common);
        keys.add("of", Some(of.collect::<InlineTable>()));
        keys.into_inline()
    }
}

/// A text that must be there.
fn text(section: &Section<'_>, key: &'static str) -> Option<String> {
    section.need(key).and_then(|entry| entry.text())
}
