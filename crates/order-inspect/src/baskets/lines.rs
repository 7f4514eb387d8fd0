//! `/baskets/{basket}/lines`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AddLine, BasketView, ChangeLine,
    basket::{Basket, Line},
    change::{Change, Seen, change},
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::Refusal,
    http::{Answer, PathParams, Permit, Write, allowed},
    orders::place::{MOST_LINES, MOST_UNITS},
    refuse,
    setup::Setup,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(patch, remove))
}

/// Add to a basket. Units of one variant with the same services come onto one line.
#[utoipa::path(post, path = "/baskets/{basket}/lines", operation_id = "add_basket_line",
    tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; it need not be sent")),
    request_body = AddLine, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn add(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
    write: Write<AddLine>,
) -> Answer {
    let mut input = write.input;
    input.check()?;
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let asked =
        Change { basket: &basket, seen: Seen::May, expected: write.expected, once: write.once };
    change(&app, permit, asked, move |tx, act, basket| {
        Box::pin(async move {
            basket.may_price(input.unit_price, input.note.as_deref())?;
            basket.check_services(&setup, &input.services)?;
            let line = Line {
                id: act.new_id(),
                variant_id: sold(tx, act, basket, &input.sku).await?,
                sku: input.sku,
                quantity: input.quantity,
                services: input.services,
                unit_price: input.unit_price,
                note: input.note,
            };
            basket.add(line)
        })
    })
    .await
}

/// Change how many there are on a line, or what goes with them.
#[utoipa::path(patch, path = "/baskets/{basket}/lines/{line}", operation_id = "change_basket_line",
    tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("line" = i64, Path, description = "The line's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
    request_body = ChangeLine, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn patch(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams((basket, line)): PathParams<(String, i64)>,
    write: Write<ChangeLine>,
) -> Answer {
    let mut input = write.input;
    input.check()?;
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let asked =
        Change { basket: &basket, seen: Seen::Must, expected: write.expected, once: write.once };
    change(&app, permit, asked, move |_, _, basket| {
        Box::pin(async move {
            let mut changed = basket.take(line)?;
            changed.quantity = input.quantity.unwrap_or(changed.quantity);
            changed.note = input.note.unwrap_or(changed.note);
            changed.unit_price = input.unit_price.unwrap_or(changed.unit_price);
            if let Some(services) = input.services {
                basket.check_services(&setup, &services)?;
                changed.services = services;
            }
            basket.may_price(changed.unit_price, changed.note.as_deref())?;
            basket.add(changed)?;
            // A line keeps its place, whatever changes on it.
            basket.lines.sort_unstable_by_key(|it| it.id);
            Ok(())
        })
    })
    .await
}

/// Take a line out of a basket.
#[utoipa::path(delete, path = "/baskets/{basket}/lines/{line}", operation_id = "remove_basket_line",
    tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("line" = i64, Path, description = "The line's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
    security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn remove(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams((basket, line)): PathParams<(String, i64)>,
    write: Write<()>,
) -> Answer {
    let asked =
        Change { basket: &basket, seen: Seen::Must, expected: write.expected, once: write.once };
    change(&app, permit, asked, move |_, _, basket| {
        Box::pin(async move { basket.take(line).map(drop) })
    })
    .await
}

impl Basket {
    /// Puts units onto the line of their like, or onto a new one.
    pub(super) fn add(&mut self, line: Line) -> crate::Result<()> {
        if let Some(like) = self.lines.iter_mut().find(|it| it.is_like(&line)) {
            let quantity = like.quantity.saturating_add(line.quantity);
            if quantity > MOST_UNITS {
                let detail = format!("a line has at most {MOST_UNITS} units");
                refuse!(Refusal::invalid("/quantity", detail));
            }
            like.quantity = quantity;
            return Ok(());
        }
        if self.lines.len() >= MOST_LINES {
            let detail = format!("A basket has at most {MOST_LINES} lines.");
            refuse!(Refusal::conflict("too_many_lines", detail));
        }
        self.lines.push(line);
        Ok(())
    }

    fn take(&mut self, line: i64) -> crate::Result<Line> {
        match self.lines.iter().position(|it| it.id == line) {
            Some(at) => Ok(self.lines.remove(at)),
            None => refuse!(Refusal::not_found("line", line)),
        }
    }

    /// Prices are the list's but in drafts, where another one needs a reason.
    fn may_price(&self, price: Option<i64>, note: Option<&str>) -> crate::Result<()> {
        if price.is_none() {
            return Ok(());
        }
        if !self.draft {
            refuse!(Refusal::new(403, "forbidden", "Only a draft may have another price."));
        }
        if note.is_none_or(|note| note.trim().is_empty()) {
            refuse!(Refusal::invalid("/note", "say why the price is another one"));
        }
        Ok(())
    }

    fn check_services(&self, setup: &Setup, services: &[String]) -> crate::Result<()> {
        let channel = &setup.channel_by_id(self.channel_id)?.code;
        for code in services {
            setup.service(code, channel, self.currency)?;
        }
        Ok(())
    }
}

/// The variant that the basket's shop sells under a number.
async fn sold(tx: &mut Tx, act: &Act, basket: &Basket, sku: &str) -> crate::Result<i64> {
    let sql = "SELECT v.id FROM variant v
        JOIN product p ON p.id = v.product_id
        JOIN product_channel c ON c.product_id = p.id AND c.channel_id = $2
        WHERE v.sku = $1 AND v.active AND p.active AND c.published_from <= $3
            AND (c.published_until IS NULL OR c.published_until > $3)";
    match tx.row(sql, args![sku, basket.channel_id, act.now]).await? {
        Some(row) => Ok(row.get("id")?),
        None => {
            refuse!(Refusal::invalid("/sku", format!("“{sku}” is not sold in this shop")))
        }
    }
}
