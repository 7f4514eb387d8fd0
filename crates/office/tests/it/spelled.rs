//! Keys that are written in another way than the backend holds them: it finds their records, and
//! everything stands under the one key that it holds.

use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{BulkSelection, EditRequest, Input, OperationState};
use kontor_testkit::{DatabaseUrl, MariaDbServer, PostgresServer};

use crate::office::Bureau;

/// Articles that the database knows by a name in any case.
async fn in_any_case() -> Bureau {
    let server = MariaDbServer::shared().await;
    let url = server.fresh_database().await;
    let sql = "CREATE TABLE article (code varchar(20) PRIMARY KEY, title varchar(80) NOT NULL)
        CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
        INSERT INTO article VALUES ('Tee-1', 'Assam'), ('Tee-2', 'Darjeeling'), ('Tee-3', 'Sencha');";
    let script = script(sql);
    server.load_sql(&url, script.path()).await;
    over(&url).await
}

/// Rates that the database knows by a number with any zeros.
async fn with_any_zeros() -> Bureau {
    let server = PostgresServer::shared().await;
    let url = server.fresh_database().await;
    let sql = "CREATE TABLE article (code numeric PRIMARY KEY, title text NOT NULL);
        INSERT INTO article VALUES (1.50, 'Assam'), (2.50, 'Darjeeling'), (3.50, 'Sencha');";
    let script = script(sql);
    server.load_sql(&url, script.path()).await;
    over(&url).await
}

fn script(sql: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), sql).unwrap();
    file
}

async fn over(url: &DatabaseUrl) -> Bureau {
    Bureau::over(&[("shop", url)]).await
}

fn key(text: &str) -> RecordKey {
    RecordKey::from_text(text).unwrap()
}

/// How many changes the timeline of a record tells.
async fn changes(bureau: &Bureau, key: &str) -> usize {
    let (permit, article) = (bureau.reading("shop"), ResourceName::new("article"));
    bureau.office.timeline(&permit, &article, key, None, 20).await.unwrap().len()
}

async fn titles(bureau: &Bureau) -> Vec<String> {
    let (permit, article) = (bureau.reading("shop"), ResourceName::new("article"));
    let list = bureau.office.list(&permit, &article, &kontor_office::ListRequest::default()).await;
    let text = |values: &[Value]| values.last().and_then(Value::to_text).unwrap_or_default();
    list.unwrap().records.iter().map(|record| text(&record.values)).collect()
}

/// Opens, edits, edits in bulk and deletes records by another spelling of their keys; `held` and
/// `asked` are the keys of the three articles.
async fn everything_stands_under_the_held_key(bureau: &Bureau, held: [&str; 3], asked: [&str; 3]) {
    let (permit, article) = (bureau.editing("shop"), ResourceName::new("article"));
    let (office, reading) = (&bureau.office, permit.to_read());
    let shown = office.record(&reading, &article, &key(asked[0])).await.unwrap();
    assert_eq!(shown.key.to_text(), held[0]);

    let set = |title: &str| vec![("title".to_owned(), Input::Text(title.to_owned()))];
    let seen = ("title".to_owned(), Value::Text("Assam".into()));
    for (title, expect) in [("Ceylon", vec![seen]), ("Keemun", Vec::new())] {
        let edit = EditRequest { set: set(title), expect, version: None };
        let plan = office.plan_update(&permit, &article, &key(asked[0]), &edit).await.unwrap();
        office.apply(&bureau.actor, &permit.backend, plan).await.unwrap();
    }
    assert_eq!((changes(bureau, held[0]).await, changes(bureau, asked[0]).await), (2, 0));

    let keys = [held[1], asked[1], asked[2], held[2], "999"].map(key).to_vec();
    let selection = BulkSelection::Keys(keys);
    let preview = office.bulk_preview(&permit, &article, &selection, &set("Tee")).await.unwrap();
    assert_eq!(preview.records, 2, "a record that is named twice changes once");
    assert_eq!(preview.gone, [key_as_held(bureau, "999")]);
    office.bulk_apply(&permit, &preview.id, Some(2)).unwrap();
    let patience = std::time::Duration::from_secs(20);
    let ended = office.bulk_ended(&permit, &article, &preview.id, patience).await.unwrap();
    assert_eq!((ended.written, ended.failed.len()), (2, 0));
    for at in [1, 2] {
        assert_eq!((changes(bureau, held[at]).await, changes(bureau, asked[at]).await), (1, 0));
    }
    assert_eq!(titles(bureau).await, ["Keemun", "Tee", "Tee"]);

    let plan = office.plan_delete(&permit, &article, &key(asked[0]), &[]).await.unwrap();
    let deleted = office.apply(&bureau.actor, &permit.backend, plan).await.unwrap();
    assert_eq!(changes(bureau, held[0]).await, 3);
    let told = office.operation(&bureau.actor, &deleted.operation).await.unwrap();
    assert_eq!(told.state, OperationState::Applied);
    office.undo(&bureau.actor, &deleted.operation).await.unwrap();
    assert_eq!(changes(bureau, held[0]).await, 4);
    bureau.assert_audit_is_intact().await;
}

/// A key of which there is no record, as the type of the key field reads it.
fn key_as_held(bureau: &Bureau, text: &str) -> RecordKey {
    let catalog = bureau.reading("shop").backend.catalog().unwrap();
    let resource = catalog.resource(catalog.face(&ResourceName::new("article")).unwrap());
    RecordKey::Values(vec![resource.fields[resource.key[0]].ty.parse(text).unwrap()])
}

#[tokio::test]
async fn a_key_in_another_case_is_the_record_s_own() {
    let bureau = in_any_case().await;
    let (held, asked) = (["Tee-1", "Tee-2", "Tee-3"], ["TEE-1", "tee-2", "tEE-3"]);
    everything_stands_under_the_held_key(&bureau, held, asked).await;
}

#[tokio::test]
async fn a_key_with_other_zeros_is_the_record_s_own() {
    let bureau = with_any_zeros().await;
    let (held, asked) = (["1.50", "2.50", "3.50"], ["1.5", "2.500", "3.5"]);
    everything_stands_under_the_held_key(&bureau, held, asked).await;
}
