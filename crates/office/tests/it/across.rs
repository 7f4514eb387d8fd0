//! A database that others made, split over two backends, is put together again.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use kontor_connect::{Budget, Connection, Opening};
use kontor_model::{BackendName, Schema};
use kontor_office::proposals::{AcrossReport, ConnectionSampler, Side, SketchKey, propose_across};
use kontor_testkit::SqliteFile;

/// The tables of Northwind that go to one half; the rest goes to the other.
const SALES: [&str; 4] = ["Orders", "Order Details", "EmployeeTerritories", "CustomerCustomerDemo"];

/// Nothing can be told about references of a table without records.
const EMPTY: &str = "CustomerCustomerDemo";

struct Half {
    name: BackendName,
    connection: Arc<dyn Connection>,
    schema: Schema,
}

impl Half {
    async fn of(name: &str, file: &SqliteFile) -> Self {
        let connection = kontor_connect::open(Opening {
            location: file.url().parse().unwrap(),
            replica: None,
            writable: false,
            budget: Budget::default(),
            session_name: "test".into(),
            service: kontor_connect::ServiceOptions::default(),
        });
        let schema = connection.introspect().await.unwrap();
        Self { name: BackendName::new(name).unwrap(), connection, schema }
    }
}

async fn without(file: &SqliteFile, is_dropped: impl Fn(&str) -> bool) {
    let mut connection = file.connect().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    sqlx::raw_sql("PRAGMA foreign_keys = OFF").execute(&mut connection).await.unwrap();
    for table in tables.iter().filter(|table| is_dropped(table)) {
        let sql = sqlx::AssertSqlSafe(format!("DROP TABLE \"{table}\""));
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}

async fn proposed(halves: &[Half]) -> AcrossReport {
    let samplers: Vec<ConnectionSampler<'_>> = halves
        .iter()
        .map(|half| ConnectionSampler::new(half.connection.as_ref(), &half.schema, 500))
        .collect();
    let sides: Vec<Side<'_>> = halves
        .iter()
        .zip(&samplers)
        .map(|(half, sampler)| Side {
            name: &half.name,
            schema: &half.schema,
            sampler,
            is_visible: &|_, _| true,
        })
        .collect();
    propose_across(&sides, &SketchKey::derived_from(b"a test")).await
}

/// The foreign keys of the whole that lead from one half to the other.
fn cut(schema: &Schema) -> BTreeSet<String> {
    let side = |table: &str| if SALES.contains(&table) { "sales" } else { "stock" };
    let mut cut = BTreeSet::new();
    for resource in &schema.resources {
        let from = resource.name.as_str();
        for reference in &resource.references {
            let to = reference.target.as_str();
            if side(from) != side(to) && from != EMPTY {
                let field = &resource.fields[reference.fields[0]].name;
                let (far, key) = (side(to), &reference.target_fields[0]);
                cut.insert(format!("{}.{from}.{field} -> {far}.{to}.{key}", side(from)));
            }
        }
    }
    cut
}

#[tokio::test]
async fn northwind_in_two_halves_is_put_together_again() {
    let Some(whole) = SqliteFile::copy_of("northwind").await else { return };
    let truth = cut(&Half::of("whole", &whole).await.schema);
    assert!(truth.len() >= 6, "{truth:?}");
    let (sales, stock) = (whole, SqliteFile::copy_of("northwind").await.unwrap());
    without(&sales, |table| !SALES.contains(&table)).await;
    without(&stock, |table| SALES.contains(&table)).await;
    let halves = [Half::of("sales", &sales).await, Half::of("stock", &stock).await];
    let report = proposed(&halves).await;
    let found: BTreeSet<String> = report
        .proposals
        .iter()
        .map(|proposal| {
            let link = &proposal.link;
            let far = link.backend.as_ref().unwrap();
            let (field, key) = (&link.fields[0], &link.to_fields[0]);
            format!("{}.{}.{field} -> {far}.{}.{key}", proposal.from, link.from, link.to)
        })
        .collect();
    let text = format!("northwind across: found {found:#?}\nof {truth:#?}\n{:?}\n", report.costs);
    // Written past the test harness, which would swallow what a test that passes says.
    drop(std::io::stderr().write_all(text.as_bytes()));
    assert_eq!(found, truth);
}
