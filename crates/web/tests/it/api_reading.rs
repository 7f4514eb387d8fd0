//! Reading over the API.

use axum::body::Body;
use axum::http::{Method, header};
use kontor_office::Pace;
use kontor_testkit::eventually;
use serde_json::{Value, json};

use crate::api_bed::{As, Bed, ORDERS};

#[tokio::test]
async fn a_list_pages_by_cursor_in_both_directions() {
    let bed = Bed::new().await;
    let first = bed.get(&format!("{ORDERS}/records?sort=number&limit=2")).await.ok(200);
    let keys = |page: &Value| -> Vec<String> {
        let records = page["records"].as_array().expect("records");
        records.iter().map(|record| record["key"].as_str().expect("a key").to_owned()).collect()
    };
    assert_eq!(keys(&first), ["1", "2"]);
    assert_eq!(first["previous"], Value::Null);
    let next = first["next"].as_str().expect("more");
    let second =
        bed.get(&format!("{ORDERS}/records?sort=number&limit=2&after={next}")).await.ok(200);
    assert_eq!(keys(&second), ["3"]);
    assert_eq!(second["next"], Value::Null);
    let previous = second["previous"].as_str().expect("a way back");
    let back =
        bed.get(&format!("{ORDERS}/records?sort=number&limit=2&before={previous}")).await.ok(200);
    assert_eq!(keys(&back), ["1", "2"]);
}

#[tokio::test]
async fn a_64_bit_integer_travels_as_text() {
    let bed = Bed::new().await;
    let page = bed.get(&format!("{ORDERS}/records?columns=tracking,total&sort=id")).await.ok(200);
    assert_eq!(page["records"][0]["values"]["tracking"], "9223372036854775807");
    assert_eq!(page["records"][1]["values"]["tracking"], 7);
    assert_eq!(page["records"][2]["values"]["tracking"], Value::Null);
    assert_eq!(page["records"][0]["titles"], Value::Null);
}

#[tokio::test]
async fn a_link_brings_its_title_where_it_is_asked_for() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records?columns=customer_id&sort=id&titles=true");
    let page = bed.get(&address).await.ok(200);
    let title = &page["records"][0]["titles"]["customer_id"];
    assert_eq!(*title, json!({ "resource": "customers", "key": "1", "title": "Anna" }));
    assert_eq!(page["titles_missing"], false);
}

#[tokio::test]
async fn a_filter_and_a_search_narrow_the_list() {
    let bed = Bed::new().await;
    let open = bed.get(&format!("{ORDERS}/records?filter=status%20%3D%20open")).await.ok(200);
    assert_eq!(open["records"].as_array().map(Vec::len), Some(2));
    let found = bed.get(&format!("{ORDERS}/records?search=A-2")).await.ok(200);
    assert_eq!(found["records"][0]["key"], "2");
    let count = bed.get(&format!("{ORDERS}/count?filter=status%20%3D%20open")).await.ok(200);
    assert_eq!(count, json!({ "kind": "exact", "records": 2 }));
}

#[tokio::test]
async fn an_unknown_field_in_sort_is_a_422_that_names_it() {
    let bed = Bed::new().await;
    let problem = bed.get(&format!("{ORDERS}/records?sort=-placed")).await.problem(422);
    assert!(problem["type"].as_str().expect("a type").ends_with("/invalid"), "{problem}");
    for query in ["filter=nonsense%20%3D%201", "limit=0", "limit=x", "fitler=a", "after=zzz"] {
        bed.get(&format!("{ORDERS}/records?{query}")).await.problem(422);
    }
    let problem = bed.get(&format!("{ORDERS}/records?fitler=a")).await.problem(422);
    assert!(problem["detail"].as_str().expect("a detail").contains("fitler"), "{problem}");
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let bed = Bed::new().await;
    for address in [
        "/api/v1/backends/nowhere",
        "/api/v1/backends/shop/resources/nothing",
        "/api/v1/backends/shop/resources/nothing/records",
        "/api/v1/backends/shop/resources/orders/records/99",
        "/api/v1/backends/shop/resources/orders/records/abc",
        "/api/v1/operations/none",
    ] {
        bed.get(address).await.problem(404);
    }
}

#[tokio::test]
async fn a_record_says_what_an_edit_needs_and_is_not_sent_twice() {
    let bed = Bed::new().await;
    let answer = bed.get(&format!("{ORDERS}/records/1")).await;
    let record = answer.ok(200);
    assert_eq!(record["values"]["label"], json!({ "bytes": 3 }));
    assert_eq!(record["tagged"]["status"], "topen");
    assert_eq!(record["tagged"]["label"], Value::Null);
    let tag = answer.headers[header::ETAG].to_str().expect("a tag").to_owned();
    assert_eq!(tag, format!("\"{}\"", record["version"].as_str().expect("a version")));
    let again = bed
        .send_with(
            &As::Session,
            Method::GET,
            &format!("{ORDERS}/records/1"),
            &[("if-none-match", &tag)],
            Body::empty(),
        )
        .await;
    assert_eq!(again.status, 304);
    assert!(again.bytes.is_empty());
}

#[tokio::test]
async fn a_record_whose_key_is_a_word_of_the_api_is_found() {
    let bed = Bed::new().await;
    let words = "/api/v1/backends/shop/resources/words";
    let page = bed.get(&format!("{words}/records?sort=n")).await.ok(200);
    for at in 0..2 {
        let key = page["records"][at]["key"].as_str().expect("a key");
        let record = bed.get(&format!("{words}/records/{key}")).await.ok(200);
        assert_eq!(record["values"]["n"], at + 1, "{key}");
    }
}

#[tokio::test]
async fn the_bytes_of_a_field_come_whole_and_as_a_file() {
    let bed = Bed::new().await;
    let answer = bed.get(&format!("{ORDERS}/records/1/fields/label")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.bytes, [0x00, 0xff, 0x10]);
    assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment");
}

#[tokio::test]
async fn a_secret_field_is_nowhere() {
    let bed = Bed::new().await;
    let customers = "/api/v1/backends/shop/resources/customers";
    for address in [
        customers.to_owned(),
        format!("{customers}/records?columns=*"),
        format!("{customers}/records/1"),
        format!("{customers}/export.ndjson"),
        format!("{customers}/export.csv"),
    ] {
        let answer = bed.get(&address).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
        for secret in ["password_hash", "sesame"] {
            assert!(!answer.text().contains(secret), "{address} tells {secret}");
        }
    }
    for refused in [
        format!("{customers}/records?columns=password_hash"),
        format!("{customers}/records?sort=password_hash"),
        format!("{customers}/records?filter=password_hash%20%3D%20x"),
        format!("{customers}/records/1/fields/password_hash"),
    ] {
        let problem = bed.get(&refused).await.problem(422);
        assert!(!problem.to_string().contains("sesame"), "{problem}");
    }
}

#[tokio::test]
async fn a_resource_says_what_can_be_asked_of_its_fields() {
    let bed = Bed::new().await;
    let resource = bed.get(ORDERS).await.ok(200);
    assert_eq!(resource["key"], json!(["id"]));
    assert_eq!(resource["read_only"], Value::Null);
    let fields = resource["fields"].as_array().expect("fields");
    let field = |name: &str| {
        fields.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(field("status")["type"], "text");
    assert_eq!(field("customer_id")["link"], "customer");
    let operators = field("number")["operators"].as_array().expect("operators");
    assert!(operators.contains(&json!("contains")));
    assert_eq!(resource["links"][0]["resource"], "customers");
    let customers = bed.get("/api/v1/backends/shop/resources/customers").await.ok(200);
    let link = customers["incoming"][0]["name"].as_str().expect("a link");
    let related = bed
        .get(&format!("/api/v1/backends/shop/resources/customers/records/1/related/{link}"))
        .await
        .ok(200);
    assert_eq!(related["resource"], "orders");
    assert_eq!(related["count"], json!({ "kind": "exact", "records": 2 }));
}

#[tokio::test]
async fn an_export_holds_every_record() {
    let bed = Bed::new().await;
    let answer = bed.get(&format!("{ORDERS}/export.ndjson?sort=id&columns=number,tracking")).await;
    let text = answer.text();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[0]["tracking"], "9223372036854775807");
    let csv = bed.get(&format!("{ORDERS}/export.csv?sort=id&columns=number")).await;
    assert_eq!(csv.text().lines().count(), 4);
    let workbook = bed.get(&format!("{ORDERS}/export.xlsx")).await;
    assert!(workbook.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn an_export_writes_money_as_the_screen_shows_it_and_ndjson_as_it_is_kept() {
    let bed = Bed::new().await;
    let payments = ORDERS.replace("orders", "payments");
    // The currency decides although it is no column of the file.
    let asked = "sort=id&columns=id,amount,fee";
    let csv = bed.get(&format!("{payments}/export.csv?{asked}")).await.text();
    let lines: Vec<&str> = csv.lines().skip(1).collect();
    assert_eq!(lines, ["1,12.99,0.30", "2,-0.05,", "3,1299,0.30"]);
    let ndjson = bed.get(&format!("{payments}/export.ndjson?{asked}")).await.text();
    let first: Value = serde_json::from_str(ndjson.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first, json!({ "id": 1, "amount": 1299, "fee": 30 }));
    let session =
        bed.send_with(&As::Session, Method::GET, "/b/shop/payments?s=id", &[], Body::empty());
    let list = session.await.text();
    assert!(list.contains("12.99\u{a0}EUR") && list.contains("1,299\u{a0}JPY"), "{list}");
}

#[tokio::test]
async fn the_one_box_finds_a_record_by_its_number() {
    let bed = Bed::new().await;
    let found = bed.get("/api/v1/search?q=A-3").await.ok(200);
    assert_eq!(found["records"][0]["resource"], "orders");
    assert_eq!(found["records"][0]["key"], "3");
    assert_eq!(found["missing"], json!([]));
    bed.get("/api/v1/search?q=A-3&in=orders").await.problem(422);
    bed.get("/api/v1/search").await.problem(422);
}

#[tokio::test]
async fn the_index_finds_any_spelling_and_its_state_can_be_read() {
    let bed = Bed::new().await;
    let before = bed.get("/api/v1/backends/shop").await.ok(200);
    assert_eq!(before["search_index"], json!([]), "there is no index");
    bed.office.open_index(&bed.folder.path().join("search")).await.expect("a folder");
    let filling = tokio::spawn(bed.office.clone().keep_index(Pace::default()));
    let state = async || bed.get("/api/v1/backends/shop").await.ok(200)["search_index"].clone();
    eventually("everything is indexed", async || {
        let state = state().await;
        let rows = state.as_array().expect("rows");
        !rows.is_empty() && rows.iter().all(|row| row["whole"] == json!(true))
    })
    .await;
    filling.abort();
    let state = state().await;
    let orders = state.as_array().expect("rows").iter().find(|row| row["resource"] == "orders");
    let orders = orders.expect("orders are indexed");
    assert_eq!((&orders["records"], &orders["reading"]), (&json!(3), &Value::Null));
    assert!(orders["fresh"].is_string());
    for (words, resource, key) in [("a3", "orders", "3"), ("boerje", "customers", "2")] {
        let found = bed.get(&format!("/api/v1/search?q={words}")).await.ok(200);
        let first = &found["records"][0];
        assert_eq!((&first["resource"], &first["key"]), (&json!(resource), &json!(key)));
        assert_eq!(first["as_of"], Value::Null, "it was read just now");
    }
    let secret = bed.get("/api/v1/search?q=sesame").await.ok(200);
    assert_eq!(secret["records"], json!([]));
}

#[tokio::test]
async fn backends_say_how_they_are() {
    let bed = Bed::new().await;
    let list = bed.get("/api/v1/backends").await.ok(200);
    assert_eq!(list["backends"][0]["name"], "shop");
    assert_eq!(list["backends"][0]["role"], "administrator");
    let shop = bed.get("/api/v1/backends/shop").await.ok(200);
    assert_eq!(shop["resources"].as_array().map(Vec::len), Some(4));
    assert_eq!(shop["health"]["condition"], "ok");
    let drift = bed.get("/api/v1/backends/shop/drift").await.ok(200);
    assert_eq!(drift["at"], Value::Null);
    let again = bed.send(Method::POST, "/api/v1/backends/shop/read-again", "").await;
    assert_eq!(again.status, 204);
}

#[tokio::test]
async fn a_case_is_told_with_all_that_its_page_shows() {
    let bed = Bed::new().await;
    let customer = "/api/v1/backends/shop/resources/customers/records/1";
    let body = r#"{"set": {"city": "Husum"}}"#;
    bed.send(Method::PATCH, customer, body).await.ok(200);
    let case = bed.get(&format!("{customer}/case")).await.ok(200);
    assert_eq!((&case["of"], &case["members"][0]["title"]), (&json!("customer"), &json!("Anna")));
    assert_eq!(case["facts"][0]["said"][0]["value"], "Husum");
    let orders = &case["belongings"][0];
    assert_eq!(orders["count"], json!({"kind": "exact", "records": 2}));
    assert_eq!(
        (&orders["resource"], &orders["filter"]),
        (&json!("orders"), &json!("customer_id = 1"))
    );
    assert_eq!(
        (&case["timeline"][0]["from"], &case["timeline"][0]["what"]),
        (&json!("change"), &json!("update"))
    );
    for nothing in ["hints", "beyond", "missing"] {
        assert_eq!(case[nothing], json!([]), "{nothing}");
    }
    bed.get("/api/v1/backends/shop/resources/words/records/count/case").await.ok(404);
}
