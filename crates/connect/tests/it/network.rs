//! Servers that die, hang and come back, behind a proxy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kontor_connect::{FailureKind, Opening, WriteFailure, open};
use kontor_model::{ChangeKind, Condition, Engine, ItemOutcome, Value};
use kontor_testkit::{MariaDbServer, PostgresServer, Proxy, eventually};

use crate::bed::{Bed, Shop, everything, item, short};

/// A database with a proxy before it.
async fn behind_a_proxy(engine: Engine) -> (Bed, Proxy, Opening) {
    let bed = Bed::of(engine).await;
    let port = match engine {
        Engine::Postgres => PostgresServer::shared().await.port(),
        _ => MariaDbServer::shared().await.port(),
    };
    let proxy = Proxy::to(format!("127.0.0.1:{port}")).await;
    let url = bed.url().replace(&format!(":{port}/"), &format!(":{}/", proxy.port()));
    // A trigger makes each write of 99 take long.
    let trigger = bed.pick(
        "",
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NEW; END';
         CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.n = 99) EXECUTE FUNCTION dawdle();",
        "CREATE TRIGGER dawdle BEFORE UPDATE ON t FOR EACH ROW SET NEW.n = IF(NEW.n = 99, 99 + SLEEP(30), NEW.n);",
    );
    bed.run(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 10), (2, 20); {trigger}"
    ))
    .await;
    let opening = Opening { location: url.parse().unwrap(), ..bed.opening() };
    (bed, proxy, opening)
}

async fn kind(shop: &Shop) -> Option<FailureKind> {
    let query = everything(shop.resource("t"));
    shop.connection.select(&shop.of_name("t"), &query).await.err().map(|failure| failure.kind)
}

async fn a_dead_server_fails_at_once_and_recovers(engine: Engine) {
    let (_bed, proxy, opening) = behind_a_proxy(engine).await;
    let shop = Shop::of(open(opening)).await;
    assert_eq!(kind(&shop).await, None);
    proxy.refuse();
    assert_eq!(kind(&shop).await, Some(FailureKind::Unreachable), "the connection is broken");
    assert_eq!(kind(&shop).await, Some(FailureKind::Unreachable), "no other can be made");
    let begun = Instant::now();
    for _ in 0..100 {
        assert_eq!(kind(&shop).await, Some(FailureKind::Unreachable));
    }
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    proxy.restore();
    eventually("it is back", async || kind(&shop).await.is_none()).await;
    assert_eq!(shop.connection.gauge().in_use, 0);
}

async fn a_connection_that_broke_while_idle_is_not_noticed_by_anybody(engine: Engine) {
    let (_bed, proxy, opening) = behind_a_proxy(engine).await;
    let shop = Shop::of(open(opening)).await;
    proxy.cut();
    let cut = Instant::now();
    eventually("it was idle for a while", async || cut.elapsed() > Duration::from_millis(1_100))
        .await;
    let edit = item(&[Value::Int(1)], Vec::new(), vec![(1, Value::Int(11))]);
    let outcome = shop.write_one("t", ChangeKind::Update, edit).await;
    assert!(matches!(outcome, ItemOutcome::Applied(_)), "{outcome:?}");
}

async fn a_server_that_hangs_is_given_up(engine: Engine) {
    let (_bed, proxy, mut opening) = behind_a_proxy(engine).await;
    opening.budget = short(Duration::from_millis(300));
    opening.budget.connections = 1;
    opening.budget.connect_timeout = Duration::from_millis(500);
    let shop = Shop::of(open(opening)).await;
    proxy.stall();
    let begun = Instant::now();
    assert_eq!(kind(&shop).await, Some(FailureKind::Unreachable));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let edit = item(&[Value::Int(1)], Vec::new(), vec![(1, Value::Int(11))]);
    let failed = shop.write("t", ChangeKind::Update, &[edit]).await.unwrap_err();
    assert!(matches!(failed, WriteFailure::NotWritten(_)), "no connection was made: {failed}");
    proxy.restore();
    eventually("it is back", async || kind(&shop).await.is_none()).await;
}

/// Writes 99, which takes long, and breaks the connection meanwhile; how the write ended.
async fn cut_while_writing(engine: Engine, items: &[(i64, i64)]) -> (Bed, WriteFailure) {
    let (bed, proxy, opening) = behind_a_proxy(engine).await;
    let shop = Arc::new(Shop::of(open(opening)).await);
    let items: Vec<_> = items
        .iter()
        .map(|&(id, n)| item(&[Value::Int(id)], Vec::new(), vec![(1, Value::Int(n))]))
        .collect();
    let writing = Arc::clone(&shop);
    let write = tokio::spawn(async move { writing.write("t", ChangeKind::Update, &items).await });
    let dawdling = bed.pick(
        "",
        "SELECT 'x' FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
        "SELECT 'x' FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'",
    );
    eventually("the write has come so far", async || bed.ask(dawdling).await.len() == 1).await;
    proxy.cut();
    let failure = write.await.unwrap().unwrap_err();
    eventually("the connection is no more", async || shop.connection.gauge().in_use == 0).await;
    (bed, failure)
}

async fn a_write_whose_answer_is_lost_is_unknown(engine: Engine) {
    let (_bed, failure) = cut_while_writing(engine, &[(1, 99)]).await;
    assert!(matches!(failure, WriteFailure::Unknown(_)), "{failure}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_unknown() {
    // The trigger runs at the commit.
    let (_bed, failure) = cut_while_writing(Engine::Postgres, &[(1, 11), (2, 99)]).await;
    assert!(matches!(failure, WriteFailure::Unknown(_)), "{failure}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_breaks_before_the_commit_is_not_written() {
    // The trigger runs at the statement.
    let (bed, failure) = cut_while_writing(Engine::Mysql, &[(1, 11), (2, 99)]).await;
    assert!(matches!(failure, WriteFailure::NotWritten(_)), "{failure}");
    let shop = bed.shop(bed.opening()).await;
    let rows = shop.rows("t", Condition::everything()).await;
    assert_eq!([&rows[0][1], &rows[1][1]], [&Value::Int(10), &Value::Int(20)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_an_earlier_run_are_waited_for() {
    let bed = Bed::of(Engine::Postgres).await;
    bed.run("CREATE TABLE t (id INTEGER PRIMARY KEY)").await;
    let database = bed.url().database().to_owned();
    let mut opening = bed.opening();
    opening.session_name = format!("{database}/1");
    let earlier = bed.shop(opening.clone()).await;
    opening.session_name = format!("{database}/2");
    opening.budget = short(Duration::from_millis(100));
    let now = bed.shop(opening).await;
    assert!(!now.connection.earlier_sessions_ended().await.unwrap());
    drop(earlier);
    assert!(now.connection.earlier_sessions_ended().await.unwrap());
}

macro_rules! over_the_network {
    ($($sentence:ident,)+) => {
        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(kontor_model::Engine::Postgres).await;
            })+
        }
        mod on_mysql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(kontor_model::Engine::Mysql).await;
            })+
        }
    };
}

over_the_network! {
    a_dead_server_fails_at_once_and_recovers,
    a_connection_that_broke_while_idle_is_not_noticed_by_anybody,
    a_server_that_hangs_is_given_up,
    a_write_whose_answer_is_lost_is_unknown,
}
