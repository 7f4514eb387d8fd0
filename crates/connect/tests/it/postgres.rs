//! What only PostgreSQL has.

use kontor_model::change::Rule;
use kontor_model::schema::ReadOnly;
use kontor_model::{ChangeKind, Condition, Engine, Generated, ItemOutcome, ResourceKind, Value};

use crate::bed::{Bed, applied, item, text};
use crate::paging::walk_all;

async fn bed() -> Bed {
    Bed::of(Engine::Postgres).await
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

#[tokio::test]
async fn an_account_sees_what_it_may_read_and_is_told_what_it_may_not_write() {
    let bed = bed().await;
    let role = bed.url().database().to_owned();
    bed.run(&format!(
        "CREATE TABLE open (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO open VALUES (1, 10);
         CREATE TABLE shown (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO shown VALUES (1, 10);
         CREATE TABLE partly (id INTEGER PRIMARY KEY, n INTEGER, secret TEXT); INSERT INTO partly VALUES (1, 10, 'x');
         CREATE TABLE hidden (id INTEGER PRIMARY KEY);
         CREATE ROLE {role} LOGIN PASSWORD 'word';
         GRANT SELECT, UPDATE ON open TO {role}; GRANT SELECT ON shown TO {role}; GRANT SELECT (id, n) ON partly TO {role};"
    ))
    .await;
    let mut opening = bed.opening();
    opening.location = bed.url().replace("postgres@", &format!("{role}:word@")).parse().unwrap();
    let shop = bed.shop(opening.clone()).await;
    let found: Vec<(&str, Option<ReadOnly>)> =
        shop.schema.resources.iter().map(|r| (r.name.as_str(), r.read_only)).collect();
    let not = Some(ReadOnly::NoPrivilege);
    assert_eq!(found, [("open", None), ("partly", not), ("shown", not)]);
    assert_eq!(shop.resource("partly").fields.len(), 2);
    assert_eq!(shop.rows("partly", Condition::everything()).await.len(), 1);
    let edited = shop.update("open", 1, "n", Value::Int(10), Value::Int(11)).await;
    assert_eq!(edited, applied(&[Value::Int(1)]));
    let refused = shop.update("shown", 1, "n", Value::Int(10), Value::Int(11)).await;
    let is_privilege = matches!(&refused, ItemOutcome::Refused(r) if r.rule == Rule::Privilege);
    assert!(is_privilege, "{refused:?}");

    opening.location = opening.location.with_password("wrong");
    let refused = kontor_connect::open(opening).ping().await.unwrap_err();
    assert_eq!(refused.kind, kontor_connect::FailureKind::SignIn);
    assert!(!format!("{refused:?}").contains("wrong"), "{refused:?}");
}
