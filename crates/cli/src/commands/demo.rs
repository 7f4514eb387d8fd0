//! `kontor demo`: the office with the sample shop.

use std::fs;
use std::io::Write;
use std::path::Path;

use kontor_office::manifest::{KeyFile, cases_folder};
use returns_desk::{Clock, Desk, Serving};

use crate::command_line::Verdict;
use crate::commands::order_inspect::OrderInspect;
use crate::commands::serve;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::make_private_folder;
use crate::sample_shop;
use crate::sample_shop::SampleShop;
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
    let desk = open_desk(&shop).await?;
    writeln!(out, "Returns desk: {}", desk.url()).map_err(CommandError::Output)?;
    register_desk(configuration, &desk, order_inspect.is_some(), reset)?;
    let _beside = match order_inspect {
        Some(program) => {
            let folder = configuration.data.join("order-inspect");
            let beside =
                OrderInspect::start(program, &folder, sample_shop::given, reset, out).await?;
            register_service(configuration, (program, &folder), &beside, reset).await?;
            Some(beside)
        }
        None => None,
    };
    serve::run(configuration, out).await
}

/// Lets the returns desk answer, on a free port.
async fn open_desk(shop: &SampleShop) -> Result<Serving, CommandError> {
    let broken =
        |source| CommandError::file(&shop.returns, "opened")(std::io::Error::other(source));
    let desk = Desk::open(&shop.returns, Clock::System).await.map_err(broken)?;
    Serving::start(desk).await.map_err(CommandError::file(&shop.returns, "given a port"))
}

/// Registers the returns desk where it listens this time.
fn register_desk(
    configuration: &Configuration,
    desk: &Serving,
    has_service: bool,
    reset: bool,
) -> Result<(), CommandError> {
    let service = manifests::returns_desk(has_service);
    let file = configuration.manifests.join(service.file_name);
    match present(&file)? {
        Present::Foreign => Ok(()),
        Present::Ours(text) if !reset => {
            let moved = service.moved(&text, desk.address);
            replace(&file, &moved.unwrap_or_else(|| service.at(desk.address)))
        }
        Present::Ours(_) | Present::Nothing => replace(&file, &service.at(desk.address)),
    }
}

/// Registers Order & Inspect where it listens this time. A manifest that is there keeps all that
/// was said in it, but for the address.
async fn register_service(
    configuration: &Configuration,
    (program, folder): (&Path, &Path),
    beside: &OrderInspect,
    reset: bool,
) -> Result<(), CommandError> {
    let service = manifests::ORDER_INSPECT;
    let file = configuration.manifests.join(service.file_name);
    let moved = match present(&file)? {
        Present::Foreign => return Ok(()),
        Present::Ours(text) if !reset => service.moved(&text, beside.address),
        Present::Ours(_) | Present::Nothing => None,
    };
    let text = match moved {
        Some(text) => text,
        None => {
            let secret = OrderInspect::new_key(program, folder).await?;
            let key = KeyFile::open_or_create(&configuration.data.join("key"))?;
            service.with_key(beside.address, &key, &secret)
        }
    };
    replace(&file, &text)
}

/// Writes the manifests of the sample shop where there are none. With `reset` those that the sample
/// shop has written are written again; a file of another hand is never touched.
fn register(
    configuration: &Configuration,
    manifests: Vec<SampleManifest>,
    reset: bool,
) -> Result<(), CommandError> {
    make_private_folder(&configuration.manifests)?;
    for manifest in manifests {
        let file = configuration.manifests.join(manifest.file_name);
        if present(&file)?.is_to_be_written(reset) {
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
        if present(&file)?.is_to_be_written(reset) {
            replace(&file, text)?;
        }
    }
    Ok(())
}

/// What is found under the name of a manifest.
enum Present {
    Nothing,
    /// One that the sample shop has written, with what was said in it since.
    Ours(String),
    /// One of another hand, which is never touched.
    Foreign,
}

impl Present {
    /// Whether the sample shop's own text goes there.
    fn is_to_be_written(&self, reset: bool) -> bool {
        match self {
            Self::Nothing => true,
            Self::Ours(_) => reset,
            Self::Foreign => false,
        }
    }
}

fn present(file: &Path) -> Result<Present, CommandError> {
    match fs::read_to_string(file) {
        Ok(text) if manifests::is_ours(&text) => Ok(Present::Ours(text)),
        Ok(_) => {
            tracing::warn!(file = %file.display(), "is not of the sample shop and was left as it is");
            Ok(Present::Foreign)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Present::Nothing),
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
