//! Registering that something comes back.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{
        actions::{Action, announced},
        change::{Told, change},
        facts::Facts,
        numbers,
        place::Clerk,
        settle::enqueue,
        view::OrderView,
    },
    NewReplacement, ReturnKind,
    replacement::{self, Replacement, Returned},
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::Findings,
    http::{Answer, PathParams, Permit, Write, allowed},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(announce))
}

/// Something that will come back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// What kind.
    pub kind: ReturnKind,
    /// What comes back.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<NewReturnLine>,
    /// The carrier's number of the label that the customer got.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub label_number: Option<String>,
    /// A note.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// What replaces it, placed at once: an order of its own that may leave before the goods have come back. Only in an
    /// exchange or a claim.
    #[serde(default)]
    pub replacement: Option<NewReplacement>,
}

/// A line that will come back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturnLine {
    /// The line.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// How many.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: i64,
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("Too small"))]
    pub reason: String,
    /// In an exchange, what is wanted instead.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub exchange_sku: Option<String>,
}

/// Register that something comes back. With `replacement` the order that replaces it is placed at the same time: a size is
/// swapped in one request.
#[utoipa::path(post, path = "/orders/{number}/returns", operation_id = "announce_return", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewReturn, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn announce(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewReturn>,
) -> Answer {
    let clerk = Clerk::of(&app, &permit.caller).await?;
    change(&app, permit, write, number, Action::Return, move |tx, act, facts, input| {
        Box::pin(async move {
            check(facts, &input)?;
            let returned = Returned::announced(&input);
            // The order takes stock and its number first: everybody locks in this order.
            let replacement = match &input.replacement {
                Some(wanted) => {
                    Some(replacement::place(tx, act, &clerk, facts, &returned, wanted).await?)
                }
                None => None,
            };
            let number = write_return(tx, act, facts, &input, replacement.as_ref()).await?;
            let told = serde_json::json!({ "return": number, "kind": input.kind,
                "replacement": replacement.map(|it| it.number) });
            enqueue(tx, act, "return.announced", facts.order.id, told.clone()).await?;
            Ok(Told::new("return_announced", told))
        })
    })
    .await
}

/// Writes the return, and returns its number.
async fn write_return(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    input: &NewReturn,
    replacement: Option<&Replacement>,
) -> crate::Result<String> {
    let (id, order) = (act.new_id(), &facts.order);
    let number = numbers::next(tx, order.channel_id, "return").await?;
    let columns = [
        "id",
        "order_id",
        "number",
        "kind",
        "label_number",
        "note",
        "requested_at",
        "requested_by",
        "replacement_id",
    ];
    let row = args![
        id,
        order.id,
        &number,
        input.kind.word(),
        input.label_number.clone(),
        input.note.clone(),
        act.now,
        &act.actor,
        replacement.map(|it| it.order_id)
    ];
    tx.insert("order_return", &columns, vec![row]).await?;
    let columns = [
        "return_id",
        "position",
        "quantity",
        "reason",
        "exchange_sku",
        "restocked",
        "written_off",
        "replaced",
    ];
    let row = |it: &NewReturnLine| {
        let replaced = replacement.map_or(0, |replacement| replacement.units(it.position));
        let sku = it.exchange_sku.clone();
        args![id, it.position, it.quantity, &it.reason, sku, 0_i64, 0_i64, replaced]
    };
    tx.insert("return_line", &columns, input.lines.iter().map(row).collect()).await?;
    Ok(number)
}

fn check(facts: &Facts, input: &NewReturn) -> crate::Result<()> {
    let mut findings = Findings::default();
    findings.check(!input.lines.is_empty(), "/lines", "say what comes back");
    if input.lines.len() > 500 {
        findings.note("/lines", "at most 500 lines");
        return findings.end();
    }
    for (at, it) in input.lines.iter().enumerate() {
        let place = |field: &str| format!("/lines/{at}/{field}");
        let again = input.lines[..at].iter().any(|other| other.position == it.position);
        findings.check(!again, place("position"), "this line is named twice");
        let line = facts.lines.iter().find(|line| line.position == it.position && line.goods);
        let left = line.map_or(0, |line| line.shipped - announced(facts, it.position));
        let fits = (1..=left).contains(&it.quantity);
        findings.check(
            fits,
            place("quantity"),
            format!("{left} units were shipped and are not on their way back"),
        );
        let said = !it.reason.trim().is_empty() && it.reason.chars().count() <= 500;
        findings.check(said, place("reason"), "1 to 500 characters");
        let meant = it.exchange_sku.is_none() || input.kind != ReturnKind::Return;
        findings.check(meant, place("exchange_sku"), "only in an exchange or a claim");
        let fits = it.exchange_sku.as_ref().is_none_or(|sku| sku.chars().count() <= 64);
        findings.check(fits, place("exchange_sku"), "at most 64 characters");
    }
    for (field, text, longest) in
        [("label_number", &input.label_number, 60), ("note", &input.note, 1000)]
    {
        let fits = text.as_ref().is_none_or(|text| text.chars().count() <= longest);
        findings.check(fits, format!("/{field}"), format!("at most {longest} characters"));
    }
    let meant = input.replacement.is_none() || input.kind != ReturnKind::Return;
    findings.check(meant, "/replacement", "only in an exchange or a claim");
    findings.end()
}
