//! Every type of PostgreSQL, with the values that are easily lost.

use kontor_model::{Condition, Engine, FieldType, Value};

use crate::bed::Bed;
use crate::exact::{Cabinet, keeps_exactly};
use crate::paging::walk_all;

async fn bed() -> Bed {
    Bed::of(Engine::Postgres).await
}

#[tokio::test]
async fn numbers_of_every_type_are_exact() {
    let bed = bed().await;
    let sixty = "123456789012345678901234567890123456789012345678901234567890";
    let cabinet = Cabinet::new()
        .with("smallint", &["-32768", "0", "32767"])
        .with("integer", &["-2147483648", "0", "2147483647"])
        .with("bigint", &["-9223372036854775808", "9223372036854775807", "9007199254740993"])
        .with(
            "numeric",
            &[
                sixty,
                "'NaN'",
                "'Infinity'",
                "'-Infinity'",
                "1.10",
                "1.1",
                "-0.000000000000000000001",
                "1e100",
                "0.00",
                "0",
                "10000",
                "9999.9999",
                "-1234567.00010000",
            ],
        )
        .with("numeric(10,2)", &["-99999999.99", "0", "12.5"])
        .with("numeric(5,-2)", &["12345", "0"])
        .with(
            "real",
            &[
                "0.1",
                "'NaN'",
                "'Infinity'",
                "'-Infinity'",
                "'-0'",
                "0",
                "1e-45",
                "3.4028235e38",
                "16777216",
            ],
        )
        .with(
            "double precision",
            &[
                "0.1",
                "'NaN'",
                "'Infinity'",
                "'-Infinity'",
                "'-0'",
                "0",
                "5e-324",
                "1.7976931348623157e308",
                "1e16",
                "123456.789",
            ],
        )
        .with("money", &["'-1234567.89'", "0", "12.5"])
        .with("boolean", &["true", "false"])
        .with("oid", &["0", "4294967295"])
        .with("bit(4)", &["B'0101'", "B'0000'"])
        .with("bit varying", &["B'1'", "B''", "B'0001'"])
        .with("bigint GENERATED ALWAYS AS (c1::bigint * 2) STORED", &[]);
    let shop = bed.with(&cabinet.script("cabinet")).await;
    keeps_exactly(&bed, &shop, "cabinet").await;
    let rows = shop.rows("cabinet", Condition::everything()).await;
    let numeric = |row: usize| rows[row][5].clone();
    assert_eq!(numeric(0), Value::Decimal(sixty.into()));
    assert_eq!(numeric(1), Value::Decimal("NaN".into()));
    assert_eq!(numeric(4), Value::Decimal("1.10".into()));
    assert_eq!(numeric(7), Value::Decimal(format!("1{}", "0".repeat(100))));
    assert_eq!(rows[0][8], Value::Real(0.1));
    walk_all(&shop, "cabinet", 5).await;
}

#[tokio::test]
async fn texts_and_bytes_of_every_type_are_exact() {
    let bed = bed().await;
    let cabinet = Cabinet::new()
        .with("text", &["''", "' a '", "E'\\n\\t\\\\'", "'👩‍👧 ä'", "'NULL'", "repeat('x', 3000)"])
        .with("varchar(20)", &["''", "'a '", "'ä'"])
        .with("char(5)", &["'ab'", "''", "'abcde'"])
        .with("char", &["'a'", "''"])
        .with("\"char\"", &["'a'", "''"])
        .with("name", &["'select'", "'Größe'"])
        .with("bytea", &["'\\x'", "'\\x00'", "'\\x0001ff'", "decode(repeat('ab', 2000), 'hex')"])
        .with(
            "uuid",
            &["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'00000000-0000-0000-0000-000000000000'"],
        )
        .with("xml", &["'<a b=\"1\">x</a>'", "'<a/>'"])
        .with(
            "json",
            &[
                "'{\"b\":1, \"a\":1,  \"a\":2, \"n\":12345678901234567890.1234567890}'",
                "'null'",
                "'[]'",
            ],
        )
        .with(
            "jsonb",
            &[
                "'{\"b\":1, \"a\":1,  \"a\":2, \"n\":12345678901234567890.1234567890}'",
                "'1.0'",
                "'1.00'",
                "'\"x\"'",
            ],
        )
        .with("jsonpath", &["'$.a[*]'"])
        .with("tsvector", &["'a:1 fat:2A cat'", "''"])
        .with("tsquery", &["'fat & (rat | cat)'"]);
    let shop = bed.with(&cabinet.script("cabinet")).await;
    keeps_exactly(&bed, &shop, "cabinet").await;
    walk_all(&shop, "cabinet", 5).await;
}

#[tokio::test]
async fn days_and_times_of_every_type_are_exact() {
    let bed = bed().await;
    let cabinet = Cabinet::new()
        .with(
            "date",
            &[
                "'0001-01-01'",
                "'9999-12-31'",
                "'infinity'",
                "'-infinity'",
                "'0044-03-15 BC'",
                "'5874897-12-31'",
                "'4713-01-01 BC'",
                "'2000-02-29'",
            ],
        )
        .with("time", &["'24:00:00'", "'00:00:00.000001'", "'13:45:00'"])
        .with("time(0)", &["'23:59:59'"])
        .with("timetz", &["'13:45:00+02'", "'00:00:00-15:59'", "'24:00:00+00'", "'11:45:00+00'"])
        .with(
            "timestamp",
            &[
                "'0001-01-01 00:00:00'",
                "'infinity'",
                "'-infinity'",
                "'294276-12-31 23:59:59.999999'",
                "'4713-01-01 00:00:00 BC'",
                "'2026-11-20 13:45:00.5'",
            ],
        )
        .with(
            "timestamptz",
            &[
                "'0001-01-01 00:00:00+00'",
                "'infinity'",
                "'-infinity'",
                "'2026-11-20 13:45:00.123456+05:30'",
                "'0044-03-15 12:00:00+00 BC'",
            ],
        )
        .with("timestamp(3)", &["'2026-11-20 13:45:00.123'"])
        .with(
            "interval",
            &[
                "'1 year 2 mons -3 days 04:05:06.789'",
                "'-00:00:00.000001'",
                "'1 day'",
                "'24 hours'",
                "'178000000 years'",
            ],
        );
    let shop = bed.with(&cabinet.script("cabinet")).await;
    keeps_exactly(&bed, &shop, "cabinet").await;
    walk_all(&shop, "cabinet", 5).await;
}

#[tokio::test]
async fn composed_and_foreign_types_are_exact() {
    let bed = bed().await;
    bed.run(
        "CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS citext;
         CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'a \"b\"', 'a,b', '');
         CREATE TYPE pair AS (a integer, b text);
         CREATE DOMAIN year AS integer CHECK (VALUE BETWEEN 1901 AND 2155);
         CREATE DOMAIN leap AS year CHECK (VALUE % 4 = 0);
         CREATE DOMAIN price AS numeric(8,2);",
    )
    .await;
    let cabinet = Cabinet::new()
        .with("integer[]", &["'{1,NULL,3}'", "'{}'", "'{{1,2},{3,4}}'", "'[0:1]={1,2}'"])
        .with("text[]", &["'{\"a,b\",\"\\\"q\\\"\",NULL,\"NULL\",\"\",\"\\\\\\\\\"}'", "'{ä}'"])
        .with("numeric[]", &["'{1.10,NaN}'", "'{1.1}'"])
        .with("bytea[]", &["'{\"\\\\\\\\x00\"}'"])
        .with("mood", &["'sad'", "'it''s ok'", "'a \"b\"'", "'a,b'", "''"])
        .with("mood[]", &["'{sad,\"a,b\"}'", "'{}'"])
        .with("int4range", &["'[1,5)'", "'empty'", "'(,)'", "'[,3)'"])
        .with("numrange", &["'[1.0,1.50]'", "'[1,1.5]'"])
        .with("tstzrange", &["'[2026-01-01 00:00:00+01,infinity)'"])
        .with("int4multirange", &["'{[1,3),[5,7)}'", "'{}'"])
        .with("inet", &["'192.168.0.1/24'", "'::1'", "'10.0.0.1'"])
        .with("cidr", &["'10.0.0.0/8'", "'2001:db8::/32'"])
        .with("macaddr", &["'08:00:2b:01:02:03'"])
        .with("macaddr8", &["'08:00:2b:01:02:03:04:05'"])
        .with("point", &["'(1.5,-2)'", "'(0,0)'"])
        .with("box", &["'((1,1),(0,0))'"])
        .with("polygon", &["'((0,0),(1,1),(1,0))'"])
        .with("pg_lsn", &["'16/B374D848'"])
        .with("pair", &["ROW(1, 'a,b')", "ROW(NULL, '')"])
        .with("hstore", &["'a=>1, b=>NULL'", "''"])
        .with("citext", &["'Anna'", "'anna'", "'ANNA '"])
        .with("year", &["1901", "2155"])
        .with("leap", &["1904"])
        .with("price", &["12.5", "0"]);
    let shop = bed.with(&cabinet.script("cabinet")).await;
    let ty = |field: &str| shop.resource("cabinet").field(field).unwrap().ty.clone();
    assert!(matches!(ty("c4"), FieldType::Enum { choices } if choices[1] == "it's ok"));
    assert_eq!(ty("c22"), FieldType::int(32, false), "a domain over a domain is its base type");
    assert_eq!(ty("c23"), FieldType::Decimal { precision: Some(8), scale: Some(2) });
    assert_eq!(ty("c18"), FieldType::Other);
    keeps_exactly(&bed, &shop, "cabinet").await;
    walk_all(&shop, "cabinet", 2).await;
}
