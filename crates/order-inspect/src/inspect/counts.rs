//! How many products a list has, and with which values: never more than so many are counted.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    narrowing::{FEW, Narrowing, Wishes},
    window::Window,
};
use crate::{
    args,
    catalogue::{attributes::Attribute, master::MasterData as _},
    db::{DbError, Tx},
};

/// How many products there are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Counts {
    /// How many were counted.
    products: i64,
    /// Whether there are more than were counted: then all counts are of the first 5,000.
    capped: bool,
    /// What the list can be narrowed by.
    facets: Vec<Facet>,
}

/// An attribute that a list can be narrowed by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Facet {
    /// Its code.
    attribute: String,
    /// Its name.
    label: String,
    /// The unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// What there is of it, most of all first.
    values: Vec<FacetValue>,
}

/// A value that products have.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FacetValue {
    /// The value, as `facets` takes it.
    value: String,
    /// The value in words.
    label: String,
    /// How many products have it.
    count: i64,
}

/// Values by attribute, with how many products have them.
type Values = BTreeMap<String, Vec<(String, i64)>>;

/// Counts what fulfils the wishes. The values of an attribute that was chosen are counted as if it was not, so that
/// one can choose another of them.
pub(super) async fn count(
    tx: &mut Tx,
    window: &Window,
    wishes: &Wishes,
    narrowing: &Narrowing,
) -> crate::Result<Counts> {
    let mut values = Values::new();
    let products = values_of(tx, narrowing, None, &mut values).await?;
    for attribute in wishes.facets.keys() {
        let without = wishes.without(attribute).narrow(tx, window).await?;
        values_of(tx, &without, Some(attribute), &mut values).await?;
    }
    Ok(Counts {
        products: products.min(FEW),
        capped: narrowing.capped || products > FEW,
        facets: facets(tx, window, values).await?,
    })
}

/// Counts the values of one attribute, or of all, among the products that fulfil a condition. How many these are.
async fn values_of(
    tx: &mut Tx,
    narrowing: &Narrowing,
    only: Option<&String>,
    values: &mut Values,
) -> Result<i64, DbError> {
    let condition = &narrowing.condition;
    let mut args = narrowing.args.clone();
    args.push((FEW + 1).into());
    let limit = args.len();
    let found = format!("SELECT l.product_id FROM listing AS l WHERE {condition} LIMIT ${limit}");
    let sql = format!("SELECT COUNT(*) AS n FROM ({found}) AS found");
    let products: i64 = tx.one(&sql, args.clone()).await?.get("n")?;
    args.pop();
    args.push(FEW.into());
    let mut its = String::new();
    if let Some(attribute) = only {
        args.push(attribute.into());
        its = format!("WHERE f.attribute = ${}", args.len());
        values.remove(attribute);
    }
    let sql = format!(
        "SELECT f.attribute, f.value, COUNT(*) AS n FROM ({found}) AS found \
         JOIN product_facet AS f ON f.product_id = found.product_id \
         JOIN attribute AS a ON a.code = f.attribute AND a.facet {its} \
         GROUP BY f.attribute, f.value ORDER BY f.attribute, n DESC, f.value LIMIT 1000"
    );
    for row in tx.rows(&sql, args).await? {
        let value = (row.get("value")?, row.get("n")?);
        values.entry(row.get("attribute")?).or_default().push(value);
    }
    Ok(products)
}

async fn facets(tx: &mut Tx, window: &Window, mut values: Values) -> Result<Vec<Facet>, DbError> {
    let codes: Vec<String> = values.keys().cloned().collect();
    let sql = format!("{} WHERE it.code = ANY($1) ORDER BY it.code", Attribute::SELECT);
    let rows = tx.rows(&sql, args![codes]).await?;
    let mut facets = Vec::with_capacity(rows.len());
    for row in &rows {
        let attribute = Attribute::from_row(row)?;
        let found = values.remove(&*attribute.code).unwrap_or_default();
        let values = found.into_iter().map(|(value, count)| {
            let choice = attribute.choices.iter().find(|it| *it.code == *value);
            let label = choice.and_then(|it| it.labels.pick(&window.locale));
            FacetValue { label: label.unwrap_or(&value).to_owned(), value, count }
        });
        facets.push(Facet {
            attribute: attribute.code.to_string(),
            label: attribute.labels.pick(&window.locale).unwrap_or_default().to_owned(),
            unit: attribute.unit.clone(),
            values: values.collect(),
        });
    }
    Ok(facets)
}
