//! Changes of many records, over a real database.

use std::sync::Arc;

use kontor_model::{BackendName, RecordKey, ResourceName, Value};
use kontor_office::{BulkProgress, BulkSelection, Edit, Input, ListRequest, Permit, Role};
use kontor_testkit::{DatabaseUrl, PostgresServer, eventually};
use sqlx::{Connection as _, PgConnection};

use crate::office::Bureau;

const ARTICLES: &str = "CREATE TABLE article (id integer PRIMARY KEY, title varchar(80) NOT NULL);
    INSERT INTO article SELECT i, 'Teapot ' || i FROM generate_series(1, 300) AS i;";

/// An office over a shop of three hundred articles.
async fn shop() -> (Arc<Bureau>, DatabaseUrl) {
    let url = PostgresServer::shared().await.fresh_database().await;
    let mut direct = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(ARTICLES).execute(&mut direct).await.unwrap();
    (Arc::new(Bureau::over(&[("shop", &url)]).await), url)
}

/// Previews that all articles get one title; the preview's id.
async fn previewed(bureau: &Bureau) -> String {
    let all = BulkSelection::List(Box::new(ListRequest {
        sort: vec![("id".into(), false)],
        ..ListRequest::default()
    }));
    let set = [("title".to_owned(), Input::Text("Samovar".into()))];
    let permit = bureau.editing("shop");
    let articles = ResourceName::new("article");
    bureau.office.bulk_preview(&permit, &articles, &all, &set).await.unwrap().id
}

fn progress(bureau: &Bureau, id: &str) -> BulkProgress {
    let articles = ResourceName::new("article");
    bureau.office.bulk_progress(&bureau.editing("shop"), &articles, id).unwrap()
}

#[tokio::test]
async fn a_bulk_edit_says_how_many_are_written_while_it_runs() {
    let (bureau, url) = shop().await;
    let id = previewed(&bureau).await;
    let mut holder = PgConnection::connect(&url).await.unwrap();
    // One record is gone before the lock, another holds the second part up.
    let lock = "DELETE FROM article WHERE id = 7;
        BEGIN; SELECT id FROM article WHERE id = 250 FOR UPDATE";
    for statement in lock.split_inclusive(';') {
        sqlx::raw_sql(statement).execute(&mut holder).await.unwrap();
    }
    bureau.office.bulk_apply(&bureau.editing("shop"), &id, None).unwrap();
    eventually("the first part is written", async || progress(&bureau, &id).written > 0).await;
    let half = progress(&bureau, &id);
    assert_eq!((half.records, half.written, half.failed.len()), (300, 199, 1));
    assert!(!half.is_done && half.operation.is_none(), "{half:?}");

    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    eventually("the bulk edit has ended", async || progress(&bureau, &id).is_done).await;
    let all = progress(&bureau, &id);
    assert_eq!((all.written, all.failed.len(), &all.failure), (299, 1, &None));
    assert!(all.operation.is_some());
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn previews_of_one_person_push_out_nobody_elses() {
    let (bureau, _) = shop().await;
    let early = previewed(&bureau).await;
    let emil = bureau.colleague(Role::Editor, &["shop"]).await;
    let name = BackendName::new("shop").unwrap();
    let permit: Permit<Edit> = bureau.office.permit(&emil, &name).unwrap();
    let articles = ResourceName::new("article");
    let one = BulkSelection::Keys(vec![RecordKey::Values(vec![Value::Int(1)])]);
    let set = [("title".to_owned(), Input::Text("Samovar".into()))];
    let mut his = Vec::new();
    for _ in 0..25 {
        let preview = bureau.office.bulk_preview(&permit, &articles, &one, &set).await.unwrap();
        his.push(preview.id);
    }
    let waits = |id: &String| bureau.office.bulk_waiting(&permit, id).is_ok();
    assert_eq!(his.iter().filter(|id| waits(id)).count(), 20, "his own oldest make room");
    assert!(waits(&his[24]) && !waits(&his[0]));
    assert!(bureau.office.bulk_waiting(&bureau.editing("shop"), &early).is_ok());
}
