//! Changing where an order goes.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    search::{name_key, phone_key},
    view::OrderView,
};
use crate::{
    address::{Address, is_email, plain_email},
    app::App,
    args,
    error::{Findings, Refusal},
    http::{Answer, PathParams, Permit, Write, allowed},
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(change_address))
}

/// Other addresses; what is not said stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddress {
    /// Where the goods go.
    #[serde(default)]
    pub delivery_address: Option<Address>,
    /// Where the invoice goes.
    #[serde(default)]
    pub billing_address: Option<Address>,
    /// Where mails go.
    #[serde(default)]
    #[schema(format = Email, max_length = 254)]
    pub email: Option<String>,
}

/// Change addresses before anything has left. The country of delivery stays: another one has other taxes.
#[utoipa::path(post, path = "/orders/{number}/address", operation_id = "change_order_address", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewAddress, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn change_address(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewAddress>,
) -> Answer {
    change(&app, permit, write, number, Action::ChangeAddress, |tx, act, facts, input| {
        Box::pin(async move {
            check(&input)?;
            let order = &facts.order;
            let delivery = input.delivery_address.unwrap_or_else(|| order.delivery_address.clone());
            let billing = input.billing_address.unwrap_or_else(|| order.billing_address.clone());
            let phone = billing.phone.clone().or_else(|| delivery.phone.clone());
            let email = input.email.as_deref().map_or_else(|| order.email.clone(), plain_email);
            if delivery.country != order.delivery_address.country {
                let detail = "Another country has other taxes: cancel the order and place it anew.";
                refuse!(Refusal::conflict("other_country", detail));
            }
            let sql = "UPDATE orders SET delivery_address = $2, billing_address = $3, email = $4, name = $5,
                name_key = $6, phone = $7, phone_key = $8, postal_code = $9, updated_at = $10 WHERE id = $1";
            let args = args![
                order.id,
                serde_json::json!(delivery),
                serde_json::json!(billing),
                &email,
                &billing.name,
                name_key(&billing.name),
                phone.clone(),
                phone.as_deref().and_then(phone_key),
                &delivery.postal_code,
                act.now
            ];
            tx.run(sql, args).await?;
            let before = serde_json::json!({ "delivery_address": order.delivery_address,
                "billing_address": order.billing_address, "email": order.email });
            let after = serde_json::json!({ "delivery_address": delivery, "billing_address": billing, "email": email });
            Ok(Told::new("address_changed", serde_json::json!({ "before": before, "after": after })))
        })
    })
    .await
}

fn check(input: &NewAddress) -> crate::Result<()> {
    let mut findings = Findings::default();
    if let Some(address) = &input.delivery_address {
        address.check(&mut findings, "/delivery_address");
    }
    if let Some(address) = &input.billing_address {
        address.check(&mut findings, "/billing_address");
    }
    let fits = input.email.as_deref().is_none_or(is_email);
    findings.check(fits, "/email", "an e-mail address, such as erika@example.org");
    let any = input.delivery_address.is_some()
        || input.billing_address.is_some()
        || input.email.is_some();
    findings.check(any, "/", "say what is to be changed");
    findings.end()
}
