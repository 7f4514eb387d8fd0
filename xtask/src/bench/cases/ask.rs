//! Asks for cases in each way, and prints what it took.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{Connection as _, PgConnection, Row as _};

use super::super::http::{Ask, Visitor};
use super::super::load::{CLIENTS, Client, Measured, Meter, Tally, round};
use super::super::measure::token;
use super::super::office::Office;
use super::super::shipped;
use super::Options;
use super::house::House;
use crate::failure::{Failure, Outcome};

/// How long one way is asked before it is the next one's turn.
const ROUND: Duration = Duration::from_secs(1);
/// Turns are longer while a backend hangs: an answer takes seconds then.
const HANGING: Duration = Duration::from_secs(15);
/// A page may take so long while a backend hangs, in milliseconds.
const LIMIT: f64 = 5_000.0;
/// Steps through the customers, so that no two that follow each other are neighbours.
const STRIDE: u64 = 7_919;

pub(super) fn run(options: &Options) -> Outcome {
    let binary = shipped::program(options.binary.as_deref(), "kontor")?;
    shipped::wait_for(measured(options, binary))
}

async fn measured(options: &Options, binary: PathBuf) -> Outcome {
    println!("Filling a shop, a register and a depot of {} customers …", options.customers);
    let house = House::open(options.customers).await?;
    let pages = ["/b/shop/customers", "/b/register/persons", "/b/depot/parcels"];
    let office = Office::over(&binary, &house.manifests(), &pages).await?;
    let reader = office.reader()?;
    let program = Visitor::with_token(&office.base, &token(&reader).await?)?;
    check(&program).await?;
    let customers = u64::from(options.customers);
    let next = Arc::new(AtomicU64::new(0));
    let id = move |number: u64| 1 + number * STRIDE % customers;
    let asks = |path: fn(u64) -> String| -> super::super::http::Asks {
        Arc::new(move |number| vec![Ask::get(path(id(number)))])
    };
    let mut floor = Vec::new();
    for _ in 0..CLIENTS {
        floor.push(OneByOne::open(&house.urls, Arc::clone(&next), id).await?);
    }
    let (mut api, mut page) = (program.clients(&asks(api_case)), reader.clients(&asks(page_case)));
    let own = Meter { database: house.pid, server: std::process::id(), time: ROUND };
    let through = Meter { server: office.pid(), ..own };
    let mut tallies = [Tally::default(), Tally::default(), Tally::default()];
    for second in 1..=options.seconds {
        println!("Round {second} of {} …", options.seconds);
        floor = round(floor, own, &mut tallies[0]).await?;
        api = round(api, through, &mut tallies[1]).await?;
        page = round(page, through, &mut tallies[2]).await?;
    }
    println!("The depot hangs …");
    house.depot.stall();
    let slow = Meter { time: HANGING, ..through };
    let mut hanging = [Tally::default(), Tally::default()];
    api = round(api, slow, &mut hanging[0]).await?;
    page = round(page, slow, &mut hanging[1]).await?;
    drop((api, page));

    println!("\n{:<34} {:>7} {:>8} {:>8} {:>16}", "", "per s", "p50 ms", "p99 ms", "CPU ms, of PG");
    let names = ["one by one, straight from PostgreSQL", "API", "page"];
    for (name, tally) in names.into_iter().zip(tallies) {
        print(name, tally)?;
    }
    let mut worst: f64 = 0.0;
    for (name, tally) in
        ["API, one backend hangs", "page, one backend hangs"].into_iter().zip(hanging)
    {
        worst = worst.max(print(name, tally)?.p99);
    }
    if worst > LIMIT {
        return Err(Failure::new(format!("a hanging backend held a case up for {worst:.0} ms")));
    }
    Ok(())
}

fn print(name: &str, tally: Tally) -> Outcome<Measured> {
    let measured = tally.measured()?.ok_or_else(|| Failure::new("nothing was measured"))?;
    let Measured { rate, p50, p99, database, .. } = measured;
    let cpu = format!("{:.2}, {database:.2}", measured.cpu());
    println!("{name:<34} {rate:>7.0} {p50:>8.1} {p99:>8.1} {cpu:>16}");
    Ok(measured)
}

fn api_case(id: u64) -> String {
    format!("/api/v1/backends/shop/resources/customers/records/{id}/case")
}

fn page_case(id: u64) -> String {
    format!("/case/shop/customers/{id}")
}

/// What is measured must be the whole: both records, the orders and the parcels.
async fn check(program: &Visitor) -> Outcome {
    let text = program.text(&Ask::get(api_case(10))).await?;
    let case: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("no JSON: {error}")))?;
    let counts: Vec<u64> = case["belongings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["count"]["records"].as_u64())
        .collect();
    let members = case["members"].as_array().map_or(0, Vec::len);
    let hints = case["hints"].as_array().map_or(0, Vec::len);
    if (members, hints, counts.as_slice()) == (2, 1, &[5, 2]) {
        return Ok(());
    }
    Err(Failure::new(format!("the case is not what it should be: {text}")))
}

/// Reads the records of a case one after the other, as a person would open them.
struct OneByOne<F> {
    connections: [PgConnection; 3],
    next: Arc<AtomicU64>,
    id: F,
}

impl<F> OneByOne<F> {
    async fn open(urls: &[String; 3], next: Arc<AtomicU64>, id: F) -> Outcome<Self> {
        let [shop, register, depot] = urls;
        let connect = async |url: &String| {
            let opened = PgConnection::connect(url).await;
            opened.map_err(|error| Failure::new(error.to_string()))
        };
        let connections = [connect(shop).await?, connect(register).await?, connect(depot).await?];
        Ok(Self { connections, next, id })
    }
}

impl<F: Fn(u64) -> u64 + Send + 'static> Client for OneByOne<F> {
    async fn ask(&mut self) -> Outcome {
        let id = (self.id)(self.next.fetch_add(1, Ordering::Relaxed));
        let id = i32::try_from(id).expect("a customer's number");
        let [shop, register, depot] = &mut self.connections;
        let failed = |error: sqlx::Error| Failure::new(error.to_string());
        let customer = sqlx::query("SELECT * FROM customers WHERE id = $1").bind(id);
        let customer = customer.fetch_one(&mut *shop).await.map_err(failed)?;
        let number: String = customer.try_get("number").map_err(failed)?;
        let no = format!("{id:0>8}");
        let person = sqlx::query("SELECT * FROM persons WHERE no = $1").bind(no);
        person.fetch_one(register).await.map_err(failed)?;
        let orders = "SELECT * FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT 6";
        sqlx::query(orders).bind(id).fetch_all(shop).await.map_err(failed)?;
        let parcels = "SELECT * FROM parcels WHERE customer = $1 ORDER BY handed_over DESC LIMIT 6";
        sqlx::query(parcels).bind(number).fetch_all(depot).await.map_err(failed)?;
        Ok(())
    }
}
