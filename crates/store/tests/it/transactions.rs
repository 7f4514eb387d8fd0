//! Opening, migrating, transactions, rows.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use kontor_store::{Param, Read, StoreError, settings};

use crate::bed::{Bed, json};

async fn count(db: &mut impl Read) -> usize {
    settings::all(db).await.unwrap().len()
}

pub(crate) async fn work_that_answers_ok_is_committed_and_work_that_fails_is_not(bed: Bed) {
    let store = bed.open().await;
    let failed = store.transaction(async |mut tx| {
        settings::set(&mut tx, "a", &json("1"), 1).await?;
        Err::<(), _>(StoreError::Closed)
    });
    assert!(matches!(failed.await, Err(StoreError::Closed)));
    assert_eq!(count(&mut store.read()).await, 0);
    store
        .transaction(async |mut tx| settings::set(&mut tx, "a", &json("1"), 1).await)
        .await
        .unwrap();
    assert_eq!(count(&mut store.read()).await, 1);
    store.close().await;
    assert_eq!(count(&mut bed.open().await.read()).await, 1);
}

pub(crate) async fn work_that_is_dropped_half_way_leaves_nothing_and_no_lock(bed: Bed) {
    let store = bed.open().await;
    for _ in 0..30 {
        let (written, has_written) = tokio::sync::oneshot::channel();
        let work = store.transaction(async |mut tx| {
            settings::set(&mut tx, "a", &json("1"), 1).await?;
            written.send(()).unwrap();
            std::future::pending::<Result<(), StoreError>>().await
        });
        tokio::select! {
            _ = work => unreachable!("it never ends"),
            told = has_written => told.unwrap(),
        }
    }
    // Also dropped before it has begun.
    for polls in 0..20 {
        let mut left = polls;
        let mut work = pin!(store.transaction(async |mut tx| {
            settings::set(&mut tx, "a", &json("1"), 1).await?;
            Err::<(), _>(StoreError::Closed)
        }));
        poll_fn(|context| {
            let over = work.as_mut().poll(context).is_ready() || left == 0;
            left -= i32::from(!over);
            if over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    assert_eq!(count(&mut store.read()).await, 0);
    store
        .transaction(async |mut tx| settings::set(&mut tx, "b", &json("1"), 1).await)
        .await
        .unwrap();
    assert_eq!(count(&mut store.read()).await, 1);
}

pub(crate) async fn a_transaction_reads_its_own_writes_and_others_do_not(bed: Bed) {
    let store = bed.open().await;
    store
        .transaction(async |mut tx| {
            settings::set(&mut tx, "a", &json("1"), 1).await?;
            assert_eq!((count(&mut tx).await, count(&mut store.read()).await), (1, 0));
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

pub(crate) async fn a_transaction_can_be_awaited_in_a_spawned_task(bed: Bed) {
    let store = bed.open().await;
    let work = tokio::spawn(async move {
        let key = String::from("borrowed");
        let kept = store
            .transaction(async |mut tx| {
                settings::set(&mut tx, &key, &json("1"), 1).await?;
                settings::get(&mut tx, &key).await
            })
            .await?;
        Ok::<_, StoreError>(kept)
    });
    assert_eq!(work.await.unwrap().unwrap(), Some(json("1")));
}

pub(crate) async fn a_transaction_that_its_work_keeps_is_an_error_and_is_rolled_back(bed: Bed) {
    let store = bed.open().await;
    let mut kept = None;
    let answer = store.transaction(async |mut tx| {
        settings::set(&mut tx, "a", &json("1"), 1).await?;
        kept = Some(tx);
        Ok::<_, StoreError>(())
    });
    assert!(matches!(answer.await, Err(StoreError::Ended)));
    drop(kept);
    let after = store.transaction(async |mut tx| Ok::<_, StoreError>(count(&mut tx).await));
    assert_eq!(after.await.unwrap(), 0);
}

pub(crate) async fn work_that_panics_leaves_nothing_and_no_lock(bed: Bed) {
    let store = bed.open().await;
    let panicking = store.clone();
    let task = tokio::spawn(async move {
        let work = panicking.transaction(async |mut tx| {
            settings::set(&mut tx, "a", &json("1"), 1).await?;
            assert_eq!(count(&mut tx).await, 2, "this panic is wanted");
            Ok::<_, StoreError>(())
        });
        work.await
    });
    assert!(task.await.unwrap_err().is_panic());
    let after = store.transaction(async |mut tx| Ok::<_, StoreError>(count(&mut tx).await));
    assert_eq!(after.await.unwrap(), 0);
}

pub(crate) async fn a_row_that_cannot_be_read_names_table_and_column(bed: Bed) {
    let store = bed.open().await;
    store
        .transaction(async |mut tx| settings::set(&mut tx, "a", &json("1"), 1).await)
        .await
        .unwrap();
    bed.past_the_store("UPDATE kontor_setting SET value = '{oops'").await.unwrap();
    let told = settings::get(&mut store.read(), "a").await.unwrap_err().to_string();
    assert!(told.starts_with("kontor_setting.value: JSON cannot be stored: "), "{told}");
    let row = store
        .read()
        .row("SELECT key, updated FROM kontor_setting".into(), Vec::new())
        .await
        .unwrap();
    let row = row.unwrap();
    for wrong in [row.int("key").map(drop), row.text("updated").map(drop), row.text("no").map(drop)]
    {
        assert!(matches!(wrong, Err(StoreError::Column { .. })), "{wrong:?}");
    }
    let sql = "SELECT key FROM kontor_setting WHERE updated = $1 AND key = $2";
    let params = vec![Param::Int(None), Param::Text(None)];
    assert!(store.read().rows(sql.into(), params).await.unwrap().is_empty(), "nulls are typed");
}

pub(crate) async fn a_newer_store_is_refused(bed: Bed) {
    bed.open().await.close().await;
    let newer = "INSERT INTO kontor_migration (version, checksum) VALUES (3, 'x'), (4, 'y')";
    bed.past_the_store(newer).await.unwrap();
    let refused = bed.try_open().await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 4, known: 2 }), "{refused:?}");
    assert!(refused.to_string().contains("start the newer Kontor"), "{refused}");
}

pub(crate) async fn a_store_of_another_build_is_refused(bed: Bed) {
    bed.open().await.close().await;
    let edited = "UPDATE kontor_migration SET checksum = 'x' WHERE version = 2";
    bed.past_the_store(edited).await.unwrap();
    let refused = bed.try_open().await.unwrap_err();
    assert!(matches!(refused, StoreError::ForeignMigration { version: 2 }), "{refused:?}");
}

pub(crate) async fn opening_many_times_at_the_same_time_makes_one_store(bed: Bed) {
    let opened = futures_util::future::join_all((0..6).map(|_| bed.try_open())).await;
    for store in opened.into_iter().map(Result::unwrap) {
        store
            .transaction(async |mut tx| settings::set(&mut tx, "a", &json("1"), 1).await)
            .await
            .unwrap();
        assert!(store.audit().verify().await.unwrap().is_intact());
    }
}
