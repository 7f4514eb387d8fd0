//! Actions: what they take from the record, what their backend foresees, what a manifest may say.

use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{
    ActionRequest, BulkPreview, BulkProgress, BulkSelection, Input, ItemState, NotUndoable,
    OfficeError, Problem, Stop, Surprise,
};
use kontor_testkit::{HttpShop, eventually};

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
    ActionRequest { action: "cancel".into(), keys: vec![key(3)], input, of_many: false }
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
cancel = { key = "c", when = "statuss = open", one_of = ["resaon"], preview = "cancel-previeuw", inputs = { reason = { default = "whim" }, amount = {}, "refund.amount" = { from = "totale" } } }
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
        "no field “statuss”",
        "it takes no “resaon”",
        "no field “totale”",
        "cannot hold this",
        "has no operation “ship”",
        "“c” is the key of “cancel” already",
    ] {
        assert!(told.iter().any(|told| told.contains(wanted)), "{wanted}: {told:#?}");
    }
}

async fn previewed(bureau: &Bureau, ids: &[i64]) -> BulkPreview {
    let keys = BulkSelection::Keys(ids.iter().map(|&id| key(id)).collect());
    let editing = bureau.editing("shop");
    bureau.office.bulk_preview_action(&editing, &orders(), &keys, "cancel").await.unwrap()
}

async fn ended(bureau: &Bureau, id: &str) -> BulkProgress {
    let editing = bureau.editing("shop");
    let progress = || bureau.office.bulk_progress(&editing, &orders(), id).unwrap();
    eventually("the action has ended", async || progress().is_done).await;
    progress()
}

#[tokio::test]
async fn an_action_with_many_records_leaves_out_those_that_do_not_allow_it() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, SAID).await;
    let editing = bureau.editing("shop");
    let preview = previewed(&bureau, &[1, 2, 3, 4, 6, 99]).await;
    assert_eq!((preview.records, preview.gone.as_slice()), (3, [key(99)].as_slice()));
    let reason = "it has left the house".to_owned();
    assert_eq!(preview.refused, [(key(1), reason.clone()), (key(4), reason)]);
    let early = bureau.office.bulk_apply(&editing, &preview.id, None);
    assert!(matches!(early, Err(OfficeError::Parameter { .. })), "nobody said what it is given");

    let wrong = [("reason".to_owned(), Input::Text("whim".into()))];
    let wrong = bureau.office.bulk_give(&editing, &preview.id, &wrong);
    assert!(matches!(wrong, Err(OfficeError::Invalid(_))));
    let fraud = [("reason".to_owned(), Input::Text("fraud".into()))];
    bureau.office.bulk_give(&editing, &preview.id, &fraud).unwrap();
    bureau.office.bulk_apply(&editing, &preview.id, None).unwrap();
    let progress = ended(&bureau, &preview.id).await;
    assert_eq!((progress.written, progress.failed.len(), progress.failure), (3, 0, None));
    assert!(sent(&shop, "POST /orders/6/cancel").contains(r#""amount":600"#), "each its own");
    for id in ["2", "3", "6"] {
        let told = bureau.office.timeline(&bureau.reading("shop"), &orders(), id, None, 9).await;
        assert_eq!(told.unwrap().len(), 1, "each record has its own entry");
    }
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn an_action_with_many_records_can_be_stopped_and_goes_on_with_the_rest() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, SAID).await;
    let editing = bureau.editing("shop");
    let preview = previewed(&bureau, &[3, 6]).await;
    bureau.office.bulk_give(&editing, &preview.id, &[]).unwrap();
    bureau.office.bulk_apply(&editing, &preview.id, None).unwrap();
    // What was begun has a task of its own, which runs only when this one waits.
    bureau.office.bulk_stop(&editing, &orders(), &preview.id).unwrap();
    let progress = ended(&bureau, &preview.id).await;
    assert_eq!((progress.written, progress.stop), (0, Stop::Asked));
    let rest = bureau.office.bulk_retry(&editing, &orders(), &preview.id).await.unwrap();
    assert_eq!(rest.records, 2);
}

#[tokio::test]
async fn an_action_that_may_have_been_done_is_not_done_again_with_the_rest() {
    let shop = HttpShop::with(15).await;
    let bureau = bureau(&shop, SAID).await;
    let editing = bureau.editing("shop");
    let preview = previewed(&bureau, &[3, 6, 9, 12, 15]).await;
    bureau.office.bulk_give(&editing, &preview.id, &[]).unwrap();
    shop.inside().loses_answers = true;
    bureau.office.bulk_apply(&editing, &preview.id, None).unwrap();
    let progress = ended(&bureau, &preview.id).await;
    let lost = progress.failed.iter().filter(|(_, state)| *state == ItemState::Unknown);
    assert_eq!((progress.written, lost.count()), (0, 3), "it does not go on against a wall");
    assert!(progress.failure.is_some());
    shop.inside().loses_answers = false;
    let rest = bureau.office.bulk_retry(&editing, &orders(), &preview.id).await.unwrap();
    assert_eq!(rest.records, 2);
}

/// What cancels an order is taken back by opening it again, an update of its status.
const UNDOABLE: &str = r#"
[resources.orders.actions]
cancel = { undo = "reopen", expects = ["status"], inputs = { reason = { default = "customer" } } }
reopen = { set = { status = "open" } }
"#;

#[tokio::test]
async fn an_action_is_taken_back_by_the_one_that_its_manifest_names() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, UNDOABLE).await;
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[])).unwrap();
    let acted = bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    assert_eq!((shop.order(3)["status"].as_str(), &acted.surprise), (Some("cancelled"), &None));
    let permit = bureau.reading("shop");
    let told = bureau.office.timeline(&permit, &orders(), "3", None, 9).await.unwrap();
    assert_eq!(told[0].undo_locked, None);

    bureau.office.undo(&bureau.actor, &acted.operation).await.unwrap();
    assert_eq!(shop.order(3)["status"], "open");
    let told = bureau.office.timeline(&permit, &orders(), "3", None, 9).await.unwrap();
    assert_eq!(told[0].undo_of.as_deref(), Some(acted.operation.as_str()));
    assert_eq!(told[1].undo_locked, Some(NotUndoable::AlreadyUndone));
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn an_action_that_changes_something_else_than_expected_says_so() {
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, &UNDOABLE.replace("[\"status\"]", "[\"total\"]")).await;
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[])).unwrap();
    let acted = bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    assert_eq!(acted.changed, ["status"]);
    assert_eq!(acted.surprise, Some(Surprise::Nothing));
}

#[tokio::test]
async fn an_object_that_may_be_left_out_is_not_sent_for_the_sake_of_a_default_in_it() {
    let shop = HttpShop::with(3).await;
    let bureau = bureau(&shop, UNDOABLE).await;
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[])).unwrap();
    bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    assert_eq!(sent(&shop, "POST /orders/3/cancel"), r#"{"reason":"customer"}"#);
}

#[tokio::test]
async fn what_an_action_would_do_is_foreseen_for_the_first_records_of_a_selection() {
    let shop = HttpShop::with(30).await;
    let bureau = bureau(&shop, SAID).await;
    let editing = bureau.editing("shop");
    let preview = previewed(&bureau, &(1..=30).collect::<Vec<_>>()).await;
    let foreseen = bureau.office.bulk_foresee(&editing, &preview.id, &[]).await.unwrap();
    assert_eq!((foreseen.records.len(), foreseen.more), (10, preview.records - 10));
    for (key, told) in &foreseen.records {
        let told = told.as_ref().expect("in time").as_ref().expect("an answer");
        let id: i64 = key.to_text().parse().unwrap();
        assert_eq!(told.told, [("amount".to_owned(), Some((id * 100).to_string()))]);
    }
    assert_eq!(shop.order(3)["status"], "open", "nothing is done");
}

#[tokio::test]
async fn of_inputs_of_which_one_is_needed_exactly_one_is_taken() {
    let said = r#"
[resources.orders.actions.cancel]
one_of = ["reason", "refund.amount"]
"#;
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, said).await;
    let editing = bureau.editing("shop");
    let reason = ("reason", Input::Text("customer".into()));
    let amount = ("refund.amount", Input::Text("1".into()));
    let plan = |input: &[(&str, Input)]| {
        bureau.office.plan_action(&editing, &orders(), &cancel(input)).map(drop)
    };
    let both = plan(&[reason.clone(), amount.clone()]);
    let Err(OfficeError::Invalid(problems)) = both else { panic!("{both:?}") };
    assert!(matches!(&problems[0].problem, Problem::OneOf(titles) if titles.len() == 2));
    plan(&[reason]).unwrap();
    assert_eq!(shop.order(3)["status"], "open", "nothing was sent to be refused there");
}

#[tokio::test]
async fn a_default_is_said_in_the_language_of_the_person() {
    let said = r#"
[resources.orders.actions.cancel.inputs]
reason = { default = "customer" }
"refund.note" = { default = { de = "Auf Wunsch", en = "As wished" } }
"#;
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, said).await;
    let editing = bureau.editing("shop");
    let plan = bureau.office.plan_action(&editing, &orders(), &cancel(&[])).unwrap();
    bureau.office.act(&bureau.actor, &editing, plan).await.unwrap();
    let body = sent(&shop, "POST /orders/3/cancel");
    let wanted = if bureau.actor.user.language == "de" { "Auf Wunsch" } else { "As wished" };
    assert!(body.contains(wanted), "{body}");
}

#[tokio::test]
async fn an_action_is_offered_where_its_condition_holds_whatever_its_backend_can_be_asked() {
    // The service filters by nothing of the kind; the record itself says it.
    let said = "[resources.orders.actions.cancel]\nwhen = \"total > 300\"\n";
    let shop = HttpShop::with(6).await;
    let bureau = bureau(&shop, said).await;
    let reading = bureau.reading("shop");
    let offers = async |id: i64| {
        let shown = bureau.office.record(&reading, &orders(), &key(id)).await.unwrap();
        let face = shown.face();
        let offered = bureau.office.offered(&bureau.actor, &shown);
        offered.iter().any(|offered| face.actions[offered.action].name == "cancel")
    };
    assert!(!offers(3).await);
    assert!(offers(6).await);
}
