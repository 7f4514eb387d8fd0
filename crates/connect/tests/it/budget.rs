//! No backend is burdened beyond its budget, and none can hold a request for ever.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use kontor_connect::FailureKind;
use kontor_model::{Condition, Engine, Value};
use kontor_testkit::eventually;

use crate::bed::{Bed, Shop, everything, short};
use crate::reading::numbered;

/// A view that takes half a minute, and a table.
async fn slow(bed: &Bed) {
    let view = bed.pick(
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000000000) SELECT max(i) AS x FROM c",
        "SELECT pg_sleep(30)::text AS x",
        "SELECT SLEEP(30) AS x",
    );
    bed.run(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 10); CREATE VIEW slow AS {view};"
    ))
    .await;
}

async fn ask(shop: &Shop, name: &str) -> Result<Vec<Vec<Value>>, FailureKind> {
    let mut query = everything(shop.resource(name));
    query.sort.clear();
    query.total_order = false;
    let page = shop.connection.select(&shop.of_name(name), &query).await;
    page.map(|page| page.rows).map_err(|failure| failure.kind)
}

/// How many sessions of this test work in the database now.
async fn working(bed: &Bed) -> usize {
    let question = bed.pick(
        "SELECT 'x' WHERE FALSE",
        "SELECT 'x' FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'kontor-test/1' AND state = 'active'",
        "SELECT 'x' FROM information_schema.processlist WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID()",
    );
    bed.ask(question).await.len()
}

pub(crate) async fn a_slow_statement_is_ended_and_the_connection_goes_on(bed: Bed) {
    slow(&bed).await;
    let mut opening = bed.opening();
    opening.budget = short(Duration::from_millis(300));
    let shop = bed.shop(opening).await;
    let begun = Instant::now();
    assert_eq!(ask(&shop, "slow").await, Err(FailureKind::Timeout));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let gauge = shop.connection.gauge();
    assert_eq!((gauge.in_use, gauge.idle), (0, 1), "the connection is still good");
    assert_eq!(ask(&shop, "t").await.unwrap().len(), 1);
    assert_eq!(shop.connection.gauge().idle, 1);
    assert_eq!(working(&bed).await, 0);
}

pub(crate) async fn a_request_that_nobody_waits_for_is_cancelled_in_the_database(bed: Bed) {
    slow(&bed).await;
    let mut opening = bed.opening();
    opening.budget.connections = 1;
    let shop = std::sync::Arc::new(bed.shop(opening).await);
    let asking = std::sync::Arc::clone(&shop);
    let request = tokio::spawn(async move { ask(&asking, "slow").await });
    let works = async || match bed.engine() {
        Engine::Sqlite => shop.connection.gauge().in_use == 1,
        _ => working(&bed).await == 1,
    };
    eventually("the statement runs", works).await;
    request.abort();
    let begun = Instant::now();
    eventually("nothing works for it any more", async || {
        working(&bed).await == 0 && shop.connection.gauge().in_use == 0
    })
    .await;
    assert_eq!(ask(&shop, "t").await.unwrap().len(), 1, "the only connection is free again");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

pub(crate) async fn there_are_never_more_connections_than_permitted(bed: Bed) {
    slow(&bed).await;
    let mut opening = bed.opening();
    opening.budget.connections = 2;
    opening.budget.wait = Duration::from_millis(200);
    let shop = bed.shop(opening).await;
    let both = async { tokio::join!(ask(&shop, "slow"), ask(&shop, "slow")) };
    let third = async {
        eventually("two are at work", async || shop.connection.gauge().in_use == 2).await;
        for _ in 0..3 {
            assert_eq!(ask(&shop, "t").await, Err(FailureKind::Busy));
        }
        if bed.engine() != Engine::Sqlite {
            assert_eq!(working(&bed).await, 2);
        }
        assert_eq!(shop.connection.gauge().permitted, 2);
    };
    tokio::select! {
        _ = both => panic!("the slow ones are not over yet"),
        () = third => {}
    }
    eventually("they are free again", async || ask(&shop, "t").await.is_ok()).await;
}

pub(crate) async fn a_stream_that_is_left_gives_its_connection_back(bed: Bed) {
    slow(&bed).await;
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&numbered(&bed, "many", 200_000)).await;
    let mut opening = bed.opening();
    opening.budget.connections = 1;
    let shop = bed.shop(opening).await;
    let budget = Duration::from_secs(60);
    for name in ["many", "slow"] {
        let mut query = everything(shop.resource(name));
        query.sort.truncate(if name == "slow" { 0 } else { 1 });
        let mut stream = shop.connection.stream(&shop.of_name(name), &query, budget).await.unwrap();
        if name == "many" {
            assert_eq!(stream.next().await.unwrap().unwrap()[0], Value::Int(1));
        }
        drop(stream);
        eventually("the connection is free again", async || ask(&shop, "t").await.is_ok()).await;
        eventually("nothing works for it", async || working(&bed).await == 0).await;
    }
}

pub(crate) async fn a_long_stream_needs_little_memory(bed: Bed) {
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&numbered(&bed, "many", 200_000)).await;
    bed.run("CREATE VIEW wide AS SELECT id, 'a text of some fifty characters, the same in all rows' AS body FROM many").await;
    let shop = bed.shop(bed.opening()).await;
    let before = resident();
    let query = everything(shop.resource("wide"));
    let query = kontor_model::Query { sort: query.sort[..1].to_vec(), ..query };
    let of = shop.of_name("wide");
    let stream = shop.connection.stream(&of, &query, Duration::from_secs(100)).await.unwrap();
    let (rows, most) = stream
        .fold((0_u32, 0), async |(rows, most), row| {
            row.unwrap();
            // Looking at the memory costs more than reading a row.
            let most = if rows % 20_000 == 0 { resident().max(most) } else { most };
            (rows + 1, most)
        })
        .await;
    assert_eq!(rows, 200_000);
    let grown = most.saturating_sub(before);
    assert!(grown < 20 << 20, "{} MiB for 200,000 rows", grown >> 20);
}

/// Bytes of memory that this process holds.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

pub(crate) async fn what_was_allowed_once_is_not_allowed_for_ever(bed: Bed) {
    slow(&bed).await;
    let mut opening = bed.opening();
    opening.budget = short(Duration::from_millis(500));
    opening.budget.connections = 1;
    let shop = bed.shop(opening).await;
    // A count and a stream have times of their own; the next request has the usual one.
    let long = Duration::from_secs(100);
    shop.connection.count(&shop.of_name("t"), &Condition::everything(), long).await.unwrap();
    let query = everything(shop.resource("t"));
    let stream = shop.connection.stream(&shop.of_name("t"), &query, long).await.unwrap();
    assert_eq!(stream.count().await, 1);
    eventually("the stream is over", async || shop.connection.gauge().in_use == 0).await;
    assert_eq!(ask(&shop, "slow").await, Err(FailureKind::Timeout));
}
