//! What the schema, and the manifest laid over it, let one expect.

use std::time::Duration;

use kontor_model::schema::ReadOnly;
use kontor_model::{IndexKind, Resource, ResourceKind, Schema};
use kontor_office::catalog::{self, Catalog, Face};
use kontor_office::manifest::Manifest;

use super::finding::{Diagnosis, listed};

/// From this many records on, reading all of them to sort or to find a few is felt.
const LARGE: u64 = 50_000;

/// Examines what was read, as the office would see it; what it sees, where that is anything.
pub(super) fn examine(
    mut schema: Schema,
    took: Duration,
    manifest: &Manifest,
    found: &mut Diagnosis,
) -> Option<Catalog> {
    let problems = manifest.check_against(&schema);
    let left_out = std::mem::take(&mut schema.left_out);
    if !manifest.schemas.is_empty() {
        schema.resources.retain(|resource| {
            resource.namespace.as_ref().is_none_or(|of| manifest.schemas.contains(of))
        });
    }
    let version = format!("{} {}", schema.engine.title(), schema.version);
    if schema.resources.is_empty() {
        found.broken(
            format!("{version}: no table and no view can be seen"),
            "let the database grant the account SELECT on them, or check “schemas” in the manifest",
        );
        return None;
    }
    let catalog = catalog::build(manifest, schema);
    overview(&version, took, &catalog, found);
    for problem in problems {
        found.broken(
            format!("{problem}; this part of the manifest is not in force"),
            "mend or remove it there",
        );
    }
    for line in left_out {
        found.note(format!("left out: {line}"), "");
    }
    keys(&catalog, found);
    privileges(&catalog, manifest, found);
    storage(&catalog, found);
    statistics(&catalog, found);
    default_sorts(&catalog, found);
    incoming_links(&catalog, found);
    Some(catalog)
}

fn overview(version: &str, took: Duration, catalog: &Catalog, found: &mut Diagnosis) {
    let writable = catalog.faces.iter().filter(|face| face.read_only.is_none()).count();
    let changed = match writable {
        0 => "read-only".to_owned(),
        _ => format!("{writable} of them can be changed"),
    };
    found.good(format!(
        "{}: {} resources read within {:.1} ms, {changed}",
        version.trim_end(),
        catalog.faces.len(),
        took.as_secs_f64() * 1000.0
    ));
    let secrets = catalog.faces.iter().flat_map(|face| &face.fields).filter(|of| of.secret).count();
    match secrets {
        0 => {}
        1 => found.good("1 field looks like a secret and is hidden"),
        _ => found.good(format!("{secrets} fields look like secrets and are hidden")),
    }
}

fn names(catalog: &Catalog, wanted: impl Fn(&Face, &Resource) -> bool) -> Vec<String> {
    let faces = catalog.faces.iter().filter(|face| wanted(face, catalog.resource(face)));
    faces.map(|face| face.name.to_string()).collect()
}

fn keys(catalog: &Catalog, found: &mut Diagnosis) {
    let without = names(catalog, |_, resource| {
        resource.key.is_empty() && resource.kind == ResourceKind::Table
    });
    if !without.is_empty() {
        found.warning(
            format!("without a key, so that records can only be read and have no lasting address: {}", listed(&without)),
            "where fields tell the records apart, say key = [\"…\"] for the resource in the manifest",
        );
    }
}

fn privileges(catalog: &Catalog, manifest: &Manifest, found: &mut Diagnosis) {
    let refused = names(catalog, |_, resource| {
        resource.read_only == Some(ReadOnly::NoPrivilege) && manifest.is_writable(&resource.name)
    });
    if !refused.is_empty() {
        found.broken(
            format!(
                "the manifest permits changes that the account may not make: {}",
                listed(&refused)
            ),
            "let the database grant it INSERT, UPDATE and DELETE there, or say writable = false",
        );
    }
}

fn storage(catalog: &Catalog, found: &mut Diagnosis) {
    let unsafe_tables = names(catalog, |face, resource| {
        !resource.transactional && resource.kind == ResourceKind::Table && face.read_only.is_none()
    });
    if !unsafe_tables.is_empty() {
        found.warning(
            format!("kept without transactions, so that a change that fails half way stays half made: {}", listed(&unsafe_tables)),
            "convert them (ALTER TABLE … ENGINE = InnoDB), or say writable = false for them",
        );
    }
}

fn statistics(catalog: &Catalog, found: &mut Diagnosis) {
    let tables = || catalog.schema.resources.iter().filter(|of| of.kind == ResourceKind::Table);
    if tables().count() > 0 && tables().all(|table| table.estimated_rows.is_none()) {
        found.note(
            "the database has no statistics: counts are slower, and this doctor cannot tell large tables",
            "run ANALYZE there",
        );
    }
}

fn is_large(resource: &Resource) -> bool {
    resource.estimated_rows.is_some_and(|rows| rows >= LARGE)
}

/// Whether records come in this order without being sorted: an index, or the key, begins with
/// these fields.
fn comes_in_order(resource: &Resource, fields: &[usize]) -> bool {
    let indexes = resource.indexes.iter().filter(|index| index.kind == IndexKind::Ordered);
    let orders = indexes.map(|index| index.fields.as_slice());
    let mut orders = orders.chain([resource.key.as_slice()]);
    orders
        .any(|order| order.starts_with(fields) || (!order.is_empty() && fields.starts_with(order)))
}

fn default_sorts(catalog: &Catalog, found: &mut Diagnosis) {
    for face in &catalog.faces {
        let resource = catalog.resource(face);
        let fields: Vec<usize> = face.sort.iter().map(|step| step.field).collect();
        if fields.is_empty() || !is_large(resource) || comes_in_order(resource, &fields) {
            continue;
        }
        let sort: Vec<&str> =
            fields.iter().map(|field| resource.fields[*field].name.as_str()).collect();
        let sort = sort.join(", ");
        found.warning(
            format!("{}: no index gives the list's order by {sort}, so that every page sorts all records", face.name),
            format!("let the database's owner make an index on ({sort}), or choose another “sort” in the manifest"),
        );
    }
}

/// Links that are followed backwards: what points to a record is looked for by these fields.
fn incoming_links(catalog: &Catalog, found: &mut Diagnosis) {
    let mut slow = Vec::new();
    for face in &catalog.faces {
        let resource = catalog.resource(face);
        for link in face.links.iter().filter(|_| is_large(resource)) {
            if resource.is_indexed(&link.fields) {
                continue;
            }
            let fields: Vec<&str> =
                link.fields.iter().map(|field| resource.fields[*field].name.as_str()).collect();
            slow.push(format!("{} ({})", face.name, fields.join(", ")));
        }
    }
    if !slow.is_empty() {
        found.warning(
            format!("links without an index, so that the records that point to one are found by reading all: {}", listed(&slow)),
            "let the database's owner make an index on these fields",
        );
    }
}

#[cfg(test)]
mod tests {
    use kontor_model::{BackendName, Schema};
    use kontor_office::manifest::Manifest;

    use super::super::finding::{Diagnosis, Level};

    /// A log of a million records: no key, no statistics elsewhere, a sort without an index.
    fn schema() -> Schema {
        serde_json::from_str(
            r#"{"engine": "postgres", "version": "15.4", "resources": [{
                "name": "log", "namespace": "public", "table": "log", "kind": "table",
                "fields": [
                    {"name": "id", "ty": {"int": {"min": 0, "max": 9}}, "native": "bigint", "sql_type": "bigint",
                     "nullable": false, "default": null, "generated": "no", "comment": null, "sortable": true, "comparable": true}
                ],
                "key": [], "references": [], "indexes": [], "estimated_rows": 1000000, "comment": null,
                "transactional": true, "row_id": "ctid", "read_only": "no_key"
            }]}"#,
        )
        .unwrap()
    }

    fn examined(manifest: &str) -> Diagnosis {
        let name = BackendName::new("shop").unwrap();
        let manifest = Manifest::parse(name, manifest, "shop.toml").unwrap();
        let mut found = Diagnosis::new(String::new());
        drop(super::examine(schema(), std::time::Duration::ZERO, &manifest, &mut found));
        found
    }

    #[test]
    fn a_large_table_without_key_and_index_is_warned_about() {
        let found = examined("url = \"postgres://a@b/c\"\n[resources.log]\nsort = \"-id\"\n");
        let warnings: Vec<&str> = found
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Warning)
            .map(|finding| finding.text.split(':').next().unwrap_or_default())
            .collect();
        assert_eq!(warnings.len(), 2, "{:?}", found.findings);
        assert!(warnings[0].starts_with("without a key"));
        assert_eq!(warnings[1], "log");
        assert_eq!(found.count(Level::Broken), 0);
    }

    #[test]
    fn what_the_manifest_says_wrongly_is_broken() {
        let found = examined("url = \"postgres://a@b/c\"\n[resources.log]\nsort = \"-idd\"\n");
        assert_eq!(found.count(Level::Broken), 1, "{:?}", found.findings);
        let found = examined("url = \"postgres://a@b/c\"\nschemas = [\"other\"]\n");
        assert!(found.findings.iter().any(|finding| finding.text.contains("no table")));
    }
}
