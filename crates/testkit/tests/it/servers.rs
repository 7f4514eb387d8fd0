//! How servers start, answer and end.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use kontor_testkit::{DatabaseUrl, MariaDbServer, PostgresServer, eventually};
use sqlx::{Connection, MySqlConnection, PgConnection};

#[tokio::test]
async fn a_postgres_server_answers_and_is_gone_when_dropped() {
    let server = PostgresServer::start().await;
    let url = server.fresh_database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let name: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(name, url.database());
    let (folder, process) = (server.folder().to_owned(), process_of(server.folder()));
    assert!(process.exists());
    drop(server);
    assert!(!folder.exists() && !process.exists());
}

#[tokio::test]
async fn a_mariadb_server_answers_and_is_gone_when_dropped() {
    let server = MariaDbServer::start().await;
    let url = server.fresh_database().await;
    let mut connection = MySqlConnection::connect(&url).await.unwrap();
    let name: String =
        sqlx::query_scalar("SELECT database()").fetch_one(&mut connection).await.unwrap();
    assert_eq!(name, url.database());
    let (folder, process) = (server.folder().to_owned(), process_of(server.folder()));
    assert!(process.exists());
    drop(server);
    assert!(!folder.exists() && !process.exists());
}

#[tokio::test]
async fn a_killed_test_process_leaves_no_postgres_behind() {
    let held = Held::start("postgres");
    PgConnection::connect(&held.url).await.unwrap();
    held.kill_and_expect_nothing().await;
}

#[tokio::test]
async fn a_killed_test_process_leaves_no_mariadb_behind() {
    let held = Held::start("mariadb");
    MySqlConnection::connect(&held.url).await.unwrap();
    held.kill_and_expect_nothing().await;
}

#[tokio::test]
async fn a_run_shares_one_postgres_that_ends_with_it() {
    end_of_a_run("postgres", async |url| PgConnection::connect(url).await.is_ok()).await;
}

#[tokio::test]
async fn a_run_shares_one_mariadb_that_ends_with_it() {
    end_of_a_run("mariadb", async |url| MySqlConnection::connect(url).await.is_ok()).await;
}

#[tokio::test]
async fn postgres_databases_are_apart() {
    let server = PostgresServer::shared().await;
    let (one, other) = (server.fresh_database().await, server.fresh_database().await);
    let mut connection = PgConnection::connect(&one).await.unwrap();
    sqlx::raw_sql("CREATE TABLE only_here (a int)").execute(&mut connection).await.unwrap();
    let mut connection = PgConnection::connect(&other).await.unwrap();
    assert!(sqlx::raw_sql("SELECT * FROM only_here").execute(&mut connection).await.is_err());
}

#[tokio::test]
async fn mariadb_databases_are_apart() {
    let server = MariaDbServer::shared().await;
    let (one, other) = (server.fresh_database().await, server.fresh_database().await);
    let mut connection = MySqlConnection::connect(&one).await.unwrap();
    sqlx::raw_sql("CREATE TABLE only_here (a int)").execute(&mut connection).await.unwrap();
    let mut connection = MySqlConnection::connect(&other).await.unwrap();
    assert!(sqlx::raw_sql("SELECT * FROM only_here").execute(&mut connection).await.is_err());
}

#[tokio::test]
async fn a_postgres_role_needs_its_password() {
    let server = PostgresServer::shared().await;
    let role = server.fresh_database().await.database().to_owned();
    server.administer(format!("CREATE ROLE {role} LOGIN PASSWORD 'right'")).await;
    let url =
        |password: &str| format!("postgres://{role}:{password}@127.0.0.1:{}/{role}", server.port());
    PgConnection::connect(&url("right")).await.unwrap();
    assert!(PgConnection::connect(&url("wrong")).await.is_err());
}

/// A shell stands for the runner: two processes under it ask for the shared server and end.
async fn end_of_a_run(engine: &str, answers: impl AsyncFn(&str) -> bool) {
    let mut runner = Command::new("sh")
        .args(["-c", "\"$0\" \"$1\" --shared; \"$0\" \"$1\" --shared; read end"])
        .args([env!("CARGO_BIN_EXE_throwaway"), engine])
        .env("NEXTEST_RUN_ID", format!("{engine}{}", std::process::id()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut lines = BufReader::new(runner.stdout.take().expect("it is piped")).lines();
    let mut line = || lines.next().and_then(Result::ok).expect("URLs and folders are printed");
    let (first, folder, second) = (line(), PathBuf::from(line()), line());
    let same_folder = Path::new(&line()) == folder;

    assert!(first != second && same_folder, "{first} and {second} are two servers");
    assert!(answers(&first).await && answers(&second).await);
    let server = process_of(&folder);
    runner.kill().expect("the process is ours");
    runner.wait().expect("the process is ours");
    eventually("the server has ended and the run's folder is removed", async || {
        !server.exists() && !folder.parent().is_some_and(Path::exists)
    })
    .await;
}

/// A server that another process holds.
struct Held {
    process: Child,
    url: DatabaseUrl,
    folder: PathBuf,
}

impl Held {
    fn start(engine: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_throwaway"))
            .arg(engine)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built with this test");
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let mut line =
            || lines.next().and_then(Result::ok).expect("the URL and the folder are printed");
        let (url, folder) = (DatabaseUrl::new(line()), PathBuf::from(line()));
        Self { process, url, folder }
    }

    async fn kill_and_expect_nothing(mut self) {
        let server = process_of(&self.folder);
        assert!(server.exists() && self.folder.exists());
        self.process.kill().expect("the process is ours");
        self.process.wait().expect("the process is ours");
        eventually("the server has ended and its folder is removed", async || {
            !server.exists() && !self.folder.exists()
        })
        .await;
    }
}

/// Where the kernel shows the server's process as long as it lives.
fn process_of(folder: &Path) -> PathBuf {
    let id = std::fs::read_to_string(folder.join("pid")).expect("the keeper writes it first");
    Path::new("/proc").join(id.trim())
}
