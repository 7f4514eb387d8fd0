//! The shop that is measured: a durable PostgreSQL of our own, filled from fixed seeds.

use std::{fs, time::Instant};

use kontor_testkit::{DatabaseUrl, Durability, PostgresServer};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::failure::{Failure, Outcome};

/// Orders of the resource that the large one is compared with.
const SMALL: u64 = 2_000;

/// Fewer customers Kontor would search from end to end; what is measured is a search by indexes.
const FEWEST_CUSTOMERS: u64 = 60_000;

/// A running PostgreSQL with the shop in it. It ends with the value.
pub(super) struct Shop {
    server: PostgresServer,
    /// Where the database is.
    pub(super) url: DatabaseUrl,
    /// PostgreSQL's first process.
    pub(super) pid: u32,
    /// How many orders there are; their ids are 1 to this.
    pub(super) orders: u64,
    /// How many customers there are.
    pub(super) customers: u64,
    /// Whether parts of names are found by an index (`pg_trgm` is installed).
    pub(super) has_trigrams: bool,
}

impl Shop {
    /// Starts the server, as durable as in production, and fills the database.
    pub(super) async fn open(scale: f64) -> Outcome<Self> {
        let begun = Instant::now();
        let server = PostgresServer::start_with(Durability::Durable).await;
        let url = server.fresh_database().await;
        let pid = fs::read_to_string(server.folder().join("pid"))
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Failure::new("the PostgreSQL that was started has no process id"))?;
        let orders = rows(2_000_000, scale);
        let customers = rows(1_000_000, scale).max(FEWEST_CUSTOMERS);
        println!("PostgreSQL with fsync; making {orders} orders and {customers} customers …");
        let mut shop = Self { server, url, pid, orders, customers, has_trigrams: false };
        shop.fill().await.map_err(|error| Failure::new(format!("the shop: {error}")))?;
        println!("The shop is ready after {:.0} s.", begun.elapsed().as_secs_f64());
        Ok(shop)
    }

    /// The server's folder, with its log.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.server.folder()
    }

    async fn fill(&mut self) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&self.url).await?;
        connection.execute("SET maintenance_work_mem = '512MB'; SET jit = off").await?;
        let made = include_str!("shop.sql")
            .replace("{orders}", &self.orders.to_string())
            .replace("{customers}", &self.customers.to_string())
            .replace("{small}", &SMALL.to_string());
        connection.execute(AssertSqlSafe(made)).await?;
        let trigrams = "CREATE EXTENSION pg_trgm; CREATE INDEX customers_name ON customers USING gin (name gin_trgm_ops)";
        self.has_trigrams = connection.execute(trigrams).await.is_ok();
        if !self.has_trigrams {
            println!("SKIPPED: pg_trgm is not installed; names are searched by their beginning.");
            let beginning = "CREATE INDEX customers_name ON customers (name text_pattern_ops)";
            connection.execute(beginning).await?;
        }
        connection.execute("VACUUM ANALYZE").await?;
        // What was just written is on the disk before anything is measured.
        connection.execute("CHECKPOINT").await?;
        connection.close().await
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the scale is at most 10, and the product far below 2^52"
)]
fn rows(full: u64, scale: f64) -> u64 {
    (full as f64 * scale) as u64
}
