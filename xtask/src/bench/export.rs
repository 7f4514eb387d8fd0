//! The export of 100,000 orders beside `COPY … TO STDOUT`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use sqlx::{Connection as _, PgConnection};

use super::{
    http::{Ask, Visitor, encode},
    office::{BACKEND, Office},
    process::{cpu, resident},
    shop::Shop,
};
use crate::failure::{Failure, Outcome};

/// Orders that are exported, where the shop has that many.
const ORDERS: u64 = 100_000;

/// How often both ways are gone, in turn; the middle one counts.
const TIMES: usize = 5;

const COLUMNS: &str = "id,number,customer_id,status,total,placed_at,note";

/// What was measured.
pub(super) struct Exported {
    /// How many orders.
    pub(super) orders: u64,
    /// `COPY`.
    pub(super) copy: Once,
    /// Kontor.
    pub(super) kontor: Once,
    /// The most resident memory that Kontor had above what it had before, in bytes.
    pub(super) extra: u64,
}

/// One export.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Once {
    /// From the request to the last byte.
    pub(super) took: Duration,
    /// CPU time of PostgreSQL and of what stands before it.
    pub(super) cpu: Duration,
    /// Length in bytes.
    pub(super) bytes: u64,
}

/// Exports in both ways.
pub(super) async fn measure(shop: &Shop, office: &Office, reader: &Visitor) -> Outcome<Exported> {
    let orders = ORDERS.min(shop.orders);
    let filter = encode(&format!("id <= {orders}"));
    let ask = Ask::get(format!("/b/{BACKEND}/orders/export.csv?f={filter}&s=id&c={COLUMNS}"));
    let (mut copies, mut exports) = (Vec::new(), Vec::new());
    let mut extra = 0;
    for _ in 0..TIMES {
        copies.push(copy(shop, orders).await?);
        let watched = Watched::begin(office.pid())?;
        let exported = export(shop, office, reader, &ask).await;
        extra = extra.max(watched.end());
        exports.push(exported?);
    }
    Ok(Exported { orders, copy: middle(copies), kontor: middle(exports), extra })
}

fn middle(mut all: Vec<Once>) -> Once {
    all.sort_by_key(|once| once.took);
    all[all.len() / 2]
}

/// The customer's name stands beside its number, as in Kontor's file.
async fn copy(shop: &Shop, orders: u64) -> Outcome<Once> {
    let failed = |error: sqlx::Error| Failure::new(format!("COPY: {error}"));
    let mut connection = PgConnection::connect(&shop.url).await.map_err(failed)?;
    let sql = format!(
        "COPY (SELECT o.id, o.number, o.customer_id, c.name, o.status, o.total, o.placed_at, o.note \
         FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id WHERE o.id <= {orders} \
         ORDER BY o.id) TO STDOUT (FORMAT csv, HEADER)"
    );
    let own = std::process::id();
    let (begun, before) = (Instant::now(), cpu(shop.pid)? + cpu(own)?);
    let mut bytes = 0;
    let mut stream = connection.copy_out_raw(&sql).await.map_err(failed)?;
    while let Some(part) = stream.next().await {
        bytes += part.map_err(failed)?.len() as u64;
    }
    drop(stream);
    let took = begun.elapsed();
    Ok(Once { took, cpu: (cpu(shop.pid)? + cpu(own)?).saturating_sub(before), bytes })
}

async fn export(shop: &Shop, office: &Office, reader: &Visitor, ask: &Ask) -> Outcome<Once> {
    let used = || Ok(cpu(shop.pid)? + cpu(office.pid())?);
    let (begun, before) = (Instant::now(), used()?);
    let mut answer = reader.send(ask).await?;
    let mut bytes = 0;
    while let Some(part) =
        answer.chunk().await.map_err(|error| Failure::new(format!("the export: {error}")))?
    {
        bytes += part.len() as u64;
    }
    let took = begun.elapsed();
    Ok(Once { took, cpu: used()?.saturating_sub(before), bytes })
}

/// Looks at a process's memory until it is told to stop.
struct Watched {
    before: u64,
    most: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Watched {
    fn begin(pid: u32) -> Outcome<Self> {
        let before = resident(pid)?;
        let (most, stop) = (Arc::new(AtomicU64::new(before)), Arc::new(AtomicBool::new(false)));
        let thread = std::thread::spawn({
            let (most, stop) = (Arc::clone(&most), Arc::clone(&stop));
            move || look(pid, &most, &stop)
        });
        Ok(Self { before, most, stop, thread })
    }

    /// How many bytes there were at most above the beginning.
    fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.thread.join());
        self.most.load(Ordering::Relaxed) - self.before
    }
}

#[expect(clippy::disallowed_methods, reason = "a thread that does nothing but look now and then")]
fn look(pid: u32, most: &AtomicU64, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        if let Ok(now) = resident(pid) {
            most.fetch_max(now, Ordering::Relaxed);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
