//! Imports into a service: one record after another, as far as it offers it.

use kontor_office::{ImportMode, ReadOnlyReason, RowProblem};
use kontor_testkit::HttpShop;

use super::{Desk, check, counts, refusals};
use crate::office::Bureau;

async fn desk(shop: &HttpShop) -> Desk {
    let url = shop.url().replacen("http://", "http://:s3cret@", 1);
    Desk::of(Bureau::over(&[("shop", &url)]).await, "orders")
}

#[tokio::test]
async fn orders_of_a_service_are_changed_and_made() {
    let shop = HttpShop::with(6).await;
    let desk = desk(&shop).await;
    let number = shop.order(2)["number"].as_str().unwrap().to_owned();
    let file = format!(
        "{{\"id\": 1, \"note\": \"rings twice\"}}\n{{\"id\": 2, \"number\": \"{number}\"}}\n{{\"id\": 99, \"note\": \"x\"}}\n"
    );
    let import = desk.send(file).await.unwrap();
    assert_eq!(import.mapping.mode, ImportMode::Both);
    let found = check(&import);
    assert_eq!(counts(&found), (0, 1, 1, 1), "{:?}", refusals(&found));
    assert_eq!(found.refused[0].problems, [RowProblem::NotFound]);
    let before = shop.inside().asked.len();
    let applied = desk.apply(&import.id).await;
    assert_eq!((applied.written, applied.failed.len()), (1, 0), "{applied:?}");
    assert_eq!(shop.order(1)["note"], "rings twice");
    let written = shop.inside().asked[before..]
        .iter()
        .filter(|asked| asked.what.starts_with("PATCH"))
        .count();
    assert_eq!(written, 1);
    desk.undo(&applied.operation.unwrap()).await;
    assert_ne!(shop.order(1)["note"], "rings twice");
}

#[tokio::test]
async fn what_a_service_does_not_take_is_refused_before_it_is_sent() {
    let shop = HttpShop::with(3).await;
    let desk = desk(&shop).await;
    let import = desk.send("id,number\n1,other\n").await.unwrap();
    let found = check(&import);
    assert_eq!(counts(&found), (0, 0, 0, 1), "{:?}", found.first_changed);
    let [RowProblem::Field(problem)] = found.refused[0].problems.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(problem.problem, kontor_office::Problem::ReadOnly(ReadOnlyReason::NotOffered));
    assert!(!shop.inside().asked.iter().any(|asked| asked.what.starts_with("PATCH")));
}

#[tokio::test]
async fn looking_at_the_rows_of_a_service_can_be_ended() {
    let shop = HttpShop::with(3).await;
    let desk = desk(&shop).await;
    let lines: String =
        (1..=2_000).map(|n| format!("{{\"id\": {n}, \"note\": \"x\"}}\n")).collect();
    let (office, permit) = (&desk.bureau.office, desk.bureau.editing("shop"));
    let id = office.import_begin(&permit, &desk.resource, ("file", lines.into())).await.unwrap();
    office.import_stop(&permit, &desk.resource, &id).unwrap();
    let stage = desk.settled(&id).await.unwrap().stage;
    assert!(matches!(stage, kontor_office::ImportStage::Ended(None)), "{stage:?}");
    assert!(office.import_apply(&permit, &desk.resource, &id, None).is_err(), "nothing was shown");
}
