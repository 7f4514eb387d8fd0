//! What can be asked.

use async_graphql::{Context, ID, Object, Result};
use sqlx::sqlite::SqliteRow;

use super::connections::{PARCELS, ParcelConnection, RETURNS, ReturnConnection};
use super::failed;
use super::filters::{ParcelFilter, ParcelOrder, ReturnFilter, ReturnOrder};
use crate::desk::{Desk, DeskError, Parcel, Return};
use crate::listing::{By, Conditions, ListError, Table, Wanted};

/// What can be asked.
pub(crate) struct Query;

/// What can be asked.
#[Object]
impl Query {
    /// What customers send back.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    async fn returns(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<ReturnFilter>,
        search: Option<String>,
        order_by: Option<Vec<ReturnOrder>>,
    ) -> Result<ReturnConnection> {
        let of = filter.unwrap_or_default().conditions(search.as_deref());
        let order = order_by.unwrap_or_else(|| vec![ReturnOrder::RmaDesc]);
        let order: Vec<By> = order.into_iter().map(ReturnOrder::by).collect();
        let wanted = Wanted { first, after, last, before };
        let (edges, around) = part(context, (RETURNS, &of), &order, &wanted, Return::read).await?;
        Ok(ReturnConnection { of, edges, around })
    }

    /// The return of a number.
    async fn r#return(&self, context: &Context<'_>, rma: ID) -> Result<Option<Return>> {
        context.data::<Desk>()?.found(&rma).await.map_err(failed)
    }

    /// The parcels in which it comes.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    async fn parcels(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<ParcelFilter>,
        search: Option<String>,
        order_by: Option<Vec<ParcelOrder>>,
    ) -> Result<ParcelConnection> {
        let of = filter.unwrap_or_default().conditions(search.as_deref());
        let order = order_by.unwrap_or_else(|| vec![ParcelOrder::IdDesc]);
        let order: Vec<By> = order.into_iter().map(ParcelOrder::by).collect();
        let wanted = Wanted { first, after, last, before };
        let read = |row: &SqliteRow| Ok(Parcel::read(row)?);
        let (edges, around) = part(context, (PARCELS, &of), &order, &wanted, read).await?;
        Ok(ParcelConnection { of, edges, around })
    }

    /// The parcel of an id.
    async fn parcel(&self, context: &Context<'_>, id: ID) -> Result<Option<Parcel>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        context.data::<Desk>()?.parcel(id).await.map_err(failed)
    }
}

/// Records in their places, and whether there are others before and after.
type Edges<T> = (Vec<(String, T)>, (bool, bool));

async fn part<T>(
    context: &Context<'_>,
    (table, of): (Table, &Conditions),
    order: &[By],
    wanted: &Wanted,
    read: impl Fn(&SqliteRow) -> std::result::Result<T, DeskError>,
) -> Result<Edges<T>> {
    let desk = context.data::<Desk>()?;
    let part =
        table.part(&desk.database, of, order, wanted).await.map_err(|error| match error {
            ListError::Database(error) => failed(error),
            told => async_graphql::Error::new(told.to_string()),
        })?;
    let around = (part.has_previous, part.has_next);
    let edges = part.rows.into_iter().map(|(cursor, row)| Ok((cursor, read(&row)?)));
    let edges = edges.collect::<std::result::Result<_, DeskError>>().map_err(failed)?;
    Ok((edges, around))
}
