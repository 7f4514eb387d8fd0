//! `/baskets/{basket}/coupons`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AddCoupon, BasketView,
    basket::Basket,
    change::{Change, Seen, change},
};
use crate::{
    app::App,
    error::Refusal,
    http::{Answer, PathParams, Permit, Write, allowed},
    promotions::same_code,
    refuse,
};

/// The most codes of one basket.
const MOST_COUPONS: usize = 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(remove))
}

/// Enter a code. Whether it takes something off, and why not, the basket says whenever it is read.
#[utoipa::path(post, path = "/baskets/{basket}/coupons", operation_id = "add_basket_coupon",
    tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; it need not be sent")),
    request_body = AddCoupon, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn add(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
    write: Write<AddCoupon>,
) -> Answer {
    let code = write.input.code()?;
    let asked =
        Change { basket: &basket, seen: Seen::May, expected: write.expected, once: write.once };
    change(&app, permit, asked, move |_, _, basket| {
        Box::pin(async move {
            if !basket.enter(&code) {
                let detail = format!("A basket has at most {MOST_COUPONS} codes.");
                refuse!(Refusal::conflict("too_many_coupons", detail));
            }
            Ok(())
        })
    })
    .await
}

/// Take a code out.
#[utoipa::path(delete, path = "/baskets/{basket}/coupons/{code}",
    operation_id = "remove_basket_coupon", tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("code" = String, Path, description = "The code"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; it need not be sent")),
    security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn remove(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams((basket, code)): PathParams<(String, String)>,
    write: Write<()>,
) -> Answer {
    let asked =
        Change { basket: &basket, seen: Seen::May, expected: write.expected, once: write.once };
    change(&app, permit, asked, move |_, _, basket| {
        Box::pin(async move {
            let before = basket.coupons.len();
            basket.coupons.retain(|it| !same_code(it, &code));
            if basket.coupons.len() == before {
                refuse!(Refusal::not_found("code", code));
            }
            Ok(())
        })
    })
    .await
}

impl Basket {
    /// Enters a code unless it is there already; no if there are too many.
    pub(super) fn enter(&mut self, code: &str) -> bool {
        if self.coupons.iter().any(|it| same_code(it, code)) {
            return true;
        }
        let room = self.coupons.len() < MOST_COUPONS;
        if room {
            self.coupons.push(code.to_owned());
        }
        room
    }
}
