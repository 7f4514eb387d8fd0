//! `/catalogue/variants`: every article on a line of its own, whatever product it is a variant of.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changed;
use crate::{
    app::App,
    args,
    catalogue::{
        check,
        words::{Code, Gtin, Sku},
    },
    db::{DbError, Row, Tx, Value},
    error::{Findings, Refusal},
    http::{Answer, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    refuse,
};

/// A variant as it is bought, stored and sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Article {
    /// Its number.
    sku: Sku,
    /// Of which product.
    product: Code,
    /// What the product is called.
    name: String,
    /// Which of its variants it is: `Farbe: Salbei`.
    variant: String,
    /// Its GTIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    gtin: Option<Gtin>,
    /// What it weighs with its packing, in grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_grams: Option<i64>,
    /// Whether it can be ordered.
    active: bool,
    /// Whether it has all that market places and carriers ask for: a GTIN and a weight.
    complete: bool,
}

const SELECT: &str = "SELECT v.id, v.product_id, v.sku, v.gtin, v.options, v.weight_grams, \
     (v.active AND p.active) AS active, p.code AS product, p.options AS shown, \
     (SELECT name FROM product_text WHERE product_id = p.id \
     ORDER BY channel_id, locale LIMIT 1) AS name \
     FROM variant AS v JOIN product AS p ON p.id = v.product_id";

fn article(row: &Row) -> Result<Article, DbError> {
    let gtin = row.get::<Option<String>>("gtin")?.map(|_| row.word("gtin")).transpose()?;
    let weight_grams: Option<i64> = row.get("weight_grams")?;
    Ok(Article {
        sku: row.word("sku")?,
        product: row.word("product")?,
        name: row.get::<Option<String>>("name")?.unwrap_or_default(),
        variant: labels(&row.get("options")?, &row.get("shown")?),
        complete: gtin.is_some() && weight_grams.is_some(),
        gtin,
        weight_grams,
        active: row.get("active")?,
    })
}

/// What tells a variant from the others of its product, in words: the labels of the values that it has.
fn labels(chosen: &serde_json::Value, options: &serde_json::Value) -> String {
    let label = |of: &serde_json::Value| {
        let labels = &of["labels"];
        let told = labels["de"].as_str().or_else(|| labels["en"].as_str());
        told.or_else(|| of["code"].as_str()).unwrap_or_default().to_owned()
    };
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let told = options.iter().filter_map(|option| {
        let code = chosen[option["code"].as_str()?].as_str()?;
        let value = option["values"].as_array()?.iter().find(|value| value["code"] == code)?;
        Some(format!("{}: {}", label(option), label(value)))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Which articles.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ArticleQuestion {
    /// The one with this number only.
    #[param(min_length = 1, max_length = 64)]
    sku: Option<String>,
    /// Of this product only.
    #[param(min_length = 1, max_length = 64)]
    product: Option<String>,
    /// The one with this GTIN only.
    #[param(min_length = 1, max_length = 64)]
    gtin: Option<String>,
    /// False: those that lack a GTIN or a weight. True: the others.
    complete: Option<bool>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// All articles by number.
#[utoipa::path(get, path = "/catalogue/variants", tag = "Catalogue", operation_id = "list_variants",
    params(ArticleQuestion), responses((status = 200, description = "A page", body = PageOf<Article>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    Params(question): Params<ArticleQuestion>,
) -> Answer {
    let paging = Paging { limit: question.limit, after: question.after };
    let after: String = paging.position()?.unwrap_or_default();
    let mut args = args![after, paging.one_more()?];
    let mut only = String::new();
    for (given, column) in
        [(question.sku, "v.sku"), (question.product, "p.code"), (question.gtin, "v.gtin")]
    {
        let Some(given) = given else { continue };
        if given.is_empty() || given.chars().count() > 64 {
            let detail = "sku, product and gtin have 1 to 64 characters.";
            refuse!(Refusal::new(400, "invalid_parameter", detail));
        }
        args.push(Value::from(given));
        only.push_str(&format!(" AND {column} = ${}", args.len()));
    }
    only.push_str(match question.complete {
        Some(true) => " AND v.gtin IS NOT NULL AND v.weight_grams IS NOT NULL",
        Some(false) => " AND (v.gtin IS NULL OR v.weight_grams IS NULL)",
        None => "",
    });
    let sql = format!("{SELECT} WHERE v.sku > $1 {only} ORDER BY v.sku LIMIT $2");
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args).await })).await?;
    let articles = rows.iter().map(article).collect::<Result<Vec<_>, _>>()?;
    Reply::ok(&paging.page(articles, |it| it.sku.to_string())?)
}

/// One article.
#[utoipa::path(get, path = "/catalogue/variants/{sku}", tag = "Catalogue", operation_id = "read_variant",
    params(("sku" = String, Path)),
    responses((status = 200, description = "It", body = Article)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn read(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(sku): PathParams<String>,
) -> Answer {
    let row = app.db.read(move |tx| Box::pin(async move { row_of(tx, &sku).await })).await?;
    Reply::ok(&article(&row)?)
}

async fn row_of(tx: &mut Tx, sku: &str) -> crate::Result<Row> {
    let row = tx.row(&format!("{SELECT} WHERE v.sku = $1"), args![sku]).await?;
    Ok(row.ok_or_else(|| Refusal::not_found("article", sku))?)
}

/// What is filled in or corrected of an article; what is not named stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleChange {
    /// Its GTIN.
    #[serde(default)]
    gtin: Option<Gtin>,
    /// What it weighs with its packing, in grams.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000_000)]
    weight_grams: Option<i64>,
}

/// Fill in or correct what an article is known and sent by.
#[utoipa::path(patch, path = "/catalogue/variants/{sku}", tag = "Catalogue", operation_id = "change_variant",
    params(("sku" = String, Path)), request_body = ArticleChange,
    responses((status = 200, description = "The article now", body = Article)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn change(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(sku): PathParams<String>,
    write: Write<ArticleChange>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let mut found = Findings::default();
            let any = input.gtin.is_some() || input.weight_grams.is_some();
            found.check(any, "/gtin", "say what is to be changed");
            if let Some(weight) = input.weight_grams {
                check::range(&mut found, "/weight_grams", weight, 1..=100_000_000);
            }
            found.end()?;
            let row = row_of(tx, &sku).await?;
            let (id, product): (i64, i64) = (row.get("id")?, row.get("product_id")?);
            let sql = "UPDATE variant SET gtin = COALESCE($2, gtin), \
                       weight_grams = COALESCE($3, weight_grams) WHERE id = $1";
            let gtin = input.gtin.map(|it| it.to_string());
            tx.run(sql, args![id, gtin, input.weight_grams]).await?;
            changed(tx, &[product], act.now).await?;
            Reply::ok(&article(&row_of(tx, &sku).await?)?)
        })
    })
    .await
}
