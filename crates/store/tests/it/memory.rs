//! Verdicts, snapshots, settings.

use kontor_store::snapshots::{self, Snapshot};
use kontor_store::verdicts::{self, Decision, Verdict};
use kontor_store::{StoreError, settings};

use crate::bed::{Bed, json};

pub(crate) async fn a_decision_replaces_the_one_before_it_and_can_be_forgotten(bed: Bed) {
    let store = bed.open().await;
    let first = Decision {
        backend: "shop".to_owned(),
        kind: "link".to_owned(),
        subject: "orders.customers_id -> customers".to_owned(),
        verdict: Verdict::Rejected,
        who: "Anna".to_owned(),
        at: 10,
    };
    let second =
        Decision { verdict: Verdict::Accepted, who: "Bert".to_owned(), at: 20, ..first.clone() };
    for decision in [&first, &second] {
        store
            .transaction(async |mut tx| verdicts::remember(&mut tx, decision).await)
            .await
            .unwrap();
    }
    assert_eq!(verdicts::of_backend(&mut store.read(), "shop").await.unwrap(), [second]);
    assert_eq!(verdicts::of_backend(&mut store.read(), "other").await.unwrap(), []);
    let forget = async || {
        let done = store.transaction(async |mut tx| {
            verdicts::forget(&mut tx, "shop", "link", &first.subject).await
        });
        done.await.unwrap()
    };
    assert!(forget().await);
    assert!(!forget().await);
}

pub(crate) async fn a_snapshot_is_appended_only_where_the_schema_changed(bed: Bed) {
    let store = bed.open().await;
    let append = async |backend: &str, taken_at, fingerprint: &str| {
        let snapshot = Snapshot {
            backend: backend.to_owned(),
            taken_at,
            fingerprint: fingerprint.to_owned(),
            body: json(r#"{"resources":[]}"#),
        };
        store.transaction(async |mut tx| snapshots::append(&mut tx, &snapshot).await).await.unwrap()
    };
    let appended = [
        append("shop", 10, "a").await,
        append("shop", 20, "a").await,
        append("shop", 30, "b").await,
        append("other", 35, "b").await,
        append("shop", 40, "a").await,
    ];
    assert_eq!(appended, [true, false, true, true, true]);
    let found = snapshots::latest(&mut store.read(), "shop", 2).await.unwrap();
    let found: Vec<_> = found.iter().map(|one| (one.taken_at, one.fingerprint.as_str())).collect();
    assert_eq!(found, [(40, "a"), (30, "b")]);
    assert_eq!(snapshots::latest(&mut store.read(), "shop", 9).await.unwrap().len(), 3);
}

pub(crate) async fn a_setting_keeps_every_digit(bed: Bed) {
    let store = bed.open().await;
    let exact = json(r#"{"limit": 12345678901234567890.123456789012345678901234567890}"#);
    for value in [&json("null"), &exact] {
        store
            .transaction(async |mut tx| settings::set(&mut tx, "k", value, 1).await)
            .await
            .unwrap();
    }
    assert_eq!(settings::get(&mut store.read(), "k").await.unwrap(), Some(exact.clone()));
    assert_eq!(settings::all(&mut store.read()).await.unwrap(), [("k".to_owned(), exact)]);
    let unset = store.transaction(async |mut tx| settings::unset(&mut tx, "k").await).await;
    assert!(unset.unwrap());
    assert_eq!(settings::get(&mut store.read(), "k").await.unwrap(), None);
    let broken = kontor_store::Json::parse("{oops");
    assert!(matches!(broken, Err(StoreError::Invalid { what: "JSON", .. })), "{broken:?}");
}
