//! The key of the data folder, and the passwords of backends that it encrypts.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kontor_model::BackendName;

use crate::proposals::SketchKey;
use crate::random;

/// Bytes of the key.
const KEY_BYTES: usize = 32;
/// Bytes of the nonce that stands before the encrypted text; random ones of this length do not
/// repeat.
const NONCE_BYTES: usize = 24;

/// The key file of the data folder: 32 random bytes that encrypt the passwords of backends with
/// XChaCha20-Poly1305. Its `Debug` leaves the key out.
pub struct KeyFile {
    cipher: XChaCha20Poly1305,
    sketches: SketchKey,
    path: PathBuf,
}

/// The key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("the key file {} cannot be {action}: {source}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What was tried: `read` or `made`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It has another length than a key.
    #[error(
        "the key file {} has {length} bytes instead of 32; put the right one back, or remove it and \
         give the encrypted passwords again",
        path.display()
    )]
    Length {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// Everybody on the machine may read it.
    #[error("the key file {0} can be read by everybody on this machine; run: chmod 600 {0}", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
}

/// An encrypted password cannot be decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot be decrypted with the key file {}: it was encrypted with another key or for another \
     backend; set the password again",
    key_file.display()
)]
pub struct NotDecrypted {
    /// The key file that was tried.
    pub key_file: PathBuf,
}

impl KeyFile {
    /// Opens a key file; where there is none, makes one that only its owner may read.
    ///
    /// # Errors
    /// [`KeyFileError`] when it cannot be read or made, is no key, or is open to everybody.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyFileError> {
        let failed =
            |action| move |source| KeyFileError::Unusable { path: path.to_owned(), action, source };
        if !path.exists() {
            create(path).map_err(failed("made"))?;
        }
        let key = fs::read(path).map_err(failed("read"))?;
        if is_open_to_everybody(path).map_err(failed("read"))? {
            return Err(KeyFileError::Exposed { path: path.to_owned() });
        }
        let key: [u8; KEY_BYTES] = key.try_into().map_err(|key: Vec<u8>| KeyFileError::Length {
            path: path.to_owned(),
            length: key.len(),
        })?;
        let sketches = SketchKey::derived_from(&key);
        let cipher = XChaCha20Poly1305::new(&key.into());
        Ok(Self { cipher, sketches, path: path.to_owned() })
    }

    /// What sketches of columns are made with.
    pub(crate) fn sketch_key(&self) -> &SketchKey {
        &self.sketches
    }

    /// Encrypts a password for one backend: base64 of the nonce and the encrypted text. In the
    /// manifest of another backend it cannot be decrypted.
    #[must_use]
    pub fn encrypt(&self, backend: &BackendName, password: &str) -> String {
        let nonce = random::bytes::<NONCE_BYTES>();
        let payload = Payload { msg: password.as_bytes(), aad: backend.as_str().as_bytes() };
        let encrypted = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a password is far shorter than the cipher's limit of 256 GiB");
        STANDARD.encode([nonce.as_slice(), &encrypted].concat())
    }

    /// The password that was encrypted for a backend.
    ///
    /// # Errors
    /// [`NotDecrypted`] when key, backend or text are not those of the encryption.
    pub fn decrypt(&self, backend: &BackendName, encrypted: &str) -> Result<Secret, NotDecrypted> {
        let decrypt = || {
            let bytes = STANDARD.decode(encrypted).ok()?;
            let (nonce, text) = bytes.split_first_chunk::<NONCE_BYTES>()?;
            let payload = Payload { msg: text, aad: backend.as_str().as_bytes() };
            let password = self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
            String::from_utf8(password).ok().map(Secret)
        };
        decrypt().ok_or_else(|| NotDecrypted { key_file: self.path.clone() })
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({})", self.path.display())
    }
}

/// A password in clear. Its `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a password.
    pub fn new(password: impl Into<String>) -> Self {
        Self(password.into())
    }

    /// The password itself, for the connection only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Whether a text can be what [`KeyFile::encrypt`] gave: base64 of a nonce, a text and its mark of
/// 16 bytes.
pub(super) fn looks_encrypted(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|bytes| bytes.len() >= NONCE_BYTES + 16)
}

/// Makes the file whole or not at all; one that another process made meanwhile stays.
fn create(path: &Path) -> io::Result<()> {
    let half = path.with_extension(format!("{}.tmp", random::token()));
    let mut file = owner_only().open(&half)?;
    let made = file
        .write_all(&random::bytes::<KEY_BYTES>())
        .and_then(|()| file.sync_all())
        .and_then(|()| take_name(&half, path));
    // After a rename the half file is gone; one that cannot be removed does no harm.
    _ = fs::remove_file(&half);
    made?;
    sync_folder(path)
}

/// Gives the half file its name, unless something has that name already. Only a hard link does
/// both at once; not every file system has them.
fn take_name(half: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(half, path) {
        Ok(()) => Ok(()),
        Err(_) if path.exists() => Ok(()),
        Err(_) => fs::rename(half, path),
    }
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes sure that a new name in a folder outlasts a power cut.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_open_to_everybody(path: &Path) -> io::Result<bool> {
    let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(path)?);
    Ok(mode & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_open_to_everybody(_: &Path) -> io::Result<bool> {
    Ok(false)
}
