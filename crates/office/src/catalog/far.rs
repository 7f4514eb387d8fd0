//! Links whose other end cannot be joined: it lies in another backend, or values are written
//! differently there. What the other end is, is only known when it is asked for; see
//! [`crate::records`].

use kontor_model::{BackendName, Resource, ResourceName, Schema, Value};

use super::{Face, humanised};
use crate::manifest::{Label, LinkField, Manifest, ManifestLink, Transform};

/// A link to a record of another backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarLink {
    /// Its name in filters and addresses, unique among the links of the resource.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// What refers.
    pub fields: Vec<FarField>,
    /// The backend referred to.
    pub backend: BackendName,
    /// The resource referred to.
    pub target: ResourceName,
    /// Names of the fields referred to, in the order of `fields`.
    pub target_fields: Vec<String>,
}

/// A field that refers to another backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarField {
    /// Index of the field.
    pub field: usize,
    /// Where in its JSON the value stands.
    pub pointer: Option<String>,
    /// How its value becomes the far side's.
    pub transform: Transform,
}

impl FarField {
    /// The far side's text for a value of this field; none where it refers to nothing.
    #[must_use]
    pub fn far_text(&self, value: &Value) -> Option<String> {
        let text = match &self.pointer {
            None if value.is_whole() => value.to_text()?,
            None => return None,
            Some(pointer) => at_pointer(value, pointer)?,
        };
        self.transform.apply(&text)
    }
}

/// The text of what stands at a place of a JSON value: texts, numbers and truth values.
fn at_pointer(value: &Value, pointer: &str) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(&value.to_text()?).ok()?;
    match json.pointer(pointer)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

impl FarLink {
    /// Whether it begins with a value inside JSON, so that the far record's title does not stand
    /// for the whole field.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.fields.iter().any(|field| field.pointer.is_some())
    }

    /// Whether its field tells the records here apart. A list then shows the value and not what it
    /// stands for elsewhere.
    #[must_use]
    pub fn is_identity(&self, resource: &Resource) -> bool {
        let [FarField { field, pointer: None, .. }] = self.fields.as_slice() else { return false };
        resource.key == [*field]
            || resource.indexes.iter().any(|index| index.unique && index.fields == [*field])
    }

    /// Whether the far side can tell which records here refer to one of its own: the values can be
    /// asked for, and the way back is known.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        !self.is_inside() && self.fields.iter().all(|field| field.transform.is_reversible())
    }
}

/// The far links of a resource. One that begins with a field that must not be seen is none: whether
/// a far record is found would tell what the field holds.
pub(super) fn far_links(manifest: &Manifest, schema: &Schema, face: &Face) -> Vec<FarLink> {
    let resource = &schema.resources[face.index];
    let mut links: Vec<FarLink> = Vec::new();
    for said in &manifest.links {
        if said.from != resource.name || !said.is_far(&manifest.name) {
            continue;
        }
        let Some(fields) = far_fields(resource, said) else { continue };
        if !fields.iter().all(|field| face.fields[field.field].is_visible()) {
            continue;
        }
        let is_taken = face.links.iter().any(|link| link.name == said.name);
        let own = manifest.resource(&resource.name);
        let of_field = || match fields.as_slice() {
            [FarField { field, pointer: None, .. }] => {
                own?.field(&resource.fields[*field].name)?.title.clone()
            }
            _ => None,
        };
        let title = said.title.clone().or_else(of_field);
        links.push(FarLink {
            title: title.unwrap_or_else(|| Label::same(&humanised(&said.name))),
            name: if is_taken { format!("{}_{}", said.name, said.to) } else { said.name.clone() },
            fields,
            backend: said.backend.clone().unwrap_or_else(|| manifest.name.clone()),
            target: said.to.clone(),
            target_fields: said.to_fields.clone(),
        });
    }
    links
}

fn far_fields(resource: &Resource, said: &ManifestLink) -> Option<Vec<FarField>> {
    let each = said.fields.iter().enumerate().map(|(at, text)| {
        let field = LinkField::of(text, |name| resource.position(name).is_some());
        Some(FarField {
            field: resource.position(field.name)?,
            pointer: field.pointer.map(str::to_owned),
            transform: said.transform(at),
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_inside_json_and_nothing_else_is() {
        let field = |pointer: &str| FarField {
            field: 0,
            pointer: Some(pointer.to_owned()),
            transform: Transform { pad: Some(4), ..Transform::default() },
        };
        let value = Value::Text(r#"{"customer":{"no":17,"a/b":"x"},"list":["7"]}"#.into());
        assert_eq!(field("/customer/no").far_text(&value).as_deref(), Some("0017"));
        assert_eq!(field("/customer/a~1b").far_text(&value).as_deref(), Some("000x"));
        assert_eq!(field("/list/0").far_text(&value).as_deref(), Some("0007"));
        assert_eq!(field("/customer").far_text(&value), None, "an object is no value");
        assert_eq!(field("/nobody").far_text(&value), None);
        assert_eq!(field("/customer/no").far_text(&Value::Text("{".into())), None);
    }
}
