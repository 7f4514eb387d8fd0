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
            // The lease of a reader who has left is dropped in the middle of the statement.
            if !sender.is_closed()
                && let Err(failure) = lease.settle(fed)
            {
                let _ = sender.send(Err(failure)).await;
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
            sender.send(Ok(full)).await.map_err(|_| left())?;
        }
    }
    sender.send(Ok(parcel)).await.map_err(|_| left())
}

fn left() -> Failure {
    Failure::new(FailureKind::Cancelled, "the reader has left")
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
