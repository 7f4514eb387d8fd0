//! What is done with a return at the desk, and why it is sometimes not done.

use sqlx::SqliteConnection;

use crate::desk::{Desk, DeskError, Return};
use crate::words::{Condition, ReturnAction, ReturnState};

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no return of that number.
    NotFound(String),
    /// It has come too far, or not far enough.
    State { now: ReturnState, message: String },
    /// Something that was given cannot be.
    Input { field: &'static str, message: String },
}

/// What came of it: the return as it is now, or why nothing happened.
pub(crate) type Outcome = Result<Result<Return, Refusal>, DeskError>;

impl Return {
    /// What can be done with it now.
    pub(crate) fn allowed(&self) -> Vec<ReturnAction> {
        use ReturnAction as A;
        match self.state {
            ReturnState::Announced => {
                vec![A::Receive, A::Inspect, A::Restock, A::WriteOff, A::Comment]
            }
            ReturnState::Received | ReturnState::Inspected => {
                vec![A::Inspect, A::Restock, A::WriteOff, A::Comment]
            }
            ReturnState::Restocked | ReturnState::WrittenOff => vec![A::Comment],
        }
    }

    fn refuse_decided(&self, what: &str) -> Option<Refusal> {
        self.state.is_decided().then(|| Refusal::State {
            now: self.state,
            message: format!("{} is {}, it cannot be {what}", self.rma, self.state.spoken()),
        })
    }
}

/// What somebody found out by looking.
#[derive(Debug, Clone, Default)]
pub(crate) struct Finding {
    pub(crate) condition: Option<Condition>,
    pub(crate) by: Option<String>,
    pub(crate) photos: Option<i32>,
}

impl Desk {
    /// Notes that a return has come in.
    pub(crate) async fn receive(&self, rma: &str) -> Outcome {
        let Some(own) = self.found(rma).await? else { return Ok(Err(unknown(rma))) };
        if own.state != ReturnState::Announced {
            let message = format!("{} is {} already", own.rma, own.state.spoken());
            return Ok(Err(Refusal::State { now: own.state, message }));
        }
        let mut work = self.database.begin().await?;
        self.arrive(&mut work, &own).await?;
        work.commit().await?;
        self.after(rma).await
    }

    /// Notes what a return looks like. Whoever has it in their hands has received it, too.
    pub(crate) async fn inspect(&self, rma: &str, finding: Finding) -> Outcome {
        let Some(own) = self.found(rma).await? else { return Ok(Err(unknown(rma))) };
        if let Some(refusal) =
            own.refuse_decided("inspected again").or_else(|| impossible(&finding))
        {
            return Ok(Err(refusal));
        }
        let mut work = self.database.begin().await?;
        self.arrive(&mut work, &own).await?;
        self.note(&mut work, &own, &finding).await?;
        work.commit().await?;
        self.after(rma).await
    }

    /// Puts a return back to the shelf: as new, where nobody has said otherwise.
    pub(crate) async fn restock(
        &self,
        rma: &str,
        finding: Finding,
        place: Option<&str>,
    ) -> Outcome {
        let Some(own) = self.found(rma).await? else { return Ok(Err(unknown(rma))) };
        let condition = finding.condition.or(own.condition).unwrap_or(Condition::AsNew);
        if let Some(refusal) = own.refuse_decided("put back to the shelf") {
            return Ok(Err(refusal));
        }
        if !condition.is_sellable() {
            let message = format!(
                "{} is {}, nobody would buy it; write it off, or inspect it again",
                own.rma,
                condition.as_str().to_lowercase().replace('_', " ")
            );
            return Ok(Err(Refusal::Input { field: "condition", message }));
        }
        let finding = Finding { condition: Some(condition), ..finding };
        self.decide(&own, &finding, "RESTOCK", place).await
    }

    /// Gives a return up.
    pub(crate) async fn write_off(&self, rma: &str, finding: Finding, reason: &str) -> Outcome {
        let Some(own) = self.found(rma).await? else { return Ok(Err(unknown(rma))) };
        if let Some(refusal) = own.refuse_decided("written off") {
            return Ok(Err(refusal));
        }
        let Some(reason) = said(reason) else {
            let message = "why it is given up has to be said".to_owned();
            return Ok(Err(Refusal::Input { field: "reason", message }));
        };
        let condition = finding.condition.or(own.condition).unwrap_or(Condition::Damaged);
        let finding = Finding { condition: Some(condition), ..finding };
        self.decide(&own, &finding, "WRITE_OFF", Some(reason)).await
    }

    /// Writes something down about a return, whatever became of it.
    pub(crate) async fn comment(&self, rma: &str, text: &str, author: Option<&str>) -> Outcome {
        let Some(own) = self.found(rma).await? else { return Ok(Err(unknown(rma))) };
        let Some(text) = said(text) else {
            let message = "there is nothing to write down".to_owned();
            return Ok(Err(Refusal::Input { field: "text", message }));
        };
        sqlx::query("INSERT INTO comments (rma, author, at, text) VALUES (?, ?, ?, ?)")
            .bind(&own.rma)
            .bind(author.and_then(said))
            .bind(self.clock.now())
            .bind(text)
            .execute(&self.database)
            .await?;
        self.after(rma).await
    }

    async fn decide(
        &self,
        own: &Return,
        finding: &Finding,
        decision: &str,
        note: Option<&str>,
    ) -> Outcome {
        if let Some(refusal) = impossible(finding) {
            return Ok(Err(refusal));
        }
        let mut work = self.database.begin().await?;
        self.arrive(&mut work, own).await?;
        self.note(&mut work, own, finding).await?;
        // two clerks may have the same list before them
        let decided = sqlx::query(
            "UPDATE returns SET decision = ?, decided_at = ?, decision_note = ? WHERE rma = ? AND decision IS NULL",
        )
        .bind(decision)
        .bind(self.clock.now())
        .bind(note.and_then(said))
        .bind(&own.rma)
        .execute(&mut *work)
        .await?;
        if decided.rows_affected() == 0 {
            work.rollback().await?;
            let message = format!("somebody else has just decided about {}", own.rma);
            return Ok(Err(Refusal::State { now: own.state, message }));
        }
        work.commit().await?;
        self.after(&own.rma).await
    }

    /// A return that is in somebody's hands has arrived, and its parcel with it.
    async fn arrive(&self, work: &mut SqliteConnection, own: &Return) -> sqlx::Result<()> {
        let now = self.clock.now();
        sqlx::query("UPDATE returns SET received_at = ? WHERE rma = ? AND received_at IS NULL")
            .bind(&now)
            .bind(&own.rma)
            .execute(&mut *work)
            .await?;
        sqlx::query("UPDATE parcels SET arrived_at = ? WHERE id = ? AND arrived_at IS NULL")
            .bind(&now)
            .bind(own.parcel_id)
            .execute(&mut *work)
            .await?;
        Ok(())
    }

    async fn note(
        &self,
        work: &mut SqliteConnection,
        own: &Return,
        finding: &Finding,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE returns SET condition = coalesce(?, condition), photos = coalesce(?, photos),
                 inspected_by = coalesce(?, inspected_by), inspected_at = coalesce(inspected_at, ?)
             WHERE rma = ? AND decision IS NULL",
        )
        .bind(finding.condition.map(Condition::as_str))
        .bind(finding.photos)
        .bind(finding.by.as_deref().and_then(said))
        .bind(self.clock.now())
        .bind(&own.rma)
        .execute(work)
        .await?;
        Ok(())
    }

    async fn after(&self, rma: &str) -> Outcome {
        Ok(self.found(rma).await?.ok_or_else(|| unknown(rma)))
    }
}

fn unknown(rma: &str) -> Refusal {
    Refusal::NotFound(rma.trim().to_owned())
}

fn impossible(finding: &Finding) -> Option<Refusal> {
    finding.photos.filter(|photos| *photos < 0).map(|_| Refusal::Input {
        field: "photos",
        message: "there cannot be less than no photo".to_owned(),
    })
}

/// A text that says something, without blanks around it.
fn said(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
