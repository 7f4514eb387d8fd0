//! A small shop that speaks HTTP and describes itself with OpenAPI.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value as Json, json};

/// What the shop knows and what was asked of it.
#[derive(Default)]
pub struct HttpShopInside {
    orders: BTreeMap<i64, Json>,
    /// Method, address and headers of each request.
    pub asked: Vec<HttpAsked>,
    /// Requests that failed on purpose before the next that does not.
    pub failures: u32,
    /// Whether changes are made and the answer is then lost.
    pub loses_answers: bool,
    versions: BTreeMap<i64, u32>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct HttpAsked {
    /// Method and address.
    pub what: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

/// A running shop.
#[derive(Clone)]
pub struct HttpShop {
    /// Where it listens.
    pub address: SocketAddr,
    inside: Arc<Mutex<HttpShopInside>>,
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
                refund: {type: object, properties: {amount: {type: number}, note: {type: string}, fast: {type: boolean, default: false}}}
      responses: {'200': {description: ok}}
  /orders/{id}/cancel/preview:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {refund: {type: object, properties: {amount: {type: number}}}}}
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
        - {type: object, properties: {note: {type: [string, 'null']}, tags: {type: array, items: {type: string}}, allowed_actions: {type: array, readOnly: true, items: {type: object}}}}
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

impl HttpShop {
    /// A shop with orders 1 to `orders`.
    pub async fn with(orders: i64) -> Self {
        let inside = Arc::new(Mutex::new(HttpShopInside::default()));
        for id in 1..=orders {
            let status = ["open", "shipped", "cancelled"]
                [usize::try_from(id % 3).expect("the shop is as its tests know it")];
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
            .route("/api/orders/{id}/cancel/preview", post(cancel_preview))
            .with_state(Arc::clone(&inside));
        Self { address: serve_http(router).await, inside }
    }

    /// What it knows, to look at and to change.
    pub fn inside(&self) -> MutexGuard<'_, HttpShopInside> {
        lock(&self.inside)
    }

    /// An order as it is.
    pub fn order(&self, id: i64) -> Json {
        self.inside().orders.get(&id).cloned().unwrap_or_default()
    }

    /// Changes an order behind everybody's back.
    pub fn set(&self, id: i64, field: &str, value: Json) {
        let mut inside = self.inside();
        inside.orders.get_mut(&id).expect("the shop is as its tests know it")[field] = value;
        *inside.versions.entry(id).or_default() += 1;
    }

    /// Its address as a manifest names it.
    pub fn url(&self) -> String {
        format!("openapi+http://{}/openapi.yaml", self.address)
    }
}

/// Serves on a free port of this machine.
pub async fn serve_http(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the shop is as its tests know it");
    let address = listener.local_addr().expect("the shop is as its tests know it");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn lock(inside: &Mutex<HttpShopInside>) -> MutexGuard<'_, HttpShopInside> {
    inside.lock().expect("the shop is as its tests know it")
}

type Shared = State<Arc<Mutex<HttpShopInside>>>;

/// Notes a request; an answer that is no success where one is due.
fn noted(
    inside: &mut HttpShopInside,
    what: String,
    headers: &HeaderMap,
    body: &str,
) -> Option<Response> {
    let asked = HttpAsked { what, headers: headers.clone(), body: body.to_owned() };
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
        asks.get("q").is_none_or(|words| {
            order["number"]
                .as_str()
                .expect("the shop is as its tests know it")
                .contains(words.as_str())
        })
    });
    if asks.get("sort").is_some_and(|sort| sort == "total") {
        found.reverse();
    }
    let total = found.len();
    let begin = number("after")
        .map_or(0, |after| usize::try_from(after).expect("the shop is as its tests know it"));
    let size = number("limit")
        .map_or(10, |size| usize::try_from(size).expect("the shop is as its tests know it"));
    let brief = |order: &Json| {
        let mut order = order.clone();
        order
            .as_object_mut()
            .expect("the shop is as its tests know it")
            .retain(|name, _| name != "note" && name != "tags");
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
            let mut order = order.clone();
            let shipped = order["status"] == "shipped";
            order["allowed_actions"] = json!([
                {"action": "cancel", "allowed": !shipped, "reason": "it has left the house"},
            ]);
            ([("etag", format!("\"{version}\""))], axum::Json(order)).into_response()
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
    let mut order: Json = serde_json::from_str(&body).expect("the shop is as its tests know it");
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
    let change: Json = serde_json::from_str(&body).expect("the shop is as its tests know it");
    if change["total"].as_f64().is_some_and(|total| total < 0.0) {
        let problem =
            json!({"detail": [{"loc": ["body", "total"], "msg": "must not be negative"}]});
        return (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(problem)).into_response();
    }
    let Some(order) = inside.orders.get_mut(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    for (name, value) in change.as_object().expect("the shop is as its tests know it") {
        match value.as_object() {
            Some(inner) => {
                for (part, value) in inner {
                    order[name][part] = value.clone();
                }
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

/// What a cancellation would give back; it changes nothing.
async fn cancel_preview(
    State(inside): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let what = format!("POST /orders/{id}/cancel/preview");
    if let Some(failure) = noted(&mut lock(&inside), what, &headers, &body) {
        return failure;
    }
    let asked: Json = serde_json::from_str(&body).unwrap_or_default();
    axum::Json(json!({ "amount": asked["refund"]["amount"] })).into_response()
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
    if inside.loses_answers {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    StatusCode::NO_CONTENT.into_response()
}
