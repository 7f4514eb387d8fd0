//! What only SQLite has.

use kontor_connect::FailureKind;
use kontor_model::{Condition, Engine, FieldType, Generated, ItemOutcome, Test, Value};

use kontor_testkit::{SqliteFile, eventually};

use crate::bed::{Bed, applied, text};
use crate::exact::{Cabinet, keeps_exactly};
use crate::paging::walk_all;

async fn bed() -> Bed {
    Bed::of(Engine::Sqlite).await
}

#[tokio::test]
async fn values_keep_the_class_they_were_stored_with() {
    let bed = bed().await;
    let anything = [
        "1",
        "1.0",
        "'1'",
        "x'31'",
        "''",
        "x''",
        "9007199254740993",
        "-9223372036854775808",
        "1e300",
        "'NULL'",
        "x'00ff'",
        "'a'",
        "'A'",
        "'a '",
        "-0.5",
        "CAST(x'61ff' AS TEXT)",
        "'a' || char(0) || 'b'",
    ];
    let mut cabinet = Cabinet::new();
    for ty in [
        "",
        "INTEGER",
        "TEXT",
        "VARCHAR(3)",
        "REAL",
        "BLOB",
        "NUMERIC",
        "DECIMAL(10,2)",
        "BOOLEAN",
        "DATE",
        "DATETIME",
        "JSON",
        "UUID",
        "STRING",
        "TEXT COLLATE NOCASE",
        "TEXT COLLATE RTRIM",
    ] {
        cabinet = cabinet.with(ty, &anything);
    }
    let shop = bed.with(&cabinet.script("cabinet")).await;
    keeps_exactly(&bed, &shop, "cabinet").await;
    let rows = shop.rows("cabinet", Condition::everything()).await;
    let any: Vec<&Value> = rows.iter().map(|row| &row[2]).take(4).collect();
    let bytes = Value::Bytes(vec![0x31]);
    assert_eq!(any, [&Value::Int(1), &Value::Float(1.0), &text("1"), &bytes]);
    assert_eq!(rows[11][3], text("a"), "a text in an integer column is shown as it is");
    assert_eq!(rows[6][3], Value::Int(9_007_199_254_740_993));
    assert_eq!(rows[0][10], Value::Bool(true));
    walk_all(&shop, "cabinet", 4).await;
}

#[tokio::test]
async fn tables_of_every_kind_are_read_and_written() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE plain (rowid TEXT, n INTEGER); INSERT INTO plain VALUES ('x', 1), ('x', 1), ('y', 2);
             CREATE TABLE without (a TEXT, b INTEGER, n, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO without VALUES ('x', 1, 5);
             CREATE TABLE strict (id INTEGER PRIMARY KEY, n INT, a ANY, t TEXT, r REAL, b BLOB) STRICT; INSERT INTO strict VALUES (1, 2, '3', '4', 5, x'06');
             CREATE TABLE loose (code TEXT PRIMARY KEY, n INTEGER); INSERT INTO loose VALUES (NULL, 1), (NULL, 2), ('a', 3);
             CREATE TABLE made (id INTEGER PRIMARY KEY, n INTEGER, v INTEGER AS (n + 1), s TEXT AS (n || '!') STORED); INSERT INTO made (n) VALUES (NULL), (5);
             CREATE VIRTUAL TABLE words USING fts5(body); INSERT INTO words VALUES ('one two');
             CREATE VIEW broken AS SELECT * FROM nowhere;",
        )
        .await;
    assert_eq!(shop.resource("plain").row_id.as_deref(), Some("_rowid_"));
    walk_all(&shop, "plain", 1).await;
    let without = shop.resource("without");
    assert_eq!((without.key.as_slice(), without.row_id.as_deref()), ([1, 0].as_slice(), None));
    assert!(!without.fields[0].nullable);
    let strict = shop.resource("strict");
    assert_eq!(strict.fields[2].ty, FieldType::Any);
    assert_eq!(strict.fields[1].ty, FieldType::int(64, false));
    let outcome = shop.update("strict", 1, "n", Value::Int(2), text("x")).await;
    assert!(
        matches!(outcome, ItemOutcome::Refused(ref r) if r.rule == kontor_model::change::Rule::Invalid),
        "{outcome:?}"
    );
    let made = shop.resource("made");
    let kinds: Vec<Generated> = made.fields.iter().map(|field| field.generated).collect();
    assert_eq!(kinds, [Generated::ByDefault, Generated::No, Generated::Always, Generated::Always]);
    walk_all(&shop, "made", 1).await;
    assert!(shop.resource("loose").key.is_empty(), "several records have the key NULL");
    walk_all(&shop, "loose", 1).await;
    walk_all(&shop, "words", 1).await;
    assert!(
        shop.schema.left_out.iter().any(|left| left.starts_with("broken: ")),
        "{:?}",
        shop.schema.left_out
    );
    assert!(shop.schema.resources.iter().all(|r| !r.name.as_str().starts_with("words_")));
}

#[tokio::test]
async fn a_key_that_is_null_never_writes_several_records() {
    let bed = bed().await;
    let shop = bed
        .with("CREATE TABLE loose (code TEXT PRIMARY KEY, n INTEGER); INSERT INTO loose VALUES ('a', 3), ('b', 3);")
        .await;
    assert!(!shop.resource("loose").fields[0].nullable, "SQLite permits nulls, but there are none");
    bed.run("INSERT INTO loose VALUES (NULL, 0), (NULL, 0)").await;
    let edit = crate::bed::item(&[Value::Null], Vec::new(), vec![(1, Value::Int(0))]);
    let outcome = shop.write_one("loose", kontor_model::ChangeKind::Update, edit).await;
    assert!(matches!(outcome, ItemOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(bed.ask("SELECT CAST(sum(n) AS TEXT) FROM loose").await, [Some("6".into())]);
}

#[tokio::test]
async fn references_are_found_however_they_are_written() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE Land (code TEXT, region TEXT, PRIMARY KEY (code, region));
             CREATE TABLE town (id INTEGER PRIMARY KEY, land TEXT, region TEXT, up REFERENCES TOWN, lost REFERENCES nowhere(x),
                                FOREIGN KEY (LAND, region) REFERENCES land);
             INSERT INTO Land VALUES ('DE', 'N');",
        )
        .await;
    let references: Vec<(&str, &[usize], &str, Vec<&str>)> = shop
        .resource("town")
        .references
        .iter()
        .map(|r| {
            (
                r.name.as_str(),
                r.fields.as_slice(),
                r.target.as_str(),
                r.target_fields.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    assert_eq!(
        references,
        [
            ("land_region", [1, 2].as_slice(), "Land", vec!["code", "region"]),
            ("up", [3].as_slice(), "town", vec!["id"]),
        ]
    );
}

#[tokio::test]
async fn days_with_and_without_a_time_lie_in_the_same_period() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME);
             INSERT INTO t VALUES (1, '2026-11-19 23:59:59'), (2, '2026-11-20'), (3, '2026-11-20 00:00:00'), (4, '2026-11-20T10:00:00Z'), (5, '2026-11-21');",
        )
        .await;
    let day = Test::Within(text("2026-11-20 00:00:00"), text("2026-11-21 00:00:00"));
    assert_eq!(crate::filters::found(&shop, "t", Condition::Field(1, day)).await, [2, 3, 4]);
}

#[tokio::test]
async fn a_trigger_that_rolls_all_back_leaves_nothing_written() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 10), (2, 20);
             CREATE TRIGGER no BEFORE UPDATE ON t WHEN NEW.n = 99 BEGIN SELECT RAISE(ROLLBACK, 'no'); END;",
        )
        .await;
    let change =
        |id: i64, n: i64| crate::bed::item(&[Value::Int(id)], Vec::new(), vec![(1, Value::Int(n))]);
    let refused = shop
        .write(
            "t",
            kontor_model::ChangeKind::Update,
            &[change(1, 11), change(2, 99), change(2, 21)],
        )
        .await;
    assert!(matches!(refused, Err(kontor_connect::WriteFailure::NotWritten(_))), "{refused:?}");
    assert_eq!(bed.ask("SELECT CAST(sum(n) AS TEXT) FROM t").await, [Some("30".into())]);
    assert_eq!(
        shop.update("t", 1, "n", Value::Int(10), Value::Int(12)).await,
        applied(&[Value::Int(1)])
    );
}

#[tokio::test]
async fn a_file_that_was_moved_or_replaced_is_noticed_at_once() {
    let database = SqliteFile::fresh();
    let (file, aside) = (database.path(), database.path().with_extension("aside"));
    let bed = Bed::in_file(database);
    let rows =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'old');";
    let shop = bed.with(rows).await;
    let name = async || shop.record("t", &[Value::Int(1)]).await.map(|row| row[1].clone());
    assert_eq!(name().await, Some(text("old")));
    std::fs::rename(&file, &aside).unwrap();
    let failure = shop.connection.ping().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable, "{failure}");
    std::fs::copy(&aside, &file).unwrap();
    bed.run("UPDATE t SET name = 'restored'").await;
    eventually("the restored file is opened", async || shop.connection.ping().await.is_ok()).await;
    assert_eq!(name().await, Some(text("restored")));
    let outcome = shop.update("t", 1, "name", text("restored"), text("new")).await;
    assert_eq!(outcome, applied(&[Value::Int(1)]));
}

#[tokio::test]
async fn a_small_table_is_counted_however_high_its_numbers_are() {
    let rows = "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (10248), (11077);
        CREATE TABLE keyed (code TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO keyed VALUES ('a');";
    let shop = bed().await.with(rows).await;
    assert_eq!(shop.resource("t").estimated_rows, Some(2));
    assert_eq!(shop.resource("keyed").estimated_rows, Some(1));
}
