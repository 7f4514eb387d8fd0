//! Cases: one thing over all backends that know it, with what is missing named.

mod files;
mod harm;
mod searched;
mod whole;

use kontor_model::{BackendName, RecordKey, ResourceName, Value};
use kontor_office::{Case, FarTrouble, OfficeError};
use kontor_testkit::{HttpShop, PostgresServer, Proxy, SqliteFile};
use sqlx::{Connection as _, PgConnection};

use crate::office::Bureau;

pub(super) const CRM: &str = "
CREATE TABLE people (no TEXT PRIMARY KEY, name TEXT NOT NULL, mail TEXT, phone TEXT);
INSERT INTO people VALUES
    ('K-17', 'Anna Meier', 'anna@example.org', '+49 431 5551234'),
    ('K-18', 'Bert Kunze', 'bert@example.org', NULL);
CREATE TABLE notes (id INTEGER PRIMARY KEY, person TEXT REFERENCES people (no), text TEXT);
INSERT INTO notes VALUES (1, 'K-17', 'called');
";

pub(super) const CRM_SAYS: &str = r#"
[resources.people]
title_field = "name"
case = "customer"
[resources.people.fields]
mail = { fact = "email", format = "email" }
phone = { fact = "phone", format = "phone" }
name = { fact = "name" }

[[links]]
from = "people"
fields = ["no"]
to = "register:kunden"
to_fields = ["kdnr"]
name = "card"
value = { remove_prefix = "K-", pad = 4 }
"#;

pub(super) const REGISTER: &str = "
CREATE TABLE kunden (kdnr VARCHAR(4) PRIMARY KEY, name TEXT NOT NULL, email TEXT, telefon TEXT);
INSERT INTO kunden VALUES ('0017', 'Anna  MEIER', 'a.meier@example.org', '0431 / 555 12 34'),
    ('0018', 'Bert Kunze', 'bert@example.org', NULL);
";

pub(super) const REGISTER_SAYS: &str = r#"
[resources.kunden]
title_field = "name"
case = "customer"
[resources.kunden.fields]
email = { fact = "email", format = "email" }
telefon = { fact = "phone", format = "phone" }
name = { fact = "name" }
"#;

pub(super) async fn file(sql: &str) -> SqliteFile {
    let file = SqliteFile::fresh();
    let mut connection = file.connect().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    file
}

/// The people in a file, the register behind a proxy.
struct House {
    bureau: Bureau,
    proxy: Proxy,
    _people: SqliteFile,
}

impl House {
    async fn open() -> Self {
        let server = PostgresServer::shared().await;
        let url = server.fresh_database().await;
        let mut direct = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(REGISTER.to_owned())).execute(&mut direct).await.unwrap();
        let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
        let (from, to) = (format!(":{}/", server.port()), format!(":{}/", proxy.port()));
        let people = file(CRM).await;
        let through = url.replace(&from, &to);
        let backends =
            [("crm", &*people.url(), CRM_SAYS), ("register", through.as_str(), REGISTER_SAYS)];
        Self { bureau: Bureau::saying(&backends).await, proxy, _people: people }
    }

    async fn case(&self, backend: &str, resource: &str, key: &str) -> Result<Case, OfficeError> {
        let permit = self.bureau.reading(backend);
        let key = RecordKey::Values(vec![Value::Text(key.into())]);
        self.bureau.office.case(&permit, &ResourceName::new(resource), &key).await
    }
}

fn places(case: &Case) -> Vec<(BackendName, String)> {
    let members = case.members.iter();
    members.map(|member| (member.permit.backend.name.clone(), member.key().to_text())).collect()
}

fn disputed(case: &Case) -> Vec<(&str, bool)> {
    let facts = case.facts.iter();
    facts.map(|fact| (fact.name.as_str(), fact.is_disputed(&case.members))).collect()
}

#[tokio::test]
async fn a_customer_is_found_in_all_backends_from_either_side() {
    let house = House::open().await;
    let name = |name: &str| BackendName::new(name).unwrap();
    let (crm, register) = ((name("crm"), "K-17".to_owned()), (name("register"), "0017".to_owned()));
    let from_here = house.case("crm", "people", "K-17").await.unwrap();
    assert_eq!(places(&from_here), [crm.clone(), register.clone()]);
    assert_eq!(from_here.of.title.de, "Kunde");
    let from_there = house.case("register", "kunden", "0017").await.unwrap();
    assert_eq!(places(&from_there), [register, crm]);
    assert!(from_here.missing.is_empty() && from_there.missing.is_empty());
}

#[tokio::test]
async fn what_the_backends_say_differently_is_told_and_what_only_looks_different_is_not() {
    let house = House::open().await;
    let case = house.case("crm", "people", "K-17").await.unwrap();
    assert_eq!(disputed(&case), [("name", false), ("email", true), ("phone", false)]);
    let other = house.case("crm", "people", "K-18").await.unwrap();
    assert_eq!(disputed(&other), [("name", false), ("email", false)], "nobody says a phone");
}

#[tokio::test]
async fn a_backend_that_hangs_or_is_down_is_named_and_the_rest_comes() {
    let house = House::open().await;
    assert_eq!(house.case("crm", "people", "K-17").await.unwrap().members.len(), 2);
    house.proxy.stall();
    let hangs = house.case("crm", "people", "K-17").await.unwrap();
    assert_eq!(hangs.members.len(), 1);
    assert!(matches!(hangs.missing[0].trouble, FarTrouble::Slow { .. }), "{:?}", hangs.missing);
    assert_eq!(disputed(&hangs).len(), 3, "what is there is shown");
}

#[tokio::test]
async fn what_is_no_thing_of_its_own_has_no_case() {
    let shop = HttpShop::with(1).await;
    let url = shop.url().replacen("http://", "http://:s3cret@", 1);
    let bureau = Bureau::over(&[("shop", &url)]).await;
    let key = RecordKey::Values(vec![Value::Int(1)]);
    let (permit, orders) = (bureau.reading("shop"), ResourceName::new("orders"));
    let none = bureau.office.case(&permit, &orders, &key).await;
    assert!(matches!(none, Err(OfficeError::Unknown { what: "case", .. })), "{none:?}");
}
