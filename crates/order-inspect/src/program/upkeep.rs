//! What a service does once an hour beside its work: it forgets what nobody will ask for again.

use std::time::Duration;

use crate::{app::App, args, baskets, db::Db, moment::Moment};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: i64 = 86_400_000_000;
/// How many rows go with one statement, so that nobody waits for it.
const AT_ONCE: i64 = 500;

/// Old rows of a table: its key, the column that says how old they are, and for how long they are kept.
const FORGOTTEN: [(&str, i64); 8] = [
    // A request that is sent again after a week is another request.
    (
        "DELETE FROM idempotency WHERE (api_key_id, idempotency_key) IN
            (SELECT api_key_id, idempotency_key FROM idempotency WHERE created_at < $1 LIMIT $2)",
        7 * DAY,
    ),
    // Providers give up long before; signatures are refused after five minutes anyway.
    (
        "DELETE FROM webhook_receipt WHERE (provider, event_id) IN
            (SELECT provider, event_id FROM webhook_receipt WHERE received_at < $1 LIMIT $2)",
        30 * DAY,
    ),
    // A file is needed until it was read; an upload that broke off is not waited for.
    (
        "DELETE FROM import_chunk WHERE (import_id, position) IN
            (SELECT c.import_id, c.position FROM import_chunk AS c JOIN import_run AS r ON r.id = c.import_id
                WHERE r.state <> 'reading' AND r.created_at < $1 LIMIT $2)",
        DAY,
    ),
    // Whoever has not applied an import by then sends the file again: the catalogue is another one.
    (
        "UPDATE import_run SET state = 'cancelled', ended_at = $1 WHERE id IN
            (SELECT id FROM import_run WHERE state = 'planned' AND created_at < $1 LIMIT $2)",
        30 * DAY,
    ),
    (
        "DELETE FROM import_record WHERE (import_id, position) IN
            (SELECT c.import_id, c.position FROM import_record AS c JOIN import_run AS r ON r.id = c.import_id
                WHERE (r.ended_at IS NOT NULL AND r.created_at < $1) LIMIT $2)",
        30 * DAY,
    ),
    (
        "DELETE FROM import_item WHERE (import_id, position) IN
            (SELECT c.import_id, c.position FROM import_item AS c JOIN import_run AS r ON r.id = c.import_id
                WHERE (r.ended_at IS NOT NULL AND r.created_at < $1) LIMIT $2)",
        90 * DAY,
    ),
    (
        "DELETE FROM import_error WHERE id IN
            (SELECT c.id FROM import_error AS c JOIN import_run AS r ON r.id = c.import_id
                WHERE (r.ended_at IS NOT NULL AND r.created_at < $1) LIMIT $2)",
        90 * DAY,
    ),
    // The run itself stays: it says who imported what, and which edition came last.
    (
        "DELETE FROM import_run WHERE id IN
            (SELECT id FROM import_run WHERE state = 'uploading' AND created_at < $1
                AND NOT EXISTS (SELECT 1 FROM import_chunk WHERE import_id = import_run.id) LIMIT $2)",
        DAY,
    ),
];

/// Goes on until the service ends.
pub(super) async fn keep_up(app: App) {
    let mut hours = tokio::time::interval(HOUR);
    loop {
        hours.tick().await;
        app.limits.tidy();
        if let Err(error) = forget(&app.db, app.clock.now()).await {
            tracing::warn!(%error, "what is old could not be deleted; it is tried again in an hour");
        }
    }
}

async fn forget(db: &Db, now: Moment) -> crate::Result<()> {
    baskets::expire(db, now).await?;
    for (sql, kept) in FORGOTTEN {
        let before = now.saturating_add_micros(-kept);
        loop {
            let gone = db
                .write(move |tx| Box::pin(async move { tx.run(sql, args![before, AT_ONCE]).await }))
                .await?;
            if gone == 0 {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{DAY, forget};
    use crate::{
        args,
        db::{Db, DbError},
        moment::Moment,
    };

    const SHOP: &str = "INSERT INTO channel (id, code, name, country, time_zone, currencies, locales,
            prices_include_tax, hold_seconds, number_prefix, locations, seller, active, revision, updated_at)
        VALUES (1, 'de', 'Shop', 'DE', 'Europe/Berlin', '[]', '[]', TRUE, 0, 'DE-', '[]', '{}', TRUE, 1, 0)";
    const RUN: &str = "INSERT INTO import_run (id, format, channel_id, choices, state, size, records, items, done,
            matched, created, changed, unchanged, failed, applied, conflicts, warnings, actor, created_at)
        VALUES ($1, 'bmecat', 1, '{}', $2, 0, 0, 0, 0, '', 0, 0, 0, 0, 0, 0, '[]', 'test', $3)";

    #[tokio::test]
    async fn only_what_is_old_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_folder(folder.path()).await.unwrap();
        let now = Moment(100 * DAY);
        db.write(move |tx| {
            Box::pin(async move {
                let columns = ["provider", "event_id", "received_at"];
                let rows =
                    vec![args!["p", "old", Moment(69 * DAY)], args!["p", "new", Moment(71 * DAY)]];
                tx.insert("webhook_receipt", &columns, rows).await?;
                tx.run(SHOP, vec![]).await?;
                for (id, state, age) in
                    [(1_i64, "planned", 31), (2, "planned", 29), (3, "applying", 31)]
                {
                    tx.run(RUN, args![id, state, Moment(now.0 - age * DAY)]).await?;
                }
                Ok::<(), DbError>(())
            })
        })
        .await
        .unwrap();
        forget(&db, now).await.unwrap();
        let states: Result<Vec<String>, DbError> = db
            .read(|tx| {
                Box::pin(async move {
                    let rows = tx.rows("SELECT state FROM import_run ORDER BY id", vec![]).await?;
                    rows.iter().map(|row| row.get("state")).collect()
                })
            })
            .await;
        assert_eq!(states.unwrap(), ["cancelled", "planned", "applying"]);
        let left: Result<Vec<String>, DbError> = db
            .read(|tx| {
                Box::pin(async move {
                    let rows = tx.rows("SELECT event_id FROM webhook_receipt", vec![]).await?;
                    rows.iter().map(|row| row.get("event_id")).collect()
                })
            })
            .await;
        assert_eq!(left.unwrap(), ["new"]);
    }
}
