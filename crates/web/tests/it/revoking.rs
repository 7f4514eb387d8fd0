//! Who loses a right has lost it at once, whatever is on its way.

use axum::body::{Body, Bytes};
use axum::http::Method;
use futures_util::stream;
use kontor_model::{BackendName, ResourceName};
use kontor_office::{
    Account, BulkSelection, Edit, Grant, Input, NewView, OfficeError, Owner, PeopleError, Permit,
    Preferences, Read, Role, ViewDefinition,
};
use tokio::sync::oneshot;

use crate::api_bed::{Answer, As, Bed, ORDERS, newcomer};

fn may(role: Role) -> Vec<Grant> {
    vec![Grant { backend: "shop".into(), role }]
}

/// Sends a request of which everything but the body has arrived when an account is changed.
async fn overtaken(
    bed: &Bed,
    (id, who): (&str, &As),
    method: Method,
    address: &str,
    (kind, body): (&str, &str),
    change: impl FnOnce(&mut Account) + Send,
) -> Answer {
    let (has_come, came) = oneshot::channel();
    let (send_rest, rest) = oneshot::channel::<()>();
    let body = body.to_owned();
    let body = Body::from_stream(stream::once(async move {
        has_come.send(()).expect("somebody waits");
        rest.await.expect("it is sent");
        Ok::<_, std::convert::Infallible>(Bytes::from(body))
    }));
    let headers = [("content-type", kind), ("sec-fetch-site", "same-origin")];
    let sent = bed.send_with(who, method, address, &headers, body);
    let changed = async {
        came.await.expect("the body is read");
        bed.change(id, change).await;
        send_rest.send(()).expect("it is still read");
    };
    tokio::join!(sent, changed).0
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_request_whose_sender_is_disabled_before_it_has_arrived_is_refused() {
    let bed = Bed::new().await;
    let record = format!("{ORDERS}/records/1");
    for (n, (method, address, kind, body, status)) in [
        (Method::PATCH, "/api/v1/me", JSON, r#"{"theme":"dark"}"#, 401),
        (Method::PATCH, record.as_str(), JSON, r#"{"set":{"status":"paid"}}"#, 401),
        (Method::POST, "/account", FORM, "do=profile&theme=dark", 303),
    ]
    .into_iter()
    .enumerate()
    {
        let (id, bo) = bed.person(&format!("bo{n}"), &may(Role::Editor)).await;
        assert_eq!(bed.get_as(&bo, "/api/v1/me").await.status, 200, "a page was open");
        let disable = |account: &mut Account| account.user.disabled = true;
        let answer = overtaken(&bed, (&id, &bo), method, address, (kind, body), disable).await;
        assert_eq!(answer.status, status, "{address}: {}", answer.text());
        if status == 303 {
            assert!(answer.headers["location"].to_str().expect("text").starts_with("/sign-in"));
        }
        let ada = bed.administrator().await;
        let account = bed.office.account(&ada, &id).await.expect("there");
        assert!(account.user.disabled, "{address}");
        assert_ne!(account.user.theme, "dark", "{address}");
    }
    assert_eq!(bed.get(&record).await.ok(200)["values"]["status"], "open");
}

#[tokio::test]
async fn an_edit_whose_sender_loses_the_role_before_it_has_arrived_is_refused() {
    let bed = Bed::new().await;
    let (id, bo) = bed.person("bo", &may(Role::Editor)).await;
    let lower = |account: &mut Account| account.grants = may(Role::Reader);
    let address = format!("{ORDERS}/records/1");
    let set = (JSON, r#"{"set":{"status":"paid"}}"#);
    overtaken(&bed, (&id, &bo), Method::PATCH, &address, set, lower).await.problem(403);
}

#[tokio::test]
async fn rights_that_an_administrator_sends_who_is_none_any_more_are_not_set() {
    let bed = Bed::new().await;
    let (id, bo) = bed.person("bo", &[]).await;
    bed.change(&id, |account| account.user.is_admin = true).await;
    let (other, _) = bed.person("cy", &[]).await;
    let lower = |account: &mut Account| account.user.is_admin = false;
    let address = format!("/api/v1/people/{other}/rights");
    let rights = (JSON, r#"{"is_administrator":true,"grants":[]}"#);
    overtaken(&bed, (&id, &bo), Method::PUT, &address, rights, lower).await.problem(403);
    assert_eq!(
        bed.get(&format!("/api/v1/people/{other}")).await.ok(200)["is_administrator"],
        false
    );
}

#[tokio::test]
async fn what_somebody_likes_is_saved_without_what_they_may() {
    let bed = Bed::new().await;
    let (id, who) = bed.person("bo", &[]).await;
    bed.change(&id, |account| account.user.is_admin = true).await;
    let As::Browser(secret) = who else { unreachable!("people come with a browser") };
    let bo = bed.office.actor_of_session(&secret).await.expect("asked").expect("signed in");
    bed.change(&id, |account| {
        account.user.is_admin = false;
        account.user.disabled = true;
    })
    .await;
    let wanted = Preferences {
        name: "Bo".into(),
        language: "de".into(),
        time_zone: "UTC".into(),
        density: "roomy".into(),
        theme: "dark".into(),
    };
    bed.office.set_preferences(&bo, wanted).await.expect("saved");
    let ada = bed.administrator().await;
    let account = bed.office.account(&ada, &id).await.expect("there");
    assert_eq!((account.user.is_admin, account.user.disabled), (false, true));
}

#[tokio::test]
async fn a_link_does_not_let_a_disabled_person_in_again() {
    let bed = Bed::new().await;
    let (id, _) = bed.person("bo", &[]).await;
    let ada = bed.administrator().await;
    let before = bed.office.reset_link(&ada, &id).await.expect("a link");
    bed.change(&id, |account| account.user.disabled = true).await;
    let after = bed.office.reset_link(&ada, &id).await;
    assert!(matches!(after, Err(OfficeError::People(PeopleError::Disabled))), "{after:?}");
    let person = newcomer("Bo", "bo@example.org");
    let used = bed.office.use_link(&before, person, "127.0.0.1", "test").await;
    assert!(matches!(used, Err(OfficeError::People(PeopleError::LinkSpent))), "{used:?}");
    bed.change(&id, |account| account.user.disabled = false).await;
    assert!(bed.office.open_link(&before).await.is_err(), "it was withdrawn");
}

#[tokio::test]
async fn a_bulk_edit_stops_once_its_person_may_not_edit_any_more() {
    let bed = Bed::new().await;
    let script = bed.folder.path().join("more.sql");
    let more = "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO orders (id, number, customer_id) SELECT i, 'B-' || i, 1 FROM n;";
    std::fs::write(&script, more).expect("written");
    bed.shop.load_sql(&script).await;
    let (id, who) = bed.person("bo", &may(Role::Editor)).await;
    let As::Browser(secret) = who else { unreachable!("people come with a browser") };
    let bo = bed.office.actor_of_session(&secret).await.expect("asked").expect("signed in");
    let shop = BackendName::new("shop").expect("a name");
    let permit: Permit<Edit> = bed.office.permit(&bo, &shop).expect("he may");
    let orders = ResourceName::new("orders");
    let all = BulkSelection::List(Box::default());
    let set = [("status".to_owned(), Input::Text("paid".into()))];
    let preview = bed.office.bulk_preview(&permit, &orders, &all, &set).await.expect("planned");
    assert!(preview.records > 400, "{}", preview.records);
    // It has begun, and its first part is on its way.
    bed.change(&id, |account| account.grants = may(Role::Reader)).await;
    bed.office.bulk_apply(&permit, &preview.id, None).expect("begun");
    let wait = std::time::Duration::from_secs(60);
    let ended = bed.office.bulk_ended(&permit, &orders, &preview.id, wait).await.expect("told");
    let failure = ended.failure.expect("it was stopped");
    assert!(failure.contains("withdrawn"), "{failure}");
    let paid = bed.get(&format!("{ORDERS}/count?filter=status%20%3D%20paid")).await.ok(200);
    assert_eq!(paid["records"], 201, "one was, and the first part: {paid}");
    let outcomes = bed.get("/api/v1/audit?kind=change.outcome").await.ok(200);
    assert_eq!(outcomes["entries"][0]["body"]["state"], "partial", "{outcomes}");
    let detail = outcomes["entries"][0]["body"]["detail"].as_str().expect("why");
    assert!(failure.ends_with(detail) && failure.contains("200 of "), "{detail}: {failure}");
    assert!(ended.operation.is_some(), "what was written can be taken back");
}

#[tokio::test]
async fn how_far_a_bulk_edit_is_is_told_for_its_own_resource_only() {
    let bed = Bed::new().await;
    let body = r#"{"keys":["1"],"set":{"status":"paid"}}"#;
    let preview = bed.send(Method::POST, &format!("{ORDERS}/bulk"), body).await.ok(200);
    let id = preview["id"].as_str().expect("an id");
    bed.get(&format!("{ORDERS}/bulk/{id}")).await.ok(200);
    let elsewhere = format!("/api/v1/backends/shop/resources/customers/bulk/{id}");
    bed.get(&elsewhere).await.problem(404);
}

#[tokio::test]
async fn a_view_for_a_role_is_for_that_role_and_those_above() {
    let bed = Bed::new().await;
    let shop = BackendName::new("shop").expect("a name");
    let ada = bed.administrator().await;
    let permit: Permit<Read> = bed.office.permit(&ada, &shop).expect("she may");
    let mut ids = Vec::new();
    for role in [Role::Reader, Role::Editor, Role::Administrator] {
        let (name, definition) = ("View".to_owned(), ViewDefinition::default());
        let new = NewView { name, owner: Owner::Role(role), definition };
        let saved = bed.office.save_view(&permit, &ResourceName::new("orders"), new).await;
        ids.push(saved.expect("saved").id);
    }
    for (n, role) in [Role::Reader, Role::Editor, Role::Administrator].into_iter().enumerate() {
        let (_, who) = bed.person(&format!("bo{n}"), &may(role)).await;
        let As::Browser(secret) = who else { unreachable!("people come with a browser") };
        let actor = bed.office.actor_of_session(&secret).await.expect("asked").expect("signed in");
        let permit: Permit<Read> = bed.office.permit(&actor, &shop).expect("they may");
        for (place, id) in ids.iter().enumerate() {
            let is_told = bed.office.view(&permit, id).await.is_ok();
            assert_eq!(is_told, place <= n, "{role:?} asks for {place}");
        }
    }
}

#[tokio::test]
async fn a_token_lasts_between_a_day_and_ten_years_or_for_ever() {
    let bed = Bed::new().await;
    for (days, status) in
        [("0", 422), ("3651", 422), ("4294967295", 422), ("3650", 201), ("null", 201)]
    {
        let body = format!(r#"{{"name":"Export","role":"reader","days":{days}}}"#);
        let answer = bed.send(Method::POST, "/api/v1/me/tokens", &body).await;
        assert_eq!(answer.status, status, "{days}: {}", answer.text());
        if status == 422 {
            assert_eq!(answer.json()["errors"][0]["field"], "days");
        }
    }
}
