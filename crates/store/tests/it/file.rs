//! What only a file has.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use kontor_store::{Store, StoreError, settings};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::bed::{json, key};

#[tokio::test]
async fn the_file_and_what_stands_beside_it_are_readable_by_the_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kontor.db");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    let store = Store::open(&format!("sqlite:{}", file.display()), key()).await.unwrap();
    store
        .transaction(async |mut tx| settings::set(&mut tx, "a", &json("1"), 1).await)
        .await
        .unwrap();
    let modes: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(modes, [0o600; 3]);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.txt");
    fs::write(&file, "Dear customer, thank you for your order of yesterday. ".repeat(40)).unwrap();
    let before = fs::read(&file).unwrap();
    let refused = Store::open(&format!("sqlite:{}", file.display()), key()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Open { .. }), "{refused:?}");
    assert!(refused.to_string().contains("letter.txt"), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_database_of_somebody_else_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let url = format!("sqlite:{}", file.display());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut shop = options.connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE orders (id)").execute(&mut shop).await.unwrap();
    shop.close().await.unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    let before = fs::read(&file).unwrap();
    let told = Store::open(&url, key()).await.unwrap_err().to_string();
    assert!(told.contains(r#"it has a table "orders" and none of Kontor's"#), "{told}");
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o664);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_place_that_cannot_be_is_refused_with_what_to_do() {
    let cases = [
        ("mysql://root:secret@localhost/x", "give sqlite:<path> or postgres://"),
        ("sqlite::memory:", "must be a file"),
        ("sqlite:", "must be a file"),
        ("sqlite:kontor.db?mode=rwc", "without options"),
        ("sqlite:/does/not/exist/kontor.db", "/does/not/exist/kontor.db"),
        ("postgres://u:secret@127.0.0.1:1/d?schema=A-B", "lower-case letters"),
        ("postgres://u:secret@127.0.0.1:1/d", "postgres://127.0.0.1:1/d"),
    ];
    for (url, says) in cases {
        let told = Store::open(url, key()).await.unwrap_err().to_string();
        assert!(told.contains(says), "{url}: {told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
