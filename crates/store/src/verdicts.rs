//! What was decided about proposals (links, habits), so that nobody is asked twice.

use crate::param::params;
use crate::word::words;
use crate::{Micros, Read, Result, Row, Tx};

words! {
    /// A decision.
    pub enum Verdict {
        /// The proposal holds.
        Accepted = "accepted",
        /// The proposal is wrong.
        Rejected = "rejected",
    }
}

/// A remembered decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The backend the proposal is about.
    pub backend: String,
    /// What kind of proposal: `link`, `soft-delete`, …
    pub kind: String,
    /// What is proposed, in a form that is the same each time it is found.
    pub subject: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Who decided, by name.
    pub who: String,
    /// When.
    pub at: Micros,
}

/// Remembers a decision, instead of an earlier one about the same.
///
/// # Errors
/// [`crate::StoreError::Database`]; the same for the other functions.
pub async fn remember(tx: &mut Tx, decision: &Decision) -> Result<()> {
    let sql = "INSERT INTO kontor_verdict (backend, kind, subject, verdict, who, at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (backend, kind, subject) DO UPDATE SET \
         verdict = excluded.verdict, who = excluded.who, at = excluded.at";
    let params = params![
        &decision.backend,
        &decision.kind,
        &decision.subject,
        decision.verdict,
        &decision.who,
        decision.at,
    ];
    tx.run(sql.into(), params).await.map(drop)
}

/// Forgets a decision, so that it is proposed again; false where there is none.
///
/// # Errors
/// As [`remember`].
pub async fn forget(tx: &mut Tx, backend: &str, kind: &str, subject: &str) -> Result<bool> {
    let sql = "DELETE FROM kontor_verdict WHERE backend = $1 AND kind = $2 AND subject = $3";
    Ok(tx.run(sql.into(), params![backend, kind, subject]).await? > 0)
}

/// All decisions about a backend, by kind and subject.
///
/// # Errors
/// As [`remember`].
pub async fn of_backend(db: &mut impl Read, backend: &str) -> Result<Vec<Decision>> {
    let sql = "SELECT backend, kind, subject, verdict, who, at FROM kontor_verdict \
         WHERE backend = $1 ORDER BY kind, subject";
    db.rows(sql.into(), params![backend]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Decision> {
    Ok(Decision {
        backend: row.text("backend")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        verdict: row.word("verdict")?,
        who: row.text("who")?,
        at: row.int("at")?,
    })
}
