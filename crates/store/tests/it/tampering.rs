//! What somebody who can write the database, but has no key, does to the audit; and that it is
//! found.

use kontor_store::audit::{Finding, Head, OpenChange, Problem};
use kontor_store::{SealKey, Store, StoreError};
use sha2::{Digest, Sha256};

use crate::audit::{entry, with_entries};
use crate::bed::Bed;

/// Five entries, something done to them behind the store's back, and what verifying finds.
async fn after(bed: &Bed, script: &str) -> Vec<(i64, Problem)> {
    let store = with_entries(bed, 5).await;
    bed.disarm().await;
    bed.past_the_store(script).await.unwrap();
    findings(&store).await
}

async fn findings(store: &Store) -> Vec<(i64, Problem)> {
    let found = store.audit().verify().await.unwrap();
    assert_eq!(found.count, found.findings.len() as u64);
    assert!(found.findings.iter().all(|one| !one.to_string().is_empty()));
    found.findings.into_iter().map(|Finding { seq, problem }| (seq, problem)).collect()
}

/// The hash as documented, written down a second time, for a tamperer who knows it.
fn right_hash(seq: i64, operation: &str, at: i64, body: &str, prev_hash: &str) -> String {
    let new = entry(operation, at);
    let mut bytes = b"kontor-audit-1".to_vec();
    bytes.extend(seq.to_be_bytes());
    bytes.extend(at.to_be_bytes());
    let texts = [
        operation,
        &new.kind,
        "anna",
        &new.actor_name,
        "orders",
        "order line",
        "4711/2",
        body,
        prev_hash,
    ];
    for text in texts {
        bytes.push(1);
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) async fn the_database_itself_refuses_to_change_the_audit(bed: Bed) {
    let store = with_entries(&bed, 2).await;
    for script in ["UPDATE kontor_audit SET at = 0", "DELETE FROM kontor_audit WHERE seq = 2"] {
        let refused = bed.past_the_store(script).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    assert_eq!(findings(&store).await, []);
}

pub(crate) async fn an_altered_entry_is_found(bed: Bed) {
    let found = after(&bed, "UPDATE kontor_audit SET body = '{}' WHERE seq = 3").await;
    assert_eq!(found, [(3, Problem::Tampered)]);
}

pub(crate) async fn every_column_of_an_entry_is_protected(bed: Bed) {
    let store = with_entries(&bed, 3).await;
    bed.disarm().await;
    let texts =
        "operation kind actor_id actor_name backend resource record_key body prev_hash hash";
    for column in texts.split(' ') {
        for value in ["''", "'true'", "NULL"] {
            let alter = format!("UPDATE kontor_audit SET {column} = {value} WHERE seq = 2");
            let keep = "CREATE TABLE kept AS SELECT * FROM kontor_audit WHERE seq = 2";
            bed.past_the_store(keep).await.unwrap();
            let altered = bed.past_the_store(&alter).await;
            let found = findings(&store).await;
            if altered.is_ok() {
                assert!(found.iter().any(|(seq, _)| *seq == 2), "{alter}: {found:?}");
            }
            let back = "DELETE FROM kontor_audit WHERE seq = 2; \
                 INSERT INTO kontor_audit SELECT * FROM kept; DROP TABLE kept";
            bed.past_the_store(back).await.unwrap();
            assert_eq!(findings(&store).await, []);
        }
    }
    bed.past_the_store("UPDATE kontor_audit SET at = at + 1 WHERE seq = 2").await.unwrap();
    assert_eq!(findings(&store).await, [(2, Problem::Tampered)]);
}

pub(crate) async fn a_removed_entry_is_found(bed: Bed) {
    let found = after(&bed, "DELETE FROM kontor_audit WHERE seq IN (1, 3, 4)").await;
    assert_eq!(found, [(1, Problem::Missing { until: 1 }), (3, Problem::Missing { until: 4 })]);
}

pub(crate) async fn swapped_entries_are_found_with_their_former_numbers(bed: Bed) {
    let swap = "UPDATE kontor_audit SET seq = -1 WHERE seq = 2; \
         UPDATE kontor_audit SET seq = 2 WHERE seq = 4; \
         UPDATE kontor_audit SET seq = 4 WHERE seq = -1;";
    let found = after(&bed, swap).await;
    let moved = |was| Problem::Reordered { was };
    let expected =
        [(2, moved(4)), (3, Problem::BrokenChain), (4, moved(2)), (5, Problem::BrokenChain)];
    assert_eq!(found, expected);
}

pub(crate) async fn an_entry_rewritten_with_a_right_hash_breaks_the_chain(bed: Bed) {
    let store = with_entries(&bed, 5).await;
    let before = store.audit().by_operation("op2").await.unwrap().remove(0);
    let hash = right_hash(3, "op3", 30, "{}", &before.hash);
    bed.disarm().await;
    let forge = format!("UPDATE kontor_audit SET body = '{{}}', hash = '{hash}' WHERE seq = 3");
    bed.past_the_store(&forge).await.unwrap();
    assert_eq!(findings(&store).await, [(4, Problem::BrokenChain)]);
}

pub(crate) async fn a_whole_chain_rewritten_without_the_key_is_found_at_the_head(bed: Bed) {
    let store = with_entries(&bed, 5).await;
    let mut prev = store.audit().by_operation("op2").await.unwrap().remove(0).hash;
    bed.disarm().await;
    for seq in 3..=5 {
        let hash = right_hash(seq, &format!("op{seq}"), seq * 10, "{}", &prev);
        let forge = format!(
            "UPDATE kontor_audit SET body = '{{}}', prev_hash = '{prev}', hash = '{hash}' \
             WHERE seq = {seq}"
        );
        bed.past_the_store(&forge).await.unwrap();
        prev = hash;
    }
    assert_eq!(findings(&store).await, [(5, Problem::HeadMismatch)]);
    let head = format!("UPDATE kontor_audit_head SET hash = '{prev}'");
    bed.past_the_store(&head).await.unwrap();
    assert_eq!(findings(&store).await, [(5, Problem::WrongSeal)]);
}

pub(crate) async fn a_tail_that_is_cut_off_is_found(bed: Bed) {
    let found = after(&bed, "DELETE FROM kontor_audit WHERE seq > 3").await;
    assert_eq!(found, [(4, Problem::Truncated { until: 5 })]);
}

const CUT_WITH_HEAD: &str = "DELETE FROM kontor_audit WHERE seq > 3; \
     UPDATE kontor_audit_head SET seq = 3, hash = (SELECT hash FROM kontor_audit WHERE seq = 3);";

pub(crate) async fn a_tail_that_is_cut_off_with_the_head_put_back_by_hand_is_found(bed: Bed) {
    assert_eq!(after(&bed, CUT_WITH_HEAD).await, [(3, Problem::WrongSeal)]);
}

async fn assert_nothing_is_appended(store: &Store) {
    let refused = store.audit().append(vec![entry("next", 1)], OpenChange::None).await;
    let Err(StoreError::NotAppended(cause)) = refused else { panic!("{refused:?}") };
    assert!(matches!(*cause, StoreError::BrokenAudit { .. }), "{cause:?}");
}

pub(crate) async fn a_forged_head_is_not_sealed_again_by_the_next_entry(bed: Bed) {
    let store = with_entries(&bed, 5).await;
    bed.disarm().await;
    bed.past_the_store(CUT_WITH_HEAD).await.unwrap();
    assert_nothing_is_appended(&store).await;
    assert_eq!(findings(&store).await, [(3, Problem::WrongSeal)]);
}

pub(crate) async fn a_head_that_vanished_is_not_made_anew(bed: Bed) {
    let found = after(&bed, "DELETE FROM kontor_audit; DELETE FROM kontor_audit_head").await;
    assert_eq!(found, [(0, Problem::NoHead)]);
    let store = bed.open().await;
    assert_eq!(store.audit().head().await.unwrap(), None::<Head>);
    assert_nothing_is_appended(&store).await;
    assert_eq!(findings(&store).await, [(0, Problem::NoHead)]);
}

pub(crate) async fn an_entry_put_behind_the_end_is_found(bed: Bed) {
    let store = with_entries(&bed, 5).await;
    let last = store.audit().by_operation("op5").await.unwrap().remove(0);
    let body = last.content.body.as_str();
    let hash = right_hash(6, "op5", 50, body, &last.hash);
    let forge = format!(
        "INSERT INTO kontor_audit SELECT 6, at, operation, kind, actor_id, actor_name, backend, \
         resource, record_key, body, '{}', '{hash}' FROM kontor_audit WHERE seq = 5",
        last.hash
    );
    bed.past_the_store(&forge).await.unwrap();
    assert_eq!(findings(&store).await, [(6, Problem::BeyondHead)]);
}

pub(crate) async fn another_key_is_noticed(bed: Bed) {
    with_entries(&bed, 2).await.close().await;
    let store = Store::open(&bed.url(), SealKey::new([8; 32])).await.unwrap();
    assert_eq!(findings(&store).await, [(2, Problem::WrongSeal)]);
    assert_nothing_is_appended(&store).await;
}
