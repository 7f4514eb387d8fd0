//! Rows one by one with flat memory: a task reads them as fast as they are taken.

use std::time::Duration;

use futures_util::StreamExt as _;
use kontor_model::{Query, Resource, Value};
use tokio::sync::mpsc;

use crate::database::Database;
use crate::driver::{Driver, GRACE, no_answer};
use crate::error::{Failure, FailureKind};
use crate::pool::Lease;
use crate::sql::{self, Statement};
use crate::{Of, RowStream};

/// Rows travel in parcels: one channel operation per row would cost more than reading it.
const PARCEL: usize = 128;

/// A reader who takes nothing for so long has its connection taken away.
const STALL: Duration = Duration::from_secs(60);

type Parcel = Result<Vec<Vec<Value>>, Failure>;

impl<D: Driver> Database<D> {
    pub(crate) async fn streamed(
        &self,
        of: &Of<'_>,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, Failure> {
        let statement = sql::select(of.schema, of.resource, query, None);
        let mut lease = self.reading().await?;
        lease.allow(budget).await?;
        lease.plan(statement.sql.planning).await?;
        let (sender, receiver) = mpsc::channel(4);
        let resource = of.resource.clone();
        tokio::spawn(async move {
            let fed = tokio::select! {
                fed = feed(&mut lease, &statement, &resource, &sender) => fed,
                // Who leaves before the first row has come is not waited for.
                () = sender.closed() => return,
            };
            // The lease of a reader who has left is dropped in the middle of the statement, and so
            // is that of one who takes nothing any more.
            let fed = match fed {
                Err(failure) if failure.kind == FailureKind::Cancelled => {
                    drop(lease);
                    Err(failure)
                }
                fed => lease.settle(fed),
            };
            if let Err(failure) = fed {
                // Whoever has left does not hear it.
                drop(sender.send(Err(failure)).await);
            }
        });
        Ok(unpacked(receiver))
    }
}

async fn feed<D: Driver>(
    lease: &mut Lease<D>,
    statement: &Statement,
    resource: &Resource,
    sender: &mpsc::Sender<Parcel>,
) -> Result<(), Failure> {
    let patience = lease.allowed().saturating_add(GRACE);
    let raw = lease.busy()?;
    let mut rows = D::rows(raw, &statement.sql, &statement.takes, Some(resource));
    let mut parcel = Vec::with_capacity(PARCEL);
    loop {
        let next = tokio::time::timeout(patience, rows.next()).await;
        let Some(row) = next.map_err(|_| no_answer(patience))? else { break };
        let mut row = row.map_err(|error| D::failure(&error))?;
        row.truncate(statement.asked);
        parcel.push(row);
        if parcel.len() == PARCEL {
            let full = std::mem::replace(&mut parcel, Vec::with_capacity(PARCEL));
            hand_over(sender, full).await?;
        }
    }
    hand_over(sender, parcel).await
}

async fn hand_over(sender: &mpsc::Sender<Parcel>, rows: Vec<Vec<Value>>) -> Result<(), Failure> {
    let cancelled = |why: &str| Failure::new(FailureKind::Cancelled, why);
    match tokio::time::timeout(STALL, sender.send(Ok(rows))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(cancelled("the reader has left")),
        Err(_) => Err(cancelled("the reader took nothing for a minute")),
    }
}

fn unpacked(receiver: mpsc::Receiver<Parcel>) -> RowStream {
    let parcels = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|parcel| (parcel, receiver))
    });
    parcels
        .flat_map(|parcel| match parcel {
            Ok(rows) => futures_util::stream::iter(rows.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(failure) => futures_util::stream::iter(vec![Err(failure)]),
        })
        // Whoever asks once more at the end is told so again.
        .fuse()
        .boxed()
}
