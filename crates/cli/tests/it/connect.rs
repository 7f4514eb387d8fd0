//! `kontor connect`.

use kontor_testkit::{HttpShop, PostgresServer, SqliteFile};
use returns_desk::{Clock, Desk, Serving};

use crate::bed::{Bed, finished};

async fn shop() -> SqliteFile {
    let file = SqliteFile::fresh();
    let mut connection = file.connect().await;
    let script = "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, password_hash TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id));
        CREATE TABLE log (line TEXT);
        CREATE VIEW open_orders AS SELECT * FROM orders;";
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    file
}

#[tokio::test]
async fn a_database_is_described_and_registered_read_only() {
    let (bed, shop) = (Bed::new(), shop().await);
    let ran =
        bed.run(&["connect", &shop.url(), "--name", "my-shop", "--title", "Mein Laden"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for expected in [
        "my-shop: SQLite ",
        "4 resources (3 tables, 1 views)",
        "orders (customer_id) → customers (id)",
        "customers.password_hash",
        "read-only: a view",
    ] {
        assert!(ran.out.contains(expected), "{expected}: {}", ran.out);
    }
    let manifest = bed.read("backends/my-shop.toml");
    assert!(manifest.contains("writable = false"), "{manifest}");
    assert!(manifest.contains("title = \"Mein Laden\""), "{manifest}");
}

#[tokio::test]
async fn a_second_registration_of_a_name_is_refused_and_changes_nothing() {
    let (bed, shop) = (Bed::new(), shop().await);
    bed.write("backends/shop.toml", "# mine\nurl = \"sqlite:elsewhere.db\"\n");
    let ran = bed.run(&["connect", &shop.url()]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("exists already"), "{}", ran.err);
    assert!(bed.read("backends/shop.toml").starts_with("# mine"));
}

#[tokio::test]
async fn a_password_never_stands_in_the_manifest_and_works_from_there() {
    let (bed, server) = (Bed::new(), PostgresServer::shared().await);
    let database = server.fresh_database().await;
    server
        .administer(format!(
            "CREATE ROLE {}_anna LOGIN PASSWORD 's3cret-4711'",
            database.database()
        ))
        .await;
    let account = format!("{}_anna:s3cret-4711@", database.database());
    let url = database.replace("postgres@", &account);
    let ran = bed.run(&["connect", &url, "--name", "shop"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let manifest = bed.read("backends/shop.toml");
    assert!(manifest.contains("password = { encrypted = "), "{manifest}");
    for text in [&manifest, &ran.out, &ran.err] {
        assert!(!text.contains("s3cret"), "{text}");
    }
    let doctor = bed.run(&["doctor"]).await;
    assert!(doctor.out.contains("lets us in"), "{}", doctor.out);

    let bare = database.replace("postgres@", &format!("{}_anna@", database.database()));
    let mut command = bed.command(&[
        "connect",
        &bare,
        "--name",
        "by-variable",
        "--password-env",
        "SHOP_PASSWORD",
    ]);
    command.env("SHOP_PASSWORD", "s3cret-4711");
    let ran = finished(command).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let manifest = bed.read("backends/by-variable.toml");
    assert!(manifest.contains("password = { env = \"SHOP_PASSWORD\" }"), "{manifest}");
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_with_what_to_do_and_not_registered() {
    let bed = Bed::new();
    for (url, expected) in [
        ("sqlite:/nowhere/shop.db", "check the file's path"),
        ("postgres://anna@127.0.0.1:1/shop", "check host and port"),
        (
            "oracle://anna@host/shop",
            "must begin with sqlite:, postgres://, mysql://, openapi+https://",
        ),
    ] {
        let ran = bed.run(&["connect", url]).await;
        assert_eq!(ran.code, Some(1), "{url}");
        assert!(ran.err.contains(expected), "{url}: {}", ran.err);
    }
    assert!(!bed.path("backends/shop.toml").exists());
}

#[tokio::test]
async fn the_plain_address_of_a_service_is_enough_and_its_secret_is_kept_encrypted() {
    let (bed, shop, returns) = (Bed::new(), HttpShop::with(3).await, SqliteFile::fresh());
    let plain = shop.url().replacen("openapi+", "", 1);
    let with_secret = plain.replacen("http://", "http://anna:s3cret@", 1);
    let ran = bed.run(&["connect", &with_secret, "--name", "shop"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("shop: OpenAPI Small shop 7"), "{}", ran.out);
    let manifest = bed.read("backends/shop.toml");
    assert!(manifest.contains(&format!("url = \"openapi+{plain}\"")), "{manifest}");
    assert!(manifest.contains("auth = { kind = \"basic\", user = \"anna\" }"), "{manifest}");
    assert!(!manifest.contains("s3cret") && !ran.out.contains("s3cret"), "{manifest}");

    let mut connection = returns.connect().await;
    sqlx::raw_sql(returns_desk::TABLES).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(returns_desk::INDEXES).execute(&mut connection).await.unwrap();
    let desk = Desk::open(&returns.path(), Clock::System).await.unwrap();
    let desk = Serving::start(desk).await.unwrap();
    let ran = bed.run(&["connect", &desk.url(), "--name", "desk"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let manifest = bed.read("backends/desk.toml");
    assert!(manifest.contains(&format!("url = \"graphql+{}\"", desk.url())), "{manifest}");

    let neither = plain.replacen("openapi.yaml", "orders.html", 1);
    let ran = bed.run(&["connect", &neither, "--name", "none"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("neither the description of an OpenAPI service"), "{}", ran.err);
    let mut command = bed.command(&["connect", &plain, "--name", "by-key"]);
    command.args(["--auth", "header:X-Shop-Key", "--password-env", "KEY"]).env("KEY", "s3cret");
    let ran = finished(command).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let manifest = bed.read("backends/by-key.toml");
    assert!(manifest.contains("kind = \"header\", name = \"X-Shop-Key\""), "{manifest}");
    let ran = bed.run(&["connect", &plain, "--auth", "basic"]).await;
    assert!(ran.err.contains("basic needs the name of the user"), "{}", ran.err);
}
