//! Long work: enqueued in the transaction that asks for it, done at least once.
//!
//! A worker claims a job for a while, says now and then that it is alive, and finishes it, puts it
//! off, or gives it up. A job whose worker fell silent is claimed again, so jobs must be
//! idempotent.

use crate::param::params;
use crate::word::words;
use crate::{Json, Micros, Param, Read, Result, Row, Sql, StoreError, Tx};

words! {
    /// Where a job stands.
    pub enum State {
        /// Not begun, or to be tried again.
        Waiting = "waiting",
        /// Claimed by a worker.
        Running = "running",
        /// Finished.
        Done = "done",
        /// Given up.
        Failed = "failed",
        /// Stopped by a person.
        Cancelled = "cancelled",
    }
}

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Random id.
    pub id: String,
    /// Which work.
    pub kind: String,
    /// On what.
    pub payload: Json,
    /// The user who asked for it.
    pub requested_by: Option<String>,
    /// When it was asked for.
    pub created: Micros,
    /// Not before.
    pub run_at: Micros,
    /// How often it is tried before it is given up.
    pub max_attempts: u32,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What is to be done.
    pub order: NewJob,
    /// Where it stands.
    pub state: State,
    /// How often it was begun.
    pub attempts: u32,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// How long they hold it without another word.
    pub claimed_until: Option<Micros>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// How far it is, in the words of its kind.
    pub progress: Option<Json>,
    /// What came out.
    pub result: Option<Json>,
    /// When it was done, given up or cancelled.
    pub finished: Option<Micros>,
}

const COLUMNS: &str = "id, kind, payload, requested_by, state, created, run_at, attempts, \
     max_attempts, claimed_by, claimed_until, last_error, progress, result, finished";

/// What may be claimed at $1: what waits for its time, and what a silent worker left behind.
const DUE: &str = "((state = 'waiting' AND run_at <= $1) \
     OR (state = 'running' AND claimed_until <= $1 AND attempts < max_attempts))";

/// How long to put a job off after so many attempts: 1 s, 2 s, 4 s, … at most an hour.
#[must_use]
pub fn backoff(attempts: u32) -> Micros {
    const SECOND: Micros = 1_000_000;
    SECOND * (1_i64 << attempts.saturating_sub(1).min(12)).min(3600)
}

/// Enqueues a job, in the transaction of what makes it necessary.
///
/// # Errors
/// [`StoreError::Duplicate`] where the id exists.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<()> {
    let sql = "INSERT INTO kontor_job (id, kind, payload, requested_by, state, created, run_at, \
         attempts, max_attempts) VALUES ($1, $2, $3, $4, 'waiting', $5, $6, 0, $7)";
    let params = params![
        &job.id,
        &job.kind,
        &job.payload,
        &job.requested_by,
        job.created,
        job.run_at,
        job.max_attempts,
    ];
    tx.run(sql.into(), params).await.map(drop)
}

/// Whether there is something to claim or to give up: cheap, takes no lock.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn is_due(db: &mut impl Read, now: Micros) -> Result<bool> {
    let sql = "SELECT id FROM kontor_job WHERE (state = 'waiting' AND run_at <= $1) \
         OR (state = 'running' AND claimed_until <= $1) LIMIT 1";
    Ok(db.row(sql.into(), params![now]).await?.is_some())
}

/// Claims the job that is due longest, until an instant; none where nothing is due. Two workers
/// never get the same.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn claim(tx: &mut Tx, worker: &str, now: Micros, until: Micros) -> Result<Option<Job>> {
    give_up_silent(tx, now).await?;
    let sql = format!(
        "UPDATE kontor_job SET state = 'running', attempts = attempts + 1, claimed_by = $2, \
         claimed_until = $3 WHERE id = (SELECT id FROM kontor_job WHERE {DUE} \
         ORDER BY run_at, id LIMIT 1 {}) RETURNING {COLUMNS}",
        tx.skip_locked()
    );
    let row = tx.row(Sql::built(sql), params![now, worker, until]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Fails the jobs whose worker fell silent during the last attempt.
async fn give_up_silent(tx: &mut Tx, now: Micros) -> Result<()> {
    let sql = "UPDATE kontor_job SET state = 'failed', finished = $1, claimed_by = NULL, \
         claimed_until = NULL, last_error = 'the worker fell silent' WHERE state = 'running' \
         AND claimed_until <= $1 AND attempts >= max_attempts";
    tx.run(sql.into(), params![now]).await.map(drop)
}

/// Says that a worker is still at it, and how far it is.
///
/// # Errors
/// [`StoreError::LostClaim`] where the job was cancelled or claimed by another worker: stop.
pub async fn heartbeat(
    tx: &mut Tx,
    id: &str,
    worker: &str,
    until: Micros,
    progress: Option<&Json>,
) -> Result<()> {
    let sql = "UPDATE kontor_job SET claimed_until = $3, progress = COALESCE($4, progress) \
         WHERE id = $1 AND claimed_by = $2 AND state = 'running'";
    held(tx, id, worker, sql, params![id, worker, until, progress]).await
}

/// Finishes a job.
///
/// # Errors
/// [`StoreError::LostClaim`] where it was cancelled or claimed by another worker.
pub async fn finish(
    tx: &mut Tx,
    id: &str,
    worker: &str,
    result: Option<&Json>,
    now: Micros,
) -> Result<()> {
    let sql = "UPDATE kontor_job SET state = 'done', result = $3, finished = $4, \
         claimed_by = NULL, claimed_until = NULL, last_error = NULL \
         WHERE id = $1 AND claimed_by = $2 AND state = 'running'";
    held(tx, id, worker, sql, params![id, worker, result, now]).await
}

/// Puts a job off after a failure that may pass, by [`backoff`]; gives it up where that was the
/// last attempt. Answers where it stands now.
///
/// # Errors
/// [`StoreError::LostClaim`] where it was cancelled or claimed by another worker.
pub async fn retry(tx: &mut Tx, id: &str, worker: &str, error: &str, now: Micros) -> Result<State> {
    let job = get(tx, id)
        .await?
        .filter(|job| job.state == State::Running && job.claimed_by.as_deref() == Some(worker));
    let Some(job) = job else {
        return Err(lost(id, worker));
    };
    if job.attempts >= job.order.max_attempts {
        fail(tx, id, worker, error, now).await?;
        return Ok(State::Failed);
    }
    let sql = "UPDATE kontor_job SET state = 'waiting', run_at = $3, last_error = $4, \
         claimed_by = NULL, claimed_until = NULL \
         WHERE id = $1 AND claimed_by = $2 AND state = 'running'";
    let run_at = now + backoff(job.attempts);
    held(tx, id, worker, sql, params![id, worker, run_at, error]).await?;
    Ok(State::Waiting)
}

/// Gives a job up after a failure that will not pass.
///
/// # Errors
/// [`StoreError::LostClaim`] where it was cancelled or claimed by another worker.
pub async fn fail(tx: &mut Tx, id: &str, worker: &str, error: &str, now: Micros) -> Result<()> {
    let sql = "UPDATE kontor_job SET state = 'failed', last_error = $3, finished = $4, \
         claimed_by = NULL, claimed_until = NULL \
         WHERE id = $1 AND claimed_by = $2 AND state = 'running'";
    held(tx, id, worker, sql, params![id, worker, error, now]).await
}

/// Cancels a job that is not over; its worker learns it at the next heartbeat. False where it is
/// over or unknown.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn cancel(tx: &mut Tx, id: &str, now: Micros) -> Result<bool> {
    let sql = "UPDATE kontor_job SET state = 'cancelled', finished = $2, claimed_by = NULL, \
         claimed_until = NULL WHERE id = $1 AND state IN ('waiting', 'running')";
    Ok(tx.run(sql.into(), params![id, now]).await? > 0)
}

/// The job with an id.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &mut impl Read, id: &str) -> Result<Option<Job>> {
    Ok(select(db, "id = $1", params![id]).await?.into_iter().next())
}

/// What a user asked for, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_user(db: &mut impl Read, user_id: &str, limit: u32) -> Result<Vec<Job>> {
    let condition = "requested_by = $1 ORDER BY created DESC, id LIMIT $2";
    select(db, condition, params![user_id, limit]).await
}

/// Jobs in a state, due longest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn in_state(db: &mut impl Read, state: State, limit: u32) -> Result<Vec<Job>> {
    select(db, "state = $1 ORDER BY run_at, id LIMIT $2", params![state, limit]).await
}

/// Removes jobs that were over before an instant. Answers how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn purge(tx: &mut Tx, before: Micros) -> Result<u64> {
    tx.run("DELETE FROM kontor_job WHERE finished < $1".into(), params![before]).await
}

async fn held(
    tx: &mut Tx,
    id: &str,
    worker: &str,
    sql: &'static str,
    params: Vec<Param>,
) -> Result<()> {
    match tx.run(sql.into(), params).await? {
        0 => Err(lost(id, worker)),
        _ => Ok(()),
    }
}

fn lost(id: &str, worker: &str) -> StoreError {
    StoreError::LostClaim { job: id.to_owned(), worker: worker.to_owned() }
}

async fn select(db: &mut impl Read, condition: &str, params: Vec<Param>) -> Result<Vec<Job>> {
    let sql = format!("SELECT {COLUMNS} FROM kontor_job WHERE {condition}");
    db.rows(Sql::built(sql), params).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Job> {
    Ok(Job {
        order: NewJob {
            id: row.text("id")?,
            kind: row.text("kind")?,
            payload: row.json("payload")?,
            requested_by: row.opt_text("requested_by")?,
            created: row.int("created")?,
            run_at: row.int("run_at")?,
            max_attempts: row.count("max_attempts")?,
        },
        state: row.word("state")?,
        attempts: row.count("attempts")?,
        claimed_by: row.opt_text("claimed_by")?,
        claimed_until: row.opt_int("claimed_until")?,
        last_error: row.opt_text("last_error")?,
        progress: row.opt_json("progress")?,
        result: row.opt_json("result")?,
        finished: row.opt_int("finished")?,
    })
}
