//! Tax classes and their rates by country.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Setting, Setup, Stored, Texts, text_in};
use crate::{
    act::Act,
    args,
    db::Tx,
    error::{Findings, Refusal},
    language::Language,
    moment::Moment,
    refuse,
    tax::TaxRate,
};

/// A class of goods that are taxed alike.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxClass {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Standard"))]
    pub name: String,
    /// Its rates; of one country that which began last is in force.
    #[schema(max_items = 500)]
    pub rates: Vec<TaxRateFrom>,
}

/// A rate from a moment on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRateFrom {
    /// The country (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", examples("DE"))]
    pub country: String,
    /// The rate in percent.
    pub rate: TaxRate,
    /// From when on.
    pub from: Moment,
    /// What invoices say about it, by language: why nothing is taxed (§ 14 Abs. 4 Nr. 8 UStG).
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    #[schema(examples(json!({ "de": "Steuerfreie Ausfuhrlieferung (§ 4 Nr. 1 Buchst. a UStG)." })))]
    pub notes: Texts,
}

impl Setup {
    /// The rate in force for a class in a country.
    pub fn tax_rate(&self, class: &str, country: &str, now: Moment) -> crate::Result<TaxRate> {
        match self.tax_rate_in_force(class, country, now) {
            Some(it) => Ok(it.rate),
            None => refuse!(Refusal::conflict(
                "no_tax_rate",
                format!(
                    "There is no tax rate of class “{class}” for {country} yet: it has to be set up first."
                )
            )),
        }
    }
}

impl Setup {
    /// What invoices say about that rate.
    pub fn tax_note(
        &self,
        class: &str,
        country: &str,
        now: Moment,
        language: Language,
    ) -> Option<String> {
        let rate = self.tax_rate_in_force(class, country, now)?;
        text_in(&rate.notes, language).cloned()
    }

    fn tax_rate_in_force(&self, class: &str, country: &str, now: Moment) -> Option<&TaxRateFrom> {
        let rates = self.taxes.iter().filter(|it| it.code == class).flat_map(|it| &it.value.rates);
        rates.filter(|it| it.country == country && it.from <= now).max_by_key(|it| it.from)
    }
}

impl Setting for TaxClass {
    const WHAT: &'static str = "tax class";
    const TABLE: &'static str = "tax_class";

    fn check(&self, findings: &mut Findings) {
        findings.text(&self.name, 1, 200, "/name");
        findings.list(&self.rates, 0, 500, "/rates");
        for (at, rate) in self.rates.iter().enumerate() {
            let upper =
                rate.country.len() == 2 && rate.country.chars().all(|c| c.is_ascii_uppercase());
            findings.check(
                upper,
                format!("/rates/{at}/country"),
                "two capital letters, such as DE",
            );
            for (language, text) in &rate.notes {
                findings.text(text, 1, 500, format!("/rates/{at}/notes/{}", language.code()));
            }
            let again = self.rates[..at]
                .iter()
                .any(|it| it.country == rate.country && it.from == rate.from);
            findings.check(
                !again,
                format!("/rates/{at}/from"),
                "this country has another rate from that moment",
            );
        }
    }

    async fn all(tx: &mut Tx) -> crate::Result<Vec<Stored<Self>>> {
        let rates = tx.rows("SELECT * FROM tax_rate ORDER BY country, valid_from", vec![]).await?;
        let classes = tx.rows("SELECT * FROM tax_class ORDER BY code", vec![]).await?;
        let mut found = Vec::new();
        for class in classes {
            let code: String = class.get("code")?;
            let mut value = Self { name: class.get("name")?, rates: Vec::new() };
            for rate in &rates {
                if rate.get::<String>("tax_class")? != code {
                    continue;
                }
                let thousandths: u32 = rate.get("rate")?;
                let percent = TaxRate::from_thousandths(thousandths);
                let percent =
                    percent.map_err(|error| crate::error::Error::Broken(error.to_string()))?;
                value.rates.push(TaxRateFrom {
                    country: rate.get("country")?,
                    rate: percent,
                    from: rate.get("valid_from")?,
                    notes: rate.json("notes")?,
                });
            }
            found.push(Stored {
                id: class.get("id")?,
                code,
                revision: class.get("revision")?,
                value,
            });
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, _: &Act, stored: &Stored<Self>) -> crate::Result<()> {
        let sql = "INSERT INTO tax_class (id, code, name, revision) VALUES ($1, $2, $3, $4)
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, revision = excluded.revision";
        let name = &stored.value.name;
        tx.run(sql, args![stored.id, &stored.code, name, stored.revision]).await?;
        tx.run("DELETE FROM tax_rate WHERE tax_class = $1", args![&stored.code]).await?;
        let rates = stored.value.rates.iter();
        let rows = rates.map(|it| {
            let notes = serde_json::json!(it.notes);
            args![&stored.code, &it.country, it.rate.thousandths(), it.from, notes]
        });
        let columns = ["tax_class", "country", "rate", "valid_from", "notes"];
        tx.insert("tax_rate", &columns, rows.collect()).await?;
        Ok(())
    }
}
