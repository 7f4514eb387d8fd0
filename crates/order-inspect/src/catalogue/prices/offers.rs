//! `/catalogue/offers`: what each variant costs everybody in each shop, one line to look at and to change.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    record::{PriceChange, PriceInput},
    store,
};
use crate::{
    act::Act,
    app::App,
    args,
    catalogue::words::{Code, CurrencyCode, Sku},
    db::{DbError, Row, Tx, Value},
    error::{Error, Findings, Refusal},
    http::{Answer, NoBody, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    moment::Moment,
    pricing::PriceKind,
    refuse,
};

/// What one piece of a variant costs everybody in a shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Offer {
    /// Shop, currency and variant: `de:EUR:OAK-S`.
    id: String,
    /// Which variant.
    sku: Sku,
    /// Of which product.
    product: Code,
    /// What the product is called.
    name: String,
    /// In which shop.
    channel: Code,
    /// In which currency.
    currency: CurrencyCode,
    /// The ordinary price, in minor units.
    price: i64,
    /// The manufacturer's recommended price, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price: Option<i64>,
    /// The announced reduction that is in force, or else the next one, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<i64>,
    /// From when on it is reduced.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_from: Option<Moment>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_until: Option<Moment>,
}

fn offer(row: &Row) -> Result<Offer, DbError> {
    let (channel, currency, sku): (Code, CurrencyCode, Sku) =
        (row.word("channel")?, row.word("currency")?, row.word("sku")?);
    Ok(Offer {
        id: format!("{channel}:{currency}:{sku}"),
        sku,
        product: row.word("product")?,
        name: row.get::<Option<String>>("name")?.unwrap_or_default(),
        channel,
        currency,
        price: row.get("amount")?,
        list_price: row.get("list_amount")?,
        sale_price: row.get("sale_amount")?,
        sale_from: row.get("sale_from")?,
        sale_until: row.get("sale_until")?,
    })
}

/// Ordinary prices for everybody that are in force at `$1`.
const IN_FORCE: &str = "kind = 'regular' AND customer_group IS NULL AND min_quantity = 1 \
     AND valid_from <= $1 AND (valid_until IS NULL OR valid_until > $1)";

/// Offers of `{variants}`, which is read before anything is joined to it.
fn select(variants: &str, only: &str) -> String {
    format!(
        "SELECT v.sku, c.code AS channel, r.currency, p.code AS product, \
         (SELECT name FROM product_text WHERE product_id = p.id \
     ORDER BY channel_id, locale LIMIT 1) AS name, r.amount, r.list_amount, \
         s.id AS sale_id, s.amount AS sale_amount, s.valid_from AS sale_from, s.valid_until AS sale_until \
         FROM ({variants}) AS v JOIN product AS p ON p.id = v.product_id \
         JOIN (SELECT * FROM price WHERE {IN_FORCE}) AS r ON r.variant_id = v.id \
         JOIN channel AS c ON c.id = r.channel_id \
         LEFT JOIN price AS s ON s.id = (SELECT id FROM price WHERE variant_id = v.id \
             AND channel_id = r.channel_id AND currency = r.currency AND kind = 'sale' \
             AND customer_group IS NULL AND min_quantity = 1 AND (valid_until IS NULL OR valid_until > $1) \
             ORDER BY valid_from LIMIT 1) WHERE {only}"
    )
}

/// Which offers.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfferQuestion {
    /// Of this variant only.
    #[param(min_length = 1, max_length = 64)]
    sku: Option<String>,
    /// Of this product only.
    #[param(min_length = 1, max_length = 64)]
    product: Option<String>,
    /// In this shop only.
    #[param(min_length = 1, max_length = 64)]
    channel: Option<String>,
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// What everything costs everybody, by variant, shop and currency.
#[utoipa::path(get, path = "/catalogue/offers", tag = "Prices", operation_id = "list_offers",
    params(OfferQuestion),
    responses((status = 200, description = "A page", body = PageOf<Offer>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    Params(question): Params<OfferQuestion>,
) -> Answer {
    let paging = Paging { limit: question.limit, after: question.after };
    let (sku, channel, currency): (String, String, String) = paging.position()?.unwrap_or_default();
    let mut args = args![app.clock.now(), sku, channel, currency, paging.one_more()?];
    let (mut variants, mut priced) = (String::new(), String::new());
    for (given, column) in [
        (question.sku, "sku"),
        (question.product, "(SELECT code FROM product WHERE id = variant.product_id)"),
        (question.channel, "(SELECT code FROM channel WHERE id = price.channel_id)"),
    ] {
        let Some(given) = given else { continue };
        if given.is_empty() || given.chars().count() > 64 {
            refuse!(Refusal::new(
                400,
                "invalid_parameter",
                "sku, product and channel have 1 to 64 characters."
            ));
        }
        args.push(Value::from(given));
        let place = if column.contains("channel") { &mut priced } else { &mut variants };
        place.push_str(&format!(" AND {column} = ${}", args.len()));
    }
    let shop = priced.replace("price.channel_id", "r.channel_id");
    // As many variants as there are lines on the page, and the one of which some have been shown.
    let first = format!(
        "SELECT id, sku, product_id FROM variant WHERE sku >= $2 {variants} AND EXISTS \
         (SELECT 1 FROM price WHERE variant_id = variant.id AND {IN_FORCE} {priced}) ORDER BY sku LIMIT $5 + 1"
    );
    let only = format!(
        "(v.sku > $2 OR (v.sku = $2 AND (c.code > $3 OR (c.code = $3 AND r.currency > $4)))) {shop} \
         ORDER BY v.sku, c.code, r.currency LIMIT $5"
    );
    let sql = select(&first, &only);
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args).await })).await?;
    let offers = rows.iter().map(offer).collect::<Result<Vec<_>, _>>()?;
    let position =
        |it: &Offer| (it.sku.to_string(), it.channel.to_string(), it.currency.to_string());
    Reply::ok(&paging.page(offers, position)?)
}

/// What a variant costs everybody in a shop.
#[utoipa::path(get, path = "/catalogue/offers/{offer}", tag = "Prices", operation_id = "read_offer",
    params(("offer" = String, Path)),
    responses((status = 200, description = "The offer", body = Offer)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn read(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<String>,
) -> Answer {
    let now = app.clock.now();
    let row = app.db.read(move |tx| Box::pin(async move { row_of(tx, &id, now).await })).await?;
    Reply::ok(&offer(&row)?)
}

async fn row_of(tx: &mut Tx, id: &str, now: Moment) -> crate::Result<Row> {
    let mut parts = id.splitn(3, ':');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (channel, currency, sku) = (part(), part(), part());
    let variants = "SELECT id, sku, product_id FROM variant WHERE sku = $2";
    let sql = select(variants, "c.code = $3 AND r.currency = $4");
    let row = tx.row(&sql, args![now, sku, channel, currency]).await?;
    Ok(row.ok_or_else(|| Refusal::not_found("offer", id))?)
}

/// What is changed of an offer; the price of before ends now and stays on record.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferChange {
    /// The ordinary price, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64, examples(12_900))]
    price: Option<i64>,
    /// The manufacturer's recommended price, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    list_price: Option<i64>,
}

/// Change what a variant costs everybody in a shop, from now on.
#[utoipa::path(patch, path = "/catalogue/offers/{offer}", tag = "Prices", operation_id = "change_offer",
    params(("offer" = String, Path)), request_body = OfferChange,
    responses((status = 200, description = "The offer now", body = Offer)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn change(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<String>,
    write: Write<OfferChange>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let there = offer(&row_of(tx, &id, act.now).await?)?;
            let mut found = Findings::default();
            let any = input.price.is_some() || input.list_price.is_some();
            found.check(any, "/price", "say what is to be changed");
            found.end()?;
            let price = PriceInput {
                amount: input.price.unwrap_or(there.price),
                list_amount: input.list_price.or(there.list_price),
                ..input_for(&there, PriceKind::Regular)
            };
            set(tx, act, &there, price, [("amount", "/price"), ("list_amount", "/list_price")])
                .await?;
            Reply::ok(&offer(&row_of(tx, &id, act.now).await?)?)
        })
    })
    .await
}

fn input_for(there: &Offer, kind: PriceKind) -> PriceInput {
    PriceInput {
        channel: there.channel.clone(),
        currency: there.currency.clone(),
        amount: there.price,
        kind,
        list_amount: there.list_price,
        customer_group: None,
        min_quantity: 1,
        valid_from: None,
        valid_until: None,
    }
}

/// Sets a price; what is wrong with it is told at the name that the caller used.
async fn set<const N: usize>(
    tx: &mut Tx,
    act: &Act,
    there: &Offer,
    price: PriceInput,
    names: [(&str, &'static str); N],
) -> crate::Result<()> {
    let change = PriceChange { sku: there.sku.clone(), price };
    let set = store::set(tx, act, &[change], |_| String::new()).await;
    set.map(drop).map_err(|mut error| {
        if let Error::Refused(refusal) = &mut error {
            for problem in &mut refusal.fields {
                let name = names.iter().find(|(own, _)| problem.pointer == format!("/{own}"));
                if let Some((_, told)) = name {
                    problem.pointer = (*told).into();
                }
            }
        }
        error
    })
}

/// An announced reduction: an amount, or so many percent less than the ordinary price.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sale {
    /// What it costs then, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    price: Option<i64>,
    /// How many percent less it costs then; half a minor unit is rounded up.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, examples(20))]
    percent: Option<i64>,
    /// From when on; from now on if there is none.
    #[serde(default)]
    from: Option<Moment>,
    /// Until when; without an end if there is none.
    #[serde(default)]
    until: Option<Moment>,
}

impl Sale {
    fn amount(self, ordinary: i64) -> crate::Result<i64> {
        let mut found = Findings::default();
        let one = self.price.is_some() != self.percent.is_some();
        found.check(one, "/percent", "either a price or so many percent");
        let fits = self.percent.is_none_or(|percent| (1..=99).contains(&percent));
        found.check(fits, "/percent", "must be 1 to 99");
        let less = self.price.is_none_or(|price| price < ordinary);
        found.check(less, "/price", "must be less than the ordinary price");
        found.end()?;
        let percent = self.percent.unwrap_or(0);
        Ok(self.price.unwrap_or_else(|| (ordinary * (100 - percent) + 50) / 100))
    }
}

/// Reduce what a variant costs everybody in a shop, for a time. The lowest price of the thirty days before is shown
/// beside it without any doing.
#[utoipa::path(post, path = "/catalogue/offers/{offer}/sale", tag = "Prices", operation_id = "reduce_offer",
    params(("offer" = String, Path)), request_body = Sale,
    responses((status = 200, description = "The offer now", body = Offer)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn sale(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<String>,
    write: Write<Sale>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let there = offer(&row_of(tx, &id, act.now).await?)?;
            let price = PriceInput {
                amount: input.amount(there.price)?,
                valid_from: input.from,
                valid_until: input.until,
                ..input_for(&there, PriceKind::Sale)
            };
            let names = [("amount", "/price"), ("valid_from", "/from"), ("valid_until", "/until")];
            set(tx, act, &there, price, names).await?;
            Reply::ok(&offer(&row_of(tx, &id, act.now).await?)?)
        })
    })
    .await
}

/// End the reduction that is in force, or take back the next one.
#[utoipa::path(post, path = "/catalogue/offers/{offer}/sale-end", tag = "Prices", operation_id = "end_sale",
    params(("offer" = String, Path)),
    responses((status = 200, description = "The offer now", body = Offer)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn end_sale(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<String>,
    write: Write<NoBody>,
) -> Answer {
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let row = row_of(tx, &id, act.now).await?;
            let sale: Option<i64> = row.get("sale_id")?;
            let Some(sale) = sale else {
                refuse!(Refusal::conflict("no_sale", "Nothing is reduced here, now or later."));
            };
            if row.get::<Option<Moment>>("sale_from")?.is_some_and(|from| from < act.now) {
                store::end_at(tx, act, sale, None).await?;
            } else {
                store::withdraw(tx, act, sale).await?;
            }
            Reply::ok(&offer(&row_of(tx, &id, act.now).await?)?)
        })
    })
    .await
}
