//! Manifests: reading, checking, writing, passwords.

mod against_schema;
mod documented;
mod mistakes;
mod passwords;
mod properties;
mod reading;
mod writing;

use kontor_model::BackendName;
use kontor_office::manifest::{Manifest, ManifestErrors};

/// A manifest that says all that one can say.
const FULL: &str = include_str!("full.toml");

fn shop() -> BackendName {
    BackendName::new("shop").expect("it is a name")
}

fn parse(text: &str) -> Result<Manifest, ManifestErrors> {
    Manifest::parse(shop(), text, "backends/shop.toml")
}

/// The manifest of a text that begins after the address.
fn with(text: &str) -> Manifest {
    parse(&format!("url = \"postgres://anna@db/shop\"\n{text}"))
        .unwrap_or_else(|errors| panic!("{errors}"))
}
