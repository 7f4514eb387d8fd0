//! Which products a list has.
//!
//! A list is read along the index of its order, and stops when the page is full. That is fast as long as many
//! products fit. Where few fit, those are looked up first: a filter that leaves at most [`FEW`] products makes
//! the list start from them. A search always starts from what is found, the newest [`FEW`] at most.

use std::collections::BTreeMap;

use super::window::Window;
use crate::{
    args,
    catalogue::folding,
    db::{DbError, Tx, Value},
    error::Refusal,
    refuse,
};

/// So many products are looked up beforehand, and counted, at most.
pub(super) const FEW: i64 = 5_000;

/// By so many attributes a list is narrowed at most, and by so many values of each. Each attribute is a condition of
/// the statement, so that the number of statements is small.
const MOST_ATTRIBUTES: usize = 8;
const MOST_VALUES: usize = 50;

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    pub(super) category: Option<String>,
    pub(super) brand: Option<String>,
    /// Values by attribute: any of them.
    pub(super) facets: BTreeMap<String, Vec<String>>,
    pub(super) price_min: Option<i64>,
    pub(super) price_max: Option<i64>,
    pub(super) search: Vec<String>,
}

/// A condition on `listing AS l` with its parameters.
#[derive(Debug, Clone)]
pub(super) struct Narrowing {
    pub(super) condition: String,
    pub(super) args: Vec<Value>,
    /// More was found than is looked at.
    pub(super) capped: bool,
}

impl Wishes {
    /// Reads `colour:red,colour:blue,wood:oak`.
    pub(super) fn facets_of(text: &str) -> crate::Result<BTreeMap<String, Vec<String>>> {
        let mut facets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            match part.split_once(':') {
                Some((attribute, value)) if !attribute.is_empty() && !value.is_empty() => {
                    facets.entry(attribute.to_owned()).or_default().push(value.to_owned());
                }
                _ => refuse!(Refusal::new(
                    400,
                    "invalid_parameter",
                    "facets are pairs such as “colour:red,wood:oak”."
                )),
            }
        }
        if facets.len() > MOST_ATTRIBUTES || facets.values().any(|it| it.len() > MOST_VALUES) {
            let detail = format!(
                "A list is narrowed by at most {MOST_ATTRIBUTES} attributes with {MOST_VALUES} values each."
            );
            refuse!(Refusal::new(400, "invalid_parameter", detail));
        }
        Ok(facets)
    }

    /// The wishes without attributes that lists are no longer narrowed by.
    pub(super) async fn of_facets(mut self, tx: &mut Tx) -> Result<Self, DbError> {
        let codes: Vec<String> = self.facets.keys().cloned().collect();
        let sql = "SELECT code FROM attribute WHERE code = ANY($1) AND NOT facet";
        for row in tx.rows(sql, args![codes]).await? {
            self.facets.remove(&row.get::<String>("code")?);
        }
        Ok(self)
    }

    /// The same without one attribute.
    pub(super) fn without(&self, attribute: &str) -> Self {
        let mut less = self.clone();
        less.facets.remove(attribute);
        less
    }

    /// The words of a search, ten at most: more narrow nothing down that a shop has.
    pub(super) fn words_of(text: &str) -> Vec<String> {
        folding::words(text).into_iter().take(10).collect()
    }

    /// The condition that a product of the list fulfils.
    pub(super) async fn narrow(&self, tx: &mut Tx, window: &Window) -> crate::Result<Narrowing> {
        let mut it = Narrowing { condition: String::new(), args: Vec::new(), capped: false };
        it.also("l.channel_id = ", window.channel.id, "");
        it.also("l.currency = ", window.currency.code(), "");
        it.also("l.published_from <= ", window.now, "");
        it.also("(l.published_until IS NULL OR l.published_until > ", window.now, ")");
        let categories = self.category.as_deref().map(|it| below(window, it)).transpose()?;
        let few = self.few(tx, categories.as_deref()).await?;
        it.capped = few.as_ref().is_some_and(|few| over(few.len()));
        if let Some(mut few) = few {
            few.truncate(usize::try_from(FEW).unwrap_or(usize::MAX));
            it.also("l.product_id = ANY(", few, ")");
        }
        if let Some(categories) = categories {
            let open = "EXISTS (SELECT 1 FROM product_category AS pc \
                        WHERE pc.product_id = l.product_id AND pc.category_id = ANY(";
            it.also(open, categories, "))");
        }
        if let Some(brand) = &self.brand {
            it.also("l.brand_id = (SELECT id FROM brand WHERE code = ", brand, ")");
        }
        for (attribute, values) in &self.facets {
            let attribute = it.arg(attribute);
            let open = format!(
                "EXISTS (SELECT 1 FROM product_facet AS f WHERE f.product_id = l.product_id \
                 AND f.attribute = {attribute} AND f.value = ANY("
            );
            it.also(&open, values.clone(), "))");
        }
        if let Some(least) = self.price_min {
            it.also("l.price >= ", least, "");
        }
        if let Some(most) = self.price_max {
            it.also("l.price <= ", most, "");
        }
        Ok(it)
    }

    /// The products that there are at most, if they are few; always so for a search.
    async fn few(
        &self,
        tx: &mut Tx,
        categories: Option<&[i64]>,
    ) -> Result<Option<Vec<i64>>, DbError> {
        if !self.search.is_empty() {
            return tx.found_products(&self.search, FEW + 1).await.map(Some);
        }
        let mut questions: Vec<(&str, Vec<Value>)> = Vec::new();
        if let Some(categories) = categories {
            let sql = "SELECT DISTINCT product_id FROM product_category \
                       WHERE category_id = ANY($1) LIMIT $2";
            questions.push((sql, args![categories, FEW + 1]));
        }
        if let Some(brand) = &self.brand {
            let sql = "SELECT id AS product_id FROM product \
                       WHERE brand_id = (SELECT id FROM brand WHERE code = $1) LIMIT $2";
            questions.push((sql, args![brand, FEW + 1]));
        }
        for (attribute, values) in &self.facets {
            let sql = "SELECT DISTINCT product_id FROM product_facet \
                       WHERE attribute = $1 AND value = ANY($2) LIMIT $3";
            questions.push((sql, args![attribute, values.clone(), FEW + 1]));
        }
        for (sql, args) in questions {
            let rows = tx.rows(sql, args).await?;
            if !over(rows.len()) {
                return rows
                    .iter()
                    .map(|row| row.get("product_id"))
                    .collect::<Result<_, _>>()
                    .map(Some);
            }
        }
        Ok(None)
    }
}

impl Narrowing {
    /// Another parameter, as it is written.
    pub(super) fn arg(&mut self, value: impl Into<Value>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    fn also(&mut self, before: &str, value: impl Into<Value>, after: &str) {
        let arg = self.arg(value);
        let and = if self.condition.is_empty() { "" } else { " AND " };
        self.condition.push_str(&format!("{and}{before}{arg}{after}"));
    }
}

/// The category and all below it.
fn below(window: &Window, code: &str) -> crate::Result<Vec<i64>> {
    let lines = window.setup.category_lines.iter();
    let below: Vec<i64> =
        lines.filter(|(_, line)| line.iter().any(|it| it == code)).map(|(id, _)| *id).collect();
    if below.is_empty() {
        refuse!(Refusal::not_found("category", code));
    }
    Ok(below)
}

fn over(count: usize) -> bool {
    i64::try_from(count).unwrap_or(i64::MAX) > FEW
}
