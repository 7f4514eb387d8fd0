//! What is left when the program has ended in an orderly way.

use kontor_testkit::{PostgresServer, SqliteFile, eventually};
use sqlx::Connection as _;

use crate::bed::Bed;
use crate::serve::welcome;

const COUNTER: &str = "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
    INSERT INTO counter (id, value) VALUES (1, 0);";

/// Opens the office over a backend that may be changed, changes it and closes the office.
async fn edit_and_close(bed: &Bed, url: &str) {
    bed.write("backends/shop.toml", &format!("url = \"{url}\"\nwritable = true\n"));
    let serving = bed.start(&["serve"]).await;
    let entered = welcome(serving.link().unwrap()).await;
    let cookie = entered.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let record = format!("{}/api/v1/backends/shop/resources/counter/records/1", serving.address);
    let body = serde_json::json!({ "set": { "value": 7 } });
    eventually("the edit is made", async || {
        let request = client.patch(&record).header("cookie", cookie).json(&body);
        request.send().await.unwrap().status() == 200
    })
    .await;
    let ended = serving.stop().await;
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
