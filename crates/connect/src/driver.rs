//! What one engine knows that the others do not, and how its statements are run.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use kontor_model::change::Refusal;
use kontor_model::query::BRIEF_CHARACTERS;
use kontor_model::{ChangeItem, Condition, Engine, Resource, Schema, Value};

use crate::error::{Failure, FailureKind};
use crate::pool::{Lease, Opener};
use crate::sql::{Planning, Sql, Taken};
use crate::{Location, Of};

/// What the planner expects of a statement.
pub(crate) struct Estimate {
    pub(crate) rows: u64,
    /// Whether counting it exactly is cheap enough to try.
    pub(crate) is_cheap: bool,
}

/// One engine.
#[async_trait]
pub(crate) trait Driver: Opener {
    const ENGINE: Engine;

    /// Whether a refused statement can spoil the transaction around it.
    const NEEDS_SAVEPOINTS: bool;

    /// Runs a statement and gives its rows as they come.
    fn rows<'a>(
        raw: &'a mut Self::Raw,
        sql: &'a Sql,
        takes: &'a [Taken],
        resource: Option<&'a Resource>,
    ) -> BoxStream<'a, Result<Vec<Value>, sqlx::Error>>;

    /// Runs a statement; how many records it touched.
    async fn execute(raw: &mut Self::Raw, sql: &Sql) -> Result<u64, sqlx::Error>;

    /// Has the engine read a statement without running it.
    async fn prepare(raw: &mut Self::Raw, sql: &str) -> Result<(), sqlx::Error>;

    /// Runs a statement without values, such as `BEGIN`.
    async fn command(raw: &mut Self::Raw, sql: &str) -> Result<(), sqlx::Error>;

    /// Does what has to be done now and then between statements.
    async fn tidy(_raw: &mut Self::Raw) -> Result<(), sqlx::Error> {
        Ok(())
    }

    /// Sets the time that statements may take from now on.
    async fn allow(raw: &mut Self::Raw, time: Duration) -> Result<(), sqlx::Error>;

    /// Sets how statements are planned from now on, where the engine keeps plans.
    async fn plan(_raw: &mut Self::Raw, _planning: Planning) -> Result<(), sqlx::Error> {
        Ok(())
    }

    /// Reads the schema.
    async fn introspect(raw: &mut Self::Raw, location: &Location) -> Result<Schema, sqlx::Error>;

    /// What an error means.
    fn failure(error: &sqlx::Error) -> Failure;

    /// The rule by which the engine refused a write, if it was one.
    fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal>;

    /// What the planner expects of a condition; `None` where it does not tell.
    async fn estimate(
        raw: &mut Self::Raw,
        of: &Of<'_>,
        condition: &Condition,
    ) -> Result<Option<Estimate>, sqlx::Error>;

    /// The key that the database made for the record inserted last, where `RETURNING` is not
    /// there to tell.
    async fn last_key(
        raw: &mut Self::Raw,
        resource: &Resource,
        item: &ChangeItem,
    ) -> Result<Vec<Value>, sqlx::Error>;

    /// Whether `INSERT … RETURNING` is understood.
    fn returns(raw: &Self::Raw) -> bool;

    /// How many sessions of earlier runs are still there; `None` when that cannot be told.
    async fn earlier_sessions(&self, raw: &mut Self::Raw) -> Result<Option<u64>, sqlx::Error>;
}

/// The backend ends a statement itself; should its answer not come, it is given up this much later.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

impl<D: Driver> Lease<D> {
    /// Sets the time that statements may take from now on, where it is not that already.
    pub(crate) async fn allow(&mut self, time: Duration) -> Result<(), Failure> {
        if self.allowed() != time {
            self.run(async |raw| D::allow(raw, time).await).await?;
            self.note_allowed(time);
        }
        Ok(())
    }

    /// Sets how statements are planned from now on, where it is not that already.
    pub(crate) async fn plan(&mut self, planning: Planning) -> Result<(), Failure> {
        if self.planning() != planning {
            self.run(async |raw| D::plan(raw, planning).await).await?;
            self.note_planning(planning);
        }
        Ok(())
    }

    /// Does some work on the connection. When no answer comes, it is given up as unreachable.
    pub(crate) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut D::Raw) -> Result<T, sqlx::Error>,
    ) -> Result<T, Failure> {
        let patience = self.allowed().saturating_add(GRACE);
        let raw = self.busy()?;
        let tidy_and_work = async {
            D::tidy(raw).await?;
            work(raw).await
        };
        match tokio::time::timeout(patience, tidy_and_work).await {
            Ok(result) => self.settle(result.map_err(|error| D::failure(&error))),
            Err(_) => {
                self.abandon();
                Err(no_answer(patience))
            }
        }
    }

    /// Runs a statement without values, such as `BEGIN`.
    pub(crate) async fn command(&mut self, sql: &str) -> Result<(), Failure> {
        self.run(async |raw| D::command(raw, sql).await).await
    }

    /// All rows of a statement.
    pub(crate) async fn rows(
        &mut self,
        sql: &Sql,
        takes: &[Taken],
        resource: Option<&Resource>,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        self.plan(sql.planning).await?;
        let rows = self.run(async |raw| collected::<D>(raw, sql, takes, resource).await).await;
        if let Err(failure) = &rows
            && failure.kind == FailureKind::Other
        {
            tracing::warn!(error = %failure.detail, statement = sql.text, "a backend refused a statement");
        }
        rows
    }
}

/// All rows of a statement, over a connection.
pub(crate) async fn collected<D: Driver>(
    raw: &mut D::Raw,
    sql: &Sql,
    takes: &[Taken],
    resource: Option<&Resource>,
) -> Result<Vec<Vec<Value>>, sqlx::Error> {
    let mut rows = D::rows(raw, sql, takes, resource);
    let mut collected = Vec::new();
    while let Some(row) = rows.next().await {
        collected.push(row?);
    }
    Ok(collected)
}

pub(crate) fn no_answer(patience: Duration) -> Failure {
    Failure::new(FailureKind::Unreachable, format!("no answer within {patience:?}"))
}

/// A text that was read one character further than a list shows is cut.
pub(crate) fn brief(text: String) -> Value {
    // The common case is short; bytes are an upper bound of characters.
    if text.len() <= BRIEF_CHARACTERS {
        return Value::Text(text);
    }
    match text.char_indices().nth(BRIEF_CHARACTERS) {
        Some((end, _)) => Value::Cut(text[..end].to_owned()),
        None => Value::Text(text),
    }
}
