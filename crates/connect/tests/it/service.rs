//! A small shop that speaks HTTP, for the tests of connections to services.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kontor_connect::{Budget, Connection, Of, Opening, ServiceOptions, open};
use kontor_model::{
    Column, Comparison, Condition, Page, Query as Question, Resource, Schema, Sort, Test, Value,
};
use serde_json::{Value as Json, json};

/// What the shop knows and what was asked of it.
#[derive(Default)]
pub(crate) struct Inside {
    orders: BTreeMap<i64, Json>,
    /// Method, address and headers of each request.
    pub(crate) asked: Vec<Asked>,
    /// Requests that failed on purpose before the next that does not.
    pub(crate) failures: u32,
    /// Whether changes are made and the answer is then lost.
    pub(crate) loses_answers: bool,
    versions: BTreeMap<i64, u32>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) what: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A running shop.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
}

const DESCRIPTION: &str = r#"
openapi: 3.1.0
info: {title: Small shop, version: '7'}
servers: [{url: /api}]
paths:
  /orders:
    get:
      summary: Orders, the newest first
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 20}}
        - {name: after, in: query, schema: {type: string}}
        - {name: status, in: query, schema: {$ref: '#/components/schemas/Status'}}
        - {name: total_min, in: query, schema: {type: integer}}
        - {name: total_max, in: query, schema: {type: integer}}
        - {name: q, in: query, schema: {type: string}}
        - {name: sort, in: query, schema: {type: string, enum: [total, -total]}}
        - {name: mood, in: query, schema: {type: string}}
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  items: {type: array, items: {$ref: '#/components/schemas/Order'}}
                  next: {type: [string, 'null']}
                  total: {type: integer}
    post:
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/WholeOrder'}}}}}
    patch:
      parameters: [{name: If-Match, in: header, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/OrderChange'}}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/WholeOrder'}}}}}
    delete: {responses: {'204': {description: gone}}}
  /orders/{id}/lines:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Line'}}}}}
  /orders/{id}/cancel:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    post:
      summary: Cancel an order.
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [reason]
              properties:
                reason: {type: string, enum: [customer, fraud]}
                refund: {type: object, properties: {amount: {type: number}, note: {type: string}}}
      responses: {'200': {description: ok}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Shop-Key}}
  schemas:
    Status: {type: string, enum: [open, shipped, cancelled]}
    Order:
      type: object
      required: [id, number, status, total]
      properties:
        id: {type: integer, format: int64, readOnly: true}
        number: {type: string}
        status: {$ref: '#/components/schemas/Status'}
        total: {type: number}
        placed_at: {type: string, format: date-time, readOnly: true}
        address: {type: object, properties: {city: {type: string}, street: {type: string}}}
    WholeOrder:
      allOf:
        - {$ref: '#/components/schemas/Order'}
        - {type: object, properties: {note: {type: [string, 'null']}, tags: {type: array, items: {type: string}}}}
    NewOrder:
      type: object
      required: [number, total]
      properties: {number: {type: string}, total: {type: number}, status: {$ref: '#/components/schemas/Status'}}
    OrderChange:
      type: object
      properties:
        status: {$ref: '#/components/schemas/Status'}
        total: {type: number}
        note: {type: [string, 'null']}
        address: {type: object, properties: {city: {type: string}}}
    Line:
      type: object
      properties: {sku: {type: string}, quantity: {type: integer}}
security: [{key: []}]
"#;

impl Shop {
    /// A shop with orders 1 to `orders`.
    pub(crate) async fn with(orders: i64) -> Self {
        let inside = Arc::new(Mutex::new(Inside::default()));
        for id in 1..=orders {
            let status = ["open", "shipped", "cancelled"][usize::try_from(id % 3).unwrap()];
            lock(&inside).orders.insert(
                id,
                json!({
                    "id": id, "number": format!("A-{id}"), "status": status, "total": id * 100,
                    "placed_at": "2026-11-20T14:45:00+01:00",
                    "address": {"city": "Kiel", "street": "Kai 1"}, "note": null, "tags": ["new"],
                }),
            );
        }
        let router = Router::new()
            .route("/openapi.yaml", get(|| async { DESCRIPTION }))
            .route("/api", get(|| async { StatusCode::NOT_FOUND }))
            .route("/api/orders", get(list).post(create))
            .route("/api/orders/{id}", get(read).patch(change).delete(remove))
            .route("/api/orders/{id}/lines", get(lines))
            .route("/api/orders/{id}/cancel", post(cancel))
            .with_state(Arc::clone(&inside));
        Self { address: serve(router).await, inside }
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        lock(&self.inside)
    }

    pub(crate) fn order(&self, id: i64) -> Json {
        self.inside().orders.get(&id).cloned().unwrap_or_default()
    }

    /// Changes an order behind everybody's back.
    pub(crate) fn set(&self, id: i64, field: &str, value: Json) {
        let mut inside = self.inside();
        inside.orders.get_mut(&id).unwrap()[field] = value;
        *inside.versions.entry(id).or_default() += 1;
    }

    pub(crate) fn url(&self) -> String {
        format!("openapi+http://{}/openapi.yaml", self.address)
    }

    /// A connection with the shop's key.
    pub(crate) async fn connected(&self) -> Service {
        Service::at(&self.url(), Some("s3cret"), ServiceOptions::default(), budget()).await
    }
}

/// Serves on a free port of this machine.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A budget that nothing here should need.
pub(crate) fn budget() -> Budget {
    Budget { statement_timeout: Duration::from_secs(30), ..Budget::default() }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap()
}

type Shared = State<Arc<Mutex<Inside>>>;

/// Notes a request; an answer that is no success where one is due.
fn noted(inside: &mut Inside, what: String, headers: &HeaderMap, body: &str) -> Option<Response> {
    let asked = Asked { what, headers: headers.clone(), body: body.to_owned() };
    inside.asked.push(asked);
    if headers.get("x-shop-key").is_none_or(|key| key != "s3cret") {
        return Some((StatusCode::UNAUTHORIZED, r#"{"message":"who are you?"}"#).into_response());
    }
    if inside.failures > 0 {
        inside.failures -= 1;
        return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
    }
    None
}

async fn list(
    State(shop): Shared,
    Query(asks): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let mut inside = lock(&shop);
    let what = format!("GET /orders {asks:?}");
    if let Some(failure) = noted(&mut inside, what, &headers, "") {
        return failure;
    }
    let number = |name: &str| asks.get(name).and_then(|text| text.parse::<i64>().ok());
    let mut found: Vec<&Json> = inside.orders.values().rev().collect();
    found.retain(|order| asks.get("status").is_none_or(|status| order["status"] == **status));
    found.retain(|order| {
        number("total_min").is_none_or(|least| order["total"].as_i64() >= Some(least))
    });
    found.retain(|order| {
        number("total_max").is_none_or(|most| order["total"].as_i64() <= Some(most))
    });
    found.retain(|order| {
        asks.get("q").is_none_or(|words| order["number"].as_str().unwrap().contains(words.as_str()))
    });
    if asks.get("sort").is_some_and(|sort| sort == "total") {
        found.reverse();
    }
    let total = found.len();
    let begin = number("after").map_or(0, |after| usize::try_from(after).unwrap());
    let size = number("limit").map_or(10, |size| usize::try_from(size).unwrap());
    let brief = |order: &Json| {
        let mut order = order.clone();
        order.as_object_mut().unwrap().retain(|name, _| name != "note" && name != "tags");
        order
    };
    let items: Vec<Json> = found.iter().skip(begin).take(size).map(|order| brief(order)).collect();
    let end = begin + items.len();
    let next = (end < total).then(|| end.to_string());
    axum::Json(json!({"items": items, "next": next, "total": total})).into_response()
}

async fn read(State(shop): Shared, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let mut inside = lock(&shop);
    if let Some(failure) = noted(&mut inside, format!("GET /orders/{id}"), &headers, "") {
        return failure;
    }
    let version = inside.versions.get(&id).copied().unwrap_or_default();
    match inside.orders.get(&id) {
        Some(order) => {
            ([("etag", format!("\"{version}\""))], axum::Json(order.clone())).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn lines(State(shop): Shared, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let mut inside = lock(&shop);
    if let Some(failure) = noted(&mut inside, format!("GET /orders/{id}/lines"), &headers, "") {
        return failure;
    }
    axum::Json(json!([{"sku": format!("SKU-{id}"), "quantity": 2}])).into_response()
}

async fn create(State(shop): Shared, headers: HeaderMap, body: String) -> Response {
    let mut inside = lock(&shop);
    if let Some(failure) = noted(&mut inside, "POST /orders".into(), &headers, &body) {
        return failure;
    }
    let mut order: Json = serde_json::from_str(&body).unwrap();
    if inside.orders.values().any(|other| other["number"] == order["number"]) {
        let problem = json!({"message": "the number is taken", "errors": [{"field": "number"}]});
        return (StatusCode::CONFLICT, axum::Json(problem)).into_response();
    }
    let id = inside.orders.keys().max().unwrap_or(&0) + 1;
    order["id"] = json!(id);
    inside.orders.insert(id, order.clone());
    (StatusCode::CREATED, axum::Json(order)).into_response()
}

async fn change(
    State(shop): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut inside = lock(&shop);
    if let Some(failure) = noted(&mut inside, format!("PATCH /orders/{id}"), &headers, &body) {
        return failure;
    }
    let version = inside.versions.get(&id).copied().unwrap_or_default();
    if headers.get("if-match").is_none_or(|mark| *mark != *format!("\"{version}\"")) {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    let change: Json = serde_json::from_str(&body).unwrap();
    if change["total"].as_f64().is_some_and(|total| total < 0.0) {
        let problem =
            json!({"detail": [{"loc": ["body", "total"], "msg": "must not be negative"}]});
        return (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(problem)).into_response();
    }
    let Some(order) = inside.orders.get_mut(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    for (name, value) in change.as_object().unwrap() {
        match value.as_object() {
            Some(inner) => {
                inner.iter().for_each(|(name_, value)| order[name][name_] = value.clone())
            }
            None => order[name] = value.clone(),
        }
    }
    let order = order.clone();
    *inside.versions.entry(id).or_default() += 1;
    if inside.loses_answers {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    axum::Json(order).into_response()
}

async fn remove(State(shop): Shared, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let mut inside = lock(&shop);
    if let Some(failure) = noted(&mut inside, format!("DELETE /orders/{id}"), &headers, "") {
        return failure;
    }
    inside.orders.remove(&id);
    StatusCode::NO_CONTENT.into_response()
}

async fn cancel(
    State(shop): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut inside = lock(&shop);
    if let Some(failure) = noted(&mut inside, format!("POST /orders/{id}/cancel"), &headers, &body)
    {
        return failure;
    }
    let Some(order) = inside.orders.get_mut(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if order["status"] == "shipped" {
        let problem = json!({"title": "Conflict", "detail": "the order has left the house"});
        return (StatusCode::CONFLICT, axum::Json(problem)).into_response();
    }
    order["status"] = json!("cancelled");
    StatusCode::NO_CONTENT.into_response()
}

/// A connection to a service with what it describes.
pub(crate) struct Service {
    pub(crate) connection: Arc<dyn Connection>,
    pub(crate) schema: Schema,
}

impl Service {
    pub(crate) fn opened(
        url: &str,
        secret: Option<&str>,
        options: ServiceOptions,
        budget: Budget,
    ) -> Arc<dyn Connection> {
        let location: kontor_connect::Location = url.parse().unwrap();
        open(Opening {
            location: match secret {
                Some(secret) => location.with_password(secret),
                None => location,
            },
            replica: None,
            writable: true,
            budget,
            session_name: "kontor-test/1".into(),
            service: options,
        })
    }

    pub(crate) async fn at(
        url: &str,
        secret: Option<&str>,
        options: ServiceOptions,
        budget: Budget,
    ) -> Self {
        let connection = Self::opened(url, secret, options, budget);
        let schema = connection.introspect().await.unwrap();
        Self { connection, schema }
    }

    pub(crate) fn resource(&self, name: &str) -> &Resource {
        let found = self.schema.resources.iter().find(|resource| resource.name.as_str() == name);
        found.unwrap_or_else(|| {
            let names: Vec<&str> = self.schema.resources.iter().map(|r| r.name.as_str()).collect();
            panic!("no “{name}” among {names:?}; {:?}", self.schema.left_out)
        })
    }

    pub(crate) fn of(&self, name: &str) -> Of<'_> {
        Of { schema: &self.schema, resource: self.resource(name) }
    }

    /// A question for some fields.
    pub(crate) fn asks(&self, name: &str, fields: &[&str], limit: u32) -> Question {
        let resource = self.resource(name);
        let columns = fields.iter().map(|field| Column::whole(resource.position(field).unwrap()));
        Question::unordered(columns.collect(), Condition::everything(), limit)
    }

    pub(crate) fn is(&self, name: &str, field: &str, value: Value) -> Condition {
        let field = self.resource(name).position(field).unwrap();
        Condition::Field(field, Test::Compare(Comparison::Eq, value))
    }

    pub(crate) fn by(&self, name: &str, field: &str, descending: bool) -> Sort {
        Sort { field: self.resource(name).position(field).unwrap(), descending }
    }

    pub(crate) async fn page(&self, name: &str, question: &Question) -> Page {
        self.connection.select(&self.of(name), question).await.unwrap()
    }
}
