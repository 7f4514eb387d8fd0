//! An installation: the data folder with its keys, the store, and the office that they make.
//!
//! | in the data folder | what it is |
//! |---|---|
//! | `kontor.db` | the store, unless it is elsewhere |
//! | `key` | 32 bytes that encrypt passwords of backends; mode 0600 |
//! | `seal.key` | 32 bytes that seal the end of the audit; mode 0600 |
//! | `installation` | a name by which backends tell this installation's sessions from others; locked by the server |
//! | `search/` | the search index; whoever removes it has it built again |
//! | `backends/` | the manifests, unless they are elsewhere |
//! | `cases/` | the types of cases, beside the manifests |
//! | `demo/` | the databases of the sample shop, where there is one |
//! | `kontor.toml` | the configuration, if somebody wrote one |

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_model::{Clock as _, SystemClock};
use kontor_office::manifest::{KeyFile, KeyFileError};
use kontor_office::{Environment, Furnishing, Office, random};
use kontor_store::{SealKey, Store};

use crate::configuration::Configuration;
use crate::error::CommandError;

/// An opened installation.
pub(crate) struct Installation {
    /// The office.
    pub(crate) office: Arc<Office>,
    /// The office's store, for closing it.
    pub(crate) store: Store,
    /// Held by the one server of a data folder; the system lets go of it when the process ends.
    pub(crate) lock: Option<File>,
}

/// Which program opens the installation. A server waits until sessions of earlier servers have
/// ended; those of other commands do not concern it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    Command,
}

impl Installation {
    /// Opens the installation, and makes what is missing in its data folder.
    ///
    /// # Errors
    /// [`CommandError`] says which file or store cannot be used.
    pub(crate) async fn open(
        configuration: &Configuration,
        role: Role,
    ) -> Result<Self, CommandError> {
        make_private_folder(&configuration.data)?;
        // A second server must not even touch the store.
        installation_name(&configuration.data)?;
        let lock = (role == Role::Server).then(|| lock(&configuration.data)).transpose()?;
        let store = open_store(configuration).await?;
        Self::over(configuration, role, store, lock)
    }

    /// Opens an installation that is there already.
    ///
    /// # Errors
    /// [`CommandError::NoStore`] when it is not, after which nothing was made; else as
    /// [`Installation::open`].
    pub(crate) async fn open_existing(configuration: &Configuration) -> Result<Self, CommandError> {
        let store = open_existing_store(configuration).await?;
        Self::over(configuration, Role::Command, store, None)
    }

    fn over(
        configuration: &Configuration,
        role: Role,
        store: Store,
        lock: Option<File>,
    ) -> Result<Self, CommandError> {
        let key = KeyFile::open_or_create(&configuration.data.join("key"))?;
        let name = installation_name(&configuration.data)?;
        let office = Office::new(Furnishing {
            clock: Arc::new(SystemClock),
            store: store.clone(),
            manifests: configuration.manifests.clone(),
            key,
            environment: environment(),
            installation: match role {
                Role::Server => format!("kontor-{name}"),
                Role::Command => format!("kontor-{name}-command"),
            },
        });
        Ok(Self { office, store, lock })
    }
}

/// Opens the store with the key of its seal.
///
/// # Errors
/// [`CommandError`] when the key or the store cannot be used.
pub(crate) async fn open_store(configuration: &Configuration) -> Result<Store, CommandError> {
    let seal = seal_key(configuration)?;
    Ok(Store::open(&configuration.store, seal).await?)
}

/// Opens a store that is there already, without making anything.
///
/// # Errors
/// [`CommandError::NoStore`] when it is not; [`CommandError::NoSeal`] when the data folder is not
/// the one that belongs to it.
pub(crate) async fn open_existing_store(
    configuration: &Configuration,
) -> Result<Store, CommandError> {
    if let Some(file) = configuration.store_file()
        && !file.exists()
    {
        return Err(CommandError::NoStore(file.display().to_string()));
    }
    if configuration.store_file().is_none() && !configuration.data.join("seal.key").exists() {
        return Err(CommandError::NoSeal(configuration.data.clone()));
    }
    open_store(configuration).await
}

fn seal_key(configuration: &Configuration) -> Result<SealKey, CommandError> {
    let path = configuration.data.join("seal.key");
    if let Some(store) = configuration.store_file()
        && !path.exists()
        && fs::metadata(store).is_ok_and(|file| file.len() > 0)
    {
        return Err(CommandError::SealMissing { key: path, store: store.to_owned() });
    }
    make_private_folder(&configuration.data)?;
    // Made, protected and checked like the other key.
    KeyFile::open_or_create(&path).map_err(|error| match error {
        KeyFileError::Length { path, length } => CommandError::SealLength { path, length },
        other => other.into(),
    })?;
    let bytes = fs::read(&path).map_err(CommandError::file(&path, "read"))?;
    let key = <[u8; 32]>::try_from(bytes)
        .map_err(|bytes| CommandError::SealLength { path, length: bytes.len() })?;
    Ok(SealKey::new(key))
}

/// What backends see of this installation: made once, kept, and not secret.
fn installation_name(data: &Path) -> Result<String, CommandError> {
    let path = data.join("installation");
    let fresh = random::id(SystemClock.micros());
    let made = OpenOptions::new().write(true).create_new(true).open(&path);
    let made = made.and_then(|mut file| writeln!(file, "{}", &fresh[12..]));
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(CommandError::file(&path, "written")(error));
        }
        _ => {}
    }
    let name = fs::read_to_string(&path).map_err(CommandError::file(&path, "read"))?;
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    if name.is_empty() {
        // Written by somebody else or cut off by a full disk: any name is better than none.
        fs::write(&path, &fresh[12..]).map_err(CommandError::file(&path, "written"))?;
        return Ok(fresh[12..].to_owned());
    }
    Ok(name)
}

/// Keeps other servers out of a data folder: each would take the other's changes for those of a
/// run that has died.
fn lock(data: &Path) -> Result<File, CommandError> {
    let path = data.join("installation");
    let file = File::open(&path).map_err(CommandError::file(&path, "read"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CommandError::InUse(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(CommandError::file(&path, "locked")(error)),
    }
}

/// Makes a folder that only its owner may look into.
///
/// # Errors
/// [`CommandError::File`] when it cannot be made.
pub(crate) fn make_private_folder(folder: &Path) -> Result<(), CommandError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(CommandError::file(folder, "made"))
}

/// The process's environment, for passwords that manifests take from it.
pub(crate) fn environment() -> Environment {
    Arc::new(|name| {
        #[expect(clippy::disallowed_methods, reason = "the place that hands the environment on")]
        std::env::var(name).ok()
    })
}

/// The key of the data folder, if it has one already.
///
/// # Errors
/// [`KeyFileError`] when it cannot be used.
pub(crate) fn existing_key(configuration: &Configuration) -> Result<Option<KeyFile>, KeyFileError> {
    let path: PathBuf = configuration.data.join("key");
    path.exists().then(|| KeyFile::open_or_create(&path)).transpose()
}
