//! What a manifest says about links between resources.

use kontor_model::ResourceName;

use super::label::Label;
use super::source::Entry;
use super::text::Keys;

const LINK_KEYS: &[&str] = &["from", "fields", "to", "to_fields", "name", "title"];

/// A link that the manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestLink {
    /// The resource that refers.
    pub from: ResourceName,
    /// Its fields that refer.
    pub fields: Vec<String>,
    /// The resource referred to.
    pub to: ResourceName,
    /// The fields referred to, in the order of `fields`.
    pub to_fields: Vec<String>,
    /// Name of the link, no other of `from` has it.
    pub name: String,
    /// Name for people.
    pub title: Option<Label>,
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
        Self { from, fields, to, to_fields, name, title: None }
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
        let (from, to) = (ResourceName::new(from?), ResourceName::new(to?));
        let link = Self::new(from, fields, to, to_fields);
        Some(Self { name: name.unwrap_or(Some(link.name.clone()))?, title, ..link })
    }

    /// The keys and values that say this.
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("from", Some(self.from.as_str()));
        keys.add_names("fields", &self.fields);
        keys.add("to", Some(self.to.as_str()));
        keys.add_names("to_fields", &self.to_fields);
        keys.add("name", (self.fields.first() != Some(&self.name)).then_some(&self.name));
        keys.add("title", self.title.as_ref());
        keys
    }
}
