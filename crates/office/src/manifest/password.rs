//! How a manifest names a password without holding it in clear, and where a backend is with it.

use std::fmt;

use kontor_model::BackendName;

use super::Manifest;
use super::key_file::{KeyFile, NotDecrypted, Secret, looks_encrypted};
use super::source::Entry;
use super::text::Keys;

const PASSWORD_KEYS: &[&str] = &["env", "encrypted"];

/// A password as the manifest names it. Its `Debug` leaves the encrypted text out.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// The value of an environment variable.
    Environment(String),
    /// Encrypted by the data folder's [`KeyFile`], in base64.
    Encrypted(String),
}

/// What turns the passwords of manifests into clear ones.
#[derive(Clone, Copy)]
pub struct PasswordSource<'a> {
    /// The value of an environment variable.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The key of the data folder, if it has one already.
    pub key: Option<&'a KeyFile>,
}

/// Where a backend is, with its password. Its `Debug` leaves the password out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The URL without password; a SQLite file with its folder.
    pub url: String,
    /// The password, if the manifest names one.
    pub password: Option<Secret>,
}

/// A password that a manifest names cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The variable is not set.
    #[error(
        "the password of {backend} is taken from the environment variable {variable}, which is not set"
    )]
    NotSet {
        /// The backend.
        backend: BackendName,
        /// The variable.
        variable: String,
    },
    /// There is no key file.
    #[error(
        "the password of {backend} is encrypted, but the data folder has no key file: put the right \
         one back, or set the password again"
    )]
    NoKey {
        /// The backend.
        backend: BackendName,
    },
    /// The key is another, or the password was meant for another backend.
    #[error("the password of {backend} {reason}")]
    NotDecrypted {
        /// The backend.
        backend: BackendName,
        /// Why.
        reason: NotDecrypted,
    },
}

impl Password {
    /// Encrypts a password for the manifest of a backend.
    #[must_use]
    pub fn encrypt(key: &KeyFile, backend: &BackendName, password: &Secret) -> Self {
        Self::Encrypted(key.encrypt(backend, password.reveal()))
    }

    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        if entry.is_text() {
            entry.refuse(
                "holds a password in clear: write { env = \"NAME\" } and set that variable, or let \
                 `kontor connect` encrypt it; and change the password, since others may have read it here",
            );
            return None;
        }
        let expected = "{ env = \"NAME\" } or { encrypted = \"…\" }";
        let section = entry.section(PASSWORD_KEYS, expected)?;
        match (section.get("env"), section.get("encrypted")) {
            (Some(env), None) => Some(Self::Environment(variable(&env)?)),
            (None, Some(encrypted)) => {
                let text = encrypted.text()?;
                if !looks_encrypted(&text) {
                    encrypted.refuse(
                        "is not what `kontor connect` writes there; let it encrypt the password, or \
                         write { env = \"NAME\" }",
                    );
                    return None;
                }
                Some(Self::Encrypted(text))
            }
            _ => {
                entry.refuse(format!("must be either {expected}"));
                None
            }
        }
    }

    fn reveal(
        &self,
        backend: &BackendName,
        source: &PasswordSource<'_>,
    ) -> Result<Secret, PasswordError> {
        let backend = backend.clone();
        match self {
            Self::Environment(variable) => match (source.environment)(variable) {
                Some(password) => Ok(Secret::new(password)),
                None => Err(PasswordError::NotSet { backend, variable: variable.clone() }),
            },
            Self::Encrypted(encrypted) => match source.key {
                Some(key) => key
                    .decrypt(&backend, encrypted)
                    .map_err(|reason| PasswordError::NotDecrypted { backend, reason }),
                None => Err(PasswordError::NoKey { backend }),
            },
        }
    }
}

/// The name of a variable. One that cannot be a name may well be the password itself, so that it
/// is not shown.
fn variable(entry: &Entry<'_>) -> Option<String> {
    let name = entry.text()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.chars().all(is_name) || name.starts_with(|c: char| c.is_ascii_digit()) {
        entry.refuse("must be the name of an environment variable such as \"SHOP_DB_PASSWORD\"");
        return None;
    }
    Some(name)
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(variable) => write!(f, "Environment({variable:?})"),
            Self::Encrypted(_) => f.write_str("Encrypted(hidden)"),
        }
    }
}

impl fmt::Debug for PasswordSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordSource").field("key", &self.key).finish_non_exhaustive()
    }
}

impl From<&Password> for toml_edit::Value {
    fn from(password: &Password) -> Self {
        let mut keys = Keys::default();
        match password {
            Password::Environment(variable) => keys.add("env", Some(variable)),
            Password::Encrypted(encrypted) => keys.add("encrypted", Some(encrypted)),
        }
        keys.into_inline()
    }
}

impl Manifest {
    /// Where the backend is, with its password.
    ///
    /// # Errors
    /// [`PasswordError`] when the password that the manifest names cannot be had.
    pub fn address(&self, source: &PasswordSource<'_>) -> Result<Address, PasswordError> {
        self.address_of(&self.url, self.password.as_ref(), source)
    }

    /// Where the backend's replica is, if it has one. Its password is that of the backend where
    /// the manifest names no other.
    ///
    /// # Errors
    /// [`PasswordError`] when the password that the manifest names cannot be had.
    pub fn replica_address(
        &self,
        source: &PasswordSource<'_>,
    ) -> Result<Option<Address>, PasswordError> {
        let password = self.replica_password.as_ref().or(self.password.as_ref());
        let address = |url: &String| self.address_of(url, password, source);
        self.replica.as_ref().map(address).transpose()
    }

    fn address_of(
        &self,
        url: &str,
        password: Option<&Password>,
        source: &PasswordSource<'_>,
    ) -> Result<Address, PasswordError> {
        let password = password.map(|password| password.reveal(&self.name, source)).transpose()?;
        Ok(Address { url: self.absolute(url), password })
    }

    /// Paths of SQLite files and of descriptions are relative to the manifest's folder.
    fn absolute(&self, url: &str) -> String {
        let files = ["sqlite:", "openapi:"];
        let Some((scheme, path)) =
            files.iter().find_map(|scheme| Some((scheme, url.strip_prefix(scheme)?)))
        else {
            return url.to_owned();
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        let folder = self.file.parent().map(|folder| folder.join(path));
        // A folder whose name is no Unicode cannot be part of a URL; the path is then left as it is.
        let path = folder.as_deref().and_then(|path| path.to_str()).unwrap_or(path);
        format!("{scheme}{path}")
    }
}
