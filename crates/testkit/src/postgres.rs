//! A real PostgreSQL server.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use crate::{
    database_url::{DatabaseUrl, unique_name},
    server::{
        Account, Durability, Kept, Life, Program, READY_LIMIT, free_port, port_was_taken,
        private_folder, run_to_end, share,
    },
};

static SHARED: OnceCell<PostgresServer> = OnceCell::const_new();

/// A PostgreSQL server in a temporary folder, on a free port of 127.0.0.1.
///
/// The superuser `postgres` needs no password. Every other role that a test creates does (SCRAM), so
/// that wrong passwords are refused as in production.
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    folder: PathBuf,
    _kept: Option<Kept>,
}

impl PostgresServer {
    /// Starts a server of one's own, without forcing anything to the disk. It ends with the value, or
    /// with this process however that ends.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; the message has the server's log.
    pub async fn start() -> Self {
        Self::start_with(Durability::Fast).await
    }

    /// As [`PostgresServer::start`], with a choice of durability.
    ///
    /// # Panics
    /// As [`PostgresServer::start`].
    pub async fn start_with(durability: Durability) -> Self {
        Self::start_in(private_folder("postgres"), Life::Ours, durability).await
    }

    /// The server of this test run: started by the first test that asks, gone after the last.
    ///
    /// # Panics
    /// As [`PostgresServer::start`].
    pub async fn shared() -> &'static Self {
        SHARED
            .get_or_init(|| share("postgres", Self::attach, Self::start_shared))
            .await
    }

    /// An empty database that nobody else has.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn fresh_database(&self) -> DatabaseUrl {
        let name = unique_name();
        self.administer(format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    /// The URL of the database called `name` for the superuser, whether it exists or not.
    #[must_use]
    pub fn url(&self, name: &str) -> DatabaseUrl {
        DatabaseUrl::new(format!(
            "postgres://postgres@127.0.0.1:{}/{name}",
            self.port
        ))
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's folder. It has `log`, `pid`, `data` and `socket`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one statement as superuser in the database `postgres`.
    ///
    /// # Panics
    /// When the server does not answer or refuses the statement.
    pub async fn administer(&self, statement: String) {
        let url = self.url("postgres");
        let shown = statement.clone();
        let run = async {
            let mut connection = PgConnection::connect(&url).await?;
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await?;
            connection.close().await
        };
        run.await
            .unwrap_or_else(|error| panic!("{url} refuses `{shown}`: {error}"));
    }

    async fn start_shared(folder: PathBuf, life: Life) -> (Self, String) {
        let server = Self::start_in(folder, life, Durability::Fast).await;
        let address = server.port.to_string();
        (server, address)
    }

    async fn attach(folder: PathBuf, address: String) -> Option<Self> {
        let server = Self {
            port: address.trim().parse().ok()?,
            folder,
            _kept: None,
        };
        server.answers().await.ok()?;
        Some(server)
    }

    async fn start_in(folder: PathBuf, life: Life, durability: Durability) -> Self {
        let account = Account::choose(&["postgres", "nobody"]);
        let prepared = tokio::task::spawn_blocking({
            let (folder, account) = (folder.clone(), account.clone());
            move || initialise(&folder, &account, durability)
        });
        prepared
            .await
            .unwrap_or_else(|error| panic!("PostgreSQL cannot be prepared: {error}"));
        loop {
            let port = free_port();
            let kept = Kept::start(&folder, life, "QUIT", &command(&folder, &account, port));
            let mut server = Self {
                port,
                folder: folder.clone(),
                _kept: None,
            };
            match server.become_ready(&kept).await {
                Ok(()) => {
                    server._kept = Some(kept);
                    return server;
                }
                Err(log) if port_was_taken(&log) => {
                    fs::remove_file(folder.join("ended"))
                        .expect("the keeper left the file that was just seen");
                }
                Err(log) => panic!("PostgreSQL does not start. The end of its log:\n{log}"),
            }
        }
    }

    async fn answers(&self) -> Result<(), sqlx::Error> {
        PgConnection::connect(&self.url("postgres"))
            .await?
            .close()
            .await
    }

    /// Waits for the first answer. The error is the log of a server that ended instead.
    async fn become_ready(&self, kept: &Kept) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let Err(error) = self.answers().await else {
                return Ok(());
            };
            if kept.has_ended() {
                return Err(kept.log());
            }
            if begun.elapsed() > READY_LIMIT {
                return Err(format!(
                    "{}\nno answer after {READY_LIMIT:?}: {error}",
                    kept.log()
                ));
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

/// Makes the data folder, with its configuration.
fn initialise(folder: &Path, account: &Account, durability: Durability) {
    for part in ["data", "socket"] {
        let part = folder.join(part);
        fs::create_dir(&part)
            .unwrap_or_else(|error| panic!("{} cannot be made: {error}", part.display()));
        account.own(&part);
    }
    let data = folder.join("data");
    let arguments = [
        "--no-sync",
        "--no-instructions",
        "--username=postgres",
        "--auth=trust",
    ];
    let more = ["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"];
    let mut arguments: Vec<String> = arguments
        .into_iter()
        .chain(more)
        .map(String::from)
        .collect();
    arguments.push(data.display().to_string());
    run_to_end(
        &account.prefix(),
        &program("initdb").find(),
        &arguments,
        folder,
    );
    let access = "local all all trust\nhost all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(data.join("pg_hba.conf"), access).expect("the data folder was just made");
    fs::write(
        data.join("postgresql.auto.conf"),
        settings(folder, durability),
    )
    .expect("the data folder was just made");
}

fn settings(folder: &Path, durability: Durability) -> String {
    let common = "listen_addresses = '127.0.0.1'\nmax_connections = 300\nshared_buffers = 64MB\nmax_wal_size = 1GB\n\
                  log_min_messages = warning\ntimezone = 'UTC'\nlog_timezone = 'UTC'\nautovacuum_naptime = 5min\n";
    let fast = match durability {
        Durability::Fast => "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n",
        Durability::Durable => "",
    };
    format!(
        "{common}{fast}unix_socket_directories = '{}'\n",
        folder.join("socket").display()
    )
}

fn command(folder: &Path, account: &Account, port: u16) -> Vec<String> {
    let mut words = account.prefix();
    words.push(program("postgres").find().display().to_string());
    words.extend([
        "-D".to_owned(),
        folder.join("data").display().to_string(),
        "-p".to_owned(),
        port.to_string(),
    ]);
    words
}

/// A program of PostgreSQL; Debian keeps the servers' out of `PATH`, one folder per version.
pub(crate) fn program(name: &'static str) -> Program {
    Program {
        name,
        package: "postgresql",
        folders: newest_first,
    }
}

fn newest_first() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}
