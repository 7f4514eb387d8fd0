//! `/catalogue/stock`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    change::StockChange,
    ledger::{self, LedgerDifference},
};
use crate::{
    app::App,
    args,
    catalogue::{check, words::Sku},
    db::{DbError, Row, Tx, Value},
    error::{Findings, Refusal},
    http::{Answer, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    moment::Moment,
    refuse,
};

/// How many of a variant are at a location.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StockLevel {
    /// Location and variant: `ham:OAK-S`.
    id: String,
    /// Which variant.
    sku: Sku,
    /// Where.
    location: String,
    /// How many are there.
    on_hand: i64,
    /// How many of them orders hold.
    reserved: i64,
    /// How many of them are kept back from sale.
    safety: i64,
    /// How many can still be sold.
    available: i64,
    /// How many are on their way.
    incoming: i64,
    /// When they arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    incoming_at: Option<Moment>,
}

/// The level of a variant at a location.
pub(super) async fn level_at(tx: &mut Tx, sku: &str, location: &str) -> crate::Result<StockLevel> {
    let sql = format!(
        "{COLUMNS} FROM variant AS v JOIN stock AS s ON s.variant_id = v.id \
         JOIN location AS l ON l.id = s.location_id WHERE v.sku = $1 AND l.code = $2"
    );
    let row = tx.row(&sql, args![sku, location]).await?;
    let row = row.ok_or_else(|| Refusal::not_found("stock", format!("{location}:{sku}")))?;
    Ok(level(&row)?)
}

const COLUMNS: &str = "SELECT v.sku, l.code AS location, s.variant_id, s.location_id, s.on_hand, s.reserved, \
     s.incoming, s.incoming_at, s.safety";

fn level(row: &Row) -> Result<StockLevel, DbError> {
    let (on_hand, reserved, safety): (i64, i64, i64) =
        (row.get("on_hand")?, row.get("reserved")?, row.get("safety")?);
    let (sku, location): (Sku, String) = (row.word("sku")?, row.get("location")?);
    Ok(StockLevel {
        id: format!("{location}:{sku}"),
        sku,
        location,
        on_hand,
        reserved,
        safety,
        available: (on_hand - reserved - safety).max(0),
        incoming: row.get("incoming")?,
        incoming_at: row.get("incoming_at")?,
    })
}

async fn levels_of(tx: &mut Tx, skus: Vec<String>) -> Result<Vec<StockLevel>, DbError> {
    let sql = format!(
        "{COLUMNS} FROM variant AS v JOIN stock AS s ON s.variant_id = v.id \
         JOIN location AS l ON l.id = s.location_id WHERE v.sku = ANY($1) ORDER BY v.sku, l.code"
    );
    tx.rows(&sql, args![skus]).await?.iter().map(level).collect()
}

/// Which levels.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StockQuestion {
    /// Of this variant only.
    #[param(min_length = 1, max_length = 64)]
    sku: Option<String>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Levels of stock, by variant and location.
#[utoipa::path(get, path = "/catalogue/stock", tag = "Stock", operation_id = "list_stock",
    params(StockQuestion),
    responses((status = 200, description = "A page", body = PageOf<StockLevel>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    Params(question): Params<StockQuestion>,
) -> Answer {
    let paging = Paging { limit: question.limit, after: question.after };
    let (sku, location): (String, String) = paging.position()?.unwrap_or_default();
    let limit = paging.one_more()?;
    if question.sku.as_ref().is_some_and(|sku| sku.is_empty() || sku.chars().count() > 64) {
        refuse!(Refusal::new(400, "invalid_parameter", "sku has 1 to 64 characters."));
    }
    let mut args = args![sku, location, limit];
    let mut only = "";
    if let Some(sku) = question.sku {
        only = "AND sku = $4";
        args.push(Value::from(sku));
    }
    // As many variants as there are lines on the page, and the one of which some have been shown: each has a level.
    let sql = format!(
        "{COLUMNS} FROM (SELECT id, sku FROM variant WHERE sku >= $1 {only}
                AND (SELECT MIN(location_id) FROM stock WHERE variant_id = variant.id) IS NOT NULL ORDER BY sku LIMIT $3 + 1) AS v
            JOIN stock AS s ON s.variant_id = v.id JOIN location AS l ON l.id = s.location_id
            WHERE v.sku > $1 OR l.code > $2 ORDER BY v.sku, l.code LIMIT $3"
    );
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args).await })).await?;
    let levels = rows.iter().map(level).collect::<Result<Vec<_>, _>>()?;
    Reply::ok(&paging.page(levels, |it| (it.sku.to_string(), it.location.to_string()))?)
}

/// Levels after a change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StockLevels {
    /// All levels of the variants that were changed.
    levels: Vec<StockLevel>,
}

/// Book goods that came in, were counted, or went elsewhere: all of it or nothing.
#[utoipa::path(post, path = "/catalogue/stock", tag = "Stock", operation_id = "change_stock",
    request_body = StockChange,
    responses((status = 200, description = "The levels now", body = StockLevels)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn change(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    write: Write<StockChange>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            input.make(tx, act).await?;
            Reply::ok(&StockLevels { levels: levels_of(tx, input.skus()).await? })
        })
    })
    .await
}

/// What is planned for a level.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StockPlan {
    /// How many are kept back from sale.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    safety: i64,
    /// How many are on their way.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    incoming: i64,
    /// When they arrive; needed where any are on their way.
    #[serde(default)]
    incoming_at: Option<Moment>,
}

/// Say how many are kept back and how many are on their way.
#[utoipa::path(put, path = "/catalogue/stock/{sku}/{location}", tag = "Stock", operation_id = "plan_stock",
    params(("sku" = String, Path), ("location" = String, Path)), request_body = StockPlan,
    responses((status = 200, description = "The levels now", body = StockLevels)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn plan(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams((sku, location)): PathParams<(String, String)>,
    write: Write<StockPlan>,
) -> Answer {
    let Write { input, once, .. } = write;
    let mut found = Findings::default();
    check::range(&mut found, "/safety", input.safety, 0..=1_000_000_000);
    check::range(&mut found, "/incoming", input.incoming, 0..=1_000_000_000);
    let said = (input.incoming > 0) == input.incoming_at.is_some();
    found.check(said, "/incoming_at", "is needed where goods are on their way, and only there");
    found.end()?;
    app.write(permit, once, move |tx, _| {
        Box::pin(async move {
            let sql = "INSERT INTO stock (variant_id, location_id, on_hand, reserved, incoming, incoming_at, \
                       safety) SELECT v.id, l.id, 0, 0, $3, $4, $5 FROM variant AS v, location AS l \
                       WHERE v.sku = $1 AND l.code = $2 AND NOT v.bundle \
                       ON CONFLICT (variant_id, location_id) \
                       DO UPDATE SET incoming = $3, incoming_at = $4, safety = $5";
            let args = args![
                sku.as_str(),
                location.as_str(),
                input.incoming,
                input.incoming_at,
                input.safety
            ];
            if tx.run(sql, args).await? == 0 {
                refuse!(Refusal::not_found("variant with stock or location", format!("{sku}, {location}")));
            }
            Reply::ok(&StockLevels { levels: levels_of(tx, vec![sku]).await? })
        })
    })
    .await
}

/// A movement of stock.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StockMovement {
    /// Its number.
    id: i64,
    /// Where.
    location: String,
    /// Why: opening, receipt, correction, transfer, shipment, return.
    kind: String,
    /// How many more (or less) were there.
    on_hand_change: i64,
    /// For which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<i64>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// By whom.
    actor: String,
    /// When.
    at: Moment,
}

/// What happened to the stock of a variant, the latest first.
#[utoipa::path(get, path = "/catalogue/stock/{sku}/movements", tag = "Stock",
    operation_id = "list_stock_movements", params(("sku" = String, Path), Paging),
    responses((status = 200, description = "A page", body = PageOf<StockMovement>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn movements(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(sku): PathParams<String>,
    Params(paging): Params<Paging>,
) -> Answer {
    let before = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let sql = "SELECT m.id, l.code AS location, m.kind, m.on_hand_change, m.order_id, \
               m.reason, m.actor, m.at FROM stock_movement AS m JOIN location AS l ON l.id = m.location_id \
               WHERE m.variant_id = (SELECT id FROM variant WHERE sku = $1) AND m.id < $2 \
               ORDER BY m.id DESC LIMIT $3";
    let rows = app
        .db
        .read(move |tx| Box::pin(async move { tx.rows(sql, args![sku, before, limit]).await }))
        .await?;
    let movements = rows.iter().map(|row| {
        Ok(StockMovement {
            id: row.get("id")?,
            location: row.get("location")?,
            kind: row.get("kind")?,
            on_hand_change: row.get("on_hand_change")?,
            order_id: row.get("order_id")?,
            reason: row.get("reason")?,
            actor: row.get("actor")?,
            at: row.get("at")?,
        })
    });
    let movements = movements.collect::<Result<Vec<_>, DbError>>()?;
    Reply::ok(&paging.page(movements, |it| it.id)?)
}

/// Whether levels fit their ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StockAudit {
    /// Those that do not.
    differences: Vec<LedgerDifference>,
}

/// Compare the levels of a variant with the sums of their movements.
#[utoipa::path(get, path = "/catalogue/stock/{sku}/audit", tag = "Stock", operation_id = "audit_stock",
    params(("sku" = String, Path)),
    responses((status = 200, description = "What does not fit: nothing", body = StockAudit)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn audit(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(sku): PathParams<String>,
) -> Answer {
    let differences =
        app.db.read(move |tx| Box::pin(async move { ledger::audit(tx, Some(&sku)).await })).await?;
    Reply::ok(&StockAudit { differences })
}
