//! A whole Kontor over a small shop in a SQLite file, used as a browser would.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use kontor_model::BackendName;
use kontor_office::{Manage, NewPerson, Office, Permit};
use kontor_testkit::SqliteFile;
use tower::ServiceExt as _;

use super::opened::{opened, run};

/// The shop's tables. `bestellung.kunde_nr` refers to `kunde` without saying so.
const SHOP: &str = "
CREATE TABLE kunde (kunde_nr INTEGER PRIMARY KEY, name TEXT NOT NULL, ort TEXT);
CREATE TABLE bestellung (
    bestellung_nr INTEGER PRIMARY KEY, kunde_nr INTEGER NOT NULL, status TEXT NOT NULL, notiz TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO kunde SELECT 1000 + i * 7, 'Kunde ' || i, 'Ort ' || (i % 9) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
INSERT INTO bestellung SELECT 50000 + i, 1000 + (1 + i % 60) * 7,
    CASE i % 3 WHEN 0 THEN 'offen' WHEN 1 THEN 'bezahlt' ELSE 'versandt' END, NULL FROM n;
";

/// Kontor with one administrator and the backend `laden`.
pub(crate) struct Shop {
    pub(crate) office: Arc<Office>,
    router: Router,
    folder: tempfile::TempDir,
    database: SqliteFile,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
    cookies: Vec<(String, String)>,
}

impl Answer {
    /// The text between two marks, the first time it comes.
    pub(crate) fn between(&self, start: &str, end: &str) -> String {
        let rest = self.text.split_once(start);
        let found = rest.and_then(|(_, rest)| rest.split_once(end));
        found.unwrap_or_else(|| panic!("no “{start}” in: {}", self.text)).0.to_owned()
    }

    /// Fails with the page unless it says something.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "“{text}” is not in: {}", self.text);
        self
    }

    /// Fails with the page if it says something.
    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) -> &Self {
        assert!(!self.text.contains(text), "“{text}” is in: {}", self.text);
        self
    }
}

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    shop: &'a Shop,
    cookies: BTreeMap<String, String>,
}

impl Shop {
    /// Opens everything; `manifest` is added to the backend's manifest.
    pub(crate) async fn open(manifest: &str) -> Self {
        Self::with_tables("", manifest).await
    }

    /// As [`Shop::open`], with more tables.
    pub(crate) async fn with_tables(tables: &str, manifest: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = SqliteFile::fresh();
        run(folder.path(), &database, &format!("{SHOP}{tables}")).await;
        let url = database.url().to_string();
        let text = format!("title = \"Laden\"\nurl = \"{url}\"\n{manifest}");
        let (office, router) = opened(folder.path(), "laden", &text).await;
        Self { office, router, folder, database }
    }

    /// The text of the backend's manifest.
    pub(crate) fn manifest(&self) -> String {
        let file = self.folder.path().join("backends/laden.toml");
        std::fs::read_to_string(file).expect("the manifest")
    }

    /// A file beside everything else.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the shop's database.
    pub(crate) fn url(&self) -> String {
        self.database.url().to_string()
    }

    /// Runs statements in the shop's database past Kontor.
    pub(crate) async fn run(&self, sql: &str) {
        run(self.folder.path(), &self.database, sql).await;
    }

    /// Lets nobody write to the shop's database while the value lives.
    pub(crate) async fn locked(&self) -> impl Sized + use<> {
        self.database.locked().await
    }

    /// Changes the shop without Kontor, as another program would.
    pub(crate) async fn outside(&self, sql: &str) {
        self.run(sql).await;
    }

    /// A browser in which nobody has signed in.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { shop: self, cookies: BTreeMap::new() }
    }

    /// The first administrator's browser, once the shop has been read.
    pub(crate) async fn administrator(&self) -> Browser<'_> {
        let secret = self.office.setup_link().await.expect("a store").expect("nobody yet");
        let person = NewPerson {
            name: "Ada".into(),
            email: "ada@example.org".into(),
            password: "eine ganze Menge Kisten".into(),
            language: "de".into(),
            time_zone: "Europe/Berlin".into(),
        };
        let signed_in =
            self.office.use_link(&secret, person, "127.0.0.1", "Test").await.expect("an account");
        let mut browser = self.browser();
        browser.cookies.insert("kontor_session".into(), signed_in.secret);
        let read = browser.post("/b/laden", &[("do", "read")]).await;
        assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.text);
        // A page waits only a moment for the proposals; a test waits for all of them.
        let secret = &browser.cookies["kontor_session"];
        let actor = self.office.actor_of_session(secret).await.expect("a store").expect("Ada");
        let name = BackendName::new("laden").expect("a name");
        let permit: Permit<Manage> = self.office.permit(&actor, &name).expect("she may");
        self.office.look_for_proposals(&permit).await.expect("a schema");
        browser
    }
}

impl Browser<'_> {
    pub(crate) async fn get(&mut self, address: &str) -> Answer {
        let request = Request::get(address).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// What the script gets.
    pub(crate) async fn get_part(&mut self, address: &str) -> Answer {
        let request = Request::get(address).header("hx-request", "true").body(Body::empty());
        self.send(request.expect("a request")).await
    }

    pub(crate) async fn post(&mut self, address: &str, form: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| {
                format!("{}={}", kontor_web::links::encode(name), kontor_web::links::encode(value))
            })
            .collect();
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.join("&")));
        self.send(request.expect("a request")).await
    }

    /// Changes a record over the API, as the list's cells do.
    pub(crate) async fn patch(&mut self, address: &str, body: &str) -> Answer {
        let request = Request::patch(address)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_owned()));
        self.send(request.expect("a request")).await
    }

    /// Goes where the answer leads.
    pub(crate) async fn follow(&mut self, answer: &Answer) -> Answer {
        let location = answer.location.clone();
        let location = location.unwrap_or_else(|| panic!("leads nowhere: {}", answer.text));
        self.get(&location).await
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, pairs.join("; ").parse().expect("a header"));
        headers.insert(header::HOST, "kontor.test".parse().expect("a header"));
        headers.insert(header::ACCEPT_LANGUAGE, "de".parse().expect("a header"));
        let router = self.shop.router.clone();
        let response = router.oneshot(request).await.expect("a router never fails");
        let answer = read(response).await;
        self.cookies.extend(answer.cookies.iter().cloned());
        answer
    }
}

async fn read(response: axum::response::Response) -> Answer {
    let (parts, body) = response.into_parts();
    let location = parts.headers.get(header::LOCATION);
    let location = location.map(|value| value.to_str().expect("a text").to_owned());
    let cookies = parts.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| {
        let (pair, _) = value.to_str().ok()?.split_once(';')?;
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    let cookies = cookies.collect();
    let bytes = to_bytes(body, 16 * 1024 * 1024).await.expect("a body");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status: parts.status, location, text, cookies }
}
