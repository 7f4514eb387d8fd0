//! What becomes of changes when a backend or Kontor's own memory fails in the middle of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use kontor_model::{BackendName, RecordKey, ResourceName, Value};
use kontor_office::{
    Applied, EditRequest, Input, ListRequest, OfficeError, OperationState, StoreError, Told,
};
use kontor_testkit::{DatabaseUrl, PostgresServer, Proxy, SqliteFile, eventually};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::office::Bureau;

/// After which a backend ends a statement, in tests that wait for it.
const PATIENCE: Duration = Duration::from_millis(1_500);
const ARTICLES: &str = "CREATE TABLE article (id integer PRIMARY KEY, title varchar(80) NOT NULL);
    INSERT INTO article (id, title) VALUES (1, 'Teapot'), (2, 'Kettle');";

/// A shop on PostgreSQL, reached over a proxy.
struct Shop {
    bureau: Arc<Bureau>,
    proxy: Proxy,
    /// A connection past the proxy.
    direct: PgConnection,
    url: DatabaseUrl,
}

impl Shop {
    async fn open() -> Self {
        let server = PostgresServer::shared().await;
        let url = server.fresh_database().await;
        let mut direct = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(ARTICLES).execute(&mut direct).await.unwrap();
        let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
        let (from, to) = (format!(":{}/", server.port()), format!(":{}/", proxy.port()));
        let through = url.replace(&from, &to);
        let bureau = Bureau::with_patience(PATIENCE, &[("shop", &through)]).await;
        Self { bureau: Arc::new(bureau), proxy, direct, url }
    }

    /// Begins an edit that waits for the record's lock, which the answer holds.
    async fn begin_edit(&self) -> (PgConnection, tokio::task::JoinHandle<Edited>) {
        let mut holder = PgConnection::connect(&self.url).await.unwrap();
        let lock = "BEGIN; SELECT id FROM article WHERE id = 1 FOR UPDATE";
        sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
        let bureau = Arc::clone(&self.bureau);
        let edit = tokio::spawn(async move { edit(&bureau, "Teapot", "Samovar").await });
        (holder, edit)
    }

    async fn sessions(&mut self, condition: &str) -> i64 {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {condition}"
        );
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut self.direct).await.unwrap()
    }

    async fn wait_for_sessions(&mut self, condition: &str, wanted: i64) {
        let what = format!("{wanted} sessions are as in {condition}");
        let shop = tokio::sync::Mutex::new(self);
        eventually(&what, async || shop.lock().await.sessions(condition).await == wanted).await;
    }

    async fn title(&mut self) -> String {
        let sql = "SELECT title FROM article WHERE id = 1";
        sqlx::query_scalar(sql).fetch_one(&mut self.direct).await.unwrap()
    }

    /// Waits until the office has settled the change, and gives what it found.
    async fn settled(&self, operation: &str) -> Told {
        let name = BackendName::new("shop").unwrap();
        let office = &self.bureau.office;
        eventually("the change is settled", async || {
            office.settle(&name).await.is_ok_and(|n| n == 1)
        })
        .await;
        office.operation(&self.bureau.actor, operation).await.unwrap()
    }
}

type Edited = Result<Applied, OfficeError>;

/// Gives article 1 another title, provided that it has the one that was seen.
async fn edit(bureau: &Bureau, seen: &str, wanted: &str) -> Edited {
    let permit = bureau.editing("shop");
    let edit = EditRequest {
        set: vec![("title".into(), Input::Text(wanted.into()))],
        expect: vec![("title".into(), Value::Text(seen.into()))],
        version: None,
    };
    let key = RecordKey::Values(vec![Value::Int(1)]);
    let plan = bureau.office.plan_update(&permit, &articles(), &key, &edit).await?;
    bureau.office.apply(&bureau.actor, &permit.backend, plan).await
}

fn articles() -> ResourceName {
    ResourceName::new("article")
}

fn unknown(edited: Edited) -> String {
    match edited {
        Err(OfficeError::OutcomeUnknown { operation, .. }) => operation,
        other => panic!("nobody can know this: {other:?}"),
    }
}

async fn state(bureau: &Bureau, operation: &str) -> OperationState {
    bureau.office.operation(&bureau.actor, operation).await.unwrap().state
}

const WAITING: &str = "wait_event_type = 'Lock'";

#[tokio::test]
async fn an_edit_whose_connection_breaks_is_found_to_be_applied() {
    let mut shop = Shop::open().await;
    let (mut holder, edit) = shop.begin_edit().await;
    shop.wait_for_sessions(WAITING, 1).await;
    shop.proxy.refuse();
    let operation = unknown(edit.await.unwrap());
    assert_eq!(state(&shop.bureau, &operation).await, OperationState::Unknown);
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    shop.wait_for_sessions("state = 'active' AND pid <> pg_backend_pid()", 0).await;
    assert_eq!(shop.title().await, "Samovar", "the server goes on without its client");
    shop.proxy.restore();
    let told = shop.settled(&operation).await;
    assert_eq!((told.state, told.settled), (OperationState::Applied, true));
    shop.bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn an_edit_whose_connection_breaks_is_found_not_to_be_applied() {
    let mut shop = Shop::open().await;
    let (mut holder, edit) = shop.begin_edit().await;
    shop.wait_for_sessions(WAITING, 1).await;
    shop.proxy.refuse();
    let operation = unknown(edit.await.unwrap());
    // The server itself ends the statement, which has waited too long.
    shop.wait_for_sessions(WAITING, 0).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(shop.title().await, "Teapot");
    shop.proxy.restore();
    let told = shop.settled(&operation).await;
    assert_eq!((told.state, told.settled), (OperationState::NotApplied, true));
    shop.bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn an_edit_whose_answer_never_comes_is_unknown_and_then_found_to_be_applied() {
    let mut shop = Shop::open().await;
    let (mut holder, edit) = shop.begin_edit().await;
    shop.wait_for_sessions(WAITING, 1).await;
    shop.proxy.stall();
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    let operation = unknown(edit.await.unwrap());
    assert_eq!(shop.title().await, "Samovar");
    shop.proxy.restore();
    let told = shop.settled(&operation).await;
    assert_eq!((told.state, told.settled), (OperationState::Applied, true));
    shop.bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn a_change_that_is_under_way_is_not_settled() {
    let mut shop = Shop::open().await;
    let (mut holder, edit) = shop.begin_edit().await;
    shop.wait_for_sessions(WAITING, 1).await;
    let settled = shop.bureau.office.settle(&BackendName::new("shop").unwrap()).await.unwrap();
    assert_eq!(settled, 0);
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    let applied = edit.await.unwrap().unwrap();
    assert_eq!(state(&shop.bureau, &applied.operation).await, OperationState::Applied);
}

#[tokio::test]
async fn the_end_waits_for_a_change_at_work_and_not_for_one_that_nobody_can_tell_of() {
    let mut shop = Shop::open().await;
    let office = Arc::clone(&shop.bureau.office);
    let is_waited_for = || office.changes_ended().now_or_never().is_none();
    assert!(!is_waited_for(), "nothing was begun");
    let (mut holder, edit) = shop.begin_edit().await;
    shop.wait_for_sessions(WAITING, 1).await;
    assert!(is_waited_for(), "the edit waits for the record's lock");
    shop.proxy.refuse();
    let operation = unknown(edit.await.unwrap());
    assert_eq!(state(&shop.bureau, &operation).await, OperationState::Unknown);
    assert!(!is_waited_for(), "nothing is being written any more");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
}

#[tokio::test]
async fn of_two_who_edit_at_once_one_wins_and_the_other_is_shown_both_values() {
    let mut shop = Shop::open().await;
    let (anna, berta) =
        tokio::join!(edit(&shop.bureau, "Teapot", "Samovar"), edit(&shop.bureau, "Teapot", "Urn"));
    let (won, lost, mine) = match (&anna, &berta) {
        (Ok(_), Err(lost)) => ("Samovar", lost, "Urn"),
        (Err(lost), Ok(_)) => ("Urn", lost, "Samovar"),
        other => panic!("exactly one must win: {other:?}"),
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let OfficeError::Stale { conflicts, .. } = lost else { panic!("{lost:?}") };
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].before, text("Teapot"));
    assert_eq!(conflicts[0].theirs, text(won));
    assert_eq!(conflicts[0].mine, Some(text(mine)));
    assert_eq!(shop.title().await, won);
    shop.bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn a_backend_that_hangs_does_not_keep_the_others_waiting() {
    let server = PostgresServer::shared().await;
    let (dead, live) = (server.fresh_database().await, server.fresh_database().await);
    for url in [&dead, &live] {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(ARTICLES).execute(&mut connection).await.unwrap();
    }
    let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
    let through = dead.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    let bureau = Arc::new(Bureau::over(&[("dead", &through), ("live", &live)]).await);
    proxy.stall();
    let begun: Vec<_> = (0..20)
        .map(|_| {
            let bureau = Arc::clone(&bureau);
            tokio::spawn(async move {
                let permit = bureau.reading("dead");
                bureau.office.list(&permit, &articles(), &ListRequest::default()).await.map(drop)
            })
        })
        .collect();
    let permit = bureau.reading("live");
    for _ in 0..20 {
        let list = bureau.office.list(&permit, &articles(), &ListRequest::default()).await;
        assert_eq!(list.unwrap().records.len(), 2);
    }
    let waiting = begun.iter().filter(|task| !task.is_finished()).count();
    assert!(waiting > 0, "the dead backend was given up before the live one had answered");
    for task in begun {
        let failed = task.await.unwrap().unwrap_err();
        let is_named = matches!(&failed, OfficeError::Backend { backend, .. } if backend == "dead");
        assert!(is_named, "{failed:?}");
    }
}

/// An office over a SQLite shop, and a connection to the office's own memory.
async fn with_memory() -> (SqliteFile, Bureau, SqliteConnection) {
    let file = SqliteFile::fresh();
    sqlx::raw_sql(ARTICLES).execute(&mut file.connect().await).await.unwrap();
    let bureau = Bureau::over(&[("shop", &file.url())]).await;
    let memory = format!("sqlite:{}", bureau.store_file().display());
    let memory = SqliteConnection::connect(&memory).await.unwrap();
    (file, bureau, memory)
}

async fn title_in(file: &SqliteFile) -> String {
    let sql = "SELECT title FROM article WHERE id = 1";
    sqlx::query_scalar(sql).fetch_one(&mut file.connect().await).await.unwrap()
}

#[tokio::test]
async fn without_its_record_a_change_does_not_happen() {
    let (file, bureau, mut memory) = with_memory().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON kontor_audit
        BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END";
    sqlx::raw_sql(full).execute(&mut memory).await.unwrap();
    let refused = edit(&bureau, "Teapot", "Samovar").await.unwrap_err();
    assert!(matches!(refused, OfficeError::Store(StoreError::NotAppended(_))), "{refused:?}");
    assert_eq!(title_in(&file).await, "Teapot");
    sqlx::raw_sql("DROP TRIGGER full").execute(&mut memory).await.unwrap();
    edit(&bureau, "Teapot", "Samovar").await.unwrap();
    assert_eq!(title_in(&file).await, "Samovar");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn a_change_whose_outcome_cannot_be_recorded_is_settled_later() {
    let (file, bureau, mut memory) = with_memory().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON kontor_audit WHEN new.kind = 'change.outcome'
        BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END";
    sqlx::raw_sql(full).execute(&mut memory).await.unwrap();
    let operation = unknown(edit(&bureau, "Teapot", "Samovar").await);
    assert_eq!(title_in(&file).await, "Samovar");
    assert_eq!(state(&bureau, &operation).await, OperationState::Open);
    sqlx::raw_sql("DROP TRIGGER full").execute(&mut memory).await.unwrap();
    let settled = bureau.office.settle(&BackendName::new("shop").unwrap()).await.unwrap();
    assert_eq!(settled, 1);
    assert_eq!(state(&bureau, &operation).await, OperationState::Applied);
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn a_second_server_leaves_the_changes_of_the_first_alone() {
    let mut shop = Shop::open().await;
    let (mut holder, edit) = shop.begin_edit().await;
    shop.wait_for_sessions(WAITING, 1).await;
    let neighbour = shop.bureau.neighbour().await;
    let name = BackendName::new("shop").unwrap();
    assert_eq!(neighbour.settle(&name).await.unwrap(), 0, "somebody else works on it");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    let operation = edit.await.unwrap().unwrap().operation;
    let told = shop.bureau.office.operation(&shop.bureau.actor, &operation).await.unwrap();
    assert_eq!((told.state, told.settled), (OperationState::Applied, false));
    assert_eq!(shop.title().await, "Samovar");
    shop.bureau.assert_audit_is_intact().await;
}
