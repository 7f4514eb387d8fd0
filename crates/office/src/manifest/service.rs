//! What a manifest says of a backend that is a service: where requests go, how it is signed in to,
//! and, where its own description is silent or wrong, how its lists are read.

use kontor_connect::{Auth, PagingOptions, ResourceOptions, ServiceOptions};
use kontor_model::service::Paging;
use toml_edit::{InlineTable, Value};

use super::source::{Entry, Section};
use super::text::Keys;

const BEARER_KEYS: &[&str] = &["kind", "user", "name", "token_url", "client_id", "scopes"];
const HTTP_KEYS: &[&str] =
    &["list", "item", "records", "parameters", "paging", "filters", "search"];
const PAGING_KEYS: &[&str] = &["style", "parameter", "first", "next", "size", "most"];

const AUTH: &str = "a table such as { kind = \"bearer\" }";
const HTTP: &str = "a table such as { list = \"/orders\", records = \"data.items\" }";
const PAGING: &str = "a table such as { style = \"page\", parameter = \"page\" }";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bearer,
    Basic,
    Header,
    Query,
    OAuth2,
}

const KINDS: [(&str, Kind); 5] = [
    ("bearer", Kind::Bearer),
    ("basic", Kind::Basic),
    ("header", Kind::Header),
    ("query", Kind::Query),
    ("oauth2", Kind::OAuth2),
];

#[derive(Clone, Copy)]
enum Style {
    Whole,
    Cursor,
    Page,
    Offset,
    Next,
}

const STYLES: [(&str, Style); 5] = [
    ("none", Style::Whole),
    ("cursor", Style::Cursor),
    ("page", Style::Page),
    ("offset", Style::Offset),
    ("next", Style::Next),
];

/// What the uppermost keys say.
pub(super) fn read(root: &Section<'_>) -> ServiceOptions {
    let server = root.get("server").and_then(|entry| {
        let server = entry.text()?;
        let is_address = server.starts_with("https://") || server.starts_with("http://");
        if !is_address {
            entry.refuse(format!("must begin with https:// or http://, not “{server}”"));
        }
        Some(server)
    });
    ServiceOptions {
        server,
        hosts: root.get("hosts").and_then(|hosts| hosts.names()).unwrap_or_default(),
        auth: root.get("auth").and_then(|auth| read_auth(&auth)),
        headers: root.get("headers").map(|headers| pairs(&headers)).unwrap_or_default(),
        resources: Vec::new(),
    }
}

/// Names with texts, in the order of the file.
fn pairs(entry: &Entry<'_>) -> Vec<(String, String)> {
    let read = |entry: Entry<'_>| Some((entry.name().to_owned(), entry.scalar()?));
    entry.entries("a table of texts").into_iter().filter_map(read).collect()
}

fn read_auth(entry: &Entry<'_>) -> Option<Auth> {
    let section = entry.section(BEARER_KEYS, AUTH)?;
    let kind = section.need("kind")?.word(&KINDS)?;
    let takes: &[&str] = match kind {
        Kind::Bearer => &[],
        Kind::Basic => &["user"],
        Kind::Header | Kind::Query => &["name"],
        Kind::OAuth2 => &["token_url", "client_id", "scopes"],
    };
    for key in BEARER_KEYS.iter().filter(|key| **key != "kind" && !takes.contains(key)) {
        if let Some(entry) = section.get(key) {
            entry.refuse("means nothing for this “kind”");
        }
    }
    let text = |key| section.need(key).and_then(|entry: Entry<'_>| entry.text());
    Some(match kind {
        Kind::Bearer => Auth::Bearer,
        Kind::Basic => Auth::Basic { user: text("user")? },
        Kind::Header => Auth::Header { name: text("name")? },
        Kind::Query => Auth::Query { name: text("name")? },
        Kind::OAuth2 => Auth::ClientCredentials {
            token_url: text("token_url")?,
            client_id: text("client_id")?,
            scopes: section.get("scopes").and_then(|scopes| scopes.names()).unwrap_or_default(),
        },
    })
}

/// What is said of how one resource is asked for.
pub(super) fn read_http(entry: &Entry<'_>) -> Option<ResourceOptions> {
    let section = entry.section(HTTP_KEYS, HTTP)?;
    let text = |key| section.get(key).and_then(|entry: Entry<'_>| entry.text());
    let path = |key| {
        let entry: Entry<'_> = section.get(key)?;
        let path = entry.text()?;
        if !path.starts_with('/') {
            entry.refuse(format!("must begin with /, as in the description, not “{path}”"));
        }
        Some(path)
    };
    let table = |key| section.get(key).map(|entry: Entry<'_>| pairs(&entry)).unwrap_or_default();
    Some(ResourceOptions {
        list: path("list"),
        item: path("item"),
        records: section
            .get("records")
            .and_then(|entry| entry.text_or_empty())
            .map(|at| names(&at)),
        parameters: table("parameters"),
        paging: section.get("paging").and_then(|paging| read_paging(&paging)),
        filters: table("filters"),
        search: text("search"),
    })
}

/// `data.items` as names one below the other; none for the answer itself.
fn names(path: &str) -> Vec<String> {
    path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn read_paging(entry: &Entry<'_>) -> Option<PagingOptions> {
    let section = entry.section(PAGING_KEYS, PAGING)?;
    let style = section.need("style")?.word(&STYLES)?;
    let parameter = || section.need("parameter").and_then(|entry: Entry<'_>| entry.text());
    let next = || section.need("next").and_then(|entry: Entry<'_>| entry.text());
    let paging = match style {
        Style::Whole => Paging::Whole,
        Style::Cursor => {
            Paging::Cursor { parameter: parameter()?, next: names(&next()?), key: None }
        }
        Style::Page => Paging::Page {
            parameter: parameter()?,
            first: section.get("first").and_then(|first| first.number(0..=1)).unwrap_or(1),
        },
        Style::Offset => Paging::Offset { parameter: parameter()? },
        Style::Next => Paging::Next { at: names(&next()?) },
    };
    let most = section.get("most").and_then(|most| most.number(1..=5_000)).unwrap_or(100);
    let size = section.get("size").and_then(|size| size.text()).map(|name| (name, most));
    Some(PagingOptions { paging, size })
}

/// The uppermost keys that say this.
pub(super) fn keys(options: &ServiceOptions) -> Keys {
    let mut keys = Keys::default();
    keys.add("server", options.server.as_ref());
    keys.add_names("hosts", &options.hosts);
    keys.add("auth", options.auth.as_ref().map(|auth| auth_keys(auth).into_inline()));
    keys.add("headers", table(&options.headers));
    keys
}

fn auth_keys(auth: &Auth) -> Keys {
    let mut keys = Keys::default();
    let kind = match auth {
        Auth::Bearer => Kind::Bearer,
        Auth::Basic { .. } => Kind::Basic,
        Auth::Header { .. } => Kind::Header,
        Auth::Query { .. } => Kind::Query,
        Auth::ClientCredentials { .. } => Kind::OAuth2,
    };
    keys.add("kind", KINDS.iter().find(|(_, other)| *other == kind).map(|(word, _)| *word));
    match auth {
        Auth::Bearer => {}
        Auth::Basic { user } => keys.add("user", Some(user)),
        Auth::Header { name } | Auth::Query { name } => keys.add("name", Some(name)),
        Auth::ClientCredentials { token_url, client_id, scopes } => {
            keys.add("token_url", Some(token_url));
            keys.add("client_id", Some(client_id));
            keys.add_names("scopes", scopes);
        }
    }
    keys
}

fn table(pairs: &[(String, String)]) -> Option<Value> {
    let table: InlineTable =
        pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    (!pairs.is_empty()).then(|| Value::from(table))
}

/// What is said of how one resource is asked for, as the value of its key.
pub(super) fn http_value(options: &ResourceOptions) -> Value {
    let mut keys = Keys::default();
    keys.add("list", options.list.as_ref());
    keys.add("item", options.item.as_ref());
    keys.add("records", options.records.as_ref().map(|names| names.join(".")));
    keys.add("parameters", table(&options.parameters));
    keys.add("paging", options.paging.as_ref().map(|paging| paging_keys(paging).into_inline()));
    keys.add("filters", table(&options.filters));
    keys.add("search", options.search.as_ref());
    keys.into_inline()
}

fn paging_keys(options: &PagingOptions) -> Keys {
    let mut keys = Keys::default();
    let (style, parameter, next) = match &options.paging {
        Paging::Whole => ("none", None, None),
        Paging::Cursor { parameter, next, .. } => ("cursor", Some(parameter), Some(next)),
        Paging::Page { parameter, .. } => ("page", Some(parameter), None),
        Paging::Offset { parameter } => ("offset", Some(parameter), None),
        Paging::Next { at } => ("next", None, Some(at)),
    };
    keys.add("style", Some(style));
    keys.add("parameter", parameter);
    if let Paging::Page { first: 0, .. } = options.paging {
        keys.add("first", Some(0));
    }
    keys.add("next", next.map(|names| names.join(".")));
    if let Some((name, most)) = &options.size {
        keys.add("size", Some(name));
        keys.add("most", Some(i64::from(*most)));
    }
    keys
}

#[cfg(test)]
mod tests {
    use kontor_model::BackendName;

    use super::super::Manifest;

    fn manifest(text: &str) -> Result<Manifest, String> {
        let name = BackendName::new("shop").expect("a name");
        Manifest::parse(name, text, "shop.toml").map_err(|errors| errors.to_string())
    }

    const WHOLE: &str = r#"
url = "openapi+https://shop.example/openapi.json"
server = "https://api.shop.example/v2"
hosts = ["auth.shop.example"]
auth = { kind = "oauth2", token_url = "https://auth.shop.example/token", client_id = "kontor", scopes = ["orders:read"] }
headers = { X-Channel = "de" }
password = { env = "SHOP_SECRET" }

[budget]
rate = 20
answer_size = "4MB"

[resources.orders]
http = { list = "/v2/orders", item = "/v2/orders/{id}", records = "data.items", parameters = { channel = "de" }, paging = { style = "cursor", parameter = "after", next = "meta.next", size = "limit", most = 250 }, filters = { "customer.id" = "customerId" }, search = "q" }
"#;

    #[test]
    fn what_is_said_of_a_service_reads_back_as_it_was_written() {
        let read = manifest(WHOLE).expect("all right");
        assert_eq!(read.service.headers, [("X-Channel".to_owned(), "de".to_owned())]);
        let again = manifest(&read.to_toml()).expect("as it was written");
        assert_eq!((again.service, again.resources), (read.service, read.resources));
        assert_eq!((again.budget.rate, again.budget.answer_bytes), (Some(20), 4 * 1024 * 1024));
    }

    #[test]
    fn a_service_that_speaks_graphql_is_signed_in_to_as_others_are() {
        let text = "url = \"graphql+https://shop.example/graphql\"\n\
                    auth = { kind = \"header\", name = \"X-Key\" }\n";
        let read = manifest(text).expect("all right");
        assert_eq!(read.service.auth, Some(kontor_connect::Auth::Header { name: "X-Key".into() }));
        let refused = manifest(&format!("{text}schemas = [\"a\"]\n")).expect_err("schemas");
        assert!(refused.contains("“schemas” means nothing"), "{refused}");
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_place() {
        let refused = |line: &str| {
            manifest(&format!("url = \"openapi:shop.json\"\n{line}\n")).expect_err(line)
        };
        assert!(refused("auth = { kind = \"bearr\" }").contains("did you mean “bearer”"));
        assert!(refused("auth = { kind = \"bearer\", user = \"a\" }").contains("means nothing"));
        assert!(refused("auth = { kind = \"basic\" }").contains("“user” is missing"));
        assert!(refused("server = \"shop.example\"").contains("must begin with https://"));
        assert!(
            refused("[resources.a]\nhttp = { list = \"orders\" }").contains("must begin with /")
        );
        let of_a_database =
            manifest("url = \"sqlite:a.db\"\nhosts = [\"x\"]\n").expect_err("a database");
        assert!(of_a_database.contains("“hosts” means nothing"), "{of_a_database}");
    }
}
