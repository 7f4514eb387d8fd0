//! `kontor audit verify`.

use sqlx::{ConnectOptions as _, Connection as _};

use crate::bed::Bed;
use crate::serve::welcome;

#[tokio::test]
async fn an_altered_entry_is_found() {
    let bed = Bed::new();
    let serving = bed.start(&["serve"]).await;
    let entered = welcome(serving.link().unwrap()).await;
    assert!(entered.status().is_redirection());
    serving.stop().await;
    let intact = bed.run(&["audit", "verify"]).await;
    assert_eq!(intact.code, Some(0), "{}{}", intact.out, intact.err);
    assert!(intact.out.starts_with("The audit is intact: "), "{}", intact.out);

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(bed.path("kontor.db"));
    let mut connection = options.connect().await.unwrap();
    let script = "DROP TRIGGER kontor_audit_no_update;
        UPDATE kontor_audit SET actor_name = 'somebody else' WHERE seq = 1;";
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let found = bed.run(&["audit", "verify"]).await;
    assert_eq!(found.code, Some(1), "{}", found.out);
    assert!(found.out.contains("First finding: entry 1 was altered"), "{}", found.out);
    let as_json = bed.run(&["audit", "verify", "--json"]).await;
    assert_eq!(as_json.code, Some(1));
    let document: serde_json::Value = serde_json::from_str(&as_json.out).unwrap();
    assert_eq!(document["intact"], false);
    assert_eq!(document["first"]["entry"], 1);
    assert_eq!(
        document["findings"].as_array().unwrap().len() as u64,
        document["count"].as_u64().unwrap()
    );
}

#[tokio::test]
async fn where_no_store_is_none_is_made() {
    let bed = Bed::new();
    let ran = bed.run(&["audit", "verify"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("there is no store"), "{}", ran.err);
    assert!(!bed.path("").exists());
}
