//! `/catalogue/products/{code}/channels/…` and `/catalogue/publications`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    links::numbers,
    publication::{self, Publication, PublicationWindow},
};
use crate::{
    act::Act,
    app::App,
    catalogue::{check, words::Code},
    db::Tx,
    error::{Findings, Refusal},
    http::{Answer, NoBody, PathParams, Permit, Reply, Write, allowed},
    moment::Moment,
};

/// The shops that show a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Publications {
    /// Each with its time.
    publications: Vec<Publication>,
}

/// Show a product in a shop.
#[utoipa::path(put, path = "/catalogue/products/{code}/channels/{channel}", tag = "Catalogue",
    operation_id = "publish_product", params(("code" = String, Path), ("channel" = String, Path)),
    request_body = PublicationWindow,
    responses((status = 200, description = "Where it is shown now", body = Publications)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn publish(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams((code, channel)): PathParams<(String, String)>,
    write: Write<PublicationWindow>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let (product, channel) = found(tx, &code, &channel).await?;
            publication::publish(tx, act, product, channel, input).await?;
            Reply::ok(&Publications { publications: publication::of(tx, product).await? })
        })
    })
    .await
}

/// Take a product out of a shop.
#[utoipa::path(delete, path = "/catalogue/products/{code}/channels/{channel}", tag = "Catalogue",
    operation_id = "unpublish_product", params(("code" = String, Path), ("channel" = String, Path)),
    responses((status = 204, description = "It is not shown there")),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn unpublish(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams((code, channel)): PathParams<(String, String)>,
    write: Write<NoBody>,
) -> Answer {
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let (product, channel) = found(tx, &code, &channel).await?;
            publication::unpublish(tx, act, product, channel).await?;
            Reply::nothing()
        })
    })
    .await
}

/// In which shop a product is shown, and when.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowIn {
    /// The shop.
    channel: Code,
    /// From when on it is shown; from now on if there is none.
    #[serde(default)]
    from: Option<Moment>,
    /// Until when.
    #[serde(default)]
    until: Option<Moment>,
}

/// Show a product in a shop, as somebody does who has the product before them.
#[utoipa::path(post, path = "/catalogue/products/{code}/publication", tag = "Catalogue",
    operation_id = "show_product", params(("code" = String, Path)), request_body = ShowIn,
    responses((status = 200, description = "Where it is shown now", body = Publications)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn show(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(code): PathParams<String>,
    write: Write<ShowIn>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let (product, channel) = asked(tx, &code, &input.channel).await?;
            let window = PublicationWindow { from: input.from, until: input.until };
            publication::publish(tx, act, product, channel, window).await?;
            Reply::ok(&Publications { publications: publication::of(tx, product).await? })
        })
    })
    .await
}

/// Out of which shop a product is taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeOutOf {
    /// The shop.
    channel: Code,
}

/// Take a product out of a shop, as somebody does who has the product before them.
#[utoipa::path(post, path = "/catalogue/products/{code}/withdrawal", tag = "Catalogue",
    operation_id = "take_out_product", params(("code" = String, Path)), request_body = TakeOutOf,
    responses((status = 200, description = "Where it is shown now", body = Publications)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn take_out(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(code): PathParams<String>,
    write: Write<TakeOutOf>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let (product, channel) = asked(tx, &code, &input.channel).await?;
            publication::unpublish(tx, act, product, channel).await?;
            Reply::ok(&Publications { publications: publication::of(tx, product).await? })
        })
    })
    .await
}

/// What is to be done with many products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PublicationAction {
    /// Show them.
    Publish,
    /// Take them out.
    Unpublish,
}

/// Many products at once, in one shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkPublication {
    /// The shop.
    channel: Code,
    /// What is to be done.
    action: PublicationAction,
    /// With which products.
    #[schema(min_items = 1, max_items = 1000)]
    products: Vec<Code>,
    /// When they are shown.
    #[serde(default)]
    window: PublicationWindow,
}

/// What became of many products.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BulkOutcome {
    /// How many were done.
    done: usize,
    /// Those that could not be, and why; the others are done all the same.
    refused: Vec<BulkRefusal>,
}

/// A product that was left as it was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BulkRefusal {
    /// Which.
    product: Code,
    /// The kind of problem for programs.
    code: String,
    /// What and why.
    detail: String,
}

/// Show many products in a shop, or take them out. Each stands for itself: one that may not be shown does not
/// keep the others back.
#[utoipa::path(post, path = "/catalogue/publications", tag = "Catalogue",
    operation_id = "publish_products", request_body = BulkPublication,
    responses((status = 200, description = "What became of them", body = BulkOutcome)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn bulk(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    write: Write<BulkPublication>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move { Reply::ok(&publish_all(tx, act, input).await?) })
    })
    .await
}

async fn publish_all(tx: &mut Tx, act: &Act, bulk: BulkPublication) -> crate::Result<BulkOutcome> {
    let mut found = Findings::default();
    check::range(
        &mut found,
        "/products",
        i64::try_from(bulk.products.len()).unwrap_or(i64::MAX),
        1..=1000,
    );
    check::unique(&mut found, "/products", &bulk.products, |it| it);
    let window = bulk.window;
    let later = window.until.is_none_or(|until| until > window.from.unwrap_or(act.now));
    found.check(later, "/window/until", "must be later than its beginning");
    let channels = numbers(tx, "channel", vec![bulk.channel.to_string()]).await?;
    let channel = channels.get(&*bulk.channel).copied();
    found.check(channel.is_some(), "/channel", "there is no such shop");
    found.end()?;
    let codes = bulk.products.iter().map(ToString::to_string).collect();
    let known = numbers(tx, "product", codes).await?;
    let mut outcome = BulkOutcome { done: 0, refused: Vec::new() };
    let mut done = Vec::new();
    for product in bulk.products {
        let refusal = match (known.get(&*product), channel) {
            (Some(id), Some(channel)) if bulk.action == PublicationAction::Publish => {
                publication::try_publish(tx, act, *id, channel, window).await?
            }
            (Some(id), Some(channel)) => {
                publication::take_out(tx, *id, channel).await?;
                None
            }
            _ => Some(Refusal::not_found("product", &product)),
        };
        match refusal {
            None => done.extend(known.get(&*product)),
            Some(it) => outcome.refused.push(BulkRefusal {
                product,
                code: it.code.to_owned(),
                detail: it.detail,
            }),
        }
    }
    outcome.done = done.len();
    publication::changed(tx, &done, act.now).await?;
    Ok(outcome)
}

/// The numbers of a product and of the shop that a body names.
async fn asked(tx: &mut Tx, code: &str, channel: &Code) -> crate::Result<(i64, i64)> {
    let shop = numbers(tx, "channel", vec![channel.to_string()]).await?;
    let mut found = Findings::default();
    found.check(shop.contains_key(&**channel), "/channel", "there is no such shop");
    found.end()?;
    self::found(tx, code, channel).await
}

async fn found(tx: &mut Tx, code: &str, channel: &str) -> crate::Result<(i64, i64)> {
    let product = numbers(tx, "product", vec![code.to_owned()]).await?.remove(code);
    let product = product.ok_or_else(|| Refusal::not_found("product", code))?;
    let shop = numbers(tx, "channel", vec![channel.to_owned()]).await?.remove(channel);
    let shop = shop.ok_or_else(|| Refusal::not_found("shop", channel))?;
    Ok((product, shop))
}
