//! Statements that a manifest declares as actions, over real databases.

use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{ActionRequest, Input, NotUndoable, OfficeError, Surprise};
use kontor_testkit::{DatabaseUrl, PostgresServer};
use sqlx::{Connection as _, PgConnection};

use crate::office::Bureau;

/// What is in stock, and the ledger of what was moved.
const STOCK: &str = "CREATE TABLE stock (sku text PRIMARY KEY, n integer NOT NULL CHECK (n >= 0),
        bin text, version integer NOT NULL DEFAULT 1, secret_pin text);
    CREATE TABLE movement (id serial PRIMARY KEY, sku text NOT NULL, n integer NOT NULL,
        reason text NOT NULL, person text NOT NULL, operation text NOT NULL, at timestamptz NOT NULL);
    INSERT INTO stock VALUES ('A', 10, 'left', 1, 'x'), ('B', 20, 'left', 1, 'y');";

/// A correction is a row of the ledger and the new number, in one statement; a move of the bin is
/// an update, and emptying a bin goes too far.
const SAID: &str = r#"
[resources.stock.fields]
version = { editable = false, hidden = true }
secret_pin = { secret = true }

[resources.stock.actions.correct]
statement = """
WITH moved AS (
  INSERT INTO movement (sku, n, reason, person, operation, at)
  VALUES (:sku, :count - :record.n, :reason, :kontor.person, :kontor.operation, :kontor.now)
)
UPDATE stock SET n = :count, version = version + 1 WHERE sku = :sku AND version = :version
"""
expects = ["n"]
inputs = { count = { type = "integer", from = "n" }, reason = { type = "text" } }

[resources.stock.actions.shelve]
statement = "UPDATE stock SET bin = :bin, version = version + 1 WHERE sku = :sku AND version = :version"
inputs = { bin = { needed = false } }

[resources.stock.actions.reset]
statement = "UPDATE stock SET secret_pin = '0', bin = 'right' WHERE sku = :sku"

[resources.stock.actions.clear]
statement = "UPDATE stock SET n = 0 WHERE bin = :bin"
"#;

async fn bureau() -> (Bureau, DatabaseUrl) {
    let url = PostgresServer::shared().await.fresh_database().await;
    let mut direct = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(STOCK).execute(&mut direct).await.unwrap();
    (Bureau::saying(&[("shop", &url, SAID)]).await, url)
}

async fn ask(url: &DatabaseUrl, question: &'static str) -> String {
    let mut direct = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar(question).fetch_one(&mut direct).await.unwrap()
}

fn stock() -> ResourceName {
    ResourceName::new("stock")
}

fn request(action: &str, input: &[(&str, &str)]) -> ActionRequest {
    let input = input.iter().map(|(name, text)| ((*name).into(), Input::Text((*text).into())));
    ActionRequest {
        action: action.into(),
        keys: vec![RecordKey::Values(vec![Value::Text("A".into())])],
        input: input.collect(),
        of_many: false,
    }
}

async fn act(
    bureau: &Bureau,
    request: &ActionRequest,
) -> Result<kontor_office::Acted, OfficeError> {
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &stock(), request)?;
    bureau.office.act(&bureau.actor, &editing, plan).await
}

#[tokio::test]
async fn a_statement_does_what_belongs_together_and_is_told_in_the_timeline() {
    let (bureau, url) = bureau().await;
    let hostile = "counted; '); DROP TABLE stock; --";
    let done = act(&bureau, &request("correct", &[("count", "7"), ("reason", hostile)])).await;
    let done = done.unwrap();
    assert_eq!((done.changed.as_slice(), &done.surprise), (["n".to_owned()].as_slice(), &None));
    let moved = "SELECT format('%s %s %s', n, person, reason) FROM movement";
    let wanted = format!("-3 {} {hostile}", bureau.actor.user.name);
    assert_eq!(ask(&url, moved).await, wanted);
    assert_eq!(ask(&url, "SELECT operation FROM movement").await, done.operation);
    assert_eq!(ask(&url, "SELECT (now() - at < '1 hour')::text FROM movement").await, "true");

    let told = bureau.office.timeline(&bureau.reading("shop"), &stock(), "A", None, 9).await;
    let told = told.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].undo_locked, Some(NotUndoable::AnAction), "the ledger has a row of it");
    let missing = act(&bureau, &request("correct", &[("count", "7")])).await;
    assert!(matches!(missing, Err(OfficeError::Invalid(_))), "{missing:?}");
    let no_number = act(&bureau, &request("correct", &[("count", "x"), ("reason", "y")])).await;
    assert!(matches!(no_number, Err(OfficeError::Invalid(_))), "{no_number:?}");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn what_somebody_has_seen_of_a_record_counts_in_a_statement() {
    let (bureau, url) = bureau().await;
    let mut direct = PgConnection::connect(&url).await.unwrap();
    let other = "UPDATE stock SET n = 9, version = 2 WHERE sku = 'A'";
    sqlx::raw_sql(other).execute(&mut direct).await.unwrap();
    let seen = [("count", "7"), ("reason", "counted"), ("record.n", "10")];
    let blind = act(&bureau, &request("correct", &seen)).await;
    blind.expect("what stands in the condition is the version, which nobody says to have seen");
    assert_eq!(ask(&url, "SELECT n::text FROM movement").await, "-3");

    let shelve = [("bin", "right"), ("record.version", "2")];
    let hidden = act(&bureau, &request("shelve", &shelve)).await;
    assert!(
        matches!(hidden, Err(OfficeError::UnknownField { .. })),
        "what nobody sees: {hidden:?}"
    );
    let clear = act(&bureau, &request("clear", &[("record.bin", "middle")])).await;
    match clear {
        Err(OfficeError::Stale { conflicts, .. }) => {
            assert_eq!(conflicts[0].field, "bin");
            assert_eq!(conflicts[0].theirs, Value::Text("left".into()));
        }
        other => panic!("not stale: {other:?}"),
    }
    assert_eq!(ask(&url, "SELECT count(*)::text FROM movement").await, "1");
}

#[tokio::test]
async fn a_statement_that_goes_too_far_writes_nothing_and_says_so() {
    let (bureau, url) = bureau().await;
    let refused = act(&bureau, &request("clear", &[])).await;
    match refused {
        Err(OfficeError::Invalid(problems)) => {
            assert!(format!("{problems:?}").contains("touched 2"), "{problems:?}");
        }
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(ask(&url, "SELECT sum(n)::text FROM stock").await, "30");
    let below = act(&bureau, &request("correct", &[("count", "-1"), ("reason", "x")])).await;
    assert!(matches!(below, Err(OfficeError::Invalid(_))), "the check of the table: {below:?}");
    assert_eq!(ask(&url, "SELECT count(*)::text FROM movement").await, "0");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn an_update_of_one_record_is_taken_back_by_what_the_record_shows() {
    let (bureau, url) = bureau().await;
    let done = act(&bureau, &request("shelve", &[("bin", "right")])).await.unwrap();
    assert_eq!(ask(&url, "SELECT bin || version FROM stock WHERE sku = 'A'").await, "right2");
    bureau.office.undo(&bureau.actor, &done.operation).await.unwrap();
    assert_eq!(ask(&url, "SELECT bin || version FROM stock WHERE sku = 'A'").await, "left2");
    let told = bureau.office.timeline(&bureau.reading("shop"), &stock(), "A", None, 9).await;
    let told = told.unwrap();
    assert_eq!(told[0].undo_of.as_deref(), Some(done.operation.as_str()));
    assert_eq!(told[1].undo_locked, Some(NotUndoable::AlreadyUndone));

    let done = act(&bureau, &request("reset", &[])).await.unwrap();
    let undone = bureau.office.undo(&bureau.actor, &done.operation).await;
    let hidden = OfficeError::NotUndoable {
        operation: done.operation.clone(),
        reason: NotUndoable::AnAction,
    };
    let undone = undone.expect_err("it changed what nobody sees");
    assert_eq!(undone.to_string(), hidden.to_string());

    let done = act(&bureau, &request("shelve", &[("bin", "middle")])).await.unwrap();
    act(&bureau, &request("shelve", &[("bin", "top")])).await.unwrap();
    let late = bureau.office.undo(&bureau.actor, &done.operation).await;
    assert!(matches!(late, Err(OfficeError::Stale { .. })), "somebody was later: {late:?}");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn a_statement_that_changes_something_else_than_expected_says_so() {
    let (bureau, _) = bureau().await;
    let same = act(&bureau, &request("correct", &[("count", "10"), ("reason", "x")])).await;
    assert_eq!(same.unwrap().surprise, Some(Surprise::Nothing));
}

#[tokio::test]
async fn what_a_manifest_says_wrongly_of_statements_is_told_with_its_place() {
    let wrong = r#"
[resources.stock.actions]
a = { statement = "UPDATE stock SET n = :numbr", inputs = { number = { type = "integer" } } }
b = { statement = "UPDATE stock SET n = 1; DROP TABLE stock" }
c = { statement = "DROP TABLE stock" }
d = { statement = "UPDATE stock SET n = :n", preview = "x", inputs = { n = { default = "many" } } }
e = { statement = "SELECT f(:sku)", rows = 3 }
f = { statement = "UPDATE stock SET n = :record.m" }
"#;
    let url = PostgresServer::shared().await.fresh_database().await;
    let mut direct = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(STOCK).execute(&mut direct).await.unwrap();
    let bureau = Bureau::saying(&[("shop", &url, wrong)]).await;
    let catalog = bureau.reading("shop").backend.catalog().unwrap();
    let manifest = bureau.reading("shop").backend.manifest().clone();
    let told: Vec<String> =
        manifest.check_against(&catalog.schema).iter().map(ToString::to_string).collect();
    for wanted in [
        "“:numbr” is neither among “inputs” nor a field of “stock”; did you mean “number”?",
        "the statement has no “:number”",
        "is more than one statement",
        "begins with “DROP”",
        "cannot hold this",
        "does not say beforehand",
        "nobody tells how many records",
        "“:m” is neither",
    ] {
        assert!(told.iter().any(|told| told.contains(wanted)), "{wanted}: {told:#?}");
    }
    let names: Vec<&str> =
        catalog.face(&stock()).unwrap().actions.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["d"], "what is wrong is not offered");
}
