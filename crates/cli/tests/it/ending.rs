//! What is left when the program has ended in an orderly way.

use kontor_testkit::{PostgresServer, Proxy, SqliteFile, eventually};
use sqlx::Connection as _;

use crate::bed::{Bed, Serving, http};
use crate::serve::welcome;

const COUNTER: &str = "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
    INSERT INTO counter (id, value) VALUES (1, 0);";

/// An open office over a backend that may be changed.
struct Shop {
    serving: Serving,
    cookie: String,
}

impl Shop {
    async fn open(bed: &Bed, url: &str) -> Self {
        bed.write("backends/shop.toml", &format!("url = \"{url}\"\nwritable = true\n"));
        let serving = bed.start(&["serve"]).await;
        let entered = welcome(serving.link().unwrap()).await;
        let cookie = entered.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let shop = Self { cookie: cookie.to_owned(), serving };
        eventually("the backend has been read", async || shop.edit(1).await == 200).await;
        shop
    }

    /// Gives the counter a value; what is answered.
    fn edit(&self, value: u32) -> impl Future<Output = reqwest::StatusCode> + use<> {
        let client = http().build().unwrap();
        let record = "api/v1/backends/shop/resources/counter/records/1";
        let request = client.patch(format!("{}/{record}", self.serving.address));
        let body = serde_json::json!({ "set": { "value": value } });
        let request = request.header("cookie", &self.cookie).json(&body);
        async { request.send().await.unwrap().status() }
    }
}

async fn edit_and_close(bed: &Bed, url: &str) {
    let shop = Shop::open(bed, url).await;
    assert_eq!(shop.edit(7).await, 200);
    let ended = shop.serving.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

fn beside(file: &SqliteFile) -> Vec<String> {
    let names = std::fs::read_dir(file.path().parent().unwrap()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "shop.db").collect()
}

#[tokio::test]
async fn nothing_is_left_beside_a_sqlite_file() {
    let (bed, file) = (Bed::new(), SqliteFile::fresh());
    let mut connection = file.connect().await;
    for script in ["PRAGMA journal_mode = WAL", COUNTER] {
        sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    edit_and_close(&bed, &file.url()).await;
    assert_eq!(beside(&file), Vec::<String>::new());
}

#[tokio::test]
async fn no_session_is_left_in_postgresql() {
    let (bed, url) = (Bed::new(), PostgresServer::shared().await.fresh_database().await);
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(COUNTER).execute(&mut connection).await.unwrap();
    edit_and_close(&bed, &url).await;
    let sessions = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'kontor-%'";
    let connection = tokio::sync::Mutex::new(connection);
    eventually("no session is left", async || {
        let mut connection = connection.lock().await;
        let count: i64 = sqlx::query_scalar(sessions).fetch_one(&mut *connection).await.unwrap();
        count == 0
    })
    .await;
}

#[tokio::test]
async fn the_end_does_not_wait_for_a_change_of_which_nobody_knows_whether_it_was_written() {
    let (bed, server) = (Bed::new(), PostgresServer::shared().await);
    let url = server.fresh_database().await;
    let proxy = Proxy::to(format!("127.0.0.1:{}", server.port())).await;
    let through = url.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    let mut holder = sqlx::PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(COUNTER).execute(&mut holder).await.unwrap();
    let shop = Shop::open(&bed, &through).await;

    let lock = "BEGIN; SELECT id FROM counter FOR UPDATE";
    sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
    let edit = tokio::spawn(shop.edit(7));
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let holder = tokio::sync::Mutex::new(holder);
    eventually("the edit waits for the record", async || {
        let mut holder = holder.lock().await;
        sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *holder).await.unwrap() == 1
    })
    .await;
    proxy.refuse();
    let answered = edit.await.unwrap();
    assert!(answered.is_server_error(), "its answer is lost: {answered}");
    let ended = shop.serving.stop().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!ended.err.contains("took too long"), "{}", ended.err);
}
