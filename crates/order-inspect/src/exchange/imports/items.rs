//! Then the items are compared with the catalogue, and later applied: each in a transaction of its own.

use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::{
    run::ImportState,
    turn::{Lost, Turn},
    worker::Shared,
};
use crate::{
    act::Act,
    args,
    db::{DbError, Tx},
    error::Error,
    exchange::{
        item::{Problem, Record},
        plan::{Failure, FieldChange, Weighed, weigh},
    },
};

/// How many items make a step.
const STEP: i64 = 64;
/// How many of them are under way at the same time.
const AT_ONCE: usize = 8;
/// The most records of one product: 500 variants and 100 pictures, and some more.
const MOST_RECORDS: i64 = 1000;
/// How many changes of an item are kept to be shown, and how long their values are.
const SHOWN: usize = 200;
const LONGEST: usize = 300;

/// An item that is to be done.
#[derive(Debug, Clone)]
struct Task {
    position: i64,
    key: String,
}

/// What became of an item, as it is stored.
struct Outcome {
    position: i64,
    key: String,
    name: &'static str,
    changes: Vec<FieldChange>,
    warnings: Vec<String>,
    problems: Vec<Problem>,
}

/// One step of the dry run. Says whether there is more.
pub(super) async fn compare(shared: &Shared, turn: &Turn) -> crate::Result<Result<bool, Lost>> {
    let tasks = tasks(shared, turn, "outcome IS NULL").await?;
    let all = futures_util::stream::iter(tasks).map(|task| try_out(shared, turn, task));
    let outcomes: Vec<crate::Result<Outcome>> = all.buffered(AT_ONCE).collect().await;
    let outcomes = outcomes.into_iter().collect::<crate::Result<Vec<_>>>()?;
    let (now, turn) = (shared.clock.now(), turn.clone());
    let act = turn.act(&shared.db, now);
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let row = match turn.hold(tx, now).await? {
                    Ok(row) => row,
                    Err(lost) => return Ok(Err(lost)),
                };
                if outcomes.is_empty() {
                    turn.go_on(tx, ImportState::Planned, now).await?;
                    return Ok(Ok(false));
                }
                let warnings = outcomes.iter().flat_map(|it| it.warnings.clone()).collect();
                turn.warn(tx, &row, warnings).await?;
                note(tx, &turn, &act, &outcomes).await?;
                Ok(Ok(true))
            })
        })
        .await
}

async fn note(tx: &mut Tx, turn: &Turn, act: &Act, outcomes: &[Outcome]) -> crate::Result<()> {
    let mut updates = Vec::new();
    for it in outcomes {
        let sql = "UPDATE import_item SET outcome = $3, changes = $4, fingerprint = $5 \
                   WHERE import_id = $1 AND position = $2";
        let (shown, print) = (shown(&it.changes), fingerprint(&it.changes));
        updates.push((sql, args![turn.id, it.position, it.name, shown, print]));
        turn.errors(tx, act, Some(bare(&it.key)), &it.problems).await?;
    }
    let count = |name: &str| {
        i64::try_from(outcomes.iter().filter(|it| it.name == name).count()).unwrap_or(0)
    };
    let last = outcomes.iter().map(|it| it.position).max().unwrap_or(0);
    let sql = "UPDATE import_run SET created = created + $2, changed = changed + $3, unchanged = unchanged + $4, \
               failed = failed + $5, done = $6 WHERE id = $1";
    let counted = args![
        turn.id,
        count("created"),
        count("changed"),
        count("unchanged"),
        count("failed"),
        last
    ];
    updates.push((sql, counted));
    tx.run_all(updates).await?;
    Ok(())
}

/// The items after the last that was done.
async fn tasks(shared: &Shared, turn: &Turn, open: &str) -> crate::Result<Vec<Task>> {
    let sql = format!(
        "SELECT i.position, i.item_key FROM import_item AS i WHERE i.import_id = $1 AND i.position > \
         (SELECT done FROM import_run WHERE id = $1) AND i.{open} ORDER BY i.position LIMIT $2"
    );
    let id = turn.id;
    let rows =
        shared.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args![id, STEP]).await }));
    let rows = rows.await?;
    let tasks = rows
        .iter()
        .map(|row| Ok(Task { position: row.get("position")?, key: row.get("item_key")? }));
    Ok(tasks.collect::<Result<_, DbError>>()?)
}

/// What a transaction ends with that is taken back.
enum TakenBack {
    Weighed(Result<Weighed, Failure>),
    Broken(DbError),
}

impl From<DbError> for TakenBack {
    fn from(error: DbError) -> Self {
        Self::Broken(error)
    }
}

/// Does what applying would do, and takes it back.
async fn try_out(shared: &Shared, turn: &Turn, task: Task) -> crate::Result<Outcome> {
    let mut last = None;
    // Two that make the same brand at the same moment: the second one finds it at the second try.
    for _ in 0..2 {
        let (turn, now, key) = (turn.clone(), shared.clock.now(), task.key.clone());
        let act = turn.act(&shared.db, now);
        let tried: Result<(), TakenBack> = shared
            .db
            .write(move |tx| {
                Box::pin(async move {
                    Err(TakenBack::Weighed(weigh_records(tx, &act, &turn, &key).await))
                })
            })
            .await;
        match tried {
            Ok(()) => {}
            Err(TakenBack::Weighed(Err(Failure::Broken(error)))) => last = Some(error),
            Err(TakenBack::Broken(error)) => last = Some(error.into()),
            Err(TakenBack::Weighed(weighed)) => return Ok(outcome(task, weighed)),
        }
    }
    let error = last.unwrap_or_else(|| Error::Broken("a dry run was kept".to_owned()));
    let problem = refused(shared, error).await?;
    Ok(outcome(task, Err(Failure::Item(vec![problem]))))
}

/// Why the database does not take an item, if it is the item's fault and not the database's: one that answers still
/// would refuse the item again and again, and hold up those behind it.
async fn refused(shared: &Shared, error: Error) -> crate::Result<Problem> {
    let answers =
        shared.db.read(|tx| Box::pin(async move { tx.one("SELECT 1 AS one", vec![]).await })).await;
    if answers.is_err() {
        return Err(error);
    }
    let message = match &error {
        Error::Db(error) if error.is_duplicate() || error.is_dangling() => CLASH,
        error => {
            tracing::error!(%error, "an item of an import could not be written");
            "the database does not take it; the service's log says why"
        }
    };
    Ok(Problem { line: None, field: None, message: message.to_owned() })
}

const CLASH: &str =
    "something else in the catalogue has the same number or address; look at SKUs and handles";

async fn weigh_records(tx: &mut Tx, act: &Act, turn: &Turn, key: &str) -> Result<Weighed, Failure> {
    let sql = "SELECT content FROM import_record WHERE import_id = $1 AND item_key = $2 ORDER BY position LIMIT $3";
    let rows = tx.rows(sql, args![turn.id, key, MOST_RECORDS + 1]).await?;
    let records = rows.iter().map(|row| row.json("content")).collect::<Result<Vec<Record>, _>>()?;
    if i64::try_from(records.len()).unwrap_or(i64::MAX) > MOST_RECORDS {
        let message = format!("a product has more than {MOST_RECORDS} records");
        return Err(Failure::Item(vec![Problem { line: None, field: None, message }]));
    }
    weigh(tx, act, &turn.context, records).await
}

fn outcome(task: Task, weighed: Result<Weighed, Failure>) -> Outcome {
    let Task { position, key } = task;
    let (name, weighed, problems) = match weighed {
        Ok(weighed) if weighed.created => ("created", weighed, Vec::new()),
        Ok(weighed) if weighed.changes.is_empty() => ("unchanged", weighed, Vec::new()),
        Ok(weighed) => ("changed", weighed, Vec::new()),
        Err(Failure::Item(problems)) => ("failed", Weighed::default(), problems),
        Err(Failure::Broken(error)) => {
            let message = error.to_string();
            ("failed", Weighed::default(), vec![Problem { line: None, field: None, message }])
        }
    };
    Outcome { position, key, name, changes: weighed.changes, warnings: weighed.warnings, problems }
}

/// A key without what it begins with.
pub(super) fn bare(key: &str) -> &str {
    key.strip_prefix(['=', '+']).unwrap_or(key)
}

/// Changes as they are stored to be shown.
fn shown(changes: &[FieldChange]) -> String {
    let cut = |text: &Option<String>| {
        text.as_ref().map(|text| match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text.clone(),
        })
    };
    let mut shown: Vec<FieldChange> = changes
        .iter()
        .take(SHOWN)
        .map(|it| FieldChange {
            field: it.field.clone(),
            before: cut(&it.before),
            after: cut(&it.after),
        })
        .collect();
    if changes.len() > SHOWN {
        let more = format!("… and {} more", changes.len() - SHOWN);
        shown.push(FieldChange { field: more, before: None, after: None });
    }
    serde_json::json!(shown).to_string()
}

/// What was shown, as one number: what is applied must be the same.
fn fingerprint(changes: &[FieldChange]) -> Vec<u8> {
    Sha256::digest(serde_json::json!(changes).to_string()).to_vec()
}

/// One step of applying. Says whether there is more.
pub(super) async fn apply(shared: &Shared, turn: &Turn) -> crate::Result<Result<bool, Lost>> {
    let tasks = tasks(shared, turn, "outcome IN ('created', 'changed')").await?;
    let last = tasks.last().map(|it| it.position);
    let first = tasks.first().map_or(0, |it| it.position);
    let all = futures_util::stream::iter(tasks).map(|task| apply_one(shared, turn, task));
    let done: Vec<crate::Result<()>> = all.buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().collect::<crate::Result<()>>()?;
    let (now, turn) = (shared.clock.now(), turn.clone());
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                if let Err(lost) = turn.hold(tx, now).await? {
                    return Ok(Err(lost));
                }
                let Some(last) = last else {
                    turn.go_on(tx, ImportState::Applied, now).await?;
                    return Ok(Ok(false));
                };
                let sql = "UPDATE import_run SET done = $3, \
                           applied = applied + (SELECT COUNT(*) FROM import_item WHERE import_id = $1 \
                             AND position BETWEEN $2 AND $3 AND result = 'applied'), \
                           conflicts = conflicts + (SELECT COUNT(*) FROM import_item WHERE import_id = $1 \
                             AND position BETWEEN $2 AND $3 AND result = 'conflict'), \
                           failed = failed + (SELECT COUNT(*) FROM import_item WHERE import_id = $1 \
                             AND position BETWEEN $2 AND $3 AND result = 'failed') WHERE id = $1";
                tx.run(sql, args![turn.id, first, last]).await?;
                Ok(Ok(true))
            })
        })
        .await
}

/// Why an item is not applied.
enum NotApplied {
    /// It was done before, or the import was stopped.
    NotNow,
    /// It would change something else than what was shown.
    Conflict(Vec<FieldChange>),
    Failed(Vec<Problem>),
    Broken(Error),
}

impl From<DbError> for NotApplied {
    fn from(error: DbError) -> Self {
        Self::Broken(error.into())
    }
}

/// Applies one item with the note that it was, or notes why not.
async fn apply_one(shared: &Shared, turn: &Turn, task: Task) -> crate::Result<()> {
    let mut outcome = apply_in_one_transaction(shared, turn, &task).await;
    if matches!(outcome, Err(NotApplied::Broken(_))) {
        // Two that wait for each other, or make the same brand: the second try is alone.
        outcome = apply_in_one_transaction(shared, turn, &task).await;
    }
    let (result, problems) = match outcome {
        Ok(()) | Err(NotApplied::NotNow) => return Ok(()),
        Err(NotApplied::Conflict(changes)) => ("conflict", vec![conflict(&changes)]),
        Err(NotApplied::Failed(problems)) => ("failed", problems),
        Err(NotApplied::Broken(error)) => ("failed", vec![refused(shared, error).await?]),
    };
    let (turn, now) = (turn.clone(), shared.clock.now());
    let act = turn.act(&shared.db, now);
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "UPDATE import_item SET result = $3 WHERE import_id = $1 AND position = $2 AND result IS NULL";
                if tx.run(sql, args![turn.id, task.position, result]).await? == 1 {
                    turn.errors(tx, &act, Some(bare(&task.key)), &problems).await?;
                }
                Ok(())
            })
        })
        .await
}

fn conflict(changes: &[FieldChange]) -> Problem {
    let fields: Vec<&str> = changes.iter().take(5).map(|it| it.field.as_str()).collect();
    let now = if fields.is_empty() { "nothing".to_owned() } else { fields.join(", ") };
    let message = format!(
        "somebody else has changed it since the dry run, so that the file would now change {now}: it is left as it \
         is. Import the file again to see the difference"
    );
    Problem { line: None, field: None, message }
}

async fn apply_in_one_transaction(
    shared: &Shared,
    turn: &Turn,
    task: &Task,
) -> Result<(), NotApplied> {
    let (turn, task, now) = (turn.clone(), task.clone(), shared.clock.now());
    let act = turn.act(&shared.db, now);
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "SELECT i.fingerprint FROM import_item AS i WHERE i.import_id = $1 AND i.position = $2 \
                           AND i.result IS NULL AND EXISTS (SELECT 1 FROM import_run AS r \
                             WHERE r.id = $1 AND r.state = 'applying') FOR UPDATE";
                let Some(row) = tx.row(sql, args![turn.id, task.position]).await? else {
                    return Err(NotApplied::NotNow);
                };
                let shown: Vec<u8> = row.get("fingerprint")?;
                let weighed = weigh_records(tx, &act, &turn, &task.key).await;
                let weighed = weighed.map_err(|failure| match failure {
                    Failure::Item(problems) => NotApplied::Failed(problems),
                    Failure::Broken(error) => NotApplied::Broken(error),
                })?;
                if fingerprint(&weighed.changes) != shown {
                    return Err(NotApplied::Conflict(weighed.changes));
                }
                let sql = "UPDATE import_item SET result = 'applied' WHERE import_id = $1 AND position = $2";
                tx.run(sql, args![turn.id, task.position]).await?;
                Ok(())
            })
        })
        .await
}
