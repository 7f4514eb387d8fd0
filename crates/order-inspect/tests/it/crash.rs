//! W3: the service is killed at the peak, twenty times. Whatever was acknowledged is there, once.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::future::join_all;
use kontor_testkit::{Durability, PostgresServer, eventually};
use order_inspect::{args, db::Db, error::Error};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::shop::assert_balance;

/// How often it is killed.
const KILLS: usize = 20;
/// Buyers that order at the same time.
const BUYERS: u64 = 24;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_over_sqlite_lose_no_acknowledged_order_and_double_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = vec!["--data".to_owned(), folder.path().display().to_string()];
    story(place, 0x5eed_0001).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_over_postgresql_lose_no_acknowledged_order_and_double_none() {
    let server = PostgresServer::start_with(Durability::Durable).await;
    let url = server.fresh_database().await;
    story(vec!["--database".to_owned(), url.to_string()], 0x5eed_0002).await;
}

async fn story(place: Vec<String>, seed: u64) {
    let mut shop = Shop::open(place).await;
    let mut chance = Chance(seed);
    for _ in 0..KILLS {
        let answers = 20 + chance.below(150);
        shop.sell_until_killed(answers).await;
        shop.compare().await;
    }
    shop.conclude();
}

/// A seeded shop, and what its buyers know.
struct Shop {
    /// Where the database is, as the command line says it.
    place: Vec<String>,
    address: SocketAddr,
    key: String,
    client: reqwest::Client,
    next: Arc<AtomicU64>,
    /// What is bought.
    skus: Arc<[String]>,
    /// Orders that were tried, by their keys.
    tried: BTreeMap<String, Value>,
    /// Order numbers that were acknowledged, by their keys.
    acknowledged: HashMap<String, String>,
    /// Tried orders that were cut off: how many were there afterwards, and how many were not.
    cut: (usize, usize),
}

/// What a buyer tried, and the number that was acknowledged.
type Attempt = (String, Value, Option<String>);

impl Shop {
    async fn open(place: Vec<String>) -> Self {
        // Whichever test is first installs it.
        drop(rustls::crypto::ring::default_provider().install_default());
        run(&place, &["seed", "--scale", "0.0001"]);
        let key = run(&place, &["key", "create", "test"]).trim().to_owned();
        let skus: Arc<[String]> = stock_up(&database(&place).await).await.into();
        Self {
            place,
            skus,
            address: free_address(),
            key,
            client: reqwest::Client::builder().no_proxy().build().expect("a client"),
            next: Arc::default(),
            tried: BTreeMap::new(),
            acknowledged: HashMap::new(),
            cut: (0, 0),
        }
    }

    /// Everybody orders; after so many answers the service is killed.
    async fn sell_until_killed(&mut self, answers: u64) {
        let mut service = self.start().await;
        let (tell, mut told) = mpsc::unbounded_channel();
        let buyers: Vec<_> =
            (0..BUYERS).map(|_| tokio::spawn(self.buyer().orders(tell.clone()))).collect();
        drop(tell);
        let mut attempts = Vec::new();
        for _ in 0..answers {
            attempts.push(told.recv().await.expect("the service lives and answers"));
        }
        service.kill().expect("the service is killed");
        service.wait().expect("the service has ended");
        join_all(buyers).await.into_iter().for_each(|buyer| buyer.expect("a buyer"));
        while let Some(attempt) = told.recv().await {
            attempts.push(attempt);
        }
        for (key, order, number) in attempts {
            if let Some(number) = number {
                self.acknowledged.insert(key.clone(), number);
            }
            self.tried.insert(key, order);
        }
    }

    async fn start(&self) -> Child {
        let address = self.address.to_string();
        let service = Command::new(env!("CARGO_BIN_EXE_order-inspect"))
            .args(&self.place)
            .args(["serve", "--rate-per-key", "0", "--rate-per-address", "0", "--listen", &address])
            .env("ORDER_INSPECT_LOG", "error")
            .stdin(Stdio::null())
            .spawn()
            .expect("the service starts");
        let ready = format!("http://{address}/ready");
        eventually("the service is ready", async || {
            self.client.get(&ready).send().await.is_ok_and(|it| it.status() == 200)
        })
        .await;
        service
    }

    fn buyer(&self) -> Buyer {
        Buyer {
            client: self.client.clone(),
            orders: format!("http://{}/orders", self.address),
            key: self.key.clone(),
            next: Arc::clone(&self.next),
            skus: Arc::clone(&self.skus),
        }
    }

    /// What the database holds is what was acknowledged and a part of what was tried, each whole and once; sending
    /// it all again changes nothing but what had been cut off.
    async fn compare(&mut self) {
        let mut service = self.start().await;
        let db = database(&self.place).await;
        let stored = stored(&db).await;
        for (key, number) in &self.acknowledged {
            assert_eq!(stored.by_key.get(key), Some(number), "{key} was acknowledged");
        }
        for key in stored.by_key.keys() {
            assert!(self.tried.contains_key(key), "{key} was never asked for");
        }
        let cut: Vec<String> = self
            .tried
            .keys()
            .filter(|key| !self.acknowledged.contains_key(*key))
            .cloned()
            .collect();
        let there = cut.iter().filter(|key| stored.by_key.contains_key(*key)).count();
        self.cut = (self.cut.0 + there, self.cut.1 + cut.len() - there);
        stored.assert_whole();
        assert_balance(&db).await;
        let buyer = self.buyer();
        for key in cut {
            let number = buyer.order(&key, &self.tried[&key]).await.expect("an answer");
            if let Some(before) = stored.by_key.get(&key) {
                assert_eq!(&number, before, "{key} was sent again");
            }
            self.acknowledged.insert(key, number);
        }
        let numbers: HashSet<&String> = self.acknowledged.values().collect();
        assert_eq!(numbers.len(), self.acknowledged.len(), "a number stands for one order");
        service.kill().expect("the service is killed");
        service.wait().expect("the service has ended");
    }

    /// Kills that cut nothing off would have proved nothing.
    #[expect(clippy::print_stdout, reason = "a test's standard output is for whoever asks for it")]
    fn conclude(&self) {
        let (there, not) = self.cut;
        println!(
            "{} orders, cut off: {there} there afterwards, {not} not",
            self.acknowledged.len()
        );
        assert!(there + not >= KILLS, "a kill cuts off at least one order");
    }
}

pub(crate) async fn database(place: &[String]) -> Db {
    let [how, place] = place else { panic!("a place is two words") };
    let opened = if how == "--data" {
        Db::open_folder(place.as_ref()).await
    } else {
        Db::open_postgres(place, 4).await
    };
    opened.expect("the database")
}

/// Four articles of which there is more than is bought.
async fn stock_up(db: &Db) -> Vec<String> {
    let skus = db.write(|tx| {
        Box::pin(async move {
            let move_in = "INSERT INTO stock_movement (id, variant_id, location_id, kind, on_hand_change,
                    actor, at)
                SELECT 1000000000 + variant_id, variant_id, 1, 'receipt', 1000000, 'test', 0 FROM stock
                WHERE variant_id <= 4 AND location_id = 1";
            tx.run(move_in, args![]).await?;
            let sql = "UPDATE stock SET on_hand = on_hand + 1000000 WHERE variant_id <= 4 AND location_id = 1";
            tx.run(sql, args![]).await?;
            let rows = tx.rows("SELECT sku FROM variant WHERE id <= 4 ORDER BY id", args![]).await?;
            rows.iter().map(|row| Ok(row.get("sku")?)).collect::<Result<Vec<String>, Error>>()
        })
    });
    skus.await.expect("stock")
}

/// What the database holds of the orders of this test.
struct Stored {
    /// Numbers of orders by the keys under which they were placed.
    by_key: HashMap<String, String>,
    /// By number: lines, allocated units, ordered units, events, outbox rows.
    rows: BTreeMap<String, [i64; 5]>,
    /// The number that the shop gives next.
    next: i64,
}

/// The orders of the seed, which were placed by nobody.
const SEEDED: &str = "o.id > 1000";

async fn stored(db: &Db) -> Stored {
    let read = db.read(|tx| {
        Box::pin(async move {
            let keys = tx.rows("SELECT idempotency_key, headers FROM idempotency", args![]).await?;
            let mut by_key = HashMap::new();
            for row in keys {
                let headers: Vec<(String, String)> = row.json("headers")?;
                let location = headers.into_iter().find(|(name, _)| name == "location");
                let number = location.map(|(_, value)| value.replace("/orders/", ""));
                by_key.insert(row.get("idempotency_key")?, number.unwrap_or_default());
            }
            let sql = format!(
                "SELECT o.number,
                    (SELECT COUNT(*) FROM order_line l WHERE l.order_id = o.id) AS lines,
                    (SELECT CAST(SUM(a.quantity) AS BIGINT) FROM allocation a WHERE a.order_id = o.id) AS held,
                    (SELECT CAST(SUM(l.quantity) AS BIGINT) FROM order_line l WHERE l.order_id = o.id) AS units,
                    (SELECT COUNT(*) FROM order_event e WHERE e.order_id = o.id) AS events,
                    (SELECT COUNT(*) FROM outbox b WHERE b.order_id = o.id AND b.topic = 'order.placed') AS told
                FROM orders o WHERE {SEEDED}"
            );
            let mut rows = BTreeMap::new();
            for row in tx.rows(&sql, args![]).await? {
                let facts = ["lines", "held", "units", "events", "told"].map(|name| row.get::<i64>(name));
                let [lines, held, units, events, told] = facts;
                rows.insert(row.get("number")?, [lines?, held?, units?, events?, told?]);
            }
            let sql = "SELECT next_number FROM number_range WHERE channel_id = 1 AND kind = 'order'";
            let next = tx.one(sql, args![]).await?.get("next_number")?;
            Ok::<_, Error>(Stored { by_key, rows, next })
        })
    });
    read.await.expect("the orders")
}

impl Stored {
    /// Each order is there with all of its rows and one key, and their numbers have no gap.
    fn assert_whole(&self) {
        for (number, [lines, held, units, events, told]) in &self.rows {
            assert_eq!((*lines, *events, *told), (2, 1, 1), "{number} is whole");
            assert_eq!(held, units, "{number} holds what it needs");
        }
        let under_keys: HashSet<&String> = self.by_key.values().collect();
        assert_eq!(under_keys.len(), self.by_key.len(), "no two keys have one order");
        assert_eq!(under_keys, self.rows.keys().collect(), "each order has a key");
        let mut numbers: Vec<i64> =
            self.rows.keys().map(|it| it[3..].parse().expect("a number")).collect();
        numbers.sort_unstable();
        let first = self.next - i64::try_from(numbers.len()).expect("a count");
        assert_eq!(numbers, (first..self.next).collect::<Vec<_>>(), "numbers have no gap");
    }
}

/// Somebody who orders again and again.
struct Buyer {
    client: reqwest::Client,
    orders: String,
    key: String,
    next: Arc<AtomicU64>,
    skus: Arc<[String]>,
}

impl Buyer {
    /// Orders until the service is gone.
    async fn orders(self, tell: mpsc::UnboundedSender<Attempt>) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let (key, order) = (format!("key-{number}"), order(&self.skus, number));
            let placed = self.order(&key, &order).await;
            let goes_on = placed.is_some();
            tell.send((key, order, placed)).expect("somebody listens");
            if !goes_on {
                return;
            }
        }
    }

    /// The number of the order, or nothing where the service was gone before it answered.
    async fn order(&self, key: &str, order: &Value) -> Option<String> {
        let request = self.client.post(&self.orders).bearer_auth(&self.key).json(order);
        let answer = request.header("idempotency-key", key).send().await.ok()?;
        let status = answer.status();
        let body: Value = answer.json().await.ok()?;
        assert_eq!(status, 201, "{body}");
        Some(body["number"].as_str().expect("a number").to_owned())
    }
}

/// Two articles that everybody wants, in an order that differs from buyer to buyer.
fn order(skus: &[String], number: u64) -> Value {
    let sku = |at: u64| &skus[usize::try_from(at % 4).expect("a remainder is small")];
    let (a, b) = (sku(number), sku(number / 4 + 1));
    let quantity = 1 + number % 2;
    json!({
        "channel": "de", "email": format!("buyer-{number}@example.org"),
        "lines": [{ "sku": a, "quantity": quantity }, { "sku": b, "quantity": 1 }],
        "billing_address": { "name": "Erika Mustermann", "street": "Lange Straße 7", "postal_code": "20095",
            "city": "Hamburg", "country": "DE" },
        "delivery_method": "parcel", "payment_method": "invoice", "coupons": ["HERBST5"]
    })
}

pub(crate) fn run(place: &[String], words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_order-inspect")).args(place).args(words).output();
    let output = output.expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A port that was free a moment ago; the service is started on it again and again.
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// Numbers from a seed (xorshift), so that a run can be repeated.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
