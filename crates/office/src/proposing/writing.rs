//! From an accepted proposal to the keys of the manifest.

use toml_edit::Value;

use crate::catalog::Catalog;
use crate::manifest::{
    Choice, Color, DeletedMark, Edit, Format, Kinds, Manifest, ManifestLink, Part, SoftDelete,
    Stamps, Translations, WriteError,
};
use crate::proposals::{self, ManifestEdit, Mark};

/// Writes what a proposal asks for.
pub(super) fn write(edit: &mut Edit, wanted: &ManifestEdit) -> Result<(), WriteError> {
    let whole = Part::Resource(wanted.resource());
    let field = |name| Part::Field(wanted.resource(), name);
    match wanted {
        ManifestEdit::AddLink { from, fields, to, to_fields, name } => {
            edit.add_link(&ManifestLink {
                name: name.clone(),
                ..ManifestLink::new(from.clone(), fields.clone(), to.clone(), to_fields.clone())
            })
        }
        ManifestEdit::SoftDelete { .. }
        | ManifestEdit::Stamps { .. }
        | ManifestEdit::Translations { .. }
        | ManifestEdit::Kinds { .. } => {
            habit(wanted).map_or(Ok(()), |(key, value)| edit.set(whole, key, value))
        }
        ManifestEdit::JoinTable { .. } => edit.set(whole, "join_table", true),
        ManifestEdit::Money { field: name, currency, decimals, .. } => {
            edit.set(field(name), "format", Format::Money.word())?;
            edit.set(field(name), "decimals", i64::from(*decimals))?;
            match currency {
                Some(proposals::Currency::Field(other)) => edit.set(field(name), "currency", other),
                Some(proposals::Currency::Code(code)) => {
                    edit.set(field(name), "currency_code", code)
                }
                None => Ok(()),
            }
        }
        ManifestEdit::Format { field: name, format, .. } => {
            edit.set(field(name), "format", format.as_str())
        }
        ManifestEdit::Choices { field: name, choices, .. } => {
            edit.set(field(name), "format", Format::Status.word())?;
            let choices: Vec<Choice> = choices.iter().map(choice).collect();
            edit.set(field(name), "choices", Choice::to_value(&choices))
        }
        ManifestEdit::Secret { field: name, .. } => edit.set(field(name), "secret", true),
    }
}

/// Key and value of what is said about a resource as a whole in one table.
fn habit(wanted: &ManifestEdit) -> Option<(&'static str, Value)> {
    Some(match wanted.clone() {
        ManifestEdit::SoftDelete { field, deleted, alive, .. } => {
            let deleted = match deleted {
                Mark::Now => DeletedMark::Now,
                other => DeletedMark::Value(mark_text(&other)),
            };
            let alive = alive.as_ref().map(mark_text);
            ("soft_delete", (&SoftDelete { field, deleted, alive }).into())
        }
        ManifestEdit::Stamps { created, updated, .. } => {
            ("stamps", (&Stamps { created, updated }).into())
        }
        ManifestEdit::Translations { texts, base, language, title, prefer, .. } => {
            let said = Translations { resource: texts, base, language, title, prefer };
            ("translations", (&said).into())
        }
        ManifestEdit::Kinds { field, common, of, .. } => {
            ("kinds", (&Kinds { field, common, of }).into())
        }
        _ => return None,
    })
}

fn mark_text(mark: &Mark) -> String {
    match mark {
        // Only a deletion happens at a moment; a living record never holds “now”.
        Mark::Now => String::new(),
        Mark::Bool(value) => value.to_string(),
        Mark::Text(text) => text.clone(),
    }
}

fn choice(choice: &proposals::Choice) -> Choice {
    let color = Color::ALL.iter().find(|(word, _)| *word == choice.color.as_str());
    Choice { value: choice.value.clone(), title: None, color: color.map(|(_, color)| *color) }
}

/// A proposal under a name that no link of the manifest has.
pub(super) fn named(manifest: &Manifest, wanted: ManifestEdit) -> ManifestEdit {
    match wanted {
        ManifestEdit::AddLink { from, fields, to, to_fields, name } => {
            let is_taken = manifest.links.iter().any(|l| l.from == from && l.name == name);
            let name = if is_taken { format!("{name}_{to}") } else { name };
            ManifestEdit::AddLink { from, fields, to, to_fields, name }
        }
        other => other,
    }
}

/// Whether a proposal says what the manifest does not, about fields that may be seen.
pub(super) fn is_news(manifest: &Manifest, catalog: &Catalog, wanted: &ManifestEdit) -> bool {
    let name = wanted.resource();
    let Some(face) = catalog.face(name) else { return false };
    let is_visible = |field: &String| {
        let at = catalog.resource(face).position(field);
        at.is_some_and(|at| face.fields[at].is_visible())
    };
    let named: &[String] = match wanted {
        ManifestEdit::AddLink { fields, .. } => fields,
        _ => wanted.field().map(std::slice::from_ref).unwrap_or_default(),
    };
    if !named.iter().all(is_visible) {
        return false;
    }
    let Some(said) = manifest.resource(name) else { return true };
    let of_field = wanted.field().and_then(|field| said.field(field));
    match wanted {
        ManifestEdit::AddLink { from, fields, .. } => !manifest.links.iter().any(|link| {
            link.from == *from && link.fields == *fields && !link.is_far(&manifest.name)
        }),
        ManifestEdit::SoftDelete { .. } => said.soft_delete.is_none(),
        ManifestEdit::Stamps { .. } => said.stamps.is_none(),
        ManifestEdit::Translations { .. } => said.translations.is_none(),
        ManifestEdit::Kinds { .. } => said.kinds.is_none(),
        ManifestEdit::JoinTable { .. } => said.join_table.is_none(),
        ManifestEdit::Secret { .. } => of_field.is_none_or(|field| field.secret.is_none()),
        ManifestEdit::Money { .. } | ManifestEdit::Format { .. } | ManifestEdit::Choices { .. } => {
            of_field.is_none_or(|field| field.format.is_none() && field.choices.is_empty())
        }
    }
}

/// Whether two manifests say the same about how the backend is reached.
pub(super) fn reaches_alike(one: &Manifest, other: &Manifest) -> bool {
    let writes = |manifest: &Manifest| {
        manifest.writable || manifest.resources.iter().any(|(_, said)| said.writable == Some(true))
    };
    one.url == other.url
        && one.password == other.password
        && one.replica == other.replica
        && one.replica_password == other.replica_password
        && one.budget == other.budget
        && one.schemas == other.schemas
        && writes(one) == writes(other)
}
