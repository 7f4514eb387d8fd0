//! A running service for a test, over SQLite in a folder of its own or over a fresh PostgreSQL database.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use order_inspect::{
    app::{App, Parts},
    cashier::{Cashier, Tills},
    clock::Clock,
    db::Db,
    exchange::Importer,
    http::{Keys, Limits, Metrics, Scope, router},
    moment::Moment,
    orders::place::Placer,
    outbox::{MailServer, Post},
    program::keys,
};
use serde_json::Value;
use tower::ServiceExt as _;

/// 2026-06-15T10:00:00Z, a Monday: where the clock of every test stands at first.
pub(crate) const START: Moment = Moment(1_781_517_600_000_000);

/// A service, a key that may do everything, and a client for it.
pub(crate) struct Bed {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) key: String,
    router: Router,
    _folder: Option<Arc<tempfile::TempDir>>,
}

/// An answer as a test looks at it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// Null where the body is no JSON.
    pub(crate) body: Value,
}

impl Bed {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open_folder(folder.path()).await.expect("a database");
        Self::over(db, Some(Arc::new(folder))).await
    }

    pub(crate) async fn postgres() -> Self {
        let server = kontor_testkit::PostgresServer::shared().await;
        let url = server.fresh_database().await;
        let db = Db::open_postgres(url.as_str(), 8).await.expect("a database");
        Self::over(db, None).await
    }

    async fn over(db: Db, folder: Option<Arc<tempfile::TempDir>>) -> Self {
        let clock = Clock::standing_at(START);
        let key = keys::create(&db, "test", &Scope::ALL).await.expect("a key");
        let app = app(&db, &clock, Tills::default(), None);
        Self { router: router(app.clone()), app, clock, key, _folder: folder }
    }

    /// Another server over the same database, with these connections to the outside.
    pub(crate) fn server(&self, tills: Tills, mail: Option<MailServer>) -> Self {
        let app = app(&self.app.db, &self.clock, tills, mail);
        let (clock, key, _folder) = (self.clock.clone(), self.key.clone(), self._folder.clone());
        Self { router: router(app.clone()), app, clock, key, _folder }
    }

    /// Answers at a real address, for those who come from outside.
    pub(crate) fn listen(&self, listener: tokio::net::TcpListener) {
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    /// Runs a statement that no route offers.
    pub(crate) async fn sql(&self, sql: &'static str, args: Vec<order_inspect::db::Value>) -> u64 {
        let run = self.app.db.write(move |tx| Box::pin(async move { tx.run(sql, args).await }));
        run.await.expect("a statement")
    }

    /// The whole numbers that a question finds in its column `n`.
    pub(crate) async fn numbers(&self, sql: &'static str) -> Vec<i64> {
        let rows = self.app.db.read(move |tx| Box::pin(async move { tx.rows(sql, vec![]).await }));
        rows.await.expect("rows").iter().map(|row| row.get("n").expect("a number")).collect()
    }

    /// Another key with these scopes only.
    pub(crate) async fn key_with(&self, scopes: &[Scope]) -> String {
        keys::create(&self.app.db, "limited", scopes).await.expect("a key")
    }

    /// A shop's key that sees this shop only.
    pub(crate) async fn key_of(&self, channel: &str) -> String {
        let (name, channel) = (format!("shop {channel}"), Some(channel.to_owned()));
        keys::create_for(&self.app.db, &name, &[Scope::Shop], channel).await.expect("a key")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body), &[]).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Some(body), &[("if-match", "*")]).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(body), &[("if-match", "*")]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, &[("if-match", "*")]).await
    }

    /// Sends a request with the bed's key, unless the headers bring another `authorization`.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Bearer {}", self.key));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.answer(request.body(body).expect("a request")).await
    }

    /// Sends a file as it is.
    pub(crate) async fn upload(&self, path: &str, file: &[u8], headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method("POST").uri(path);
        request = request.header("authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(Body::from(file.to_vec())).expect("a request")).await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, bytes, body }
    }
}

fn app(db: &Db, clock: &Clock, tills: Tills, mail: Option<MailServer>) -> App {
    let setup = order_inspect::setup::Remembered::default();
    App::new(Parts {
        placer: Placer::start(db.clone()),
        cashier: Cashier::start(db.clone(), clock.clone(), tills),
        importer: Importer::start(db.clone(), clock.clone()),
        post: Post::start(db.clone(), clock.clone(), setup.clone(), mail),
        db: db.clone(),
        clock: clock.clone(),
        keys: Keys::default(),
        setup,
        pages: order_inspect::inspect::Pages::default(),
        limits: Limits::new(0, 0),
        metrics: Metrics::new(),
    })
}

impl Answer {
    /// The body, after the status is what was expected.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        let told = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status.as_u16(), status, "{told}");
        self.body
    }

    /// The code of the problem document, after the status is what was expected.
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> String {
        let body = self.expect(status);
        body["code"].as_str().unwrap_or_else(|| panic!("no problem: {body}")).to_owned()
    }
}

/// The same test on both engines.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($bed:ident) $body:block)+) => {
        $(mod $name {
            use super::*;

            $(#[$attribute])*
            async fn story($bed: $crate::bed::Bed) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                story($crate::bed::Bed::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                story($crate::bed::Bed::postgres().await).await;
            }
        })+
    };
}
