//! A real PostgreSQL server.

use std::{
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use crate::{
    database_url::{DatabaseUrl, unique_name},
    server::{
        Account, Boot, Durability, Kept, Life, Program, lock, private_folder, run_to_end, share,
    },
    shared_data::sql_files,
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
        SHARED.get_or_init(|| share("postgres", Self::attach, Self::start_shared)).await
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

    /// A copy of the shared database `name` (see [`shared_data`](crate::shared_data)), for this test
    /// alone: loaded and analysed once per server, then cloned. `None` when the data is not there.
    ///
    /// # Panics
    /// When the data cannot be loaded.
    pub async fn copy_of(&self, name: &str) -> Option<DatabaseUrl> {
        let files = sql_files(name)?;
        let template = format!("shared_{name}");
        self.load_once(name, &template, &files).await;
        let copy = unique_name();
        self.administer(format!("CREATE DATABASE {copy} TEMPLATE {template}")).await;
        Some(self.url(&copy))
    }

    /// Runs the statements of a file with `psql`, which also knows `COPY` data and `\c`.
    ///
    /// # Panics
    /// When `psql` is not installed or a statement fails.
    pub async fn load_sql(&self, database: &DatabaseUrl, file: &Path) {
        let mut arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d"].map(String::from).to_vec();
        arguments.extend([database.to_string(), "-f".to_owned(), file.display().to_string()]);
        let folder = self.folder.clone();
        let run = tokio::task::spawn_blocking(move || {
            run_to_end(&[], &program("psql").find(), &arguments, &folder);
        });
        run.await.unwrap_or_else(|error| resume_unwind(error.into_panic()));
    }

    async fn load_once(&self, name: &str, template: &str, files: &[PathBuf]) {
        let _lock = lock(self.folder.join(format!("{template}.lock"))).await;
        let mark = self.folder.join(template);
        if mark.exists() {
            return;
        }
        // Some files make and enter a database of their own, which is called like the folder.
        let text = fs::read_to_string(&files[0]).unwrap_or_default();
        let makes_its_own = text.lines().any(|line| line.starts_with("CREATE DATABASE"));
        let mut database = self.url("postgres");
        if !makes_its_own {
            self.administer(format!("CREATE DATABASE {name}")).await;
            database = self.url(name);
        }
        for file in files {
            self.load_sql(&database, file).await;
        }
        self.administer_in(name, "VACUUM ANALYZE".to_owned()).await;
        self.administer(format!("ALTER DATABASE {name} RENAME TO {template}")).await;
        // Nobody may be connected to a template, not even autovacuum.
        self.administer(format!("ALTER DATABASE {template} ALLOW_CONNECTIONS false")).await;
        fs::write(mark, []).expect("the server's folder is writable");
    }

    /// The URL of the database called `name` for the superuser, whether it exists or not.
    #[must_use]
    pub fn url(&self, name: &str) -> DatabaseUrl {
        url(self.port, name)
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
        self.administer_in("postgres", statement).await;
    }

    async fn administer_in(&self, database: &str, statement: String) {
        let url = self.url(database);
        let shown = statement.clone();
        let run = async {
            let mut connection = PgConnection::connect(&url).await?;
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
            connection.close().await
        };
        run.await.unwrap_or_else(|error| panic!("{url} refuses `{shown}`: {error}"));
    }

    async fn start_shared(folder: PathBuf, life: Life) -> (Self, String) {
        let server = Self::start_in(folder, life, Durability::Fast).await;
        let address = server.port.to_string();
        (server, address)
    }

    async fn attach(folder: PathBuf, address: String) -> Option<Self> {
        let port = address.trim().parse().ok()?;
        answers(port).await.ok()?;
        Some(Self { port, folder, _kept: None })
    }

    async fn start_in(folder: PathBuf, life: Life, durability: Durability) -> Self {
        let account = Account::choose(&["postgres", "nobody"]);
        let prepared = tokio::task::spawn_blocking({
            let (folder, account) = (folder.clone(), account.clone());
            move || initialise(&folder, &account, durability)
        });
        if let Err(error) = prepared.await {
            drop(fs::remove_dir_all(&folder));
            resume_unwind(error.into_panic());
        }
        let boot = Boot {
            engine: "PostgreSQL",
            folder: &folder,
            life,
            // QUIT ends all processes of the server at once, and removes its shared memory.
            stop_signal: "QUIT",
            command: |port| command(&folder, &account, port),
            answers,
        };
        let (port, kept) = boot.start().await;
        Self { port, folder, _kept: Some(kept) }
    }
}

fn url(port: u16, name: &str) -> DatabaseUrl {
    DatabaseUrl::new(format!("postgres://postgres@127.0.0.1:{port}/{name}"))
}

async fn answers(port: u16) -> Result<(), sqlx::Error> {
    PgConnection::connect(&url(port, "postgres")).await?.close().await
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
    let arguments = ["--no-sync", "--no-instructions", "--username=postgres", "--auth=trust"];
    let more = ["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"];
    let mut arguments: Vec<String> = arguments.into_iter().chain(more).map(String::from).collect();
    arguments.push(data.display().to_string());
    run_to_end(&account.prefix(), &program("initdb").find(), &arguments, folder);
    let access = "local all all trust\nhost all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(data.join("pg_hba.conf"), access).expect("the data folder was just made");
    fs::write(data.join("postgresql.auto.conf"), settings(folder, durability))
        .expect("the data folder was just made");
}

fn settings(folder: &Path, durability: Durability) -> String {
    let common = "listen_addresses = '127.0.0.1'\nmax_connections = 300\nshared_buffers = 64MB\nmax_wal_size = 1GB\n\
                  log_min_messages = warning\ntimezone = 'UTC'\nlog_timezone = 'UTC'\nautovacuum_naptime = 5min\n";
    let fast = match durability {
        Durability::Fast => "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n",
        Durability::Durable => "",
    };
    format!("{common}{fast}unix_socket_directories = '{}'\n", folder.join("socket").display())
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
    Program { name, package: "postgresql", folders: newest_first }
}

fn newest_first() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}
