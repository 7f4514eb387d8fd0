//! Links to other backends: whether they lead to something that is there, and of a fitting type.

use std::collections::BTreeMap;

use kontor_model::{BackendName, Schema};
use kontor_office::manifest::Manifest;

use super::finding::{Diagnosis, listed};

/// Compares the links of some backends with the schemas of those that they lead to; none where they
/// lead to no other. A schema that is not known is none.
pub(super) fn examine(
    manifests: &[&Manifest],
    schemas: &BTreeMap<BackendName, Option<Schema>>,
) -> Option<Diagnosis> {
    let mut found = Diagnosis::new("links between the backends".to_owned());
    let (mut links, mut unknown) = (0, Vec::new());
    for manifest in manifests {
        let far = manifest.links.iter().filter_map(|link| link.backend.as_ref());
        for backend in far.filter(|backend| **backend != manifest.name) {
            links += 1;
            let name = backend.to_string();
            if matches!(schemas.get(backend), Some(None)) && !unknown.contains(&name) {
                unknown.push(name);
            }
        }
        for problem in manifest.check_far_links(schemas) {
            found.broken(problem.to_string(), "mend the link, or take it out of the manifest");
        }
    }
    if !unknown.is_empty() {
        found.note(
            format!(
                "links to these were not compared, since their schemas are not known: {}",
                listed(&unknown)
            ),
            "",
        );
    }
    if found.findings.is_empty() {
        found.good(match links {
            1 => "1 link leads to what is there".to_owned(),
            _ => format!("{links} links lead to what is there"),
        });
    }
    (links > 0).then_some(found)
}
