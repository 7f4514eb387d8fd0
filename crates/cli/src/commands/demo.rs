//! `kontor demo`: the office with the sample shop.

use std::fs;
use std::io::Write;
use std::path::Path;

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
    let mut manifests = manifests::of(&shop);
    let _beside = match order_inspect {
        Some(program) => {
            let folder = configuration.data.join("order-inspect");
            manifests.push(manifests::order_inspect(&folder));
            Some(OrderInspect::start(program, &folder, reset, out).await?)
        }
        None => None,
    };
    register(configuration, manifests, reset)?;
    serve::run(configuration, out).await
}

/// Writes the manifests of the sample shop where there are none. With `reset` those that the
/// sample shop has written are written again; a manifest of another hand is never touched.
fn register(
    configuration: &Configuration,
    manifests: Vec<SampleManifest>,
    reset: bool,
) -> Result<(), CommandError> {
    make_private_folder(&configuration.manifests)?;
    for manifest in manifests {
        let file = configuration.manifests.join(manifest.file_name);
        let before = match fs::read_to_string(&file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(CommandError::file(&file, "read")(error)),
        };
        match before {
            None => {}
            Some(text) if !manifests::is_ours(&text) => {
                tracing::warn!(file = %file.display(), "is not of the sample shop and was left as it is");
                continue;
            }
            Some(_) if !reset => continue,
            Some(_) => {}
        }
        let text = manifest.text_from(&configuration.manifests)?;
        replace(&file, &text)?;
    }
    Ok(())
}

/// Puts a file in its place, whole or not at all.
fn replace(file: &Path, text: &str) -> Result<(), CommandError> {
    let half = file.with_extension("toml.unfinished");
    fs::write(&half, text)
        .and_then(|()| fs::rename(&half, file))
        .map_err(CommandError::file(file, "written"))
}
