//! `returns.db`: what comes back, by a hand that speaks GraphQL.

use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::dates::Moment;
use super::returns::{DeskReturn, Parcel, plan as play};
use super::table::{Cell, fill, row};

/// Makes the tables and fills them.
///
/// # Errors
/// What SQLite says.
pub(super) async fn write(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let (parcels, returns) = play(plan);
    sqlx::raw_sql(returns_desk::TABLES).execute(&mut *connection).await?;
    let columns = ["id", "carrier", "tracking_no", "announced_at", "arrived_at", "weight_grams"];
    fill(connection, "parcels", columns, (1..).zip(&parcels).map(parcel_row)).await?;
    let columns = [
        "rma",
        "parcel_id",
        "order_no",
        "customer_email",
        "customer_no",
        "sku",
        "article",
        "quantity",
        "reason",
        "remark",
        "registered_at",
        "received_at",
        "condition",
        "inspected_by",
        "inspected_at",
        "photos",
        "decision",
        "decided_at",
        "decision_note",
    ];
    fill(connection, "returns", columns, returns.iter().map(return_row)).await?;
    let comments = returns.iter().filter_map(|own| {
        let (author, text) = own.comment?;
        let at = own.inspection.as_ref().map_or(own.registered, |seen| seen.at);
        Some(row![&own.rma, author, at.iso(), text])
    });
    fill(connection, "comments", ["rma", "author", "at", "text"], comments).await?;
    sqlx::raw_sql(returns_desk::INDEXES).execute(&mut *connection).await?;
    Ok(())
}

fn parcel_row((id, parcel): (i64, &Parcel)) -> [Cell; 6] {
    row![
        id,
        parcel.carrier,
        &parcel.tracking_no,
        parcel.announced.iso(),
        parcel.arrived.map(Moment::iso),
        parcel.weight_grams,
    ]
}

fn return_row(own: &DeskReturn) -> [Cell; 19] {
    let (seen, decided) = (own.inspection.as_ref(), own.decision.as_ref());
    row![
        &own.rma,
        own.parcel as i64 + 1,
        &own.order_no,
        &own.email,
        own.customer_no,
        &own.sku,
        &own.article,
        own.quantity,
        &own.reason,
        own.remark,
        own.registered.iso(),
        own.received.map(Moment::iso),
        seen.map(|seen| seen.condition),
        seen.map(|seen| seen.by),
        seen.map(|seen| seen.at.iso()),
        seen.map_or(0, |seen| seen.photos),
        decided.map(|decided| decided.word),
        decided.map(|decided| decided.at.iso()),
        decided.map(|decided| decided.note),
    ]
}
