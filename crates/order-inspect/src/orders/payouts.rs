//! Money that people transfer to customers: what is to be transferred, and what was.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    facts::{Facts, Operation},
    operations::book,
    settle::enqueue,
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::{Row, Tx},
    error::Refusal,
    http::{Answer, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    moment::Moment,
    money::Currency,
    payments::plain_iban,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(confirm))
        .routes(routes!(name_account))
        .routes(routes!(call_off))
}

/// Where a transfer to a customer stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// Somebody has to make it.
    #[default]
    Pending,
    /// It was made.
    Succeeded,
    /// It was called off.
    Failed,
}

impl PayoutState {
    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// Which transfers.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those that stand here; `pending` if it is not said.
    #[param(required = false, inline)]
    state: PayoutState,
    /// How many, 1 to 200.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(required = false)]
    after: Option<String>,
}

/// A transfer to a customer.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutView {
    /// Its number, which its address ends in.
    id: i64,
    /// The order's number, which is what the transfer is for.
    #[schema(examples("DE-1001"))]
    order: String,
    /// How much, in minor units.
    #[schema(examples(3370))]
    amount: i64,
    /// The currency.
    #[schema(value_type = String, examples("EUR"))]
    currency: Currency,
    /// Whom it goes to: the name on the invoice.
    #[schema(examples("Erika Mustermann"))]
    name: String,
    /// The account that it goes to, if the customer has said so; otherwise it is the one that the money came from.
    #[schema(examples("DE89370400440532013000"))]
    iban: Option<String>,
    /// Whether it was paid beyond the order, rather than credited.
    overpayment: bool,
    /// Where it stands.
    state: PayoutState,
    /// What names it on the bank's statement, once it was made.
    reference: Option<String>,
    /// Why it was called off.
    reason: Option<String>,
    /// When it became due.
    created_at: Moment,
    /// When it was made or called off.
    settled_at: Option<Moment>,
}

/// Money that has to be transferred to customers, or was: the oldest first.
#[utoipa::path(get, path = "/payouts", operation_id = "list_payouts", tag = "orders", params(Which),
    security(("api_key" = ["read_orders", "manage_orders"])), responses((status = 200, body = PageOf<PayoutView>)))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    Params(which): Params<Which>,
) -> Answer {
    let paging = Paging { limit: which.limit, after: which.after.clone() };
    let after: i64 = paging.position()?.unwrap_or(0);
    let args = args![which.state.word(), after, paging.one_more()?];
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(LIST, args).await })).await?;
    let rows = rows.iter().map(payout).collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(rows, |it: &PayoutView| it.id)?)
}

const LIST: &str =
    "SELECT p.id, p.amount, p.iban, p.overpayment, p.state, p.reference, p.reason, p.created_at,
        p.settled_at, r.number, r.name, r.currency
    FROM payment_operation p JOIN orders r ON r.id = p.order_id
    WHERE p.by_hand AND p.state = $1 AND p.id > $2 ORDER BY p.id LIMIT $3";

fn payout(row: &Row) -> crate::Result<PayoutView> {
    Ok(PayoutView {
        id: row.get("id")?,
        order: row.get("number")?,
        amount: row.get("amount")?,
        currency: row.word("currency")?,
        name: row.get("name")?,
        iban: row.get("iban")?,
        overpayment: row.get("overpayment")?,
        state: row.word("state")?,
        reference: row.get("reference")?,
        reason: row.get("reason")?,
        created_at: row.get("created_at")?,
        settled_at: row.get("settled_at")?,
    })
}

/// A transfer that was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transferred {
    /// What names it on the bank's statement.
    #[schema(min_length = 1, max_length = 140, examples("2026-11-24 SEPA 0815"))]
    pub reference: String,
}

/// Say that a transfer to the customer was made. It is booked, and the customer is told.
#[utoipa::path(post, path = "/orders/{number}/payouts/{payout}", operation_id = "confirm_payout", tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("payout" = i64, Path, description = "The transfer's number")),
    request_body = Transferred, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn confirm(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, payout)): PathParams<(String, i64)>,
    write: Write<Transferred>,
) -> Answer {
    change(&app, permit, write, number, Action::ConfirmPayout, move |tx, act, facts, input| {
        Box::pin(async move {
            let reference = super::text(&input.reference, 140, "/reference")?;
            let found = pending(facts, payout)?;
            let (order, amount) = (facts.order.id, found.amount);
            let name = format!("refund-{}", found.id);
            book(tx, act, order, found.payment_id, "refunded", amount, &name).await?;
            let sql = "UPDATE payment_operation SET state = 'succeeded', reference = $2, settled_at = $3
                WHERE id = $1";
            tx.run(sql, args![found.id, &reference, act.now]).await?;
            let told = serde_json::json!({ "operation_id": found.id, "amount": amount, "reference": reference });
            enqueue(tx, act, "payout.made", order, &told).await?;
            Ok(Told::new("payout_made", told))
        })
    })
    .await
}

/// Where a transfer goes to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutAccount {
    /// The customer's account.
    #[schema(min_length = 15, max_length = 60, examples("DE89370400440532013000"))]
    pub iban: String,
}

/// Say which account a transfer goes to that was not made yet.
#[utoipa::path(post, path = "/orders/{number}/payouts/{payout}/account", operation_id = "name_payout_account",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("payout" = i64, Path, description = "The transfer's number")),
    request_body = PayoutAccount, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn name_account(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, payout)): PathParams<(String, i64)>,
    write: Write<PayoutAccount>,
) -> Answer {
    change(&app, permit, write, number, Action::ConfirmPayout, move |tx, _, facts, input| {
        Box::pin(async move {
            let found = pending(facts, payout)?;
            let Some(iban) = account(Some(&input.iban))? else {
                refuse!(Refusal::invalid("/iban", "an IBAN"));
            };
            let sql = "UPDATE payment_operation SET iban = $2 WHERE id = $1";
            tx.run(sql, args![found.id, iban]).await?;
            Ok(Told::new("payout_account_named", serde_json::json!({ "amount": found.amount })))
        })
    })
    .await
}

/// Why a transfer is not made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoTransfer {
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("The account was closed"))]
    pub reason: String,
}

/// Call a transfer off that was not made. What it was for is still owed to the customer, and can be given back again,
/// be it to another account.
#[utoipa::path(post, path = "/orders/{number}/payouts/{payout}/cancellation", operation_id = "cancel_payout",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("payout" = i64, Path, description = "The transfer's number")),
    request_body = NoTransfer, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn call_off(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, payout)): PathParams<(String, i64)>,
    write: Write<NoTransfer>,
) -> Answer {
    change(&app, permit, write, number, Action::ConfirmPayout, move |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::reason(&input.reason)?;
            let found = pending(facts, payout)?;
            let sql = "UPDATE payment_operation SET state = 'failed', reason = $2, settled_at = $3
                WHERE id = $1";
            tx.run(sql, args![found.id, &reason, act.now]).await?;
            let told = serde_json::json!({ "amount": found.amount, "reason": reason });
            Ok(Told::new("payout_cancelled", told))
        })
    })
    .await
}

/// Transfers to the customer that were not made yet, the latest first.
pub(super) fn waiting(facts: &Facts) -> impl Iterator<Item = &Operation> {
    facts.operations.iter().rev().filter(|it| it.by_hand && it.is_open())
}

/// Makes transfers that were not made yet less by an amount in all, and calls those off of which nothing is left.
pub(super) async fn keep_back(
    tx: &mut Tx,
    act: &Act,
    transfers: impl Iterator<Item = &Operation>,
    amount: i64,
    why: &str,
) -> crate::Result<()> {
    let mut left = amount;
    for it in transfers {
        let part = it.amount.min(left);
        if part <= 0 {
            break;
        }
        left -= part;
        if part < it.amount {
            let sql = "UPDATE payment_operation SET amount = amount - $2 WHERE id = $1";
            tx.run(sql, args![it.id, part]).await?;
        } else {
            let sql = "UPDATE payment_operation SET state = 'failed', reason = $2, settled_at = $3
                WHERE id = $1";
            tx.run(sql, args![it.id, why, act.now]).await?;
        }
    }
    Ok(())
}

fn pending(facts: &Facts, id: i64) -> crate::Result<&Operation> {
    match facts.operations.iter().find(|it| it.id == id && it.by_hand) {
        Some(found) if found.is_open() => Ok(found),
        Some(_) => {
            let detail = "This transfer was made or called off already.";
            refuse!(Refusal::conflict("not_allowed", detail))
        }
        None => refuse!(Refusal::not_found("payout", id)),
    }
}

/// The account that somebody names for a transfer.
pub(super) fn account(said: Option<&str>) -> crate::Result<Option<String>> {
    let Some(said) = said.filter(|it| !it.trim().is_empty()) else { return Ok(None) };
    match plain_iban(said) {
        Some(iban) => Ok(Some(iban)),
        None => refuse!(Refusal::invalid("/iban", "an IBAN whose check digits are right")),
    }
}
