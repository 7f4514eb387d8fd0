//! `GET /inspect/products`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    cards,
    counts::{self, Counts},
    narrowing::{Narrowing, Wishes},
    view::ProductCard,
    window::{Looking, Window},
};
use crate::{
    app::App,
    catalogue::products::listing::NO_PRICE,
    db::{Row, Tx, Value},
    error::Refusal,
    http::{Answer, Paging, Params, Reply, Visitor},
    refuse,
};

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sort {
    /// What came last, first.
    #[default]
    Newest,
    /// By the name in the shop's first language.
    Name,
    /// What costs least, first.
    Price,
    /// What costs most, first; without what has no price.
    PriceDescending,
    /// What customers like best, first.
    Rating,
}

/// Which products, and how one looks at them.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuestion {
    /// The shop.
    #[param(min_length = 1, max_length = 60, example = "de")]
    channel: String,
    /// The language; the shop's first one if there is none.
    #[param(min_length = 2, max_length = 5)]
    locale: Option<String>,
    /// The currency; the shop's first one if there is none.
    #[param(min_length = 3, max_length = 3)]
    currency: Option<String>,
    /// The group that the customer belongs to; its prices are shown to those who have an API key.
    #[param(min_length = 1, max_length = 60)]
    customer_group: Option<String>,
    /// In this category or below it.
    #[param(min_length = 1, max_length = 60, example = "chairs")]
    category: Option<String>,
    /// Of this brand.
    #[param(min_length = 1, max_length = 60)]
    brand: Option<String>,
    /// With these values: any of one attribute, each of the attributes.
    #[param(max_length = 2000, example = "wood:oak,wood:beech")]
    facets: Option<String>,
    /// That cost at least so much, in minor units.
    #[param(minimum = 0)]
    price_min: Option<i64>,
    /// That cost at most so much, in minor units.
    #[param(minimum = 0)]
    price_max: Option<i64>,
    /// With all of these words, each possibly only begun.
    #[param(max_length = 200, example = "oak cha")]
    q: Option<String>,
    /// In which order.
    #[param(inline)]
    sort: Option<Sort>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of a list of products.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ProductList {
    /// The products, in their order.
    items: Vec<ProductCard>,
    /// What to send as `after` for the next page; none on the last one.
    next: Option<String>,
    /// How many there are, and with which values. On the first page only.
    counts: Option<Counts>,
}

/// A list of products: a category, a brand, the results of a search. No page counts more than 5,000 products:
/// where there are more, the counts are of the first ones and say so (`capped`). A search looks at the 5,000
/// newest products that it finds.
#[utoipa::path(get, path = "/inspect/products", tag = "Inspect", operation_id = "list_offered_products",
    params(ListQuestion),
    responses((status = 200, description = "A page", body = ProductList)))]
pub(super) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Params(question): Params<ListQuestion>,
) -> Answer {
    let sort = question.sort.unwrap_or_default();
    let wishes = wishes(&question)?;
    let paging = Paging { limit: question.limit, after: question.after.clone() };
    let position = position(&paging, sort)?;
    let limit = paging.one_more()?;
    let window = Window::open(&app, &visitor, &looking(question)).await?;
    let list = app.db.read(move |tx| {
        Box::pin(async move {
            let wishes = wishes.of_facets(tx).await?;
            let narrowing = wishes.narrow(tx, &window).await?;
            let counts = match position {
                None => Some(counts::count(tx, &window, &wishes, &narrowing).await?),
                Some(_) => None,
            };
            let rows = rows(tx, narrowing, sort, position, limit).await?;
            page(tx, &window, &paging, sort, rows, counts).await
        })
    });
    Reply::ok(&list.await?)
}

fn wishes(question: &ListQuestion) -> crate::Result<Wishes> {
    if question.q.as_ref().is_some_and(|it| it.len() > 1000)
        || question.facets.as_ref().is_some_and(|it| it.len() > 2000)
    {
        let detail = "A parameter is longer than anything that it could mean.";
        refuse!(Refusal::new(400, "invalid_parameter", detail));
    }
    Ok(Wishes {
        category: question.category.clone(),
        brand: question.brand.clone(),
        facets: Wishes::facets_of(question.facets.as_deref().unwrap_or_default())?,
        price_min: question.price_min,
        price_max: question.price_max,
        search: Wishes::words_of(question.q.as_deref().unwrap_or_default()),
    })
}

fn looking(question: ListQuestion) -> Looking {
    Looking {
        channel: question.channel,
        locale: question.locale,
        currency: question.currency,
        customer_group: question.customer_group,
        country: None,
        postcode: None,
    }
}

/// Where a product stands in its list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(i64),
    Text(String),
}

impl Sort {
    const fn column(self) -> &'static str {
        match self {
            Self::Newest => "created_at",
            Self::Name => "name",
            Self::Price | Self::PriceDescending => "price",
            Self::Rating => "rating",
        }
    }

    const fn falls(self) -> bool {
        !matches!(self, Self::Name | Self::Price)
    }

    fn key(self, row: &Row) -> crate::Result<Key> {
        Ok(match self {
            Self::Name => Key::Text(row.get("key")?),
            _ => Key::Number(row.get("key")?),
        })
    }
}

fn position(paging: &Paging, sort: Sort) -> crate::Result<Option<(Key, i64)>> {
    let position: Option<(Key, i64)> = paging.position()?;
    if let Some((key, _)) = &position
        && matches!(key, Key::Text(_)) != (sort == Sort::Name)
    {
        let detail = "after is no position of a list in this order: begin with its first page.";
        refuse!(Refusal::new(400, "invalid_parameter", detail));
    }
    Ok(position)
}

async fn rows(
    tx: &mut Tx,
    mut narrowing: Narrowing,
    sort: Sort,
    position: Option<(Key, i64)>,
    limit: i64,
) -> crate::Result<Vec<Row>> {
    let (column, falls) = (sort.column(), sort.falls());
    let (than, direction) = if falls { ("<", " DESC") } else { (">", "") };
    let mut condition = String::new();
    if let Some((key, id)) = position {
        let key = match key {
            Key::Number(key) => narrowing.arg(key),
            Key::Text(key) => narrowing.arg(key),
        };
        let id = narrowing.arg(id);
        condition.push_str(&format!(" AND (l.{column}, l.product_id) {than} ({key}, {id})"));
    }
    if sort == Sort::PriceDescending {
        let none = narrowing.arg(NO_PRICE);
        condition.push_str(&format!(" AND l.price < {none}"));
    }
    let limit = narrowing.arg(limit);
    let sql = format!(
        "SELECT l.product_id, l.{column} AS key FROM listing AS l WHERE {}{condition} \
         ORDER BY l.{column}{direction}, l.product_id{direction} LIMIT {limit}",
        narrowing.condition
    );
    let args: Vec<Value> = narrowing.args;
    Ok(tx.rows(&sql, args).await?)
}

async fn page(
    tx: &mut Tx,
    window: &Window,
    paging: &Paging,
    sort: Sort,
    rows: Vec<Row>,
    counts: Option<Counts>,
) -> crate::Result<ProductList> {
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push((sort.key(row)?, row.get::<i64>("product_id")?));
    }
    let page = paging.page(found, Clone::clone)?;
    let ids: Vec<i64> = page.items.iter().map(|(_, id)| *id).collect();
    let mut cards = cards::load(tx, window, &ids).await?.cards;
    let items = ids.iter().filter_map(|id| cards.remove(id)).collect();
    Ok(ProductList { items, next: page.next, counts })
}
