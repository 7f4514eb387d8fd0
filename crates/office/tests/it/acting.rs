//! Actions: what they take from the record, what their backend foresees, what a manifest may say.

use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{ActionRequest, Input, OfficeError};
use kontor_testkit::HttpShop;

use crate::office::Bureau;

/// The amount to give back is what the order cost, and the shop says beforehand what that means.
const SAID: &str = r#"
[resources.orders.actions.cancel]
preview = { operation = "cancel-preview", show = { amount = {} } }
inputs = { reason = { default = "customer" }, "refund.amount" = { from = "total" } }
"#;

async fn bureau(shop: &HttpShop, said: &str) -> Bureau {
    let url = shop.url().replacen("http://", "http://:s3cret@", 1);
    Bureau::saying(&[("shop", &url, said)]).await
}

fn orders() -> ResourceName {
    ResourceName::new("orders")
}

fn key(id: i64) -> RecordKey {
    RecordKey::Values(vec![Value::Int(id)])
}

fn cancel(input: &[(&str, Input)]) -> ActionRequest {
    let input = input.iter().map(|(name, input)| ((*name).to_owned(), input.clone())).collect();
    ActionRequest { action: "cancel".into(), keys: vec![key(3)], input }
}

/// The body of the last request to an address.
fn sent(shop: &HttpShop, what: &str) -> String {
    let inside = shop.inside();
    let asked = inside.asked.iter().rev().find(|asked| asked.what == what);
    asked.unwrap_or_else(|| panic!("{what} was not asked for")).body.clone()
}

#[tokio::test]
async fn what_is_left_out_of_an_action_comes_from_the_record() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, SAID).await;
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[])).unwrap();
    bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    let body = sent(&shop, "POST /orders/3/cancel");
    assert!(body.contains(r#""amount":300"#), "{body}");

    let said = Input::Text("12.50".into());
    let plan = ActionRequest { keys: vec![key(6)], ..cancel(&[("refund.amount", said)]) };
    let plan = bureau.office.plan_action(&editing, &orders(), &plan).unwrap();
    bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    let body = sent(&shop, "POST /orders/6/cancel");
    assert!(body.contains(r#""amount":12.50"#), "what is said counts: {body}");
}

#[tokio::test]
async fn a_preview_asks_the_backend_what_an_action_would_do_and_does_nothing() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, SAID).await;
    let editing = bureau.editing("shop");
    let foreseen = bureau.office.foresee(&editing, &orders(), &key(3), &cancel(&[])).await.unwrap();
    assert_eq!(foreseen.told, [("amount".to_owned(), Some("300".to_owned()))]);
    assert_eq!(shop.order(3)["status"], "open");
    assert!(sent(&shop, "POST /orders/3/cancel/preview").contains(r#""amount":300"#));
    let nothing = bureau.office.timeline(&bureau.reading("shop"), &orders(), "3", None, 9).await;
    assert!(nothing.unwrap().is_empty(), "what is only asked stands in no audit");
    let unforeseen = ActionRequest { action: "cancel-preview".into(), ..cancel(&[]) };
    let refused = bureau.office.foresee(&editing, &orders(), &key(3), &unforeseen).await;
    assert!(matches!(refused, Err(OfficeError::Unknown { .. })));
}

#[tokio::test]
async fn what_a_manifest_says_wrongly_of_actions_is_told_with_its_place() {
    let shop = HttpShop::with(1).await;
    let said = r#"
[resources.orders.actions]
cancel = { key = "c", preview = "cancel-previeuw", inputs = { reason = { default = "whim" }, amount = {}, "refund.amount" = { from = "totale" } } }
ship = { key = "c" }
"#;
    let bureau = bureau(&shop, said).await;
    let catalog = bureau.reading("shop").backend.catalog().unwrap();
    let manifest = bureau.reading("shop").backend.manifest().clone();
    let problems = manifest.check_against(&catalog.schema);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for wanted in [
        "has no operation “cancel-previeuw”",
        "“cancel” takes no “amount”",
        "no field “totale”",
        "cannot hold this",
        "has no operation “ship”",
        "“c” is the key of “cancel” already",
    ] {
        assert!(told.iter().any(|told| told.contains(wanted)), "{wanted}: {told:#?}");
    }
}
