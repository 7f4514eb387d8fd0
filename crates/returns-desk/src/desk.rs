//! The database of the desk, and what stands in it.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{Executor as _, Row as _};

use crate::clock::Clock;
use crate::words::{Condition, Decision, ReturnReason, ReturnState};

/// How many questions are answered at a time.
const CONNECTIONS: u32 = 4;
/// A change waits so long for another one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the desk could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// What the database says.
    #[error("the database of the returns desk cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// A word stands in the database that the desk does not know.
    #[error("return {rma} has “{word}” as its {field}, which is no word of the desk")]
    UnknownWord {
        /// Which return.
        rma: String,
        /// Which column.
        field: &'static str,
        /// What stands there.
        word: String,
    },
}

/// The desk: what it knows, and the time.
#[derive(Debug, Clone)]
pub struct Desk {
    pub(crate) database: SqlitePool,
    pub(crate) clock: Clock,
}

impl Desk {
    /// Opens a database that has the tables of [`crate::TABLES`].
    ///
    /// # Errors
    /// [`DeskError::Database`] when there is none or it cannot be read.
    pub async fn open(path: &Path, clock: Clock) -> Result<Self, DeskError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
        let database = pool.connect_with(options).await?;
        database.execute("SELECT rma FROM returns LIMIT 0").await?;
        Ok(Self { database, clock })
    }

    /// The return of a number, however its letters are written.
    pub(crate) async fn found(&self, rma: &str) -> Result<Option<Return>, DeskError> {
        let sql = "SELECT * FROM returns WHERE rma = upper(trim(?))";
        let row = sqlx::query(sql).bind(rma).fetch_optional(&self.database).await?;
        row.map(|row| Return::read(&row)).transpose()
    }

    /// The parcel of an id.
    pub(crate) async fn parcel(&self, id: i64) -> Result<Option<Parcel>, DeskError> {
        let sql = "SELECT * FROM parcels WHERE id = ?";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.database).await?;
        Ok(row.map(|row| Parcel::read(&row)).transpose()?)
    }

    /// What was written down about a return, oldest first.
    pub(crate) async fn comments(&self, rma: &str) -> Result<Vec<Comment>, DeskError> {
        let sql = "SELECT author, at, text FROM comments WHERE rma = ? ORDER BY id";
        let rows = sqlx::query(sql).bind(rma).fetch_all(&self.database).await?;
        Ok(rows.iter().map(Comment::read).collect::<sqlx::Result<_>>()?)
    }
}

/// Something that a customer sends back.
#[derive(Debug, Clone)]
pub(crate) struct Return {
    pub(crate) rma: String,
    pub(crate) parcel_id: i64,
    pub(crate) order_no: String,
    pub(crate) customer_email: String,
    pub(crate) customer_no: Option<i64>,
    pub(crate) sku: String,
    pub(crate) article: String,
    pub(crate) quantity: i64,
    pub(crate) reason: ReturnReason,
    pub(crate) remark: Option<String>,
    pub(crate) registered_at: String,
    pub(crate) received_at: Option<String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) inspected_by: Option<String>,
    pub(crate) inspected_at: Option<String>,
    pub(crate) photos: i64,
    pub(crate) decision: Option<Decision>,
    pub(crate) decided_at: Option<String>,
    pub(crate) decision_note: Option<String>,
    pub(crate) state: ReturnState,
}

impl Return {
    pub(crate) fn read(row: &SqliteRow) -> Result<Self, DeskError> {
        let rma: String = row.try_get("rma")?;
        let unknown = |field, word: &str| DeskError::UnknownWord {
            rma: rma.clone(),
            field,
            word: word.to_owned(),
        };
        let word = |field| row.try_get::<Option<String>, _>(field);
        let (reason, state) = (word("reason")?, word("state")?);
        let (condition, decision) = (word("condition")?, word("decision")?);
        let (reason, state) = (reason.unwrap_or_default(), state.unwrap_or_default());
        Ok(Self {
            parcel_id: row.try_get("parcel_id")?,
            order_no: row.try_get("order_no")?,
            customer_email: row.try_get("customer_email")?,
            customer_no: row.try_get("customer_no")?,
            sku: row.try_get("sku")?,
            article: row.try_get("article")?,
            quantity: row.try_get("quantity")?,
            reason: ReturnReason::of(&reason).ok_or_else(|| unknown("reason", &reason))?,
            remark: row.try_get("remark")?,
            registered_at: row.try_get("registered_at")?,
            received_at: row.try_get("received_at")?,
            condition: condition
                .map(|own| Condition::of(&own).ok_or_else(|| unknown("condition", &own)))
                .transpose()?,
            inspected_by: row.try_get("inspected_by")?,
            inspected_at: row.try_get("inspected_at")?,
            photos: row.try_get("photos")?,
            decision: decision
                .map(|own| Decision::of(&own).ok_or_else(|| unknown("decision", &own)))
                .transpose()?,
            decided_at: row.try_get("decided_at")?,
            decision_note: row.try_get("decision_note")?,
            state: ReturnState::of(&state).ok_or_else(|| unknown("state", &state))?,
            rma,
        })
    }
}

/// A parcel of a customer.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) id: i64,
    pub(crate) carrier: String,
    pub(crate) tracking_no: String,
    pub(crate) announced_at: String,
    pub(crate) arrived_at: Option<String>,
    pub(crate) weight_grams: Option<i64>,
}

impl Parcel {
    pub(crate) fn read(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            carrier: row.try_get("carrier")?,
            tracking_no: row.try_get("tracking_no")?,
            announced_at: row.try_get("announced_at")?,
            arrived_at: row.try_get("arrived_at")?,
            weight_grams: row.try_get("weight_grams")?,
        })
    }
}

/// A remark that somebody at the desk wrote down.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) author: Option<String>,
    pub(crate) at: String,
    pub(crate) text: String,
}

impl Comment {
    fn read(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            author: row.try_get("author")?,
            at: row.try_get("at")?,
            text: row.try_get("text")?,
        })
    }
}
