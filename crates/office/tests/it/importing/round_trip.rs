//! What Kontor exports it imports without a difference, whatever stands in it.

use futures_util::TryStreamExt as _;
use kontor_office::{ExportFormat, ListRequest};
use kontor_testkit::{MariaDbServer, PostgresServer, SqliteFile};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::{Desk, check, counts, refusals};
use crate::office::Bureau;

/// All that an export can hold, of every engine.
const POSTGRES: &str = r#"CREATE TABLE thing (id integer PRIMARY KEY, code varchar(400) NOT NULL UNIQUE, words text, price_cents bigint,
    currency char(3), amount numeric(12,3), ratio double precision, small real, yes boolean, day date, at timestamp, moment timestamptz,
    clock time, mark uuid, facts jsonb, raw json, tags text[], span interval, net inet, stamp bigint);
    INSERT INTO thing VALUES (1, '=1+1', '', 1299, 'EUR', 1234.5, 0.1, 0.1, true, '2026-05-31', '2026-05-31 10:00:00.5', '2026-05-31 10:00:00+02', '10:00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b": 1, "a": [1.50]}', '{"b":1}', '{a,"b c"}', '1 day 02:00:00', '10.0.0.1', 1780000000),
    (2, '''=x', NULL, -5, 'JPY', 12.000, 'NaN', 'Infinity', false, 'infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '24:00', NULL, 'null', NULL, '{}', NULL, NULL, -1),
    (3, ' spaces ', E'two\r\nlines', 0, 'KWD', NULL, 1e300, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, '00123', '1.234', 9007199254740993, NULL, 999999999.999, -0.0, 1e-7, NULL, '0001-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"#;
const MYSQL: &str = r#"CREATE TABLE thing (id integer PRIMARY KEY, code varchar(400) NOT NULL UNIQUE, words text, price_cents bigint,
    currency char(3), amount decimal(12,3), ratio double, small float, yes tinyint(1), day date, at datetime(3), clock time, choice enum('a','b c'), many set('x','y'), facts json, stamp bigint);
    INSERT INTO thing VALUES (1, '=1+1', '', 1299, 'EUR', 1234.5, 0.1, 0.1, 1, '2026-05-31', '2026-05-31 10:00:00.500', '10:00', 'b c', 'x,y', '{"b": 1}', 1780000000),
    (2, '\'=x', NULL, -5, 'JPY', 12, 1e300, 1e-7, 0, NULL, NULL, '-838:59:59', NULL, '', NULL, NULL), (3, ' spaces ', 'two\r\nlines', 0, 'KWD', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"#;
const SQLITE: &str = r#"CREATE TABLE thing (id integer PRIMARY KEY, code text NOT NULL UNIQUE, words text, price_cents integer,
    currency text, amount numeric, ratio real, yes boolean, day date, at datetime, anything, stamp integer);
    INSERT INTO thing VALUES (1, '=1+1', '', 1299, 'EUR', 1234.5, 0.1, 1, '2026-05-31', '2026-05-31T10:00:00Z', '1', 1780000000),
    (2, '''=x', NULL, -5, 'JPY', 12, 1e300, 0, '31.5.', '2026-05-31 10:00', 1, NULL), (3, ' spaces ', char(13, 10) || 'x', 0, 'KWD', NULL, NULL, NULL, NULL, NULL, 'x', NULL);"#;

const SAID: &str = r#"
[resources.thing]
columns = ["id", "code"]
[resources.thing.fields.price_cents]
title = { de = "Preis", en = "Price" }
format = "money"
currency = "currency"
[resources.thing.fields.stamp]
title = { de = "Stempel", en = "Stamp" }
format = "unix_time"
"#;

async fn exported(desk: &Desk, format: ExportFormat) -> Vec<u8> {
    let permit = desk.bureau.reading("shop");
    let catalog = permit.backend.catalog().unwrap();
    let face = catalog.face(&desk.resource).unwrap();
    let names = face.order.iter().map(|&field| catalog.resource(face).fields[field].name.clone());
    let request = ListRequest { columns: Some(names.collect()), ..ListRequest::default() };
    let parts = desk.bureau.office.export(&permit, &desk.resource, &request, format).await.unwrap();
    parts.try_collect::<Vec<_>>().await.unwrap().concat()
}

/// Exports all records and imports them again: nothing is to be done.
async fn comes_back(desk: &Desk, records: usize) {
    for format in [ExportFormat::Csv, ExportFormat::Ndjson, ExportFormat::Xlsx] {
        let file = exported(desk, format).await;
        let import = desk.send(file.clone()).await.unwrap();
        let found = check(&import);
        let text = String::from_utf8_lossy(&file);
        let text = if format == ExportFormat::Xlsx { "a workbook".into() } else { text };
        assert_eq!(
            counts(&found),
            (0, 0, records, 0),
            "{format:?} {:?} {:?}\n{text}",
            found.first_changed,
            refusals(&found)
        );
    }
}

#[tokio::test]
async fn whatever_databases_hold_comes_back_without_a_difference() {
    let postgres = PostgresServer::shared().await.fresh_database().await;
    let mut direct = <sqlx::PgConnection as sqlx::Connection>::connect(&postgres).await.unwrap();
    sqlx::raw_sql(POSTGRES).execute(&mut direct).await.unwrap();
    let mysql = MariaDbServer::shared().await.fresh_database().await;
    let mut direct = <sqlx::MySqlConnection as sqlx::Connection>::connect(&mysql).await.unwrap();
    sqlx::raw_sql(MYSQL).execute(&mut direct).await.unwrap();
    let sqlite = SqliteFile::fresh();
    sqlx::raw_sql(SQLITE).execute(&mut sqlite.connect().await).await.unwrap();
    for (url, records) in [(postgres, 4), (mysql, 3), (sqlite.url(), 3)] {
        let desk = Desk::of(Bureau::saying(&[("shop", &url, SAID)]).await, "thing");
        comes_back(&desk, records).await;
    }
}

#[tokio::test]
async fn whatever_texts_and_numbers_there_are_come_back_without_a_difference() {
    let file = SqliteFile::fresh();
    let table = "CREATE TABLE thing (id integer PRIMARY KEY, code text NOT NULL, words text, price_cents integer, currency text, amount numeric, anything, stamp integer)";
    let mut direct = file.connect().await;
    sqlx::raw_sql(table).execute(&mut direct).await.unwrap();
    let text = prop_oneof![
        "[ -~]{0,12}",
        "['=+@\\-\t,;\"]{0,4}[a-zäöü€0-9 .]{0,6}",
        "[0-9]{1,4}[.,][0-9]{1,4}",
        "(a|\r|\n|\r\n|\"|'| ){0,5}",
    ];
    // A workbook can hold no control characters, and a column of one engine holds one type.
    let row = (
        text.clone(),
        proptest::option::of(text.clone()),
        proptest::option::of(any::<i64>()),
        prop_oneof!["EUR", "JPY", "KWD", ""],
        proptest::option::of(-1_000_000_i64..1_000_000),
        text,
    );
    let mut runner = TestRunner::deterministic();
    const ROWS: usize = 300;
    for n in 0..ROWS {
        let (code, words, price, currency, amount, anything) =
            row.new_tree(&mut runner).unwrap().current();
        sqlx::query("INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6 / 1000.0, $7, $4)")
            .bind(i64::try_from(n).unwrap())
            .bind(code)
            .bind(words)
            .bind(price)
            .bind(currency)
            .bind(amount)
            .bind(anything)
            .execute(&mut direct)
            .await
            .unwrap();
    }
    let desk = Desk::of(Bureau::saying(&[("shop", &file.url(), SAID)]).await, "thing");
    comes_back(&desk, ROWS).await;
}
