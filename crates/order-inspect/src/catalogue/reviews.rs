//! Reviews as staff see them: a queue to be moderated. What is published counts in the product's rating.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{check, products};
use crate::{
    act::Act,
    app::App,
    args,
    db::{DbError, Row, Tx},
    error::{Findings, Refusal},
    http::{
        Answer, Expected, IfMatch, PageOf, Paging, Params, PathParams, Permit, Reply, Write,
        allowed,
    },
    moment::Moment,
    refuse,
};

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Nobody has looked at it yet.
    Pending,
    /// Everybody sees it.
    Published,
    /// Nobody sees it.
    Rejected,
}

impl ReviewState {
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Published => "published",
            Self::Rejected => "rejected",
        }
    }
}

/// A review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Review {
    /// Its number.
    pub id: i64,
    /// Of which product.
    pub product: String,
    /// In which shop.
    pub channel: String,
    /// The number of the customer, where there is one.
    pub customer: Option<String>,
    /// Whether the customer has bought the product here.
    pub verified_purchase: bool,
    /// Who says so.
    pub author: String,
    /// In which language.
    pub locale: String,
    /// Stars, 1 to 5.
    pub rating: i64,
    /// What it says in short.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Where it stands.
    pub state: ReviewState,
    /// What the shop answers.
    pub reply: Option<String>,
    /// Who has looked at it.
    pub moderated_by: Option<String>,
    /// When it was written.
    pub created_at: Moment,
    /// Grows with every change; it is the review's ETag.
    pub revision: i64,
}

const SELECT: &str = "SELECT r.id, p.code AS product, c.code AS channel, customer.number AS customer, \
     r.order_id, r.author, r.locale, r.rating, r.title, r.body, r.state, r.reply, r.moderated_by, \
     r.created_at, r.revision, r.product_id \
     FROM review AS r JOIN product AS p ON p.id = r.product_id JOIN channel AS c ON c.id = r.channel_id \
     LEFT JOIN customer ON customer.id = r.customer_id";

fn review(row: &Row) -> Result<Review, DbError> {
    Ok(Review {
        id: row.get("id")?,
        product: row.get("product")?,
        channel: row.get("channel")?,
        customer: row.get("customer")?,
        verified_purchase: row.get::<Option<i64>>("order_id")?.is_some(),
        author: row.get("author")?,
        locale: row.get("locale")?,
        rating: row.get("rating")?,
        title: row.get("title")?,
        body: row.get("body")?,
        state: row.word("state")?,
        reply: row.get("reply")?,
        moderated_by: row.get("moderated_by")?,
        created_at: row.get("created_at")?,
        revision: row.get("revision")?,
    })
}

/// One review.
pub(crate) async fn one(tx: &mut Tx, id: i64) -> crate::Result<Review> {
    let row = tx.row(&format!("{SELECT} WHERE r.id = $1"), args![id]).await?;
    Ok(review(&row.ok_or_else(|| Refusal::not_found("review", id))?)?)
}

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read, moderate))
}

/// Which reviews.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReviewQuestion {
    /// Those that stand here; the ones that nobody has looked at if there is none.
    state: Option<ReviewState>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Reviews in a state, the oldest first.
#[utoipa::path(get, path = "/catalogue/reviews", tag = "Reviews", operation_id = "list_reviews",
    params(ReviewQuestion),
    responses((status = 200, description = "A page", body = PageOf<Review>)),
    security(("api_key" = ["catalogue"])))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    Params(question): Params<ReviewQuestion>,
) -> Answer {
    let state = question.state.unwrap_or(ReviewState::Pending);
    let paging = Paging { limit: question.limit, after: question.after };
    let after: i64 = paging.position()?.unwrap_or_default();
    let limit = paging.one_more()?;
    let sql = format!("{SELECT} WHERE r.state = $1 AND r.id > $2 ORDER BY r.id LIMIT $3");
    let rows = app
        .db
        .read(move |tx| {
            Box::pin(async move { tx.rows(&sql, args![state.name(), after, limit]).await })
        })
        .await?;
    let reviews = rows.iter().map(review).collect::<Result<Vec<_>, _>>()?;
    Reply::ok(&paging.page(reviews, |it| it.id)?)
}

/// One review.
#[utoipa::path(get, path = "/catalogue/reviews/{id}", tag = "Reviews", operation_id = "read_review",
    params(("id" = i64, Path)),
    responses((status = 200, description = "It", body = Review)),
    security(("api_key" = ["catalogue"])))]
async fn read(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
) -> Answer {
    let review = app.db.read(move |tx| Box::pin(async move { one(tx, id).await })).await?;
    Ok(Reply::ok(&review)?.tagged(review.revision))
}

/// What is decided about a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Moderation {
    /// Where it stands from now on.
    state: ReviewState,
    /// What the shop answers.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 5000)]
    reply: Option<String>,
}

/// Publish or reject a review, and answer it.
#[utoipa::path(put, path = "/catalogue/reviews/{id}", tag = "Reviews", operation_id = "moderate_review",
    params(("id" = i64, Path), IfMatch), request_body = Moderation,
    responses((status = 200, description = "The review now", body = Review)),
    security(("api_key" = ["catalogue"])))]
async fn moderate(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    write: Write<Moderation>,
) -> Answer {
    let Write { input, expected, once } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            decide(tx, act, id, &input, expected).await?;
            let review = one(tx, id).await?;
            Ok(Reply::ok(&review)?.tagged(review.revision))
        })
    })
    .await
}

async fn decide(
    tx: &mut Tx,
    act: &Act,
    id: i64,
    decision: &Moderation,
    expected: Expected,
) -> crate::Result<()> {
    let mut found = Findings::default();
    check::maybe_length(&mut found, "/reply", decision.reply.as_deref(), 1..=5000);
    found.end()?;
    let sql = "SELECT product_id, rating, state, revision FROM review WHERE id = $1 FOR UPDATE";
    let Some(row) = tx.row(sql, args![id]).await? else {
        refuse!(Refusal::not_found("review", id));
    };
    expected.require(row.get("revision")?, "review")?;
    let sql = "UPDATE review SET state = $2, reply = $3, moderated_by = $4, moderated_at = $5, \
               revision = revision + 1 WHERE id = $1";
    let (state, reply) = (decision.state, decision.reply.clone());
    tx.run(sql, args![id, state.name(), reply, act.actor.as_str(), act.now]).await?;
    let published = |state: ReviewState| i64::from(state == ReviewState::Published);
    let (was, is) = (published(row.word("state")?), published(state));
    if (was, is) == (0, 0) {
        return Ok(());
    }
    let (product, rating): (i64, i64) = (row.get("product_id")?, row.get("rating")?);
    let sql = "UPDATE product SET rating_count = rating_count + $2, rating_sum = rating_sum + $3 \
               WHERE id = $1";
    tx.run(sql, args![product, is - was, (is - was) * rating]).await?;
    products::changed(tx, &[product], act.now).await
}
