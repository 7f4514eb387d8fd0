//! The desk, asked as its callers ask it.

use async_graphql::{Request, Variables};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use crate::schema::{self, DeskSchema};
use crate::{Clock, Desk, INDEXES, TABLES};

const NOW: &str = "2026-11-20T10:00:00Z";

/// A desk with seven returns in three parcels; the last parcel has not come in yet.
async fn desk() -> (TempDir, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("returns.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut database = options.connect().await.unwrap();
    sqlx::raw_sql(TABLES).execute(&mut database).await.unwrap();
    let filled = "
        INSERT INTO parcels VALUES (1, 'DHL', 'RET1', '2026-11-01T08:00:00Z', '2026-11-03T08:00:00Z', 900),
            (2, 'DHL', 'RET2', '2026-11-02T08:00:00Z', '2026-11-04T08:00:00Z', 400),
            (3, 'DPD', 'RET3', '2026-11-19T08:00:00Z', NULL, NULL);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)
        INSERT INTO returns (rma, parcel_id, order_no, customer_email, customer_no, sku, article, quantity, reason,
                             registered_at, received_at)
        SELECT printf('RMA-2026-%04d', i), min(3, 1 + i / 3), '#2026-1000' || i, 'Eva@example.org', 100000 + i, 'VH-SOF-' || i,
               'Sofa', 1, 'OTHER', printf('2026-11-0%dT08:00:00Z', 1 + i % 3),
               CASE WHEN i < 6 THEN '2026-11-04T08:00:00Z' END
        FROM n;";
    sqlx::raw_sql(filled).execute(&mut database).await.unwrap();
    sqlx::raw_sql(INDEXES).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let clock = Clock::StandingAt(NOW.parse().unwrap());
    let desk = Desk::open(&path, clock).await.unwrap();
    (folder, desk)
}

async fn asked(schema: &DeskSchema, question: &str, variables: Value) -> Value {
    let request = Request::new(question).variables(Variables::from_json(variables));
    serde_json::to_value(schema.execute(request).await).unwrap()
}

async fn done(schema: &DeskSchema, mutation: &str) -> Value {
    let question = format!(
        "mutation {{ done: {mutation} {{ __typename
           ... on Return {{ rma state condition decision decisionNote receivedAt comments {{ text author }} allowedActions parcel {{ arrivedAt }} }}
           ... on ReturnStateError {{ message state }}
           ... on ReturnNotFoundError {{ message }}
           ... on InvalidInputError {{ message field }} }} }}"
    );
    let answer = asked(schema, &question, json!({})).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["done"].clone()
}

/// The numbers of all returns, page by page in one direction.
async fn paged(schema: &DeskSchema, order: &str, backward: bool) -> Vec<String> {
    let (size, place) = if backward { ("last", "before") } else { ("first", "after") };
    let question = format!(
        "query ($place: String) {{ returns({size}: 2, {place}: $place, orderBy: [{order}]) {{
           edges {{ node {{ rma }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let (mut found, mut place) = (Vec::new(), Value::Null);
    loop {
        let answer = asked(schema, &question, json!({ "place": place })).await;
        let list = &answer["data"]["returns"];
        let edges = list["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let mut page: Vec<String> =
            edges.iter().map(|edge| edge["node"]["rma"].as_str().unwrap().to_owned()).collect();
        let info = &list["pageInfo"];
        if backward {
            page.reverse();
        }
        found.extend(page);
        let (goes_on, end) = match backward {
            true => (&info["hasPreviousPage"], &info["startCursor"]),
            false => (&info["hasNextPage"], &info["endCursor"]),
        };
        if *goes_on == json!(false) {
            return found;
        }
        place = end.clone();
    }
}

#[tokio::test]
async fn every_order_is_paged_to_its_end_and_back_without_losing_or_repeating_one() {
    let (_folder, desk) = desk().await;
    let schema = schema::of(desk);
    for order in
        ["RMA_ASC", "RMA_DESC", "REGISTERED_AT_DESC", "RECEIVED_AT_ASC", "STATE_DESC, SKU_ASC"]
    {
        let forward = paged(&schema, order, false).await;
        let mut each = forward.clone();
        each.sort();
        each.dedup();
        assert_eq!((forward.len(), each.len()), (7, 7), "{order}: {forward:?}");
        let mut back = paged(&schema, order, true).await;
        back.reverse();
        assert_eq!(back, forward, "{order}");
    }
    let late = paged(&schema, "RECEIVED_AT_ASC", false).await;
    assert_eq!(late[..2], ["RMA-2026-0006", "RMA-2026-0007"], "what is not here yet comes first");
}

#[tokio::test]
async fn a_place_of_another_list_and_a_size_beyond_all_bounds_are_refused_with_the_reason() {
    let (_folder, desk) = desk().await;
    let schema = schema::of(desk);
    for (arguments, reason) in [
        ("first: 0", "ask for 1 to 200"),
        ("first: 1000", "ask for 1 to 200"),
        ("first: 2, last: 2", "not with both"),
        ("first: 2, after: \"here\"", "no place in this list"),
    ] {
        let question = format!("{{ returns({arguments}) {{ nodes {{ rma }} }} }}");
        let answer = asked(&schema, &question, json!({})).await;
        let said = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{arguments}: {answer}");
    }
}

#[tokio::test]
async fn filters_and_words_find_what_they_name_however_it_is_written() {
    let (_folder, desk) = desk().await;
    let schema = schema::of(desk);
    for (arguments, count) in [
        ("filter: { customerEmail: { eq: \"eva@EXAMPLE.org\" } }", 7),
        ("filter: { customerNo: { in: [\"100001\", \"100004\"] } }", 2),
        ("filter: { state: { eq: ANNOUNCED } }", 2),
        ("filter: { parcel: { id: { eq: \"3\" } }, state: { ne: ANNOUNCED } }", 0),
        (
            "filter: { registeredAt: { gte: \"2026-11-03T09:00:00+01:00\", lt: \"2026-11-04T00:00:00Z\" } }",
            2,
        ),
        ("search: \"sofa 10003\"", 1),
        ("search: \"100%\"", 0),
    ] {
        let question = format!("{{ returns({arguments}) {{ totalCount nodes {{ rma }} }} }}");
        let answer = asked(&schema, &question, json!({})).await;
        let list = &answer["data"]["returns"];
        assert_eq!(list["totalCount"], json!(count), "{arguments}: {answer}");
        assert_eq!(list["nodes"].as_array().map(Vec::len), Some(count), "{arguments}");
    }
}

#[tokio::test]
async fn what_is_put_back_to_the_shelf_has_arrived_with_its_parcel_and_is_as_new() {
    let (_folder, desk) = desk().await;
    let schema = schema::of(desk);
    let back = done(&schema, r#"restockReturn(rma: " rma-2026-0007", place: "R-01")"#).await;
    assert_eq!(back["state"], "RESTOCKED", "{back}");
    assert_eq!(
        (&back["condition"], &back["decisionNote"], &back["receivedAt"]),
        (&json!("AS_NEW"), &json!("R-01"), &json!(NOW))
    );
    assert_eq!(back["parcel"]["arrivedAt"], NOW);
    assert_eq!(back["allowedActions"], json!(["COMMENT"]));
    let noted =
        done(&schema, r#"commentReturn(rma: "RMA-2026-0007", text: " Karton getauscht ")"#).await;
    assert_eq!(noted["comments"], json!([{ "text": "Karton getauscht", "author": null }]));
}

#[tokio::test]
async fn a_refusal_is_an_answer_that_names_its_reason_and_changes_nothing() {
    let (_folder, desk) = desk().await;
    let schema = schema::of(desk);
    for (mutation, name, reason) in [
        (r#"restockReturn(rma: "RMA-1")"#, "ReturnNotFoundError", "no return “RMA-1”"),
        (r#"receiveReturn(rma: "RMA-2026-0001")"#, "ReturnStateError", "received already"),
        (
            r#"restockReturn(rma: "RMA-2026-0001", condition: USED)"#,
            "InvalidInputError",
            "write it off",
        ),
        (
            r#"writeOffReturn(rma: "RMA-2026-0001", reason: " ")"#,
            "InvalidInputError",
            "has to be said",
        ),
        (
            r#"commentReturn(rma: "RMA-2026-0001", text: "")"#,
            "InvalidInputError",
            "nothing to write",
        ),
        (
            r#"inspectReturn(rma: "RMA-2026-0001", condition: USED, photos: -1)"#,
            "InvalidInputError",
            "no photo",
        ),
    ] {
        let refused = done(&schema, mutation).await;
        assert_eq!(refused["__typename"], name, "{mutation}: {refused}");
        assert!(refused["message"].as_str().unwrap().contains(reason), "{refused}");
    }
    let seen =
        done(&schema, r#"inspectReturn(rma: "RMA-2026-0001", condition: DAMAGED, photos: 2)"#)
            .await;
    assert_eq!((&seen["state"], &seen["decision"]), (&json!("INSPECTED"), &Value::Null), "{seen}");
    let gone = done(&schema, r#"writeOffReturn(rma: "RMA-2026-0001", reason: "Bruch")"#).await;
    assert_eq!((&gone["state"], &gone["condition"]), (&json!("WRITTEN_OFF"), &json!("DAMAGED")));
    let again = done(&schema, r#"restockReturn(rma: "RMA-2026-0001", condition: AS_NEW)"#).await;
    assert_eq!(again["__typename"], "ReturnStateError", "{again}");
    assert_eq!(again["state"], "WRITTEN_OFF");
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_is_told_that_the_other_was_faster() {
    let (_folder, desk) = desk().await;
    let schema = schema::of(desk);
    let (one, other) = tokio::join!(
        done(&schema, r#"restockReturn(rma: "RMA-2026-0002")"#),
        done(&schema, r#"writeOffReturn(rma: "RMA-2026-0002", reason: "Bruch")"#),
    );
    let mut kinds = [one["__typename"].clone(), other["__typename"].clone()];
    kinds.sort_by_key(Value::to_string);
    assert_eq!(kinds, [json!("Return"), json!("ReturnStateError")], "{one} {other}");
}

#[tokio::test]
async fn a_file_without_the_tables_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = Desk::open(&folder.path().join("none.db"), Clock::System).await;
    assert!(nothing.is_err());
}
