//! The floor: the same SQL over prepared statements, rows written as JSON likewise, and nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, PgConnection, postgres::PgArguments};

use super::{
    load::{CLIENTS, Client},
    sql_json::write_row,
};
use crate::failure::{Failure, Outcome};

/// A value for a statement.
#[derive(Debug, Clone)]
pub(super) enum Bind {
    Number(i64),
    Text(String),
}

/// A statement with its values.
pub(super) type Statement = (&'static str, Vec<Bind>);

/// The statements of the request with this number.
pub(super) type Statements = Arc<dyn Fn(u64) -> Vec<Statement> + Send + Sync>;

/// What the floor does for one request.
#[derive(Clone)]
pub(super) struct Work {
    /// What is sent, one after the other.
    pub(super) statements: Statements,
    /// Whether all of them are one transaction.
    pub(super) in_transaction: bool,
}

/// A connection that asks.
pub(super) struct FloorClient {
    connection: PgConnection,
    work: Work,
    next: Arc<AtomicU64>,
    out: Vec<u8>,
}

/// As many connections as there are clients.
pub(super) async fn clients(url: &str, work: &Work) -> Outcome<Vec<FloorClient>> {
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = Vec::with_capacity(CLIENTS);
    for _ in 0..CLIENTS {
        clients.push(FloorClient {
            connection: PgConnection::connect(url).await.map_err(failed)?,
            work: work.clone(),
            next: Arc::clone(&next),
            out: Vec::new(),
        });
    }
    Ok(clients)
}

impl Client for FloorClient {
    async fn ask(&mut self) -> Outcome {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.answer(number).await.map(|_| ())
    }
}

impl FloorClient {
    /// The answer to the request with this number, as JSON.
    pub(super) async fn answer(&mut self, number: u64) -> Outcome<&[u8]> {
        self.out.clear();
        let statements = (self.work.statements)(number);
        if self.work.in_transaction {
            let mut transaction = self.connection.begin().await.map_err(failed)?;
            for (sql, binds) in &statements {
                run(&mut transaction, sql, binds, &mut self.out).await?;
            }
            transaction.commit().await.map_err(failed)?;
        } else {
            for (sql, binds) in &statements {
                run(&mut self.connection, sql, binds, &mut self.out).await?;
            }
        }
        Ok(&self.out)
    }
}

async fn run(
    connection: &mut PgConnection,
    sql: &'static str,
    binds: &[Bind],
    out: &mut Vec<u8>,
) -> Outcome {
    let mut arguments = PgArguments::default();
    for bind in binds {
        let added = match bind {
            Bind::Number(number) => arguments.add(number),
            Bind::Text(text) => arguments.add(text),
        };
        added.map_err(|error| Failure::new(error.to_string()))?;
    }
    let rows = sqlx::query_with(AssertSqlSafe(sql), arguments)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    out.push(b'[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_row(out, row)?;
    }
    out.push(b']');
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn failed(error: sqlx::Error) -> Failure {
    Failure::new(format!("the floor: {error}"))
}
