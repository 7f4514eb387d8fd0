//! The database behind the service, asked directly: to prepare it, and for the floor.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;
use tokio_postgres::{Client, NoTls};

use super::shop::Article;
use crate::failure::{Failure, Outcome};

/// So many articles are ordered.
const ARTICLES: i64 = 20_000;

/// Much more of everything than is ordered in a run: what is measured is selling, not being sold out.
const STOCK_UP: [&str; 3] = [
    "INSERT INTO stock_movement (id, variant_id, location_id, kind, on_hand_change, actor, at)
        SELECT (SELECT MAX(id) FROM stock_movement) + variant_id * 8 + location_id, variant_id, location_id,
            'receipt', 10000000, 'bench', 0 FROM stock WHERE variant_id <= 20000",
    "UPDATE stock SET on_hand = on_hand + 10000000 WHERE variant_id <= 20000",
    "INSERT INTO number_range (channel_id, kind, prefix, next_number) VALUES (1, 'floor', 'F-', 1)",
];

/// The texts of an order that was placed, for the floor to store as much.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) quote: String,
    pub(super) address: String,
    pub(super) details: String,
    pub(super) shares: String,
    pub(super) payload: String,
}

/// A database.
pub(super) enum Store {
    /// A file.
    Sqlite(PathBuf),
    /// A server, with a connection to it.
    Postgres(String, Arc<Client>),
}

impl Store {
    pub(super) fn sqlite(file: &Path) -> Outcome<Self> {
        Ok(Self::Sqlite(file.to_owned()))
    }

    pub(super) async fn postgres(url: &str) -> Outcome<Self> {
        let client = connect(url).await?;
        client.batch_execute("CREATE SEQUENCE floor_number").await.map_err(postgres_failed)?;
        Ok(Self::Postgres(url.to_owned(), Arc::new(client)))
    }

    pub(super) async fn stock_up(&self) -> Outcome {
        for sql in STOCK_UP {
            self.run(sql).await?;
        }
        if let Self::Postgres(..) = self {
            self.run("VACUUM ANALYZE").await?;
            self.run("CHECKPOINT").await?;
        }
        Ok(())
    }

    async fn run(&self, sql: &str) -> Outcome {
        match self {
            Self::Sqlite(file) => open(file)?.execute_batch(sql).map_err(sqlite_failed),
            Self::Postgres(_, client) => client.batch_execute(sql).await.map_err(postgres_failed),
        }
    }

    pub(super) async fn articles(&self) -> Outcome<Vec<Article>> {
        let sql =
            format!("SELECT CAST(id AS TEXT), sku FROM variant WHERE id <= {ARTICLES} ORDER BY id");
        let rows = self.texts(&sql, 2).await?;
        let article = |row: Vec<String>| {
            let mut row = row.into_iter();
            let variant = row.next()?.parse().ok()?;
            Some(Article { variant, sku: row.next()? })
        };
        Ok(rows.into_iter().filter_map(article).collect())
    }

    pub(super) async fn slugs(&self) -> Outcome<Vec<String>> {
        let sql =
            "SELECT slug FROM product_text WHERE locale = 'de' AND channel_id = 0 LIMIT 10000";
        Ok(self.texts(sql, 1).await?.into_iter().flatten().collect())
    }

    /// What the last order looks like.
    pub(super) async fn template(&self) -> Outcome<Template> {
        let sql = "SELECT o.quote, o.billing_address, l.details, l.shares, b.payload FROM orders o
            JOIN order_line l ON l.order_id = o.id AND l.position = 1 JOIN outbox b ON b.order_id = o.id
            ORDER BY o.id DESC LIMIT 1";
        let mut row = self.texts(sql, 5).await?.into_iter().flatten();
        let mut next = || row.next().ok_or_else(|| Failure::new("there is no order to look at"));
        Ok(Template {
            quote: next()?,
            address: next()?,
            details: next()?,
            shares: next()?,
            payload: next()?,
        })
    }

    /// How the server keeps its promise, in its own words.
    pub(super) async fn settings(&self) -> Outcome<String> {
        match self {
            Self::Sqlite(_) => {
                Ok("SQLite: journal_mode=WAL, synchronous=FULL, one writer".to_owned())
            }
            Self::Postgres(..) => {
                let sql = "SELECT name || '=' || setting FROM pg_settings WHERE name IN ('fsync',
                    'synchronous_commit', 'full_page_writes', 'shared_buffers', 'wal_sync_method',
                    'server_version', 'commit_delay') ORDER BY name";
                let all: Vec<String> = self.texts(sql, 1).await?.into_iter().flatten().collect();
                Ok(format!("PostgreSQL: {}", all.join(", ")))
            }
        }
    }

    async fn texts(&self, sql: &str, columns: usize) -> Outcome<Vec<Vec<String>>> {
        match self {
            Self::Sqlite(file) => {
                let connection = open(file)?;
                let mut statement = connection.prepare(sql).map_err(sqlite_failed)?;
                let rows =
                    statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
                rows.map_err(sqlite_failed)?.collect::<Result<_, _>>().map_err(sqlite_failed)
            }
            Self::Postgres(_, client) => {
                let rows = client.query(sql, &[]).await.map_err(postgres_failed)?;
                let texts = rows.iter().map(|row| (0..columns).map(|at| row.try_get(at)).collect());
                texts.collect::<Result<_, _>>().map_err(postgres_failed)
            }
        }
    }
}

/// A connection to a server; it ends with the client.
pub(super) async fn connect(url: &str) -> Outcome<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.map_err(postgres_failed)?;
    tokio::spawn(connection);
    Ok(client)
}

/// A file, opened as the service opens it.
pub(super) fn open(file: &Path) -> Outcome<Connection> {
    let connection = Connection::open(file).map_err(sqlite_failed)?;
    connection
        .execute_batch("PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -131072;")
        .map_err(sqlite_failed)?;
    Ok(connection)
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
pub(super) fn sqlite_failed(error: rusqlite::Error) -> Failure {
    Failure::new(format!("SQLite: {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
pub(super) fn postgres_failed(error: tokio_postgres::Error) -> Failure {
    let server = error.as_db_error().map(|it| it.message().to_owned());
    Failure::new(format!("PostgreSQL: {}", server.unwrap_or_else(|| error.to_string())))
}
