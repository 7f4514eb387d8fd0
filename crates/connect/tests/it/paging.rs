//! Lists are walked in both directions, and each record is met exactly once.

use kontor_model::{Cursor, Page, Query, Sort, Value};

use crate::bed::{Bed, Shop, completed, everything};

/// Numbers that look random and are the same each time (Knuth's MMIX generator).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// One of some texts.
    pub(crate) fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[usize::try_from(self.roll(texts.len() as u64)).unwrap()]
    }
}

const INTS: [&str; 6] = ["NULL", "NULL", "-1", "0", "7", "2147483647"];
const TEXTS: [&str; 9] = ["NULL", "''", "'a'", "'A'", "'ä'", "'a '", "'b'", "'NULL'", "'%'"];
const DECIMALS: [&str; 5] = ["NULL", "0.00", "-12.50", "12.5", "99999999.99"];
const FLOATS: [&str; 5] = ["NULL", "0.1", "-1e300", "1e-300", "3"];
const DAYS: [&str; 4] = ["NULL", "'0001-01-01'", "'2026-11-20'", "'9999-12-31'"];
const STAMPS: [&str; 4] =
    ["NULL", "'1970-01-02 00:00:00'", "'2026-11-20 13:45:00'", "'2026-11-20 13:45:01'"];
const TRUTHS: [&str; 3] = ["NULL", "TRUE", "FALSE"];

/// The columns of all tables here, and rows of few different values, so that there are many ties.
pub(crate) fn columns(bed: &Bed) -> String {
    bed.pick(
        "n INTEGER, t TEXT, d DECIMAL(10,2), f REAL, day DATE, at DATETIME, yes BOOLEAN, raw BLOB, ci TEXT COLLATE NOCASE",
        "n INTEGER, t TEXT, d NUMERIC(10,2), f DOUBLE PRECISION, day DATE, at TIMESTAMPTZ, yes BOOLEAN, raw BYTEA, ci CHAR(5)",
        "n INTEGER, t TEXT, d DECIMAL(10,2), f DOUBLE, day DATE, at TIMESTAMP NULL, yes BOOLEAN, raw VARBINARY(10), ci VARCHAR(5)",
    )
    .to_owned()
}

pub(crate) fn values(bed: &Bed, dice: &mut Dice) -> String {
    let raw = bed.pick(
        ["NULL", "x''", "x'00'", "x'ff'"],
        ["NULL", "'\\x'", "'\\x00'", "'\\xff'"],
        ["NULL", "x''", "x'00'", "x'ff'"],
    );
    [
        dice.of(&INTS),
        dice.of(&TEXTS),
        dice.of(&DECIMALS),
        dice.of(&FLOATS),
        dice.of(&DAYS),
        dice.of(&STAMPS),
        dice.of(&TRUTHS),
        dice.of(&raw),
        dice.of(&TEXTS),
    ]
    .join(", ")
}

/// Walks to the end and back, and compares with the one unpaged list.
pub(crate) async fn walk(shop: &Shop, name: &str, sort: &[Sort], limit: u32) {
    let resource = shop.resource(name);
    let (sort, total_order) = completed(resource, sort);
    let all = Query { sort, total_order, ..everything(resource) };
    let expected = page(shop, name, &all).await.rows;
    let what = || format!("{name} by {:?}, {limit} at a time", all.sort);

    let mut forward = vec![page(shop, name, &Query { limit, ..all.clone() }).await];
    assert_eq!(forward[0].previous, None, "{}", what());
    while let Some(place) = forward.last().unwrap().next.clone() {
        assert!(forward.len() <= expected.len(), "it does not end: {}", what());
        forward.push(page(shop, name, &at(&all, limit, Some(place), false)).await);
    }
    let met: Vec<&Vec<Value>> = forward.iter().flat_map(|page| &page.rows).collect();
    same_rows(&met, &expected, &format!("forward, {}", what()));

    for (place, part) in forward.iter().enumerate().skip(1) {
        let back = page(shop, name, &at(&all, limit, part.previous.clone(), true)).await;
        let before: Vec<&Vec<Value>> = back.rows.iter().collect();
        same_rows(&before, &forward[place - 1].rows, &format!("back to page {place}, {}", what()));
        let again = page(shop, name, &at(&all, limit, back.next.clone(), false)).await;
        let after: Vec<&Vec<Value>> = again.rows.iter().collect();
        same_rows(&after, &part.rows, &format!("forth to page {}, {}", place + 1, what()));
    }

    let mut backward = vec![page(shop, name, &at(&all, limit, None, true)).await];
    assert_eq!(backward[0].next, None, "{}", what());
    while let Some(place) = backward.last().unwrap().previous.clone() {
        assert!(backward.len() <= expected.len(), "it does not end: {}", what());
        backward.push(page(shop, name, &at(&all, limit, Some(place), true)).await);
    }
    let met: Vec<&Vec<Value>> = backward.iter().rev().flat_map(|page| &page.rows).collect();
    same_rows(&met, &expected, &format!("backward, {}", what()));
}

fn at(all: &Query, limit: u32, cursor: Option<Cursor>, backward: bool) -> Query {
    // The place travels in an address.
    let cursor = cursor.map(|cursor| Cursor::from_text(&cursor.to_text(), all.sort.len()).unwrap());
    Query { limit, cursor, backward, ..all.clone() }
}

async fn page(shop: &Shop, name: &str, query: &Query) -> Page {
    let page = shop.connection.select(&shop.of_name(name), query).await;
    page.unwrap_or_else(|failure| panic!("{name}: {failure}\n{query:?}"))
}

fn same_rows(met: &[&Vec<Value>], expected: &[Vec<Value>], what: &str) {
    assert_eq!(met.len(), expected.len(), "{what}");
    for (place, (a, b)) in met.iter().zip(expected).enumerate() {
        let same = a.iter().zip(b).all(|(a, b)| a.is_same(b));
        assert!(same, "{what}: record {place} is {a:?} instead of {b:?}");
    }
}

/// Both directions of each field that has an order.
pub(crate) async fn walk_all(shop: &Shop, name: &str, limit: u32) {
    walk(shop, name, &[], limit).await;
    for (field, described) in shop.resource(name).fields.iter().enumerate() {
        for descending in [false, true] {
            if described.sortable {
                walk(shop, name, &[Sort { field, descending }], limit).await;
            }
        }
    }
}

pub(crate) async fn every_order_is_walked_forward_and_back_without_losing_a_record(bed: Bed) {
    let mut dice = Dice::new(1);
    let rows: Vec<String> =
        (1..=60).map(|id| format!("({id}, {})", values(&bed, &mut dice))).collect();
    let shop = bed
        .with(&format!(
            "CREATE TABLE sample (id INTEGER PRIMARY KEY, {}); INSERT INTO sample VALUES {};",
            columns(&bed),
            rows.join(", ")
        ))
        .await;
    assert!(shop.resource("sample").fields.iter().all(|field| field.sortable));
    walk_all(&shop, "sample", 7).await;
    // Several fields in different directions.
    for (a, b) in [(1, 2), (3, 9), (5, 4), (2, 7)] {
        let up = Sort { field: a, descending: false };
        let down = Sort { field: b, descending: true };
        walk(&shop, "sample", &[up, down], 11).await;
        walk(&shop, "sample", &[down, up], 11).await;
    }
}

pub(crate) async fn a_composite_key_in_both_directions_is_walked(bed: Bed) {
    let mut dice = Dice::new(2);
    let rows: Vec<String> = (0..45)
        .map(|i| format!("('{}', {}, {})", ["a", "B", "c"][i % 3], i / 3, dice.roll(4)))
        .collect();
    let shop = bed
        .with(&format!(
            "CREATE TABLE pairs (hall VARCHAR(10) NOT NULL, number INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (number, hall));
             INSERT INTO pairs VALUES {};",
            rows.join(", ")
        ))
        .await;
    for limit in [1, 4, 45, 46] {
        walk(&shop, "pairs", &[], limit).await;
    }
    walk_all(&shop, "pairs", 4).await;
    let mixed = [Sort { field: 1, descending: true }, Sort { field: 0, descending: false }];
    walk(&shop, "pairs", &mixed, 4).await;
}

pub(crate) async fn a_resource_without_a_key_is_walked_with_its_duplicates(bed: Bed) {
    let mut dice = Dice::new(3);
    let rows: Vec<String> = (0..40)
        .map(|_| format!("({}, {})", dice.of(&["NULL", "1", "2"]), dice.of(&TEXTS)))
        .collect();
    let shop = bed
        .with(&format!(
            "CREATE TABLE log (n INTEGER, t VARCHAR(10)); INSERT INTO log VALUES {};",
            rows.join(", ")
        ))
        .await;
    assert!(shop.resource("log").key.is_empty());
    for limit in [1, 3, 7] {
        walk_all(&shop, "log", limit).await;
    }
    // All alike: there is nothing but how many there are.
    bed.run("DELETE FROM log").await;
    bed.run(&format!("INSERT INTO log VALUES {}", ["(1, 'a')"; 10].join(", "))).await;
    walk_all(&shop, "log", 3).await;
}

pub(crate) async fn a_view_of_duplicates_is_walked_by_its_content(bed: Bed) {
    let mut dice = Dice::new(4);
    let rows: Vec<String> =
        (1..=40).map(|id| format!("({id}, {})", values(&bed, &mut dice))).collect();
    // Letters of other case tie in some collations, and 1 and 1.0 in SQLite.
    let mixed = bed.pick(
        "CASE id % 3 WHEN 0 THEN 1 WHEN 1 THEN 1.0 ELSE '1' END",
        "(CASE id % 3 WHEN 0 THEN 1.0 WHEN 1 THEN 1.00 ELSE 1 END)::numeric",
        "CASE id % 3 WHEN 0 THEN 'x' WHEN 1 THEN 'X' ELSE 'x ' END",
    );
    let shop = bed
        .with(&format!(
            "CREATE TABLE sample (id INTEGER PRIMARY KEY, {}); INSERT INTO sample VALUES {};
             CREATE VIEW few AS SELECT n, t, yes FROM sample;
             CREATE VIEW mixed AS SELECT n, ci, {mixed} AS m FROM sample;
             CREATE VIEW one AS SELECT {mixed} AS m FROM sample;",
            columns(&bed),
            rows.join(", ")
        ))
        .await;
    for name in ["few", "mixed", "one"] {
        assert_eq!(shop.resource(name).row_id, None);
        for limit in [1, 4, 13] {
            walk_all(&shop, name, limit).await;
        }
    }
}

pub(crate) async fn the_row_cap_of_the_budget_bounds_a_page(bed: Bed) {
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&crate::reading::numbered(&bed, "many", 30)).await;
    let mut opening = bed.opening();
    opening.budget.row_cap = 12;
    let shop = bed.shop(opening).await;
    let query = everything(shop.resource("many"));
    let first = page(&shop, "many", &query).await;
    assert_eq!(first.rows.len(), 12);
    assert!(first.next.is_some(), "that there is more is said");
    let second = page(&shop, "many", &at(&query, 100, first.next, false)).await;
    assert_eq!(second.rows[0][0], Value::Int(13));
}
