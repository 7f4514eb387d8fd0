//! Finding orders: by anything that somebody has in front of them, in any spelling, page by page.

use std::time::Duration;

use order_inspect::seed::{Plan, fill};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{self, order, place},
};

/// Names and phone numbers of buyers; their orders are DE-1001 and so on.
const BUYERS: [(&str, &str, Option<&str>); 5] = [
    ("Erika Mustermann", "Erika@example.org", Some("+49 40 123-456")),
    ("Max Mustermann", "max@example.org", None),
    ("Jörg von der Heide", "heide@example.org", Some("0171 2345678")),
    ("Anna Mustermann-Weiß", "anna.w@example.org", None),
    ("Ivan Ivanov", "ivan@example.org", Some("+43 1 98765432")),
];

async fn buyers(bed: &Bed) {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 1999, 50, 0).await;
    shop::product(bed, 2, "BLUE", 999, 50, 0).await;
    for (at, (name, email, phone)) in BUYERS.into_iter().enumerate() {
        let mut wanted = order(&[(if at == 4 { "BLUE" } else { "RED" }, 1)]);
        wanted["email"] = json!(email);
        wanted["billing_address"]["name"] = json!(name);
        wanted["billing_address"]["phone"] = json!(phone);
        place(bed, &format!("k{at}"), wanted).await.expect(201);
        bed.clock.advance(Duration::from_secs(60));
    }
}

fn numbers(list: &Value) -> String {
    let items = list["items"].as_array().expect("a list").iter();
    let number = |it: &Value| it["number"].as_str().expect("a number").replace("DE-100", "");
    items.map(number).collect()
}

async fn found(bed: &Bed, question: &str) -> String {
    numbers(&bed.get(&format!("/orders?{question}")).await.expect(200))
}

on_both_engines! {
    async fn orders_are_found_by_anything_in_any_spelling(bed) {
        buyers(&bed).await;
        let parcel = json!({ "parcels": [{ "tracking": "0034 0434 1610 94" }, { "tracking": "0034043416-1094" }] });
        bed.post("/orders/DE-1002/shipments", parcel).await.expect(200);
        let lines = json!([{ "position": 1, "quantity": 1, "reason": "broken" }]);
        let back = json!({ "kind": "claim", "label_number": "RL-77", "lines": lines });
        bed.post("/orders/DE-1002/returns", back).await.expect(200);
        let invoice = bed.get("/orders/DE-1002").await.expect(200)["documents"][0]["number"].clone();
        let searches = [
            ("DE-1003", "3"), ("de%201003", "3"), ("de1003", "3"), ("1003", "3"), ("1234", ""),
            ("erika%40example.org", "1"), ("ERIKA%40", "1"), ("m%40", ""), ("anna.w%40ex", "4"),
            ("Mustermann", "12"), ("muster", "12"), ("Erika%20Muster", "1"), ("Mustermann,%20Max", "2"),
            ("heide", "3"), ("J%C3%B6rg%20von%20der%20Heide", "3"), ("wei%C3%9F", "4"), ("WEISS", "4"),
            ("Mustermann-Weiss", "4"), ("nobody", ""), ("%25", "54321"), ("%27%22_", "54321"),
            ("040%20123456", "1"), ("0049%2040/123-456", "1"), ("%2B49171%202345678", "3"), ("01%2098765432", "5"),
            ("00340434161094", "2"), ("0034%200434%201610%2094", "2"), ("RL-77", "2"), ("rl%2077", "2"),
            ("DE-L1001", "2"), ("DE-RT1001", "2"), (invoice.as_str().expect("a number"), "2"),
        ];
        for (text, wanted) in searches {
            assert_eq!(found(&bed, &format!("search={text}")).await, wanted, "{text}");
        }
    }

    async fn lists_of_orders_are_narrowed(bed) {
        buyers(&bed).await;
        bed.post("/orders/DE-1001/cancellation", json!({ "reason": "customer" })).await.expect(200);
        bed.post("/orders/DE-1002/shipments", json!({})).await.expect(200);
        bed.post("/orders/DE-1003/hold", json!({ "kind": "fraud", "reason": "odd" })).await.expect(200);
        let questions = [
            ("channel=de", "54321"), ("channel=at", ""), ("status=cancelled", "1"), ("status=open", "542"), ("status=on_hold", "3"),
            ("payment_status=unpaid", "5432"), ("fulfilment_status=fulfilled", "2"), ("return_status=none", ""),
            ("held=true", "3"), ("held=false", "5421"), ("sku=BLUE", "5"), ("sku=RED&status=open", "42"),
            ("placed_from=2026-06-15T10:02:00Z", "543"), ("placed_until=2026-06-15T10:02:00Z", "21"),
            ("placed_from=2026-06-15T10:01:00Z&placed_until=2026-06-15T10:02:00Z", "2"),
            ("search=mustermann&status=open", "2"),
        ];
        for (question, wanted) in questions {
            assert_eq!(found(&bed, question).await, wanted, "{question}");
        }
        for wrong in ["placed_after=2026-06-15T10:02:00Z", "placed_from=yesterday", "held=maybe"] {
            bed.get(&format!("/orders?{wrong}")).await.expect(400);
        }
    }

    async fn lists_of_orders_go_on_where_the_page_before_ended(bed) {
        buyers(&bed).await;
        for (question, wanted) in [("", "54321"), ("status=open", "54321"), ("search=muster", "12"), ("search=a%40", "")] {
            let mut page = bed.get(&format!("/orders?{question}&limit=1")).await.expect(200);
            let mut all = numbers(&page);
            while let Some(next) = page["next"].as_str() {
                page = bed.get(&format!("/orders?{question}&limit=1&after={next}")).await.expect(200);
                all.push_str(&numbers(&page));
            }
            assert_eq!(all, wanted, "{question}");
        }
        let next = bed.get("/orders?limit=1").await.expect(200)["next"].as_str().expect("a text").to_owned();
        bed.get(&format!("/orders?search=muster&after={next}")).await.expect(400);
    }
}

/// What is asked all day long. None of it may cost more because the shop sells more.
const DAILY: [&str; 24] = [
    "/orders?limit=20",
    "/orders?limit=20&status=open",
    "/orders?limit=20&status=completed",
    "/orders?limit=20&payment_status=unpaid",
    "/orders?limit=20&fulfilment_status=unfulfilled",
    "/orders?limit=20&return_status=returned",
    "/orders?limit=20&held=true",
    "/orders?limit=20&channel=de",
    "/orders?limit=20&customer_id=12",
    "/orders?limit=20&search=DE-1012",
    "/orders?limit=20&search=%2B49%2040%20123456",
    "/orders?limit=20&search=a",
    "/orders?limit=20&search=a%40",
    "/orders?limit=20&placed_until=2030-01-01T00:00:00Z",
    "/orders/DE-1012",
    "/orders/DE-1012/timeline?limit=20",
    "/events?limit=20",
    "/customers?limit=20",
    "/customers?limit=5&name=a",
    "/catalogue/products?limit=20",
    "/catalogue/stock?limit=20",
    "/inspect/products?channel=de&limit=20&sort=name",
    "/inspect/products?channel=de&limit=20&sort=price",
    "/inspect/products?channel=de&limit=20&sort=rating",
];

/// shopware#5035, shopware#6484, shopware#6403, shopware#1980, vendure#1503, vendure#3349, saleor#13064, saleor#13743,
/// medusa#6607, medusa#4200, medusa#13890, spree#6181, spree#7531: lists and pages that were joined, counted or sorted
/// as a whole, so that they became unusable as the shop grew. Counted in steps of the database, not in time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_all_day_costs_the_same_in_a_shop_eight_times_as_large() {
    let mut costs: Vec<Vec<u64>> = Vec::new();
    for size in [1, 8] {
        let bed = Bed::sqlite().await;
        let plan = Plan { seed: 7, products: 60 * size, customers: 80 * size, orders: 300 * size };
        fill(&bed.app.db, plan).await.expect("a shop");
        let steps = || bed.app.db.steps().expect("SQLite counts");
        let mut each = Vec::new();
        for question in DAILY {
            // The first time is for what is remembered, such as the shop's settings.
            let first = bed.get(question).await.expect(200);
            // Facets count up to a limit on the first page only.
            let next = first["next"].as_str().map(|next| format!("{question}&after={next}"));
            let question =
                next.as_deref().filter(|_| question.starts_with("/inspect")).unwrap_or(question);
            let before = steps();
            bed.get(question).await.expect(200);
            each.push(steps() - before);
        }
        costs.push(each);
    }
    let (small, large) = (&costs[0], &costs[1]);
    let grown: Vec<_> = (0..DAILY.len())
        .filter(|&at| large[at] > small[at] * 3 / 2 + 200)
        .map(|at| format!("{}: {} steps, then {}", DAILY[at], small[at], large[at]))
        .collect();
    assert!(grown.is_empty(), "{grown:#?}");
}
