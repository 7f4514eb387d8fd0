//! `kontor doctor`.

use kontor_testkit::{MariaDbServer, PostgresServer};
use sqlx::Connection as _;

use crate::bed::Bed;

#[tokio::test]
async fn what_is_broken_is_told_and_sets_the_exit_code() {
    let bed = Bed::new();
    bed.write("backends/gone.toml", "url = \"sqlite:/nowhere/shop.db\"\n");
    bed.write("backends/wrong.toml", "url = \"sqlite:shop.db\"\ncolour = 1\n");
    bed.write(
        "backends/locked.toml",
        "url = \"postgres://a@127.0.0.1:1/b\"\npassword = { env = \"NOT_SET_ANYWHERE\" }\n",
    );
    let ran = bed.run(&["doctor"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    for expected in [
        "wrong.toml:2:1: unknown key “colour”",
        "gone (sqlite:/nowhere/shop.db)",
        "NOT_SET_ANYWHERE, which is not set",
        "2 backends examined: 3 broken",
    ] {
        assert!(ran.out.contains(expected), "{expected}: {}", ran.out);
    }
    let one = bed.run(&["doctor", "gone"]).await;
    assert!(one.out.contains("1 backend examined: 1 broken"), "{}", one.out);
    let none = bed.run(&["doctor", "nobody"]).await;
    assert!(none.err.contains("there are: gone, locked"), "{}", none.err);
}

#[tokio::test]
async fn a_postgresql_account_that_may_only_read_is_told_where_the_manifest_permits_changes() {
    let (bed, server) = (Bed::new(), PostgresServer::shared().await);
    let database = server.fresh_database().await;
    let role = format!("{}_reader", database.database());
    let mut connection = sqlx::PgConnection::connect(&database).await.unwrap();
    let script = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'reader';
         CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE TABLE log (line text);
         GRANT SELECT ON orders, log TO {role};"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut connection).await.unwrap();
    let url = database.replace("postgres@", &format!("{role}:reader@"));
    assert_eq!(bed.run(&["connect", &url, "--name", "shop"]).await.code, Some(0));
    let reading = bed.run(&["doctor"]).await;
    assert_eq!(reading.code, Some(0), "{}", reading.out);
    assert!(reading.out.contains("PostgreSQL "), "{}", reading.out);
    assert!(!reading.out.contains("does not tell how it is set up"), "{}", reading.out);

    let text = bed.read("backends/shop.toml").replace("writable = false", "writable = true");
    bed.write("backends/shop.toml", &text);
    let writing = bed.run(&["doctor"]).await;
    assert_eq!(writing.code, Some(1), "{}", writing.out);
    assert!(
        writing.out.contains("changes that the account may not make: log, orders"),
        "{}",
        writing.out
    );
}

#[tokio::test]
async fn a_mariadb_account_that_may_only_read_is_told_where_the_manifest_permits_changes() {
    let (bed, server) = (Bed::new(), MariaDbServer::shared().await);
    let database = server.fresh_database().await;
    let reader = format!("r{}", &database.database()[database.database().len() - 12..]);
    server.administer(format!("CREATE USER {reader}@'127.0.0.1' IDENTIFIED BY 'reader'")).await;
    server
        .administer(format!("GRANT SELECT ON {}.* TO {reader}@'127.0.0.1'", database.database()))
        .await;
    server
        .administer(format!(
            "CREATE TABLE {}.orders (id INT PRIMARY KEY) ENGINE = MyISAM",
            database.database()
        ))
        .await;
    let host = database.split_once('@').unwrap().1;
    let url = format!("mysql://{reader}:reader@{host}");
    let connected = bed.run(&["connect", &url, "--name", "shop"]).await;
    assert_eq!(connected.code, Some(0), "{}", connected.err);
    let text = bed.read("backends/shop.toml").replace("writable = false", "writable = true");
    bed.write("backends/shop.toml", &text);
    let ran = bed.run(&["doctor"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("the account may not make any"), "{}", ran.out);
    assert!(!ran.out.contains("does not tell how it is set up"), "{}", ran.out);
}
