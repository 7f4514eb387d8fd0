//! What an import was asked for, and the shop that it is for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    args,
    catalogue::words::{Code, Locale},
    db::Tx,
    error::{Error, Refusal},
    exchange::{file::Setting, format::Format},
    money::Currency,
    refuse,
    setup::named_locations,
};

/// What becomes of products that the shop shows and a whole file does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingProducts {
    /// They stay as they are.
    #[default]
    Keep,
    /// The shop no longer shows them. They are not deleted.
    Withdraw,
}

/// What an import was asked for, beside its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Choices {
    /// The shop whose prices, texts and publication change.
    #[schema(value_type = String, examples("de"))]
    pub channel: Code,
    /// The language of texts that do not say theirs.
    #[schema(value_type = String, examples("de"))]
    pub locale: Locale,
    /// The currency of prices that do not say theirs.
    #[schema(value_type = String, examples("EUR"))]
    pub currency: Currency,
    /// Where the quantities of the file lie; without one they are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("hanover"))]
    pub location: Option<Code>,
    /// The type of new products that do not say theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("chair"))]
    pub product_type: Option<Code>,
    /// How new products are taxed that do not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("standard"))]
    pub tax_class: Option<Code>,
    /// What becomes of products that the file does not have.
    #[serde(default)]
    pub missing: MissingProducts,
    /// The file's encoding, such as `windows-1252`, where it does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("windows-1252"))]
    pub encoding: Option<String>,
}

/// An import or export and its shop.
#[derive(Debug, Clone)]
pub(in crate::exchange) struct Context {
    pub(in crate::exchange) format: Format,
    pub(in crate::exchange) choices: Choices,
    pub(in crate::exchange) channel_id: i64,
    pub(in crate::exchange) channel_name: String,
    pub(in crate::exchange) country: String,
    pub(in crate::exchange) prices_include_tax: bool,
    pub(in crate::exchange) zone: jiff::tz::TimeZone,
    /// The locations that the shop sells from; none where it sells from all.
    pub(in crate::exchange) sells_from: Option<Vec<i64>>,
    /// The import's number, for the reason of what it books; none of an export.
    pub(in crate::exchange) run: Option<i64>,
}

impl Context {
    /// Looks the shop up; what was not said is what it says first.
    pub(in crate::exchange) async fn find(
        tx: &mut Tx,
        format: Format,
        channel: &str,
        complete: impl FnOnce(&Locale, Currency) -> Choices,
    ) -> crate::Result<Self> {
        let sql = "SELECT id, name, country, prices_include_tax, time_zone, currencies, locales, locations \
                   FROM channel WHERE code = $1";
        let Some(row) = tx.row(sql, args![channel]).await? else {
            refuse!(Refusal::new(404, "not_found", format!("There is no shop {channel}.")));
        };
        let (locales, currencies): (Vec<Locale>, Vec<Currency>) =
            (row.json("locales")?, row.json("currencies")?);
        let none = || Error::Broken(format!("the shop {channel} has no language or no currency"));
        let locale = locales.first().ok_or_else(none)?;
        let currency = *currencies.first().ok_or_else(none)?;
        let choices = complete(locale, currency);
        if !currencies.contains(&choices.currency) {
            let detail = format!("The shop {channel} does not take {}.", choices.currency);
            refuse!(Refusal::new(400, "invalid_parameter", detail));
        }
        let zone: String = row.get("time_zone")?;
        let locations: Vec<String> = row.json("locations")?;
        Ok(Self {
            format,
            choices,
            channel_id: row.get("id")?,
            channel_name: row.get("name")?,
            country: row.get("country")?,
            prices_include_tax: row.get("prices_include_tax")?,
            zone: jiff::tz::TimeZone::get(&zone).unwrap_or(jiff::tz::TimeZone::UTC),
            sells_from: named_locations(tx, &locations).await?,
            run: None,
        })
    }

    /// What a reader needs to know.
    pub(in crate::exchange) fn setting(&self) -> Setting {
        Setting {
            locale: self.choices.locale.clone(),
            currency: self.choices.currency,
            prices_include_tax: self.prices_include_tax,
            zone: self.zone.clone(),
            country: self.country.clone(),
        }
    }
}
