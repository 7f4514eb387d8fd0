//! Connecting a backend: an address is tried, its schema read, and the manifest written.

use std::sync::Arc;

use kontor_connect::{Auth, Description, FailureKind, Location};
use kontor_model::{BackendName, Engine, Schema};
use url::Url;

use crate::Office;
use crate::actor::Actor;
use crate::error::OfficeError;
use crate::manifest::{Manifest, Password, Secret};
use crate::registry::{A_STORE, is_a_store};

/// A backend that shall be connected.
#[derive(Debug, Clone, Default)]
pub struct ConnectRequest {
    /// Its address, with or without a password. One that begins with `https://` is a service:
    /// what it speaks is found out.
    pub url: String,
    /// Its name; the database's own when none.
    pub name: Option<BackendName>,
    /// The password, or the secret of a service, where the address does not hold it.
    pub password: Option<Secret>,
    /// A variable of the environment that holds the password, instead of one that is encrypted.
    pub password_variable: Option<String>,
    /// How a service is signed in to; as it describes when none.
    pub auth: Option<Auth>,
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
        let request = signed_in_by_address(request)?;
        let Some((likely, other)) = ways(&request.url) else {
            return self.try_at(&request).await;
        };
        let at = |url| ConnectRequest { url, ..request.clone() };
        let first = match self.try_at(&at(likely)).await {
            Err(error) if speaks_otherwise(&error) => error,
            tried => return tried,
        };
        match self.try_at(&at(other)).await {
            Err(second) if speaks_otherwise(&second) => Err(wrong(format!(
                "neither the description of an OpenAPI service is there nor one that speaks \
                 GraphQL: {first}; {second}"
            ))),
            tried => tried,
        }
    }

    /// Tries the one address that a request names.
    async fn try_at(&self, request: &ConnectRequest) -> Result<Connected, OfficeError> {
        let (url, password) = Location::split_password(&request.url);
        let password = request.password.clone().or(password.map(Secret::new));
        let location: Location =
            url.parse().map_err(|error: kontor_connect::LocationError| wrong(error.to_string()))?;
        let url = absolute(&url, &location)?;
        if request.auth.is_some() && !is_service(location.engine()) {
            return Err(OfficeError::Parameter {
                what: "auth",
                problem: "a database is signed in to with the user and the password of its \
                          address"
                    .to_owned(),
            });
        }
        let name = match &request.name {
            Some(name) => name.clone(),
            None => BackendName::from_free_text(&location.database()).ok_or_else(|| {
                OfficeError::Parameter {
                    what: "name",
                    problem: "give the backend a name: its own cannot be one".into(),
                }
            })?,
        };
        let mut manifest = Manifest::new(name.clone(), url);
        manifest.file = self.manifests.join(format!("{name}.toml"));
        manifest.password = match (&request.password_variable, password) {
            (Some(variable), _) => Some(Password::Environment(variable.clone())),
            (None, Some(password)) => Some(Password::encrypt(&self.key, &name, &password)),
            (None, None) => None,
        };
        manifest.service.auth = request.auth.clone();
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

fn wrong(problem: String) -> OfficeError {
    OfficeError::Parameter { what: "url", problem }
}

fn is_service(engine: Engine) -> bool {
    matches!(engine, Engine::Openapi | Engine::Graphql)
}

/// The addresses that a plain one of the web may mean, the likelier first.
fn ways(url: &str) -> Option<(String, String)> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let (openapi, graphql) = (format!("openapi+{url}"), format!("graphql+{url}"));
    let is_graphql = path.to_ascii_lowercase().ends_with("graphql");
    is_web.then_some(if is_graphql { (graphql, openapi) } else { (openapi, graphql) })
}

/// Whether something answered that is not what was asked for, so that it may be something else.
fn speaks_otherwise(error: &OfficeError) -> bool {
    let kind = match error {
        OfficeError::Backend { failure, .. } => failure.kind,
        _ => return false,
    };
    !matches!(kind, FailureKind::Unreachable | FailureKind::Timeout | FailureKind::SignIn)
}

/// The user and the password that the address of a service holds are its basic sign-in, and stand
/// in the manifest as such.
fn signed_in_by_address(request: &ConnectRequest) -> Result<ConnectRequest, OfficeError> {
    let mut request = ConnectRequest { url: request.url.trim().to_owned(), ..request.clone() };
    let (manner, web) = match request.url.split_once('+') {
        Some((manner @ ("openapi" | "graphql"), web)) => (format!("{manner}+"), web),
        _ => (String::new(), request.url.as_str()),
    };
    if !web.starts_with("http://") && !web.starts_with("https://") {
        return Ok(request);
    }
    let (bare, password) = Location::split_password(web);
    let mut address: Url = bare.parse().map_err(|error| wrong(format!("the address: {error}")))?;
    if address.username().is_empty() {
        return Ok(request);
    }
    let user = address.username().to_owned();
    // Only an address without a host has no user to set.
    let _ = address.set_username("");
    request.url = format!("{manner}{address}");
    request.auth = request.auth.or(Some(Auth::Basic { user }));
    request.password = request.password.or(password.map(Secret::new));
    Ok(request)
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
