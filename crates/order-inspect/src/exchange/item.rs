//! What a file says of a product, whatever its format: only what it says, so that the rest stays as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{catalogue::words::Locale, moment::Moment, pricing::Content};

/// A record of a file: a row of a table, an element of a document. Several of them may speak of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Where it begins, from 1.
    pub(super) line: u64,
    /// Of which product it speaks; none where that cannot be read.
    pub(super) key: Option<RecordKey>,
    /// What it says.
    pub(super) item: Item,
    /// What cannot be read of it.
    pub(super) problems: Vec<Problem>,
}

/// How a format names the product that a record speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum RecordKey {
    /// The last part of its address.
    Handle(String),
    /// One of its variants.
    Sku(String),
    /// Its code: the service's own name for it.
    Code(String),
}

/// Something that is wrong with a record, for whoever made the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Problem {
    /// The line of the file.
    pub(super) line: Option<u64>,
    /// The column or element, in the words of the format.
    pub(super) field: Option<String>,
    /// What is wrong and what to do.
    pub(super) message: String,
}

impl Problem {
    /// A problem of a field.
    pub(super) fn of(line: u64, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { line: Some(line), field: Some(field.into()), message: message.into() }
    }
}

/// What may be done with a product that is not known yet, or that is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Intent {
    /// It is made if it is not there.
    #[default]
    Upsert,
    /// It must be there.
    Update,
    /// The variants are no longer sold (BMEcat `mode="delete"`).
    Retire,
    /// The shop no longer shows it: the file, which is whole, does not have it.
    Withdraw,
}

/// What is said of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Item {
    pub(super) intent: Intent,
    /// Texts by language.
    pub(super) texts: BTreeMap<Locale, TextSaid>,
    /// The brand's name; empty for none.
    pub(super) brand: Option<String>,
    /// Name or code of the product's type.
    pub(super) product_type: Option<String>,
    /// Thousandths of a percent.
    pub(super) tax_rate: Option<i64>,
    pub(super) active: Option<bool>,
    pub(super) published: Option<bool>,
    /// The names of what a customer chooses, in order.
    pub(super) options: Vec<String>,
    pub(super) media: Option<Vec<MediaSaid>>,
    pub(super) documents: Option<Vec<DocumentSaid>>,
    /// Attributes by the names that the file gives them.
    pub(super) features: Vec<Feature>,
    pub(super) variants: Vec<VariantSaid>,
}

/// What is said in one language. An empty text empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TextSaid {
    pub(super) name: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) description: Option<String>,
    pub(super) seo_title: Option<String>,
    pub(super) seo_description: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct MediaSaid {
    pub(super) line: u64,
    pub(super) url: String,
    /// What it shows, by language; none where the file cannot say.
    pub(super) alt: Option<BTreeMap<Locale, String>>,
    /// Its place, where the file numbers them.
    pub(super) position: Option<i64>,
}

/// A file for customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DocumentSaid {
    pub(super) line: u64,
    pub(super) kind: String,
    pub(super) url: String,
    pub(super) titles: BTreeMap<Locale, String>,
}

/// An attribute as the file names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Feature {
    pub(super) line: u64,
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

/// What is said of a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct VariantSaid {
    pub(super) line: u64,
    pub(super) sku: Option<String>,
    /// Empty for none.
    pub(super) gtin: Option<String>,
    /// The values of the item's options, in their order.
    pub(super) options: Vec<String>,
    pub(super) active: Option<bool>,
    /// Zero for none.
    pub(super) weight_grams: Option<i64>,
    pub(super) content: Option<Content>,
    /// Empty for none.
    pub(super) eprel_code: Option<String>,
    /// How many are there, at the import's location.
    pub(super) on_hand: Option<i64>,
    /// Whether it can be bought, where the file says no more than that.
    pub(super) available: Option<bool>,
    pub(super) prices: Vec<PriceSaid>,
    /// The picture that shows this variant only.
    pub(super) image: Option<String>,
    pub(super) features: Vec<Feature>,
}

/// A price that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PriceSaid {
    /// ISO 4217; the import's if there is none.
    pub(super) currency: Option<String>,
    /// An announced reduction.
    pub(super) sale: bool,
    /// Minor units; none where only the list price is said.
    pub(super) amount: Option<i64>,
    /// Minor units; `Some(None)` takes it away.
    pub(super) list_amount: Option<Option<i64>>,
    /// From which quantity on.
    pub(super) min_quantity: Option<u32>,
    pub(super) from: Option<Moment>,
    /// `Some(None)` says that it has no end.
    pub(super) until: Option<Option<Moment>>,
}

/// Puts records of one product together, in the order of the file.
///
/// `strict` formats (several rows for one product) say each thing once: two that differ are an error. Where each
/// record is a variant with texts of its own, texts that differ are nobody's: the product's stay as they are.
pub(super) fn together(records: Vec<Record>, strict: bool) -> Result<Item, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut whole = Item::default();
    let mut disputed = Vec::new();
    for (at, record) in records.into_iter().enumerate() {
        problems.extend(record.problems);
        let mut item = record.item;
        if at == 0 {
            whole.intent = item.intent;
        }
        let mut add = |field: &'static str, same: bool| match (same, strict) {
            (true, _) => {}
            (false, true) => problems.push(Problem::of(
                record.line,
                field,
                "says something else than a row before it of the same product: say it once",
            )),
            (false, false) => disputed.push(field),
        };
        for (locale, text) in std::mem::take(&mut item.texts) {
            let had = whole.texts.entry(locale).or_default();
            add("title", first(&mut had.name, text.name));
            first(&mut had.slug, text.slug);
            add("summary", first(&mut had.summary, text.summary));
            add("description", first(&mut had.description, text.description));
            add("seo_title", first(&mut had.seo_title, text.seo_title));
            add("seo_description", first(&mut had.seo_description, text.seo_description));
        }
        add("brand", first(&mut whole.brand, item.brand));
        add("type", first(&mut whole.product_type, item.product_type));
        add("tax", first(&mut whole.tax_rate, item.tax_rate));
        add("status", first(&mut whole.active, item.active));
        add("published", first(&mut whole.published, item.published));
        if whole.options.is_empty() {
            whole.options = item.options;
        }
        join(&mut whole.media, item.media, |it| it.url.clone());
        join(&mut whole.documents, item.documents, |it| it.url.clone());
        whole.features.extend(item.features);
        whole.variants.extend(item.variants);
    }
    for field in disputed {
        whole.forget(field);
    }
    if problems.is_empty() { Ok(whole) } else { Err(problems) }
}

impl Item {
    fn forget(&mut self, field: &str) {
        for text in self.texts.values_mut() {
            match field {
                "title" => text.name = None,
                "summary" => text.summary = None,
                "description" => text.description = None,
                _ => {}
            }
        }
        match field {
            "brand" => self.brand = None,
            "type" => self.product_type = None,
            "tax" => self.tax_rate = None,
            _ => {}
        }
    }
}

/// Takes what is said first; false where something else is said later.
fn first<T: PartialEq>(had: &mut Option<T>, said: Option<T>) -> bool {
    match (had.as_ref(), said) {
        (_, None) => true,
        (None, said) => {
            *had = said;
            true
        }
        (Some(had), Some(said)) => *had == said,
    }
}

/// One list of several; what stands in it already is not put in again.
fn join<T>(had: &mut Option<Vec<T>>, said: Option<Vec<T>>, key: impl Fn(&T) -> String) {
    let Some(said) = said else { return };
    let list = had.get_or_insert_default();
    for it in said {
        if !list.iter().any(|known| key(known) == key(&it)) {
            list.push(it);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(line: u64, title: &str) -> Record {
        let text = TextSaid { name: Some(title.to_owned()), ..TextSaid::default() };
        let locale = Locale::try_from("en".to_owned()).unwrap();
        let item = Item { texts: [(locale, text)].into(), ..Item::default() };
        Record { line, key: Some(RecordKey::Handle("a".to_owned())), item, problems: Vec::new() }
    }

    #[test]
    fn rows_that_contradict_each_other_are_told_with_their_line() {
        let problems = together(vec![record(2, "A"), record(9, "B")], true).unwrap_err();
        assert_eq!((problems[0].line, problems[0].field.as_deref()), (Some(9), Some("title")));
    }

    #[test]
    fn titles_that_variants_have_of_their_own_are_not_the_product_s() {
        let item = together(vec![record(2, "A small"), record(3, "A large")], false).unwrap();
        assert!(item.texts.values().all(|it| it.name.is_none()));
    }
}
