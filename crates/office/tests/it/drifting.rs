//! Descriptions that change while people work with them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use kontor_model::ResourceName;
use kontor_office::{Affected, Drift, Drifted, NewView, ViewDefinition, Writing};
use kontor_store::grants::Role;
use kontor_store::views::Owner;
use kontor_testkit::{SqliteFile, eventually, serve_http};

use crate::far::database;
use crate::office::Bureau;

/// What the service says of itself at first.
const BEFORE: &str = r##"
openapi: 3.0.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      parameters:
        - {name: status, in: query, schema: {type: string, enum: [open, closed]}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Order"}}}}}}
  /orders/{number}:
    get: &one {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses: {"200": {description: ok}}
  /orders/{number}/cancel:
    post: {responses: {"200": {description: ok}}}
  /orders/{number}/ship:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {carrier: {type: string}}}}}}
      responses: {"200": {description: ok}}
components:
  schemas:
    Order:
      type: object
      properties:
        number: {type: string}
        customer: {type: string}
        status: {type: string, enum: [open, closed]}
"##;

const SAYS: &str = r#"
[resources.orders.actions.cancel]
title = { de = "Stornieren", en = "Cancel" }
[[links]]
from = "orders"
fields = ["customer"]
to = "register:people"
to_fields = ["no"]
name = "customer"
"#;

/// A service that says of itself what it is told to say.
struct Changing {
    bureau: Bureau,
    says: Arc<Mutex<String>>,
    _register: SqliteFile,
}

impl Changing {
    async fn open() -> Self {
        let says = Arc::new(Mutex::new(BEFORE.to_owned()));
        let answer = async |State(says): State<Arc<Mutex<String>>>| says.lock().unwrap().clone();
        let router =
            Router::new().route("/openapi.yaml", get(answer)).with_state(Arc::clone(&says));
        let url = format!("openapi+http://{}/openapi.yaml", serve_http(router).await);
        let register = database("CREATE TABLE people (no TEXT PRIMARY KEY, name TEXT)").await;
        let backends = [("shop", url.as_str(), SAYS), ("register", &*register.url(), "")];
        let bureau = Bureau::saying(&backends).await;
        Self { bureau, says, _register: register }
    }

    /// What changed, as soon as it was noticed.
    async fn changed(&self, changes: &[(&str, &str)]) -> Drift {
        let now = changes.iter().fold(BEFORE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        *self.says.lock().unwrap() = now;
        let often = Duration::from_millis(10);
        let watch = Arc::clone(&self.bureau.office).watch_backends(often, often);
        let watching = tokio::spawn(watch);
        let permit = self.bureau.reading("shop");
        let drift = async || self.bureau.office.drift(&permit).await.unwrap();
        eventually("the change was noticed", async || drift().await.is_some()).await;
        watching.abort();
        drift().await.unwrap()
    }
}

#[tokio::test]
async fn what_breaks_is_told_apart_from_what_does_no_harm_with_all_that_uses_it() {
    let shop = Changing::open().await;
    let permit = shop.bureau.reading("shop");
    let definition = ViewDefinition { filter: "status = open".into(), ..ViewDefinition::default() };
    let view = NewView { name: "Offene".into(), owner: Owner::Role(Role::Reader), definition };
    let orders = ResourceName::new("orders");
    shop.bureau.office.save_view(&permit, &orders, view).await.unwrap();

    let drift = shop
        .changed(&[
            // The list is not filtered any more, and a status is new.
            ("        - {name: status, in: query, schema: {type: string, enum: [open, closed]}}\n", ""),
            ("      parameters:\n", ""),
            ("enum: [open, closed]}\n", "enum: [open, closed, held]}\n"),
            ("        customer: {type: string}\n", "        remark: {type: string}\n"),
            ("  /orders/{number}/cancel:\n    post: {responses: {\"200\": {description: ok}}}\n", ""),
            ("{type: object, properties: {carrier", "{type: object, required: [carrier], properties: {carrier"),
        ])
        .await;
    let of = |what: &Drifted| {
        let found = drift.lines.iter().find(|(line, _)| line.what == *what);
        found.unwrap_or_else(|| panic!("{what:?} in {:?}", drift.lines))
    };
    let harmless = [
        Drifted::ChoicesAdded("status".into(), vec!["held".into()]),
        Drifted::FieldAdded("remark".into()),
    ];
    for what in harmless {
        let (line, affected) = of(&what);
        assert!(!line.is_breaking() && affected.is_empty(), "{line:?} {affected:?}");
    }
    let link = Affected::Link("shop:orders".into(), "register:people".into());
    let breaking = [
        (Drifted::FilterRemoved("status".into()), vec![Affected::View("Offene".into())]),
        (Drifted::FieldRemoved("customer".into()), vec![link]),
        (Drifted::ActionRemoved("cancel".into()), vec![Affected::Action("cancel".into())]),
        (Drifted::InputNeeded("ship".into(), "carrier".into()), Vec::new()),
    ];
    for (what, expected) in breaking {
        let (line, affected) = of(&what);
        assert!(line.is_breaking(), "{line:?}");
        assert_eq!(*affected, expected, "{line:?}");
    }
    assert_eq!(drift.lines.len(), 6, "{:?}", drift.lines);
}

#[tokio::test]
async fn a_service_that_takes_no_changes_any_more_is_told() {
    let shop = Changing::open().await;
    let drift = shop.changed(&[("    patch:\n", "    trace:\n")]).await;
    let is_told = |what: &Drifted| drift.lines.iter().any(|(line, _)| line.what == *what);
    assert!(is_told(&Drifted::Written(Writing::Update, false)), "{:?}", drift.lines);
}
