//! Brands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, SHORT},
    master::{MasterData, refer},
    products::publication::check_published_of,
    words::Code,
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::Findings,
};

/// A brand.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Its code.
    pub code: Code,
    /// As customers know it.
    #[schema(min_length = 1, max_length = 200, examples("Acme"))]
    pub name: String,
    /// Who makes what bears it, where the product does not say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<Code>,
}

impl MasterData for Brand {
    const NAME: &'static str = "brand";
    const PLACE: &'static str = "brands";
    const TABLE: &'static str = "brand";
    const COLUMNS: &'static [&'static str] = &["name", "manufacturer_id"];
    const SELECT: &'static str = "SELECT it.code, it.revision, it.name, maker.code AS manufacturer \
                                  FROM brand AS it \
                                  LEFT JOIN economic_operator AS maker ON maker.id = it.manufacturer_id";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        check::length(found, "/name", &self.name, 1..=SHORT);
    }

    async fn values(
        &self,
        tx: &mut Tx,
        _before: Option<&Row>,
        found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        let manufacturer = match &self.manufacturer {
            Some(code) => refer(tx, "economic_operator", code, "/manufacturer", found).await?,
            None => None,
        };
        Ok(args![self.name.as_str(), manufacturer])
    }

    async fn changed(tx: &mut Tx, before: &Row) -> crate::Result<()> {
        check_published_of(tx, "brand.code", before.get("code")?).await
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            code: row.word("code")?,
            name: row.get("name")?,
            manufacturer: row.maybe_word("manufacturer")?,
        })
    }
}

crate::master_data_routes!(
    Brand,
    "brand",
    "brands",
    "/catalogue/brands",
    "/catalogue/brands/{code}"
);
