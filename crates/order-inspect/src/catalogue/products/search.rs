//! The words that a product is found by.

use super::record::Product;
use crate::{
    args,
    catalogue::folding,
    db::{DbError, Tx},
};

/// The most text of one product that is searched in, in bytes.
const MOST: usize = 32_000;

/// Names, brand, summaries, descriptions, article numbers and text values, in all languages: whoever shops in two
/// languages finds with the words of both.
pub(super) async fn index(tx: &mut Tx, id: i64, product: &Product) -> Result<(), DbError> {
    use super::record::AttributeValue;
    let brand = match &product.brand {
        Some(code) => tx.row("SELECT name FROM brand WHERE code = $1", args![code]).await?,
        None => None,
    };
    let brand: Option<String> = brand.map(|row| row.get("name")).transpose()?;
    let mut text = String::new();
    let mut say = |words: &str| {
        if text.len() + words.len() < MOST {
            text.push_str(&folding::fold(words));
            text.push(' ');
        }
    };
    say(&product.code);
    product.brand.as_deref().into_iter().chain(brand.as_deref()).for_each(&mut say);
    for it in &product.texts {
        say(&it.name);
        say(&it.summary);
    }
    for variant in &product.variants {
        say(&variant.sku);
        variant.gtin.as_deref().into_iter().for_each(&mut say);
    }
    let variants = product.variants.iter().flat_map(|it| it.attributes.values());
    for value in product.attributes.values().chain(variants) {
        if let AttributeValue::Text(value) = value {
            say(value);
        }
    }
    product.texts.iter().for_each(|it| say(&it.description));
    tx.index_words(id, &text).await
}
