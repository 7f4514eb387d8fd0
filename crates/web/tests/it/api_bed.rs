//! An office over a small SQLite shop, and its API without a network.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use kontor_office::{Account, Actor, Grant, NewPerson, NewToken, Office, Role};
use kontor_testkit::{SqliteFile, eventually};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::opened::{opened, run};

/// The shop: two customers, their orders, and a table that holds a secret, bytes and large numbers.
const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, password_hash TEXT);
    INSERT INTO customers VALUES (1, 'Anna', 'Kiel', 'argon2-sesame'), (2, 'Börje', NULL, 'argon2-open');
    CREATE TABLE orders (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, customer_id INTEGER REFERENCES customers (id),
        status TEXT NOT NULL DEFAULT 'open', total DECIMAL(12,2), tracking BIGINT, label BLOB);
    INSERT INTO orders VALUES
        (1, 'A-1', 1, 'open', '12.50', 9223372036854775807, x'00ff10'),
        (2, 'A-2', 1, 'paid', '99.00', 7, NULL),
        (3, 'A-3', 2, 'open', '1.05', NULL, NULL);
    CREATE TABLE words (word TEXT PRIMARY KEY, n INTEGER);
    INSERT INTO words VALUES ('count', 1), ('a/b', 2);
    CREATE TABLE payments (id INTEGER PRIMARY KEY, amount INTEGER, fee INTEGER, currency TEXT);
    INSERT INTO payments VALUES (1, 1299, 30, 'EUR'), (2, -5, NULL, 'EUR'), (3, 1299, 30, 'JPY');
";

/// Where the orders are.
pub(crate) const ORDERS: &str = "/api/v1/backends/shop/resources/orders";

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// How somebody comes in.
#[derive(Clone)]
pub(crate) enum As {
    /// Nobody.
    Nobody,
    /// With the session of the administrator's browser.
    Session,
    /// With the session of somebody else's browser.
    Browser(String),
    /// With a token.
    Token(String),
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as a problem of a status.
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
        problem
    }

    /// The body as JSON of a status.
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }
}

/// An office with its shop.
pub(crate) struct Bed {
    pub(crate) shop: SqliteFile,
    pub(crate) folder: TempDir,
    pub(crate) office: Arc<Office>,
    app: Router,
    session: String,
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shop = SqliteFile::fresh();
        run(folder.path(), &shop, SHOP).await;
        let manifest = format!(
            "title = \"Shop\"\nurl = \"sqlite:{}\"\nwritable = true\n\n\
             [resources.customers]\ncase = \"customer\"\n\n\
             [resources.customers.fields]\ncity = {{ fact = \"town\" }}\n\n\
             [resources.customers.fields.password_hash]\nsecret = true\n\n\
             [resources.payments.fields]\n\
             amount = {{ format = \"money\", currency = \"currency\" }}\n\
             fee = {{ format = \"money\", currency_code = \"EUR\" }}\n",
            shop.path().display()
        );
        let (office, app) = opened(folder.path(), "shop", &manifest).await;
        eventually("the shop was read", async || {
            office.all_backends().iter().all(|backend| backend.catalog().is_ok())
        })
        .await;
        let session = administrator(&office).await;
        Self { shop, folder, app, office, session }
    }

    /// A token of the administrator that may do no more than a role.
    pub(crate) async fn token(&self, role: Role) -> As {
        let actor = self.administrator().await;
        let wanted = NewToken { name: "Test".into(), backends: None, role, days: Some(1) };
        let made = self.office.make_token(&actor, wanted).await;
        As::Token(made.expect("made").secret)
    }

    /// Who the administrator is at the moment.
    pub(crate) async fn administrator(&self) -> Arc<Actor> {
        let actor = self.office.actor_of_session(&self.session).await.expect("asked");
        actor.expect("signed in")
    }

    /// Somebody who was invited and came: their id, and their browser.
    pub(crate) async fn person(&self, name: &str, grants: &[Grant]) -> (String, As) {
        let email = format!("{name}@example.org");
        let ada = self.administrator().await;
        let invited = self.office.invite(&ada, name, &email, false, grants).await;
        let (user, link) = invited.expect("invited");
        let signed_in = self.office.use_link(&link, newcomer(name, &email), "127.0.0.1", "test");
        (user.id, As::Browser(signed_in.await.expect("signed in").secret))
    }

    /// Sets what somebody may do, as the administrator does.
    pub(crate) async fn change(&self, id: &str, change: impl FnOnce(&mut Account) + Send) {
        let ada = self.administrator().await;
        self.office.change_rights(&ada, id, change).await.expect("set");
    }

    /// Sends a request with headers of its own.
    pub(crate) async fn send_with(
        &self,
        who: &As,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address).header("host", "kontor");
        match who {
            As::Nobody => {}
            As::Session => {
                request = request.header("cookie", format!("kontor_session={}", self.session));
            }
            As::Browser(session) => {
                request = request.header("cookie", format!("kontor_session={session}"));
            }
            As::Token(token) => {
                request = request.header("authorization", format!("Bearer {token}"));
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Asks as the administrator in a browser.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.get_as(&As::Session, address).await
    }

    pub(crate) async fn get_as(&self, who: &As, address: &str) -> Answer {
        self.send_with(who, Method::GET, address, &[("accept-language", "en")], Body::empty()).await
    }

    /// Sends JSON as the administrator in a browser.
    pub(crate) async fn send(&self, method: Method, address: &str, body: &str) -> Answer {
        self.send_as(&As::Session, method, address, body).await
    }

    pub(crate) async fn send_as(
        &self,
        who: &As,
        method: Method,
        address: &str,
        body: &str,
    ) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("accept-language", "en"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send_with(who, method, address, &headers, body.to_owned()).await
    }
}

async fn administrator(office: &Office) -> String {
    let link = office.setup_link().await.expect("asked").expect("nobody is there yet");
    let person = newcomer("Ada", "ada@example.org");
    office.use_link(&link, person, "127.0.0.1", "test").await.expect("signed in").secret
}

/// What somebody says of themselves when they come in.
pub(crate) fn newcomer(name: &str, email: &str) -> NewPerson {
    NewPerson {
        name: name.into(),
        email: email.into(),
        password: PASSWORD.into(),
        language: "en".into(),
        time_zone: "Europe/Berlin".into(),
    }
}
