//! `kontor demo`: the office with the sample shop.

use std::fs;
use std::io::Write;
use std::path::Path;

use kontor_office::manifest::{KeyFile, cases_folder};

use crate::command_line::Verdict;
use crate::commands::order_inspect::OrderInspect;
use crate::commands::serve;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::make_private_folder;
use crate::sample_shop;
use crate::sample_shop::manifests::{self, SampleManifest};

/// Makes what is missing of the sample shop, or all of it anew, and opens the office.
///
/// # Errors
/// [`CommandError`] when the data folder cannot be used, or as for `kontor serve`.
pub(crate) async fn run(
    configuration: &Configuration,
    reset: bool,
    order_inspect: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    make_private_folder(&configuration.data)?;
    let folder = configuration.data.join("demo");
    let shop = if reset {
        sample_shop::reset(&folder).await?
    } else {
        sample_shop::write(&folder).await?
    };
    tracing::info!(folder = %folder.display(), written = shop.written, "the sample shop is there");
    register(configuration, manifests::of(&shop), reset)?;
    register_cases(configuration, order_inspect.is_some(), reset)?;
    let _beside = match order_inspect {
        Some(program) => {
            let folder = configuration.data.join("order-inspect");
            let beside = OrderInspect::start(program, &folder, reset, out).await?;
            register_service(configuration, (program, &folder), &beside, reset).await?;
            Some(beside)
        }
        None => None,
    };
    serve::run(configuration, out).await
}

/// Registers Order & Inspect where it listens this time. A manifest that is there keeps all that
/// was said in it, but for the address.
async fn register_service(
    configuration: &Configuration,
    (program, folder): (&Path, &Path),
    beside: &OrderInspect,
    reset: bool,
) -> Result<(), CommandError> {
    let file = configuration.manifests.join(manifests::ORDER_INSPECT);
    let before = match fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(CommandError::file(&file, "read")(error)),
    };
    if before.as_ref().is_some_and(|text| !manifests::is_ours(text)) {
        tracing::warn!(file = %file.display(), "is not of the sample shop and was left as it is");
        return Ok(());
    }
    let moved = before.filter(|_| !reset);
    let moved = moved.and_then(|text| manifests::moved_service(&text, beside.address));
    let text = match moved {
        Some(text) => text,
        None => {
            let secret = OrderInspect::new_key(program, folder).await?;
            let key = KeyFile::open_or_create(&configuration.data.join("key"))?;
            manifests::service(beside.address, &key, &secret)
        }
    };
    replace(&file, &text)
}

/// Writes the manifests of the sample shop where there are none. With `reset` those that the sample shop has written are written again; a file of another hand is never
/// touched.
fn register(
    configuration: &Configuration,
    manifests: Vec<SampleManifest>,
    reset: bool,
) -> Result<(), CommandError> {
    make_private_folder(&configuration.manifests)?;
    for manifest in manifests {
        let file = configuration.manifests.join(manifest.file_name);
        if is_to_be_written(&file, reset)? {
            replace(&file, &manifest.text_from(&configuration.manifests)?)?;
        }
    }
    Ok(())
}

/// Writes the types of cases of the sample shop, in the same manner.
fn register_cases(
    configuration: &Configuration,
    has_service: bool,
    reset: bool,
) -> Result<(), CommandError> {
    let folder = cases_folder(&configuration.manifests);
    make_private_folder(&folder)?;
    for (name, text) in manifests::cases(has_service) {
        let file = folder.join(name);
        if is_to_be_written(&file, reset)? {
            replace(&file, text)?;
        }
    }
    Ok(())
}

fn is_to_be_written(file: &Path, reset: bool) -> Result<bool, CommandError> {
    match fs::read_to_string(file) {
        Ok(text) if !manifests::is_ours(&text) => {
            tracing::warn!(file = %file.display(), "is not of the sample shop and was left as it is");
            Ok(false)
        }
        Ok(_) => Ok(reset),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(CommandError::file(file, "read")(error)),
    }
}

/// Puts a file in its place, whole or not at all.
fn replace(file: &Path, text: &str) -> Result<(), CommandError> {
    let half = file.with_extension("toml.unfinished");
    fs::write(&half, text)
        .and_then(|()| fs::rename(&half, file))
        .map_err(CommandError::file(file, "written"))
}
