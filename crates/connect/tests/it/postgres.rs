//! What only PostgreSQL has.

use kontor_model::{
    ChangeKind, Condition, Engine, FieldType, Generated, ItemOutcome, ResourceKind, Value,
};

use crate::bed::{Bed, applied, item, text};
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

#[tokio::test]
async fn several_schemas_may_have_tables_of_one_name() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE stock (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO stock VALUES (1, 10);
             CREATE SCHEMA \"Nord.Süd\";
             CREATE TABLE \"Nord.Süd\".stock (id INTEGER PRIMARY KEY REFERENCES stock, n INTEGER); INSERT INTO \"Nord.Süd\".stock VALUES (1, 20);
             CREATE TYPE \"Nord.Süd\".\"Art\" AS ENUM ('a');
             CREATE TABLE \"Nord.Süd\".\"select\" (id INTEGER PRIMARY KEY, art \"Nord.Süd\".\"Art\"); INSERT INTO \"Nord.Süd\".\"select\" VALUES (1, 'a');",
        )
        .await;
    assert_eq!(shop.rows("stock", Condition::everything()).await[0][1], Value::Int(10));
    assert_eq!(shop.rows("Nord.Süd.stock", Condition::everything()).await[0][1], Value::Int(20));
    assert_eq!(shop.resource("Nord.Süd.stock").references[0].target.as_str(), "stock");
    let outcome = shop.update("Nord.Süd.stock", 1, "n", Value::Int(20), Value::Int(21)).await;
    assert_eq!(outcome, applied(&[Value::Int(1)]));
    assert_eq!(shop.rows("stock", Condition::everything()).await[0][1], Value::Int(10));
    let outcome = shop.update("Nord.Süd.select", 1, "art", text("a"), text("a")).await;
    assert_eq!(outcome, applied(&[Value::Int(1)]));
}

#[tokio::test]
async fn partitions_views_and_identities_are_what_they_are() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE part (id INTEGER, region TEXT NOT NULL, n INTEGER, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
             CREATE TABLE part_a PARTITION OF part FOR VALUES IN ('a'); CREATE TABLE part_b PARTITION OF part FOR VALUES IN ('b');
             INSERT INTO part SELECT i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, i FROM generate_series(1, 20) i;
             CREATE TABLE keyless_part (n INTEGER, region TEXT) PARTITION BY LIST (region);
             CREATE TABLE keyless_a PARTITION OF keyless_part FOR VALUES IN ('a'); CREATE TABLE keyless_b PARTITION OF keyless_part FOR VALUES IN ('b');
             INSERT INTO keyless_part SELECT i % 3, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 20) i;
             CREATE TABLE parent (n INTEGER); CREATE TABLE child () INHERITS (parent); INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1), (2);
             CREATE MATERIALIZED VIEW frozen AS SELECT n FROM part;
             CREATE TABLE always (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seq SERIAL, n INTEGER);
             COMMENT ON TABLE always IS 'Alles'; COMMENT ON COLUMN always.n IS 'Zahl';
             ANALYZE;",
        )
        .await;
    let names: Vec<&str> = shop.schema.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["always", "child", "frozen", "keyless_part", "parent", "part"]);
    assert_eq!(shop.resource("part").estimated_rows, Some(20));
    assert_eq!(shop.resource("part").row_id, None);
    assert_eq!(shop.resource("parent").row_id, None, "its children have rows of the same address");
    assert_eq!(shop.resource("frozen").kind, ResourceKind::MaterializedView);
    assert_eq!(shop.resource("frozen").row_id.as_deref(), Some("ctid"));
    let always = shop.resource("always");
    let kinds: Vec<Generated> = always.fields.iter().map(|field| field.generated).collect();
    assert_eq!(kinds, [Generated::Always, Generated::ByDefault, Generated::No]);
    assert_eq!(always.comment.as_deref(), Some("Alles"));
    assert_eq!(always.fields[2].comment.as_deref(), Some("Zahl"));
    for name in ["part", "keyless_part", "parent", "frozen"] {
        walk_all(&shop, name, 3).await;
    }
    let key = [Value::Int(1), text("b")];
    let moved = item(&key, vec![(2, Value::Int(1))], vec![(1, text("a"))]);
    let outcome = shop.write_one("part", ChangeKind::Update, moved).await;
    assert_eq!(outcome, applied(&[Value::Int(1), text("a")]), "a record may change its partition");
}

#[tokio::test]
async fn a_record_that_was_written_since_is_stale_by_its_version() {
    let bed = bed().await;
    let shop = bed
        .with("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 10);")
        .await;
    let version = bed.ask("SELECT xmin::text FROM t").await.remove(0);
    let seen = vec![(1, Value::Int(10))];
    let mut edit = item(&[Value::Int(1)], seen.clone(), vec![(1, Value::Int(11))]);
    edit.version = version;
    // Written and written back: only the version tells.
    bed.run("UPDATE t SET n = 9; UPDATE t SET n = 10").await;
    let outcome = shop.write_one("t", ChangeKind::Update, edit.clone()).await;
    assert_eq!(outcome, ItemOutcome::Stale(seen));
    edit.version = bed.ask("SELECT xmin::text FROM t").await.remove(0);
    assert_eq!(shop.write_one("t", ChangeKind::Update, edit).await, applied(&[Value::Int(1)]));
}

#[tokio::test]
async fn elements_of_arrays_are_found() {
    use kontor_model::Test;
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN code AS varchar(5);
             CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER[], s VARCHAR(10)[], m mood[], c CHAR(3)[]);
             INSERT INTO t VALUES (1, '{1,2}', '{a,\"b,c\"}', '{sad}', '{ab}'), (2, '{}', '{}', '{}', '{}'), (3, NULL, NULL, NULL, NULL), (4, '{{3},{2}}', '{A}', '{ok,sad}', '{abc}');",
        )
        .await;
    let has = |field: usize, value: Value| Condition::Field(field, Test::Has(value));
    for (condition, expected) in [
        (has(1, Value::Int(2)), vec![1, 4]),
        (has(2, text("b,c")), vec![1]),
        (has(2, text("a")), vec![1]),
        (has(3, text("sad")), vec![1, 4]),
        (has(4, text("ab")), vec![1]),
        (Condition::Field(1, Test::Empty), vec![2, 3]),
        (Condition::Field(1, Test::In(vec![text("{1,2}"), text("{}")])), vec![1, 2]),
        (Condition::Field(2, Test::Contains("b,C".into())), vec![1]),
    ] {
        assert_eq!(
            crate::filters::found(&shop, "t", condition.clone()).await,
            expected,
            "{condition:?}"
        );
    }
}

#[tokio::test]
async fn a_changed_schema_is_said_and_reading_goes_on_when_it_is_read_again() {
    let bed = bed().await;
    let shop = bed
        .with("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 10);")
        .await;
    shop.rows("t", Condition::everything()).await;
    bed.run("ALTER TABLE t ALTER n TYPE bigint").await;
    let query = crate::bed::everything(shop.resource("t"));
    let stale = shop.connection.select(&shop.of_name("t"), &query).await;
    assert_eq!(stale.unwrap_err().kind, kontor_connect::FailureKind::SchemaChanged);
    assert_eq!(shop.rows("t", Condition::everything()).await[0][1], Value::Int(10));
    bed.run("ALTER TABLE t DROP n").await;
    let gone = shop.connection.select(&shop.of_name("t"), &query).await;
    assert_eq!(gone.unwrap_err().kind, kontor_connect::FailureKind::SchemaChanged);
}

#[tokio::test]
async fn a_reference_that_is_checked_at_the_end_writes_nothing_when_it_is_broken() {
    let bed = bed().await;
    let shop = bed
        .with(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED);
             INSERT INTO t VALUES (1, NULL), (2, NULL);",
        )
        .await;
    let up = |id: i64, up: i64| item(&[Value::Int(id)], Vec::new(), vec![(1, Value::Int(up))]);
    let refused = shop.write("t", ChangeKind::Update, &[up(1, 2), up(2, 9)]).await.unwrap_err();
    assert!(matches!(refused, kontor_connect::WriteFailure::NotWritten(_)), "{refused}");
    let rows = shop.rows("t", Condition::everything()).await;
    assert!(rows.iter().all(|row| row[1].is_null()));
    // The connection is usable, and outside of any transaction.
    let outcomes = shop.write("t", ChangeKind::Update, &[up(1, 2), up(2, 1)]).await.unwrap();
    assert_eq!(outcomes, [applied(&[Value::Int(1)]), applied(&[Value::Int(2)])]);
}
