//! A service that does harm in every way that services do: lists beside it come with its cells
//! named as missing, and so does the page of a case.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream;
use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::ListRequest;
use kontor_testkit::{SqliteFile, serve_http};

use super::file;
use crate::far::column;
use crate::office::Bureau;

const DESCRIPTION: &str = r##"
openapi: 3.0.0
info: {title: Points, version: "1"}
paths:
  /members:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Member"}}}}}}
  /members/{no}:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Member"}}}}}
components:
  schemas:
    Member:
      type: object
      properties: {no: {type: string}, name: {type: string}, points: {type: integer}}
"##;

const PEOPLE: &str = "
CREATE TABLE people (no TEXT PRIMARY KEY, name TEXT NOT NULL, member TEXT);
INSERT INTO people VALUES ('1', 'Anna Meier', 'K-17'), ('2', 'Bert Kunze', 'K-18');
";

const PEOPLE_SAY: &str = r#"
[resources.people]
title_field = "name"
case = "customer"
[[links]]
from = "people"
fields = ["member"]
to = "points:members"
to_fields = ["no"]
name = "points"
"#;

const POINTS_SAY: &str = r#"
[resources.members]
title_field = "name"
case = "customer"
"#;

/// What a service does to whoever asks it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Harm {
    No,
    Hangs,
    Drips,
    Floods,
    Garbles,
    IsBusy,
    Fails,
    LeadsAway,
    /// It answers with another record than the one that was asked for.
    Lies,
}

type Manner = Arc<Mutex<Harm>>;

async fn answer(State(manner): State<Manner>, Path(no): Path<String>) -> Response {
    let harm = *manner.lock().unwrap();
    let member = |no: &str| format!(r#"{{"no": "{no}", "name": "Member {no}", "points": 7}}"#);
    match harm {
        Harm::No => member(&no).into_response(),
        Harm::Hangs => std::future::pending().await,
        Harm::Drips => {
            let drops = tokio::time::interval(Duration::from_millis(20));
            Body::from_stream(stream::unfold(drops, |mut drops| async {
                drops.tick().await;
                Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), drops))
            }))
            .into_response()
        }
        Harm::Floods => {
            let megabyte = Bytes::from(vec![b' '; 1024 * 1024]);
            let gigabyte = (0..1024).map(move |_| Ok::<_, Infallible>(megabyte.clone()));
            Body::from_stream(stream::iter(gigabyte)).into_response()
        }
        Harm::Garbles => "<html>maintenance</html>".into_response(),
        Harm::IsBusy => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "60")]).into_response(),
        Harm::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Harm::LeadsAway => {
            (StatusCode::FOUND, [("location", "http://192.0.2.1/members")]).into_response()
        }
        Harm::Lies => member("K-99").into_response(),
    }
}

/// The people in a file, their points at a service.
struct House {
    bureau: Bureau,
    manner: Manner,
    _people: SqliteFile,
}

impl House {
    async fn open() -> Self {
        let manner: Manner = Arc::new(Mutex::new(Harm::No));
        let router = Router::new()
            .route("/openapi.yaml", get(async || DESCRIPTION))
            .route("/members/{no}", get(answer))
            .with_state(Arc::clone(&manner));
        let url = format!("openapi+http://{}/openapi.yaml", serve_http(router).await);
        let people = file(PEOPLE).await;
        let backends = [("crm", &*people.url(), PEOPLE_SAY), ("points", url.as_str(), POINTS_SAY)];
        Self { bureau: Bureau::saying(&backends).await, manner, _people: people }
    }

    async fn titles(&self) -> Vec<String> {
        let request = ListRequest {
            sort: vec![("no".to_owned(), false)],
            titles: true,
            brief: true,
            ..ListRequest::default()
        };
        let permit = self.bureau.reading("crm");
        let people = ResourceName::new("people");
        let list = self.bureau.office.list(&permit, &people, &request).await.unwrap();
        column(&list, "member")
    }
}

/// The list and the case come, say that the service is missing, and show nothing wrong.
async fn costs_only_its_own_part(harm: Harm) {
    let house = House::open().await;
    assert_eq!(house.titles().await[0], "Member K-17 (points/members/K-17)");
    *house.manner.lock().unwrap() = harm;
    // Far more than the limits of a list and of a case; what goes beyond them would never come.
    let limit = Duration::from_secs(30);
    let titles = tokio::time::timeout(limit, house.titles()).await.expect("the list comes");
    assert_eq!(titles.len(), 2);
    for title in &titles {
        assert!(!title.contains("Member"), "{harm:?}: {title}");
    }
    let permit = house.bureau.reading("crm");
    let key = RecordKey::Values(vec![Value::Text("1".into())]);
    let people = ResourceName::new("people");
    let case = house.bureau.office.case(&permit, &people, &key);
    let case = tokio::time::timeout(limit, case).await.expect("the case comes").unwrap();
    assert_eq!(case.members.len(), 1, "{harm:?}");
    if harm != Harm::Lies {
        let missing = case.missing.iter().filter_map(|missing| missing.name.as_ref());
        assert_eq!(
            missing.map(kontor_model::BackendName::as_str).collect::<Vec<_>>(),
            ["points"],
            "{harm:?}"
        );
    }
}

#[tokio::test]
async fn a_service_that_hangs_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::Hangs).await;
}

#[tokio::test]
async fn an_answer_byte_by_byte_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::Drips).await;
}

#[tokio::test]
async fn an_answer_of_a_gigabyte_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::Floods).await;
}

#[tokio::test]
async fn what_is_no_json_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::Garbles).await;
}

#[tokio::test]
async fn a_busy_service_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::IsBusy).await;
}

#[tokio::test]
async fn a_failing_service_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::Fails).await;
}

#[tokio::test]
async fn a_service_that_leads_elsewhere_costs_a_list_and_a_case_only_its_own_part() {
    costs_only_its_own_part(Harm::LeadsAway).await;
}

#[tokio::test]
async fn another_record_than_was_asked_for_is_not_taken_for_it() {
    costs_only_its_own_part(Harm::Lies).await;
}
