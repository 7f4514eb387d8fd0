//! Writing a manifest's file: the first time whole, with comments that help, later only what
//! changed.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Manifest;
use super::budget;
use super::key_file::sync_folder;
use super::problem::ManifestErrors;
use super::service;
use super::text::{Keys, key};
use crate::random;

/// A manifest cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The text would be refused when it is read; nothing was written.
    #[error("the manifest was not written, since it would be refused:\n{0}")]
    Refused(ManifestErrors),
    /// The file changed since it was read for this edit; nothing was written.
    #[error("{} was changed by somebody else meanwhile; nothing was written: try again", .0.display())]
    Changed(PathBuf),
    /// The place of an edit is no table; nothing was written.
    #[error("{} cannot be edited: {key} is no table there", file.display())]
    NoTable {
        /// The file.
        file: PathBuf,
        /// The keys that lead to the place.
        key: String,
    },
    /// There is such a manifest already; it is untouched.
    #[error("{} exists already; it was left as it is", .0.display())]
    Exists(PathBuf),
    /// The file cannot be read or written.
    #[error("{} cannot be {action}: {source}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What was tried: `read` or `written`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Manifest {
    /// The text of a file that says this, with comments on what else it could say.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = self.head();
        text.push_str("\n# What this backend may be burdened with.\n[budget]\n");
        text.push_str(&budget::keys(&self.budget).lines());
        if self.resources.is_empty() {
            text.push_str(EXAMPLE);
        }
        for (name, said) in &self.resources {
            let name = key(name.as_str());
            _ = write!(text, "\n[resources.{name}]\n{}", said.keys().lines());
            for (action, said) in &said.actions {
                _ = write!(
                    text,
                    "\n[resources.{name}.actions.{}]\n{}",
                    key(action),
                    said.keys().lines()
                );
            }
            for (field, said) in &said.fields {
                _ = write!(
                    text,
                    "\n[resources.{name}.fields.{}]\n{}",
                    key(field),
                    said.keys().lines()
                );
            }
        }
        for link in &self.links {
            _ = write!(text, "\n[[links]]\n{}", link.keys().lines());
        }
        text
    }

    /// The keys above the tables.
    fn head(&self) -> String {
        let mut text = format!(
            "# The registration of the backend {}. docs/manifest.md describes every key, and\n\
             # `kontor check` says whether all is right.\n\n",
            self.name
        );
        let mut push = |keys: Keys, else_comment: &str| {
            text.push_str(&if keys.is_empty() { else_comment.to_owned() } else { keys.lines() });
        };
        let one = |key, value: Option<toml_edit::Value>| {
            let mut keys = Keys::default();
            keys.add(key, value);
            keys
        };
        push(one("title", Some((&self.title).into())), "");
        push(
            one("description", self.description.as_ref().map(Into::into)),
            "# description = { de = \"Wozu es da ist\", en = \"What it is for\" }\n",
        );
        push(
            one("owner", self.owner.as_ref().map(Into::into)),
            "# owner = \"who answers for it\"\n",
        );
        push(one("url", Some((&self.url).into())), "");
        let without_password = if self.url.starts_with("sqlite:") {
            ""
        } else {
            "# password = { env = \"NAME_OF_A_VARIABLE\" }\n"
        };
        push(one("password", self.password.as_ref().map(Into::into)), without_password);
        push(one("replica", self.replica.as_ref().map(Into::into)), "");
        push(one("replica_password", self.replica_password.as_ref().map(Into::into)), "");
        push(
            Keys::default(),
            "\n# Nothing can be changed in this backend until this, or a resource below, says true.\n",
        );
        push(one("writable", Some(self.writable.into())), "");
        let mut schemas = Keys::default();
        schemas.add_names("schemas", &self.schemas);
        push(schemas, "");
        push(service::keys(&self.service), "");
        text
    }

    /// Writes the manifest as a new file `<name>.toml` of a folder, which is made if need be, and
    /// gives it back as it reads.
    ///
    /// # Errors
    /// [`WriteError::Exists`] where there is such a file already, [`WriteError::Refused`] when the
    /// manifest would be refused, [`WriteError::Unusable`] when the file cannot be written.
    pub fn create_in(&self, folder: &Path) -> Result<Self, WriteError> {
        let file = folder.join(format!("{}.toml", self.name));
        let text = self.to_toml();
        let manifest =
            Self::parse(self.name.clone(), &text, file.clone()).map_err(WriteError::Refused)?;
        let unusable =
            |source| WriteError::Unusable { file: file.clone(), action: "written", source };
        fs::create_dir_all(folder).map_err(unusable)?;
        // The empty file reserves the name, so that of two at once only one goes on.
        match OpenOptions::new().write(true).create_new(true).open(&file) {
            Ok(_) => replace(&file, &text).map_err(unusable)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(WriteError::Exists(file));
            }
            Err(error) => return Err(unusable(error)),
        }
        Ok(manifest)
    }
}

/// What a file without resources shows of what it could say.
const EXAMPLE: &str = "
# What was derived from the database can be said otherwise for each resource and field:
# [resources.orders]
# title = { de = \"Bestellungen\", en = \"Orders\" }
# writable = true
# [resources.orders.fields.total_cents]
# format = \"money\"
# currency_code = \"EUR\"
";

/// Puts a text in the place of a file, whole or not at all, also when the power fails. A link to a
/// file stays one, and the file keeps its permissions.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let half = file.with_file_name(format!(".{name}.{}.tmp", random::token()));
    let written = write_half(&half, text, &file).and_then(|()| fs::rename(&half, &file));
    if written.is_err() {
        // The first error is what matters; a half-written file that cannot be removed does no harm.
        _ = fs::remove_file(&half);
    }
    written?;
    sync_folder(&file)
}

fn write_half(half: &Path, text: &str, like: &Path) -> io::Result<()> {
    let mut out: File = OpenOptions::new().write(true).create_new(true).open(half)?;
    out.set_permissions(fs::metadata(like)?.permissions())?;
    out.write_all(text.as_bytes())?;
    out.sync_all()
}
