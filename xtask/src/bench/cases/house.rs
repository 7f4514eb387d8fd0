//! A house of three backends that know the same customers: a shop, a register of another hand, and a
//! depot behind a proxy that can make it hang.

use kontor_testkit::{Durability, PostgresServer, Proxy};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::super::office::Manifest;
use crate::failure::{Failure, Outcome};

const SHOP: &str = "
CREATE TABLE customers (
    id integer PRIMARY KEY, number text NOT NULL UNIQUE, name text NOT NULL, email text NOT NULL,
    phone text, since timestamptz NOT NULL);
INSERT INTO customers SELECT i, 'K-' || i, 'Customer ' || i, 'c' || i || '@example.org', '0431 ' || 5000000 + i,
    timestamptz '2024-01-01' + i * interval '1 minute' FROM generate_series(1, {n}) i;
CREATE TABLE orders (
    id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id), status text NOT NULL,
    payment_status text NOT NULL, total numeric NOT NULL, placed_at timestamptz NOT NULL,
    shipped_at timestamptz);
INSERT INTO orders SELECT i, 1 + i % {n}, 'shipped', 'paid', i % 1000,
    timestamptz '2024-06-01' + i * interval '1 minute', timestamptz '2024-06-03' + i * interval '1 minute'
    FROM generate_series(1, {n} * 5) i;
CREATE INDEX ON orders (customer_id, placed_at);
ANALYZE;
";

const REGISTER: &str = "
CREATE TABLE persons (
    no char(8) PRIMARY KEY, name text NOT NULL, email text, phone text, town text, blocked boolean NOT NULL);
INSERT INTO persons SELECT lpad(i::text, 8, '0'), 'Customer ' || i,
    CASE WHEN i % 10 = 0 THEN 'other' || i || '@example.org' ELSE 'c' || i || '@example.org' END,
    '+49 431 ' || 5000000 + i, 'Kiel', false FROM generate_series(1, {n}) i;
ANALYZE;
";

const DEPOT: &str = "
CREATE TABLE parcels (
    id integer PRIMARY KEY, customer text NOT NULL, carrier text NOT NULL, handed_over timestamptz);
INSERT INTO parcels SELECT i, 'K-' || (1 + i % {n}), 'post', timestamptz '2024-06-02' + i * interval '1 minute'
    FROM generate_series(1, {n} * 2) i;
CREATE INDEX ON parcels (customer);
ANALYZE;
";

const SHOP_SAYS: &str = r#"
[resources.customers]
title_field = "name"
case = "customer"
[resources.customers.fields]
email = { fact = "email", format = "email" }
phone = { fact = "phone", format = "phone" }
since = { event = "signed up" }

[resources.orders.fields]
placed_at = { event = "placed" }
shipped_at = { event = "shipped" }

[[links]]
from = "customers"
fields = ["number"]
to = "register:persons"
to_fields = ["no"]
value = { remove_prefix = "K-", pad = 8 }
"#;

const REGISTER_SAYS: &str = r#"
[resources.persons]
title_field = "name"
case = "customer"
[resources.persons.fields]
email = { fact = "email", format = "email" }
phone = { fact = "phone", format = "phone" }
"#;

const DEPOT_SAYS: &str = r#"
[resources.parcels.fields]
handed_over = { event = "handed over" }

[[links]]
from = "parcels"
fields = ["customer"]
to = "shop:customers"
to_fields = ["number"]
"#;

/// The three backends.
pub(super) struct House {
    server: PostgresServer,
    /// Addresses of shop, register and depot.
    pub(super) urls: [String; 3],
    /// The way to the depot.
    pub(super) depot: Proxy,
    /// PostgreSQL's first process.
    pub(super) pid: u32,
}

impl House {
    /// Fills three databases.
    pub(super) async fn open(customers: u32) -> Outcome<Self> {
        let server = PostgresServer::start_with(Durability::Durable).await;
        let pid = std::fs::read_to_string(server.folder().join("pid"));
        let pid = pid.ok().and_then(|text| text.trim().parse().ok());
        let pid = pid.ok_or_else(|| Failure::new("PostgreSQL was started without a process id"))?;
        let mut urls = Vec::new();
        for sql in [SHOP, REGISTER, DEPOT] {
            let url = server.fresh_database().await.to_string();
            fill(&url, &sql.replace("{n}", &customers.to_string())).await?;
            urls.push(url);
        }
        let urls = <[String; 3]>::try_from(urls).expect("three were filled");
        let depot = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
        Ok(Self { server, urls, depot, pid })
    }

    /// The manifests of the three.
    pub(super) fn manifests(&self) -> Vec<Manifest> {
        let [shop, register, depot] = &self.urls;
        let (port, through) = (self.server.port(), self.depot.port());
        let depot = depot.replace(&format!(":{port}/"), &format!(":{through}/"));
        let manifest = |name: &'static str, url: &str, says: &str| Manifest {
            name,
            text: format!("url = \"{url}\"\n{says}"),
        };
        vec![
            manifest("shop", shop, SHOP_SAYS),
            manifest("register", register, REGISTER_SAYS),
            manifest("depot", &depot, DEPOT_SAYS),
        ]
    }
}

async fn fill(url: &str, sql: &str) -> Outcome {
    let failed = |error: sqlx::Error| Failure::new(format!("a backend: {error}"));
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}
