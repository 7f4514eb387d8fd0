//! Servers that come and go while a file is imported: everything happens once.

use std::process::{Child, Command, Stdio};

use kontor_testkit::{Durability, PostgresServer, eventually};
use order_inspect::cashier::Tills;
use serde_json::Value;

use crate::{
    catalogue::open,
    crash::{free_address, run},
    exchange::{applied, planned},
    on_both_engines,
};

/// How many products the file has.
const PRODUCTS: usize = 300;

fn file(product_type: &str) -> String {
    let rows = (0..PRODUCTS)
        .map(|at| format!("item-{at},Item {at},ITEM-{at},{at}.90,5,{product_type},TRUE\n"));
    let header = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty,Type,Published\n";
    std::iter::once(header.to_owned()).chain(rows).collect()
}

on_both_engines! {
    async fn several_servers_apply_an_import_once(bed) {
        open(&bed).await;
        let others = [bed.server(Tills::default(), None), bed.server(Tills::default(), None)];
        let run = planned(&bed, "format=shopify_csv&location=hanover&tax_class=standard", &file("Lamp")).await;
        assert_eq!(run["created"], PRODUCTS);
        let run = applied(&others[0], &run).await;
        assert_eq!(run["applied"], PRODUCTS);
        let prices = bed.numbers("SELECT COUNT(*) AS n FROM price").await;
        let movements = bed.numbers("SELECT COUNT(*) AS n FROM stock_movement").await;
        let wanted = i64::try_from(PRODUCTS).expect("few");
        assert_eq!((prices, movements), (vec![wanted], vec![wanted]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_over_sqlite_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    story(vec!["--data".to_owned(), folder.path().display().to_string()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_over_postgresql_goes_on_where_it_stopped() {
    let server = PostgresServer::start_with(Durability::Durable).await;
    let url = server.fresh_database().await;
    story(vec!["--database".to_owned(), url.to_string()]).await;
}

/// The service is killed in the middle of the dry run, and again in the middle of applying.
async fn story(place: Vec<String>) {
    drop(rustls::crypto::ring::default_provider().install_default());
    run(&place, &["seed", "--scale", "0.0001"]);
    let shop = Service::new(place);
    let process = shop.start().await;
    let locations = shop.get("/catalogue/locations?limit=1").await;
    let location = locations["items"][0]["code"].as_str().expect("a code").to_owned();
    shop.post("/catalogue/product-types", r#"{"code": "plain", "name": "Plain"}"#.to_owned()).await;
    let question = format!("format=shopify_csv&channel=de&location={location}&tax_class=standard");
    let sent = shop.post(&format!("/imports?{question}"), file("Plain")).await;
    let path = format!("/imports/{}", sent["id"]);

    let process = shop.kill_when(process, &path, |it| counted(it) > 0).await;
    shop.wait(&path, "planned").await;
    let planned = shop.get(&path).await;
    assert_eq!(counted(&planned), PRODUCTS as u64, "{planned}");

    shop.post(&format!("{path}/apply"), String::new()).await;
    let process = shop.kill_when(process, &path, |it| it["applied"].as_u64() > Some(0)).await;
    shop.wait(&path, "applied").await;
    let done = shop.get(&path).await;
    assert_eq!(done["applied"].as_u64(), Some(PRODUCTS as u64), "{done}");
    for at in [0, PRODUCTS / 2, PRODUCTS - 1] {
        let prices = shop.get(&format!("/catalogue/variants/ITEM-{at}/prices")).await;
        assert_eq!(prices["items"].as_array().map(Vec::len), Some(1), "{prices}");
        let moved = shop.get(&format!("/catalogue/stock/ITEM-{at}/movements")).await;
        assert_eq!(moved["items"].as_array().map(Vec::len), Some(1), "{moved}");
    }
    drop(process);
}

/// A running service, which ends with its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().expect("the service is killed");
        self.0.wait().expect("the service has ended");
    }
}

/// How many items were compared.
fn counted(run: &Value) -> u64 {
    ["created", "changed", "unchanged", "failed"].iter().filter_map(|it| run[*it].as_u64()).sum()
}

struct Service {
    place: Vec<String>,
    address: String,
    key: String,
    client: reqwest::Client,
}

impl Service {
    fn new(place: Vec<String>) -> Self {
        let key = run(&place, &["key", "create", "test"]).trim().to_owned();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { place, address: free_address().to_string(), key, client }
    }

    async fn start(&self) -> Process {
        let process = Command::new(env!("CARGO_BIN_EXE_order-inspect"))
            .args(&self.place)
            .args([
                "serve",
                "--rate-per-key",
                "0",
                "--rate-per-address",
                "0",
                "--listen",
                &self.address,
            ])
            .env("ORDER_INSPECT_LOG", "error")
            .stdin(Stdio::null())
            .spawn()
            .expect("the service starts");
        let process = Process(process);
        let ready = format!("http://{}/ready", self.address);
        eventually("the service is ready", async || {
            self.client.get(&ready).send().await.is_ok_and(|it| it.status() == 200)
        })
        .await;
        process
    }

    /// Kills the service as soon as the import is so far, and starts it again.
    async fn kill_when(
        &self,
        process: Process,
        path: &str,
        far: impl Fn(&Value) -> bool,
    ) -> Process {
        eventually("the import has begun", async || far(&self.get(path).await)).await;
        drop(process);
        self.start().await
    }

    /// Waits for a state; whoever had the import before has it for five seconds more.
    async fn wait(&self, path: &str, state: &str) {
        eventually("the import goes on", async || self.get(path).await["state"] == state).await;
    }

    async fn get(&self, path: &str) -> Value {
        let request =
            self.client.get(format!("http://{}{path}", self.address)).bearer_auth(&self.key);
        let answer = request.send().await.expect("an answer");
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    }

    async fn post(&self, path: &str, body: String) -> Value {
        let request =
            self.client.post(format!("http://{}{path}", self.address)).bearer_auth(&self.key);
        let request = request.header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        let bytes = answer.bytes().await.expect("a body");
        serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&bytes)))
    }
}
