//! One search over all backends: what is found, by whom, and what becomes of it when a backend is
//! stopped, a record changes, or the index is lost.

use std::sync::Arc;
use std::time::Duration;

use kontor_model::{BackendName, RecordKey, ResourceName, Value};
use kontor_office::{
    Actor, BackendCondition, EditRequest, FoundRecord, Grant, Input, NewPerson, Office, Pace, Role,
};
use kontor_testkit::{PostgresServer, Proxy, SqliteFile, eventually};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::task::JoinHandle;

use crate::office::{Bureau, PASSWORD};

/// As fast as it goes.
const EAGER: Pace = Pace {
    look: Duration::from_millis(5),
    pause: Duration::ZERO,
    changes: Duration::ZERO,
    scan: Duration::ZERO,
    sweep: Duration::ZERO,
};
/// Everything once, and then nothing more.
const ONCE: Pace = Pace {
    look: Duration::from_millis(5),
    pause: Duration::ZERO,
    changes: Duration::from_secs(3600),
    scan: Duration::from_secs(3600),
    sweep: Duration::from_secs(3600),
};

const CUSTOMERS: &str = "CREATE TABLE customer (
        id integer PRIMARY KEY, name text NOT NULL, phone text, remark text, password text);
    INSERT INTO customer VALUES
        (1, 'Andrea Müller', '+49 431 123456', 'zahlt pünktlich', 'geheimwort'),
        (2, 'Jörg Groß', '0451/998877', 'Stammkundschaft', 'losungswort');";
const CUSTOMERS_TOLD: &str = "
[resources.customer]
title_field = 'name'
search = ['name', 'phone', 'remark']
[resources.customer.fields.phone]
format = 'phone'
";
const ORDERS: &str = "CREATE TABLE orders (
        id integer PRIMARY KEY, number text NOT NULL UNIQUE, recipient text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX ON orders (updated_at);
    INSERT INTO orders (id, number, recipient) VALUES
        (10, '2026-104233', 'Familie Möller'), (11, '2026-104234', 'Wanderschuh-Verleih Kiel');";
const ORDERS_TOLD: &str = "
[resources.orders]
title_field = ['number', 'recipient']
search = ['number', 'recipient']
stamps = { updated = 'updated_at' }
";

/// An office over customers in a file and orders on a server, which a proxy can stop.
struct Shop {
    bureau: Bureau,
    proxy: Proxy,
    direct: PgConnection,
    customers: SqliteFile,
    filling: Option<JoinHandle<()>>,
}

impl Shop {
    async fn open() -> Self {
        Self::with(CUSTOMERS_TOLD, ORDERS_TOLD).await
    }

    async fn with(customers_told: &str, orders_told: &str) -> Self {
        let customers = SqliteFile::fresh();
        let mut file = customers.connect().await;
        sqlx::raw_sql(CUSTOMERS).execute(&mut file).await.unwrap();
        let server = PostgresServer::shared().await;
        let url = server.fresh_database().await;
        let mut direct = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(ORDERS).execute(&mut direct).await.unwrap();
        let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
        let (from, to) = (format!(":{}/", server.port()), format!(":{}/", proxy.port()));
        let through = url.replace(&from, &to);
        let file = customers.url();
        let backends = [("crm", file.as_str(), customers_told), ("shop", &through, orders_told)];
        let bureau = Bureau::saying(&backends).await;
        bureau.office.open_index(&bureau.index_folder()).await.unwrap();
        Self { bureau, proxy, direct, customers, filling: None }
    }

    /// An office whose index holds everything.
    async fn indexed(pace: Pace) -> Self {
        let mut shop = Self::open().await;
        shop.fill(pace);
        shop.whole().await;
        shop
    }

    fn fill(&mut self, pace: Pace) {
        self.stop_filling();
        self.filling = Some(tokio::spawn(Arc::clone(&self.bureau.office).keep_index(pace)));
    }

    fn stop_filling(&mut self) {
        if let Some(filling) = self.filling.take() {
            filling.abort();
        }
    }

    async fn whole(&self) {
        whole(&self.bureau.office, &self.bureau.actor).await;
    }

    async fn ask(&self, words: &str) -> Vec<FoundRecord> {
        ask(&self.bureau.office, &self.bureau.actor, words).await
    }

    async fn keys(&self, words: &str) -> Vec<String> {
        self.ask(words).await.iter().map(|hit| hit.key.to_text()).collect()
    }

    async fn in_orders(&mut self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.direct).await.unwrap();
    }

    /// Stops the server of the orders, as far as the office can tell.
    fn stop_orders(&self) {
        self.proxy.refuse();
        self.proxy.cut();
    }

    /// Lets the server be reached again, and waits until the office has noticed.
    async fn restore_orders(&self) {
        self.proxy.restore();
        let watch = Arc::clone(&self.bureau.office)
            .watch_backends(Duration::from_millis(10), Duration::MAX);
        let watching = tokio::spawn(watch);
        let backend = self.bureau.reading("shop").backend;
        eventually("the backend answers again", async || {
            backend.health().condition == BackendCondition::Ready
        })
        .await;
        watching.abort();
    }

    /// What is found of the orders while their server is stopped: what the index knows.
    async fn known(&self, words: &str) -> Vec<String> {
        let hits = self.ask(words).await;
        let orders: Vec<_> =
            hits.into_iter().filter(|hit| hit.backend.as_str() == "shop").collect();
        assert!(orders.iter().all(|hit| hit.as_of.is_some()), "{orders:?}");
        orders.into_iter().map(|hit| hit.title).collect()
    }
}

async fn ask(office: &Office, actor: &Arc<Actor>, words: &str) -> Vec<FoundRecord> {
    office.find(actor, words, None).await.unwrap().records
}

async fn whole(office: &Office, actor: &Arc<Actor>) {
    eventually("everything is indexed", async || {
        ["crm", "shop"].iter().all(|name| {
            let permit = office.permit(actor, &BackendName::new(*name).unwrap()).unwrap();
            let indexed = office.indexed(&permit);
            !indexed.is_empty() && indexed.iter().all(|resource| resource.is_whole)
        })
    })
    .await;
}

/// Somebody who may read the customers only.
async fn clerk(bureau: &Bureau) -> Arc<Actor> {
    let grants = [Grant { backend: "crm".to_owned(), role: Role::Reader }];
    let (office, frieda) = (&bureau.office, &bureau.actor);
    let invited = office.invite(frieda, "Karl", "karl@example.org", false, &grants).await;
    let person = NewPerson {
        name: "Karl".to_owned(),
        email: "karl@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        language: "de".to_owned(),
        time_zone: "UTC".to_owned(),
    };
    let signed_in =
        office.use_link(&invited.unwrap().1, person, "127.0.0.1", "test").await.unwrap();
    office.actor_of_session(&signed_in.secret).await.unwrap().unwrap()
}

#[tokio::test]
async fn everything_is_found_at_once_in_any_spelling() {
    let shop = Shop::indexed(ONCE).await;
    for (words, key) in [
        ("Mueller", "1"),
        ("andrea mül", "1"),
        ("0431 123456", "1"),
        ("0049 431/12 34 56", "1"),
        ("Jorg Gross", "2"),
        ("#2026 104 233", "10"),
        ("104234", "11"),
        ("Wandershcuh", "11"),
        ("verleih", "11"),
    ] {
        let hits = shop.ask(words).await;
        assert_eq!(hits.first().map(|hit| hit.key.to_text()).as_deref(), Some(key), "{words}");
        assert!(hits.iter().all(|hit| hit.as_of.is_none()), "{words}: all was read just now");
    }
    assert!(shop.ask("2026-104233").await[0].is_exact);
}

#[tokio::test]
async fn what_a_stopped_backend_holds_is_found_and_said_to_be_old() {
    let shop = Shop::indexed(ONCE).await;
    shop.stop_orders();
    for words in ["2026104233", "Möller", "moeler"] {
        assert_eq!(shop.known(words).await, ["2026-104233 Familie Möller"], "{words}");
    }
    let hits = shop.ask("Müller").await;
    assert_eq!((hits[0].key.to_text().as_str(), hits[0].as_of), ("1", None), "others are fresh");

    shop.restore_orders().await;
    let hits = shop.ask("Möller").await;
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit.as_of.is_none()), "{hits:?}");
}

#[tokio::test]
async fn a_backend_that_hangs_does_not_hide_what_the_index_knows() {
    let shop = Shop::indexed(ONCE).await;
    shop.proxy.stall();
    assert_eq!(shop.known("Möller").await, ["2026-104233 Familie Möller"]);
    shop.proxy.restore();
}

#[tokio::test]
async fn who_may_not_read_a_backend_finds_nothing_of_it() {
    let shop = Shop::indexed(ONCE).await;
    let clerk = clerk(&shop.bureau).await;
    for stopped in [false, true] {
        for words in ["2026-104233", "Möller", "104234", "Wandershcuh"] {
            let found = shop.bureau.office.find(&clerk, words, None).await.unwrap();
            let of_shop = found.records.iter().filter(|hit| hit.backend.as_str() == "shop").count();
            assert_eq!((of_shop, found.missing.len()), (0, 0), "{words}, stopped: {stopped}");
        }
        assert_eq!(ask(&shop.bureau.office, &clerk, "Müller").await[0].key.to_text(), "1");
        shop.stop_orders();
    }
}

#[tokio::test]
async fn what_is_hidden_or_secret_leads_nobody_to_a_record() {
    let told = format!("{CUSTOMERS_TOLD}\n[resources.customer.fields.remark]\nhidden = true\n");
    let mut shop = Shop::with(&told, ORDERS_TOLD).await;
    shop.fill(ONCE);
    shop.whole().await;
    for words in ["pünktlich", "Stammkundschaft", "geheimwort", "losungswort"] {
        assert!(shop.ask(words).await.is_empty(), "{words}");
    }
    let index = std::fs::read(shop.bureau.index_folder().join("search.db")).unwrap();
    let log = std::fs::read(shop.bureau.index_folder().join("search.db-wal")).unwrap_or_default();
    let held = String::from_utf8_lossy(&[index, log].concat()).into_owned();
    assert!(held.contains("Andrea Müller"), "the file was looked into");
    for word in ["geheimwort", "losungswort", "stammkund", "punktlich"] {
        assert!(!held.contains(word), "{word} is in the index");
    }
}

#[tokio::test]
async fn what_was_hidden_meanwhile_is_not_found_even_while_its_backend_is_stopped() {
    let mut shop = Shop::indexed(ONCE).await;
    shop.stop_filling();
    shop.stop_orders();
    assert_eq!(shop.known("Möller").await.len(), 1);
    let file = shop.bureau.manifest_file("shop");
    let text = std::fs::read_to_string(&file).unwrap();
    let hidden = "[resources.orders.fields.recipient]\nhidden = true\n";
    std::fs::write(&file, format!("{text}\n{hidden}")).unwrap();

    let office = shop.bureau.neighbour().await;
    office.open_index(&shop.bureau.index_folder()).await.unwrap();
    let found = ask(&office, &shop.bureau.actor, "Möller").await;
    assert!(found.iter().all(|hit| hit.backend.as_str() != "shop"), "{found:?}");
}

#[tokio::test]
async fn a_resource_that_is_not_to_be_searched_is_not_indexed() {
    let shop = Shop::with("[resources.customer]\nsearch = []\n", ORDERS_TOLD).await;
    assert!(shop.bureau.office.indexed(&shop.bureau.reading("crm")).is_empty());
    assert!(shop.ask("Müller").await.is_empty());
    assert_eq!(shop.bureau.office.indexed(&shop.bureau.reading("shop")).len(), 1);
}

/// Changes the recipient of an order through the office.
async fn rename(shop: &Shop, before: &str, after: &str) {
    let (permit, orders) = (shop.bureau.editing("shop"), ResourceName::new("orders"));
    let edit = EditRequest {
        set: vec![("recipient".to_owned(), Input::Text(after.to_owned()))],
        expect: vec![("recipient".to_owned(), Value::Text(before.to_owned()))],
        version: None,
    };
    let key = RecordKey::from_text("10").unwrap();
    let plan = shop.bureau.office.plan_update(&permit, &orders, &key, &edit).await.unwrap();
    shop.bureau.office.apply(&shop.bureau.actor, &permit.backend, plan).await.unwrap();
}

#[tokio::test]
async fn what_kontor_changed_is_found_under_its_new_name_at_once() {
    let mut shop = Shop::indexed(ONCE).await;
    shop.stop_filling();
    rename(&shop, "Familie Möller", "Haus Sonnenschein").await;
    // The index itself is asked: while the backend is stopped there is nothing else.
    eventually("the record is indexed as it is now", async || {
        shop.bureau.office.indexed(&shop.bureau.reading("shop"))[0].records == 2
            && shop.ask("sonnenschein").await.len() == 1
            && !shop.keys("Möller").await.contains(&"10".to_owned())
    })
    .await;
    shop.stop_orders();
    assert_eq!(shop.known("sonnenschein").await, ["2026-104233 Haus Sonnenschein"]);
    assert!(shop.known("Möller").await.is_empty());
}

#[tokio::test]
async fn what_kontor_deleted_is_gone_from_the_index() {
    let mut shop = Shop::indexed(ONCE).await;
    shop.stop_filling();
    let (permit, orders) = (shop.bureau.editing("shop"), ResourceName::new("orders"));
    let key = RecordKey::from_text("11").unwrap();
    let plan = shop.bureau.office.plan_delete(&permit, &orders, &key, &[]).await.unwrap();
    let deleted =
        shop.bureau.office.apply(&shop.bureau.actor, &permit.backend, plan).await.unwrap();
    let records = || shop.bureau.office.indexed(&shop.bureau.reading("shop"))[0].records;
    eventually("it is gone", async || records() == 1).await;
    assert!(shop.keys("verleih").await.is_empty());
    shop.bureau.office.undo(&shop.bureau.actor, &deleted.operation).await.unwrap();
    eventually("it is back", async || records() == 2).await;
    assert_eq!(shop.keys("verleih").await, ["11"]);
}

#[tokio::test]
async fn what_others_deleted_disappears_when_it_is_found_and_with_the_next_scan() {
    let mut shop = Shop::indexed(ONCE).await;
    shop.stop_filling();
    shop.in_orders("DELETE FROM orders WHERE id = 10").await;
    assert!(shop.keys("2026-104233").await.is_empty(), "it is not shown");
    shop.stop_orders();
    eventually("it is gone from the index", async || shop.known("2026-104233").await.is_empty())
        .await;
    shop.restore_orders().await;

    shop.in_orders("DELETE FROM orders WHERE id = 11").await;
    shop.fill(EAGER);
    let records = || shop.bureau.office.indexed(&shop.bureau.reading("shop"))[0].records;
    eventually("a scan has noticed", async || records() == 0).await;
}

#[tokio::test]
async fn what_others_changed_is_found_by_its_mark() {
    let mut shop = Shop::indexed(ONCE).await;
    // Only the mark can tell: no scan comes in an hour.
    shop.fill(Pace { changes: Duration::ZERO, ..ONCE });
    shop.in_orders(
        "UPDATE orders SET recipient = 'Hotel Seeblick', updated_at = now() WHERE id = 11;
         INSERT INTO orders (id, number, recipient) VALUES (12, '2026-104235', 'Café Anker')",
    )
    .await;
    let records = || shop.bureau.office.indexed(&shop.bureau.reading("shop"))[0].records;
    eventually("the new record is indexed", async || records() == 3).await;
    shop.stop_filling();
    shop.stop_orders();
    assert_eq!(shop.known("seeblick").await, ["2026-104234 Hotel Seeblick"]);
    assert_eq!(shop.known("cafe anker").await, ["2026-104235 Café Anker"]);
    assert!(shop.known("verleih").await.is_empty());
}

#[tokio::test]
async fn where_nothing_is_indexed_yet_the_backends_are_asked() {
    let mut shop = Shop::open().await;
    assert_eq!(shop.keys("2026-104233").await, ["10"]);
    let indexed = shop.bureau.office.indexed(&shop.bureau.reading("shop"));
    assert!(!indexed[0].is_whole && indexed[0].records == 0);

    shop.fill(ONCE);
    shop.whole().await;
    shop.stop_filling();
    shop.in_orders("INSERT INTO orders (id, number, recipient) VALUES (12, '2026-777', 'Neu')")
        .await;
    assert_eq!(shop.keys("2026-777").await, ["12"], "what was made a moment ago is found, too");
}

#[tokio::test]
async fn an_index_that_is_lost_or_broken_builds_itself_again() {
    let mut shop = Shop::indexed(ONCE).await;
    shop.stop_filling();
    for broken in [false, true] {
        let folder = shop.bureau.index_folder().with_extension(format!("{broken}"));
        std::fs::create_dir_all(&folder).unwrap();
        if broken {
            std::fs::write(folder.join("search.db"), "no index, and never was one").unwrap();
        }
        let office = shop.bureau.neighbour().await;
        office.open_index(&folder).await.unwrap();
        let filling = tokio::spawn(Arc::clone(&office).keep_index(ONCE));
        whole(&office, &shop.bureau.actor).await;
        filling.abort();
        let hits = ask(&office, &shop.bureau.actor, "Wandershcuh").await;
        assert_eq!(hits[0].key.to_text(), "11", "broken: {broken}");
    }
}

#[tokio::test]
async fn a_scan_that_was_cut_off_goes_on_where_it_was() {
    let mut shop = Shop::open().await;
    let mut file = shop.customers.connect().await;
    let more = "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
        INSERT INTO customer (id, name) SELECT i, 'Kundschaft Nummer ' || i FROM n";
    sqlx::raw_sql(more).execute(&mut file).await.unwrap();
    // After its first page it pauses for longer than the test lasts.
    shop.fill(Pace { pause: Duration::from_secs(3600), ..ONCE });
    let crm = shop.bureau.reading("crm");
    let state = |office: &Office| office.indexed(&crm)[0].clone();
    eventually("a page was read", async || state(&shop.bureau.office).reading == Some(500)).await;
    shop.stop_filling();
    sqlx::raw_sql("UPDATE customer SET name = 'Zacharias' WHERE id = 1")
        .execute(&mut file)
        .await
        .unwrap();

    let office = shop.bureau.neighbour().await;
    office.open_index(&shop.bureau.index_folder()).await.unwrap();
    eventually("the schema is read", async || !office.indexed(&crm).is_empty()).await;
    assert_eq!(state(&office).reading, Some(500), "it is known how far it came");
    let filling = tokio::spawn(Arc::clone(&office).keep_index(ONCE));
    whole(&office, &shop.bureau.actor).await;
    filling.abort();
    assert_eq!(state(&office).records, 1200);
    let by_old_name = ask(&office, &shop.bureau.actor, "Andrea Mueller").await;
    let old = by_old_name.iter().find(|hit| hit.backend.as_str() == "crm").unwrap();
    assert_eq!(old.title, "Zacharias", "the first page was not read again, but what is shown is");
}

#[tokio::test]
async fn a_backend_that_is_registered_no_more_is_forgotten() {
    let mut shop = Shop::indexed(ONCE).await;
    shop.stop_filling();
    std::fs::remove_file(shop.bureau.manifest_file("shop")).unwrap();
    let office = shop.bureau.neighbour().await;
    office.open_index(&shop.bureau.index_folder()).await.unwrap();
    let filling = tokio::spawn(Arc::clone(&office).keep_index(ONCE));
    let places = || {
        let index = kontor_search::Index::open(&shop.bureau.index_folder()).unwrap();
        index
            .places()
            .unwrap()
            .iter()
            .map(|state| state.place.backend.to_string())
            .collect::<Vec<_>>()
    };
    eventually("only the customers are left", async || places() == ["crm"]).await;
    filling.abort();
}

/// Seven customers of one name, of whom three can only be told apart by several things.
const ALIKE: &str = "INSERT INTO customer (id, name, phone, remark) VALUES
        (21, 'Anna Meier', '0431 1', 'x'), (22, 'anna meier', '0431 2', 'x'),
        (23, 'Anna Meier', NULL, 'x'), (24, 'Anna Meier', '0431 4', NULL),
        (25, 'Anna Meier', '0431 5', NULL), (26, 'Anna Meier', '0431 6', NULL),
        (27, 'Anna Meier', '0431 7', NULL);";

#[tokio::test]
async fn hits_that_read_alike_say_what_tells_them_apart_and_where_the_others_are() {
    let mut shop = Shop::open().await;
    let mut file = shop.customers.connect().await;
    sqlx::raw_sql(ALIKE).execute(&mut file).await.unwrap();
    // As long as nothing is indexed the backend itself is asked, with the same outcome.
    for is_indexed in [false, true] {
        if is_indexed {
            shop.fill(ONCE);
            shop.whole().await;
        }
        let found = shop.bureau.office.find(&shop.bureau.actor, "Anna Meier", None).await.unwrap();
        assert_eq!(found.records.len(), 5, "indexed: {is_indexed}");
        for hit in &found.records {
            let told: Vec<String> =
                hit.apart.iter().filter_map(|apart| apart.value.to_text()).collect();
            let key = hit.key.to_text();
            let wanted = if key == "23" { key.clone() } else { format!("0431 {}", &key[1..]) };
            assert_eq!(told, [wanted], "indexed: {is_indexed}");
        }
        let more: Vec<&str> = found.more.iter().map(|(_, name, _)| name.as_str()).collect();
        assert_eq!(more, ["customer"], "indexed: {is_indexed}");
        let one = shop.bureau.office.find(&shop.bureau.actor, "Jörg Groß", None).await.unwrap();
        assert!(one.records[0].apart.is_empty() && one.more.is_empty(), "{:?}", one.records);
    }
}

#[tokio::test]
async fn the_digits_of_a_number_find_it() {
    let mut shop = Shop::open().await;
    shop.in_orders(
        "INSERT INTO orders (id, number, recipient) VALUES (19, 'DE-7493', 'Nordlicht')",
    )
    .await;
    shop.fill(ONCE);
    shop.whole().await;
    for words in ["7493", "de 7493", "#DE7493", "de-749"] {
        assert_eq!(shop.keys(words).await, ["19"], "{words}");
    }
    assert!(shop.ask("7493").await[0].is_exact);
}
