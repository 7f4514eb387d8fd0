//! PostGraphile over Chinook: Relay connections, conditions, orders, patches.

use futures_util::StreamExt as _;
use std::time::Duration;

use kontor_model::service::{Calls, GraphPaging};
use kontor_model::{
    ChangeKind, Column, Comparison, Condition, Count, FieldType, ItemOutcome, Query, Test, Value,
};
use kontor_testkit::{Peer, PostgresServer};

use super::shop_of;
use crate::bed::{Shop, applied, equal, item, text};

async fn chinook() -> Option<(Peer, Shop)> {
    let url = PostgresServer::shared().await.copy_of("chinook").await?;
    let peer = Peer::start("postgraphile.mjs", &[&url]).await;
    let shop = shop_of(&peer).await;
    Some((peer, shop))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_tables_are_found_with_keys_and_references_and_nothing_is_left_over() {
    let Some((_peer, shop)) = chinook().await else { return };
    let names: Vec<&str> = shop.schema.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names.len(), 11, "{names:?}");
    assert_eq!(shop.schema.left_out, Vec::<String>::new());
    for resource in &shop.schema.resources {
        assert!(!resource.key.is_empty() && resource.read_only.is_none(), "{}", resource.name);
        let service = resource.service.as_ref().unwrap();
        assert!(service.creates && service.deletes, "{}", resource.name);
        // What is all key can be made and removed.
        assert_eq!(
            service.updates,
            resource.name.as_str() != "playlistTracks",
            "{}",
            resource.name
        );
    }
    assert_eq!(shop.resource("playlistTracks").key.len(), 2);
    let line = shop.resource("invoiceLines");
    let decimal = FieldType::Decimal { precision: None, scale: None };
    assert_eq!(line.field("unitPrice").unwrap().ty, decimal);
    let targets: Vec<(&str, &str)> = line
        .references
        .iter()
        .map(|r| (line.fields[r.fields[0]].name.as_str(), r.target.as_str()))
        .collect();
    assert_eq!(targets, [("invoiceId", "invoices"), ("trackId", "tracks")]);
    let customer = shop.resource("customers");
    assert_eq!(customer.fields[customer.references[0].fields[0]].name, "supportRepId");
    let Calls::Graph(graph) = &line.service.as_ref().unwrap().calls else { panic!("GraphQL") };
    assert!(matches!(graph.list.paging, GraphPaging::Cursor { back: Some(_), .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_paged_to_its_end_and_back_again() {
    let Some((_peer, shop)) = chinook().await else { return };
    let query =
        shop.list("invoiceLines", &["invoiceLineId", "unitPrice"], Condition::everything(), 100);
    let pages = shop.pages("invoiceLines", &query).await;
    let ids: Vec<i64> = pages
        .iter()
        .flatten()
        .map(|row| match &row[0] {
            Value::Int(id) => *id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, (1..=2_240).collect::<Vec<_>>());
    assert_eq!(pages.len(), 23);
    assert_eq!(pages[0][0][1], Value::Decimal("0.99".into()), "no digit is lost");

    // Farther back than the places that are remembered: the service itself goes back.
    let small = Query { limit: 20, ..query };
    let of = shop.of_name("invoiceLines");
    let mut here = small.clone();
    let mut read = 0;
    let mut previous = None;
    while read < 60 {
        let page = shop.connection.select(&of, &here).await.unwrap();
        (here.cursor, previous) = (page.next, page.previous);
        read += 1;
    }
    let mut firsts = Vec::new();
    while let Some(place) = previous {
        let back = Query { cursor: Some(place), backward: true, ..small.clone() };
        let page = shop.connection.select(&of, &back).await.unwrap();
        firsts.push(page.rows[0][0].clone());
        previous = page.previous;
    }
    let expected: Vec<Value> = (0..59).rev().map(|page| Value::Int(page * 20 + 1)).collect();
    assert_eq!(firsts, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_list_is_streamed_and_counted() {
    let Some((_peer, shop)) = chinook().await else { return };
    let of = shop.of_name("tracks");
    let query = shop.list("tracks", &["trackId", "name"], Condition::everything(), 1);
    let budget = Duration::from_secs(60);
    let rows = shop.connection.stream(&of, &query, budget).await.unwrap();
    let rows: Vec<_> = rows.map(Result::unwrap).collect().await;
    assert_eq!(rows.len(), 3_503);
    let count = shop.connection.count(&of, &Condition::everything(), budget).await.unwrap();
    assert_eq!(count, Count::Exact(3_503));
    let album = equal(shop.field("tracks", "albumId"), &Value::Int(1));
    assert_eq!(shop.connection.count(&of, &album, budget).await.unwrap(), Count::Exact(10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_filtered_and_ordered_as_far_as_the_schema_offers_it() {
    let Some((_peer, shop)) = chinook().await else { return };
    let germans = equal(shop.field("customers", "country"), &text("Germany"));
    let found = shop.found("customers", &["lastName"], germans).await;
    assert_eq!(found.len(), 4);
    let query = Query {
        sort: shop.sorted("invoices", "total", true),
        ..shop.list("invoices", &["invoiceId", "total"], Condition::everything(), 2)
    };
    let page = shop.connection.select(&shop.of_name("invoices"), &query).await.unwrap();
    let expected = [(404, "25.86"), (299, "23.86")]
        .map(|(id, total)| vec![Value::Int(id), Value::Decimal(total.into())]);
    assert_eq!(page.rows, expected);
    // A condition that PostGraphile does not have is refused, not left out.
    let above = Condition::Field(
        shop.field("invoices", "total"),
        Test::Compare(Comparison::Gt, Value::Decimal("20".into())),
    );
    let query = shop.list("invoices", &["total"], above, 10);
    let refused = shop.connection.select(&shop.of_name("invoices"), &query).await.unwrap_err();
    assert!(refused.detail.contains("cannot be asked that of “total”"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_opened_by_their_keys_several_with_one_question() {
    let Some((_peer, shop)) = chinook().await else { return };
    let opened = shop.record("invoices", &[Value::Int(404)]).await.unwrap();
    assert_eq!(opened[shop.field("invoices", "billingCity")], text("Prague"));
    assert_eq!(shop.record("invoices", &[Value::Int(99_999)]).await, None);
    let both = shop.record("playlistTracks", &[Value::Int(1), Value::Int(3402)]).await;
    assert!(both.is_some(), "a key of two fields");
    let some = Test::In([5, 1, 99_999, 3].map(Value::Int).to_vec());
    let condition = Condition::Field(shop.field("artists", "artistId"), some);
    let found = shop.found("artists", &["name"], condition).await;
    assert_eq!(found, ["Alice In Chains", "AC/DC", "Aerosmith"].map(|name| vec![text(name)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_is_changed_and_read_back_and_a_stale_change_is_refused() {
    let Some((_peer, shop)) = chinook().await else { return };
    let price = |price: &str| Value::Decimal(price.into());
    let changed = shop.update("invoiceLines", 7, "unitPrice", price("0.99"), price("1.19")).await;
    assert_eq!(changed, applied(&[Value::Int(7)]));
    let now = shop.record("invoiceLines", &[Value::Int(7)]).await.unwrap();
    assert_eq!(now[shop.field("invoiceLines", "unitPrice")], price("1.19"));
    let stale = shop.update("invoiceLines", 7, "unitPrice", price("0.99"), price("2.00")).await;
    let field = shop.field("invoiceLines", "unitPrice");
    assert_eq!(stale, ItemOutcome::Stale(vec![(field, price("1.19"))]));
    let gone = shop.update("invoiceLines", 99_999, "quantity", Value::Int(1), Value::Int(2)).await;
    assert_eq!(gone, ItemOutcome::Gone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_made_and_removed_and_the_database_has_the_last_word() {
    let Some((_peer, shop)) = chinook().await else { return };
    let values = [("genreId", Value::Int(77)), ("name", text("Krautrock „neu“ \\ $x"))];
    assert_eq!(shop.create("genres", &values).await, applied(&[Value::Int(77)]));
    let made = shop.record("genres", &[Value::Int(77)]).await.unwrap();
    assert_eq!(made[shop.field("genres", "name")], values[1].1);
    let ItemOutcome::Refused(refusal) = shop.create("genres", &values).await else {
        panic!("the key is taken")
    };
    assert!(refusal.message.contains("duplicate key"), "{}", refusal.message);
    let remove = item(
        &[Value::Int(77)],
        vec![(shop.field("genres", "name"), values[1].1.clone())],
        Vec::new(),
    );
    let removed = shop.write_one("genres", ChangeKind::Delete, remove.clone()).await;
    assert_eq!(removed, applied(&[Value::Int(77)]));
    assert_eq!(shop.write_one("genres", ChangeKind::Delete, remove).await, ItemOutcome::Gone);
    let column = vec![Column::whole(shop.field("genres", "genreId"))];
    let all = Query::unordered(column, Condition::everything(), 100);
    assert_eq!(shop.pages("genres", &all).await.concat().len(), 25);
}
