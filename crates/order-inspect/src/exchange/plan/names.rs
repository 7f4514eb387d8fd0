//! What a file calls by its name, found in the catalogue.

use crate::{
    act::Act,
    args,
    catalogue::{brands::Brand, folding, master, words::Code},
    db::{DbError, Tx},
    error::Error,
    moment::Moment,
};

/// The brand of this name (or code), however it is spelled. One that there is not is made: without a manufacturer,
/// which staff add.
pub(super) async fn brand(tx: &mut Tx, act: &Act, name: &str) -> crate::Result<Code> {
    let sql = "SELECT code FROM brand WHERE name = $1 OR code = $1 \
               ORDER BY CASE WHEN name = $1 THEN 0 ELSE 1 END, code LIMIT 1";
    if let Some(row) = tx.row(sql, args![name]).await? {
        return Ok(row.word("code")?);
    }
    if let Some(code) = spelled_alike(tx, name).await? {
        return Ok(code);
    }
    let base = folding::slug(name).unwrap_or_else(|| "brand".to_owned());
    let base: String = base.chars().take(50).collect();
    let mut code = base.clone();
    for next in 2.. {
        let taken =
            tx.row("SELECT 1 AS one FROM brand WHERE code = $1", args![code.as_str()]).await?;
        if taken.is_none() {
            break;
        }
        code = format!("{base}-{next}");
    }
    let code = Code::try_from(code).map_err(|error| Error::Broken(error.to_owned()))?;
    let brand = Brand { code: code.clone(), name: name.to_owned(), manufacturer: None };
    master::create(tx, act, brand).await?;
    Ok(code)
}

/// The first brand whose name differs in its spelling only: brands are few.
async fn spelled_alike(tx: &mut Tx, name: &str) -> Result<Option<Code>, DbError> {
    let folded = folding::fold(name);
    for row in tx.rows("SELECT code, name FROM brand ORDER BY code", vec![]).await? {
        if !folded.is_empty() && folding::fold(&row.get::<String>("name")?) == folded {
            return row.word("code").map(Some);
        }
    }
    Ok(None)
}

/// The brand's name.
pub(super) async fn brand_name(tx: &mut Tx, code: &str) -> Result<Option<String>, DbError> {
    let row = tx.row("SELECT name FROM brand WHERE code = $1", args![code]).await?;
    row.map(|row| row.get("name")).transpose()
}

/// The product type of this code or name.
pub(super) async fn product_type(tx: &mut Tx, name: &str) -> Result<Option<Code>, DbError> {
    let sql = "SELECT code FROM product_type WHERE name = $1 OR code = $1 \
               ORDER BY CASE WHEN code = $1 THEN 0 ELSE 1 END, code LIMIT 1";
    let row = tx.row(sql, args![name]).await?;
    row.map(|row| row.word("code")).transpose()
}

/// The tax classes that have this rate in a country, in thousandths of a percent.
pub(super) async fn tax_classes(
    tx: &mut Tx,
    rate: i64,
    country: &str,
    now: Moment,
) -> Result<Vec<Code>, DbError> {
    let sql = "SELECT r.tax_class FROM tax_rate AS r WHERE r.rate = $1 AND r.country = $2 \
               AND r.valid_from = (SELECT MAX(o.valid_from) FROM tax_rate AS o \
                 WHERE o.tax_class = r.tax_class AND o.country = $2 AND o.valid_from <= $3) \
               ORDER BY r.tax_class";
    let rows = tx.rows(sql, args![rate, country, now]).await?;
    rows.iter().map(|row| row.word("tax_class")).collect()
}
