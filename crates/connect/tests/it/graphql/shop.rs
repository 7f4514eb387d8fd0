//! A small shop that answers as several makers of such services do: lists with `items` and
//! `totalItems`, connections without a place in `pageInfo`, plain lists, unions, refusals as data.

use std::time::Duration;

use kontor_model::service::{Ability, OperationCall, Place};
use kontor_model::{
    ChangeKind, Comparison, Condition, Count, FieldType, ItemOutcome, Query, Test, Value,
};

use kontor_testkit::Peer;

use super::shop_of;
use crate::bed::{Shop, applied, equal, item, text};

async fn start() -> (Peer, Shop) {
    let peer = Peer::start("shop.mjs", &[]).await;
    let shop = shop_of(&peer).await;
    (peer, shop)
}

fn compared(field: usize, comparison: Comparison, value: Value) -> Condition {
    Condition::Field(field, Test::Compare(comparison, value))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_every_manner_are_found() {
    let (_peer, shop) = start().await;
    let names: Vec<&str> = shop.schema.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(
        names,
        ["customers", "lying", "media", "newest", "orders", "ordersOfCustomer", "reviews", "tags"]
    );
    let notes = shop.schema.left_out.join("\n");
    assert!(notes.contains("forecast: it needs the argument “days”"), "{notes}");
    assert!(notes.contains("mutation rebuildIndex"), "{notes}");
    assert!(notes.contains("newest: it can be cut (“limit”)"), "{notes}");
    assert_eq!(notes.lines().count(), 3, "{notes}");

    let orders = shop.resource("orders");
    let fields: Vec<&str> = orders.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        fields,
        [
            "id",
            "code",
            "state",
            "placedAt",
            "total",
            "customer.id",
            "shippingAddress.street",
            "shippingAddress.city",
            "shippingAddress.country.code",
            "shippingAddress.country.name",
            "lines",
            "customFields",
            "stock"
        ]
    );
    assert_eq!(orders.comment.as_deref(), Some("All orders"));
    assert_eq!(orders.field("placedAt").unwrap().ty, FieldType::Instant);
    let state = orders.field("state").unwrap();
    assert!(matches!(&state.ty, FieldType::Enum { choices } if choices.len() == 4));
    assert_eq!(
        state.tests,
        Some(vec![Ability::Equal, Ability::Unequal, Ability::Contains, Ability::OneOf])
    );
    let [customer] = orders.references.as_slice() else { panic!("{:?}", orders.references) };
    assert_eq!((customer.name.as_str(), customer.target.as_str()), ("customer", "customers"));
    let media: Vec<&str> = shop.resource("media").fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(media, ["__typename", "title", "pages", "price", "title_Game", "players"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_read_to_its_end_although_the_service_gives_less_than_is_asked_for() {
    let (_peer, shop) = start().await;
    let query = shop.list("orders", &["id"], Condition::everything(), 500);
    let rows = shop.pages("orders", &query).await.concat();
    let expected: Vec<Vec<Value>> = (1..=237).map(|id| vec![text(&id.to_string())]).collect();
    assert_eq!(rows, expected);
    let query = shop.list("reviews", &["id", "rating"], Condition::everything(), 20);
    assert_eq!(shop.pages("reviews", &query).await.concat().len(), 57);
    let count = |name: &'static str| {
        let shop = &shop;
        async move {
            let (of, all) = (shop.of_name(name), Condition::everything());
            shop.connection.count(&of, &all, Duration::from_secs(5)).await.unwrap()
        }
    };
    assert_eq!(count("orders").await, Count::Exact(237));
    assert_eq!(count("tags").await, Count::Exact(2));
    assert_eq!(count("media").await, Count::Unknown);
    assert_eq!(count("newest").await, Count::MoreThan(100), "more cannot be had");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_and_orders_reach_the_service_as_it_names_them() {
    let (_peer, shop) = start().await;
    let field = |name: &str| shop.field("orders", name);
    let both = Condition::All(vec![
        equal(field("state"), &text("Paid")),
        compared(field("total"), Comparison::Ge, Value::Decimal("1100".into())),
        compared(field("total"), Comparison::Lt, Value::Decimal("1110".into())),
    ]);
    let found = shop.found("orders", &["total"], both).await;
    assert_eq!(found, [1101, 1105, 1109].map(|total| vec![Value::Decimal(total.to_string())]));
    let containing = Condition::Field(field("code"), Test::Contains("b-1023".into()));
    assert_eq!(shop.found("orders", &["code"], containing).await.len(), 7);
    let query = Query {
        sort: shop.sorted("orders", "placedAt", true),
        ..shop.list("orders", &["code", "placedAt"], Condition::everything(), 1)
    };
    let page = shop.connection.select(&shop.of_name("orders"), &query).await.unwrap();
    assert_eq!(page.rows[0], [text("B-10236"), text("2026-01-10 20:00:00+00")]);

    let reviews = |name: &str| shop.field("reviews", name);
    let rated = equal(reviews("rating"), &Value::Int(5));
    assert_eq!(shop.found("reviews", &["id"], rated).await.len(), 11);
    let since = Condition::Field(
        reviews("createdAt"),
        Test::Within(text("2026-07-01 00:00:00+00"), text("2026-07-03 00:00:00+00")),
    );
    assert_eq!(shop.found("reviews", &["id"], since).await.len(), 2);
    let words = Condition::Search(vec![kontor_model::condition::SearchTerm::Words(
        vec![0],
        "Text 1".into(),
    )]);
    assert_eq!(shop.found("reviews", &["text"], words).await.len(), 11);
    let query = Query {
        sort: shop.sorted("reviews", "createdAt", true),
        ..shop.list("reviews", &["id"], Condition::everything(), 1)
    };
    let page = shop.connection.select(&shop.of_name("reviews"), &query).await.unwrap();
    assert_eq!(page.rows[0], [text("r57")]);

    // The sign of a pattern means itself.
    let name = shop.field("tags", "name");
    let percent = Condition::Field(name, Test::Contains("0%".into()));
    assert_eq!(shop.found("tags", &["id"], percent).await, [[Value::Int(1)]]);
    let begins = Condition::Field(name, Test::StartsWith("ne".into()));
    assert_eq!(shop.found("tags", &["id"], begins).await, [[Value::Int(2)]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_lists_and_unions_are_shown_as_what_they_are() {
    let (_peer, shop) = start().await;
    let order = shop.record("orders", &[text("2")]).await.unwrap();
    let value = |name: &str| order[shop.field("orders", name)].clone();
    assert_eq!(value("shippingAddress.country.name"), text("Deutschland"));
    assert_eq!(value("customer.id"), text("c2"));
    let Value::Text(lines) = value("lines") else { panic!("JSON") };
    let lines: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(lines[0]["sku"], "sku-1");
    let orders = shop.of_name("orders").resource.clone();
    let described = &orders.service.as_ref().unwrap().properties[shop.field("orders", "lines")];
    let names: Vec<&str> = described.members.iter().map(|own| own.name.as_str()).collect();
    assert!(names.contains(&"sku"), "{names:?}");
    let media = shop
        .found(
            "media",
            &["__typename", "title", "title_Game", "players", "price"],
            Condition::everything(),
        )
        .await;
    let decimal = |text: &str| Value::Decimal(text.into());
    assert_eq!(media[0], [text("Book"), text("Kontor"), Value::Null, Value::Null, decimal("1999")]);
    assert_eq!(media[1], [text("Game"), Value::Null, Value::Null, Value::Int(4), decimal("2999")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_fails_is_named_and_no_row_is_shown_without_it() {
    let (_peer, shop) = start().await;
    let query = shop.list("orders", &["id", "stock"], Condition::everything(), 10);
    let failure = shop.connection.select(&shop.of_name("orders"), &query).await.unwrap_err();
    assert_eq!(failure.detail, "items.3.stock: the warehouse does not answer");
    // Whoever does not ask for it is not concerned.
    let query = shop.list("orders", &["id"], Condition::everything(), 10);
    assert!(shop.connection.select(&shop.of_name("orders"), &query).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_one_other_record_say_so() {
    let (_peer, shop) = start().await;
    let of = shop.of_name("ordersOfCustomer");
    let required = &of.resource.service.as_ref().unwrap().required;
    assert_eq!(required, &[shop.field("ordersOfCustomer", "customer.id")]);
    let query = shop.list("ordersOfCustomer", &["id"], Condition::everything(), 10);
    let refused = shop.connection.select(&of, &query).await.unwrap_err();
    assert!(refused.detail.contains("only for one “customer.id”"), "{refused}");
    let of_one = equal(required[0], &text("c3"));
    assert_eq!(shop.found("ordersOfCustomer", &["id"], of_one).await.len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_looks_like_success_is_a_refusal() {
    let (_peer, shop) = start().await;
    let email = shop.field("customers", "emailAddress");
    let key = [text("c4")];
    let change = |after: &str| {
        item(&key, vec![(email, text("c4@shop.example"))], vec![(email, text(after))])
    };
    let outcome = shop.write_one("customers", ChangeKind::Update, change("c5@shop.example")).await;
    let ItemOutcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusal.message, "somebody else has this address");
    let outcome = shop.write_one("customers", ChangeKind::Update, change("nonsense")).await;
    let ItemOutcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusal.message, "is no address");
    let outcome = shop.write_one("customers", ChangeKind::Update, change("neu@shop.example")).await;
    assert_eq!(outcome, applied(&key));
    let delete = item(&key, Vec::new(), Vec::new());
    let outcome = shop.write_one("customers", ChangeKind::Delete, delete).await;
    let ItemOutcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusal.message, "has orders");

    let rating = shop.field("reviews", "rating");
    let rate = |to: i64| {
        item(&[text("r1")], vec![(rating, Value::Int(1))], vec![(rating, Value::Int(to))])
    };
    let outcome = shop.write_one("reviews", ChangeKind::Update, rate(9)).await;
    let ItemOutcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    assert_eq!((refusal.message.as_str(), refusal.fields), ("is at most 5", vec![rating]));
    assert_eq!(
        shop.write_one("reviews", ChangeKind::Update, rate(4)).await,
        applied(&[text("r1")])
    );
    let changed = shop.update("tags", 2, "colour", Value::Null, text("blue")).await;
    assert_eq!(changed, applied(&[Value::Int(2)]));
    assert_eq!(shop.record("tags", &[Value::Int(2)]).await.unwrap()[2], text("blue"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_made_where_the_service_says_which_one_it_made() {
    let (_peer, shop) = start().await;
    let values = |email| {
        [("firstName", text("Zoë")), ("lastName", text("Ünlü")), ("emailAddress", text(email))]
    };
    let made = shop.create("customers", &values("zoe@shop.example")).await;
    assert_eq!(made, applied(&[text("c31")]));
    let record = shop.record("customers", &[text("c31")]).await.unwrap();
    assert_eq!(record[shop.field("customers", "lastName")], text("Ünlü"));
    let again = shop.create("customers", &values("zoe@shop.example")).await;
    assert!(matches!(again, ItemOutcome::Refused(_)), "{again:?}");
    let remove = item(&[text("c31")], Vec::new(), Vec::new());
    assert_eq!(
        shop.write_one("customers", ChangeKind::Delete, remove).await,
        applied(&[text("c31")])
    );
    assert_eq!(shop.record("customers", &[text("c31")]).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_else_one_can_do_with_a_record_is_an_operation() {
    let (_peer, shop) = start().await;
    let service = shop.resource("orders").service.as_ref().unwrap();
    let names: Vec<&str> = service.operations.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["cancel-order", "add-note-to-order", "create-review"]);
    let cancel = &service.operations[0];
    assert_eq!(cancel.title, "Cancel order");
    assert_eq!(cancel.description.as_deref(), Some("Takes an order back."));
    let inputs: Vec<(&str, bool)> =
        cancel.input.iter().map(|input| (input.field.name.as_str(), input.needed)).collect();
    assert_eq!(inputs, [("reason", false), ("cancelShipping", false), ("lines", false)]);
    assert_eq!(cancel.input[0].place, Place::Body(vec!["input".into(), "reason".into()]));
    let OperationCall::Graph(call) = &cancel.call else { panic!("GraphQL") };
    assert_eq!(call.keys[0].path, ["input", "orderId"]);
    assert!(call.selected.contains("AlreadyShippedError"), "{}", call.selected);
    let note = &service.operations[1].input;
    assert_eq!((note[0].field.native.as_str(), note[0].needed), ("text", true));
    assert_eq!(note[1].field.default.as_deref(), Some("false"));
    // A new review needs what no review has, so that it cannot be made as a record.
    assert!(!shop.resource("reviews").service.as_ref().unwrap().creates);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_of_a_service_is_kept_and_suffices_to_ask_it_again() {
    let (peer, shop) = start().await;
    let kept = serde_json::to_string(&shop.schema).unwrap();
    let schema = serde_json::from_str(&kept).unwrap();
    let url = format!("graphql+http://{}/graphql", peer.host());
    let again = Shop { connection: kontor_connect::open(super::opening(&url)), schema };
    assert_eq!(again.schema, shop.schema);
    assert!(again.record("orders", &[text("7")]).await.is_some());
    again.connection.ping().await.unwrap();
}
