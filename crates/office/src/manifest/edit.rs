//! Changing single things in a manifest's file. Everything else in it stays: comments, order,
//! white space.

use std::fs;
use std::path::PathBuf;

use kontor_model::{BackendName, ResourceName};
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::Manifest;
use super::link::ManifestLink;
use super::password::Password;
use super::problem::ManifestErrors;
use super::write::{WriteError, replace};

/// Where in a manifest a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// What concerns the backend as a whole.
    Backend,
    /// The table `[budget]`.
    Budget,
    /// What is said about a resource.
    Resource(&'a ResourceName),
    /// What is said about a field of a resource.
    Field(&'a ResourceName, &'a str),
}

/// An edit of a manifest's file. Nothing is written before [`Edit::save`].
#[derive(Debug)]
pub struct Edit {
    name: BackendName,
    file: PathBuf,
    /// The file's text when the edit began.
    before: String,
    document: DocumentMut,
}

impl Edit {
    /// Begins to edit a manifest's file.
    ///
    /// # Errors
    /// [`WriteError::Unusable`] when it cannot be read, [`WriteError::Refused`] when it is no TOML.
    pub fn open(name: BackendName, file: impl Into<PathBuf>) -> Result<Self, WriteError> {
        let file = file.into();
        let before = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(source) => return Err(WriteError::Unusable { file, action: "read", source }),
        };
        let document = before.parse().map_err(|error: toml_edit::TomlError| {
            let errors = Manifest::parse(name.clone(), &before, file.clone()).err();
            WriteError::Refused(errors.unwrap_or_else(|| {
                ManifestErrors::whole_file(
                    file.clone(),
                    format!("this is not TOML: {}", error.message()),
                )
            }))
        })?;
        Ok(Self { name, file, before, document })
    }

    /// Sets a key to a value: `true`, a number, a text, or a part such as `&SoftDelete`.
    ///
    /// # Errors
    /// [`WriteError::NoTable`] when something else than a table stands where the key belongs.
    pub fn set(
        &mut self,
        part: Part<'_>,
        key: &str,
        value: impl Into<Value>,
    ) -> Result<(), WriteError> {
        put(self.table(part)?, key, value.into());
        Ok(())
    }

    /// Takes a key away, so that what is derived holds again.
    ///
    /// # Errors
    /// [`WriteError::NoTable`] when something else than a table stands where the key belongs.
    pub fn unset(&mut self, part: Part<'_>, key: &str) -> Result<(), WriteError> {
        self.table(part)?.remove(key);
        Ok(())
    }

    /// Sets the backend's password.
    ///
    /// # Errors
    /// None that [`Edit::set`] does not have.
    pub fn set_password(&mut self, password: &Password) -> Result<(), WriteError> {
        self.set(Part::Backend, "password", password)
    }

    /// Adds a link at the end.
    ///
    /// # Errors
    /// [`WriteError::NoTable`] when `links` is no list of tables.
    pub fn add_link(&mut self, link: &ManifestLink) -> Result<(), WriteError> {
        let links = self
            .document
            .as_table_mut()
            .entry("links")
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        match links {
            Item::ArrayOfTables(links) => links.push(link.keys().into_table()),
            Item::Value(Value::Array(links)) => links.push(link.keys().into_inline()),
            _ => {
                let (file, key) = (self.file.clone(), "links".to_owned());
                return Err(WriteError::NoTable { file, key });
            }
        }
        Ok(())
    }

    /// The text as it is after the edit.
    #[must_use]
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// Writes the file, whole or not at all, and gives the manifest back as it reads.
    ///
    /// # Errors
    /// [`WriteError::Refused`] when it would be refused, [`WriteError::Changed`] when the file was
    /// changed since [`Edit::open`], [`WriteError::Unusable`] when it cannot be written. The file
    /// is untouched then.
    pub fn save(self) -> Result<Manifest, WriteError> {
        let text = self.text();
        let Self { name, file, before, .. } = self;
        let manifest = Manifest::parse(name, &text, file.clone()).map_err(WriteError::Refused)?;
        match fs::read_to_string(&file) {
            Ok(now) if now == before => {}
            Ok(_) => return Err(WriteError::Changed(file)),
            Err(source) => return Err(WriteError::Unusable { file, action: "read", source }),
        }
        if text != before {
            replace(&file, &text).map_err(|source| WriteError::Unusable {
                file,
                action: "written",
                source,
            })?;
        }
        Ok(manifest)
    }

    /// The table of a part, made where it is missing.
    fn table(&mut self, part: Part<'_>) -> Result<&mut dyn TableLike, WriteError> {
        let path: &[&str] = match &part {
            Part::Backend => &[],
            Part::Budget => &["budget"],
            Part::Resource(resource) => &["resources", resource.as_str()],
            Part::Field(resource, field) => &["resources", resource.as_str(), "fields", field],
        };
        let no_table = || WriteError::NoTable { file: self.file.clone(), key: path.join(".") };
        let mut item = self.document.as_item_mut();
        for (depth, key) in path.iter().enumerate() {
            item = enter(item, key, depth + 1 == path.len()).ok_or_else(no_table)?;
        }
        item.as_table_like_mut().ok_or_else(no_table)
    }
}

/// The table of a name in a table, made where it is missing and in the way in which the outer one
/// is written. Only the last of a path gets a header of its own.
fn enter<'a>(outer: &'a mut Item, key: &str, is_last: bool) -> Option<&'a mut Item> {
    let is_inline = outer.is_value();
    let tables = outer.as_table_like_mut()?;
    if !tables.contains_key(key) {
        let table = if is_inline {
            Item::Value(Value::from(InlineTable::new()))
        } else {
            let mut table = Table::new();
            table.set_implicit(!is_last);
            Item::Table(table)
        };
        tables.insert(key, table);
    }
    tables.get_mut(key)
}

/// Sets a key; what stands around an old value, such as a comment behind it, stays.
fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        _ => {
            table.insert(key, Item::Value(value));
        }
    }
}
