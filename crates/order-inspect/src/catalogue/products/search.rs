//! The words that a product is found by.

use super::record::Product;
use crate::{
    catalogue::folding,
    db::{DbError, Tx},
};

/// The most text of one product that is searched in, in bytes.
const MOST: usize = 32_000;

/// Names, summaries, descriptions, article numbers and text values, in all languages: whoever shops in two
/// languages finds with the words of both.
pub(super) async fn index(tx: &mut Tx, id: i64, product: &Product) -> Result<(), DbError> {
    use super::record::AttributeValue;
    let mut text = String::new();
    let mut say = |words: &str| {
        if text.len() + words.len() < MOST {
            text.push_str(&folding::fold(words));
            text.push(' ');
        }
    };
    say(&product.code);
    if let Some(brand) = &product.brand {
        say(brand);
    }
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
