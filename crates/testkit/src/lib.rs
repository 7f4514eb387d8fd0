//! Real servers for tests: PostgreSQL and MariaDB from the installed binaries, servers that others
//! wrote from npm, a small shop that speaks HTTP, and a TCP proxy that breaks connections on purpose.
//! Development only; no product code depends on it.
//!
//! # How long a server lives
//!
//! `unsafe` is forbidden here, so nothing can ask the kernel to end a server with its test. A small
//! `sh` script stands between them instead (`src/server/keeper.sh`) and keeps two promises, also
//! when the test panics or is killed with `kill -9`:
//!
//! * A server of [`PostgresServer::start`] ends when its value is dropped or its process dies: the
//!   script reads a pipe that the kernel closes with the process.
//! * A server of [`PostgresServer::shared`] ends with the run. Under `cargo nextest`, where every
//!   test is a process of its own, the first test that needs the server starts it under a lock file
//!   in a folder named after `NEXTEST_RUN_ID`; the others attach; the script watches the nextest
//!   process. Under `cargo test` the run is the test process itself.
//!
//! A missing program is never skipped: the test fails and says what to install. Data that does not
//! belong to the repository (see [`shared_data`]) may be absent; then the test says `SKIPPED`.

mod database_url;
mod eventually;
mod http_shop;
mod mariadb;
mod peer;
mod postgres;
mod proxy;
mod server;
mod shared_data;
mod sqlite;

pub use database_url::DatabaseUrl;
pub use eventually::eventually;
pub use http_shop::{HttpAsked, HttpShop, HttpShopInside, serve_http};
pub use mariadb::MariaDbServer;
pub use peer::Peer;
pub use postgres::PostgresServer;
pub use proxy::Proxy;
pub use server::Durability;
pub use shared_data::shared_data;
pub use sqlite::SqliteFile;
