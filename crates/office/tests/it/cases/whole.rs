//! All that stands on the page of a case: what belongs to it, what is odd, what happened when.

use kontor_model::{Count, RecordKey, ResourceName, Value};
use kontor_office::{Belonging, Case, FarTrouble, Happening};
use kontor_testkit::{PostgresServer, Proxy, SqliteFile};
use sqlx::{Connection as _, PgConnection};

use super::file;
use crate::office::Bureau;

/// A shop with customers, orders and what is sent and comes back, all in one database.
const SHOP: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, since DATE);
INSERT INTO customers VALUES (1, 'Anna Meier', 'anna@example.org', '2020-03-01');
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, customer_id INTEGER REFERENCES customers (id),
    replaces INTEGER REFERENCES orders (id), paid BOOLEAN NOT NULL, placed_at DATETIME NOT NULL,
    shipped_at DATETIME);
INSERT INTO orders VALUES
    (1, 'A-1', 1, NULL, 1, '2026-01-10 12:00:00', '2026-01-12 09:30:00'),
    (2, 'A-2', 1, 1, 1, '2026-01-20 12:00:00', NULL),
    (3, 'A-3', 1, NULL, 0, '2026-01-21 12:00:00', NULL),
    (4, 'A-4', 1, NULL, 1, datetime('now'), NULL);
CREATE TABLE shipments (
    id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id), sent_on TEXT);
INSERT INTO shipments VALUES (1, 1, '12.01.2026');
CREATE TABLE profiles (customer INTEGER PRIMARY KEY REFERENCES customers (id), mail TEXT, note TEXT);
INSERT INTO profiles VALUES (1, 'a.meier@example.org', 'likes tea');
";

const SHOP_SAYS: &str = r#"
[resources.customers]
title_field = "name"
case = "customer"
[resources.customers.fields]
mail = { fact = "email", format = "email" }
since = { event = { de = "Kundin geworden", en = "became a customer" } }

[resources.profiles]
title_field = "mail"
case = "customer"
[resources.profiles.fields]
mail = { fact = "email", format = "email" }

[resources.orders]
title_field = "number"
"#;

const ORDER: &str = r#"
title = { de = "Auftrag", en = "Order" }
icon = "basket"
heads = ["shop:orders"]

[[belongs]]
resource = "shop:customers"
title = { de = "Wer bestellt hat", en = "Who ordered" }

[[belongs]]
resource = "shop:shipments"

[events."shop:orders"]
placed_at = { de = "bestellt", en = "placed" }
shipped_at = { de = "versandt", en = "shipped" }

[events."shop:shipments"]
sent_on = { de = "abgegeben", en = "handed over" }

[[rules]]
of = "shop:orders"
when = "paid = true and shipped_at is null and not placed_at during last 5 days"
without = "shop:shipments"
severity = "warning"
text = { de = "Bezahlt und nicht versandt.", en = "Paid and not shipped." }
"#;

/// The shop in a file.
struct Shop {
    bureau: Bureau,
    _file: SqliteFile,
}

impl Shop {
    async fn with(cases: &[(&str, &str)]) -> Self {
        let shop = file(SHOP).await;
        let bureau = Bureau::with_cases(&[("shop", &*shop.url(), SHOP_SAYS)], cases).await;
        Self { bureau, _file: shop }
    }

    async fn case(&self, resource: &str, key: i64) -> Case {
        let permit = self.bureau.reading("shop");
        let key = RecordKey::Values(vec![Value::Int(key)]);
        self.bureau.office.case(&permit, &ResourceName::new(resource), &key).await.unwrap()
    }
}

fn members(case: &Case) -> Vec<String> {
    let members = case.members.iter();
    members.map(|member| format!("{} {}", member.resource(), member.key().to_text())).collect()
}

fn told(belonging: &Belonging) -> (String, Vec<String>) {
    let related = belonging.found.as_ref().unwrap();
    let keys = related.records.iter().map(|record| record.key.to_text());
    (belonging.title.en.clone(), keys.collect())
}

fn hints(case: &Case) -> Vec<(&str, Option<&str>)> {
    let each = case.hints.iter();
    each.map(|hint| (hint.text.en.as_str(), hint.about.as_ref().map(|of| of.title.as_str())))
        .collect()
}

#[tokio::test]
async fn links_within_one_backend_lead_to_the_same_thing_and_to_what_belongs_to_it() {
    let shop = Shop::with(&[]).await;
    let case = shop.case("customers", 1).await;
    assert_eq!(members(&case), ["customers 1", "profiles 1"]);
    let orders = case.belongings.iter().find(|it| it.resource.as_str() == "orders").unwrap();
    let found = orders.found.as_ref().unwrap();
    assert_eq!((found.count, found.filter.as_str()), (Count::Exact(4), "customer_id = 1"));
    let email = hints(&case);
    assert_eq!(email, [("The e-mail address is not the same everywhere.", None)]);
    assert!(case.hints[0].is_warning, "the ready-made type says so");
}

#[tokio::test]
async fn a_file_says_what_belongs_to_a_case_and_what_happened_when() {
    let shop = Shop::with(&[("order", ORDER)]).await;
    let case = shop.case("orders", 1).await;
    assert_eq!(case.of.title.de, "Auftrag");
    assert_eq!(members(&case), ["orders 1"], "an order that another replaces is another one");
    let belongs: Vec<_> = case.belongings.iter().map(told).collect();
    let expected = [
        ("Who ordered".to_owned(), vec!["1".to_owned()]),
        ("Shipments".to_owned(), vec!["1".to_owned()]),
    ];
    assert_eq!(belongs, expected);
    let dated: Vec<_> = case.dated.iter().map(|one| (one.text.en.as_str(), one.is_day)).collect();
    let expected =
        [("shipped", false), ("handed over", true), ("placed", false), ("became a customer", true)];
    assert_eq!(dated, expected, "the latest first, those of the customer, too");
}

#[tokio::test]
async fn a_rule_finds_what_is_odd_and_nothing_else() {
    let shop = Shop::with(&[("order", ORDER)]).await;
    let odd = shop.case("orders", 2).await;
    assert_eq!(hints(&odd), [("Paid and not shipped.", Some("A-2"))]);
    for (order, why) in [(1, "shipped"), (3, "not paid"), (4, "placed just now")] {
        assert_eq!(hints(&shop.case("orders", order).await), [], "{why}");
    }
}

#[tokio::test]
async fn rules_look_at_what_belongs_to_a_case_too() {
    let customer = r#"
        [[belongs]]
        resource = "shop:orders"
        show = 3
        [[rules]]
        of = "shop:orders"
        when = "paid = false"
        text = "An order is not paid."
    "#;
    let shop = Shop::with(&[("customer", customer)]).await;
    let case = shop.case("customers", 1).await;
    assert_eq!(hints(&case), [("An order is not paid.", Some("A-3"))]);
    let orders = case.belongings[0].found.as_ref().unwrap();
    assert_eq!((orders.records.len(), orders.count), (3, Count::Exact(4)));
}

#[tokio::test]
async fn the_timeline_has_what_was_done_here_and_what_the_records_say() {
    let shop = Shop::with(&[("order", ORDER)]).await;
    let (office, permit) = (&shop.bureau.office, shop.bureau.editing("shop"));
    let (name, key) = (ResourceName::new("orders"), RecordKey::Values(vec![Value::Int(1)]));
    let request = kontor_office::EditRequest {
        set: vec![("number".into(), kontor_office::Input::Text("A-1b".into()))],
        ..kontor_office::EditRequest::default()
    };
    let plan = office.plan_update(&permit, &name, &key, &request).await.unwrap();
    office.apply(&shop.bureau.actor, &permit.backend, plan).await.unwrap();
    let case = shop.case("orders", 1).await;
    let all = office.case_timeline(&case, 50).await.unwrap();
    let kinds: Vec<bool> =
        all.iter().map(|it| matches!(it.what, Happening::Changed { .. })).collect();
    assert_eq!(kinds, [true, false, false, false, false], "the change was made last");
    assert!(all.is_sorted_by_key(|it| std::cmp::Reverse(it.at)));
    assert_eq!(office.case_timeline(&case, 2).await.unwrap().len(), 2);
}

/// Cards that many records of one customer point to.
const CARDS: &str = "
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO owners VALUES (1, 'Anna');
CREATE TABLE cards (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES owners (id));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO cards SELECT i, 1 FROM n;
";

#[tokio::test]
async fn more_records_than_a_case_reads_are_told_with_the_way_to_them() {
    let cards = file(CARDS).await;
    let both = "[resources.owners]\ncase = \"customer\"\n[resources.cards]\ncase = \"customer\"\n";
    let bureau = Bureau::saying(&[("shop", &*cards.url(), both)]).await;
    let permit = bureau.reading("shop");
    let key = RecordKey::Values(vec![Value::Int(1)]);
    let case = bureau.office.case(&permit, &ResourceName::new("owners"), &key).await.unwrap();
    assert_eq!(case.members.len(), 4, "the owner and the first three");
    let [rest] = case.beyond.as_slice() else { panic!("{:?}", case.beyond) };
    assert_eq!((rest.count, rest.filter.as_deref()), (Count::Exact(17), Some("owner = 1")));
}

#[tokio::test]
async fn no_record_of_a_case_is_left_out_without_a_word() {
    let owner = |n: usize| {
        format!(
            "CREATE TABLE t{n} (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL
        REFERENCES owners (id)); INSERT INTO t{n} VALUES (1, 1), (2, 1), (3, 1);"
        )
    };
    let tables: String = (0..5).map(owner).collect();
    let sql = format!(
        "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO owners VALUES (1, 'Anna'); {tables}"
    );
    let heads: Vec<String> = (0..5).map(|n| format!("\"shop:t{n}\"")).collect();
    let customer = format!("heads = [\"shop:owners\", {}]", heads.join(", "));
    let many = file(&sql).await;
    let bureau =
        Bureau::with_cases(&[("shop", &*many.url(), "")], &[("customer", &customer)]).await;
    let permit = bureau.reading("shop");
    let key = RecordKey::Values(vec![Value::Int(1)]);
    let case = bureau.office.case(&permit, &ResourceName::new("owners"), &key).await.unwrap();
    assert_eq!(case.members.len(), 12);
    let told: Vec<_> = case.beyond.iter().map(|it| (it.count, it.filter.as_deref())).collect();
    let expected = [(Count::Exact(1), Some("id = 1")), (Count::Exact(3), Some("id in (3, 2, 1)"))];
    assert_eq!(told, expected, "twelve and four are the sixteen that there are");
}

#[tokio::test]
async fn a_backend_that_hangs_costs_only_what_it_knows_and_is_asked_again() {
    let server = PostgresServer::shared().await;
    let url = server.fresh_database().await;
    let mut direct = PgConnection::connect(&url).await.unwrap();
    let parcels =
        "CREATE TABLE parcels (id INT PRIMARY KEY, order_no TEXT NOT NULL, handed_over DATE);
        INSERT INTO parcels VALUES (7, 'A-2', '2026-01-22');";
    sqlx::raw_sql(parcels).execute(&mut direct).await.unwrap();
    let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
    let (from, to) = (format!(":{}/", server.port()), format!(":{}/", proxy.port()));
    let shop = file(SHOP).await;
    let depot = "[[links]]\nfrom = \"parcels\"\nfields = [\"order_no\"]\nto = \"shop:orders\"\n\
        to_fields = [\"number\"]\n";
    let order = ORDER.replace("shop:shipments", "depot:parcels").replace("sent_on", "handed_over");
    let backends = [("shop", &*shop.url(), SHOP_SAYS), ("depot", &*url.replace(&from, &to), depot)];
    let bureau = Bureau::with_cases(&backends, &[("order", &order)]).await;
    let permit = bureau.reading("shop");
    let (name, key) = (ResourceName::new("orders"), RecordKey::Values(vec![Value::Int(2)]));
    let case = async || bureau.office.case(&permit, &name, &key).await.unwrap();

    let well = case().await;
    assert_eq!(told(&well.belongings[1]).1, ["7"]);
    assert_eq!(hints(&well), [], "it was shipped, as the depot knows");

    proxy.stall();
    let begun = std::time::Instant::now();
    let hangs = case().await;
    assert!(begun.elapsed().as_secs_f64() < 4.0, "{:?}", begun.elapsed());
    let trouble = hangs.belongings[1].found.as_ref().unwrap_err();
    assert!(matches!(trouble, FarTrouble::Slow { .. }), "{trouble:?}");
    assert_eq!(told(&hangs.belongings[0]).1, ["1"], "the rest is there");
    assert_eq!(hints(&hangs), [], "nobody knows whether it was shipped");

    proxy.restore();
    kontor_testkit::eventually("the depot is back", async || {
        bureau.office.ask_again(&bureau.actor).await;
        case().await.belongings[1].found.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_backend_that_was_never_read_is_named_and_no_rule_takes_it_for_empty() {
    let shop = file(SHOP).await;
    let bureau = Bureau::without_backends().await;
    let order = ORDER.replace("shop:shipments", "depot:parcels");
    let cases = bureau.office.cases_folder();
    std::fs::create_dir_all(&cases).unwrap();
    std::fs::write(cases.join("order.toml"), order).unwrap();
    let shop_says = format!("url = \"{}\"\n{SHOP_SAYS}", &*shop.url());
    std::fs::write(bureau.manifest_file("shop"), shop_says).unwrap();
    let nobody = "url = \"postgres://nobody@127.0.0.1:1/depot\"\n";
    std::fs::write(bureau.manifest_file("depot"), nobody).unwrap();
    bureau.office.open_backends().await.unwrap();
    let permit = bureau.reading("shop");
    kontor_testkit::eventually("the shop has been read", async || permit.backend.catalog().is_ok())
        .await;
    let key = RecordKey::Values(vec![Value::Int(2)]);
    let case = bureau.office.case(&permit, &ResourceName::new("orders"), &key).await.unwrap();
    let [gap] = case.missing.as_slice() else { panic!("{:?}", case.missing) };
    assert_eq!(gap.name.as_ref().unwrap().as_str(), "depot");
    assert_eq!(hints(&case), [], "nobody knows whether it was shipped");
}

#[tokio::test]
async fn who_may_not_read_a_backend_sees_nothing_of_it_in_a_case() {
    let (shop, cards) = (
        file(SHOP).await,
        file(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY,
        customer INTEGER, text TEXT); INSERT INTO notes VALUES (1, 1, 'secret');",
        )
        .await,
    );
    let notes = "[[links]]\nfrom = \"notes\"\nfields = [\"customer\"]\nto = \"shop:customers\"\n\
        to_fields = [\"id\"]\n";
    let backends = [("shop", &*shop.url(), SHOP_SAYS), ("notes", &*cards.url(), notes)];
    let bureau = Bureau::saying(&backends).await;
    let key = RecordKey::Values(vec![Value::Int(1)]);
    let name = ResourceName::new("customers");
    let places = |case: &Case| -> Vec<String> {
        case.belongings.iter().map(|it| it.permit.backend.name.to_string()).collect()
    };
    let all = bureau.office.case(&bureau.reading("shop"), &name, &key).await.unwrap();
    assert!(places(&all).contains(&"notes".to_owned()));
    let reader = bureau.reader_of(&["shop"]).await;
    let shop = kontor_model::BackendName::new("shop").unwrap();
    let permit = bureau.office.permit(&reader, &shop).unwrap();
    let case = bureau.office.case(&permit, &name, &key).await.unwrap();
    assert!(!places(&case).contains(&"notes".to_owned()), "{:?}", places(&case));
}
