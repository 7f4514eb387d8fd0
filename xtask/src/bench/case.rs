//! What is asked: each case as SQL, as a request to the API and as a page.

use std::sync::Arc;

use reqwest::Method;

use super::{
    floor::{Bind, Statements, Work},
    http::{Ask, Asks, encode},
    office::BACKEND,
    shop::Shop,
};

/// A piece of work, asked in three ways.
pub(super) struct Case {
    /// What it is called in the table.
    pub(super) name: &'static str,
    /// Straight to PostgreSQL.
    pub(super) floor: Work,
    /// Over the JSON API.
    pub(super) api: Asks,
    /// As a page.
    pub(super) page: Asks,
    /// The least share of the floor that the API shall reach.
    pub(super) goal: Option<f64>,
    /// Whether floor and API list the same records, so that their ids can be compared.
    pub(super) is_list: bool,
}

/// What was found out by asking once, before anything is measured.
pub(super) struct Found {
    /// The place in the list of newest orders after which the deep page begins.
    pub(super) deep: String,
    /// How many orders lie before it.
    pub(super) depth: u64,
    /// The link from an order to its lines.
    pub(super) lines: String,
}

const COLUMNS: &str = "id,number,customer_id,status,total,placed_at,note";

const NEWEST: &str = "SELECT o.id, o.number, o.customer_id, o.status, o.total, o.placed_at, o.note, c.name AS customer \
    FROM (SELECT id, number, customer_id, status, total, placed_at, note FROM orders \
        ORDER BY placed_at DESC, id DESC LIMIT 50) AS o \
    JOIN customers AS c ON c.id = o.customer_id ORDER BY o.placed_at DESC, o.id DESC";

/// The values stand in the statement, so that its one plan is made for them.
const FILTERED: &str = "SELECT id, number, customer_id, status, total, placed_at, note FROM orders \
    WHERE status = 'open' AND total > 400 ORDER BY total DESC, id DESC LIMIT 50";

const DEEP: &str = "SELECT id, number, customer_id, status, total, placed_at, note FROM orders \
    ORDER BY placed_at DESC, id DESC LIMIT 50 OFFSET $1";

const ORDER: &str = "SELECT o.id, o.number, o.customer_id, o.status, o.total, o.placed_at, o.note, c.name AS customer \
    FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.id = $1";

const LINES: &str = "SELECT order_id, line_no, sku, title, quantity, unit_price FROM order_lines \
    WHERE order_id = $1 ORDER BY line_no LIMIT 50";

const EDIT: &str = "UPDATE orders SET note = $2 WHERE id = $1";

const AUDIT: &str =
    "INSERT INTO floor.audit (actor, resource, record, body) VALUES ('bench', 'orders', $1, $2)";

const LIST: &str = "SELECT id, number, customer_id, status, total, placed_at, note FROM orders \
    ORDER BY placed_at DESC, id DESC LIMIT 50";

const SMALL_LIST: &str = "SELECT id, number, customer_id, status, total, placed_at, note FROM small_orders \
    ORDER BY placed_at DESC, id DESC LIMIT 50";

const PLAIN_LIST: &str = "SELECT id, number, customer_id, payer_id, status, total, placed_at FROM plain_orders \
    ORDER BY placed_at DESC, id DESC LIMIT 50";

/// The least that shows the names: a join, which two backends do not have.
const LINKED_LIST: &str = "SELECT o.id, o.number, o.customer_id, o.payer_id, o.status, o.total, o.placed_at, \
    c.name AS customer, p.name AS payer \
    FROM (SELECT * FROM linked_orders ORDER BY placed_at DESC, id DESC LIMIT 50) AS o \
    JOIN customers AS c ON c.id = o.customer_id JOIN customers AS p ON p.id = o.payer_id \
    ORDER BY o.placed_at DESC, o.id DESC";

/// As Kontor asks where names are found by their parts.
const SEARCH: &str = "SELECT id, name, email, city, country, created_at FROM customers \
    WHERE email = $1 OR name ILIKE $2 ORDER BY id LIMIT 50";

/// As Kontor asks where names are found by their beginnings only.
const SEARCH_BEGINNING: &str = "SELECT id, name, email, city, country, created_at FROM customers \
    WHERE email = $1 OR name LIKE $2 ORDER BY id LIMIT 50";

/// Last names that are searched.
const WORDS: [&str; 12] = [
    "Bergbach",
    "Feldhofer",
    "Rosenthaler",
    "Steinhuber",
    "Vogelmann",
    "Waldmüller",
    "Weinmaier",
    "Winterhof",
    "Kirchgruber",
    "Lindenbeck",
    "Schönfeld",
    "Tannhauser",
];

/// All cases.
pub(super) fn all(shop: &Shop, found: &Found) -> Vec<Case> {
    let newest = list_case("newest 50 with customer", Some(0.60), NEWEST, &newest_query());
    let filter =
        format!("filter={}&sort=-total&columns={COLUMNS}", encode("status = open and total > 400"));
    let filtered = list_case("filtered and sorted", Some(0.75), FILTERED, &filter);
    let mut cases = vec![newest, filtered, deep(found), order(shop, found), edit(shop)];
    cases.extend([
        search(shop),
        list(LIST_SMALL, SMALL_LIST, "small_orders"),
        list(LIST_LARGE, LIST, "orders"),
        linkable(LIST_PLAIN, PLAIN_LIST, "plain_orders"),
        linkable(LIST_LINKED, LINKED_LIST, "linked_orders"),
    ]);
    cases
}

/// The list that the large one is compared with.
pub(super) const LIST_SMALL: &str = "list of 2,000";
/// The list that shall be as fast.
pub(super) const LIST_LARGE: &str = "list of all orders";

/// The list without links.
pub(super) const LIST_PLAIN: &str = "list without links";
/// The same list with two columns that are linked to another backend.
pub(super) const LIST_LINKED: &str = "list with 2 far columns";

/// The query of the newest orders, for the API.
pub(super) fn newest_query() -> String {
    format!("sort=-placed_at&columns={COLUMNS}&titles=true")
}

fn list_case(name: &'static str, goal: Option<f64>, sql: &'static str, query: &str) -> Case {
    let api = records("orders", query);
    Case {
        name,
        floor: reads(move |_| vec![(sql, Vec::new())]),
        page: always(page_of(&api)),
        api: always(api),
        goal,
        is_list: true,
    }
}

fn list(name: &'static str, sql: &'static str, resource: &str) -> Case {
    let api = records(resource, &format!("sort=-placed_at&columns={COLUMNS}"));
    let page = always(page_of(&api));
    let floor = reads(move |_| vec![(sql, Vec::new())]);
    Case { name, floor, page, api: always(api), goal: None, is_list: true }
}

fn linkable(name: &'static str, sql: &'static str, resource: &str) -> Case {
    let columns = "id,number,customer_id,payer_id,status,total,placed_at";
    let api = records(resource, &format!("sort=-placed_at&columns={columns}&titles=true"));
    let page = always(page_of(&api));
    let floor = reads(move |_| vec![(sql, Vec::new())]);
    Case { name, floor, page, api: always(api), goal: None, is_list: true }
}

fn deep(found: &Found) -> Case {
    let depth = i64::try_from(found.depth).expect("a number of rows");
    let query = format!("sort=-placed_at&columns={COLUMNS}&after={}", encode(&found.deep));
    let api = records("orders", &query);
    Case {
        name: "deep page (keyset / OFFSET)",
        floor: reads(move |_| vec![(DEEP, vec![Bind::Number(depth)])]),
        page: always(page_of(&api)),
        api: always(api),
        goal: Some(1.0),
        is_list: true,
    }
}

fn order(shop: &Shop, found: &Found) -> Case {
    let (orders, link) = (shop.orders, encode(&found.lines));
    let both = move |path: String, related: &str| {
        vec![Ask::get(path.clone()), Ask::get(format!("{path}/related/{related}"))]
    };
    let api_link = link.clone();
    Case {
        name: "one order with its lines",
        floor: reads(move |number| {
            let id = vec![Bind::Number(signed(scattered(number, orders)))];
            vec![(ORDER, id.clone()), (LINES, id)]
        }),
        api: Arc::new(move |number| both(api_record(scattered(number, orders)), &api_link)),
        page: Arc::new(move |number| both(page_record(scattered(number, orders)), &link)),
        goal: Some(0.35),
        is_list: false,
    }
}

fn edit(shop: &Shop) -> Case {
    let orders = shop.orders;
    let statements: Statements = Arc::new(move |number| {
        let (id, note) = (scattered(number, orders), format!("floor {number}"));
        let body = format!("{{\"before\":{{\"note\":null}},\"after\":{{\"note\":\"{note}\"}}}}");
        vec![
            (EDIT, vec![Bind::Number(signed(id)), Bind::Text(note)]),
            (AUDIT, vec![Bind::Text(id.to_string()), Bind::Text(body)]),
        ]
    });
    Case {
        name: "edit of one field with audit",
        floor: Work { statements, in_transaction: true },
        api: Arc::new(move |number| {
            let body = format!("{{\"set\":{{\"note\":\"api {number}\"}}}}");
            vec![Ask::json(Method::PATCH, api_record(scattered(number, orders)), body)]
        }),
        page: Arc::new(move |number| {
            let path = format!("{}/edit", page_record(scattered(number, orders)));
            vec![Ask::form(path, &[("v.note", &format!("page {number}"))])]
        }),
        goal: Some(0.35),
        is_list: false,
    }
}

fn search(shop: &Shop) -> Case {
    let anywhere = shop.has_trigrams;
    let word = move |number: u64| {
        let count = WORDS.len() as u64;
        let last = WORDS[usize::try_from(number % count).expect("a remainder is small")];
        if anywhere { last.to_owned() } else { format!("Anna {last}") }
    };
    let query = move |number: u64| {
        let columns = "id,name,email,city,country,created_at";
        let word = encode(&word(number));
        records("customers", &format!("search={word}&sort=id&columns={columns}"))
    };
    Case {
        name: "search in customers",
        floor: reads(move |number| {
            let word = word(number);
            let (sql, pattern) = if anywhere {
                (SEARCH, format!("%{word}%"))
            } else {
                (SEARCH_BEGINNING, format!("{word}%"))
            };
            vec![(sql, vec![Bind::Text(word), Bind::Text(pattern)])]
        }),
        api: Arc::new(move |number| vec![Ask::get(query(number))]),
        page: Arc::new(move |number| vec![Ask::get(page_of(&query(number)))]),
        goal: None,
        is_list: true,
    }
}

fn reads(statements: impl Fn(u64) -> Vec<super::floor::Statement> + Send + Sync + 'static) -> Work {
    Work { statements: Arc::new(statements), in_transaction: false }
}

fn always(path: String) -> Asks {
    Arc::new(move |_| vec![Ask::get(path.clone())])
}

/// A list in the API.
pub(super) fn records(resource: &str, query: &str) -> String {
    format!("/api/v1/backends/{BACKEND}/resources/{resource}/records?{query}")
}

/// The page that shows the same list as an address of the API.
pub(super) fn page_of(api: &str) -> String {
    let rest = api.split("/resources/").nth(1).expect("an address of the API");
    let (resource, query) = rest.split_once("/records?").expect("a list");
    let pairs = query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let own = match name {
            "filter" => "f",
            "search" => "q",
            "sort" => "s",
            "columns" => "c",
            "limit" => "n",
            "titles" => return None,
            other => other,
        };
        Some(format!("{own}={value}"))
    });
    format!("/b/{BACKEND}/{resource}?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// An order in the API.
pub(super) fn api_record(id: u64) -> String {
    format!("/api/v1/backends/{BACKEND}/resources/orders/records/{id}")
}

/// The page of an order.
pub(super) fn page_record(id: u64) -> String {
    format!("/b/{BACKEND}/orders/r/{id}")
}

/// Numbers from 1 to `most` that jump about and do not come again until all have been there; the
/// step is a prime.
fn scattered(number: u64, most: u64) -> u64 {
    1 + number.wrapping_mul(7_368_787) % most
}

fn signed(id: u64) -> i64 {
    i64::try_from(id).expect("an id of the shop is small")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{page_of, records, scattered};

    #[test]
    fn edits_at_the_same_time_never_meet() {
        let ids: HashSet<u64> = (0..2_000_000).map(|number| scattered(number, 2_000_000)).collect();
        assert_eq!(ids.len(), 2_000_000);
        assert!(ids.iter().all(|id| (1..=2_000_000).contains(id)));
    }

    #[test]
    fn a_page_shows_the_list_of_the_api() {
        let api = records("orders", "filter=a%20%3D%201&sort=-total&titles=true");
        assert_eq!(page_of(&api), "/b/bench/orders?f=a%20%3D%201&s=-total");
    }
}
