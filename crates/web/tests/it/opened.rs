//! An office over one database, with its router.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use kontor_model::SystemClock;
use kontor_office::manifest::KeyFile;
use kontor_office::{Furnishing, Office, SealKey, Store};
use kontor_testkit::SqliteFile;
use kontor_web::Settings;

/// Opens an office in a folder: its store on SQLite, and one backend with this manifest.
pub(crate) async fn opened(folder: &Path, backend: &str, manifest: &str) -> (Arc<Office>, Router) {
    let manifests = folder.join("backends");
    std::fs::create_dir(&manifests).expect("a folder");
    std::fs::write(manifests.join(format!("{backend}.toml")), manifest).expect("a manifest");
    let store = format!("sqlite:{}", folder.join("kontor.db").display());
    let office = Office::new(Furnishing {
        clock: Arc::new(SystemClock),
        store: Store::open(&store, SealKey::new([7; 32])).await.expect("a store"),
        manifests,
        key: KeyFile::open_or_create(&folder.join("key")).expect("a key"),
        environment: Arc::new(|_| None),
        installation: "test".into(),
    });
    let errors = office.open_backends().await.expect("the store answers");
    assert_eq!(errors, Vec::<String>::new());
    let router = kontor_web::app(Settings {
        office: Arc::clone(&office),
        metrics: Arc::new(String::new),
        secure_cookies: false,
        trusted_origins: Vec::new(),
        trusted_proxies: Vec::new(),
        metrics_on_machine: false,
    });
    (office, router)
}

/// Runs statements in a database.
pub(crate) async fn run(folder: &Path, database: &SqliteFile, sql: &str) {
    let script = folder.join("shop.sql");
    std::fs::write(&script, sql).expect("a file");
    database.load_sql(&script).await;
}
