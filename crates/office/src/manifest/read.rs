//! Reading manifests: one text, one file, a folder of them.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kontor_connect::Location;
use kontor_model::{BackendName, ResourceName};

use super::label::Label;
use super::link::ManifestLink;
use super::password::Password;
use super::problem::ManifestErrors;
use super::resource::ResourceOverride;
use super::source::{Entry, Section, Source};
use super::{Manifest, budget, service};

const ROOT_KEYS: &[&str] = &[
    "title",
    "description",
    "owner",
    "url",
    "password",
    "replica",
    "replica_password",
    "writable",
    "schemas",
    "server",
    "hosts",
    "auth",
    "headers",
    "budget",
    "resources",
    "links",
];

impl Manifest {
    /// Reads a manifest's file.
    ///
    /// # Errors
    /// All that is wrong with it, or why it cannot be read.
    pub fn read(name: BackendName, file: impl Into<PathBuf>) -> Result<Self, ManifestErrors> {
        let file = file.into();
        match fs::read_to_string(&file) {
            Ok(text) => Self::parse(name, &text, file),
            Err(error) => Err(ManifestErrors::whole_file(file, format!("cannot be read: {error}"))),
        }
    }

    /// Reads a manifest's text; `file` is where it comes from.
    ///
    /// # Errors
    /// All that is wrong with it. Where the text is no TOML, only that.
    pub fn parse(
        name: BackendName,
        text: &str,
        file: impl Into<PathBuf>,
    ) -> Result<Self, ManifestErrors> {
        let file = file.into();
        let source = Source::new(text, &file);
        let table = source.parse();
        let manifest = table
            .as_ref()
            .map(|table| read(name, file.clone(), &source.root(table.get_ref(), ROOT_KEYS)));
        let (problems, places) = source.finish();
        match manifest {
            Some(manifest) if problems.is_empty() => Ok(Self { places, ..manifest }),
            _ => Err(ManifestErrors::of(problems)),
        }
    }
}

/// What is refused is noted and left at its default: the manifest is not handed out then.
fn read(name: BackendName, file: PathBuf, root: &Section<'_>) -> Manifest {
    let label = |key| root.get(key).and_then(|entry: Entry<'_>| Label::read(&entry));
    let password = |key| root.get(key).and_then(|entry: Entry<'_>| Password::read(&entry));
    let url = root.need("url").and_then(|url| read_url(&url, None)).unwrap_or_default();
    let manifest = Manifest::new(name, url);
    let replica = root.get("replica").and_then(|replica| read_url(&replica, Some(&manifest.url)));
    if manifest.url.starts_with("sqlite:") {
        for key in ["password", "replica_password"] {
            if let Some(entry) = root.get(key) {
                entry.refuse("means nothing: a SQLite file has no password");
            }
        }
        if let Some(entry) = root.get("schemas") {
            entry.refuse("means nothing: a SQLite file has no schemas");
        }
    }
    let is_service = ["openapi", "graphql"].iter().any(|kind| manifest.url.starts_with(kind));
    let odd: &[&str] = if is_service {
        &["replica", "replica_password", "schemas"]
    } else {
        &["server", "hosts", "auth", "headers"]
    };
    for &key in odd {
        if let Some(entry) = root.get(key) {
            let what = if is_service { "a service has none" } else { "it is for services" };
            entry.refuse(format!("means nothing: {what}"));
        }
    }
    if let (Some(entry), None) = (root.get("replica_password"), root.get("replica")) {
        entry.refuse("means nothing without “replica”");
    }
    Manifest {
        file,
        title: label("title").unwrap_or(manifest.title),
        description: label("description"),
        owner: root.get("owner").and_then(|owner| owner.text()),
        password: password("password"),
        replica,
        replica_password: password("replica_password"),
        writable: root.get("writable").and_then(|writable| writable.flag()).unwrap_or(false),
        schemas: root.get("schemas").and_then(|schemas| schemas.names()).unwrap_or_default(),
        budget: root
            .get("budget")
            .and_then(|entry| budget::read(&entry))
            .unwrap_or(manifest.budget),
        service: service::read(root),
        resources: read_resources(root),
        links: read_links(root),
        ..manifest
    }
}

/// An address without password, of the same engine as `like`.
fn read_url(entry: &Entry<'_>, like: Option<&str>) -> Option<String> {
    let url = entry.text()?;
    if holds_password(&url) {
        entry.refuse(
            "holds a password: take it out, and write password = { env = \"NAME\" } or let `kontor \
             connect` encrypt it; and change the password, since others may have read it here",
        );
        return None;
    }
    let location: Location = match url.parse() {
        Ok(location) => location,
        Err(error) => {
            entry.refuse(format!("cannot be used: {error}"));
            return None;
        }
    };
    let like = like.and_then(|like| like.parse::<Location>().ok());
    if let Some(like) = like
        && like.engine() != location.engine()
    {
        entry.refuse(format!(
            "is an address of {}, but “url” of {}",
            location.engine().title(),
            like.engine().title()
        ));
        return None;
    }
    Some(url)
}

fn holds_password(url: &str) -> bool {
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let is_password = |parameter: &str| parameter.split('=').next() == Some("password");
    Location::split_password(url).1.is_some() || parameters.split('&').any(is_password)
}

fn read_resources(root: &Section<'_>) -> Vec<(ResourceName, ResourceOverride)> {
    let Some(resources) = root.get("resources") else {
        return Vec::new();
    };
    let resources = resources.entries("tables such as [resources.orders]");
    let read =
        |entry: Entry<'_>| Some((ResourceName::new(entry.name()), ResourceOverride::read(&entry)?));
    resources.into_iter().filter_map(read).collect()
}

fn read_links(root: &Section<'_>) -> Vec<ManifestLink> {
    let Some(entry) = root.get("links") else {
        return Vec::new();
    };
    let Some(items) = entry.items() else {
        entry.refuse("must be tables that begin with [[links]], with two brackets");
        return Vec::new();
    };
    let mut links: Vec<ManifestLink> = Vec::new();
    for item in items {
        let Some(link) = ManifestLink::read(&item) else {
            continue;
        };
        if links.iter().any(|other| other.from == link.from && other.name == link.name) {
            item.refuse(format!(
                "has two links “{}” from “{}”; give one of them another “name”",
                link.name, link.from
            ));
        }
        links.push(link);
    }
    links
}

/// Reads all manifests of a folder, `<name>.toml`, in order of their names. What is wrong with one
/// does not keep the others from being read. A folder that does not exist has none.
#[must_use]
pub fn load_folder(folder: &Path) -> (Vec<Manifest>, Vec<ManifestErrors>) {
    let (mut manifests, mut refused) = (Vec::new(), Vec::new());
    let files = match files(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            refused.push(ManifestErrors::whole_file(folder, format!("cannot be read: {error}")));
            Vec::new()
        }
    };
    for file in files {
        match name_of(&file).and_then(|name| Manifest::read(name, file)) {
            Ok(manifest) => manifests.push(manifest),
            Err(errors) => refused.push(errors),
        }
    }
    (manifests, refused)
}

/// The files of a folder that end with `.toml`; hidden ones are half-written or an editor's.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let is_hidden = |file: &PathBuf| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension() == Some(OsStr::new("toml")) && !is_hidden(file));
    files.sort();
    Ok(files)
}

/// The backend that a file registers.
fn name_of(file: &Path) -> Result<BackendName, ManifestErrors> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    BackendName::new(stem.as_ref()).map_err(|error| {
        let advice = BackendName::from_free_text(&stem)
            .map(|name| format!("; rename the file to {name}.toml"))
            .unwrap_or_default();
        ManifestErrors::whole_file(file, format!("{error}{advice}"))
    })
}
