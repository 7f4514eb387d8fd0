//! Taking changes back when others have been there in between.

use std::time::Duration;

use futures_util::future::join_all;
use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{
    Applied, BulkSelection, EditRequest, Input, ItemState, NotUndoable, OfficeError, Plan,
};
use kontor_testkit::{DatabaseUrl, PostgresServer};
use sqlx::{Connection as _, PgConnection};

use crate::office::Bureau;

struct Shop {
    bureau: Bureau,
    url: DatabaseUrl,
}

impl Shop {
    async fn with(tables: &str) -> Self {
        let url = PostgresServer::shared().await.fresh_database().await;
        let mut direct = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(tables.to_owned())).execute(&mut direct).await.unwrap();
        let bureau = Bureau::with_patience(Duration::from_secs(2), &[("shop", &url)]).await;
        Self { bureau, url }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let mut direct = PgConnection::connect(&self.url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut direct).await.unwrap()
    }

    async fn apply(&self, plan: Plan) -> Applied {
        let permit = self.bureau.editing("shop");
        self.bureau.office.apply(&self.bureau.actor, &permit.backend, plan).await.unwrap()
    }

    async fn create(&self, resource: &str, fields: &[(&str, &str)]) -> (RecordKey, String) {
        let (permit, name) = (self.bureau.editing("shop"), ResourceName::new(resource));
        let plan = self.bureau.office.plan_create(&permit, &name, &inputs(fields)).await.unwrap();
        let applied = self.apply(plan).await;
        let [ItemState::Written(key)] = applied.items.as_slice() else { panic!("{applied:?}") };
        (key.clone(), applied.operation)
    }

    async fn edit(&self, resource: &str, key: &RecordKey, fields: &[(&str, &str)]) -> String {
        let edit = EditRequest { set: inputs(fields), expect: Vec::new(), version: None };
        let (permit, name) = (self.bureau.editing("shop"), ResourceName::new(resource));
        let plan = self.bureau.office.plan_update(&permit, &name, key, &edit).await.unwrap();
        self.apply(plan).await.operation
    }

    async fn undo(&self, operation: &str) -> Result<Applied, OfficeError> {
        self.bureau.office.undo(&self.bureau.actor, operation).await
    }
}

fn inputs(fields: &[(&str, &str)]) -> Vec<(String, Input)> {
    fields.iter().map(|(name, text)| ((*name).into(), Input::Text((*text).into()))).collect()
}

const GOODS: &str = "CREATE TABLE goods (id integer PRIMARY KEY, name text NOT NULL, note text, amount numeric(9,2));
    CREATE TABLE part (id integer PRIMARY KEY, goods integer NOT NULL REFERENCES goods ON DELETE CASCADE);";

#[tokio::test]
async fn a_record_that_others_have_filled_comes_back_whole_after_its_making_was_undone() {
    let shop = Shop::with(GOODS).await;
    let (key, made) = shop.create("goods", &[("id", "7"), ("name", "Tisch")]).await;
    shop.edit("goods", &key, &[("note", "von Ben"), ("amount", "12.34")]).await;
    let undone = shop.undo(&made).await.unwrap();
    assert_eq!(shop.number("SELECT count(*) FROM goods").await, 0);
    shop.undo(&undone.operation).await.unwrap();
    let whole = "SELECT count(*) FROM goods WHERE id = 7 AND note = 'von Ben' AND amount = 12.34";
    assert_eq!(shop.number(whole).await, 1);
    shop.bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn making_a_record_is_not_undone_once_others_point_to_it() {
    let shop = Shop::with(GOODS).await;
    let (_, made) = shop.create("goods", &[("id", "7"), ("name", "Tisch")]).await;
    shop.create("part", &[("id", "1"), ("goods", "7")]).await;
    let refused = shop.undo(&made).await;
    let reason = |error: &OfficeError| match error {
        OfficeError::NotUndoable { reason, .. } => Some(*reason),
        _ => None,
    };
    assert_eq!(
        refused.as_ref().err().and_then(reason),
        Some(NotUndoable::OthersPoint),
        "{refused:?}"
    );
    assert_eq!(shop.number("SELECT count(*) FROM part").await, 1);
}

#[tokio::test]
async fn a_removed_record_comes_back_once_and_under_its_number() {
    let shop = Shop::with(
        "CREATE TABLE paper (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
         INSERT INTO paper (name) VALUES ('a'), ('b'), ('c');",
    )
    .await;
    let (permit, name) = (shop.bureau.editing("shop"), ResourceName::new("paper"));
    let key = RecordKey::Values(vec![Value::Int(2)]);
    let plan = shop.bureau.office.plan_delete(&permit, &name, &key, &[]).await.unwrap();
    let removed = shop.apply(plan).await.operation;
    let all = join_all((0..4).map(|_| shop.undo(&removed))).await;
    assert_eq!(all.iter().filter(|undone| undone.is_ok()).count(), 1, "{all:?}");
    assert_eq!(shop.number("SELECT count(*) FROM paper").await, 3);
    assert_eq!(shop.number("SELECT count(*) FROM paper WHERE id = 2 AND name = 'b'").await, 1);
    assert!(shop.undo(&removed).await.is_err(), "it is back already");
}

#[tokio::test]
async fn what_an_undo_that_broke_off_has_left_is_taken_back_by_the_next() {
    let shop = Shop::with(
        "CREATE TABLE many (id integer PRIMARY KEY, mark integer NOT NULL);
         INSERT INTO many SELECT i, 0 FROM generate_series(1, 500) AS i;",
    )
    .await;
    let (permit, name) = (shop.bureau.editing("shop"), ResourceName::new("many"));
    let office = &shop.bureau.office;
    let every = BulkSelection::List(Box::default());
    let apply = async || {
        let set = inputs(&[("mark", "1")]);
        let preview = office.bulk_preview(&permit, &name, &every, &set).await.unwrap();
        office.bulk_apply(&permit, &preview.id, None).unwrap();
        office.bulk_ended(&permit, &name, &preview.id, Duration::from_secs(20)).await.unwrap()
    };
    let marked = "SELECT count(*) FROM many WHERE mark = 1";
    let mut holder = PgConnection::connect(&shop.url).await.unwrap();
    let hold = "BEGIN; SELECT id FROM many WHERE id = 300 FOR UPDATE";

    sqlx::raw_sql(hold).execute(&mut holder).await.unwrap();
    let half = apply().await;
    assert_eq!(shop.number(marked).await, 200, "a part is a transaction");
    assert_eq!((half.written, half.failure.is_some()), (200, true));
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    shop.undo(&half.operation.unwrap()).await.unwrap();
    assert_eq!(shop.number(marked).await, 0);

    let whole = apply().await.operation.unwrap();
    sqlx::raw_sql(hold).execute(&mut holder).await.unwrap();
    let broken = shop.undo(&whole).await;
    assert!(matches!(broken, Err(OfficeError::BrokenOff { written: 200, .. })), "{broken:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(shop.undo(&whole).await.unwrap().items.len(), 300);
    assert_eq!(shop.number(marked).await, 0);
    let again = shop.undo(&whole).await;
    assert!(matches!(again, Err(OfficeError::NotUndoable { .. })), "{again:?}");
    shop.bureau.assert_audit_is_intact().await;
}
