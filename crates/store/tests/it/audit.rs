//! Appending to the audit and reading it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use kontor_store::audit::{Entry, Filter, NewEntry, OpenChange, OpenedChange};
use kontor_store::{Store, StoreError, settings};
use tokio::task::JoinSet;

use crate::bed::{Bed, json, key};

pub(crate) fn entry(operation: &str, at: i64) -> NewEntry {
    NewEntry {
        at,
        operation: operation.to_owned(),
        kind: "change.intent".to_owned(),
        actor_id: Some("anna".to_owned()),
        actor_name: "Anna Ärmel".to_owned(),
        backend: Some("orders".to_owned()),
        resource: Some("order line".to_owned()),
        record_key: Some("4711/2".to_owned()),
        body: json(r#"{"before":{"price":"12.50"},"after":{"price":"13.00"}}"#),
    }
}

pub(crate) async fn append(store: &Store, entry: NewEntry) -> Entry {
    store.audit().append(vec![entry], OpenChange::None).await.unwrap().remove(0)
}

/// A store with entries 1 to `count` of operations `op1`… at 10, 20, ….
pub(crate) async fn with_entries(bed: &Bed, count: i64) -> Store {
    let store = bed.open().await;
    for n in 1..=count {
        append(&store, entry(&format!("op{n}"), n * 10)).await;
    }
    store
}

pub(crate) async fn assert_intact(store: &Store, entries: u64) {
    let found = store.audit().verify().await.unwrap();
    assert!(found.is_intact(), "{found:?}");
    assert_eq!(found.entries, entries);
}

fn seqs(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.seq).collect()
}

pub(crate) async fn entries_get_numbers_without_gaps_and_a_chain_that_verifies(bed: Bed) {
    let store = bed.open().await;
    assert_intact(&store, 0).await;
    let bare = NewEntry {
        actor_id: None,
        backend: None,
        resource: None,
        record_key: Some(String::new()),
        actor_name: String::new(),
        ..entry("op1", i64::MIN)
    };
    let many: Vec<_> = (0..70).map(|n| entry("op2", n)).collect();
    let first = append(&store, bare.clone()).await;
    let more = store.audit().append(many, OpenChange::None).await.unwrap();
    assert_eq!((first.seq, &first.content), (1, &bare));
    assert_eq!(seqs(&more), (2..=71).collect::<Vec<_>>());
    assert_eq!(more[0].prev_hash, first.hash);
    assert_eq!(store.audit().by_operation("op1").await.unwrap(), [first]);
    assert_eq!(store.audit().by_operation("op2").await.unwrap(), more);
    let head = store.audit().head().await.unwrap().unwrap();
    assert_eq!((head.seq, &head.hash), (71, &more[69].hash));
    assert_intact(&store, 71).await;
    assert!(store.audit().append(Vec::new(), OpenChange::None).await.unwrap().is_empty());
    store.close().await;
    assert_intact(&bed.open().await, 71).await;
}

pub(crate) async fn a_timeline_is_newest_first_and_goes_on_below_a_number(bed: Bed) {
    let store = with_entries(&bed, 5).await;
    for other in [
        NewEntry { backend: Some("stock".to_owned()), ..entry("x", 1) },
        NewEntry { resource: Some("order".to_owned()), ..entry("x", 1) },
        NewEntry { record_key: Some("4711".to_owned()), ..entry("x", 1) },
        NewEntry { record_key: None, ..entry("x", 1) },
    ] {
        append(&store, other).await;
    }
    let page = async |before| {
        let audit = store.audit();
        seqs(&audit.timeline("orders", "order line", "4711/2", before, 2).await.unwrap())
    };
    assert_eq!(page(None).await, [5, 4]);
    assert_eq!(page(Some(4)).await, [3, 2]);
    assert_eq!(page(Some(2)).await, [1]);
}

pub(crate) async fn a_filter_lets_through_what_it_names_and_nothing_else(bed: Bed) {
    let store = with_entries(&bed, 5).await;
    append(&store, NewEntry { actor_id: None, ..entry("x", 60) }).await;
    append(&store, NewEntry { actor_id: Some("bert".to_owned()), ..entry("x", 70) }).await;
    append(&store, NewEntry { backend: None, ..entry("x", 80) }).await;
    append(&store, NewEntry { kind: "session.signed-in".to_owned(), ..entry("x", 90) }).await;
    let found = async |filter: Filter, before| {
        seqs(&store.audit().entries(&filter, before, 3).await.unwrap())
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(found(Filter::default(), None).await, [9, 8, 7]);
    assert_eq!(found(Filter::default(), Some(3)).await, [2, 1]);
    assert_eq!(found(Filter { actor_id: text("bert"), ..Filter::default() }, None).await, [7]);
    assert_eq!(
        found(Filter { backend: text("orders"), ..Filter::default() }, None).await,
        [9, 7, 6]
    );
    assert_eq!(
        found(Filter { kind: text("session.signed-in"), ..Filter::default() }, None).await,
        [9]
    );
    let time = Filter { from: Some(20), until: Some(40), ..Filter::default() };
    assert_eq!(found(time.clone(), None).await, [3, 2]);
    let all = Filter {
        actor_id: text("anna"),
        backend: text("orders"),
        kind: text("change.intent"),
        ..time
    };
    assert_eq!(found(all, Some(3)).await, [2]);
}

fn opened(operation: &str, at: i64) -> OpenedChange {
    OpenedChange {
        operation: operation.to_owned(),
        at,
        backend: "orders".to_owned(),
        body: json(r#"{"key":"4711/2"}"#),
    }
}

pub(crate) async fn a_change_is_open_from_its_intent_to_its_outcome(bed: Bed) {
    let store = bed.open().await;
    for (operation, at) in [("late", 20), ("early", 10)] {
        let open = OpenChange::Open(opened(operation, at));
        store.audit().append(vec![entry(operation, at)], open).await.unwrap();
    }
    store.close().await;
    let store = bed.open().await;
    assert_eq!(
        store.audit().open_changes().await.unwrap(),
        [opened("early", 10), opened("late", 20)]
    );
    let outcome = NewEntry { kind: "change.outcome".to_owned(), ..entry("early", 30) };
    let close = OpenChange::Close("early".to_owned());
    store.audit().append(vec![outcome], close).await.unwrap();
    assert_eq!(store.audit().open_changes().await.unwrap(), [opened("late", 20)]);
    let told = store.audit().by_operation("early").await.unwrap();
    let kinds: Vec<_> = told.iter().map(|entry| entry.content.kind.as_str()).collect();
    assert_eq!(kinds, ["change.intent", "change.outcome"]);
}

pub(crate) async fn an_operation_is_not_opened_twice_nor_closed_twice(bed: Bed) {
    let store = bed.open().await;
    let append = async |change| store.audit().append(vec![entry("op", 1)], change).await;
    append(OpenChange::Open(opened("op", 1))).await.unwrap();
    let cause = |refused: Result<Vec<Entry>, StoreError>| match refused {
        Err(StoreError::NotAppended(cause)) => cause,
        other => panic!("{other:?}"),
    };
    let twice = cause(append(OpenChange::Open(opened("op", 1))).await);
    assert!(matches!(*twice, StoreError::Duplicate { .. }), "{twice:?}");
    append(OpenChange::Close("op".to_owned())).await.unwrap();
    let twice = cause(append(OpenChange::Close("op".to_owned())).await);
    assert!(matches!(*twice, StoreError::Missing { what: "open change", .. }), "{twice:?}");
    assert_intact(&store, 2).await;
}

pub(crate) async fn one_bad_request_does_not_harm_those_of_the_same_moment(bed: Bed) {
    let store = bed.open().await;
    let mut callers = JoinSet::new();
    for n in 0..40 {
        let store = store.clone();
        callers.spawn(async move {
            let change = match n % 4 {
                0 => OpenChange::Close("never opened".to_owned()),
                _ => OpenChange::Open(opened(&format!("op{n}"), n)),
            };
            (n % 4, store.audit().append(vec![entry("op", n)], change).await.is_ok())
        });
    }
    for (kind, written) in callers.join_all().await {
        assert_eq!(written, kind != 0);
    }
    assert_eq!(store.audit().open_changes().await.unwrap().len(), 30);
    assert_intact(&store, 30).await;
}

pub(crate) async fn a_text_with_nul_is_refused_before_it_reaches_the_database(bed: Bed) {
    let store = bed.open().await;
    let bad = NewEntry { record_key: Some("a\0b".to_owned()), ..entry("op", 1) };
    let refused = store.audit().append(vec![bad], OpenChange::None).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    assert_intact(&store, 0).await;
}

pub(crate) async fn two_stores_append_at_the_same_time_and_the_chain_is_one(bed: Bed) {
    let stores = [bed.open().await, bed.open().await];
    let mut callers = JoinSet::new();
    for caller in 0..8 {
        let store = stores[caller % 2].clone();
        callers.spawn(async move {
            for n in 0..50 {
                append(&store, entry(&format!("op{caller}"), n)).await;
            }
        });
    }
    callers.join_all().await;
    assert_intact(&stores[0], 400).await;
    for caller in 0..8 {
        let told = stores[1].audit().by_operation(&format!("op{caller}")).await.unwrap();
        let times: Vec<_> = told.iter().map(|entry| entry.content.at).collect();
        assert_eq!(times, (0..50).collect::<Vec<_>>(), "each caller's order is kept");
    }
}

pub(crate) async fn a_store_that_is_torn_down_while_appending_is_intact_when_opened_again(
    bed: Bed,
) {
    bed.open().await.close().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let (url, counter) = (bed.url(), Arc::clone(&acknowledged));
    // A runtime of its own, ended with all its tasks wherever they are, like a crash of it.
    let torn = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (enough, is_enough) = mpsc::channel();
        let store = runtime.block_on(Store::open(&url, key())).unwrap();
        for caller in 0..4 {
            let (store, counter, enough) = (store.clone(), Arc::clone(&counter), enough.clone());
            runtime.spawn(async move {
                for n in 0.. {
                    let operation = format!("op{caller}-{n}");
                    let open = OpenChange::Open(opened(&operation, n));
                    let entries = vec![entry(&operation, n), entry(&operation, n)];
                    if store.audit().append(entries, open).await.is_err() {
                        return;
                    }
                    if counter.fetch_add(1, Ordering::SeqCst) == 60 {
                        enough.send(()).expect("the test waits for it");
                    }
                }
            });
        }
        is_enough.recv().unwrap();
        runtime.shutdown_background();
    });
    torn.await.unwrap();
    let acknowledged = acknowledged.load(Ordering::SeqCst);
    let store = bed.open().await;
    append(&store, entry("after", 1)).await;
    let found = store.audit().verify().await.unwrap();
    assert!(found.is_intact(), "{found:?}");
    let open = store.audit().open_changes().await.unwrap();
    assert!(open.len() >= acknowledged, "{} of {acknowledged}", open.len());
    assert_eq!(found.entries, 2 * open.len() as u64 + 1, "entries and open changes are one");
}

pub(crate) async fn verifying_goes_on_while_others_append(bed: Bed) {
    let store = with_entries(&bed, 20).await;
    let appending = store.clone();
    let appender = tokio::spawn(async move {
        for n in 0..100 {
            append(&appending, entry("more", n)).await;
        }
    });
    while !appender.is_finished() {
        let found = store.audit().verify().await.unwrap();
        assert!(found.is_intact() && found.entries >= 20, "{found:?}");
    }
    appender.await.unwrap();
    assert_intact(&store, 120).await;
}

pub(crate) async fn an_entry_appended_in_a_transaction_shares_its_fate(bed: Bed) {
    let store = with_entries(&bed, 1).await;
    let change = async |key: &str, fails: bool| {
        let work = store.transaction(async |mut tx| {
            settings::set(&mut tx, key, &json("1"), 1).await?;
            let entries = vec![entry(key, 1)];
            let audit = store.audit();
            let written = audit.append_in(&mut tx, entries, OpenChange::None).await?;
            assert_eq!(seqs(&written), [2]);
            if fails { Err(StoreError::Closed) } else { Ok(()) }
        });
        work.await
    };
    assert!(change("fails", true).await.is_err());
    assert_intact(&store, 1).await;
    change("holds", false).await.unwrap();
    assert_intact(&store, 2).await;
    assert_eq!(append(&store, entry("next", 1)).await.seq, 3);
    let kept = settings::all(&mut store.read()).await.unwrap();
    assert_eq!(kept, [("holds".to_owned(), json("1"))]);
}

pub(crate) async fn an_entry_that_fails_in_a_transaction_takes_it_down_even_if_ignored(bed: Bed) {
    let store = with_entries(&bed, 1).await;
    let change = async |ignores: bool| {
        let work = store.transaction(async |mut tx| {
            settings::set(&mut tx, "a", &json("1"), 1).await?;
            let close = OpenChange::Close("never opened".to_owned());
            let entries = vec![entry("op", 1)];
            let failed = store.audit().append_in(&mut tx, entries, close).await;
            if ignores { Ok(()) } else { failed.map(drop) }
        });
        work.await
    };
    let told = change(false).await;
    assert!(matches!(told, Err(StoreError::Missing { what: "open change", .. })), "{told:?}");
    let told = change(true).await;
    assert!(matches!(told, Err(StoreError::Ended)), "{told:?}");
    assert_eq!(settings::all(&mut store.read()).await.unwrap(), []);
    append(&store, entry("next", 1)).await;
    assert_intact(&store, 2).await;
}

pub(crate) async fn a_closed_store_records_nothing_and_says_so(bed: Bed) {
    let store = with_entries(&bed, 1).await;
    store.close().await;
    let refused = store.audit().append(vec![entry("op", 1)], OpenChange::None).await;
    assert!(matches!(refused, Err(StoreError::NotAppended(_))), "{refused:?}");
    assert_intact(&bed.open().await, 1).await;
}
