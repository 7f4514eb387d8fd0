//! Comparing what a manifest says with what its backend has.

mod actions;
mod members;

use std::collections::BTreeMap;

use kontor_model::schema::ReadOnly;
use kontor_model::{BackendName, Field, FieldType, Resource, ResourceName, Schema};

use super::Manifest;
use super::field::{Currency, FieldOverride, Format};
use super::link::{LinkField, ManifestLink};
use super::problem::{Problem, listed, nearest, quoted};
use super::resource::{DeletedMark, Kinds, ResourceOverride, SoftDelete, Translations};

impl Manifest {
    /// What the manifest says that the backend's schema contradicts: resources and fields that do
    /// not exist, and settings that do not fit those that do. In the order of the file; empty when
    /// all is well.
    #[must_use]
    pub fn check_against(&self, schema: &Schema) -> Vec<Problem> {
        let mut check = Check { manifest: self, of: &self.name, schema, problems: Vec::new() };
        check.schemas();
        for (name, said) in &self.resources {
            check.resource(name, said);
        }
        for (index, link) in self.links.iter().enumerate() {
            check.link(&index.to_string(), link);
        }
        check.problems.sort_by_key(|problem| problem.place);
        check.problems
    }

    /// A problem with what stands under these keys.
    #[must_use]
    pub fn problem_at(&self, keys: &[&str], message: String) -> Problem {
        let (file, place) = (self.file.clone(), self.places.of(keys));
        Problem { file, place, message, suggestion: None }
    }

    /// What the manifest says about links to other backends that their last known schemas
    /// contradict: what they lead to is not there, or can never be the same value. In the order of the file; empty when all is well.
    #[must_use]
    pub fn check_far_links(&self, others: &BTreeMap<BackendName, Option<Schema>>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, link) in self.links.iter().enumerate() {
            let Some(backend) = link.backend.as_ref().filter(|backend| **backend != self.name)
            else {
                continue;
            };
            let index = index.to_string();
            match others.get(backend) {
                None => {
                    let names = || others.keys().map(BackendName::as_str);
                    let suggestion = nearest(backend.as_str(), names());
                    let mut message = format!(
                        "there is no backend “{backend}”; a resource of this one is written “:{backend}:{}”",
                        link.to
                    );
                    if suggestion.is_none() {
                        message.push_str(&listed("there are", names()));
                    }
                    problems.push(Problem {
                        file: self.file.clone(),
                        place: self.places.of(&["links", &index, "to"]),
                        message,
                        suggestion: suggestion.map(|name| format!("{name}:{}", link.to)),
                    });
                }
                Some(None) => {}
                Some(Some(schema)) => {
                    let mut check =
                        Check { manifest: self, of: backend, schema, problems: Vec::new() };
                    check.far_end(&index, link);
                    if let Some(Some(own)) = others.get(&self.name) {
                        check.far_types(&index, link, own);
                    }
                    problems.append(&mut check.problems);
                }
            }
        }
        problems.sort_by_key(|problem| problem.place);
        problems
    }
}

struct Check<'a> {
    manifest: &'a Manifest,
    /// The backend whose schema it is.
    of: &'a BackendName,
    schema: &'a Schema,
    problems: Vec<Problem>,
}

/// Where something stands: the keys that lead to it.
type At<'a> = &'a [&'a str];

impl<'a> Check<'a> {
    fn note(&mut self, at: At<'_>, message: impl Into<String>, suggestion: Option<&str>) {
        self.problems.push(Problem {
            file: self.manifest.file.clone(),
            place: self.manifest.places.of(at),
            message: message.into(),
            suggestion: suggestion.map(str::to_owned),
        });
    }

    fn schemas(&mut self) {
        for (index, name) in self.manifest.schemas.iter().enumerate() {
            let namespaces = || self.schema.resources.iter().filter_map(|r| r.namespace.as_deref());
            if namespaces().any(|namespace| namespace == name) {
                continue;
            }
            let suggestion = nearest(name, namespaces()).map(str::to_owned);
            let message = format!("schema “{name}” does not exist, is empty or may not be read");
            self.note(&["schemas", &index.to_string()], message, suggestion.as_deref());
        }
    }

    /// The resource of a name, or a note that there is none.
    fn find(&mut self, at: At<'_>, name: &ResourceName) -> Option<&'a Resource> {
        let found = self.schema.resource(name);
        if found.is_none() {
            let names = || self.schema.resources.iter().map(|resource| resource.name.as_str());
            let suggestion = nearest(name.as_str(), names());
            let mut message = format!("{} has no resource “{name}”", self.of);
            if suggestion.is_none() {
                message.push_str(&listed("it has", names()));
            }
            self.note(at, message, suggestion);
        }
        found
    }

    /// The field of a name, or a note that there is none.
    fn field<'r>(&mut self, at: At<'_>, resource: &'r Resource, name: &str) -> Option<&'r Field> {
        let found = resource.field(name);
        if found.is_none() {
            let names = || resource.fields.iter().map(|field| field.name.as_str());
            let suggestion = nearest(name, names());
            let mut message = format!("“{}” has no field “{name}”", resource.name);
            if suggestion.is_none() {
                message.push_str(&listed("it has", names()));
            }
            self.note(at, message, suggestion);
        }
        found
    }

    /// The fields of a list that exist.
    fn fields<'r>(
        &mut self,
        at: At<'_>,
        resource: &'r Resource,
        names: &[String],
    ) -> Vec<&'r Field> {
        let mut found = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let index = index.to_string();
            found.extend(self.field(&[at, &[&index]].concat(), resource, name));
        }
        found
    }

    fn resource(&mut self, name: &ResourceName, said: &ResourceOverride) {
        let at = ["resources", name.as_str()];
        let Some(resource) = self.find(&at, name) else {
            return;
        };
        let key = |key: &'static str| [at[0], at[1], key];
        self.own_key(&key("key"), resource, said);
        self.writable(&key("writable"), resource, said);
        self.fields(&key("title_field"), resource, &said.title_field);
        self.fields(&key("order"), resource, &said.order);
        self.fields(&key("columns"), resource, &said.columns);
        self.fields(&key("search"), resource, said.search.as_deref().unwrap_or_default());
        self.sort(&key("sort"), resource, said);
        if let Some(soft_delete) = &said.soft_delete {
            self.soft_delete(&key("soft_delete"), resource, soft_delete);
        }
        if let Some(stamps) = &said.stamps {
            for (which, name) in [("created", &stamps.created), ("updated", &stamps.updated)] {
                if let Some(name) = name {
                    self.moment(&[at[0], at[1], "stamps", which], resource, name);
                }
            }
        }
        if let Some(translations) = &said.translations {
            self.translations(&key("translations"), resource, said, translations);
        }
        if let Some(kinds) = &said.kinds {
            self.kinds(&key("kinds"), resource, kinds);
        }
        for (name, said) in &said.fields {
            self.field_override(&[at[0], at[1], "fields", name], resource, name, said);
        }
        self.actions(&key("actions"), resource, said);
    }

    fn sort(&mut self, at: At<'_>, resource: &Resource, said: &ResourceOverride) {
        let names: Vec<String> = said.sort.iter().map(|step| step.field.clone()).collect();
        for field in self.fields(at, resource, &names) {
            if !field.sortable {
                self.note(at, format!("the backend cannot sort by “{}”", field.name), None);
            }
        }
    }

    fn kinds(&mut self, at: At<'_>, resource: &Resource, kinds: &Kinds) {
        let field = self.field(&[at, &["field"]].concat(), resource, &kinds.field);
        self.fields(&[at, &["common"]].concat(), resource, &kinds.common);
        for (kind, fields) in &kinds.of {
            let at = [at, &["of", kind]].concat();
            self.fields(&at, resource, fields);
            if let Some(field) = field {
                self.value(&at, field, kind);
            }
        }
    }

    fn own_key(&mut self, at: At<'_>, resource: &Resource, said: &ResourceOverride) {
        for field in self.fields(at, resource, &said.key) {
            if !field.comparable {
                let message = format!(
                    "“{}” cannot be part of a key: the backend cannot compare it",
                    field.name
                );
                self.note(at, message, None);
            }
        }
        let own: Vec<&str> = names_of(resource, &resource.key);
        if !said.key.is_empty() && !own.is_empty() && said.key != own {
            let message = format!(
                "“{}” has a key in the database, {}; leave this out",
                resource.name,
                quoted(own)
            );
            self.note(at, message, None);
        }
    }

    fn writable(&mut self, at: At<'_>, resource: &Resource, said: &ResourceOverride) {
        let reason = match resource.read_only {
            Some(ReadOnly::View) => "is a view",
            Some(ReadOnly::NoKey) if said.key.is_empty() => {
                "has no key: name the fields that tell its records apart as “key”"
            }
            Some(ReadOnly::NotOffered) => "is one that its service offers no way to change",
            Some(ReadOnly::NoPrivilege) => "is one that the account in “url” may only read",
            Some(ReadOnly::NoKey) | None => return,
        };
        if said.writable == Some(true) {
            self.note(at, format!("“{}” cannot be writable: it {reason}", resource.name), None);
        }
    }

    fn soft_delete(&mut self, at: At<'_>, resource: &Resource, soft_delete: &SoftDelete) {
        let field_at = [at, &["field"]].concat();
        match &soft_delete.deleted {
            DeletedMark::Now => self.moment(&field_at, resource, &soft_delete.field),
            DeletedMark::Value(value) => {
                if let Some(field) = self.field(&field_at, resource, &soft_delete.field) {
                    self.value(&[at, &["deleted"]].concat(), field, value);
                }
            }
        }
        match (&soft_delete.alive, resource.field(&soft_delete.field)) {
            (Some(alive), Some(field)) => self.value(&[at, &["alive"]].concat(), field, alive),
            (None, Some(field)) if !field.nullable => {
                let message = format!(
                    "“{}” is never NULL: say as “alive” what it holds in a record that is not deleted",
                    field.name
                );
                self.note(at, message, None);
            }
            _ => {}
        }
    }

    /// A field that must exist and hold points in time.
    fn moment(&mut self, at: At<'_>, resource: &Resource, name: &str) {
        let Some(field) = self.field(at, resource, name) else {
            return;
        };
        if !holds_moments(&field.ty) {
            let message = format!("“{name}” is {}, which holds no point in time", field.native);
            self.note(at, message, None);
        }
    }

    /// A text that must be a value of a field.
    fn value(&mut self, at: At<'_>, field: &Field, text: &str) {
        if let Err(error) = field.ty.parse(text) {
            let choices = match &field.ty {
                FieldType::Enum { choices } | FieldType::Set { choices } => choices.as_slice(),
                _ => &[],
            };
            let suggestion = nearest(text, choices.iter().map(String::as_str));
            self.note(at, format!("“{}” cannot hold this: {error}", field.name), suggestion);
        }
    }

    fn translations(
        &mut self,
        at: At<'_>,
        resource: &Resource,
        said: &ResourceOverride,
        translations: &Translations,
    ) {
        let at = |key: &'static str| [at, &[key]].concat();
        let key = if resource.key.is_empty() { said.key.len() } else { resource.key.len() };
        if translations.base.len() != key {
            let message = format!(
                "“base” has {} fields and the key of “{}” has {key}; each needs its counterpart",
                translations.base.len(),
                resource.name
            );
            self.note(&at("base"), message, None);
        }
        if let Some(texts) = self.find(&at("resource"), &translations.resource) {
            self.fields(&at("base"), texts, &translations.base);
            self.field(&at("language"), texts, &translations.language);
            self.field(&at("title"), texts, &translations.title);
        }
    }

    fn field_override(
        &mut self,
        at: At<'_>,
        resource: &Resource,
        name: &str,
        said: &FieldOverride,
    ) {
        let at_key = |key: &'static str| [at, &[key]].concat();
        if let Some(Currency::Field(currency)) = &said.currency {
            self.field(&at_key("currency"), resource, currency);
        }
        let Some(field) = self.field(at, resource, name) else {
            return;
        };
        if let Some(format) = said.format
            && !fits(format, &field.ty)
        {
            let message =
                format!("“{name}” is {}, which cannot be shown as {}", field.native, format.word());
            self.note(&at_key("format"), message, None);
        }
        self.members(at, (resource, name), said);
        if said.event.is_some() {
            self.moment(&at_key("event"), resource, name);
        }
        for choice in &said.choices {
            self.value(&[at, &["choices", &choice.value]].concat(), field, &choice.value);
        }
        if said.editable == Some(true) && !field.is_editable() {
            let reason = if field.ty.is_writable() {
                "the database makes its value"
            } else {
                "its type is not known exactly"
            };
            self.note(&at_key("editable"), format!("“{name}” cannot be edited: {reason}"), None);
        }
    }

    fn link(&mut self, index: &str, link: &ManifestLink) {
        if let Some(from) = self.find(&["links", index, "from"], &link.from) {
            for (at, text) in link.fields.iter().enumerate() {
                self.referring(&["links", index, "fields", &at.to_string()], from, text);
            }
        }
        if link.backend.as_ref().is_none_or(|backend| *backend == self.manifest.name) {
            self.far_end(index, link);
        }
    }

    /// A field that refers, which may be a place in the JSON of one.
    fn referring(&mut self, at: At<'_>, from: &Resource, text: &str) {
        let named = LinkField::of(text, |name| from.position(name).is_some());
        let Some(field) = self.field(at, from, named.name) else { return };
        let holds_json = matches!(field.ty, FieldType::Json { .. }) || is_loose(&field.ty);
        if named.pointer.is_some() && !holds_json {
            let message = format!("“{}” is {}, which holds no JSON", field.name, field.native);
            self.note(at, message, None);
        }
    }

    /// The end of a link that is referred to.
    fn far_end(&mut self, index: &str, link: &ManifestLink) {
        let Some(to) = self.find(&["links", index, "to"], &link.to) else { return };
        let at = ["links", index, "to_fields"];
        for field in self.fields(&at, to, &link.to_fields) {
            if !field.comparable {
                let message = format!("the backend cannot look for values of “{}”", field.name);
                self.note(&at, message, None);
            }
        }
    }
}

impl Check<'_> {
    /// Values of the two ends must be able to be the same.
    fn far_types(&mut self, index: &str, link: &ManifestLink, own: &Schema) {
        let (Some(from), Some(to)) = (own.resource(&link.from), self.schema.resource(&link.to))
        else {
            return;
        };
        for (at, (here, there)) in link.fields.iter().zip(&link.to_fields).enumerate() {
            let named = LinkField::of(here, |name| from.position(name).is_some());
            let (Some(here), Some(there)) = (from.field(named.name), to.field(there)) else {
                continue;
            };
            if named.pointer.is_none() && !may_be_same(&here.ty, &there.ty) {
                let message = format!(
                    "“{}” is {} and “{}” of {} is {}: they never hold the same",
                    here.name, here.native, there.name, self.of, there.native
                );
                self.note(&["links", index, "to_fields", &at.to_string()], message, None);
            }
        }
    }
}

/// Whether a value of one type can be written like one of another. Numbers and texts can; days,
/// times, truth values, UUIDs and byte strings are like none but their own and texts.
fn may_be_same(one: &FieldType, other: &FieldType) -> bool {
    let own_kind = |ty: &FieldType| match ty {
        FieldType::Bool => Some(1),
        FieldType::Date | FieldType::DateTime | FieldType::Instant => Some(2),
        FieldType::Time { .. } => Some(3),
        FieldType::Uuid => Some(4),
        FieldType::Network => Some(5),
        FieldType::Bytes | FieldType::Bits => Some(6),
        ty if ty.is_numeric() => Some(0),
        _ => None,
    };
    match (own_kind(one), own_kind(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

fn names_of<'r>(resource: &'r Resource, positions: &[usize]) -> Vec<&'r str> {
    positions.iter().filter_map(|at| resource.fields.get(*at)).map(|f| f.name.as_str()).collect()
}

/// Whether a point in time can be kept in it, be it as a text or as seconds since 1970.
pub(crate) fn holds_moments(ty: &FieldType) -> bool {
    ty.is_temporal()
        || (ty.is_numeric() && !matches!(ty, FieldType::Money | FieldType::Year))
        || is_loose(ty)
}

/// Text, and what takes values of any kind.
fn is_loose(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Text { .. } | FieldType::Any)
}

/// Whether values of a type can be shown in a format.
fn fits(format: Format, ty: &FieldType) -> bool {
    match format {
        Format::Money | Format::Percent => ty.is_numeric() || is_loose(ty),
        Format::UnixTime(_) => {
            matches!(
                ty,
                FieldType::Int { .. } | FieldType::Decimal { .. } | FieldType::Float { .. }
            ) || is_loose(ty)
        }
        Format::Image => matches!(ty, FieldType::Bytes) || is_loose(ty),
        Format::Json => matches!(ty, FieldType::Json { .. } | FieldType::Bytes) || is_loose(ty),
        Format::Bytes => matches!(ty, FieldType::Bytes | FieldType::Int { .. }) || is_loose(ty),
        Format::Text
        | Format::Multiline
        | Format::Email
        | Format::Url
        | Format::Phone
        | Format::List
        | Format::Color
        | Format::Status => true,
    }
}
