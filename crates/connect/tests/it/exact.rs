//! What is read is what is there, to the last bit; what was read can be written back; and an edit
//! of one field changes no other.

use kontor_model::{ChangeKind, Condition, Engine, Field, ItemOutcome, Value};

use crate::bed::{Bed, Shop, applied, equal, item, text};

/// A table with a column for each type: `id`, `note`, then one per type, its values in rows.
pub(crate) struct Cabinet {
    columns: Vec<(String, Vec<String>)>,
}

impl Cabinet {
    pub(crate) fn new() -> Self {
        Self { columns: Vec::new() }
    }

    /// A column of a type with literals of SQL.
    pub(crate) fn with(mut self, ty: &str, literals: &[&str]) -> Self {
        self.columns.push((ty.into(), literals.iter().map(|&l| l.to_owned()).collect()));
        self
    }

    /// The statements that make the table; a value that is missing is `NULL`.
    pub(crate) fn script(&self, name: &str) -> String {
        let columns: Vec<String> =
            self.columns.iter().enumerate().map(|(i, (ty, _))| format!("c{i} {ty}")).collect();
        let mut script = format!(
            "CREATE TABLE {name} (id INTEGER PRIMARY KEY, note VARCHAR(20), {});",
            columns.join(", ")
        );
        let rows = self.columns.iter().map(|(_, literals)| literals.len()).max().unwrap();
        for row in 0..=rows {
            let null = "NULL".to_owned();
            let values: Vec<&String> = self
                .columns
                .iter()
                .map(|(_, literals)| literals.get(row).unwrap_or(&null))
                .collect();
            let given: Vec<usize> =
                (0..values.len()).filter(|&i| !self.columns[i].0.contains("GENERATED")).collect();
            let names: Vec<String> = given.iter().map(|i| format!("c{i}")).collect();
            let values: Vec<&str> = given.iter().map(|&i| values[i].as_str()).collect();
            let (names, values) = (names.join(", "), values.join(", "));
            script.push_str(&format!(
                "\nINSERT INTO {name} (id, note, {names}) VALUES ({row}, 'seen', {values});"
            ));
        }
        script
    }
}

/// The database's own text of all values, asked past the connector.
async fn snapshot(bed: &Bed, shop: &Shop, name: &str) -> Vec<Vec<Option<String>>> {
    let mut columns = Vec::new();
    for field in shop.resource(name).fields.iter().filter(|field| field.name != "note") {
        let expression = own_text(bed.engine(), field);
        columns.push(bed.ask(&format!("SELECT {expression} FROM {name} ORDER BY id")).await);
    }
    columns
}

fn own_text(engine: Engine, field: &Field) -> String {
    let column = &field.name;
    match (engine, field.sql_type.as_str()) {
        (Engine::Postgres, _) => format!("{column}::text"),
        (Engine::Sqlite, _) => {
            format!(
                "typeof({column}) || ' ' || hex(quote({column})) || ' ' || hex(CAST({column} AS BLOB))"
            )
        }
        (Engine::Mysql, "float") => format!("CAST(CAST({column} AS DOUBLE) AS CHAR)"),
        (Engine::Mysql, "bit") => format!("BIN({column} + 0)"),
        (Engine::Mysql, "point") => format!("HEX(ST_AsBinary({column}))"),
        (Engine::Mysql, _) => format!("HEX(CAST({column} AS BINARY))"),
        (Engine::Openapi | Engine::Graphql, _) => panic!("this bed is one of databases"),
    }
}

/// Reads each record, edits its note as if all was seen, writes back each value that may be
/// written, and tells values of different records apart.
pub(crate) async fn keeps_exactly(bed: &Bed, shop: &Shop, name: &str) {
    let before = snapshot(bed, shop, name).await;
    let records = shop.rows(name, Condition::everything()).await;
    assert!(records.len() > 1);
    for record in &records {
        let key = &record[..1];
        let seen: Vec<(usize, Value)> = record.iter().cloned().enumerate().collect();
        let edit = item(key, seen, vec![(1, text("edited"))]);
        let outcome = shop.write_one(name, ChangeKind::Update, edit).await;
        assert_eq!(outcome, applied(key), "{}", differences(shop, name, record, &outcome));
        let again = shop.record(name, key).await.unwrap();
        for (field, (then, now)) in record.iter().zip(&again).enumerate().skip(2) {
            let what = described(shop, name, field);
            assert!(now.is_same(then), "{what}: {then:?} became {now:?}");
        }
    }
    for field in 2..records[0].len() {
        each_value_is_itself(shop, name, field, &records).await;
    }
    for (field, (then, now)) in before.iter().zip(snapshot(bed, shop, name).await).enumerate() {
        assert_eq!(*then, now, "column {field}");
    }
}

async fn each_value_is_itself(shop: &Shop, name: &str, field: usize, records: &[Vec<Value>]) {
    let described = described(shop, name, field);
    let editable = shop.resource(name).fields[field].is_editable();
    for record in records {
        let (key, value) = (&record[..1], &record[field]);
        if editable {
            let same = vec![(field, value.clone())];
            let edit = item(key, same.clone(), same);
            let outcome = shop.write_one(name, ChangeKind::Update, edit).await;
            assert_eq!(outcome, applied(key), "{described}: {value:?} is written back");
        }
        for other in records.iter().map(|other| &other[field]).filter(|o| !o.is_same(value)) {
            let edit = item(key, vec![(field, other.clone())], vec![(1, text("wrong"))]);
            let outcome = shop.write_one(name, ChangeKind::Update, edit).await;
            let stale = ItemOutcome::Stale(vec![(field, value.clone())]);
            assert!(
                same_outcome(&outcome, &stale),
                "{described}: {value:?} taken for {other:?}: {outcome:?}"
            );
        }
        if shop.resource(name).fields[field].comparable {
            let found = shop
                .rows(name, Condition::All(vec![equal(0, &record[0]), equal(field, value)]))
                .await;
            assert_eq!(found.len(), 1, "{described}: {value:?} is not found by its value");
        }
    }
}

/// As `==`, but NaN is NaN.
fn same_outcome(a: &ItemOutcome, b: &ItemOutcome) -> bool {
    match (a, b) {
        (ItemOutcome::Stale(a), ItemOutcome::Stale(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && a.1.is_same(&b.1))
        }
        (a, b) => a == b,
    }
}

fn described(shop: &Shop, name: &str, field: usize) -> String {
    let field = &shop.resource(name).fields[field];
    format!("{} {} ({:?})", field.name, field.native, field.ty)
}

fn differences(shop: &Shop, name: &str, seen: &[Value], outcome: &ItemOutcome) -> String {
    let ItemOutcome::Stale(now) = outcome else { return String::new() };
    let changed = now.iter().filter(|(field, now)| !now.is_same(&seen[*field]));
    let each: Vec<String> = changed
        .map(|(field, now)| {
            format!("{}: {:?} / {now:?}", described(shop, name, *field), seen[*field])
        })
        .collect();
    each.join("\n")
}
