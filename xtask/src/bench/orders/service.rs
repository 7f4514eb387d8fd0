//! A seeded shop with order-inspect in front of it, as a process of its own.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{
    shop::Article,
    store::Store,
    wire::{Wire, request},
};
use crate::{
    failure::{Failure, Outcome},
    program::{read, run},
};

/// How long a start may take.
const LIMIT: Duration = Duration::from_secs(30);

/// The service over a seeded database. It ends with the value.
pub(super) struct Service {
    child: Child,
    folder: TempDir,
    pub(super) address: SocketAddr,
    /// An API key that may do everything.
    pub(super) key: String,
    pub(super) store: Store,
    /// What is ordered, the popular articles first.
    pub(super) articles: Arc<[Article]>,
    /// The last parts of the addresses of product pages.
    pub(super) slugs: Vec<String>,
}

impl Service {
    /// Seeds the database, PostgreSQL's if its address is given, and starts the service.
    pub(super) async fn open(binary: &Path, database: Option<String>, scale: f64) -> Outcome<Self> {
        let folder = TempDir::with_prefix("order-inspect-bench-").map_err(failed)?;
        let place = match &database {
            Some(url) => vec!["--database".to_owned(), url.clone()],
            None => vec!["--data".to_owned(), folder.path().display().to_string()],
        };
        println!("Seeding {} at scale {scale} …", database.as_deref().unwrap_or("SQLite"));
        run(command(binary, &place).args(["seed", "--scale", &scale.to_string()]))?;
        let key = read(command(binary, &place).args(["key", "create", "bench"]))?.trim().to_owned();
        let store = match database {
            Some(url) => Store::postgres(&url).await?,
            None => Store::sqlite(&folder.path().join("order-inspect.db"))?,
        };
        store.stock_up().await?;
        let (articles, slugs) = (store.articles().await?.into(), store.slugs().await?);
        let address = free_address()?;
        let child = command(binary, &place)
            .args(["serve", "--rate-per-key", "0", "--rate-per-address", "0", "--listen"])
            .arg(address.to_string())
            .env("ORDER_INSPECT_LOG", "warn")
            .stdin(Stdio::null())
            .stderr(File::create(folder.path().join("log")).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let service = Self { child, folder, address, key, store, articles, slugs };
        service.wait_until_ready().await?;
        Ok(service)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where its files are.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    async fn wait_until_ready(&self) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            if let Ok(mut wire) = Wire::open(self.address).await
                && matches!(wire.ask(&request("GET", "/ready", "", "")).await, Ok((200, _)))
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        Err(Failure::new(format!("order-inspect is not ready after {LIMIT:?}; its log:\n{log}")))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(binary: &Path, place: &[String]) -> Command {
    let mut command = Command::new(binary);
    command.args(place);
    command
}

/// A port that was free a moment ago.
fn free_address() -> Outcome<SocketAddr> {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn failed(error: std::io::Error) -> Failure {
    Failure::new(error.to_string())
}
