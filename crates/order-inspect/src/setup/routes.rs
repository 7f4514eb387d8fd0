//! `/setup/…`: lists, single settings, and their replacement.

use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Setting, Stored};
use crate::{
    app::App,
    error::{Findings, Refusal},
    http::{Answer, PageOf, Reply},
    refuse,
};

/// The address of a setting.
trait Place {
    /// The shop that it belongs to, and its code.
    fn parts(self) -> (Option<String>, String);
}

/// A setting of all shops.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct Everywhere {
    /// Its code.
    #[param(max_length = 60)]
    code: String,
}

impl Place for Everywhere {
    fn parts(self) -> (Option<String>, String) {
        (None, self.code)
    }
}

/// A setting of one shop: another shop has another one under the same code.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct InChannel {
    /// The shop's code.
    #[param(max_length = 60)]
    channel: String,
    /// Its code.
    #[param(max_length = 60)]
    code: String,
}

impl Place for InChannel {
    fn parts(self) -> (Option<String>, String) {
        (Some(self.channel), self.code)
    }
}

/// The three operations on one kind of setting.
macro_rules! setting {
    ($module:ident, $kind:ty, $place:ident, $many:literal, $one:literal, $list:literal, $get:literal, $put:literal) => {
        mod $module {
            use axum::extract::State;
            use super::super::{Stored, put};
            use super::{$place, Place as _};
            type Kind = $kind;
            use crate::{
                app::App,
                http::{Answer, PageOf, PathParams, Permit, Reply, Write, allowed},
            };

            #[doc = "All of them, by code."]
            #[utoipa::path(get, path = $many, operation_id = $list, tag = "setup",
                security(("api_key" = ["admin"])), responses((status = 200, body = PageOf<Stored<Kind>>)))]
            pub(super) async fn list(State(app): State<App>, _: Permit<allowed::Admin>) -> Answer {
                super::list::<Kind>(&app).await
            }

            #[doc = "One of them. Its ETag is what a replacement sends as If-Match."]
            #[utoipa::path(get, path = $one, operation_id = $get, tag = "setup",
                params($place), security(("api_key" = ["admin"])),
                responses((status = 200, body = Stored<Kind>)))]
            pub(super) async fn get(
                State(app): State<App>,
                _: Permit<allowed::Admin>,
                PathParams(place): PathParams<$place>,
            ) -> Answer {
                let (channel, code) = place.parts();
                super::get::<Kind>(&app, channel, code).await
            }

            #[doc = "Makes it, or replaces it as a whole."]
            #[utoipa::path(put, path = $one, operation_id = $put, tag = "setup",
                params($place,
                    ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
                request_body = Kind, security(("api_key" = ["admin"])),
                responses((status = 200, body = Stored<Kind>), (status = 201, body = Stored<Kind>)))]
            pub(super) async fn replace(
                State(app): State<App>,
                permit: Permit<allowed::Admin>,
                PathParams(place): PathParams<$place>,
                write: Write<Kind>,
            ) -> Answer {
                let (channel, code) = place.parts();
                let (value, expected) = (super::placed(&app, write.input, channel)?, write.expected);
                let reply = app.write(permit, write.once, move |tx, act| Box::pin(async move {
                    let (made, stored) = put(tx, act, &code, expected, value).await?;
                    let reply = if made { Reply::created(&stored)? } else { Reply::ok(&stored)? };
                    Ok(reply.tagged(stored.revision))
                })).await;
                app.setup.forget();
                reply
            }
        }
    };
}

setting!(
    channels,
    super::super::Channel,
    Everywhere,
    "/setup/channels",
    "/setup/channels/{code}",
    "list_channels",
    "get_channel",
    "put_channel"
);
setting!(
    taxes,
    super::super::TaxClass,
    Everywhere,
    "/setup/tax-classes",
    "/setup/tax-classes/{code}",
    "list_tax_classes",
    "get_tax_class",
    "put_tax_class"
);
setting!(
    deliveries,
    super::super::DeliveryMethod,
    InChannel,
    "/setup/delivery-methods",
    "/setup/channels/{channel}/delivery-methods/{code}",
    "list_delivery_methods",
    "get_delivery_method",
    "put_delivery_method"
);
setting!(
    payments,
    super::super::PaymentMethod,
    InChannel,
    "/setup/payment-methods",
    "/setup/channels/{channel}/payment-methods/{code}",
    "list_payment_methods",
    "get_payment_method",
    "put_payment_method"
);
setting!(
    services,
    super::super::Service,
    Everywhere,
    "/setup/services",
    "/setup/services/{code}",
    "list_services",
    "get_service",
    "put_service"
);
setting!(
    promotions,
    super::super::StoredPromotion,
    Everywhere,
    "/setup/promotions",
    "/setup/promotions/{code}",
    "list_promotions",
    "get_promotion",
    "put_promotion"
);

async fn list<T: Setting>(app: &App) -> Answer {
    let items = app.db.read(|tx| Box::pin(T::all(tx))).await?;
    Reply::ok(&PageOf { items, next: None })
}

async fn get<T: Setting>(app: &App, channel: Option<String>, code: String) -> Answer {
    let all = app.db.read(|tx| Box::pin(T::all(tx))).await?;
    let here = |it: &Stored<T>| it.code == code && it.value.channel() == channel.as_deref();
    match all.into_iter().find(here) {
        Some(stored) => Ok(Reply::ok(&stored)?.tagged(stored.revision)),
        None => refuse!(Refusal::not_found(T::WHAT, code)),
    }
}

/// A setting as it was sent, in the shop of its address.
fn placed<T: Setting>(app: &App, mut value: T, channel: Option<String>) -> crate::Result<T> {
    if let Some(channel) = channel {
        value.belong(channel)?;
    }
    let mut findings = Findings::default();
    value.check_against(app, &mut findings);
    findings.end()?;
    Ok(value)
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(channels::list))
        .routes(routes!(channels::get, channels::replace))
        .routes(routes!(taxes::list))
        .routes(routes!(taxes::get, taxes::replace))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::get, deliveries::replace))
        .routes(routes!(payments::list))
        .routes(routes!(payments::get, payments::replace))
        .routes(routes!(services::list))
        .routes(routes!(services::get, services::replace))
        .routes(routes!(promotions::list))
        .routes(routes!(promotions::get, promotions::replace))
}
