//! What the office does not let happen.

use futures_util::StreamExt as _;
use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{ConnectRequest, ExportFormat, ListRequest, OfficeError};
use kontor_testkit::SqliteFile;
use sqlx::{Connection as _, SqliteConnection};

use crate::office::Bureau;

async fn over(tables: &'static str) -> (Bureau, SqliteFile) {
    let file = SqliteFile::fresh();
    let mut direct = SqliteConnection::connect(&file.url()).await.unwrap();
    sqlx::raw_sql(tables).execute(&mut direct).await.unwrap();
    (Bureau::over(&[("shop", &file.url())]).await, file)
}

#[tokio::test]
async fn a_record_is_not_found_by_what_nobody_may_see() {
    let tables = "CREATE TABLE cards (customer TEXT, pin TEXT, town TEXT);
        INSERT INTO cards VALUES ('anna', '4711', 'Wien');
        CREATE VIEW shown AS SELECT * FROM cards;";
    let (bureau, _file) = over(tables).await;
    let permit = bureau.reading("shop");
    let found = async |fields: &[(&str, &str)]| {
        let text = |text: &str| Value::Text(text.to_owned());
        let key = fields.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect();
        let name = ResourceName::new("shown");
        bureau.office.record(&permit, &name, &RecordKey::Content(key)).await
    };
    found(&[("customer", "anna"), ("town", "Wien")]).await.unwrap();
    for pin in ["4711", "0815"] {
        let told = found(&[("customer", "anna"), ("pin", pin)]).await;
        assert!(matches!(told, Err(OfficeError::UnknownRecord(_))), "{pin}: {told:?}");
    }
}

#[tokio::test]
async fn the_offices_own_memory_is_no_backend() {
    let (bureau, _file) = over("CREATE TABLE t (id INTEGER PRIMARY KEY);").await;
    let request = ConnectRequest {
        url: format!("sqlite:{}", bureau.store_file().display()),
        ..ConnectRequest::default()
    };
    let refused = bureau.office.try_connect(&request).await;
    assert!(matches!(refused, Err(OfficeError::Parameter { what: "url", .. })), "{refused:?}");
}

#[tokio::test]
async fn exports_that_nobody_reads_leave_connections_for_lists() {
    let tables = "CREATE TABLE wide (id INTEGER PRIMARY KEY, text TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
        INSERT INTO wide SELECT i, printf('%0900d', i) FROM n;";
    let (bureau, _file) = over(tables).await;
    let (permit, name) = (bureau.reading("shop"), ResourceName::new("wide"));
    let all = ListRequest::default();
    let format = ExportFormat::Ndjson;
    let mut unread = Vec::new();
    let refused = loop {
        match bureau.office.export(&permit, &name, &all, format).await {
            Ok(export) => unread.push(export),
            Err(error) => break error,
        }
        assert!(unread.len() < 8, "every connection is taken by exports");
    };
    assert!(matches!(refused, OfficeError::Backend { .. }), "{refused:?}");
    let list = bureau.office.list(&permit, &name, &all).await.unwrap();
    assert_eq!(list.records.len(), 50);
    let first = unread.pop().unwrap();
    assert!(
        first.map(|part| part.unwrap().len()).fold(0, async |sum, part| sum + part).await
            > 50_000_000
    );
    drop(bureau.office.export(&permit, &name, &all, format).await.unwrap());
}
