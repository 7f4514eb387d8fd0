//! Economic operators: manufacturers, and the persons in the EU who answer for products from elsewhere
//! (GPSR Art. 16 and 19).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, SHORT},
    master::MasterData,
    products::publication::check_published_of,
    words::{Code, Country},
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::Findings,
};

/// A manufacturer or a responsible person, with the addresses that an offer must show (GPSR Art. 19).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EconomicOperator {
    /// Its code.
    pub code: Code,
    /// Its name or registered trade mark.
    #[schema(min_length = 1, max_length = 200, examples("Acme Möbel GmbH"))]
    pub name: String,
    /// Where it can be reached by post.
    #[schema(min_length = 1, max_length = 500, examples("Werkstraße 1, 33602 Bielefeld, Germany"))]
    pub postal_address: String,
    /// Where it can be reached electronically: an e-mail address or a web page.
    #[schema(min_length = 3, max_length = 200, examples("safety@acme.example"))]
    pub electronic_address: String,
    /// Where it is established.
    pub country: Country,
}

impl MasterData for EconomicOperator {
    const NAME: &'static str = "economic operator";
    const PLACE: &'static str = "economic-operators";
    const TABLE: &'static str = "economic_operator";
    const COLUMNS: &'static [&'static str] =
        &["name", "postal_address", "electronic_address", "country"];
    const SELECT: &'static str = "SELECT it.code, it.revision, it.name, it.postal_address, \
                                  it.electronic_address, it.country FROM economic_operator AS it";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        check::length(found, "/name", &self.name, 1..=SHORT);
        check::length(found, "/postal_address", &self.postal_address, 1..=500);
        check::length(found, "/electronic_address", &self.electronic_address, 3..=SHORT);
        let reachable = self.electronic_address.contains('@')
            || self.electronic_address.starts_with("https://")
            || self.electronic_address.starts_with("http://");
        let wanted = "must be an e-mail address or a web page";
        found.check(reachable, "/electronic_address", wanted);
    }

    async fn values(
        &self,
        _tx: &mut Tx,
        _before: Option<&Row>,
        _found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        Ok(args![
            self.name.as_str(),
            self.postal_address.as_str(),
            self.electronic_address.as_str(),
            &self.country
        ])
    }

    async fn changed(tx: &mut Tx, before: &Row) -> crate::Result<()> {
        let code: String = before.get("code")?;
        for role in ["maker.code", "person.code"] {
            check_published_of(tx, role, code.clone()).await?;
        }
        Ok(())
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            code: row.word("code")?,
            name: row.get("name")?,
            postal_address: row.get("postal_address")?,
            electronic_address: row.get("electronic_address")?,
            country: row.word("country")?,
        })
    }
}

crate::master_data_routes!(
    EconomicOperator,
    "economic_operator",
    "economic_operators",
    "/catalogue/economic-operators",
    "/catalogue/economic-operators/{code}"
);
