//! What a manifest says about links between resources, of one backend or of two.

use kontor_model::{BackendName, ResourceName};

use super::label::Label;
use super::source::{Entry, Section};
use super::text::Keys;
use super::transform::Transform;

const LINK_KEYS: &[&str] = &["from", "fields", "to", "to_fields", "name", "title", "value"];

/// A link that the manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestLink {
    /// The resource that refers.
    pub from: ResourceName,
    /// Its fields that refer; one of JSON may name a place in it, see [`LinkField`].
    pub fields: Vec<String>,
    /// The backend referred to, where it is named.
    pub backend: Option<BackendName>,
    /// The resource referred to.
    pub to: ResourceName,
    /// The fields referred to, in the order of `fields`.
    pub to_fields: Vec<String>,
    /// Name of the link, no other of `from` has it.
    pub name: String,
    /// Name for people.
    pub title: Option<Label>,
    /// How each of `fields` becomes its counterpart; empty where nothing is said.
    pub value: Vec<Transform>,
}

/// A field that refers, and where in its JSON the value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkField<'a> {
    /// Name of the field.
    pub name: &'a str,
    /// A JSON pointer (RFC 6901), such as `/customer/no`.
    pub pointer: Option<&'a str>,
}

impl<'a> LinkField<'a> {
    /// `payload#/customer/no` is a place in the field `payload`. A field that has this whole text
    /// for its name is meant itself.
    #[must_use]
    pub fn of(text: &'a str, is_field: impl Fn(&str) -> bool) -> Self {
        match text.split_once("#/") {
            Some((name, _)) if !name.is_empty() && !is_field(text) => {
                Self { name, pointer: text.get(name.len() + 1..) }
            }
            _ => Self { name: text, pointer: None },
        }
    }
}

impl ManifestLink {
    /// A link of the name that it has when none is given: that of its first field.
    #[must_use]
    pub fn new(
        from: ResourceName,
        fields: Vec<String>,
        to: ResourceName,
        to_fields: Vec<String>,
    ) -> Self {
        let name = fields.first().cloned().unwrap_or_default();
        Self { from, fields, backend: None, to, to_fields, name, title: None, value: Vec::new() }
    }

    /// The same link to a resource of another backend.
    #[must_use]
    pub fn in_backend(self, backend: BackendName) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// Whether its two ends cannot be joined within the backend of this name: the other end lies
    /// elsewhere, or values are written differently there.
    #[must_use]
    pub fn is_far(&self, own: &BackendName) -> bool {
        self.backend.as_ref().is_some_and(|backend| backend != own)
            || self.value.iter().any(|value| !value.is_none())
            || self.fields.iter().any(|field| field.contains("#/"))
    }

    /// How the field at a place becomes its counterpart.
    #[must_use]
    pub fn transform(&self, at: usize) -> Transform {
        self.value.get(at).cloned().unwrap_or_default()
    }

    /// The other end as the key `to` has it.
    #[must_use]
    pub fn target(&self) -> String {
        match &self.backend {
            Some(backend) => format!("{backend}:{}", self.to),
            None if target(self.to.as_str()).0.is_some() || self.to.as_str().starts_with(':') => {
                format!(":{}", self.to)
            }
            None => self.to.to_string(),
        }
    }

    /// The table that says this in a manifest.
    #[must_use]
    pub fn to_toml(&self) -> String {
        format!("[[links]]\n{}", self.keys().lines())
    }

    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(LINK_KEYS, "a table that begins with [[links]]")?;
        let text = |key| section.need(key).and_then(|entry: Entry<'_>| entry.text());
        let names = |key| section.need(key).and_then(|entry: Entry<'_>| entry.names());
        let (from, fields) = (text("from"), names("fields"));
        let (to, to_fields) = (text("to"), names("to_fields"));
        let name = section.get("name").map(|name| name.text());
        let title = section.get("title").and_then(|title| Label::read(&title));
        let (fields, to_fields) = (fields?, to_fields?);
        if fields.len() != to_fields.len() {
            section.refuse(format!(
                "“fields” has {} and “to_fields” has {}; each field needs its counterpart",
                fields.len(),
                to_fields.len()
            ));
            return None;
        }
        let value = read_value(&section, fields.len())?;
        let (from, to) = (ResourceName::new(from?), to?);
        let (backend, to) = target(&to);
        let link = Self::new(from, fields, ResourceName::new(to), to_fields);
        let name = name.unwrap_or(Some(link.name.clone()))?;
        Some(Self { name, title, backend, value, ..link })
    }

    /// The keys and values that say this.
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("from", Some(self.from.as_str()));
        keys.add_names("fields", &self.fields);
        keys.add("to", Some(self.target()));
        keys.add_names("to_fields", &self.to_fields);
        keys.add("name", (self.fields.first() != Some(&self.name)).then_some(&self.name));
        keys.add("title", self.title.as_ref());
        match self.value.as_slice() {
            [] => {}
            [all] => keys.add("value", Some(all)),
            each => keys.add("value", Some(each.iter().collect::<toml_edit::Value>())),
        }
        keys
    }
}

/// `register:KUNDEN` is a resource of another backend. What stands before the first colon is a
/// backend where it has the form of a backend's name; a colon at the beginning says that there is
/// none.
fn target(text: &str) -> (Option<BackendName>, &str) {
    match text.split_once(':') {
        Some(("", own)) if !own.is_empty() => (None, own),
        Some((backend, resource)) if !resource.is_empty() => match BackendName::new(backend) {
            Ok(backend) => (Some(backend), resource),
            Err(_) => (None, text),
        },
        _ => (None, text),
    }
}

/// One transformation for all fields, or one for each. Those that change nothing are nothing said.
fn read_value(section: &Section<'_>, fields: usize) -> Option<Vec<Transform>> {
    let Some(entry) = section.get("value") else { return Some(Vec::new()) };
    let Some(items) = entry.items() else {
        let all = Transform::read(&entry)?;
        return Some(if all.is_none() { Vec::new() } else { vec![all; fields] });
    };
    if items.len() != fields {
        entry.refuse(format!("has {} tables for {fields} fields", items.len()));
        return None;
    }
    let each = items.iter().map(Transform::read).collect::<Option<Vec<_>>>()?;
    Some(if each.iter().all(Transform::is_none) { Vec::new() } else { each })
}
