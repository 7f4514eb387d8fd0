//! Manifests: each backend is registered once, in `backends/<name>.toml`. Here is what such a file
//! can say, how it is read with exact errors, compared with the backend's schema, and written or
//! changed without losing a comment. `docs/manifest.md` describes every key.
//!
//! Nothing here connects to a backend, reads the environment or knows a password in clear for
//! longer than [`Manifest::address`] needs.

mod action;
mod action_input;
mod budget;
mod case;
mod check;
mod edit;
mod field;
mod key_file;
mod label;
mod link;
mod member;
mod password;
mod problem;
mod read;
mod resource;
mod service;
mod source;
mod text;
mod transform;
mod write;

use std::path::PathBuf;

use kontor_connect::{Budget, ServiceOptions};
use kontor_model::{BackendName, ResourceName};

pub use action::{ActionOverride, Confirm, ICONS, PreviewOverride};
pub use action_input::{AskOverride, InputOverride, InputType, PickOverride, ShownMember};
pub use case::{Belongs, CaseFile, CaseIcon, CasePlace, Rule, RuleTest, cases_folder, load_cases};
pub(crate) use check::holds_moments;
pub use edit::{Edit, Part};
pub use field::{Choice, Color, Currency, FieldOverride, Format, TimeUnit};
pub use key_file::{KeyFile, KeyFileError, NotDecrypted, Secret};
pub use label::Label;
pub use link::{LinkField, ManifestLink};
pub use member::{MemberFormat, MemberOverride};
pub use password::{Address, Password, PasswordError, PasswordSource};
pub use problem::{ManifestErrors, Place, Problem};
pub(crate) use problem::{listed, nearest};
pub use read::load_folder;
pub use resource::{
    DeletedMark, Kinds, ResourceOverride, SoftDelete, SortField, Stamps, Translations,
};
pub use source::Places;
pub use transform::{NoInverse, Transform};
pub use write::WriteError;

/// The registration of one backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The backend's name, which is also the stem of the file's name.
    pub name: BackendName,
    /// The file; SQLite files are looked for from its folder.
    pub file: PathBuf,
    /// Name for people.
    pub title: Label,
    /// What the backend is for.
    pub description: Option<Label>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it is, without password.
    pub url: String,
    /// Its password.
    pub password: Option<Password>,
    /// Where to read instead.
    pub replica: Option<String>,
    /// The replica's password, where it is another.
    pub replica_password: Option<Password>,
    /// Whether records may be changed, where a resource does not say otherwise.
    pub writable: bool,
    /// The schemas that are read; empty for all.
    pub schemas: Vec<String>,
    /// What it may be burdened with.
    pub budget: Budget,
    /// What is said of it, where it is a service.
    pub service: ServiceOptions,
    /// What is said about resources, in the order of the file.
    pub resources: Vec<(ResourceName, ResourceOverride)>,
    /// Links beside those that the database declares.
    pub links: Vec<ManifestLink>,
    /// Where in the file all this stands; empty for what was not read from one.
    pub places: Places,
}

impl Manifest {
    /// A manifest that says no more than where a backend is. It is read-only, and its file is
    /// `<name>.toml`.
    #[must_use]
    pub fn new(name: BackendName, url: impl Into<String>) -> Self {
        Self {
            file: PathBuf::from(format!("{name}.toml")),
            title: Label::same(name.as_str()),
            name,
            description: None,
            owner: None,
            url: url.into(),
            password: None,
            replica: None,
            replica_password: None,
            writable: false,
            schemas: Vec::new(),
            budget: Budget::default(),
            service: ServiceOptions::default(),
            resources: Vec::new(),
            links: Vec::new(),
            places: Places::default(),
        }
    }

    /// What is said about a resource.
    #[must_use]
    pub fn resource(&self, name: &ResourceName) -> Option<&ResourceOverride> {
        self.resources.iter().find(|(resource, _)| resource == name).map(|(_, said)| said)
    }

    /// What is said of it where it is a service, with what is said of its resources.
    #[must_use]
    pub fn service(&self) -> ServiceOptions {
        let said = self.resources.iter();
        let resources =
            said.filter_map(|(name, said)| Some((name.clone(), said.http.clone()?))).collect();
        ServiceOptions { resources, ..self.service.clone() }
    }

    /// Whether records of a resource may be changed, as far as the manifest decides it.
    #[must_use]
    pub fn is_writable(&self, resource: &ResourceName) -> bool {
        self.resource(resource).and_then(|said| said.writable).unwrap_or(self.writable)
    }
}
