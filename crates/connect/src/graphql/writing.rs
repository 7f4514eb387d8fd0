//! Changing records: compared with what was seen, then asked for once.

use kontor_model::change::{Refusal, Rule};
use kontor_model::service::{Graph, Mutation, Operation, OperationCall, Place};
use kontor_model::{
    ChangeItem, Column, Comparison, Condition, ItemOutcome, Query, RecordKey, Resource,
    Service as Offered, Test, Value,
};
use reqwest::StatusCode;
use serde_json::value::RawValue;

use super::answer::{Parts, Told, parts};
use super::asking::Given;
use super::outcome::refused;
use super::printing::{Question, list};
use super::service::{Service, offered};
use crate::Of;
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::json;
use crate::service::answers::refusal;
use crate::service::names::folded;
use crate::service::reading::page;
use crate::service::writing::{Writes, stale, unwritable};

/// What a mutation is called in a question.
const ALIAS: &str = "change";

/// The question that asks for a mutation of a record: its key, and what else it is given.
///
/// # Errors
/// What cannot be written as JSON.
pub(super) fn mutation(
    resource: &Resource,
    mutation: &Mutation,
    key: &[(usize, &Value)],
    given: Vec<Given>,
) -> Result<Question, Failure> {
    let mut all: Vec<Given> = Vec::new();
    for place in &mutation.keys {
        let field = &resource.fields[place.field];
        let value = key.iter().find(|(own, _)| *own == place.field).map(|(_, value)| *value);
        let written = value
            .and_then(|value| json::written(value, &field.ty, place.form))
            .and_then(|one| if place.several { list(&[one]) } else { Some(one) });
        let written = written.ok_or_else(|| unwritable(&field.name))?;
        all.push((place.path.clone(), written));
    }
    all.extend(given);
    let mut question = Question::mutation();
    question.ask(ALIAS, (&mutation.field, &mutation.arguments), all, &mutation.selected);
    Ok(question)
}

impl Service {
    /// Asks for an operation with one record, once.
    pub(super) async fn acted(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
    ) -> Result<ItemOutcome, WriteFailure> {
        let writer = Writer::of(self, of)?;
        let (OperationCall::Graph(call), RecordKey::Values(values)) = (&operation.call, key) else {
            return Ok(ItemOutcome::Gone);
        };
        let own: Vec<(usize, &Value)> = of.resource.key.iter().copied().zip(values).collect();
        let mut given: Vec<Given> = Vec::new();
        for (input, value) in operation.input.iter().zip(input) {
            let (Place::Body(path), Some(value)) = (&input.place, value) else { continue };
            let written = json::written(value, &input.field.ty, input.form)
                .ok_or_else(|| WriteFailure::NotWritten(unwritable(&input.field.name)))?;
            given.push((path.clone(), written));
        }
        let question =
            mutation(of.resource, call, &own, given).map_err(WriteFailure::NotWritten)?;
        let answer = writer.sent(&question).await?;
        let parts = whole(&answer)?;
        Ok(match writer.done(&parts)? {
            Done::Refused(refusal) => ItemOutcome::Refused(refusal),
            Done::Gave(_) => ItemOutcome::Applied(key.clone()),
        })
    }
}

/// Writes records of one resource.
pub(super) struct Writer<'a> {
    service: &'a Service,
    of: &'a Of<'a>,
    offered: &'a Offered,
    graph: &'a Graph,
}

/// What became of a mutation.
enum Done<'r> {
    /// The service did it, and gave this.
    Gave(Option<&'r RawValue>),
    Refused(Refusal),
}

impl<'a> Writer<'a> {
    pub(super) fn of(service: &'a Service, of: &'a Of<'a>) -> Result<Self, WriteFailure> {
        let (offered, graph) = offered(of.resource).map_err(WriteFailure::NotWritten)?;
        Ok(Self { service, of, offered, graph })
    }
}

/// GraphQL has nothing by which a request that comes twice is recognised: tokens go nowhere.
impl Writes for Writer<'_> {
    async fn create(&self, item: &ChangeItem, _: &str) -> Result<ItemOutcome, WriteFailure> {
        let create = self.mutation(self.graph.create.as_ref())?;
        let given = self.values(create, &item.after)?;
        let question = mutation(self.of.resource, create, &[], given);
        let answer = self.sent(&question.map_err(WriteFailure::NotWritten)?).await?;
        let parts = whole(&answer)?;
        let made = match self.done(&parts)? {
            Done::Refused(refusal) => return Ok(ItemOutcome::Refused(refusal)),
            Done::Gave(made) => made,
        };
        let at = create.record.as_deref().unwrap_or_default();
        let record =
            made.and_then(|made| json::at(made, at)).filter(|record| record.get().starts_with('{'));
        let key: Option<Vec<Value>> = record.and_then(|record| {
            let value = |field: &usize| {
                let own = &self.of.resource.fields[*field];
                let raw = json::at(record, &self.offered.properties[*field].path)?;
                Some(json::value(raw, &own.ty)).filter(|value| !value.is_null())
            };
            self.of.resource.key.iter().map(value).collect()
        });
        key.map(|key| ItemOutcome::Applied(RecordKey::Values(key))).ok_or_else(|| {
            let detail = format!("{}: the service does not say which record it made", create.field);
            WriteFailure::Unknown(Failure::new(FailureKind::Garbled, detail))
        })
    }

    async fn update(&self, item: &ChangeItem, _: &str) -> Result<ItemOutcome, WriteFailure> {
        self.change(self.graph.update.as_ref(), item).await
    }

    async fn delete(&self, item: &ChangeItem, _: &str) -> Result<ItemOutcome, WriteFailure> {
        self.change(self.graph.delete.as_ref(), item).await
    }
}

impl Writer<'_> {
    /// Changes or removes a record.
    async fn change(
        &self,
        call: Option<&Mutation>,
        item: &ChangeItem,
    ) -> Result<ItemOutcome, WriteFailure> {
        let call = self.mutation(call)?;
        let Some(key @ RecordKey::Values(values)) = &item.key else { return Ok(ItemOutcome::Gone) };
        let own: Vec<(usize, &Value)> = self.of.resource.key.iter().copied().zip(values).collect();
        let seen = item.before.iter().map(|(field, _)| *field);
        let fields: Vec<usize> = seen.chain(call.needed.iter().copied()).collect();
        let Some(present) = self.present(&own, &fields).await? else {
            return Ok(ItemOutcome::Gone);
        };
        if let Some(stale) = stale(item, present.iter()) {
            return Ok(stale);
        }
        let mut after = item.after.clone();
        for (field, now) in call.needed.iter().zip(&present[item.before.len()..]) {
            if !after.iter().any(|(given, _)| given == field) {
                after.push((*field, now.clone()));
            }
        }
        let given = self.values(call, &after)?;
        let question = mutation(self.of.resource, call, &own, given);
        let answer = self.sent(&question.map_err(WriteFailure::NotWritten)?).await?;
        let parts = whole(&answer)?;
        Ok(match self.done(&parts)? {
            Done::Refused(refusal) => ItemOutcome::Refused(refusal),
            Done::Gave(None) => ItemOutcome::Gone,
            Done::Gave(Some(_)) => ItemOutcome::Applied(key.clone()),
        })
    }

    fn mutation<'c>(&self, call: Option<&'c Mutation>) -> Result<&'c Mutation, WriteFailure> {
        call.ok_or_else(|| {
            let detail = format!("{}: the service has no mutation for it", self.of.resource.name);
            WriteFailure::NotWritten(Failure::new(FailureKind::Privilege, detail))
        })
    }

    /// Fields of the record as they are now; none where it is gone.
    async fn present(
        &self,
        key: &[(usize, &Value)],
        fields: &[usize],
    ) -> Result<Option<Vec<Value>>, WriteFailure> {
        let is = |(field, value): &(usize, &Value)| {
            Condition::Field(*field, Test::Compare(Comparison::Eq, (*value).clone()))
        };
        let condition = Condition::All(key.iter().map(is).collect());
        let columns = fields.iter().copied().map(Column::whole).collect();
        let query = Query::unordered(columns, condition, 2);
        let page = page(self.service, self.of, &query).await.map_err(WriteFailure::NotWritten)?;
        Ok(page.rows.into_iter().next())
    }

    /// The values of fields with their places.
    fn values(
        &self,
        call: &Mutation,
        after: &[(usize, Value)],
    ) -> Result<Vec<Given>, WriteFailure> {
        let mut given = Vec::with_capacity(after.len());
        for (field, value) in after {
            let own = &self.of.resource.fields[*field];
            let place = call.values.iter().find(|(other, ..)| other == field);
            let (_, path, form) = place.ok_or_else(|| {
                let detail = format!("{}: the service does not take “{}”", call.field, own.name);
                WriteFailure::NotWritten(Failure::new(FailureKind::Invalid, detail))
            })?;
            let written = json::written(value, &own.ty, *form)
                .ok_or_else(|| WriteFailure::NotWritten(unwritable(&own.name)))?;
            given.push((path.clone(), written));
        }
        Ok(given)
    }

    async fn sent(&self, question: &Question) -> Result<crate::http::Answer, WriteFailure> {
        let budget = &self.service.budget;
        let body = question.body();
        let sent = self.service.send(body, false, budget.statement_timeout, budget.answer_bytes);
        Ok(sent.await?)
    }

    /// What the answer to a mutation means.
    fn done<'r>(&self, parts: &Parts<'r>) -> Result<Done<'r>, WriteFailure> {
        let gave = parts.given(ALIAS);
        if let Some(error) = parts.errors.first() {
            // What was given shows that it was done, and only the telling of it failed.
            if gave.is_some_and(|gave| refused(gave).is_none()) {
                return Ok(Done::Gave(gave));
            }
            let kind = error.kind();
            if matches!(kind, FailureKind::SchemaChanged | FailureKind::SignIn | FailureKind::Busy)
            {
                let failure = parts.failure();
                let failure = failure.unwrap_or_else(|| Failure::new(kind, error.message.clone()));
                return Err(WriteFailure::NotWritten(failure));
            }
            return Ok(Done::Refused(self.told(error)));
        }
        match gave.and_then(refused) {
            Some(refused) => {
                let fields: Vec<usize> =
                    refused.fields.iter().filter_map(|name| self.field(name)).collect();
                let rule = if fields.is_empty() { Rule::Other } else { Rule::Invalid };
                let mut refusal = Refusal::other(refused.message);
                (refusal.rule, refusal.fields) = (rule, fields);
                Ok(Done::Refused(refusal))
            }
            None => Ok(Done::Gave(gave)),
        }
    }

    /// An error as the refusal that it is.
    fn told(&self, error: &Told) -> Refusal {
        let rule = match error.kind() {
            FailureKind::Privilege => Rule::Privilege,
            FailureKind::Invalid => Rule::Invalid,
            _ => Rule::Other,
        };
        Refusal { rule, ..Refusal::other(error.message.clone()) }
    }

    /// The field that a service calls so: `input.email`, `email`.
    fn field(&self, name: &str) -> Option<usize> {
        let parts: Vec<&str> = name
            .split(['.', '/'])
            .filter(|part| !matches!(*part, "input" | "data" | "patch" | ""))
            .collect();
        let said = folded(&parts.concat());
        self.offered.properties.iter().position(|own| folded(&own.path.concat()) == said)
    }
}

/// The parts of the answer to a mutation.
fn whole(answer: &crate::http::Answer) -> Result<Parts<'_>, WriteFailure> {
    let told = || {
        refusal(answer).unwrap_or_else(|| Failure::new(FailureKind::Other, "the service failed"))
    };
    match answer.status {
        // It did not let it through.
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Err(WriteFailure::NotWritten(told()))
        }
        status if status.is_server_error() => Err(WriteFailure::Unknown(told())),
        status => parts(answer).map_err(|failure| {
            if status.is_client_error() {
                WriteFailure::NotWritten(failure)
            } else {
                WriteFailure::Unknown(failure)
            }
        }),
    }
}
