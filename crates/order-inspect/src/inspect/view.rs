//! The product page as a shop's frontend reads it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{availability::Availability, promise::DeliveryPromise};
use crate::{
    catalogue::{
        attributes::AttributeKind,
        products::record::{AttributeValue, MediaKind, RelationKind},
        size_guides::SizeTable,
    },
    moment::Moment,
    pricing::{Reduction, UnitPrice},
};

/// Everything that a product page shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductPage {
    /// The product's code.
    pub code: String,
    /// The last part of its address, in the language of the page.
    pub slug: String,
    /// The language of the page, where there is a text in it.
    pub locale: String,
    /// The shop.
    pub channel: String,
    /// The currency of all amounts.
    pub currency: String,
    /// Its name.
    pub name: String,
    /// A sentence or two.
    pub summary: String,
    /// Everything else.
    pub description: String,
    /// Its title for search engines.
    pub seo_title: Option<String>,
    /// Its description for search engines.
    pub seo_description: Option<String>,
    /// Its addresses in the shop's languages.
    #[schema(value_type = BTreeMap<String, String>, examples(json!({ "de": "stuhl", "en": "chair" })))]
    pub slugs: BTreeMap<String, String>,
    /// Its brand.
    pub brand: Option<NamedCode>,
    /// Who makes it (GPSR Art. 19 a).
    pub manufacturer: Option<OperatorView>,
    /// Who answers for it in the EU (GPSR Art. 19 b).
    pub responsible_person: Option<OperatorView>,
    /// Warnings and safety information (GPSR Art. 19 d).
    pub warnings: Option<String>,
    /// Its number in the European product registry for energy labelling.
    pub eprel_code: Option<String>,
    /// The way from the root of the catalogue to it.
    pub breadcrumbs: Vec<NamedCode>,
    /// What is said of it.
    pub attributes: Vec<AttributeView>,
    /// What can be chosen.
    pub options: Vec<OptionView>,
    /// What can be bought.
    pub variants: Vec<VariantView>,
    /// Pictures and films, in their order.
    pub media: Vec<MediaView>,
    /// Files.
    pub documents: Vec<ProductFile>,
    /// The table of its sizes.
    pub size_guide: Option<SizeTable>,
    /// Services that can be bought along.
    pub services: Vec<ServiceView>,
    /// Other products.
    pub related: Vec<RelatedProduct>,
    /// What customers think of it.
    pub rating: RatingView,
    /// The newest reviews.
    pub reviews: Vec<ReviewView>,
    /// Whether prices include tax.
    pub prices_include_tax: bool,
    /// The rate of tax where the shop is, in percent; none before it is set up.
    #[schema(examples("19"))]
    pub tax_rate: Option<String>,
}

/// Something with a code and a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedCode {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A manufacturer or a responsible person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OperatorView {
    /// Its name.
    pub name: String,
    /// Where it can be reached by post.
    pub postal_address: String,
    /// Where it can be reached electronically.
    pub electronic_address: String,
    /// Where it is established.
    pub country: String,
}

/// An attribute with its value in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttributeView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// What its value is.
    pub kind: AttributeKind,
    /// The value as it is stored.
    pub value: AttributeValue,
    /// The value in words, where it has other ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// Something to choose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OptionView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// What can be chosen.
    pub values: Vec<NamedCode>,
}

/// A variant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VariantView {
    /// Its number.
    pub sku: String,
    /// Its global number.
    pub gtin: Option<String>,
    /// The value of each option.
    #[schema(value_type = BTreeMap<String, String>, examples(json!({ "size": "m" })))]
    pub options: BTreeMap<String, String>,
    /// What is said of it.
    pub attributes: Vec<AttributeView>,
    /// What it weighs with its packaging.
    pub weight_grams: Option<i64>,
    /// Its own EPREL number.
    pub eprel_code: Option<String>,
    /// What it costs; nothing where it is not offered.
    pub price: Option<PriceView>,
    /// Whether it can be bought.
    pub availability: Availability,
    /// When it arrives, by the way to deliver that is fastest.
    pub delivery: Option<DeliveryPromise>,
    /// Whether it is a bundle.
    pub bundle: bool,
}

/// What something costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceView {
    /// For one, in minor units.
    #[schema(examples(12900))]
    pub amount: i64,
    /// The ordinary price that a reduction is one of.
    pub regular_amount: Option<i64>,
    /// The manufacturer's recommended price.
    pub list_amount: Option<i64>,
    /// The announced reduction with the lowest price of the 30 days before it (PAngV § 11).
    pub reduction: Option<Reduction>,
    /// By how many percent it may be said to be reduced.
    pub percent_off: Option<u8>,
    /// The price per unit (PAngV § 4).
    pub unit_price: Option<UnitPrice>,
    /// Lower prices for more of them.
    pub tiers: Vec<PriceTier>,
}

/// A price from a quantity on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceTier {
    /// From how many on.
    pub min_quantity: u32,
    /// For one, in minor units.
    pub amount: i64,
}

/// A picture or film.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaView {
    /// Where it is.
    pub url: String,
    /// What it is.
    pub kind: MediaKind,
    /// What it shows.
    pub alt: String,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The only variant that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// A file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductFile {
    /// What it is.
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// Its title.
    pub title: String,
}

/// A service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it costs, in minor units.
    pub amount: i64,
}

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductCard {
    /// Its code.
    pub code: String,
    /// The last part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// A sentence or two.
    pub summary: String,
    /// Its brand.
    pub brand: Option<String>,
    /// Its first picture.
    pub image: Option<MediaView>,
    /// The lowest price of its variants, in minor units.
    pub price_from: Option<i64>,
    /// The ordinary price of the same variant, if that price is an announced reduction.
    pub regular_amount: Option<i64>,
    /// The lowest price of the 30 days before that reduction (PAngV § 11).
    pub lowest_prior_amount: Option<i64>,
    /// The price per unit of the same variant (PAngV § 4).
    pub unit_price: Option<UnitPrice>,
    /// What customers think of it.
    pub rating: RatingView,
}

/// Another product and how this one leads to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelatedProduct {
    /// How.
    pub kind: RelationKind,
    /// Which.
    pub product: ProductCard,
}

/// What customers think of something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RatingView {
    /// How many of them have said so.
    pub count: i64,
    /// The average, in hundredths of a star: 450 is four and a half.
    pub average_hundredths: Option<i64>,
}

impl RatingView {
    /// From how many reviews and the sum of their stars.
    pub fn new(count: i64, sum: i64) -> Self {
        Self { count, average_hundredths: (count > 0).then(|| sum * 100 / count) }
    }
}

/// What a customer says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewView {
    /// Its number.
    pub id: i64,
    /// Stars, 1 to 5.
    pub rating: i64,
    /// What it says in short.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Who says so.
    pub author: String,
    /// The language.
    pub locale: String,
    /// Whether the customer has bought the product here.
    pub verified_purchase: bool,
    /// What the shop answers.
    pub reply: Option<String>,
    /// When it was written.
    pub created_at: Moment,
}
