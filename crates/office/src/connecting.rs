//! Connecting a backend: an address is tried, its schema read, and the manifest written.

use std::sync::Arc;

use kontor_connect::{Description, Location};
use kontor_model::{BackendName, Schema};

use crate::Office;
use crate::actor::Actor;
use crate::error::OfficeError;
use crate::manifest::{Manifest, Password, Secret};
use crate::registry::{A_STORE, is_a_store};

/// A backend that shall be connected.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// Its address, with or without a password.
    pub url: String,
    /// Its name; the database's own when none.
    pub name: Option<BackendName>,
    /// A variable of the environment that holds the password, instead of one that is encrypted.
    pub password_variable: Option<String>,
}

/// A backend that was read.
#[derive(Debug)]
pub struct Connected {
    /// Its name.
    pub name: BackendName,
    /// What was found.
    pub schema: Schema,
    /// The manifest as it will be or was written.
    pub manifest: Manifest,
    /// The manifest's text.
    pub text: String,
}

impl Office {
    /// Tries an address and reads the schema; nothing is written yet.
    ///
    /// # Errors
    /// [`OfficeError::Parameter`] for an address that cannot be used; [`OfficeError::Backend`]
    /// when it does not answer.
    pub async fn try_connect(&self, request: &ConnectRequest) -> Result<Connected, OfficeError> {
        let wrong = |problem: String| OfficeError::Parameter { what: "url", problem };
        let (url, password) = Location::split_password(&request.url);
        let location: Location =
            url.parse().map_err(|error: kontor_connect::LocationError| wrong(error.to_string()))?;
        let url = absolute(&url, &location)?;
        let name = match &request.name {
            Some(name) => name.clone(),
            None => BackendName::from_free_text(&location.database()).ok_or_else(|| {
                wrong("give the backend a name: the database's own cannot be one".into())
            })?,
        };
        let mut manifest = Manifest::new(name.clone(), url);
        manifest.file = self.manifests.join(format!("{name}.toml"));
        manifest.password = match (&request.password_variable, password) {
            (Some(variable), _) => Some(Password::Environment(variable.clone())),
            (None, Some(password)) => {
                Some(Password::encrypt(&self.key, &name, &Secret::new(password)))
            }
            (None, None) => None,
        };
        let connection = kontor_connect::open(self.opening(&manifest)?);
        let schema = connection.introspect().await;
        connection.close().await;
        let schema = schema.map_err(|failure| OfficeError::backend(&name, failure))?;
        if is_a_store(&schema) {
            return Err(wrong(A_STORE.to_owned()));
        }
        let text = manifest.to_toml();
        Ok(Connected { name, schema, manifest, text })
    }

    /// Connects a backend: tries it, writes its manifest and puts it in force.
    ///
    /// # Errors
    /// As [`Office::try_connect`]; [`OfficeError::Manifest`] when the name is taken or the file
    /// cannot be written.
    pub async fn connect(
        self: &Arc<Self>,
        actor: Option<&Actor>,
        request: &ConnectRequest,
    ) -> Result<Connected, OfficeError> {
        if let Some(actor) = actor {
            actor.administrator()?;
        }
        let connected = self.try_connect(request).await?;
        self.put_in_force(actor, &connected).await?;
        Ok(connected)
    }

    /// Writes the manifest of a backend that was tried, and puts it in force.
    pub(crate) async fn put_in_force(
        self: &Arc<Self>,
        actor: Option<&Actor>,
        connected: &Connected,
    ) -> Result<(), OfficeError> {
        let (manifest, folder) = (connected.manifest.clone(), self.manifests.clone());
        let written = tokio::task::spawn_blocking(move || manifest.create_in(&folder))
            .await
            .map_err(|error| OfficeError::Fault(format!("writing was cut off: {error}")))?
            .map_err(|error| OfficeError::Manifest(error.to_string()))?;
        let backend = self.add(written).await?;
        self.refresh(&backend).await;
        if let Some(actor) = actor {
            let body = serde_json::json!({ "url": connected.manifest.url });
            self.note_backend("backend.connected", actor, &connected.name, &body).await?;
        }
        Ok(())
    }
}

/// A SQLite file given on a command line is meant from where one stands, not from the manifest.
fn absolute(url: &str, location: &Location) -> Result<String, OfficeError> {
    let (scheme, path) = match location {
        Location::Sqlite(path) => ("sqlite", path),
        Location::Openapi(Description::File(path), _) => ("openapi", path),
        _ => return Ok(url.to_owned()),
    };
    let path = std::path::absolute(path)
        .map_err(|error| OfficeError::Parameter { what: "url", problem: error.to_string() })?;
    Ok(format!("{scheme}:{}", path.display()))
}
