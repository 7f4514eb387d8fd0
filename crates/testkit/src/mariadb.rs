//! A real MariaDB server.

use std::{
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use tokio::sync::OnceCell;

use crate::{
    database_url::{DatabaseUrl, unique_name},
    server::{
        Account, Boot, Durability, Kept, Life, Program, lock, private_folder, run_to_end, share,
    },
    shared_data::sql_files,
};

static SHARED: OnceCell<MariaDbServer> = OnceCell::const_new();

/// A MariaDB server in a temporary folder, on a free port of 127.0.0.1.
///
/// The user `kontor` with the password `kontor` may do everything.
#[derive(Debug)]
pub struct MariaDbServer {
    port: u16,
    folder: PathBuf,
    _kept: Option<Kept>,
}

impl MariaDbServer {
    /// Starts a server of one's own, without forcing anything to the disk. It ends with the value, or
    /// with this process however that ends.
    ///
    /// # Panics
    /// When MariaDB is not installed or does not start; the message has the server's log.
    pub async fn start() -> Self {
        Self::start_with(Durability::Fast).await
    }

    /// As [`MariaDbServer::start`], with a choice of durability.
    ///
    /// # Panics
    /// As [`MariaDbServer::start`].
    pub async fn start_with(durability: Durability) -> Self {
        Self::start_in(private_folder("mariadb"), Life::Ours, durability).await
    }

    /// The server of this test run: started by the first test that asks, gone after the last.
    ///
    /// # Panics
    /// As [`MariaDbServer::start`].
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(|| share("mariadb", Self::attach, Self::start_shared)).await
    }

    /// An empty database that nobody else has, in `utf8mb4`.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn fresh_database(&self) -> DatabaseUrl {
        let name = unique_name();
        self.administer(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await;
        self.url(&name)
    }

    /// A copy of the shared database `name` (see [`shared_data`](crate::shared_data)), for this test
    /// alone. MariaDB cannot clone a database, so it is loaded anew: tests that only read take
    /// [`MariaDbServer::loaded_once`]. `None` when the data is not there.
    ///
    /// # Panics
    /// When the data cannot be loaded.
    pub async fn copy_of(&self, name: &str) -> Option<DatabaseUrl> {
        let files = sql_files(name)?;
        let copy = self.fresh_database().await;
        self.load_all(&copy, &files).await;
        Some(copy)
    }

    /// The shared database `name`, loaded once per server for all tests that only read it. `None`
    /// when the data is not there.
    ///
    /// # Panics
    /// When the data cannot be loaded.
    pub async fn loaded_once(&self, name: &str) -> Option<DatabaseUrl> {
        let files = sql_files(name)?;
        let _lock = lock(self.folder.join(format!("shared_{name}.lock"))).await;
        let mark = self.folder.join(format!("shared_{name}"));
        let url = self.url(name);
        if !mark.exists() {
            self.administer(format!("CREATE OR REPLACE DATABASE {name} CHARACTER SET utf8mb4"))
                .await;
            self.load_all(&url, &files).await;
            fs::write(mark, []).expect("the server's folder is writable");
        }
        Some(url)
    }

    async fn load_all(&self, database: &DatabaseUrl, files: &[PathBuf]) {
        for file in files {
            self.load_sql(database, file).await;
        }
    }

    /// Runs the statements of a file with the client `mariadb`, which also knows `DELIMITER`.
    ///
    /// # Panics
    /// When the client is not installed or a statement fails.
    pub async fn load_sql(&self, database: &DatabaseUrl, file: &Path) {
        let mut arguments =
            ["--no-defaults", "--default-character-set=utf8mb4", "--host=127.0.0.1"]
                .map(String::from)
                .to_vec();
        arguments.extend(["--user=kontor", "--password=kontor"].map(String::from));
        arguments.push(format!("--port={}", self.port));
        arguments.push(format!("--execute=source {}", file.display()));
        arguments.push(database.database().to_owned());
        let folder = self.folder.clone();
        let run = tokio::task::spawn_blocking(move || {
            run_to_end(&[], &program("mariadb").find(), &arguments, &folder);
        });
        run.await.unwrap_or_else(|error| resume_unwind(error.into_panic()));
    }

    /// The URL of the database called `name`, whether it exists or not.
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

    /// Runs one statement in the database `mysql`.
    ///
    /// # Panics
    /// When the server does not answer or refuses the statement.
    pub async fn administer(&self, statement: String) {
        let url = self.url("mysql");
        let shown = statement.clone();
        let run = async {
            let mut connection = MySqlConnection::connect(&url).await?;
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
        let account = Account::choose(&["mysql", "nobody"]);
        let prepared = tokio::task::spawn_blocking({
            let (folder, account) = (folder.clone(), account.clone());
            move || initialise(&folder, &account)
        });
        if let Err(error) = prepared.await {
            drop(fs::remove_dir_all(&folder));
            resume_unwind(error.into_panic());
        }
        let boot = Boot {
            engine: "MariaDB",
            folder: &folder,
            life,
            // Nobody will read this folder again, so nothing is worth an orderly end.
            stop_signal: "KILL",
            command: |port| command(&folder, &account, port, durability),
            answers,
        };
        let (port, kept) = boot.start().await;
        Self { port, folder, _kept: Some(kept) }
    }
}

fn url(port: u16, name: &str) -> DatabaseUrl {
    DatabaseUrl::new(format!("mysql://kontor:kontor@127.0.0.1:{port}/{name}"))
}

async fn answers(port: u16) -> Result<(), sqlx::Error> {
    MySqlConnection::connect(&url(port, "mysql")).await?.close().await
}

/// Makes the data folder, and the statements that the server runs before it answers.
fn initialise(folder: &Path, account: &Account) {
    for part in ["data", "socket"] {
        let part = folder.join(part);
        fs::create_dir(&part)
            .unwrap_or_else(|error| panic!("{} cannot be made: {error}", part.display()));
        account.own(&part);
    }
    let arguments = [
        "--no-defaults",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-log-bin",
    ];
    let mut arguments: Vec<String> = arguments.into_iter().map(String::from).collect();
    arguments.push(format!("--datadir={}", folder.join("data").display()));
    run_to_end(&account.prefix(), &program("mariadb-install-db").find(), &arguments, folder);
    let statements = "DROP USER IF EXISTS ''@'localhost';\n\
                      CREATE USER IF NOT EXISTS 'kontor'@'%' IDENTIFIED BY 'kontor';\n\
                      GRANT ALL PRIVILEGES ON *.* TO 'kontor'@'%' WITH GRANT OPTION;\n";
    fs::write(folder.join("first.sql"), statements).expect("the server's new folder is writable");
}

fn command(folder: &Path, account: &Account, port: u16, durability: Durability) -> Vec<String> {
    let mut words = account.prefix();
    words.push(program("mariadbd").find().display().to_string());
    let common =
        ["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"];
    let sizes =
        ["--innodb-buffer-pool-size=64M", "--max-connections=300", "--default-time-zone=+00:00"];
    words.extend(common.into_iter().chain(sizes).map(String::from));
    if durability == Durability::Fast {
        let fast = [
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-doublewrite=0",
            "--innodb-flush-method=nosync",
        ];
        words.extend(fast.map(String::from));
    }
    let path = |name: &str| folder.join(name).display().to_string();
    words.push(format!("--port={port}"));
    words.push(format!("--datadir={}", path("data")));
    words.push(format!("--tmpdir={}", path("data")));
    words.push(format!("--socket={}", path("socket/mariadb.sock")));
    words.push(format!("--pid-file={}", path("socket/mariadb.pid")));
    words.push(format!("--init-file={}", path("first.sql")));
    words
}

/// A program of MariaDB; Debian keeps the server in `/usr/sbin`, which may be missing in `PATH`.
pub(crate) fn program(name: &'static str) -> Program {
    Program {
        name,
        package: "mariadb-server",
        folders: || vec!["/usr/sbin".into(), "/usr/local/sbin".into()],
    }
}
