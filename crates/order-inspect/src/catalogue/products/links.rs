//! What a product refers to, looked up.

use std::collections::HashMap;

use super::{record::Product, values::TypeRules};
use crate::{
    args,
    catalogue::{master::refer, words::Code},
    db::{DbError, Tx},
    error::Findings,
};

/// The numbers of everything that a product refers to.
pub(super) struct Links {
    pub(super) product_type: i64,
    pub(super) brand: Option<i64>,
    pub(super) manufacturer: Option<i64>,
    pub(super) responsible_person: Option<i64>,
    pub(super) size_guide: Option<i64>,
    pub(super) categories: Vec<i64>,
    pub(super) services: Vec<i64>,
    pub(super) relations: Vec<i64>,
    /// The shop of each text; 0 for all of them.
    pub(super) text_channels: Vec<i64>,
    pub(super) rules: TypeRules,
}

impl Links {
    /// Looks everything up; notes what leads nowhere and what the type does not allow.
    pub(super) async fn find(
        tx: &mut Tx,
        product: &Product,
        found: &mut Findings,
    ) -> Result<Option<Self>, DbError> {
        let code = &product.product_type;
        let Some(product_type) = refer(tx, "product_type", code, "/product_type", found).await?
        else {
            return Ok(None);
        };
        let rules = TypeRules::load(tx, product_type).await?;
        rules.check(found, product);
        check_tax_class(tx, &product.tax_class, found).await?;
        check_references(tx, &rules, product, found).await?;
        let related: Vec<&Code> = product.relations.iter().map(|it| &it.product).collect();
        let operator = "economic_operator";
        Ok(Some(Self {
            product_type,
            brand: maybe(tx, "brand", &product.brand, "/brand", found).await?,
            manufacturer: maybe(tx, operator, &product.manufacturer, "/manufacturer", found)
                .await?,
            responsible_person: {
                let person = &product.responsible_person;
                maybe(tx, operator, person, "/responsible_person", found).await?
            },
            size_guide: maybe(tx, "size_guide", &product.size_guide, "/size_guide", found).await?,
            categories: {
                let codes: Vec<&Code> = product.categories.iter().collect();
                all(tx, "category", &codes, |at| format!("/categories/{at}"), found).await?
            },
            services: {
                let codes: Vec<&Code> = product.services.iter().collect();
                all(tx, "service", &codes, |at| format!("/services/{at}"), found).await?
            },
            relations: {
                let place = |at| format!("/relations/{at}/product");
                all(tx, "product", &related, place, found).await?
            },
            text_channels: text_channels(tx, product, found).await?,
            rules,
        }))
    }
}

async fn check_tax_class(tx: &mut Tx, code: &str, found: &mut Findings) -> Result<(), DbError> {
    let known = tx.row("SELECT 1 AS one FROM tax_class WHERE code = $1", args![code]).await?;
    found.check(known.is_some(), "/tax_class", format!("there is no tax class {code}"));
    Ok(())
}

async fn text_channels(
    tx: &mut Tx,
    product: &Product,
    found: &mut Findings,
) -> Result<Vec<i64>, DbError> {
    let mut channels = Vec::new();
    for (at, text) in product.texts.iter().enumerate() {
        let pointer = format!("/texts/{at}/channel");
        let channel = match &text.channel {
            Some(code) => refer(tx, "channel", code, pointer, found).await?,
            None => None,
        };
        channels.push(channel.unwrap_or(0));
    }
    Ok(channels)
}

async fn check_references(
    tx: &mut Tx,
    rules: &TypeRules,
    product: &Product,
    found: &mut Findings,
) -> Result<(), DbError> {
    let references = rules.references(product);
    if references.is_empty() {
        return Ok(());
    }
    let codes = references.iter().map(|(_, code)| code.clone()).collect();
    let known = numbers(tx, "product", codes).await?;
    for (pointer, code) in references {
        found.check(known.contains_key(&code), pointer, format!("there is no product {code}"));
    }
    Ok(())
}

async fn maybe(
    tx: &mut Tx,
    table: &str,
    code: &Option<Code>,
    pointer: &str,
    found: &mut Findings,
) -> Result<Option<i64>, DbError> {
    match code {
        Some(code) => refer(tx, table, code, pointer, found).await,
        None => Ok(None),
    }
}

/// The numbers of several records, in the order of their codes.
async fn all(
    tx: &mut Tx,
    table: &str,
    codes: &[&Code],
    pointer: impl Fn(usize) -> String,
    found: &mut Findings,
) -> Result<Vec<i64>, DbError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let known = numbers(tx, table, codes.iter().map(ToString::to_string).collect()).await?;
    let mut numbers = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        match known.get(&***code) {
            Some(number) => numbers.push(*number),
            None => found.note(pointer(at), format!("there is no {table} {code}")),
        }
    }
    Ok(numbers)
}

/// The numbers of the records that there are, by code.
pub(crate) async fn numbers(
    tx: &mut Tx,
    table: &str,
    codes: Vec<String>,
) -> Result<HashMap<String, i64>, DbError> {
    let sql = format!("SELECT id, code FROM {table} WHERE code = ANY($1)");
    let rows = tx.rows(&sql, args![codes]).await?;
    rows.iter().map(|row| Ok((row.get("code")?, row.get("id")?))).collect()
}
