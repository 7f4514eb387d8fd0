//! A real MariaDB server.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use tokio::sync::OnceCell;

use crate::{
    database_url::{DatabaseUrl, unique_name},
    server::{
        Account, Durability, Kept, Life, Program, READY_LIMIT, free_port, port_was_taken,
        private_folder, run_to_end, share,
    },
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
        SHARED
            .get_or_init(|| share("mariadb", Self::attach, Self::start_shared))
            .await
    }

    /// An empty database that nobody else has, in `utf8mb4`.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn fresh_database(&self) -> DatabaseUrl {
        let name = unique_name();
        self.administer(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"))
            .await;
        self.url(&name)
    }

    /// The URL of the database called `name`, whether it exists or not.
    #[must_use]
    pub fn url(&self, name: &str) -> DatabaseUrl {
        DatabaseUrl::new(format!(
            "mysql://kontor:kontor@127.0.0.1:{}/{name}",
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

    /// Runs one statement in the database `mysql`.
    ///
    /// # Panics
    /// When the server does not answer or refuses the statement.
    pub async fn administer(&self, statement: String) {
        let url = self.url("mysql");
        let shown = statement.clone();
        let run = async {
            let mut connection = MySqlConnection::connect(&url).await?;
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
        let account = Account::choose(&["mysql", "nobody"]);
        let prepared = tokio::task::spawn_blocking({
            let (folder, account) = (folder.clone(), account.clone());
            move || initialise(&folder, &account)
        });
        prepared
            .await
            .unwrap_or_else(|error| panic!("MariaDB cannot be prepared: {error}"));
        loop {
            let port = free_port();
            // InnoDB recovers what a kill leaves, and nobody will read this folder again.
            let kept = Kept::start(
                &folder,
                life,
                "KILL",
                &command(&folder, &account, port, durability),
            );
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
                Err(log) => panic!("MariaDB does not start. The end of its log:\n{log}"),
            }
        }
    }

    async fn answers(&self) -> Result<(), sqlx::Error> {
        MySqlConnection::connect(&self.url("mysql"))
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
    run_to_end(
        &account.prefix(),
        &program("mariadb-install-db").find(),
        &arguments,
        folder,
    );
    let statements = "DROP USER IF EXISTS ''@'localhost';\n\
                      CREATE USER IF NOT EXISTS 'kontor'@'%' IDENTIFIED BY 'kontor';\n\
                      GRANT ALL PRIVILEGES ON *.* TO 'kontor'@'%' WITH GRANT OPTION;\n";
    fs::write(folder.join("first.sql"), statements).expect("the server's new folder is writable");
}

fn command(folder: &Path, account: &Account, port: u16, durability: Durability) -> Vec<String> {
    let mut words = account.prefix();
    words.push(program("mariadbd").find().display().to_string());
    let common = [
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--skip-log-bin",
    ];
    let sizes = [
        "--innodb-buffer-pool-size=64M",
        "--max-connections=300",
        "--default-time-zone=+00:00",
    ];
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
