//! `/setup/…`: lists, single settings, and their replacement.

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Setting;
use crate::{
    app::App,
    error::Refusal,
    http::{Answer, PageOf, Reply},
    refuse,
};

/// The three operations on one kind of setting.
macro_rules! setting {
    ($module:ident, $kind:ty, $many:literal, $one:literal, $list:literal, $get:literal, $put:literal) => {
        mod $module {
            use axum::extract::State;
            use super::super::{Stored, put};
            type Kind = $kind;
            use crate::{
                app::App,
                http::{Answer, PageOf, PathParams, Permit, Reply, Write, allowed},
            };

            #[doc = "All of them, by code."]
            #[utoipa::path(get, path = $many, operation_id = $list, tag = "setup",
                security(("api_key" = [])), responses((status = 200, body = PageOf<Stored<Kind>>)))]
            pub(super) async fn list(State(app): State<App>, _: Permit<allowed::Admin>) -> Answer {
                super::list::<Kind>(&app).await
            }

            #[doc = "One of them. Its ETag is what a replacement sends as If-Match."]
            #[utoipa::path(get, path = $one, operation_id = $get, tag = "setup",
                params(("code" = String, Path, description = "Its code")),
                security(("api_key" = [])), responses((status = 200, body = Stored<Kind>)))]
            pub(super) async fn get(
                State(app): State<App>,
                _: Permit<allowed::Admin>,
                PathParams(code): PathParams<String>,
            ) -> Answer {
                super::get::<Kind>(&app, code).await
            }

            #[doc = "Makes it, or replaces it as a whole."]
            #[utoipa::path(put, path = $one, operation_id = $put, tag = "setup",
                params(("code" = String, Path, description = "Its code"),
                    ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
                request_body = Kind, security(("api_key" = [])),
                responses((status = 200, body = Stored<Kind>), (status = 201, body = Stored<Kind>)))]
            pub(super) async fn replace(
                State(app): State<App>,
                permit: Permit<allowed::Admin>,
                PathParams(code): PathParams<String>,
                write: Write<Kind>,
            ) -> Answer {
                let (value, expected) = (write.input, write.expected);
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
    "/setup/channels",
    "/setup/channels/{code}",
    "list_channels",
    "get_channel",
    "put_channel"
);
setting!(
    taxes,
    super::super::TaxClass,
    "/setup/tax-classes",
    "/setup/tax-classes/{code}",
    "list_tax_classes",
    "get_tax_class",
    "put_tax_class"
);
setting!(
    deliveries,
    super::super::DeliveryMethod,
    "/setup/delivery-methods",
    "/setup/delivery-methods/{code}",
    "list_delivery_methods",
    "get_delivery_method",
    "put_delivery_method"
);
setting!(
    payments,
    super::super::PaymentMethod,
    "/setup/payment-methods",
    "/setup/payment-methods/{code}",
    "list_payment_methods",
    "get_payment_method",
    "put_payment_method"
);
setting!(
    services,
    super::super::Service,
    "/setup/services",
    "/setup/services/{code}",
    "list_services",
    "get_service",
    "put_service"
);
setting!(
    promotions,
    super::super::StoredPromotion,
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

async fn get<T: Setting>(app: &App, code: String) -> Answer {
    let all = app.db.read(|tx| Box::pin(T::all(tx))).await?;
    match all.into_iter().find(|it| it.code == code) {
        Some(stored) => Ok(Reply::ok(&stored)?.tagged(stored.revision)),
        None => refuse!(Refusal::not_found(T::WHAT, code)),
    }
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
