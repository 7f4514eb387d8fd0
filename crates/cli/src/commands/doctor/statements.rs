//! Whether the database understands the statements that the manifest declares. None of them is run.

use kontor_connect::{Connection, FailureKind};
use kontor_office::catalog::{Catalog, Does};
use kontor_office::manifest::Manifest;

use super::finding::Diagnosis;

/// Has the database read each statement.
pub(super) async fn examine(
    connection: &dyn Connection,
    catalog: &Catalog,
    manifest: &Manifest,
    found: &mut Diagnosis,
) {
    let mut sound = 0;
    for face in &catalog.faces {
        for action in &face.actions {
            let Does::Statement(declared) = &action.does else { continue };
            let statement = declared.unfilled(catalog.resource(face));
            let Err(failure) = connection.understands(&catalog.of(face), &statement).await else {
                sound += 1;
                continue;
            };
            let place =
                ["resources", face.name.as_str(), "actions", action.name.as_str(), "statement"];
            let message = format!("the database does not understand it: {}", failure.detail);
            let problem = manifest.problem_at(&place, message);
            let advice = match failure.kind {
                FailureKind::Privilege => "let the database grant the account the right to it",
                _ => "mend the statement in the manifest",
            };
            found.broken(format!("{}: {}: {problem}", face.name, action.name), advice);
        }
    }
    match sound {
        0 => {}
        1 => found.good("1 statement of the manifest is understood"),
        _ => found.good(format!("{sound} statements of the manifest are understood")),
    }
}
