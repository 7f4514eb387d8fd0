//! What the servers do that know no `INSERT … RETURNING`, asked of one that does.

use std::sync::Arc;

use kontor_model::{ChangeItem, ChangeKind, ItemOutcome, RecordKey, Value};
use kontor_testkit::MariaDbServer;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection};

use super::{Mysql, mariadb_release};
use crate::database::Database;
use crate::{Budget, Connection as _, Of, Opening, ServiceOptions};

/// A connection to an empty database, whose server is taken for one of MySQL's.
async fn without_returning(script: &str) -> Database<Mysql> {
    let url = MariaDbServer::shared().await.fresh_database().await;
    let mut side = MySqlConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(script.to_owned())).execute(&mut side).await.unwrap();
    let opening = Opening {
        location: url.parse().unwrap(),
        replica: None,
        writable: true,
        budget: Budget { connections: 1, ..Budget::default() },
        session_name: "kontor-test/1".into(),
        service: ServiceOptions::default(),
    };
    let database = Database::new(Mysql::of, opening);
    let mut lease = database.writing().await.unwrap();
    lease.busy().unwrap().returns = false;
    lease.settle(Ok(())).unwrap();
    drop(lease);
    database
}

async fn create(database: &Database<Mysql>, table: &str, after: &[(usize, Value)]) -> ItemOutcome {
    let schema = Arc::new(database.introspect().await.unwrap());
    let resource = schema.resource(&table.into()).unwrap();
    let item = ChangeItem { key: None, before: Vec::new(), after: after.to_vec(), version: None };
    let of = Of { schema: &schema, resource };
    database.write(&of, ChangeKind::Create, &[item], "t").await.unwrap().remove(0)
}

#[tokio::test]
async fn an_automatic_key_comes_back_without_returning() {
    let database = without_returning(
        "CREATE TABLE t (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, n INTEGER) AUTO_INCREMENT = 41",
    )
    .await;
    let made = create(&database, "t", &[(1, Value::Int(1))]).await;
    assert_eq!(made, ItemOutcome::Applied(RecordKey::Values(vec![Value::Int(41)])));
    let given = create(&database, "t", &[(0, Value::Int(7)), (1, Value::Int(1))]).await;
    assert_eq!(given, ItemOutcome::Applied(RecordKey::Values(vec![Value::Int(7)])));
}

#[tokio::test]
async fn a_key_that_was_given_in_part_comes_back_without_returning() {
    let database = without_returning(
        "CREATE TABLE t (shop VARCHAR(5) NOT NULL, number INTEGER NOT NULL AUTO_INCREMENT, n INTEGER, PRIMARY KEY (shop, number), KEY (number))",
    )
    .await;
    let shop = Value::Text("a".into());
    let made = create(&database, "t", &[(0, shop.clone())]).await;
    assert_eq!(made, ItemOutcome::Applied(RecordKey::Values(vec![shop, Value::Int(1)])));
}

#[test]
fn a_release_is_read_from_a_version() {
    assert_eq!(mariadb_release("10.11.6-MariaDB-0+deb12u1"), (10, 11));
    assert_eq!(mariadb_release("5.5.5-10.3.39-MariaDB"), (10, 3));
    assert_eq!(mariadb_release("11.4.2-MariaDB"), (11, 4));
}
