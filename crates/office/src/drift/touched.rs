//! What a change of a schema touches: saved views, links, actions.

use kontor_model::ResourceName;
use kontor_store::views::View;

use super::compare::{DriftLine, Drifted};
use crate::backend::Backend;
use crate::manifest::{LinkField, ManifestLink};

/// Something that uses what changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Affected {
    /// A saved view, by its name.
    View(String),
    /// A link: from where, to where.
    Link(String, String),
    /// An action of a manifest, by its name.
    Action(String),
}

/// What the manifest of a backend makes of what changed in it, and what others point to it.
pub(super) fn by_manifests(line: &DriftLine, own: &Backend, others: &[&Backend]) -> Vec<Affected> {
    let mut touched = Vec::new();
    let manifest = own.manifest();
    for link in &manifest.links {
        let is_inside = link.backend.as_ref().is_none_or(|to| *to == own.name);
        if refers(line, &link.from, &link.fields)
            || is_inside && refers(line, &link.to, &link.to_fields)
        {
            touched.push(between(own, link));
        }
    }
    for other in others.iter().filter(|other| other.name != own.name) {
        let manifest = other.manifest();
        let here = manifest.links.iter().filter(|link| link.backend.as_ref() == Some(&own.name));
        let here = here.filter(|link| refers(line, &link.to, &link.to_fields));
        touched.extend(here.map(|link| between(other, link)));
    }
    let said = manifest.resources.iter().filter(|(name, _)| name.as_str() == line.resource);
    for (action, said) in said.flat_map(|(_, said)| &said.actions) {
        let operation = said.operation.as_deref().unwrap_or(action);
        let sets = |field: &str| said.set.iter().any(|(name, _)| name == field);
        let uses = line.operation() == Some(operation)
            || line.field().is_some_and(sets)
            || !said.set.is_empty()
                && matches!(line.what, Drifted::Written(super::Writing::Update, _))
            || line.what == Drifted::Removed;
        if uses {
            touched.push(Affected::Action(action.clone()));
        }
    }
    touched
}

/// Whether a link leads over what changed.
fn refers(line: &DriftLine, resource: &ResourceName, fields: &[String]) -> bool {
    if resource.as_str() != line.resource {
        return false;
    }
    match line.field() {
        Some(changed) => {
            fields.iter().any(|field| LinkField::of(field, |name| name == changed).name == changed)
        }
        None => line.what == Drifted::Removed,
    }
}

fn between(from: &Backend, link: &ManifestLink) -> Affected {
    let to = link.backend.as_ref().unwrap_or(&from.name);
    Affected::Link(format!("{}:{}", from.name, link.from), format!("{to}:{}", link.to))
}

/// Whether a saved view uses what changed.
pub(super) fn by_view(line: &DriftLine, view: &View) -> bool {
    if view.resource != line.resource {
        return false;
    }
    match (&line.what, line.field()) {
        (Drifted::Removed, _) => true,
        (Drifted::Search(_), _) => view.definition.as_str().contains("\"search\":\""),
        (_, Some(field)) => mentions(view.definition.as_str(), field),
        _ => false,
    }
}

/// Whether a definition names a field: as a whole word, in a filter, an order or a column.
fn mentions(definition: &str, field: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    definition.match_indices(field).any(|(at, found)| {
        let before = definition[..at].chars().next_back();
        let after = definition[at + found.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_mentions_fields_by_whole_words() {
        let definition = r#"{"filter":"status = new","sort":"-placed_at","columns":["total"]}"#;
        for field in ["status", "placed_at", "total"] {
            assert!(mentions(definition, field), "{field}");
        }
        for field in ["stat", "placed", "at", "otal"] {
            assert!(!mentions(definition, field), "{field}");
        }
    }
}
