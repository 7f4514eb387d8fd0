//! `kontor check`: what is wrong with manifests.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use kontor_model::{BackendName, Schema};
use kontor_office::case_problems;
use kontor_office::catalog::{Catalog, build};
use kontor_office::manifest::{Manifest, ManifestErrors, cases_folder, load_cases, load_folder};

use crate::command_line::Verdict;
use crate::commands::known_schemas::KnownSchemas;
use crate::configuration::Configuration;
use crate::error::CommandError;

/// Checks all manifests of a folder and the types of cases beside it, and compares them with the
/// schemas that were read last.
///
/// # Errors
/// [`CommandError`] when the folder is not there or the answer cannot be written.
pub(crate) async fn run(
    configuration: &Configuration,
    folder: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let folder = folder.unwrap_or(&configuration.manifests);
    if !folder.is_dir() {
        return Err(CommandError::Usage(format!(
            "{} is no folder; name that of the manifests, or the data folder with --data",
            folder.display()
        )));
    }
    let (manifests, refused) = load_folder(folder);
    let mut problems: Vec<String> =
        refused.iter().flat_map(ManifestErrors::problems).map(ToString::to_string).collect();
    let known = KnownSchemas::open(configuration).await;
    let mut unread = Vec::new();
    let mut schemas: BTreeMap<BackendName, Option<Schema>> =
        refused.iter().filter_map(ManifestErrors::backend).map(|name| (name, None)).collect();
    for manifest in &manifests {
        schemas.insert(manifest.name.clone(), known.of(manifest).await);
    }
    known.close().await;
    for manifest in &manifests {
        match schemas.get(&manifest.name) {
            Some(Some(schema)) => {
                problems.extend(manifest.check_against(schema).iter().map(ToString::to_string));
            }
            _ => unread.push(manifest.name.to_string()),
        }
        problems.extend(manifest.check_far_links(&schemas).iter().map(ToString::to_string));
    }
    let (cases, refused_cases) = load_cases(&cases_folder(folder));
    problems
        .extend(refused_cases.iter().flat_map(ManifestErrors::problems).map(ToString::to_string));
    let catalogs = catalogs(&manifests, schemas);
    for case in &cases {
        problems.extend(case_problems(case, &catalogs).iter().map(ToString::to_string));
    }
    let checked = (manifests.len() + refused.len(), cases.len() + refused_cases.len());
    report(out, checked, &problems, &unread, folder)?;
    Ok(if problems.is_empty() { Verdict::Well } else { Verdict::Broken })
}

/// The backends with their resources as people see them, as far as their schemas are known.
fn catalogs(
    manifests: &[Manifest],
    mut schemas: BTreeMap<BackendName, Option<Schema>>,
) -> BTreeMap<BackendName, Option<Arc<Catalog>>> {
    let mut catalogs: BTreeMap<BackendName, Option<Arc<Catalog>>> =
        schemas.keys().map(|name| (name.clone(), None)).collect();
    for manifest in manifests {
        let schema = schemas.get_mut(&manifest.name).and_then(Option::take);
        let catalog = schema.map(|schema| Arc::new(build(manifest, schema)));
        catalogs.insert(manifest.name.clone(), catalog);
    }
    catalogs
}

fn report(
    out: &mut dyn Write,
    (count, cases): (usize, usize),
    problems: &[String],
    unread: &[String],
    folder: &Path,
) -> Result<(), CommandError> {
    for problem in problems {
        writeln!(out, "{problem}")?;
    }
    if !unread.is_empty() {
        writeln!(
            out,
            "Not compared with a schema, since none was read yet: {}. `kontor serve` reads it, and \
             `kontor doctor` compares with what is there now.",
            unread.join(", ")
        )?;
    }
    let manifests = if count == 1 { "manifest" } else { "manifests" };
    let cases = match cases {
        0 => String::new(),
        1 => " and 1 type of case".to_owned(),
        many => format!(" and {many} types of cases"),
    };
    match problems.len() {
        0 if count == 0 && cases.is_empty() => writeln!(
            out,
            "There is no manifest in {}; `kontor connect <url>` writes one.",
            folder.display()
        )?,
        0 => writeln!(out, "{count} {manifests}{cases}, nothing wrong.")?,
        1 => writeln!(out, "{count} {manifests}{cases}, 1 problem.")?,
        wrong => writeln!(out, "{count} {manifests}{cases}, {wrong} problems.")?,
    }
    out.flush()?;
    Ok(())
}
