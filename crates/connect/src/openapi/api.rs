//! The connection to a service with an OpenAPI description.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use kontor_model::service::{Calls, Operation, Rest};
use kontor_model::{
    ChangeItem, ChangeKind, Condition, Count, Engine, ItemOutcome, Linked, Page, Query, RecordKey,
    Resource, Schema, Service, Value,
};
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use super::document::Document;
use super::writing::Writer;
use super::{resources, security};
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::http::{Answer, Ask, Client, Hosts, NoAnswer, Secret};
use crate::location::Description;
use crate::pool::Gauge;
use crate::service::answers::refusal;
use crate::service::{LONGEST_DESCRIPTION, ServiceOptions, reading, writing};
use crate::{Answered, Budget, Connection, Of, RowStream, Shared};

/// A service. Whoever reads a long list keeps it.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inside>);

impl std::ops::Deref for Api {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

pub(crate) struct Inside {
    source: Description,
    options: ServiceOptions,
    secret: Option<String>,
    pub(super) budget: Budget,
    /// Made when it is known where requests go.
    client: OnceLock<Result<Arc<Client>, Failure>>,
    /// Where requests go, as the description says it.
    base: RwLock<Option<Url>>,
}

impl Api {
    pub(crate) fn new(
        source: Description,
        secret: Option<String>,
        options: ServiceOptions,
        budget: Budget,
    ) -> Self {
        Self(Arc::new(Inside {
            source,
            options,
            secret,
            budget,
            client: OnceLock::new(),
            base: RwLock::new(None),
        }))
    }

    /// The client; `home` is the address that the manifest is about.
    fn client(&self, home: &Url) -> Result<&Arc<Client>, Failure> {
        let made = self.client.get_or_init(|| {
            let home = match (&self.source, &self.options.server) {
                (Description::Url(url), _) => url.clone(),
                (Description::File(_), Some(server)) => parsed(server)?,
                (Description::File(_), None) => home.clone(),
            };
            let mut others = self.options.hosts.clone();
            let server = self.options.server.as_deref().map(parsed).transpose()?;
            others.extend(server.and_then(|server| server.host_str().map(str::to_owned)));
            let secret = Secret { auth: self.options.auth.clone(), secret: self.secret.clone() };
            let hosts = Hosts { home, others };
            Client::new(hosts, secret, &self.options.headers, &self.budget).map(Arc::new)
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// Where the paths of a resource begin.
    pub(super) fn base(&self, calls: &Rest) -> Result<Url, Failure> {
        if let Some(server) = &self.options.server {
            return parsed(server);
        }
        parsed(&calls.base)
    }

    /// Sends a request.
    pub(super) async fn send(&self, ask: &Ask) -> Result<Answer, NoAnswer> {
        let client = self.client(&ask.url).map_err(|failure| NoAnswer { failure, sent: false })?;
        client.send(ask).await
    }

    /// A reading of an address.
    pub(super) fn reading(&self, url: Url, time: Duration) -> Ask {
        Ask {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            repeatable: true,
            most: self.budget.answer_bytes,
            time,
        }
    }

    async fn description(&self) -> Result<Vec<u8>, Failure> {
        match &self.source {
            Description::File(path) => tokio::fs::read(path).await.map_err(|error| {
                let detail = format!("{}: {error}", path.display());
                Failure::new(FailureKind::Unreachable, detail)
            }),
            Description::Url(url) => {
                let most = LONGEST_DESCRIPTION;
                let mut ask =
                    Ask { most, ..self.reading(url.clone(), self.budget.statement_timeout) };
                let kinds = "application/json, application/yaml;q=0.9, */*;q=0.5";
                ask.headers.insert(reqwest::header::ACCEPT, kinds.parse().map_err(|_| internal())?);
                let answer = self.send(&ask).await.map_err(|lost| lost.failure)?;
                match refusal(&answer) {
                    None => Ok(answer.body.to_vec()),
                    Some(failure) => Err(failure),
                }
            }
        }
    }

    /// Where the description says that requests go.
    fn described_base(&self, document: &Document) -> Result<Url, Failure> {
        let server = security::server(document);
        match (&self.source, server) {
            (Description::Url(url), Some(server)) => url.join(&server).map_err(|error| {
                Failure::new(FailureKind::Garbled, format!("servers: “{server}”: {error}"))
            }),
            (Description::Url(url), None) => url.join("/").map_err(|_| internal()),
            (Description::File(_), Some(server)) => parsed(&server),
            (Description::File(_), None) => Err(Failure::new(
                FailureKind::Garbled,
                "neither the description nor the manifest says where requests go: say server = \"https://…\" in the manifest",
            )),
        }
    }
}

fn internal() -> Failure {
    Failure::new(FailureKind::Other, "no address")
}

fn parsed(url: &str) -> Result<Url, Failure> {
    url.parse().map_err(|error| {
        Failure::new(FailureKind::Garbled, format!("“{url}” is no address: {error}"))
    })
}

/// What the service offers of a resource, and how it is asked for it.
pub(super) fn service(resource: &Resource) -> Result<(&Service, &Rest), Failure> {
    let service = resource.service.as_deref().ok_or_else(|| {
        Failure::new(FailureKind::SchemaChanged, "the resource is none of a service")
    })?;
    match &service.calls {
        Calls::Rest(rest) => Ok((service, rest)),
        Calls::Graph(_) => Err(Failure::new(
            FailureKind::SchemaChanged,
            "the resource is one of a service that speaks GraphQL",
        )),
    }
}

#[async_trait]
impl Connection for Api {
    fn engine(&self) -> Engine {
        Engine::Openapi
    }

    fn gauge(&self) -> Gauge {
        match self.client.get() {
            Some(Ok(client)) => client.gauge(),
            _ => Gauge { in_use: 0, idle: 0, permitted: self.budget.connections },
        }
    }

    async fn ping(&self) -> Result<(), Failure> {
        let known = self.base.read().unwrap_or_else(PoisonError::into_inner).clone();
        let server = self.options.server.as_deref().map(parsed).transpose()?;
        let url = match (server.or(known), &self.source) {
            (Some(base), _) => base,
            (None, Description::Url(url)) => url.clone(),
            // Nothing is known of it but a file.
            (None, Description::File(_)) => return self.introspect().await.map(drop),
        };
        let ask = Ask { method: Method::HEAD, ..self.reading(url, self.budget.statement_timeout) };
        let answer = self.send(&ask).await.map_err(|lost| lost.failure)?;
        match answer.status.as_u16() {
            // Whoever refuses is there.
            502..=504 => Err(refusal(&answer).unwrap_or_else(internal)),
            _ => Ok(()),
        }
    }

    async fn introspect(&self) -> Result<Schema, Failure> {
        let bytes = self.description().await?;
        // Large descriptions take a while to be read.
        let options = self.options.clone();
        let read = tokio::task::spawn_blocking(move || {
            let document = Document::read(&bytes)?;
            let schema = resources::schema(&document, &options);
            Ok::<_, Failure>((schema, security::auth(&document), document))
        });
        let (mut schema, auth, document) = match read.await {
            Ok(read) => read?,
            Err(error) => return Err(Failure::new(FailureKind::Other, error.to_string())),
        };
        let base = match &self.options.server {
            Some(server) => parsed(server)?,
            None => self.described_base(&document)?,
        };
        let client = self.client(&base)?;
        if let Some(auth) = auth {
            client.sign_in_as_described(auth);
        }
        for resource in &mut schema.resources {
            if let Some(service) = &mut resource.service
                && let Calls::Rest(rest) = &mut service.calls
            {
                rest.base = base.to_string();
            }
        }
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = Some(base);
        Ok(schema)
    }

    fn reads_linked(&self, _of: &Of<'_>, _linked: &Linked) -> bool {
        false
    }

    async fn select(&self, of: &Of<'_>, query: &Query) -> Result<Page, Failure> {
        reading::page(self, of, query).await
    }

    async fn stream(
        &self,
        of: &Of<'_>,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, Failure> {
        reading::stream(self, of, query, budget)
    }

    async fn count(
        &self,
        of: &Of<'_>,
        condition: &Condition,
        budget: Duration,
    ) -> Result<Count, Failure> {
        self.counted(of, condition, budget).await
    }

    /// The service's own promise is believed: to ask it, all of its records would have to be read.
    async fn shared(
        &self,
        _of: &Of<'_>,
        _fields: &[usize],
        _budget: Duration,
    ) -> Result<Option<Shared>, Failure> {
        Ok(None)
    }

    async fn write(
        &self,
        of: &Of<'_>,
        kind: ChangeKind,
        items: &[ChangeItem],
        token: &str,
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        writing::written(&Writer::of(self, of)?, kind, items, token).await
    }

    async fn act(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
        token: &str,
    ) -> Result<ItemOutcome, WriteFailure> {
        self.acted(of, operation, key, input, token).await
    }

    async fn foresee(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
        token: &str,
    ) -> Result<Answered, Failure> {
        self.foreseen(of, operation, key, input, token).await
    }

    /// Nobody can tell what a service still works on.
    async fn earlier_sessions_ended(&self) -> Result<bool, Failure> {
        Ok(false)
    }

    async fn close(&self) {
        if let Some(Ok(client)) = self.client.get() {
            client.close();
        }
    }
}
