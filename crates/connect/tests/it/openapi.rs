//! What a connection to a service with an OpenAPI description promises.

use futures_util::StreamExt as _;
use kontor_connect::{Auth, FailureKind, ServiceOptions, WriteFailure};
use kontor_model::{
    ChangeItem, ChangeKind, Comparison, Condition, Count, FieldType, ItemOutcome, RecordKey, Test,
    Value,
};
use serde_json::json;

use kontor_testkit::HttpShop as Shop;

use crate::service::{Service, budget, connected};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn key(id: i64) -> Option<RecordKey> {
    Some(RecordKey::Values(vec![Value::Int(id)]))
}

#[tokio::test]
async fn resources_are_found_with_what_they_offer() {
    let shop = connected(&Shop::with(1).await).await;
    let names: Vec<&str> = shop.schema.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["orders", "orders.lines"]);
    let orders = shop.resource("orders");
    assert_eq!(orders.key, [orders.position("id").unwrap()]);
    let fields: Vec<&str> = orders.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        fields,
        [
            "id",
            "number",
            "status",
            "total",
            "placed_at",
            "address.city",
            "address.street",
            "note",
            "tags",
            "allowed_actions"
        ]
    );
    assert!(
        matches!(&orders.field("status").unwrap().ty, FieldType::Enum { choices } if choices.len() == 3)
    );
    let service = orders.service.as_ref().unwrap();
    assert!(service.creates && service.updates && service.deletes && service.searches);
    let offered: Vec<(&str, &str)> =
        service.operations.iter().map(|o| (o.name.as_str(), o.title.as_str())).collect();
    let wanted = [("cancel", "Cancel an order"), ("cancel-preview", "Cancel preview")];
    assert_eq!(offered, wanted);
    let inputs: Vec<(&str, bool)> =
        service.operations[0].input.iter().map(|i| (i.field.name.as_str(), i.needed)).collect();
    let refund = ["refund.amount", "refund.note", "refund.fast"].map(|name| (name, false));
    assert_eq!(inputs, [&[("reason", true)], refund.as_slice()].concat());
    let editable: Vec<&str> = orders
        .fields
        .iter()
        .zip(&service.properties)
        .filter(|(_, property)| property.updatable)
        .map(|(field, _)| field.name.as_str())
        .collect();
    assert_eq!(editable, ["status", "total", "address.city", "note"]);
    let lines = shop.resource("orders.lines");
    assert_eq!(lines.references[0].target.as_str(), "orders");
    assert!(
        shop.schema.left_out.iter().any(|note| note.contains("not used: mood")),
        "{:?}",
        shop.schema.left_out
    );
}

#[tokio::test]
async fn a_list_is_paged_to_its_end_and_back() {
    let shop = connected(&Shop::with(45).await).await;
    let mut question = shop.asks("orders", &["id", "address.city", "placed_at"], 10);
    let mut seen = Vec::new();
    let mut pages = 0;
    let last = loop {
        let page = shop.page("orders", &question).await;
        seen.extend(page.rows.iter().map(|row| row[0].clone()));
        assert_eq!(page.rows[0][1..], [text("Kiel"), text("2026-11-20 13:45:00+00")]);
        pages += 1;
        match page.next {
            Some(next) => question.cursor = Some(next),
            None => break page.previous,
        }
    };
    assert_eq!((pages, seen.len()), (5, 45));
    assert_eq!(seen, (1..=45).rev().map(Value::Int).collect::<Vec<_>>());
    question.cursor = last;
    question.backward = true;
    let back = shop.page("orders", &question).await;
    assert_eq!(back.rows[0][0], Value::Int(15), "the page before the last");
}

#[tokio::test]
async fn a_part_is_no_longer_than_what_the_service_permits_and_nothing_is_left_out() {
    let shop = connected(&Shop::with(45).await).await;
    let mut question = shop.asks("orders", &["id"], 30);
    let first = shop.page("orders", &question).await;
    assert_eq!(first.rows.len(), 20);
    question.cursor = first.next;
    assert_eq!(shop.page("orders", &question).await.rows[0][0], Value::Int(25));
}

#[tokio::test]
async fn a_whole_list_is_read_part_by_part() {
    let shop = connected(&Shop::with(45).await).await;
    let question = shop.asks("orders", &["id", "number"], 1);
    let orders = shop.of("orders");
    let rows = shop.connection.stream(&orders, &question, budget().statement_timeout).await;
    let rows: Vec<_> = rows.unwrap().collect().await;
    assert_eq!(rows.len(), 45);
    assert!(rows.iter().all(Result::is_ok));
}

#[tokio::test]
async fn filters_orders_and_words_are_asked_of_the_service() {
    let shop = Shop::with(30).await;
    let service = connected(&shop).await;
    let total = service.resource("orders").position("total").unwrap();
    let bound = |comparison, amount: &str| {
        let amount = Value::Decimal(amount.to_owned());
        Condition::Field(total, Test::Compare(comparison, amount))
    };
    let mut question = service.asks("orders", &["id"], 50);
    question.condition = service
        .is("orders", "status", text("open"))
        .and(bound(Comparison::Ge, "500"))
        .and(bound(Comparison::Le, "1000"));
    question.sort = vec![service.by("orders", "total", false)];
    let ids: Vec<Value> =
        service.page("orders", &question).await.rows.into_iter().flatten().collect();
    assert_eq!(ids, [Value::Int(6), Value::Int(9)]);
    let count = service
        .connection
        .count(&service.of("orders"), &question.condition, budget().statement_timeout)
        .await;
    assert_eq!(count, Ok(Count::Exact(2)));
    question.condition =
        Condition::Search(vec![kontor_model::condition::SearchTerm::Words(vec![], "A-3".into())]);
    assert_eq!(service.page("orders", &question).await.rows.len(), 2, "A-3 and A-30");
}

#[tokio::test]
async fn what_the_service_does_not_offer_is_refused_and_not_emulated() {
    let shop = connected(&Shop::with(3).await).await;
    let refusal = async |condition: Condition| {
        let question = kontor_model::Query { condition, ..shop.asks("orders", &["id"], 50) };
        shop.connection.select(&shop.of("orders"), &question).await.expect_err("not offered").kind
    };
    let number = shop.resource("orders").position("number").unwrap();
    assert_eq!(refusal(Condition::Field(number, Test::Null)).await, FailureKind::Invalid);
    let open = shop.is("orders", "status", text("open"));
    assert_eq!(refusal(Condition::Not(Box::new(open))).await, FailureKind::Invalid);
    let mut sorted = shop.asks("orders", &["id"], 50);
    sorted.sort = vec![shop.by("orders", "number", false)];
    let refused =
        shop.connection.select(&shop.of("orders"), &sorted).await.expect_err("no such order");
    assert_eq!(refused.kind, FailureKind::Invalid);
    let all_lines = shop.asks("orders.lines", &["sku"], 50);
    let refused = shop.connection.select(&shop.of("orders.lines"), &all_lines).await;
    assert!(refused.expect_err("one at a time").detail.contains("one “order_id” at a time"));
}

#[tokio::test]
async fn single_records_and_what_lies_below_them_are_read_by_their_keys() {
    let shop = Shop::with(5).await;
    let service = connected(&shop).await;
    let mut question = service.asks("orders", &["number", "note", "tags"], 50);
    question.condition = service.is("orders", "id", Value::Int(4));
    assert_eq!(
        service.page("orders", &question).await.rows,
        [vec![text("A-4"), Value::Null, text("[\"new\"]")]]
    );
    let id = service.resource("orders").position("id").unwrap();
    let several = Test::In(vec![Value::Int(5), Value::Int(99), Value::Int(1)]);
    question.condition = Condition::Field(id, several);
    assert_eq!(service.page("orders", &question).await.rows.len(), 2, "one of them is not there");
    let mut lines = service.asks("orders.lines", &["order_id", "sku", "quantity"], 50);
    lines.condition = service.is("orders.lines", "order_id", Value::Int(4));
    assert_eq!(
        service.page("orders.lines", &lines).await.rows,
        [vec![Value::Int(4), text("SKU-4"), Value::Int(2)]]
    );
}

fn item(id: i64, before: &[(usize, Value)], after: &[(usize, Value)]) -> ChangeItem {
    ChangeItem { key: key(id), before: before.to_vec(), after: after.to_vec(), version: None }
}

#[tokio::test]
async fn an_edit_is_compared_with_what_was_seen_and_sent_with_the_mark_of_its_version() {
    let shop = Shop::with(3).await;
    let service = connected(&shop).await;
    let orders = service.of("orders");
    let at = |name: &str| orders.resource.position(name).unwrap();
    let change = item(
        2,
        &[(at("total"), Value::Decimal("200".into()))],
        &[(at("total"), Value::Decimal("12.50".into())), (at("address.city"), text("Lübeck"))],
    );
    let written = service
        .connection
        .write(&orders, ChangeKind::Update, std::slice::from_ref(&change), "op-1")
        .await;
    assert_eq!(written, Ok(vec![ItemOutcome::Applied(key(2).unwrap())]));
    assert_eq!(shop.order(2)["total"], json!(12.5));
    assert_eq!(shop.order(2)["address"], json!({"city": "Lübeck", "street": "Kai 1"}));
    let sent = shop.inside().asked.last().cloned().unwrap();
    assert_eq!(sent.body, r#"{"total":12.50,"address":{"city":"Lübeck"}}"#);
    assert_eq!(sent.headers["if-match"], "\"0\"");

    let again = service.connection.write(&orders, ChangeKind::Update, &[change], "op-2").await;
    assert_eq!(
        again,
        Ok(vec![ItemOutcome::Stale(vec![(at("total"), Value::Decimal("12.5".into()))])])
    );
}

#[tokio::test]
async fn records_are_made_and_removed_and_rules_of_the_service_are_told_at_their_fields() {
    let shop = Shop::with(3).await;
    let service = connected(&shop).await;
    let orders = service.of("orders");
    let at = |name: &str| orders.resource.position(name).unwrap();
    let new = |number: &str| ChangeItem {
        key: None,
        before: Vec::new(),
        after: vec![(at("number"), text(number)), (at("total"), Value::Decimal("1.10".into()))],
        version: None,
    };
    let write = async |kind, item: ChangeItem| {
        service.connection.write(&orders, kind, &[item], "op").await.unwrap().remove(0)
    };
    assert_eq!(write(ChangeKind::Create, new("B-1")).await, ItemOutcome::Applied(key(4).unwrap()));
    assert!(shop.inside().asked.last().unwrap().headers.contains_key("idempotency-key"));
    let ItemOutcome::Refused(refusal) = write(ChangeKind::Create, new("B-1")).await else {
        panic!("the number is taken")
    };
    assert_eq!(
        (refusal.fields, refusal.message.as_str()),
        (vec![at("number")], "the number is taken")
    );
    let negative = item(1, &[], &[(at("total"), Value::Decimal("-1".into()))]);
    let ItemOutcome::Refused(refusal) = write(ChangeKind::Update, negative).await else {
        panic!("negative")
    };
    assert_eq!(refusal.fields, [at("total")]);
    assert_eq!(
        write(ChangeKind::Delete, item(4, &[], &[])).await,
        ItemOutcome::Applied(key(4).unwrap())
    );
    assert_eq!(write(ChangeKind::Delete, item(4, &[], &[])).await, ItemOutcome::Gone);
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_not_sent_again() {
    let shop = Shop::with(1).await;
    let service = connected(&shop).await;
    let orders = service.of("orders");
    shop.inside().loses_answers = true;
    let status = orders.resource.position("status").unwrap();
    let change = item(1, &[], &[(status, text("open"))]);
    let lost = service.connection.write(&orders, ChangeKind::Update, &[change], "op").await;
    assert!(matches!(lost, Err(WriteFailure::Unknown(_))), "{lost:?}");
    let sent = shop.inside().asked.iter().filter(|asked| asked.what.starts_with("PATCH")).count();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_reading_that_fails_in_passing_is_tried_once_more() {
    let shop = Shop::with(1).await;
    let service = connected(&shop).await;
    shop.inside().failures = 1;
    assert_eq!(service.page("orders", &service.asks("orders", &["id"], 5)).await.rows.len(), 1);
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so() {
    let shop = Shop::with(1).await;
    let wrong = Service::at(&shop.url(), Some("wrong"), ServiceOptions::default(), budget()).await;
    let question = wrong.asks("orders", &["id"], 5);
    let refused =
        wrong.connection.select(&wrong.of("orders"), &question).await.expect_err("refused");
    assert_eq!(refused.kind, FailureKind::SignIn);
    assert!(refused.detail.contains("who are you?"), "{refused}");
    let auth = Some(Auth::Bearer);
    let options = ServiceOptions { auth, ..ServiceOptions::default() };
    let as_said = Service::at(&shop.url(), Some("s3cret"), options, budget()).await;
    let refused = as_said.connection.select(&as_said.of("orders"), &question).await;
    assert_eq!(refused.expect_err("the manifest says bearer").kind, FailureKind::SignIn);
    let sent = shop.inside().asked.last().cloned().unwrap();
    assert_eq!(sent.headers["authorization"], "Bearer s3cret");
}

#[tokio::test]
async fn operations_of_the_service_are_done_with_what_they_take() {
    let shop = Shop::with(4).await;
    let service = connected(&shop).await;
    let orders = service.of("orders");
    let cancel = &orders.resource.service.as_ref().unwrap().operations[0];
    let input = [Some(text("fraud")), Some(Value::Decimal("12.50".into())), None, None];
    let act = async |id: i64| {
        service.connection.act(&orders, cancel, &key(id).unwrap(), &input, "op").await
    };
    assert_eq!(act(3).await, Ok(ItemOutcome::Applied(key(3).unwrap())));
    assert_eq!(shop.order(3)["status"], "cancelled");
    let sent = shop.inside().asked.last().cloned().unwrap();
    assert_eq!(sent.body, r#"{"reason":"fraud","refund":{"amount":12.50}}"#);
    assert_eq!(sent.headers["idempotency-key"], "op");
    let Ok(ItemOutcome::Refused(refusal)) = act(4).await else { panic!("it was shipped") };
    assert_eq!(refusal.message, "the order has left the house");
    assert_eq!(act(99).await, Ok(ItemOutcome::Gone));
}

#[tokio::test]
async fn somebody_elses_change_between_reading_and_writing_is_noticed() {
    let shop = Shop::with(1).await;
    let service = connected(&shop).await;
    let orders = service.of("orders");
    let status = orders.resource.position("status").unwrap();
    shop.set(1, "status", json!("cancelled"));
    let change = item(1, &[(status, text("shipped"))], &[(status, text("open"))]);
    let written = service.connection.write(&orders, ChangeKind::Update, &[change], "op").await;
    assert_eq!(written, Ok(vec![ItemOutcome::Stale(vec![(status, text("cancelled"))])]));
}
