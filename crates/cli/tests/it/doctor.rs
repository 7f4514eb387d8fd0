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

#[tokio::test]
async fn a_key_that_does_not_tell_records_apart_is_told_with_what_they_share() {
    let (bed, file) = (Bed::new(), kontor_testkit::SqliteFile::fresh());
    let script = "CREATE TABLE loose (a INTEGER, b TEXT, n INTEGER NOT NULL);
        INSERT INTO loose VALUES (1, 'x', 1), (1, 'x', 2), (1, 'x', 3), (2, NULL, 4), (2, NULL, 5);
        CREATE TABLE tight (a INTEGER NOT NULL, n INTEGER); INSERT INTO tight VALUES (1, 1), (2, 1);
        CREATE VIEW one AS SELECT a, n FROM tight;";
    sqlx::raw_sql(script).execute(&mut file.connect().await).await.unwrap();
    let manifest = format!(
        "url = \"{}\"\n[resources.loose]\nkey = [\"a\", \"b\"]\n\
         [resources.tight]\nkey = [\"n\"]\n[resources.one]\nkey = [\"a\"]\n",
        file.url()
    );
    bed.write("backends/shop.toml", &manifest);
    let ran = bed.run(&["doctor"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    for expected in [
        "warning  loose: key (a, b) is not unique: 3 records share (1, “x”), and 1 other value is \
         shared, too",
        "warning  tight: key (n) is not unique: 2 records share (1)\n",
        "ok       one: key (a) is unique at the moment",
    ] {
        assert!(ran.out.contains(expected), "{expected}: {}", ran.out);
    }
}

/// A shop whose manifest declares statements, and a register that it leads to.
const ORDERS: &str = "CREATE TABLE orders (id INTEGER PRIMARY KEY, placed DATE, customer TEXT)";

#[tokio::test]
async fn a_statement_that_the_database_does_not_understand_is_told_with_its_place() {
    let (bed, file) = (Bed::new(), kontor_testkit::SqliteFile::fresh());
    sqlx::raw_sql(ORDERS).execute(&mut file.connect().await).await.unwrap();
    let manifest = format!(
        "url = \"{}\"\nwritable = true\n[resources.orders.actions]\n\
         clear = {{ statement = \"UPDATE orders SET customer = NULL WHERE id = :id\" }}\n\
         close = {{ statement = \"UPDATE orders SET closed = 1 WHERE id = :id\" }}\n\
         wipe = {{ statement = \"DROP TABLE orders\" }}\n",
        file.url()
    );
    bed.write("backends/shop.toml", &manifest);
    let ran = bed.run(&["doctor"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    for expected in [
        "ok       1 statement of the manifest is understood",
        "shop.toml:5:23: the database does not understand it: ",
        "no such column: closed",
        "shop.toml:6:22: “statement” begins with “DROP”",
    ] {
        assert!(ran.out.contains(expected), "{expected}: {}", ran.out);
    }
    let left = sqlx::query("SELECT * FROM orders").fetch_all(&mut file.connect().await).await;
    left.expect("nothing of it was run");
}

#[tokio::test]
async fn a_link_that_leads_to_nothing_in_another_backend_is_told() {
    let (bed, shop) = (Bed::new(), kontor_testkit::SqliteFile::fresh());
    let register = kontor_testkit::SqliteFile::fresh();
    sqlx::raw_sql(ORDERS).execute(&mut shop.connect().await).await.unwrap();
    let table = "CREATE TABLE kunden (kdnr TEXT PRIMARY KEY, nr INTEGER)";
    sqlx::raw_sql(table).execute(&mut register.connect().await).await.unwrap();
    let link = |field: &str, to: &str| {
        format!(
            "[[links]]\nfrom = \"orders\"\nfields = [\"{field}\"]\nto = \"register:kunden\"\n\
             to_fields = [\"{to}\"]\nname = \"{field}-{to}\"\n"
        )
    };
    let manifest = |links: &str| format!("url = \"{}\"\n{links}", shop.url());
    bed.write("backends/register.toml", &format!("url = \"{}\"\n", register.url()));
    bed.write("backends/shop.toml", &manifest(&link("customer", "kdnr")));
    let sound = bed.run(&["doctor"]).await;
    assert_eq!(sound.code, Some(0), "{}", sound.out);
    assert!(sound.out.contains("ok       1 link leads to what is there"), "{}", sound.out);
    let wrong = link("customer", "kdnt") + &link("placed", "nr");
    bed.write("backends/shop.toml", &manifest(&wrong));
    let broken = bed.run(&["doctor", "shop"]).await;
    assert!(broken.out.contains("links to these were not compared"), "{}", broken.out);
    let broken = bed.run(&["doctor"]).await;
    assert_eq!(broken.code, Some(1), "{}", broken.out);
    for expected in [
        "“kunden” has no field “kdnt”; did you mean “kdnr”?",
        "“placed” is DATE and “nr” of register is INTEGER: they never hold the same",
    ] {
        assert!(broken.out.contains(expected), "{expected}: {}", broken.out);
    }
}
