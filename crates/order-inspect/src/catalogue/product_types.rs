//! Product types: which attributes products of a kind have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, SHORT},
    master::{MasterData, refer},
    words::Code,
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::{Error, Findings},
};

/// Where an attribute is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeLevel {
    /// Of the product as a whole.
    Product,
    /// Of each variant.
    Variant,
}

/// An attribute that products of a type have.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeAttribute {
    /// Which.
    pub attribute: Code,
    /// Where it is said.
    pub level: AttributeLevel,
    /// Whether it must be said.
    #[serde(default)]
    pub required: bool,
}

/// A type of products.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductType {
    /// Its code.
    pub code: Code,
    /// Its name among staff.
    #[schema(min_length = 1, max_length = 200, examples("Chair"))]
    pub name: String,
    /// What products of this type say, in its order. A new required attribute is asked for when a product is
    /// changed the next time.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub attributes: Vec<TypeAttribute>,
}

impl MasterData for ProductType {
    const NAME: &'static str = "product type";
    const PLACE: &'static str = "product-types";
    const TABLE: &'static str = "product_type";
    const COLUMNS: &'static [&'static str] = &["name", "attributes"];
    const SELECT: &'static str =
        "SELECT it.code, it.revision, it.name, it.attributes FROM product_type AS it";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        check::length(found, "/name", &self.name, 1..=SHORT);
        check::count(found, "/attributes", &self.attributes, 200);
        check::unique(found, "/attributes", &self.attributes, |it| &it.attribute);
    }

    async fn values(
        &self,
        tx: &mut Tx,
        _before: Option<&Row>,
        found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        for (at, it) in self.attributes.iter().enumerate() {
            let pointer = format!("/attributes/{at}/attribute");
            refer(tx, "attribute", &it.attribute, pointer, found).await?;
        }
        let attributes = serde_json::to_string(&self.attributes)
            .map_err(|error| Error::Broken(format!("attributes cannot be stored: {error}")))?;
        Ok(args![self.name.as_str(), attributes])
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            code: row.word("code")?,
            name: row.get("name")?,
            attributes: row.json("attributes")?,
        })
    }
}

crate::master_data_routes!(
    ProductType,
    "product_type",
    "product_types",
    "/catalogue/product-types",
    "/catalogue/product-types/{code}"
);
