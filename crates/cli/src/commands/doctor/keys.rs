//! Whether the keys that the manifest names tell records apart, where no database holds to it.

use kontor_connect::{Connection, FailureKind, Shared};
use kontor_model::{Resource, Value};
use kontor_office::catalog::Catalog;
use kontor_office::manifest::Manifest;

use super::finding::Diagnosis;

/// Longest text of a value that is told.
const LONGEST: usize = 40;

/// Measures the keys of the manifest, each within the time that a statement may take.
pub(super) async fn measure(
    connection: &dyn Connection,
    catalog: &Catalog,
    manifest: &Manifest,
    found: &mut Diagnosis,
) {
    let budget = manifest.budget.statement_timeout;
    for face in &catalog.faces {
        let resource = catalog.resource(face);
        let is_said = manifest.resource(&resource.name).is_some_and(|said| !said.key.is_empty());
        if !is_said || resource.key.is_empty() || is_certain(resource) {
            continue;
        }
        let names: Vec<&str> =
            resource.key.iter().map(|&field| resource.fields[field].name.as_str()).collect();
        let key = format!("{}: key ({})", face.name, names.join(", "));
        match connection.shared(&catalog.of(face), &resource.key, budget).await {
            Ok(None) => found.good(format!("{key} is unique at the moment")),
            Ok(Some(shared)) => found.warning(
                format!("{key} is not unique: {}", told(&shared)),
                "such records have one address and cannot be changed; name more fields as their \
                 key, or mend the records",
            ),
            Err(failure) if failure.kind == FailureKind::Timeout => found.note(
                format!("{key}: whether it is unique could not be told within {budget:?}"),
                "an index on these fields, best a unique one, lets it be told",
            ),
            Err(failure) => {
                found.note(format!("{key}: whether it is unique could not be told: {failure}"), "");
            }
        }
    }
}

/// Whether the database itself holds to the key.
fn is_certain(resource: &Resource) -> bool {
    let certain = |field: &usize| resource.key.contains(field) && !resource.fields[*field].nullable;
    let mut unique = resource.indexes.iter().filter(|index| index.unique);
    unique.any(|index| !index.fields.is_empty() && index.fields.iter().all(certain))
}

fn told(shared: &Shared) -> String {
    let values: Vec<String> = shared.values.iter().map(shown).collect();
    let most = format!("{} records share ({})", shared.records, values.join(", "));
    match shared.others {
        Some(0) => most,
        Some(1) => format!("{most}, and 1 other value is shared, too"),
        Some(others) => format!("{most}, and {others} other values are shared, too"),
        None => format!("{most}, and others may be shared, too"),
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Text(text) | Value::Cut(text) => format!("“{text}”"),
        other => other.to_text().unwrap_or_else(|| "NULL".to_owned()),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let begin: String = text.chars().take(LONGEST).collect();
    format!("{begin}…")
}
