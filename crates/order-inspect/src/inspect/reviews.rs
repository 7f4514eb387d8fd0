//! `/inspect/products/{slug}/reviews`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    facts,
    find::{Found, find},
    view::ReviewView,
    window::{Looking, Window},
};
use crate::{
    act::Act,
    app::App,
    args,
    catalogue::{
        check::length,
        reviews::{self, Review},
        words::Locale,
    },
    db::Tx,
    error::{Findings, Refusal},
    http::{Answer, PageOf, Paging, Params, PathParams, Permit, Reply, Visitor, Write, allowed},
    refuse,
};

/// Which page of a product's reviews.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReviewsQuestion {
    /// The shop.
    #[param(min_length = 1, max_length = 60, example = "de")]
    channel: String,
    /// The language of the product's address.
    #[param(min_length = 2, max_length = 5)]
    locale: Option<String>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// What customers think of a product, the newest first.
#[utoipa::path(get, path = "/inspect/products/{slug}/reviews", tag = "Inspect",
    operation_id = "inspect_reviews", params(("slug" = String, Path), ReviewsQuestion),
    responses((status = 200, description = "A page", body = PageOf<ReviewView>)))]
pub(super) async fn list(
    State(app): State<App>,
    PathParams(slug): PathParams<String>,
    Params(question): Params<ReviewsQuestion>,
) -> Answer {
    let paging = Paging { limit: question.limit, after: question.after };
    let before: i64 = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let window = window(&app, question.channel, question.locale).await?;
    let reviews = app.db.read(move |tx| {
        Box::pin(async move {
            let product = product(tx, &window, &slug).await?;
            Ok::<_, crate::error::Error>(facts::reviews(tx, product, before, limit).await?)
        })
    });
    Reply::ok(&paging.page(reviews.await?, |it| it.id)?)
}

/// What a customer thinks of a product.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewInput {
    /// The number of the customer, for those who have signed in.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    customer: Option<String>,
    /// The name that is shown.
    #[schema(min_length = 1, max_length = 100, examples("Kim"))]
    author: String,
    /// In which language it is written.
    locale: Locale,
    /// Stars.
    #[schema(minimum = 1, maximum = 5)]
    rating: i64,
    /// What it says in short.
    #[schema(min_length = 1, max_length = 200, examples("Good chair"))]
    title: String,
    /// What it says.
    #[schema(max_length = 5000)]
    body: String,
}

/// Take in what a customer thinks. It is shown once somebody has looked at it. It counts as a verified purchase
/// if the customer has ordered the product in this shop.
#[utoipa::path(post, path = "/inspect/products/{slug}/reviews", tag = "Reviews",
    operation_id = "create_review", params(("slug" = String, Path), ReviewsQuestion),
    request_body = ReviewInput,
    responses((status = 202, description = "It waits for moderation", body = Review)),
    security(("api_key" = ["shop", "manage_orders"])))]
pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(slug): PathParams<String>,
    Params(question): Params<ReviewsQuestion>,
    write: Write<ReviewInput>,
) -> Answer {
    let Write { input, once, .. } = write;
    check(&input)?;
    let window = window(&app, question.channel, question.locale).await?;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let product = product(tx, &window, &slug).await?;
            let id = store(tx, act, &window, product, &input).await?;
            Reply::accepted(&reviews::one(tx, id).await?)
        })
    })
    .await
}

fn check(input: &ReviewInput) -> crate::Result<()> {
    let mut found = Findings::default();
    length(&mut found, "/author", &input.author, 1..=100);
    length(&mut found, "/title", &input.title, 1..=200);
    length(&mut found, "/body", &input.body, 0..=5000);
    found.check((1..=5).contains(&input.rating), "/rating", "must be 1 to 5");
    found.end()
}

async fn store(
    tx: &mut Tx,
    act: &Act,
    window: &Window,
    product: i64,
    input: &ReviewInput,
) -> crate::Result<i64> {
    let customer = match &input.customer {
        Some(number) => Some(customer(tx, window, number).await?),
        None => None,
    };
    let order = match customer {
        Some(customer) => {
            said_nothing_yet(tx, product, customer).await?;
            bought(tx, window, product, customer).await?
        }
        None => None,
    };
    let id = act.new_id();
    let columns = [
        "id",
        "product_id",
        "channel_id",
        "customer_id",
        "order_id",
        "author",
        "locale",
        "rating",
        "title",
        "body",
        "state",
        "created_at",
        "revision",
    ];
    let row = args![
        id,
        product,
        window.channel.id,
        customer,
        order,
        input.author.as_str(),
        &input.locale,
        input.rating,
        input.title.as_str(),
        input.body.as_str(),
        "pending",
        act.now,
        1_i64
    ];
    tx.insert("review", &columns, vec![row]).await?;
    Ok(id)
}

async fn customer(tx: &mut Tx, window: &Window, number: &str) -> crate::Result<i64> {
    let sql = "SELECT id FROM customer WHERE number = $1 AND channel_id = $2";
    match tx.row(sql, args![number, window.channel.id]).await? {
        Some(row) => Ok(row.get("id")?),
        None => refuse!(Refusal::invalid("/customer", "there is no such customer in this shop")),
    }
}

async fn said_nothing_yet(tx: &mut Tx, product: i64, customer: i64) -> crate::Result<()> {
    let sql = "SELECT 1 AS one FROM review WHERE product_id = $1 AND customer_id = $2 AND state <> 'rejected'";
    if tx.row(sql, args![product, customer]).await?.is_some() {
        let detail = "This customer has reviewed the product already.";
        refuse!(Refusal::conflict("exists", detail));
    }
    Ok(())
}

/// The customer's order with the product in it.
async fn bought(
    tx: &mut Tx,
    window: &Window,
    product: i64,
    customer: i64,
) -> crate::Result<Option<i64>> {
    let sql = "SELECT o.id FROM orders AS o JOIN order_line AS line ON line.order_id = o.id \
               JOIN variant AS v ON v.id = line.variant_id \
               WHERE o.customer_id = $1 AND o.channel_id = $2 AND v.product_id = $3 \
               AND o.cancelled_at IS NULL AND line.cancelled < line.quantity ORDER BY o.id DESC LIMIT 1";
    let row = tx.row(sql, args![customer, window.channel.id, product]).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

async fn window(app: &App, channel: String, locale: Option<String>) -> crate::Result<Window> {
    let looking = Looking {
        channel,
        locale,
        currency: None,
        customer_group: None,
        country: None,
        postcode: None,
    };
    Window::open(app, &Visitor::anybody(), &looking).await
}

/// The product at an address, also at one that it had, if the shop shows it.
async fn product(tx: &mut Tx, window: &Window, slug: &str) -> crate::Result<i64> {
    let mut found = find(tx, window, slug).await?;
    if let Found::Elsewhere(slug) = &found {
        found = find(tx, window, slug).await?;
    }
    let Found::Product(product) = found else {
        refuse!(Refusal::not_found("product at", slug));
    };
    let sql = "SELECT 1 AS one FROM product AS p JOIN product_channel AS pc ON pc.product_id = p.id \
               WHERE p.id = $1 AND pc.channel_id = $2 AND p.active AND pc.published_from <= $3 \
               AND (pc.published_until IS NULL OR pc.published_until > $3)";
    match tx.row(sql, args![product, window.channel.id, window.now]).await? {
        Some(_) => Ok(product),
        None => refuse!(Refusal::not_found("product at", slug)),
    }
}
