//! Order & Inspect as the tests of the sample shop ask it: filled around what is given, at a port.

use std::net::SocketAddr;

use order_inspect::app::{App, Parts};
use order_inspect::cashier::{Cashier, Tills};
use order_inspect::clock::Clock;
use order_inspect::db::Db;
use order_inspect::exchange::Importer;
use order_inspect::http::{Keys, Limits, Metrics, Scope, router};
use order_inspect::orders::place::Placer;
use order_inspect::outbox::Post;
use order_inspect::program::keys;
use order_inspect::seed::{Blueprint, Given, Plan, fill};
use order_inspect::{inspect, setup};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::given_sized;
use super::tests::{NEW_SMALL, SEED, SMALL};

/// The running service.
pub(super) struct Running {
    pub(super) address: SocketAddr,
    /// With which everything may be done.
    pub(super) key: String,
    _folder: TempDir,
}

impl Running {
    /// The new shop that belongs to the small one of the tests.
    pub(super) async fn small() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_folder(folder.path()).await.unwrap();
        let given: Given = serde_json::from_str(&given_sized(SEED, SMALL, NEW_SMALL)).unwrap();
        let plan = Plan {
            seed: 1,
            // What it sells is what the old shop sells, too.
            products: given.products.len() as u64,
            customers: NEW_SMALL.customers as u64,
            orders: NEW_SMALL.orders as u64,
        };
        fill(&db, Blueprint::around(plan, given).unwrap()).await.unwrap();
        let key = keys::create(&db, "test", &Scope::ALL).await.unwrap();
        let remembered = setup::Remembered::default();
        let app = App::new(Parts {
            placer: Placer::start(db.clone()),
            cashier: Cashier::start(db.clone(), Clock::System, Tills::default()),
            importer: Importer::start(db.clone(), Clock::System),
            post: Post::start(db.clone(), Clock::System, remembered.clone(), None),
            db,
            clock: Clock::System,
            keys: Keys::default(),
            setup: remembered,
            pages: inspect::Pages::default(),
            limits: Limits::new(0, 0),
            metrics: Metrics::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router(app)).await });
        Self { address, key, _folder: folder }
    }
}
