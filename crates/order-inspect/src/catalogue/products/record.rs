//! A product as staff write and read it, and what can be said about it without looking anything up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    catalogue::words::{Code, Gtin, Locale, Localised, Sku, Slug, WebAddress},
    pricing::Content,
};

/// A product: what is described once, and the variants of it that are sold.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its code.
    pub code: Code,
    /// Its type, which says what attributes it has.
    pub product_type: Code,
    /// Its brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Code>,
    /// Who makes it, where that is not who makes the brand (GPSR Art. 19 a).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<Code>,
    /// Who answers for it in the EU, where its manufacturer is outside (GPSR Art. 19 b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible_person: Option<Code>,
    /// The table of its sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_guide: Option<Code>,
    /// How it is taxed.
    pub tax_class: Code,
    /// What it says, by shop and locale.
    #[schema(min_items = 1, max_items = 100)]
    pub texts: Vec<ProductText>,
    /// What is said of all variants.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AttributeValue>)]
    pub attributes: BTreeMap<Code, AttributeValue>,
    /// What a customer chooses between.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub options: Vec<ProductOption>,
    /// What is sold. A variant that is left out is withdrawn: orders may speak of it, so it stays.
    #[schema(min_items = 1, max_items = 500)]
    pub variants: Vec<Variant>,
    /// Pictures and films, in their order.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub media: Vec<Media>,
    /// Manuals, data sheets and the like.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub documents: Vec<ProductDocument>,
    /// Warnings and safety information, by locale (GPSR Art. 19 d).
    #[serde(default)]
    pub warnings: Localised,
    /// Its number in the European product registry for energy labelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20, pattern = "^[0-9]{1,20}$", examples("1234567"))]
    pub eprel_code: Option<String>,
    /// Where it stands; the first is its main place.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub categories: Vec<Code>,
    /// The services that can be bought along with it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub services: Vec<Code>,
    /// Other products that its page leads to.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub relations: Vec<Relation>,
    /// Whether it is part of the assortment; products are retired, never deleted.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

/// What a product says in one language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductText {
    /// The shop that says so; every shop that says nothing of its own if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Code>,
    /// The language.
    pub locale: Locale,
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Oak chair"))]
    pub name: String,
    /// The last part of its address; made from the name if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// A sentence or two.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub summary: String,
    /// Everything else.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub description: String,
    /// Its title for search engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub seo_title: Option<String>,
    /// Its description for search engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub seo_description: Option<String>,
}

/// The value of an attribute. Numbers are exact decimals, written as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "a value is a text (also a number, a day, a colour), true or false, or a list of choices"
)]
pub enum AttributeValue {
    /// Yes or no.
    Flag(bool),
    /// A text, a number, a day, a choice, a colour or the code of a product.
    #[schema(examples("45.5"))]
    Text(String),
    /// Some choices.
    Many(Vec<String>),
}

/// Something that a customer chooses, such as the size.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductOption {
    /// Its code within the product.
    pub code: Code,
    /// Its name, by locale.
    pub labels: Localised,
    /// What can be chosen, in its order.
    #[schema(min_items = 1, max_items = 200)]
    pub values: Vec<OptionValue>,
}

/// One thing to choose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionValue {
    /// Its code within the option.
    pub code: Code,
    /// Its name, by locale.
    pub labels: Localised,
}

/// What is sold: one value for each option.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its number.
    pub sku: Sku,
    /// Its global number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Gtin>,
    /// The value of each of the product's options.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, examples(json!({ "size": "m" })))]
    pub options: BTreeMap<Code, Code>,
    /// What is said of this variant.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AttributeValue>)]
    pub attributes: BTreeMap<Code, AttributeValue>,
    /// What it weighs with its packaging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub weight_grams: Option<i64>,
    /// What it contains, for the price per unit (PAngV § 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Its own number in the European product registry for energy labelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20, pattern = "^[0-9]{1,20}$")]
    pub eprel_code: Option<String>,
    /// It is sold even without stock, and is there after so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 365)]
    pub backorder_days: Option<i64>,
    /// A bundle: it is sold as one and taken from the stock of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub bundle: Vec<BundlePart>,
    /// Whether it is sold.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

/// A part of a bundle.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BundlePart {
    /// Which variant; not a bundle itself.
    pub sku: Sku,
    /// How many of it.
    #[schema(minimum = 1, maximum = 1000)]
    pub quantity: u32,
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A three-dimensional model.
    Model,
}

/// A picture, a film or a model.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// Where it is.
    pub url: WebAddress,
    /// What it is.
    pub kind: MediaKind,
    /// What it shows, for those who cannot see it, by locale.
    pub alt: Localised,
    /// How wide it is, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000)]
    pub width: Option<u32>,
    /// How high it is, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000)]
    pub height: Option<u32>,
    /// The only variant that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
}

/// A file for customers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductDocument {
    /// What it is: manual, data_sheet, safety_sheet, certificate, energy_label …
    pub kind: Code,
    /// Where it is.
    pub url: WebAddress,
    /// Its title, by locale.
    pub titles: Localised,
}

/// How a product leads to another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// It is often bought along.
    CrossSell,
    /// It goes with it.
    Accessory,
    /// It takes its place.
    Replacement,
    /// It is much the same.
    Similar,
}

impl RelationKind {
    /// Its name, as it is stored and as JSON shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CrossSell => "cross_sell",
            Self::Accessory => "accessory",
            Self::Replacement => "replacement",
            Self::Similar => "similar",
        }
    }
}

/// Another product that a product leads to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// How.
    pub kind: RelationKind,
    /// Which.
    pub product: Code,
}
