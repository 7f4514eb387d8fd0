//! Databases that others made, where they are there.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kontor_connect::Of;
use kontor_model::filter::bind::{Hop, Moment, Names, bind, suits};
use kontor_model::filter::{Arity, FieldTest, Filter, Operator};
use kontor_model::{
    Column, Condition, Engine, Field, FieldType, Query, Resource, ResourceKind, Sort, Test, Value,
};
use kontor_testkit::{MariaDbServer, PostgresServer, SqliteFile};

use crate::bed::{Bed, Shop, completed, equal, everything};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn northwind_lists_opens_sorts_and_filters() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let bed = Bed::in_file(file);
    let shop = bed.shop(bed.opening()).await;
    assert_eq!(shop.schema.resources.len(), 29, "{:?}", shop.schema.left_out);
    assert_eq!(shop.resource("Order Details").key.len(), 2);
    assert_eq!(shop.resource("Order Details").references.len(), 2);
    everything_works(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chinook_lists_opens_sorts_and_filters() {
    let server = PostgresServer::shared().await;
    let Some(url) = server.copy_of("chinook").await else { return };
    let bed = Bed::at(Engine::Postgres, url);
    let shop = bed.shop(bed.opening()).await;
    assert_eq!(shop.schema.resources.len(), 11, "{:?}", shop.schema.left_out);
    assert_eq!(shop.resource("playlist_track").key.len(), 2);
    assert_eq!(shop.resource("employee").references[0].target.as_str(), "employee");
    everything_works(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pagila_lists_opens_sorts_and_filters() {
    let server = PostgresServer::shared().await;
    let Some(url) = server.copy_of("pagila").await else { return };
    let bed = Bed::at(Engine::Postgres, url);
    let shop = bed.shop(bed.opening()).await;
    let kinds = |kind| shop.schema.resources.iter().filter(|r| r.kind == kind).count();
    assert_eq!(kinds(ResourceKind::Table), 15, "partitions are read through their parent");
    assert_eq!(kinds(ResourceKind::View), 7);
    let [never_filled] = shop.schema.left_out.as_slice() else {
        panic!("{:?}", shop.schema.left_out)
    };
    assert!(never_filled.starts_with("rental_by_category: it has never been filled"));
    bed.run("REFRESH MATERIALIZED VIEW rental_by_category").await;
    let shop = bed.shop(bed.opening()).await;
    assert_eq!(shop.resource("rental_by_category").kind, ResourceKind::MaterializedView);
    let film = shop.resource("film");
    let ty = |field: &str| &film.field(field).unwrap().ty;
    assert!(matches!(ty("rating"), FieldType::Enum { choices } if choices[4] == "NC-17"));
    assert_eq!(*ty("release_year"), FieldType::int(32, false), "a domain is its base type");
    assert!(matches!(ty("special_features"), FieldType::Array { .. }));
    assert_eq!(*ty("fulltext"), FieldType::Other);
    everything_works(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zencart_lists_opens_sorts_and_filters() {
    let server = MariaDbServer::shared().await;
    let Some(url) = server.loaded_once("zencart").await else { return };
    let bed = Bed::at(Engine::Mysql, url);
    let mut opening = bed.opening();
    opening.writable = false;
    let shop = bed.shop(opening).await;
    assert_eq!(shop.schema.resources.len(), 111, "{:?}", shop.schema.left_out);
    everything_works(&shop).await;
}

/// Every resource lists from both ends, opens its first record, and sorts and filters by every
/// field, without an error and without losing the record that is asked for.
async fn everything_works(shop: &Shop) {
    for resource in &shop.schema.resources {
        let of = Of { schema: &shop.schema, resource };
        let mut query = everything(resource);
        query.limit = 5;
        let first = page(shop, &of, &query).await;
        query.backward = true;
        let last = page(shop, &of, &query).await;
        assert_eq!(first.is_empty(), last.is_empty(), "{}", resource.name);
        query.backward = false;
        query.columns = (0..resource.fields.len()).map(Column::brief).collect();
        assert_eq!(page(shop, &of, &query).await.len(), first.len(), "{}", resource.name);
        if let Some(record) = first.first() {
            opens(shop, &of, record).await;
        }
        sorts(shop, &of, &first).await;
        for (index, field) in resource.fields.iter().enumerate() {
            let sample = a_value(shop, &of, index).await;
            filters(shop, &of, (index, field), sample.as_ref()).await;
        }
    }
}

async fn page(shop: &Shop, of: &Of<'_>, query: &Query) -> Vec<Vec<Value>> {
    let page = shop.connection.select(of, query).await;
    page.unwrap_or_else(|failure| panic!("{}: {failure}\n{query:?}", of.resource.name)).rows
}

/// A view of pagila that takes half a second for each question.
fn is_slow(of: &Of<'_>) -> bool {
    of.resource.name.as_str() == "actor_info"
}

/// By its key, or by what it holds.
async fn opens(shop: &Shop, of: &Of<'_>, record: &[Value]) {
    let resource = of.resource;
    let by: Vec<usize> = if resource.key.is_empty() {
        (0..resource.fields.len()).filter(|&field| resource.fields[field].comparable).collect()
    } else {
        resource.key.clone()
    };
    let mut query = everything(resource);
    query.limit = 2;
    query.condition = Condition::All(by.iter().map(|&f| equal(f, &record[f])).collect());
    let found = page(shop, of, &query).await;
    // A view may make its values anew each time (a list of names in no order).
    if resource.kind != ResourceKind::View {
        assert!(!found.is_empty(), "{}: {record:?} is not found", resource.name);
    }
    if !resource.key.is_empty() {
        assert_eq!(found, [record.to_vec()], "{}", resource.name);
    }
}

async fn sorts(shop: &Shop, of: &Of<'_>, first: &[Vec<Value>]) {
    let fields = of.resource.fields.iter().enumerate().filter(|(_, field)| field.sortable);
    for (field, _) in fields.filter(|(field, _)| !is_slow(of) || *field == 3) {
        for descending in [false, true].into_iter().filter(|down| !is_slow(of) || !down) {
            let (sort, total_order) = completed(of.resource, &[Sort { field, descending }]);
            let mut query = Query { sort, total_order, limit: 3, ..everything(of.resource) };
            let begun = shop.connection.select(of, &query).await.unwrap();
            assert_eq!(begun.rows.is_empty(), first.is_empty());
            query.cursor = begun.next;
            if query.cursor.is_some() {
                assert!(!page(shop, of, &query).await.is_empty(), "{}", of.resource.name);
            }
        }
    }
}

/// Some value of a field, if any record has one.
async fn a_value(shop: &Shop, of: &Of<'_>, field: usize) -> Option<Value> {
    let mut query = everything(of.resource);
    query.columns = vec![Column::whole(field)];
    query.condition = Condition::Not(Box::new(Condition::Field(field, Test::Null)));
    query.limit = 1;
    page(shop, of, &query).await.into_iter().next().map(|mut row| row.remove(0))
}

/// Asks every operator that suits the field, as a person would write it.
async fn filters(shop: &Shop, of: &Of<'_>, field: (usize, &Field), sample: Option<&Value>) {
    let (index, field) = field;
    let words = sample.and_then(Value::to_text).unwrap_or_else(|| "1".into());
    let words = if words.len() > 200 { words.chars().take(20).collect() } else { words };
    let moment = Moment { now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC };
    let asked = |operator: &Operator| !is_slow(of) || *operator == Operator::Contains;
    for operator in Operator::ALL.into_iter().filter(|o| suits(*o, field)).filter(asked) {
        let operand = match (operator, &field.ty) {
            (Operator::During, _) => "2026".to_owned(),
            (Operator::Has, FieldType::Array { .. }) => "1".to_owned(),
            (Operator::Has, FieldType::Set { choices }) => choices[0].clone(),
            _ => words.clone(),
        };
        let operands = match operator.arity() {
            Arity::None => Vec::new(),
            Arity::One => vec![operand],
            Arity::Two => vec![operand.clone(), operand],
            Arity::Many => vec![operand.clone(), operand.clone(), operand],
        };
        let test = FieldTest { path: vec![field.name.clone()], operator, operands };
        let what = format!("{} {} {}: {test:?}", of.resource.name, field.name, field.native);
        let condition = match bind(&Filter::Test(test), of.resource, &AllNames, &moment) {
            Ok(condition) => condition,
            // Values that do not fit their column are SQLite's own (a text where a day belongs).
            Err(error) if shop.schema.engine == Engine::Sqlite || sample.is_none() => {
                assert!(!error.to_string().is_empty());
                continue;
            }
            Err(error) => panic!("{what}: {error}"),
        };
        let mut query = everything(of.resource);
        query.limit = 3;
        query.condition = condition;
        let found = shop.connection.select(of, &query).await;
        let found = found.unwrap_or_else(|failure| panic!("{what}: {failure}")).rows;
        let must_be_found = matches!(operator, Operator::Eq | Operator::In | Operator::Between)
            && shop.schema.engine != Engine::Sqlite
            && sample.is_some_and(|value| value.to_text().as_ref() == Some(&words));
        assert!(!must_be_found || !found.is_empty(), "{what} finds nothing of {index}");
    }
}

/// Every field may be named, no link.
struct AllNames;

impl Names for AllNames {
    fn field(&self, resource: &Resource, name: &str) -> Option<usize> {
        resource.position(name)
    }

    fn link(&self, _: &Resource, _: &str) -> Option<Hop<'_>> {
        None
    }
}
