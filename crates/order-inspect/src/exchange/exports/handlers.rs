//! `GET /exports/{format}`.

use axum::{
    body::Body,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{ProductWriter, walk};
use crate::{
    app::App,
    catalogue::words::{Code, Locale},
    error::Refusal,
    exchange::{
        bmecat::write::BmecatWriter,
        format::Format,
        google::write::{RssWriter, TsvWriter},
        plan::{Choices, Context, MissingProducts},
        shopify::write::ShopifyWriter,
    },
    http::{Params, PathParams, Permit, allowed},
    money::Currency,
    refuse,
};

/// What is exported, and how.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuestion {
    /// The shop whose products, texts and prices are written.
    #[param(value_type = String, example = "de")]
    channel: Code,
    /// The language of texts; the shop's first one if it is not said.
    #[param(value_type = Option<String>, example = "de")]
    locale: Option<Locale>,
    /// The currency of prices; the shop's first one if it is not said.
    #[param(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// The location whose quantities are written, where the format has them.
    #[param(value_type = Option<String>)]
    location: Option<Code>,
    /// For Google: where a product is found, with `{slug}` or `{sku}` in it.
    #[param(max_length = 500, example = "https://shop.example/p/{slug}")]
    link: Option<String>,
    /// For the prices of BMEcat: the version that they build on.
    #[param(minimum = 0, maximum = 1_000_000)]
    prev_version: Option<i64>,
}

/// The products that a shop shows, as a file.
#[utoipa::path(get, path = "/exports/{format}", tag = "Import and export", operation_id = "export",
    params(("format" = inline(Format), Path), ExportQuestion),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"), (String = "application/xml"), (String = "text/tab-separated-values")))),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn export(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(format): PathParams<String>,
    Params(question): Params<ExportQuestion>,
) -> crate::Result<Response> {
    let format = serde_json::from_value::<Format>(format.as_str().into())
        .map_err(|_| Refusal::not_found("format", format))?;
    let channel = question.channel.clone();
    let (link, prev_version) = (question.link.clone(), question.prev_version.unwrap_or(0));
    let context = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                Context::find(tx, format, &channel, |locale, currency| Choices {
                    channel: question.channel,
                    locale: question.locale.unwrap_or_else(|| locale.clone()),
                    currency: question.currency.unwrap_or(currency),
                    location: question.location,
                    product_type: None,
                    tax_class: None,
                    missing: MissingProducts::Keep,
                    encoding: None,
                })
                .await
            })
        })
        .await?;
    let writer: Box<dyn ProductWriter> = match format {
        Format::ShopifyCsv => Box::new(ShopifyWriter::new(&app, &context).await?),
        Format::GoogleXml => Box::new(RssWriter::new(&app, &context, template(link)?).await?),
        Format::GoogleTsv => Box::new(TsvWriter::new(&app, &context, template(link)?).await?),
        Format::Bmecat => Box::new(BmecatWriter::new(&app, &context, None).await?),
        Format::BmecatPrices => {
            Box::new(BmecatWriter::new(&app, &context, Some(prev_version)).await?)
        }
    };
    let name = format!(
        "{}-{}.{}",
        format.name().replace('_', "-"),
        context.choices.channel,
        format.extension()
    );
    let headers = [
        (CONTENT_TYPE, format.content_type().to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(walk::stream(app, context, writer))).into_response())
}

/// Google wants an address for each product, which the shop's frontend knows and this service does not.
fn template(link: Option<String>) -> crate::Result<String> {
    let fits = |it: &String| {
        let named = it.contains("{slug}") || it.contains("{sku}");
        named && it.len() <= 500 && (it.starts_with("https://") || it.starts_with("http://"))
    };
    match link.filter(fits) {
        Some(link) => Ok(link),
        None => refuse!(Refusal::new(
            400,
            "invalid_parameter",
            "link says where a product is found, such as https://shop.example/p/{slug}."
        )),
    }
}
