//! The server is killed a hundred times while it is editing. Afterwards every edit is applied and
//! recorded as applied, or not applied and recorded as such.

mod ledger;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kontor_store::{SealKey, Store};
use kontor_testkit::{Durability, PostgresServer, SqliteFile, eventually};
use ledger::Ledger;
use sqlx::Connection as _;
use tokio::sync::mpsc;

use crate::bed::{Bed, Serving, http};
use crate::serve::welcome;

/// People who edit at the same time, each a record of their own.
const PEOPLE: i64 = 8;
/// What the shop is: a counter for each of the people, and a list of all that was ever written, by
/// which an edit is known to be applied even when the next one has replaced it.
const COUNTERS: &str = "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
    CREATE TABLE written (value INTEGER NOT NULL);
    INSERT INTO counter (id, value) VALUES (1,0),(2,0),(3,0),(4,0),(5,0),(6,0),(7,0),(8,0);";

#[tokio::test]
async fn sixty_kills_over_sqlite_leave_no_edit_without_a_true_record() {
    let file = SqliteFile::fresh();
    let mut connection = file.connect().await;
    let trigger = "CREATE TRIGGER remember AFTER UPDATE ON counter
        BEGIN INSERT INTO written (value) VALUES (new.value); END;";
    for script in ["PRAGMA journal_mode = WAL", COUNTERS, trigger] {
        sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    }
    let mut shop = Shop::open(&file.url(), 0x5eed_0001).await;
    for _ in 0..60 {
        shop.edit_until_killed().await;
        let written = sqlx::query_scalar("SELECT value FROM written");
        let written = written.fetch_all(&mut connection).await.unwrap();
        shop.settle_and_compare(written).await;
    }
    shop.conclude().await;
}

#[tokio::test]
async fn forty_kills_over_postgresql_leave_no_edit_without_a_true_record() {
    let server = PostgresServer::start_with(Durability::Durable).await;
    let url = server.fresh_database().await;
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let trigger = "CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO written (value) VALUES (new.value); RETURN new; END$$;
        CREATE TRIGGER remember AFTER UPDATE ON counter
        FOR EACH ROW EXECUTE FUNCTION remember();";
    for script in [COUNTERS, trigger] {
        sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    }
    let mut shop = Shop::open(&url, 0x5eed_0002).await;
    for _ in 0..40 {
        shop.edit_until_killed().await;
        shop.wait_until_settled().await;
        let written = sqlx::query_scalar("SELECT value::bigint FROM written");
        let written = written.fetch_all(&mut connection).await.unwrap();
        shop.settle_and_compare(written).await;
    }
    shop.conclude().await;
}

/// An installation over a shop of counters.
struct Shop {
    bed: Bed,
    /// The running server; none while it is dead.
    serving: Option<Serving>,
    cookie: String,
    /// Kontor's memory, read beside the server.
    store: Store,
    ledger: Ledger,
    next: Arc<AtomicI64>,
    chance: Chance,
}

impl Shop {
    async fn open(url: &str, seed: u64) -> Self {
        let bed = Bed::new();
        bed.write("backends/shop.toml", &format!("url = \"{url}\"\nwritable = true\n"));
        let serving = bed.start(&["serve", "--log-level", "error"]).await;
        let entered = welcome(serving.link().expect("nobody administers yet")).await;
        let cookie = entered.headers()["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let seal: [u8; 32] = std::fs::read(bed.path("seal.key")).unwrap().try_into().unwrap();
        let store = format!("sqlite:{}", bed.path("kontor.db").display());
        let store = Store::open(&store, SealKey::new(seal)).await.unwrap();
        Self {
            bed,
            serving: Some(serving),
            cookie,
            store,
            ledger: Ledger::default(),
            next: Arc::new(AtomicI64::new(1)),
            chance: Chance(seed),
        }
    }

    /// Everybody edits; after some answers, how many is left to chance, the server is killed and
    /// started again.
    async fn edit_until_killed(&mut self) {
        let serving = self.serving.take().expect("it was started again after the last kill");
        let (answers, mut answered) = mpsc::unbounded_channel();
        let people: Vec<_> = (1..=PEOPLE)
            .map(|id| {
                let person = Person {
                    client: client(),
                    record: format!(
                        "{}/api/v1/backends/shop/resources/counter/records/{id}",
                        serving.address
                    ),
                    cookie: self.cookie.clone(),
                    next: Arc::clone(&self.next),
                    answers: answers.clone(),
                };
                tokio::spawn(person.edits())
            })
            .collect();
        drop(answers);
        for _ in 0..self.chance.up_to(40) {
            let value = answered.recv().await.expect("the server lives and answers");
            self.ledger.acknowledged(value);
        }
        serving.kill().await;
        for person in people {
            self.ledger.attempted(person.await.unwrap());
        }
        while let Some(value) = answered.recv().await {
            self.ledger.acknowledged(value);
        }
        self.serving = Some(self.bed.start(&["serve", "--log-level", "error"]).await);
    }

    async fn wait_until_settled(&self) {
        let store = &self.store;
        eventually("no change is open", async || {
            store.audit().open_changes().await.unwrap().is_empty()
        })
        .await;
    }

    /// Compares what is recorded with what the backend holds.
    async fn settle_and_compare(&mut self, written: Vec<i64>) {
        self.wait_until_settled().await;
        self.ledger.read_on(&self.store).await;
        self.ledger.compare(written);
    }

    async fn conclude(mut self) {
        let serving = self.serving.take().expect("it was started again after the last kill");
        assert_eq!(serving.stop().await.code, Some(0));
        let verified = self.bed.run(&["audit", "verify"]).await;
        assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
        self.ledger.conclude();
    }
}

/// Somebody who edits one record again and again.
struct Person {
    client: reqwest::Client,
    record: String,
    cookie: String,
    next: Arc<AtomicI64>,
    answers: mpsc::UnboundedSender<i64>,
}

impl Person {
    /// Edits until the server is gone; all values that were tried.
    async fn edits(self) -> Vec<i64> {
        let mut tried = Vec::new();
        loop {
            let value = self.next.fetch_add(1, Ordering::Relaxed);
            let body = serde_json::json!({ "set": { "value": value } });
            let request = self.client.patch(&self.record).header("cookie", &self.cookie);
            let Ok(answer) = request.json(&body).send().await else {
                tried.push(value);
                return tried;
            };
            let status = answer.status();
            // A server that was just started may not have read the backend yet.
            if status == reqwest::StatusCode::SERVICE_UNAVAILABLE {
                continue;
            }
            tried.push(value);
            assert_eq!(status, 200, "{}", answer.text().await.unwrap_or_default());
            // Nobody counts any more once the server is being killed.
            let _ = self.answers.send(value);
        }
    }
}

fn client() -> reqwest::Client {
    http().build().unwrap()
}

/// Numbers from a seed (xorshift), so that a run can be repeated.
struct Chance(u64);

impl Chance {
    /// A number from 1 to `most`.
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most + 1
    }
}
