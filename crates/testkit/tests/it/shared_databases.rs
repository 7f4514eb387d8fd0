//! Databases that others made, where they are there.

use kontor_testkit::{MariaDbServer, PostgresServer, SqliteFile};
use sqlx::{Connection, MySqlConnection, PgConnection};

#[tokio::test]
async fn each_copy_of_pagila_is_whole_and_its_own() {
    let server = PostgresServer::shared().await;
    let Some(one) = server.copy_of("pagila").await else { return };
    let Some(other) = server.copy_of("pagila").await else { return };
    let mut connection = PgConnection::connect(&one).await.unwrap();
    sqlx::raw_sql("TRUNCATE rental CASCADE").execute(&mut connection).await.unwrap();
    let mut connection = PgConnection::connect(&other).await.unwrap();
    let count = "SELECT count(*) FROM rental";
    let rentals: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    assert_eq!(rentals, 16_044);
}

#[tokio::test]
async fn a_file_that_makes_its_own_database_is_copied_too() {
    let server = PostgresServer::shared().await;
    let Some(url) = server.copy_of("chinook").await else { return };
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let count = "SELECT count(*) FROM invoice_line";
    let lines: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    assert_eq!(lines, 2_240);
}

#[tokio::test]
async fn zencart_is_loaded_once_for_reading() {
    let server = MariaDbServer::shared().await;
    let Some(url) = server.loaded_once("zencart").await else { return };
    assert_eq!(server.loaded_once("zencart").await, Some(url.clone()));
    assert_eq!(tables_and_products(&url).await, (111, 126));
}

#[tokio::test]
async fn a_copy_of_zencart_belongs_to_one_test() {
    let server = MariaDbServer::shared().await;
    let Some(url) = server.copy_of("zencart").await else { return };
    assert_ne!(url, server.url("zencart"));
    assert_eq!(tables_and_products(&url).await, (111, 126));
}

async fn tables_and_products(url: &str) -> (i64, i64) {
    let mut connection = MySqlConnection::connect(url).await.expect("the database was just loaded");
    let counts = "SELECT (SELECT count(*) FROM information_schema.tables WHERE table_schema = database()), \
                  (SELECT count(*) FROM products)";
    sqlx::query_as(counts).fetch_one(&mut connection).await.expect("the tables are there")
}

#[tokio::test]
async fn northwind_is_copied_into_a_file() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let mut connection = file.connect().await;
    let count = "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";
    let relations: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    assert_eq!(relations, 29);
    let path = file.path();
    connection.close().await.unwrap();
    drop(file);
    assert!(!path.exists());
}
