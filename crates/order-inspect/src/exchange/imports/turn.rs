//! Whose turn an import is. Whoever works on one takes it for a while and says so again with every step, in the
//! step's own transaction: another server that takes it after that while has passed finds everything up to the last
//! step, and the first one finds that it has lost its turn.

use super::run::ImportState;
use crate::{
    act::Act,
    args,
    db::{Db, Row, Tx},
    error::Error,
    exchange::{
        item::Problem,
        plan::{Choices, Context},
    },
    moment::Moment,
};

/// How long whoever took an import has it without saying so again, in microseconds.
const LEASE: i64 = 5_000_000;
/// How many warnings are kept.
const MOST_WARNINGS: usize = 100;

/// A turn of one server with one import.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) id: i64,
    claim: i64,
    pub(super) state: ImportState,
    pub(super) actor: String,
    pub(super) records: i64,
    pub(super) context: Context,
}

/// Somebody else has the turn, or has stopped the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost;

/// Takes an import that has something to do and that nobody works on. One whose shop or currency is gone has
/// failed, and keeps no other one waiting.
pub(super) async fn take(db: &Db, now: Moment) -> crate::Result<Option<Turn>> {
    loop {
        let Some((id, claim)) = claimed(db, now).await? else { return Ok(None) };
        let found: Result<Turn, Error> =
            db.read(move |tx| Box::pin(async move { turn(tx, id, claim).await })).await;
        match found {
            Ok(turn) => return Ok(Some(turn)),
            Err(Error::Refused(why)) => fail(db, id, claim, why.detail, now).await?,
            Err(error) => return Err(error),
        }
    }
}

const DUE: &str = "SELECT id FROM import_run WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1";

/// The number of an import whose turn it is, and of the claim to it.
async fn claimed(db: &Db, now: Moment) -> crate::Result<Option<(i64, i64)>> {
    let found = db.read(move |tx| Box::pin(async move { tx.row(DUE, args![now]).await }));
    if found.await?.is_none() {
        return Ok(None);
    }
    let claim = db.new_id();
    let taken = db.write(move |tx| {
        Box::pin(async move {
            let locked = format!("{DUE} FOR UPDATE SKIP LOCKED");
            let Some(row) = tx.row(&locked, args![now]).await? else { return Ok(None) };
            let id: i64 = row.get("id")?;
            let sql = "UPDATE import_run SET claim = $2, due_at = $3 WHERE id = $1";
            tx.run(sql, args![id, claim, now.0 + LEASE]).await?;
            Ok::<_, Error>(Some((id, claim)))
        })
    });
    taken.await
}

/// The import cannot go on.
async fn fail(db: &Db, id: i64, claim: i64, why: String, now: Moment) -> crate::Result<()> {
    let failed = db.write(move |tx| {
        Box::pin(async move {
            let sql = "UPDATE import_run SET state = $3, failure = $4, due_at = NULL, ended_at = $5 \
                       WHERE id = $1 AND claim = $2";
            let state = ImportState::Failed.name();
            tx.run(sql, args![id, claim, state, why, now]).await?;
            Ok::<_, Error>(())
        })
    });
    failed.await
}

async fn turn(tx: &mut Tx, id: i64, claim: i64) -> crate::Result<Turn> {
    let sql = "SELECT format, choices, state, actor, records FROM import_run WHERE id = $1";
    let row = tx.one(sql, args![id]).await?;
    let choices: Choices = row.json("choices")?;
    let channel = choices.channel.clone();
    let mut context = Context::find(tx, row.word("format")?, &channel, |_, _| choices).await?;
    context.run = Some(id);
    Ok(Turn {
        id,
        claim,
        state: row.word("state")?,
        actor: row.get("actor")?,
        records: row.get("records")?,
        context,
    })
}

impl Turn {
    /// Who acts, for what the import writes.
    pub(super) fn act(&self, db: &Db, now: Moment) -> Act {
        Act::new(db, now, self.actor.clone())
    }

    /// Holds the turn for the transaction and prolongs it; the import's row where it is still ours and in this state.
    pub(super) async fn hold(&self, tx: &mut Tx, now: Moment) -> crate::Result<Result<Row, Lost>> {
        let sql = "SELECT records, items, done, matched, failed, warnings FROM import_run \
                   WHERE id = $1 AND claim = $2 AND state = $3 FOR UPDATE";
        let Some(row) = tx.row(sql, args![self.id, self.claim, self.state.name()]).await? else {
            return Ok(Err(Lost));
        };
        let sql = "UPDATE import_run SET due_at = $2 WHERE id = $1";
        tx.run(sql, args![self.id, now.0 + LEASE]).await?;
        Ok(Ok(row))
    }

    /// Goes on to the next state; `due` says whether there is something to do in it.
    pub(super) async fn go_on(
        &self,
        tx: &mut Tx,
        to: ImportState,
        now: Moment,
    ) -> crate::Result<()> {
        let sql =
            "UPDATE import_run SET state = $2, done = 0, due_at = $3, ended_at = $4 WHERE id = $1";
        let works = !to.is_over() && to != ImportState::Planned;
        let (due, ended) = (works.then_some(now), to.is_over().then_some(now));
        tx.run(sql, args![self.id, to.name(), due, ended]).await?;
        Ok(())
    }

    /// Adds warnings that are not told yet.
    pub(super) async fn warn(
        &self,
        tx: &mut Tx,
        row: &Row,
        warnings: Vec<String>,
    ) -> crate::Result<()> {
        let mut told: Vec<String> = row.json("warnings")?;
        let before = told.len();
        for warning in warnings {
            if told.len() < MOST_WARNINGS && !told.contains(&warning) {
                told.push(warning);
            }
        }
        if told.len() > before {
            let text = serde_json::json!(told).to_string();
            tx.run("UPDATE import_run SET warnings = $2 WHERE id = $1", args![self.id, text])
                .await?;
        }
        Ok(())
    }

    /// Writes down what is wrong.
    pub(super) async fn errors(
        &self,
        tx: &mut Tx,
        act: &Act,
        item: Option<&str>,
        problems: &[Problem],
    ) -> crate::Result<()> {
        let rows = problems.iter().map(|it| {
            let line = it.line.filter(|it| *it > 0).and_then(|it| i64::try_from(it).ok());
            args![
                act.new_id(),
                self.id,
                line,
                item.map(str::to_owned),
                it.field.clone(),
                it.message.clone()
            ]
        });
        let columns = ["id", "import_id", "line", "item", "field", "message"];
        tx.insert("import_error", &columns, rows.collect()).await?;
        Ok(())
    }
}
