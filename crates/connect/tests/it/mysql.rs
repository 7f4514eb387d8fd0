//! What only MySQL and MariaDB have.

use kontor_model::{ChangeKind, Condition, Engine, FieldType, IndexKind, ItemOutcome, Test, Value};

use crate::bed::{Bed, applied, item, text};
use crate::exact::{Cabinet, keeps_exactly};
use crate::paging::walk_all;

async fn bed() -> Bed {
    Bed::of(Engine::Mysql).await
}

#[tokio::test]
async fn numbers_of_every_type_are_exact() {
    let bed = bed().await;
    let wide = "12345678901234567890123456789012345.123456789012345678901234567890";
    let sixty = "12345678901234567890123456789012345678901234567890123456789012345";
    let cabinet = Cabinet::new()
        .with("TINYINT", &["-128", "127"])
        .with("TINYINT UNSIGNED", &["255", "0"])
        .with("TINYINT(1)", &["0", "1", "2", "-1"])
        .with("TINYINT(1) UNSIGNED", &["0", "1", "255"])
        .with("SMALLINT UNSIGNED", &["65535"])
        .with("MEDIUMINT", &["-8388608", "8388607"])
        .with("MEDIUMINT UNSIGNED", &["16777215"])
        .with("INT UNSIGNED ZEROFILL", &["4294967295", "7"])
        .with("BIGINT", &["-9223372036854775808", "9223372036854775807", "9007199254740993"])
        .with("BIGINT UNSIGNED", &["18446744073709551615", "9223372036854775808", "0"])
        .with("DECIMAL(65,30)", &[wide, "-0.000000000000000000000000000001", "0"])
        .with("DECIMAL(65,0)", &[sixty, "-1"])
        .with("DECIMAL(10,2) UNSIGNED", &["99999999.99", "12.5", "0"])
        .with("FLOAT", &["0.1", "3.4028235e38", "1.17549e-38", "-1", "16777216", "123456.78"])
        .with(
            "DOUBLE",
            &["0.1", "1.7976931348623157e308", "2.2250738585072014e-308", "123456.789012345678"],
        )
        .with("BIT(1)", &["b'0'", "b'1'"])
        .with("BIT(12)", &["b'101'"])
        .with("BIT(64)", &["18446744073709551615", "0", "9223372036854775808"])
        .with("YEAR", &["0", "1901", "2155"])
        .with("BIGINT GENERATED ALWAYS AS (c0 * 2) VIRTUAL", &[])
        .with("BIGINT GENERATED ALWAYS AS (c0 * 2) STORED", &[]);
    let shop = bed.with(&format!("SET sql_mode = ''; {}", cabinet.script("cabinet"))).await;
    keeps_exactly(&bed, &shop, "cabinet").await;
    let rows = shop.rows("cabinet", Condition::everything()).await;
    let first: Vec<&Value> = rows.iter().map(|row| &row[4]).collect();
    let (no, yes) = (Value::Bool(false), Value::Bool(true));
    assert_eq!(
        first,
        [&no, &yes, &Value::Int(2), &Value::Int(-1), &Value::Null, &Value::Null, &Value::Null]
    );
    assert_eq!(rows[0][11], Value::UInt(u64::MAX));
    assert_eq!(rows[0][12], Value::Decimal(wide.into()));
    assert_eq!(rows[0][15], Value::Real(0.1));
    assert_eq!(rows[0][18], text("000000000101"));
    assert_eq!(rows[0][20], Value::Int(0));
    walk_all(&shop, "cabinet", 3).await;
}

#[tokio::test]
async fn texts_and_bytes_of_every_type_are_exact() {
    let bed = bed().await;
    let cabinet = Cabinet::new()
        .with("CHAR(5)", &["'ab'", "''", "'abcde'"])
        .with(
            "VARCHAR(20) COLLATE utf8mb4_general_ci",
            &["'a'", "'A'", "'a '", "'ä'", "''", "'ß'", "'ss'"],
        )
        .with("VARCHAR(20) CHARACTER SET latin1", &["'ä'", "'A'", "'a'", "'€'"])
        .with("VARCHAR(20) COLLATE utf8mb4_bin", &["'a'", "'A'", "'a '"])
        .with("TINYTEXT", &["'x'", "''", "'X'"])
        .with("TEXT", &["'👩‍👧'", "REPEAT('ä', 1000)", "CONCAT(REPEAT('ä', 1000), 'x')", "'a\\0b'"])
        .with("LONGTEXT", &["'line\\nline'"])
        .with("BINARY(3)", &["x'00'", "x'010203'"])
        .with("VARBINARY(10)", &["x''", "x'00ff'", "x'61'", "'A'"])
        .with("BLOB", &["x'00ff00'", "REPEAT(x'ab', 2000)", "CONCAT(REPEAT(x'ab', 2000), 'x')"])
        .with("ENUM('a','it''s','x,y','')", &["'a'", "'it''s'", "'x,y'", "''", "0"])
        .with("SET('a','b','it''s')", &["''", "'a'", "'a,it''s'", "'b'"])
        .with(
            "JSON",
            &["'{\"b\":1, \"a\":1,  \"a\":2, \"n\":12345678901234567890.123}'", "'null'", "'[]'"],
        )
        .with(
            "UUID",
            &[
                "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
                "'00000000-0000-0000-0000-000000000000'",
                "'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            ],
        )
        .with("INET6", &["'::1'", "'2001:db8::ff00:42:8329'"])
        .with("INET4", &["'192.168.0.1'", "'10.0.0.1'"])
        .with("POINT", &["ST_GeomFromText('POINT(1.5 -2)')", "ST_GeomFromText('POINT(0 0)')"]);
    let shop = bed.with(&format!("SET sql_mode = ''; {}", cabinet.script("cabinet"))).await;
    let ty = |field: &str| shop.resource("cabinet").field(field).unwrap().ty.clone();
    assert!(
        matches!(ty("c10"), FieldType::Enum { choices } if choices == ["a", "it's", "x,y", ""])
    );
    assert_eq!(
        ty("c12"),
        FieldType::Json { binary: false },
        "MariaDB's JSON is a text with a check"
    );
    assert_eq!(ty("c13"), FieldType::Uuid);
    assert_eq!(ty("c16"), FieldType::Other);
    keeps_exactly(&bed, &shop, "cabinet").await;
    walk_all(&shop, "cabinet", 3).await;
}

#[tokio::test]
async fn days_and_times_of_every_type_are_exact() {
    let bed = bed().await;
    let cabinet = Cabinet::new()
        .with(
            "DATE",
            &["'0000-00-00'", "'2026-00-00'", "'0001-01-01'", "'9999-12-31'", "'2000-02-29'"],
        )
        .with(
            "DATETIME",
            &["'0000-00-00 00:00:00'", "'2026-11-20 13:45:00'", "'9999-12-31 23:59:59'"],
        )
        .with("DATETIME(6)", &["'2026-11-20 13:45:00.123456'", "'2026-11-20 13:45:00'"])
        .with(
            "TIMESTAMP NULL",
            &["'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"],
        )
        .with("TIMESTAMP(3) NULL", &["'2026-11-20 13:45:00.5'"])
        .with("TIME", &["'-838:59:59'", "'838:59:59'", "'00:00:00'", "'24:00:00'"])
        .with("TIME(6)", &["'-00:00:00.000001'", "'13:45:00.5'"]);
    let shop = bed.with(&format!("SET sql_mode = ''; {}", cabinet.script("cabinet"))).await;
    keeps_exactly(&bed, &shop, "cabinet").await;
    let rows = shop.rows("cabinet", Condition::everything()).await;
    assert_eq!(rows[0][2], text("0000-00-00"));
    assert_eq!(rows[0][5], text("0000-00-00 00:00:00+00"));
    assert_eq!(rows[0][7], text("-838:59:59"));
    walk_all(&shop, "cabinet", 2).await;
}

#[tokio::test]
async fn a_zero_date_is_no_null() {
    let bed = bed().await;
    let shop = bed
        .with(
            "SET sql_mode = ''; CREATE TABLE t (id INTEGER PRIMARY KEY, day DATE NOT NULL, at DATETIME NOT NULL);
             INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00 00:00:00'), (2, '2026-11-20', '2026-11-20 00:00:00');",
        )
        .await;
    for field in [1, 2] {
        let null = Condition::Field(field, Test::Null);
        let none: [i64; 0] = [];
        assert_eq!(crate::filters::found(&shop, "t", null.clone()).await, none);
        let not = Condition::Not(Box::new(null));
        assert_eq!(crate::filters::found(&shop, "t", not).await, [1, 2]);
    }
}

#[tokio::test]
async fn long_texts_with_one_beginning_are_all_listed() {
    let bed = bed().await;
    let rows: Vec<String> = (1..=30)
        .map(|id| format!("({id}, CONCAT(REPEAT('x', 2000), {}), REPEAT('y', 150))", 97 - id * 3))
        .collect();
    let shop = bed
        .with(&format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT, head VARCHAR(200)); INSERT INTO t VALUES {};",
            rows.join(", ")
        ))
        .await;
    walk_all(&shop, "t", 4).await;
    let mut query = crate::bed::everything(shop.resource("t"));
    query.sort.insert(0, kontor_model::Sort { field: 1, descending: false });
    query.limit = 4;
    let page = shop.connection.select(&shop.of_name("t"), &query).await.unwrap();
    let place = page.next.unwrap().to_text();
    assert!(place.len() < 1_000, "a place fits into an address: {} characters", place.len());
}

#[tokio::test]
async fn tables_that_cannot_roll_back_say_so_and_tell_what_became_of_each_record() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE old (id INTEGER AUTO_INCREMENT PRIMARY KEY, n INTEGER UNIQUE) ENGINE = MyISAM;
             INSERT INTO old VALUES (1, 10), (2, 20), (3, 30); CREATE TABLE new (id INTEGER PRIMARY KEY) ENGINE = InnoDB;
             CREATE SEQUENCE numbers;",
        )
        .await;
    assert!(!shop.resource("old").transactional);
    assert!(shop.resource("new").transactional);
    assert!(shop.schema.resource(&"numbers".into()).is_none());
    let change = |id: i64, n: i64| item(&[Value::Int(id)], Vec::new(), vec![(1, Value::Int(n))]);
    let items = [change(1, 11), change(2, 30), change(3, 31)];
    let outcomes = shop.write("old", ChangeKind::Update, &items).await.unwrap();
    assert_eq!(outcomes[0], applied(&[Value::Int(1)]));
    assert!(matches!(outcomes[1], ItemOutcome::Refused(_)), "{:?}", outcomes[1]);
    assert_eq!(outcomes[2], applied(&[Value::Int(3)]));
}

#[tokio::test]
async fn indexes_and_comments_are_found() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT COMMENT 'Inhalt', name VARCHAR(20), code VARCHAR(20) NOT NULL,
                             FULLTEXT KEY words (body, name), UNIQUE KEY start (code(3)), KEY named (name)) COMMENT 'Seiten';",
        )
        .await;
    let t = shop.resource("t");
    assert_eq!(t.comment.as_deref(), Some("Seiten"));
    assert_eq!(t.fields[1].comment.as_deref(), Some("Inhalt"));
    let index = |name: &str| t.indexes.iter().find(|index| index.name == name).unwrap();
    assert_eq!(index("words").kind, IndexKind::FullText);
    assert_eq!(index("words").fields, [1, 2]);
    assert!(!index("start").unique, "it is over the beginning only");
    assert!(t.is_indexed(&[2]));
    assert_eq!(t.key, [0]);
}

#[tokio::test]
async fn members_of_sets_are_found() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, s SET('a','b','it''s'));
             INSERT INTO t VALUES (1, 'a,b'), (2, ''), (3, NULL), (4, 'it''s,b');",
        )
        .await;
    for (condition, expected) in [
        (Condition::Field(1, Test::Has(text("b"))), vec![1, 4]),
        (Condition::Field(1, Test::Has(text("it's"))), vec![4]),
        (Condition::Field(1, Test::Empty), vec![2, 3]),
        (Condition::Field(1, Test::In(vec![text("a,b")])), vec![1]),
    ] {
        assert_eq!(
            crate::filters::found(&shop, "t", condition.clone()).await,
            expected,
            "{condition:?}"
        );
    }
}
