//! The queue of long work.

use kontor_store::jobs::{self, Job, NewJob, State};
use kontor_store::{Store, StoreError};
use tokio::task::JoinSet;

use crate::bed::{Bed, json};

fn job(id: &str, run_at: i64) -> NewJob {
    NewJob {
        id: id.to_owned(),
        kind: "export".to_owned(),
        payload: json(r#"{"view":"v1"}"#),
        requested_by: Some("anna".to_owned()),
        created: 1,
        run_at,
        max_attempts: 2,
    }
}

async fn with_jobs(bed: &Bed, jobs: &[NewJob]) -> Store {
    let store = bed.open().await;
    for job in jobs {
        store.transaction(async |mut tx| jobs::enqueue(&mut tx, job).await).await.unwrap();
    }
    store
}

async fn claim(store: &Store, worker: &str, now: i64) -> Option<Job> {
    store
        .transaction(async |mut tx| jobs::claim(&mut tx, worker, now, now + 100).await)
        .await
        .unwrap()
}

async fn state(store: &Store, id: &str) -> Job {
    jobs::get(&mut store.read(), id).await.unwrap().unwrap()
}

pub(crate) async fn a_job_enqueued_in_a_failed_transaction_does_not_exist(bed: Bed) {
    let store = bed.open().await;
    let failed = store.transaction(async |mut tx| {
        jobs::enqueue(&mut tx, &job("j1", 0)).await?;
        Err::<(), _>(StoreError::Closed)
    });
    assert!(failed.await.is_err());
    assert_eq!(jobs::get(&mut store.read(), "j1").await.unwrap(), None);
    assert!(!jobs::is_due(&mut store.read(), 10).await.unwrap());
}

pub(crate) async fn jobs_are_claimed_in_order_and_not_before_their_time(bed: Bed) {
    let store = with_jobs(&bed, &[job("late", 50), job("b", 10), job("a", 10)]).await;
    assert!(!jobs::is_due(&mut store.read(), 9).await.unwrap());
    assert!(jobs::is_due(&mut store.read(), 10).await.unwrap());
    let mut claimed = Vec::new();
    for now in [9, 10, 10, 10, 49, 50] {
        claimed.push(claim(&store, "w", now).await.map(|job| job.order.id));
    }
    let some = |id: &str| Some(id.to_owned());
    assert_eq!(claimed, [None, some("a"), some("b"), None, None, some("late")]);
    let listed = jobs::of_user(&mut store.read(), "anna", 10).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|job| job.state == State::Running && job.attempts == 1));
}

pub(crate) async fn two_workers_never_claim_the_same_job(bed: Bed) {
    let wanted: Vec<_> = (0..40).map(|n| job(&format!("j{n:02}"), 0)).collect();
    let store = with_jobs(&bed, &wanted).await;
    let second = bed.open().await;
    let mut workers = JoinSet::new();
    for (worker, store) in [("a", &store), ("b", &second), ("c", &store), ("d", &second)] {
        let store = store.clone();
        workers.spawn(async move {
            let mut mine = Vec::new();
            while let Some(job) = claim(&store, worker, 10).await {
                mine.push(job.order.id);
            }
            mine
        });
    }
    let mut claimed = workers.join_all().await.concat();
    claimed.sort();
    let expected: Vec<_> = wanted.into_iter().map(|job| job.id).collect();
    assert_eq!(claimed, expected);
}

pub(crate) async fn a_job_whose_worker_fell_silent_is_claimed_again_then_given_up(bed: Bed) {
    let store = with_jobs(&bed, &[job("j", 0)]).await;
    assert_eq!(claim(&store, "a", 10).await.unwrap().claimed_until, Some(110));
    assert_eq!(claim(&store, "b", 109).await, None);
    let beat = store.transaction(async |mut tx| {
        jobs::heartbeat(&mut tx, "j", "a", 200, Some(&json(r#"{"rows":5}"#))).await
    });
    beat.await.unwrap();
    assert_eq!(claim(&store, "b", 110).await, None, "it said that it is alive");
    let again = claim(&store, "b", 200).await.unwrap();
    assert_eq!((again.attempts, again.progress), (2, Some(json(r#"{"rows":5}"#))));
    assert!(jobs::is_due(&mut store.read(), 300).await.unwrap());
    assert_eq!(claim(&store, "c", 300).await, None, "that was the last attempt");
    let end = state(&store, "j").await;
    assert_eq!((end.state, end.finished), (State::Failed, Some(300)));
    assert_eq!(end.last_error.as_deref(), Some("the worker fell silent"));
    assert!(!jobs::is_due(&mut store.read(), 1000).await.unwrap());
}

pub(crate) async fn a_worker_that_lost_its_claim_can_write_nothing(bed: Bed) {
    let store = with_jobs(&bed, &[job("j", 0)]).await;
    claim(&store, "a", 10).await.unwrap();
    claim(&store, "b", 200).await.unwrap();
    let tried = [
        store.transaction(async |mut tx| jobs::heartbeat(&mut tx, "j", "a", 900, None).await).await,
        store.transaction(async |mut tx| jobs::finish(&mut tx, "j", "a", None, 210).await).await,
        store.transaction(async |mut tx| jobs::fail(&mut tx, "j", "a", "no", 210).await).await,
        store
            .transaction(async |mut tx| jobs::retry(&mut tx, "j", "a", "no", 210).await.map(drop))
            .await,
    ];
    for refused in tried {
        assert!(matches!(refused, Err(StoreError::LostClaim { .. })), "{refused:?}");
    }
    let held = state(&store, "j").await;
    assert_eq!((held.claimed_by.as_deref(), held.claimed_until), (Some("b"), Some(300)));
}

pub(crate) async fn a_retry_is_put_off_longer_each_time_until_it_is_given_up(bed: Bed) {
    let patient = NewJob { max_attempts: 3, ..job("j", 0) };
    let store = with_jobs(&bed, &[patient]).await;
    let mut now = 10;
    let mut waits = Vec::new();
    loop {
        claim(&store, "w", now).await.unwrap();
        let stands = store
            .transaction(async |mut tx| {
                jobs::retry(&mut tx, "j", "w", "backend is down", now).await
            })
            .await
            .unwrap();
        if stands == State::Failed {
            break;
        }
        let run_at = state(&store, "j").await.order.run_at;
        assert_eq!(claim(&store, "w", run_at - 1).await, None);
        waits.push(run_at - now);
        now = run_at;
    }
    assert_eq!(waits, [1_000_000, 2_000_000]);
    let end = state(&store, "j").await;
    assert_eq!((end.attempts, end.last_error.as_deref()), (3, Some("backend is down")));
    assert_eq!(jobs::backoff(60), 3_600_000_000, "an hour at most");
}

pub(crate) async fn a_cancelled_job_is_noticed_at_the_next_heartbeat(bed: Bed) {
    let store = with_jobs(&bed, &[job("j", 0)]).await;
    claim(&store, "a", 10).await.unwrap();
    let cancel = async || {
        store.transaction(async |mut tx| jobs::cancel(&mut tx, "j", 20).await).await.unwrap()
    };
    assert!(cancel().await);
    assert!(!cancel().await);
    let beat =
        store.transaction(async |mut tx| jobs::heartbeat(&mut tx, "j", "a", 900, None).await).await;
    assert!(matches!(beat, Err(StoreError::LostClaim { .. })), "{beat:?}");
    assert_eq!(claim(&store, "b", 1000).await, None);
    let cancelled = jobs::in_state(&mut store.read(), State::Cancelled, 10).await.unwrap();
    assert_eq!(cancelled.len(), 1);
}

pub(crate) async fn finished_jobs_keep_their_result_until_purged(bed: Bed) {
    let store = with_jobs(&bed, &[job("j", 0), job("waiting", 5000)]).await;
    claim(&store, "a", 10).await.unwrap();
    let result = json(r#"{"file":"x.csv"}"#);
    let done =
        store.transaction(async |mut tx| jobs::finish(&mut tx, "j", "a", Some(&result), 20).await);
    done.await.unwrap();
    let end = state(&store, "j").await;
    assert_eq!((end.state, end.result, end.claimed_by), (State::Done, Some(result), None));
    let purge =
        async |before| store.transaction(async |mut tx| jobs::purge(&mut tx, before).await).await;
    assert_eq!(purge(20).await.unwrap(), 0);
    assert_eq!(purge(21).await.unwrap(), 1);
    assert_eq!(state(&store, "waiting").await.state, State::Waiting);
}
