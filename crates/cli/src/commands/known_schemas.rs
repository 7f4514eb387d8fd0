//! The schemas that were read last, for commands that compare with them.

use kontor_model::Schema;
use kontor_office::manifest::Manifest;
use kontor_store::{Store, snapshots};

use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::open_existing_store;

/// The schemas that the store remembers. Without a store none is known, and nothing is made.
pub(super) struct KnownSchemas(Option<Store>);

impl KnownSchemas {
    pub(super) async fn open(configuration: &Configuration) -> Self {
        match open_existing_store(configuration).await {
            Ok(store) => Self(Some(store)),
            Err(CommandError::NoStore(_)) => Self(None),
            Err(error) => {
                tracing::error!(%error, "the schemas that were read last are not known");
                Self(None)
            }
        }
    }

    pub(super) async fn of(&self, manifest: &Manifest) -> Option<Schema> {
        let store = self.0.as_ref()?;
        let latest = snapshots::latest(&mut store.read(), manifest.name.as_str(), 1).await;
        let schema = latest.map(|mut latest| latest.pop().map(|last| last.body.read::<Schema>()));
        match schema {
            Ok(None) => None,
            Ok(Some(Ok(schema))) => Some(schema),
            Ok(Some(Err(error))) | Err(error) => {
                tracing::error!(backend = %manifest.name, %error, "its last schema cannot be read");
                None
            }
        }
    }

    pub(super) async fn close(self) {
        if let Some(store) = self.0 {
            store.close().await;
        }
    }
}
