//! `GET /delivery-methods`: what a delivery would cost before there is a basket.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::{Answer, PageOf, Params, Permit, Reply, allowed},
    language::Language,
    money::Currency,
    setup::text_in,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Where something would go.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// The shop's code.
    #[param(max_length = 60, example = "de")]
    channel: String,
    /// The country (ISO 3166-1 alpha-2); the shop's if it is not said.
    #[param(required = false, pattern = "^[A-Z]{2}$")]
    country: Option<String>,
    /// The postcode; what is delivered all over the country if it is not said.
    #[param(required = false, max_length = 12)]
    postcode: Option<String>,
    /// The currency; the shop's first if it is not said.
    #[param(required = false, value_type = Option<String>)]
    currency: Option<Currency>,
    /// The language of names; the shop's first if it is not said.
    #[param(required = false)]
    locale: Option<Language>,
}

/// A way to deliver to a place.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryOffer {
    /// Its code.
    #[schema(examples("parcel"))]
    code: String,
    /// Its name.
    name: String,
    /// Who carries.
    carrier: String,
    /// What it costs, in minor units, on the shop's price basis and before promotions.
    price: i64,
    /// From which value of the goods on it costs nothing but what the area costs on top.
    free_from: Option<i64>,
    /// Working days on the way at best.
    transit_days_min: u16,
    /// Working days on the way at worst.
    transit_days_max: u16,
}

/// Ways to deliver to a place, in the shop's order. What a delivery costs for a basket, the basket says.
#[utoipa::path(get, path = "/delivery-methods", operation_id = "list_delivery_offers",
    tag = "baskets", params(Where), security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = PageOf<DeliveryOffer>)))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::Shop>,
    Params(place): Params<Where>,
) -> Answer {
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let channel = setup.channel(&place.channel)?;
    let currency = place.currency.unwrap_or_else(|| channel.value.currency());
    let language = place.locale.unwrap_or_else(|| channel.value.language());
    let country = place.country.as_deref().unwrap_or(&channel.value.country);
    let postcode = place.postcode.as_deref().unwrap_or_default();
    let here = setup.deliveries.iter().map(|it| (&it.code, &it.value));
    let items = here.filter(|(_, it)| it.channel == channel.code && it.active);
    let items = items.filter_map(|(code, method)| {
        let area = method.area(country, postcode)?;
        let listed = method.prices.iter().find(|it| it.currency == currency)?;
        Some(DeliveryOffer {
            code: code.clone(),
            name: text_in(&method.names, language).cloned().unwrap_or_default(),
            carrier: method.carrier.clone(),
            price: method.price(currency, 0, area)?,
            free_from: listed.free_from,
            transit_days_min: area.transit_days_min,
            transit_days_max: area.transit_days_max,
        })
    });
    Reply::ok(&PageOf { items: items.collect(), next: None })
}
