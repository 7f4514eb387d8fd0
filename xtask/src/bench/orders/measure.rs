//! Rising rates, floor and service in turns.

use std::{path::Path, sync::Arc, time::Duration};

use kontor_testkit::{Durability, PostgresServer};

use super::{
    floor::Floor,
    load::{Seen, Target, arrivals, in_turn},
    machine,
    options::{Engines, Options},
    service::Service,
    shop::{Article, Chance, orders, pages},
    wire::Wire,
};
use crate::{
    bench::{process::cpu, shipped},
    failure::{Failure, Outcome},
};

/// Orders per second that are tried, one after the other.
const RATES: [f64; 14] = [
    250.0, 500.0, 750.0, 1000.0, 1250.0, 1500.0, 1750.0, 2000.0, 2500.0, 3000.0, 3500.0, 4000.0,
    5000.0, 6000.0,
];
/// So long may 99 of 100 orders take, in milliseconds.
const LIMIT: f64 = 50.0;
/// Connections that PostgreSQL's floor tries.
const CONNECTIONS: [usize; 5] = [2, 4, 8, 16, 32];
/// How long the floor is measured in each turn.
const TURN: Duration = Duration::from_secs(3);
/// The size of a shop that is as good as empty: a hundred products, a thousand orders.
const EMPTY: f64 = 0.0001;
/// How many ask at once where it is measured how much can be placed at most.
const AT_ONCE: usize = 64;

/// Builds the service and measures it.
pub(in crate::bench) fn run(options: &Options) -> Outcome {
    let binary = shipped::program(options.binary.as_deref(), "order-inspect")?;
    shipped::wait_for(async {
        if options.engine != Engines::Postgres {
            measured(options, &binary, None).await?;
        }
        if options.engine != Engines::Sqlite {
            let server = PostgresServer::start_with(Durability::Durable).await;
            measured(options, &binary, Some(&server)).await?;
        }
        Ok(())
    })
}

async fn fresh(server: Option<&PostgresServer>) -> Option<String> {
    match server {
        Some(server) => Some(server.fresh_database().await.to_string()),
        None => None,
    }
}

async fn measured(options: &Options, binary: &Path, server: Option<&PostgresServer>) -> Outcome {
    let full = Service::open(binary, fresh(server).await, options.scale).await?;
    let empty = Service::open(binary, fresh(server).await, EMPTY).await?;
    let database = server.map(database_pid).transpose()?;
    println!("\n{}\n{}", machine::describe(&full.folder()), full.store.settings().await?);
    let target = placing(&full, 1);
    let begun = in_turn(&target, 1, Duration::from_millis(200)).await?;
    if let Some(wrong) = begun.wrong {
        return Err(Failure::new(format!("the first order was answered {wrong}")));
    }
    let floor = Floor::new(Arc::clone(&full.articles), full.store.template().await?);
    let connections = best_connections(&floor, &full).await?;
    let bench = Bench { full, target, floor, connections, database, seconds: options.seconds };
    // Before the orders: what a database tidies up after them is not the pages' doing.
    bench.product_pages().await?;
    let found = bench.rise().await?;
    bench.compare(&empty).await?;
    found.print(server.is_some());
    Ok(())
}

fn placing(service: &Service, run: u64) -> Target {
    placing_of(service, Arc::clone(&service.articles), run)
}

fn placing_of(service: &Service, articles: Arc<[Article]>, run: u64) -> Target {
    let run = run * 1_000_000_007 + u64::from(std::process::id());
    Target::new(service.address, 201, orders(articles, &service.key, run))
}

/// So many of them, from all over.
fn spread(articles: &[Article], count: usize) -> Arc<[Article]> {
    articles.iter().step_by((articles.len() / count.max(1)).max(1)).take(count).cloned().collect()
}

/// PostgreSQL's first process.
fn database_pid(server: &PostgresServer) -> Outcome<u32> {
    let text = std::fs::read_to_string(server.folder().join("pid")).unwrap_or_default();
    text.trim().parse().map_err(|_| Failure::new("PostgreSQL has no process id"))
}

/// With how many connections the floor places most; SQLite has one writer.
async fn best_connections(floor: &Floor, full: &Service) -> Outcome<usize> {
    if matches!(full.store, super::store::Store::Sqlite(_)) {
        return Ok(1);
    }
    let mut best = (0.0, 1);
    for connections in CONNECTIONS {
        let rate = floor.rate(&full.store, connections, TURN).await?;
        println!("floor with {connections:>2} connections: {rate:>6.0} orders/s");
        if rate > best.0 {
            best = (rate, connections);
        }
    }
    Ok(best.1)
}

/// A shop with those who ask it.
struct Bench {
    full: Service,
    target: Target,
    floor: Floor,
    connections: usize,
    database: Option<u32>,
    seconds: u64,
}

/// What was found.
struct Found {
    best: Option<Seen>,
    floors: Vec<f64>,
}

impl Bench {
    /// Raises the rate until it is too much, with a turn of the floor before each. A rate that fails is tried once
    /// more: the machine may have been busy with something else.
    async fn rise(&self) -> Outcome<Found> {
        println!(
            "\n{:>9}{:>10}{:>9}{:>9}{:>9}{:>12}{:>12}{:>12}",
            "wanted/s", "placed/s", "p50 ms", "p99 ms", "p99.9", "CPU service", "CPU db", "floor/s"
        );
        let mut found = Found { best: None, floors: Vec::new() };
        let mut chance = Chance(42);
        for rate in RATES {
            let mut held = false;
            for _ in 0..2 {
                let floor = self.floor.rate(&self.full.store, self.connections, TURN).await?;
                found.floors.push(floor);
                let seen = self.step(rate, floor, &mut chance).await?;
                held = seen.within(99.0) <= LIMIT && seen.wrong.is_none();
                if held {
                    found.best = Some(seen);
                    break;
                }
                if let Some(wrong) = &seen.wrong {
                    println!("          an answer was {wrong}");
                }
            }
            if !held {
                break;
            }
        }
        Ok(found)
    }

    /// One rate for a while.
    async fn step(&self, rate: f64, floor: f64, chance: &mut Chance) -> Outcome<Seen> {
        let used = || -> Outcome<(Duration, Duration)> {
            let database = self.database.map(cpu).transpose()?.unwrap_or_default();
            Ok((cpu(self.full.pid())?, database))
        };
        let before = used()?;
        let placed = self.target.next.load(std::sync::atomic::Ordering::Relaxed);
        let seen = arrivals(&self.target, rate, Duration::from_secs(self.seconds), chance).await?;
        let placed = self.target.next.load(std::sync::atomic::Ordering::Relaxed) - placed;
        let after = used()?;
        #[expect(clippy::cast_precision_loss, reason = "a count of orders is far below 2^52")]
        let each = |from: Duration, to: Duration| {
            (to.saturating_sub(from)).as_secs_f64() * 1e6 / placed as f64
        };
        println!(
            "{rate:>9.0}{:>10.0}{:>9.1}{:>9.1}{:>9.1}{:>9.0} µs{:>9.0} µs{floor:>12.0}",
            seen.rate,
            seen.within(50.0),
            seen.within(99.0),
            seen.within(99.9),
            each(before.0, after.0),
            each(before.1, after.1),
        );
        Ok(seen)
    }

    /// As much as can be placed, in the full shop and in one that is as good as empty, in turns. Both are asked for
    /// as many different articles, in the full one from all over its catalogue: a group of orders for few articles
    /// is less work, in a shop of any size.
    async fn compare(&self, empty: &Service) -> Outcome {
        let articles = spread(&self.full.articles, empty.articles.len());
        let (full, empty) = (placing_of(&self.full, articles, 3), placing(empty, 2));
        let (mut full_rates, mut empty_rates) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            full_rates.push(placed(in_turn(&full, AT_ONCE, TURN).await?)?);
            empty_rates.push(placed(in_turn(&empty, AT_ONCE, TURN).await?)?);
        }
        let (full, empty) = (median(full_rates), median(empty_rates));
        println!(
            "\n{AT_ONCE} at once: {full:.0} orders/s in the full shop, {empty:.0} in one that is as good as empty: {:+.0} % (at most 20 % fewer)",
            (full / empty - 1.0) * 100.0
        );
        Ok(())
    }

    async fn product_pages(&self) -> Outcome {
        let requests = pages(self.full.slugs.clone(), &self.full.key);
        let first = Wire::open(self.full.address).await?.ask(&(requests)(0)).await?.0;
        if first != 200 {
            println!("SKIPPED: product pages are answered {first}: the route is missing.");
            return Ok(());
        }
        let target = Target::new(self.full.address, 200, requests);
        // At first each page is made; then most of them are known.
        for when in ["at first", "then"] {
            let seen = in_turn(&target, 16, Duration::from_secs(self.seconds)).await?;
            let (p50, p99) = (seen.within(50.0), seen.within(99.0));
            println!(
                "product page, 16 connections, {when}: {:.0} requests/s, p50 {p50:.1} ms, p99 {p99:.1} ms (wanted 5000, p99 10 ms)",
                seen.rate
            );
            if let Some(wrong) = seen.wrong {
                return Err(Failure::new(format!("a product page was {wrong}")));
            }
        }
        Ok(())
    }
}

fn placed(seen: Seen) -> Outcome<f64> {
    match seen.wrong {
        Some(wrong) => Err(Failure::new(format!("an order was answered {wrong}"))),
        None => Ok(seen.rate),
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

impl Found {
    fn print(&self, postgres: bool) {
        let floor = median(self.floors.clone());
        let Some(best) = &self.best else {
            println!("No rate was kept up with p99 ≤ {LIMIT} ms.");
            return;
        };
        let share = best.rate / floor * 100.0;
        let goal = if postgres { "50 % of the floor" } else { "1000 orders/s" };
        println!(
            "{}: {:.0} orders/s with p50 {:.1}, p99 {:.1}, p99.9 {:.1} ms; floor {floor:.0} orders/s; {share:.0} % (wanted {goal})\n",
            if postgres { "PostgreSQL" } else { "SQLite" },
            best.rate,
            best.within(50.0),
            best.within(99.0),
            best.within(99.9),
        );
    }
}
