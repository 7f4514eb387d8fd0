//! The floor: the least SQL that reserves and inserts the same order, by hand, over prepared statements, with
//! nothing in front of the database and the same durability. One transaction for each order.
//!
//! What it leaves out: finding out what anything costs, who asks and whether they asked before, which warehouse
//! has it, and the rows that an order has beside itself (what it holds of which stock, timeline, use of the
//! promotion). On PostgreSQL its numbers come from a sequence, which leaves gaps and locks nobody.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use tokio::task::JoinSet;
use tokio_postgres::{Client, Statement, types::ToSql};

use super::{
    shop::{Article, Chance},
    store::{Store, Template, connect, open, postgres_failed, sqlite_failed},
};
use crate::failure::{Failure, Outcome};

const STOCK: &str =
    "UPDATE stock SET reserved = reserved + 1 WHERE variant_id = $1 AND location_id = 1
    AND on_hand - reserved - safety >= 1";

const ORDER: &str = "INSERT INTO orders (id, channel_id, number, email, name, name_key, postal_code, locale, currency,
        prices_include_tax, billing_address, delivery_address, delivery_method, payment_method, provider,
        payment_flow, quote, subtotal, discount, shipping, tax, total, status, payment_status,
        fulfilment_status, return_status, version, revision, placed_at, updated_at)
    VALUES ($1, 1, 'F-' || {number}, $2, 'Erika Mustermann', 'mustermann erika', '20095', 'de', 'EUR', TRUE, $3, $3, 'parcel',
        'invoice', 'manual', 'invoice', $4, 10000, 500, 495, 1596, 9995, 'open', 'unpaid', 'unfulfilled', 'none',
        1, 1, $5, $5)";

const LINES: &str = "INSERT INTO order_line (order_id, position, kind, variant_id, sku, name, details, quantity,
        unit_price, tax_rate, discount, total, tax, shares, shipped, cancelled, returned, version)
    VALUES ($1, 1, 'product', $2, $5, 'Sessel Alva 1, Eiche', $8, 1, 3333, 19000, 166, 3167, 505, $9, 0, 0, 0, 1),
        ($1, 2, 'product', $3, $6, 'Sessel Alva 1, Eiche', $8, 1, 3333, 19000, 166, 3167, 505, $9, 0, 0, 0, 1),
        ($1, 3, 'product', $4, $7, 'Sessel Alva 1, Eiche', $8, 1, 3333, 19000, 166, 3167, 505, $9, 0, 0, 0, 1)";

const KEY: &str = "INSERT INTO idempotency (api_key_id, idempotency_key, fingerprint, status, headers, body, created_at)
    VALUES (-1, $1, $2, 201, '[[\"location\",\"/orders/DE-1001\"]]', '', $3)";

/// Nobody takes it out: it is due in three hundred years.
const OUTBOX: &str =
    "INSERT INTO outbox (id, topic, order_id, payload, created_at, attempts, due_at)
    VALUES ($1, 'order.placed', $1, $2, $3, 0, 9007199254740992)";

/// Orders by hand.
#[derive(Clone)]
pub(super) struct Floor {
    articles: Arc<[Article]>,
    template: Arc<Template>,
    next: Arc<AtomicI64>,
}

/// One order by hand.
struct Wanted {
    id: i64,
    email: String,
    key: String,
    /// Three articles in the order of their numbers, so that nobody waits in a circle.
    articles: [Article; 3],
}

impl Floor {
    pub(super) fn new(articles: Arc<[Article]>, template: Template) -> Self {
        // Between the numbers of the seed and those that the service makes.
        Self { articles, template: Arc::new(template), next: Arc::new(AtomicI64::new(1 << 40)) }
    }

    /// Orders per second, with so many connections (on SQLite there is one writer).
    pub(super) async fn rate(
        &self,
        store: &Store,
        connections: usize,
        time: Duration,
    ) -> Outcome<f64> {
        let counts = match store {
            Store::Sqlite(file) => {
                let (floor, file) = (self.clone(), file.clone());
                let done = tokio::task::spawn_blocking(move || floor.on_sqlite(&file, time)).await;
                vec![done.map_err(|error| Failure::new(error.to_string()))??]
            }
            Store::Postgres(url, _) => {
                let mut running = JoinSet::new();
                for _ in 0..connections {
                    let (floor, client) = (self.clone(), connect(url).await?);
                    running.spawn(async move { floor.on_postgres(&client, time).await });
                }
                running.join_all().await.into_iter().collect::<Outcome<Vec<u32>>>()?
            }
        };
        Ok(f64::from(counts.iter().sum::<u32>()) / time.as_secs_f64())
    }

    fn wanted(&self, chance: &mut Chance) -> Wanted {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut pick = || self.articles[chance.popular(self.articles.len())].clone();
        let mut articles = [pick(), pick(), pick()];
        articles.sort_by_key(|it| it.variant);
        Wanted {
            id,
            email: format!("floor-{id}@example.org"),
            key: format!("floor-{id}"),
            articles,
        }
    }

    fn chance(&self) -> Chance {
        Chance(u64::try_from(self.next.fetch_add(1, Ordering::Relaxed)).unwrap_or(1))
    }

    fn on_sqlite(&self, file: &Path, time: Duration) -> Outcome<u32> {
        let connection = open(file)?;
        let prepare = |sql: &str| connection.prepare(&sql.replace('$', "?")).map_err(sqlite_failed);
        let mut stock = prepare(STOCK)?;
        let mut order = prepare(&ORDER.replace("{number}", "$6"))?;
        let (mut lines, mut key, mut outbox) = (prepare(LINES)?, prepare(KEY)?, prepare(OUTBOX)?);
        let mut number = prepare(
            "UPDATE number_range SET next_number = next_number + 1 WHERE channel_id = 1 AND kind = 'floor'
             RETURNING next_number",
        )?;
        let (mut begin, mut commit) = (prepare("BEGIN IMMEDIATE")?, prepare("COMMIT")?);
        let (mut chance, mut count, begun) = (self.chance(), 0, Instant::now());
        let template = &*self.template;
        while begun.elapsed() < time {
            let Wanted { id, email, key: name, articles: [a, b, c] } = self.wanted(&mut chance);
            let mut all = || -> rusqlite::Result<bool> {
                begin.execute([])?;
                let mut taken = 0;
                for article in [&a, &b, &c] {
                    taken += stock.execute([article.variant])?;
                }
                let number: i64 = number.query_row([], |row| row.get(0))?;
                order.execute((id, &email, &template.address, &template.quote, id, number))?;
                lines.execute((
                    id,
                    a.variant,
                    b.variant,
                    c.variant,
                    &a.sku,
                    &b.sku,
                    &c.sku,
                    &template.details,
                    &template.shares,
                ))?;
                key.execute((&name, [7_u8; 32], id))?;
                outbox.execute((id, &template.payload, id))?;
                commit.execute([])?;
                Ok(taken == 3)
            };
            if !all().map_err(sqlite_failed)? {
                return Err(Failure::new("the floor is out of stock"));
            }
            count += 1;
        }
        Ok(count)
    }

    /// Two round trips for each order: stock is taken, then everything is inserted and committed.
    async fn on_postgres(&self, client: &Client, time: Duration) -> Outcome<u32> {
        let order = ORDER.replace("{number}", "nextval('floor_number')");
        let texts = [STOCK, &order, LINES, KEY, OUTBOX];
        let prepared = try_join_all(texts.iter().map(|sql| client.prepare(sql))).await;
        let prepared = prepared.map_err(postgres_failed)?;
        let (mut chance, mut count, begun) = (self.chance(), 0, Instant::now());
        while begun.elapsed() < time {
            let wanted = self.wanted(&mut chance);
            self.place(client, &prepared, &wanted).await.map_err(postgres_failed)?;
            count += 1;
        }
        Ok(count)
    }

    async fn place(
        &self,
        client: &Client,
        prepared: &[Statement],
        wanted: &Wanted,
    ) -> Result<(), tokio_postgres::Error> {
        let Wanted { id, email, key, articles: [a, b, c] } = wanted;
        let template = &*self.template;
        let variants: [[&(dyn ToSql + Sync); 1]; 3] = [[&a.variant], [&b.variant], [&c.variant]];
        tokio::try_join!(
            client.batch_execute("BEGIN"),
            client.execute(&prepared[0], &variants[0]),
            client.execute(&prepared[0], &variants[1]),
            client.execute(&prepared[0], &variants[2]),
        )?;
        let print = [7_u8; 32];
        let order: [&(dyn ToSql + Sync); 5] = [id, email, &template.address, &template.quote, id];
        let lines: [&(dyn ToSql + Sync); 9] = [
            id,
            &a.variant,
            &b.variant,
            &c.variant,
            &a.sku,
            &b.sku,
            &c.sku,
            &template.details,
            &template.shares,
        ];
        let print = &print[..];
        let key: [&(dyn ToSql + Sync); 3] = [key, &print, id];
        let outbox: [&(dyn ToSql + Sync); 3] = [id, &template.payload, id];
        tokio::try_join!(
            client.execute(&prepared[1], &order),
            client.execute(&prepared[2], &lines),
            client.execute(&prepared[3], &key),
            client.execute(&prepared[4], &outbox),
            client.batch_execute("COMMIT"),
        )?;
        Ok(())
    }
}
