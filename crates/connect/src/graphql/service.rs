//! The connection to a service that speaks GraphQL.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use kontor_model::service::{Calls, Graph, Operation};
use kontor_model::{
    ChangeItem, ChangeKind, Condition, Count, Engine, ItemOutcome, Linked, Page, Query, RecordKey,
    Resource, Schema, Value,
};
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use super::answer::{Parts, parts};
use super::printing::Question;
use super::resources;
use super::types::{Types, question};
use super::writing::Writer;
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::http::{Answer, Ask, Client, Hosts, NoAnswer, Secret};
use crate::pool::Gauge;
use crate::service::{LONGEST_DESCRIPTION, ServiceOptions, reading, writing};
use crate::{Budget, Connection, Of, RowStream, Shared};

/// A service. Whoever reads a long list keeps it.
#[derive(Clone)]
pub(crate) struct Service(Arc<Inside>);

impl std::ops::Deref for Service {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

pub(crate) struct Inside {
    url: Url,
    options: ServiceOptions,
    secret: Option<String>,
    pub(super) budget: Budget,
    client: OnceLock<Result<Client, Failure>>,
}

impl Service {
    pub(crate) fn new(
        url: Url,
        secret: Option<String>,
        options: ServiceOptions,
        budget: Budget,
    ) -> Self {
        Self(Arc::new(Inside { url, options, secret, budget, client: OnceLock::new() }))
    }

    fn client(&self) -> Result<&Client, Failure> {
        let made = self.client.get_or_init(|| {
            let secret = Secret { auth: self.options.auth.clone(), secret: self.secret.clone() };
            let mut others = self.options.hosts.clone();
            others.extend(self.endpoint()?.host_str().map(str::to_owned));
            let hosts = Hosts { home: self.url.clone(), others };
            Client::new(hosts, secret, &self.options.headers, &self.budget)
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// Where questions go.
    fn endpoint(&self) -> Result<Url, Failure> {
        let Some(server) = &self.options.server else { return Ok(self.url.clone()) };
        server.parse().map_err(|error| {
            Failure::new(FailureKind::Garbled, format!("“{server}” is no address: {error}"))
        })
    }

    /// Sends a question. Only what changes nothing may be asked twice.
    pub(super) async fn send(
        &self,
        body: String,
        repeatable: bool,
        time: Duration,
        most: usize,
    ) -> Result<Answer, NoAnswer> {
        let unsent = |failure| NoAnswer { failure, sent: false };
        let ask = Ask {
            method: Method::POST,
            url: self.endpoint().map_err(unsent)?,
            headers: HeaderMap::new(),
            body: Some(("application/json", body)),
            repeatable,
            most,
            time,
        };
        self.client().map_err(unsent)?.send(&ask).await
    }

    /// Asks the service to describe itself.
    async fn described(&self, deep: bool) -> Result<Answer, Failure> {
        let body = format!("{{\"query\":{}}}", crate::json::quoted(&question(deep)));
        let time = self.budget.statement_timeout;
        let answer = self.send(body, true, time, LONGEST_DESCRIPTION).await;
        answer.map_err(|lost| lost.failure)
    }

    /// Asks, and waits for the answer.
    pub(super) async fn asked(
        &self,
        question: &Question,
        time: Duration,
    ) -> Result<Answer, Failure> {
        let answer = self.send(question.body(), true, time, self.budget.answer_bytes).await;
        answer.map_err(|lost| lost.failure)
    }
}

/// What an answer to a reading gave.
///
/// # Errors
/// What the answer means where it is none, or tells of errors.
pub(super) fn read(answer: &Answer) -> Result<Parts<'_>, Failure> {
    let parts = parts(answer)?;
    match parts.failure() {
        Some(failure) => Err(failure),
        None => Ok(parts),
    }
}

/// What the service offers of a resource, and how it is asked for it.
pub(super) fn offered(resource: &Resource) -> Result<(&kontor_model::Service, &Graph), Failure> {
    match resource.service.as_deref() {
        Some(service) => match &service.calls {
            Calls::Graph(graph) => Ok((service, graph)),
            Calls::Rest(_) => Err(changed()),
        },
        None => Err(changed()),
    }
}

fn changed() -> Failure {
    Failure::new(
        FailureKind::SchemaChanged,
        "the resource is none of a service that speaks GraphQL",
    )
}

/// Whether a service refused a question because of how deep or how large it is.
fn is_too_deep(answer: &Answer) -> bool {
    parts(answer).is_ok_and(|parts| {
        parts.given("__schema").is_none()
            && parts.errors.iter().any(|error| {
                let told = format!("{} {}", error.message, error.code).to_lowercase();
                ["depth", "deep", "complex"].iter().any(|word| told.contains(word))
            })
    })
}

/// Why a service does not describe itself.
fn undescribed(answer: &Answer) -> Failure {
    let parts = match parts(answer) {
        Ok(parts) => parts,
        Err(failure) => return failure,
    };
    let told = parts.failure().map(|failure| (failure.kind, failure.detail));
    match told {
        Some((kind @ (FailureKind::SignIn | FailureKind::Busy), detail)) => {
            Failure::new(kind, detail)
        }
        Some((_, detail)) => Failure::new(
            FailureKind::Privilege,
            format!(
                "the service does not describe itself: introspection is switched off, or not permitted for this account ({detail})"
            ),
        ),
        None => Failure::new(FailureKind::Garbled, "the answer holds no description (__schema)"),
    }
}

#[async_trait]
impl Connection for Service {
    fn engine(&self) -> Engine {
        Engine::Graphql
    }

    fn gauge(&self) -> Gauge {
        match self.client.get() {
            Some(Ok(client)) => client.gauge(),
            _ => Gauge { in_use: 0, idle: 0, permitted: self.budget.connections },
        }
    }

    async fn ping(&self) -> Result<(), Failure> {
        let mut question = Question::query();
        question.ask("kind", ("__typename", &[]), Vec::new(), "");
        let answer = self.asked(&question, self.budget.statement_timeout).await?;
        read(&answer).map(drop)
    }

    async fn introspect(&self) -> Result<Schema, Failure> {
        let mut answer = self.described(true).await?;
        if is_too_deep(&answer) {
            answer = self.described(false).await?;
        }
        // Large descriptions take a while to be read.
        let read = tokio::task::spawn_blocking(move || {
            let parts = parts(&answer)?;
            if parts.given("__schema").is_none() {
                return Err(undescribed(&answer));
            }
            let types = Types::read(parts.text()).map_err(|error| {
                Failure::new(FailureKind::Garbled, format!("the description: {error}"))
            })?;
            Ok(resources::schema(&types))
        });
        match read.await {
            Ok(read) => read,
            Err(error) => Err(Failure::new(FailureKind::Other, error.to_string())),
        }
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

    /// GraphQL has nothing by which a request that comes twice is recognised.
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
        _token: &str,
    ) -> Result<ItemOutcome, WriteFailure> {
        self.acted(of, operation, key, input).await
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
