//! A service in the office: listed, opened, changed and acted on like any other backend.

use kontor_model::{ChangeKind, RecordKey, ResourceName, Value};
use kontor_office::{
    ActionRequest, EditRequest, FarRefusal, Input, ListRequest, NotUndoable, OfficeError, Standing,
};
use kontor_testkit::HttpShop;

use crate::office::Bureau;

async fn bureau(shop: &HttpShop) -> Bureau {
    let url = shop.url().replacen("http://", "http://:s3cret@", 1);
    Bureau::over(&[("shop", &url)]).await
}

fn orders() -> ResourceName {
    ResourceName::new("orders")
}

fn key(id: i64) -> RecordKey {
    RecordKey::Values(vec![Value::Int(id)])
}

fn cancel(ids: &[i64]) -> ActionRequest {
    ActionRequest {
        action: "cancel".into(),
        keys: ids.iter().map(|&id| key(id)).collect(),
        input: vec![("reason".into(), Input::Text("customer".into()))],
        ..ActionRequest::default()
    }
}

#[tokio::test]
async fn a_list_of_a_service_is_paged_filtered_and_counted() {
    let shop = HttpShop::with(45).await;
    let bureau = bureau(&shop).await;
    let permit = bureau.reading("shop");
    let mut request = ListRequest {
        filter: Some(kontor_model::filter::Filter::parse("status = open").unwrap()),
        limit: Some(10),
        ..ListRequest::default()
    };
    let first = bureau.office.list(&permit, &orders(), &request).await.unwrap();
    assert_eq!((first.records.len(), &first.records[0].key), (10, &key(45)));
    request.after = first.next;
    let second = bureau.office.list(&permit, &orders(), &request).await.unwrap();
    assert_eq!((second.records.len(), second.next), (5, None));
    let count = bureau.office.count(&permit, &orders(), &request).await.unwrap();
    assert_eq!(count, kontor_model::Count::Exact(15));
}

#[tokio::test]
async fn what_a_service_does_not_offer_is_told_in_its_terms() {
    let shop = HttpShop::with(2).await;
    let bureau = bureau(&shop).await;
    let permit = bureau.reading("shop");
    let refused = async |filter: &str, sort: &[(&str, bool)]| {
        let sort = sort.iter().map(|(name, down)| ((*name).to_owned(), *down)).collect();
        let filter = Some(kontor_model::filter::Filter::parse(filter).unwrap());
        let request = ListRequest { filter, sort, ..ListRequest::default() };
        bureau.office.list(&permit, &orders(), &request).await.expect_err("not offered").to_string()
    };
    assert!(refused("number = A-1", &[]).await.contains("cannot be asked for “=” of “number”"));
    assert!(refused("status = open or total >= 5", &[]).await.contains("without “or” and “not”"));
    assert!(refused("", &[("number", false)]).await.contains("does not order its list"));
    let lines = ResourceName::new("orders.lines");
    let request = ListRequest::default();
    let refused = bureau.office.list(&permit, &lines, &request).await.expect_err("one at a time");
    assert!(matches!(refused, OfficeError::NeedsFilter { fields, .. } if fields == ["order_id"]));
}

#[tokio::test]
async fn a_record_of_a_service_shows_what_lies_below_it_and_is_edited_and_undone() {
    let shop = HttpShop::with(2).await;
    let bureau = bureau(&shop).await;
    let (reading, editing) = (bureau.reading("shop"), bureau.editing("shop"));
    let below = bureau.office.related(&reading, &orders(), &key(2), 0, 8).await.unwrap();
    assert_eq!(below.records.len(), 1);
    let edit = EditRequest {
        set: vec![("total".into(), Input::Text("12.50".into()))],
        ..EditRequest::default()
    };
    let plan = bureau.office.plan_update(&editing, &orders(), &key(2), &edit).await.unwrap();
    let applied = bureau.office.apply(&bureau.actor, &editing.backend, plan).await.unwrap();
    assert_eq!(shop.order(2)["total"], 12.5);
    bureau.office.undo(&bureau.actor, &applied.operation).await.unwrap();
    assert_eq!(shop.order(2)["total"], 200);
    let fixed = EditRequest {
        set: vec![("number".into(), Input::Text("B-1".into()))],
        ..EditRequest::default()
    };
    let refused = bureau.office.plan_update(&editing, &orders(), &key(2), &fixed).await;
    assert!(matches!(refused, Err(OfficeError::Invalid(_))), "only new orders are given a number");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn an_action_stands_in_the_timeline_with_what_it_changed() {
    let shop = HttpShop::with(3).await;
    let bureau = bureau(&shop).await;
    let (reading, editing) = (bureau.reading("shop"), bureau.editing("shop"));
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[3])).unwrap();
    let acted = bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    assert_eq!(acted.changed, ["status"]);
    let timeline = bureau.office.timeline(&reading, &orders(), "3", None, 10).await.unwrap();
    let [entry] = timeline.as_slice() else { panic!("{timeline:?}") };
    let text = |text: &str| Some(Value::Text(text.into()));
    assert_eq!((entry.kind, entry.action.as_deref()), (ChangeKind::Act, Some("cancel")));
    assert_eq!(entry.fields, [("status".to_owned(), text("open"), text("cancelled"))]);
    assert_eq!(entry.input, [("reason".to_owned(), Value::Text("customer".into()))]);
    assert_eq!(entry.undo_locked, Some(NotUndoable::AnAction));
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn what_a_record_does_not_allow_is_not_tried() {
    let shop = HttpShop::with(4).await;
    let bureau = bureau(&shop).await;
    let editing = bureau.editing("shop");
    let shown = bureau.office.record(&editing.to_read(), &orders(), &key(4)).await.unwrap();
    let offered = bureau.office.offered(&bureau.actor, &shown);
    assert_eq!(offered[0].refused.as_deref(), Some("it has left the house"));
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[4])).unwrap();
    let refused = bureau.office.act(&bureau.actor, &editing, plan).await.expect_err("shipped");
    assert!(
        matches!(refused, OfficeError::NotAllowed { why, .. } if why == "it has left the house")
    );
    let tried = shop.inside().asked.iter().any(|asked| asked.what.starts_with("POST"));
    assert!(!tried);
}

#[tokio::test]
async fn an_input_that_is_missing_or_wrong_is_told_before_anything_is_sent() {
    let shop = HttpShop::with(1).await;
    let bureau = bureau(&shop).await;
    let editing = bureau.editing("shop");
    let request = |input: Vec<(String, Input)>| ActionRequest { input, ..cancel(&[1]) };
    let plan = |input| bureau.office.plan_action(&editing, &orders(), &request(input));
    assert!(matches!(plan(Vec::new()), Err(OfficeError::Invalid(_))), "a reason is needed");
    let wrong = vec![("reason".to_owned(), Input::Text("boredom".into()))];
    assert!(matches!(plan(wrong), Err(OfficeError::Invalid(_))));
    let unknown = vec![("because".to_owned(), Input::Text("customer".into()))];
    assert!(matches!(plan(unknown), Err(OfficeError::UnknownField { .. })));
}

#[tokio::test]
async fn an_action_whose_answer_is_lost_is_not_done_again_and_told_as_unknown() {
    let shop = HttpShop::with(3).await;
    let bureau = bureau(&shop).await;
    let (reading, editing) = (bureau.reading("shop"), bureau.editing("shop"));
    shop.inside().loses_answers = true;
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[3])).unwrap();
    let lost = bureau.office.act(&bureau.actor, &editing, plan).await.expect_err("lost");
    assert!(matches!(lost, OfficeError::OutcomeUnknown { .. }), "{lost:?}");
    let sent = shop.inside().asked.iter().filter(|asked| asked.what.starts_with("POST")).count();
    assert_eq!(sent, 1, "a failure of the service is no lost connection");
    let timeline = bureau.office.timeline(&reading, &orders(), "3", None, 10).await.unwrap();
    assert_eq!(timeline[0].standing, Standing::Unknown);
    let changed: Vec<&str> = timeline[0].fields.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(changed, ["status"], "what is seen to have changed is told");
}

#[tokio::test]
async fn an_action_is_done_with_several_records_and_each_is_told() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop).await;
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[3, 6])).unwrap();
    let acted = bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    assert_eq!(acted.items.len(), 2);
    assert_eq!(
        (&shop.order(3)["status"], &shop.order(6)["status"]),
        (&"cancelled".into(), &"cancelled".into())
    );
}

/// A shop with an article that orders name by its colour and its number, each a list of its own.
const DESK: &str = r#"
openapi: 3.1.0
info: {title: Desk, version: '1'}
servers: [{url: /api}]
paths:
  /people:
    get:
      parameters: [{name: city, in: query, schema: {type: string}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Person'}}}}}}
  /people/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}}
  /tasks:
    get:
      parameters: [{name: owner, in: query, schema: {type: array, items: {type: integer}}}, {name: tester, in: query, schema: {type: integer}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Task'}}}}}}
  /tasks/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Task'}}}}}}
components:
  schemas:
    Person: {type: object, properties: {id: {type: integer}, name: {type: string}, city: {type: string}}}
    Task: {type: object, properties: {id: {type: integer}, owner: {type: integer}, tester: {type: integer}, helper: {type: integer}}}
"#;

/// Tasks 1 to 6 are owned, tested and helped with by persons 1 to 3 in turn; 1 and 2 live in Kiel.
async fn desk() -> std::net::SocketAddr {
    use axum::extract::Query;
    use axum::routing::get;
    type Asked = Query<Vec<(String, String)>>;
    let people = |Query(asked): Asked| async move {
        let city = asked.into_iter().find(|(name, _)| name == "city").map(|(_, city)| city);
        let people = (1..=3).map(|id| {
            serde_json::json!({"id": id, "name": format!("P{id}"), "city": if id < 3 { "Kiel" } else { "Bonn" }})
        });
        let people = people.filter(|own| city.as_ref().is_none_or(|city| own["city"] == **city));
        axum::Json(people.collect::<Vec<_>>())
    };
    let tasks = |Query(asked): Asked| async move {
        let wanted = |field: &str| -> Vec<i64> {
            let own = asked.iter().filter(|(name, _)| name == field);
            own.flat_map(|(_, text)| text.split(',')).map(|id| id.parse().unwrap()).collect()
        };
        let (owners, testers) = (wanted("owner"), wanted("tester"));
        let fits = |wanted: &[i64], id: i64| wanted.is_empty() || wanted.contains(&id);
        let tasks = (1..=6_i64).map(|id| (id, (id - 1) % 3 + 1));
        let tasks = tasks.filter(|(_, by)| fits(&owners, *by) && fits(&testers, *by));
        let tasks = tasks
            .map(|(id, by)| serde_json::json!({"id": id, "owner": by, "tester": by, "helper": by}));
        axum::Json(tasks.collect::<Vec<_>>())
    };
    let router = axum::Router::new()
        .route("/openapi.yaml", get(|| async { DESK }))
        .route("/api/people", get(people))
        .route("/api/tasks", get(tasks));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_filter_over_a_link_within_a_service_is_asked_in_two_steps() {
    let link = |field: &str| {
        format!(
            "[[links]]\nfrom = \"tasks\"\nfields = [\"{field}\"]\nto = \"people\"\n\
             to_fields = [\"id\"]\nname = \"{field}s\"\n"
        )
    };
    let said = link("owner") + &link("tester") + &link("helper");
    let url = format!("openapi+http://{}/openapi.yaml", desk().await);
    let bureau = Bureau::saying(&[("desk", &url, &said)]).await;
    let permit = bureau.reading("desk");
    let found = async |filter: &str| {
        let filter = Some(kontor_model::filter::Filter::parse(filter).unwrap());
        let request = ListRequest { filter, ..ListRequest::default() };
        let list = bureau.office.list(&permit, &ResourceName::new("tasks"), &request).await?;
        let ids = list.records.iter().map(|record| record.key.to_text());
        Ok::<_, OfficeError>(ids.collect::<Vec<_>>().join(","))
    };
    assert_eq!(found("owners.city = Kiel").await.unwrap(), "1,2,4,5");
    assert_eq!(found("owners.city = Bonn").await.unwrap(), "3,6");
    assert_eq!(found("owners.city = Rom").await.unwrap(), "", "nobody there is no task here");
    assert_eq!(found("testers.city = Bonn").await.unwrap(), "3,6", "one value is one question");
    let several = found("testers.city = Kiel").await.unwrap_err();
    assert!(
        matches!(several, OfficeError::FarFilter { refusal: FarRefusal::OneOnly { found: 2 }, .. }),
        "{several:?}"
    );
    let unasked = found("helpers.city = Bonn").await.unwrap_err();
    assert!(matches!(unasked, OfficeError::Filter(_)), "no such question is offered: {unasked:?}");
    let beyond = found("owners.name = P1").await.unwrap_err();
    assert!(matches!(beyond, OfficeError::Filter(_)), "nor there: {beyond:?}");
}
