//! When a way to a backend ends, nothing of ours is left there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kontor_connect::FailureKind;
use kontor_model::{Engine, Query, Value};
use kontor_testkit::eventually;

use crate::bed::{Bed, Shop, everything, text};

/// A table, in a file in WAL mode where it is a file, and a view that takes some time.
async fn shop(bed: &Bed, seconds: f64) -> Shop {
    if bed.engine() == Engine::Sqlite {
        bed.run("PRAGMA journal_mode = WAL").await;
    }
    let counted = format!(
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {}) SELECT max(i) AS x FROM c",
        seconds * 2_000_000.0
    );
    let (postgres, mysql) =
        (format!("SELECT pg_sleep({seconds})::text AS x"), format!("SELECT SLEEP({seconds}) AS x"));
    let view = bed.pick(counted, postgres, mysql);
    bed.with(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20)); INSERT INTO t VALUES (1, 'a'); CREATE VIEW slow AS {view};"
    ))
    .await
}

/// What is left of us: sessions, or files beside the database's own.
async fn left(bed: &Bed) -> Vec<String> {
    if let Some(file) = bed.url().strip_prefix("sqlite:") {
        let beside = ["-wal", "-shm", "-journal"].map(|end| format!("{file}{end}"));
        return beside.into_iter().filter(|file| std::path::Path::new(file).exists()).collect();
    }
    let question = bed.pick(
        "",
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    );
    bed.ask(question).await.into_iter().flatten().collect()
}

/// A server notices a moment later that a session has said goodbye; a file is closed at once.
async fn assert_nothing_is_left(bed: &Bed) {
    if bed.engine() == Engine::Sqlite {
        assert_eq!(left(bed).await, Vec::<String>::new());
    }
    eventually("nothing of ours is left", async || left(bed).await.is_empty()).await;
}

fn query(shop: &Shop, name: &str) -> Query {
    Query { sort: Vec::new(), total_order: false, ..everything(shop.resource(name)) }
}

/// Asks the slow view, and is at work when this comes back.
async fn begin(shop: &Arc<Shop>) -> tokio::task::JoinHandle<Result<usize, FailureKind>> {
    let asking = Arc::clone(shop);
    let slow = tokio::spawn(async move {
        let page = asking.connection.select(&asking.of_name("slow"), &query(&asking, "slow")).await;
        page.map(|page| page.rows.len()).map_err(|failure| failure.kind)
    });
    eventually("the view is read", async || shop.connection.gauge().in_use == 1).await;
    slow
}

pub(crate) async fn closing_leaves_no_session_and_no_file_behind(bed: Bed) {
    let shop = shop(&bed, 0.1).await;
    // As many connections as there may be: those that are closed at once must not each take
    // another for the last.
    let permitted = shop.connection.gauge().permitted;
    let pings = (0..permitted).map(|_| shop.connection.ping());
    for pinged in futures_util::future::join_all(pings).await {
        pinged.unwrap();
    }
    shop.update("t", 1, "name", text("a"), text("b")).await;
    assert!(!left(&bed).await.is_empty(), "until then something is there");
    shop.connection.close().await;
    assert_nothing_is_left(&bed).await;
    let gauge = shop.connection.gauge();
    assert_eq!((gauge.in_use, gauge.idle), (0, 0));
    shop.connection.ping().await.unwrap_err();
    assert_nothing_is_left(&bed).await;
    assert_eq!(bed.ask("SELECT name FROM t").await, [Some("b".to_owned())]);
    shop.connection.close().await;
}

pub(crate) async fn closing_waits_for_what_is_at_work(bed: Bed) {
    let shop = Arc::new(shop(&bed, 0.3).await);
    shop.update("t", 1, "name", text("a"), text("b")).await;
    let slow = begin(&shop).await;
    shop.connection.close().await;
    assert_nothing_is_left(&bed).await;
    assert_eq!(slow.await.unwrap(), Ok(1));
}

pub(crate) async fn closing_does_not_wait_for_ever(bed: Bed) {
    let shop = Arc::new(shop(&bed, 600.0).await);
    let slow = begin(&shop).await;
    let begun = Instant::now();
    shop.connection.close().await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    slow.abort();
    eventually("nothing of ours is left", async || left(&bed).await.is_empty()).await;
}

pub(crate) async fn what_everybody_has_let_go_of_is_closed(bed: Bed) {
    let shop = Arc::new(shop(&bed, 0.3).await);
    shop.update("t", 1, "name", text("a"), text("b")).await;
    let slow = begin(&shop).await;
    drop(shop);
    assert_eq!(slow.await.unwrap(), Ok(1), "who is at work ends it");
    eventually("nothing of ours is left", async || left(&bed).await.is_empty()).await;
    assert_eq!(bed.ask("SELECT name FROM t").await, [Value::Text("b".into()).to_text()]);
}
