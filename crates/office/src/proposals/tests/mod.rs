//! Proposals for backends in memory.

mod habits;
mod links;
mod secrets;

use std::collections::HashSet;

use async_trait::async_trait;
use kontor_connect::{Failure, FailureKind};
use kontor_model::{Resource, Value};

use super::sample::{Memory, table};
use super::*;

/// A manifest edit in one line, to compare.
fn line(edit: &ManifestEdit) -> String {
    match edit {
        ManifestEdit::AddLink { from, fields, to, to_fields, .. } => {
            format!("{from}.{} -> {to}.{}", fields.join("+"), to_fields.join("+"))
        }
        other => format!("{}.{}", other.resource(), other.field().map_or("", String::as_str)),
    }
}

async fn lines(memory: &Memory, kind: Kind) -> Vec<String> {
    memory.edits(kind).await.iter().map(line).collect()
}

#[tokio::test]
async fn a_proposal_keeps_its_subject_whatever_was_read() {
    let orders = || table("orders", "id:int* customer_id:int");
    let customers = || table("customers", "id:int* name");
    let empty = Memory::new().with::<&str>(orders(), []).with::<&str>(customers(), []);
    let full = Memory::new().with(orders(), ["1|7"]).with(customers(), ["7|Anna"]);
    let (empty, full) = (empty.report().await.proposals, full.report().await.proposals);
    assert_eq!(empty[0].subject, "link \"orders\" [\"customer_id\"] \"customers\" [\"id\"]");
    assert_eq!(empty[0].subject, full[0].subject);
    assert!(empty[0].confidence < full[0].confidence);
}

#[tokio::test]
async fn a_large_schema_costs_no_more_than_the_limit_and_says_so() {
    let mut memory = Memory::new();
    for n in 0..=STATEMENTS / 2 {
        memory = memory.with(table(&format!("t{n}x"), "id:int* status"), ["1|open"]);
    }
    let cost = memory.report().await.cost;
    assert!(cost.statements <= STATEMENTS, "{} statements", cost.statements);
    assert!(cost.is_exhausted);
}

/// A backend that never answers in time.
struct Late;

#[async_trait]
impl Sampler for Late {
    async fn sample(&self, _: &Resource) -> Result<Sample, Failure> {
        Err(Failure::new(FailureKind::Timeout, "10 s are over"))
    }

    async fn existing(
        &self,
        _: &Resource,
        _: &[usize],
        _: &[Vec<Value>],
    ) -> Result<HashSet<String>, Failure> {
        Err(Failure::new(FailureKind::Timeout, "10 s are over"))
    }
}

#[tokio::test]
async fn a_backend_that_answers_late_is_left_alone_and_judged_by_names() {
    let mut memory = Memory::new()
        .with::<&str>(table("a_customers", "id:int* name"), [])
        .with::<&str>(table("z_orders", "id:int* a_customer_id:int"), []);
    for n in 0..20 {
        memory = memory.with::<&str>(table(&format!("t{n}x"), "id:int* note"), []);
    }
    let report = propose(&memory.schema, &Late).await;
    let links: Vec<String> = report.proposals.iter().map(|p| line(&p.edit)).collect();
    assert_eq!(links, ["z_orders.a_customer_id -> a_customers.id"]);
    assert_eq!(report.cost.statements, LATE_ANSWERS);
    assert!(report.cost.is_exhausted);
}

#[tokio::test]
async fn proposals_are_written_and_read_as_json() {
    let memory = Memory::new()
        .with(
            table("customers", "id:int* deleted_at:time price_cents:int currency"),
            ["1|-|1250|EUR"],
        )
        .with(table("orders", "id:int* customer_id:int"), ["1|1"]);
    let proposals = memory.report().await.proposals;
    assert_eq!(proposals.len(), 3);
    let text = serde_json::to_string(&proposals).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Proposal>>(&text).unwrap(), proposals);
}
