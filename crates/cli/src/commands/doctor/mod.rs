//! `kontor doctor`: asks every backend, and says what would go wrong before it does.

mod examine;
mod finding;
mod keys;
mod links;
mod schema;
mod server;
mod statements;

use std::collections::BTreeMap;
use std::io::Write;

use kontor_model::{BackendName, Schema};
use kontor_office::manifest::{Manifest, ManifestErrors, load_folder};

use self::finding::{Diagnosis, Level};
use crate::command_line::Verdict;
use crate::commands::known_schemas::KnownSchemas;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::{environment, existing_key};

/// Examines the backends, one after the other, so that none is burdened by the others.
///
/// # Errors
/// [`CommandError`] when the key file cannot be used, a named backend does not exist, or the
/// answer cannot be written.
pub(crate) async fn run(
    configuration: &Configuration,
    wanted: &[String],
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let key = existing_key(configuration)?;
    let environment = environment();
    let (manifests, refused) = load_folder(&configuration.manifests);
    let chosen = chosen(&manifests, wanted)?;
    let mut diagnoses = Vec::new();
    let mut of_files = Diagnosis::new("manifests that are not in force".to_owned());
    let problems = refused.iter().flat_map(ManifestErrors::problems);
    for problem in problems.filter(|_| wanted.is_empty()) {
        of_files.broken(problem.to_string(), "mend the file; `kontor check` says when it is right");
    }
    if !of_files.findings.is_empty() {
        of_files.write(out)?;
        diagnoses.push(of_files);
    }
    let mut schemas = BTreeMap::new();
    for manifest in &chosen {
        let (examined, schema) = examine::backend(manifest, key.as_ref(), &*environment).await;
        examined.write(out)?;
        out.flush()?;
        diagnoses.push(examined);
        schemas.insert(manifest.name.clone(), schema);
    }
    known_otherwise(&mut schemas, configuration, &manifests, &refused).await;
    if let Some(links) = links::examine(&chosen, &schemas) {
        links.write(out)?;
        diagnoses.push(links);
    }
    summary(&diagnoses, chosen.len(), configuration, out)?;
    let broken = diagnoses.iter().any(|diagnosis| diagnosis.count(Level::Broken) > 0);
    Ok(if broken { Verdict::Broken } else { Verdict::Well })
}

/// Of backends that could not be asked just now, or were not to be, the schema that was read last.
async fn known_otherwise(
    schemas: &mut BTreeMap<BackendName, Option<Schema>>,
    configuration: &Configuration,
    manifests: &[Manifest],
    refused: &[ManifestErrors],
) {
    let known = KnownSchemas::open(configuration).await;
    for manifest in manifests {
        if !matches!(schemas.get(&manifest.name), Some(Some(_))) {
            schemas.insert(manifest.name.clone(), known.of(manifest).await);
        }
    }
    known.close().await;
    for name in refused.iter().filter_map(ManifestErrors::backend) {
        schemas.entry(name).or_insert(None);
    }
}

/// The backends that were named, or all.
fn chosen<'a>(
    manifests: &'a [Manifest],
    wanted: &[String],
) -> Result<Vec<&'a Manifest>, CommandError> {
    if wanted.is_empty() {
        return Ok(manifests.iter().collect());
    }
    let find = |name: &String| {
        let found = manifests.iter().find(|manifest| manifest.name.as_str() == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = manifests.iter().map(|of| of.name.as_str()).collect();
            CommandError::Usage(format!(
                "no manifest that can be read registers a backend “{name}”; there are: {}",
                names.join(", ")
            ))
        })
    };
    wanted.iter().map(find).collect()
}

fn summary(
    diagnoses: &[Diagnosis],
    backends: usize,
    configuration: &Configuration,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    if diagnoses.is_empty() {
        writeln!(
            out,
            "There is no manifest in {}; `kontor connect <url>` writes one.",
            configuration.manifests.display()
        )?;
        return Ok(());
    }
    let total = |level| diagnoses.iter().map(|diagnosis| diagnosis.count(level)).sum::<usize>();
    let backends =
        if backends == 1 { "1 backend".to_owned() } else { format!("{backends} backends") };
    writeln!(
        out,
        "{backends} examined: {} broken, {} warnings, {} notes.",
        total(Level::Broken),
        total(Level::Warning),
        total(Level::Note)
    )?;
    out.flush()?;
    Ok(())
}
