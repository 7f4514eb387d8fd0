//! Channels: several shops over one stock.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LegalTexts, Seller, Setting, Stored, Texts};
use crate::{
    act::Act,
    args,
    db::{DbError, Tx},
    error::{Findings, Refusal},
    language::Language,
    money::Currency,
    refuse,
    tax::PriceBasis,
};

/// A shop: its slice of the catalogue, its prices, languages and numbers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Wohnhaus Deutschland"))]
    pub name: String,
    /// The country that it sells in (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", examples("DE"))]
    pub country: String,
    /// Its time zone (IANA), for days, cut-off times and documents.
    #[schema(max_length = 60, examples("Europe/Berlin"))]
    pub time_zone: String,
    /// Its currencies; the first is taken when nobody chooses.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 20, examples(json!(["EUR"])))]
    pub currencies: Vec<Currency>,
    /// Its languages; the first is taken when nobody chooses.
    #[schema(min_items = 1, max_items = 2)]
    pub locales: Vec<Language>,
    /// Whether prices include tax (consumers) or not (businesses).
    pub prices_include_tax: bool,
    /// Seconds for which stock is held for an order that waits for its payment.
    #[serde(default = "half_an_hour")]
    #[schema(minimum = 60, maximum = 1_209_600, default = 1800)]
    pub hold_seconds: i64,
    /// What stands before the numbers of orders, invoices and so on. Each shop has its own.
    #[serde(default)]
    #[schema(max_length = 12, pattern = "^([A-Z0-9-]*[A-Z-])?$", examples("DE-"))]
    pub number_prefix: String,
    /// The codes of the locations that it sells from; all of them where none is named.
    #[serde(default)]
    #[schema(max_items = 200, examples(json!(["ham"])))]
    pub locations: Vec<String>,
    /// Who sells: what stands on documents and mails.
    pub seller: Seller,
    /// What customers have to be told with their order, by language.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, LegalTexts>)]
    pub legal: Texts<LegalTexts>,
    /// Whether it is open.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

const fn half_an_hour() -> i64 {
    1_800
}

pub(super) const fn yes() -> bool {
    true
}

impl Channel {
    /// Whether its prices include tax.
    pub fn price_basis(&self) -> PriceBasis {
        if self.prices_include_tax { PriceBasis::Gross } else { PriceBasis::Net }
    }

    /// The country that its letters are sent from.
    pub fn home(&self) -> &str {
        self.seller.country.as_deref().unwrap_or(&self.country)
    }

    /// Its time zone; UTC where the system does not know it any more.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The currency that is taken when nobody chooses.
    pub fn currency(&self) -> Currency {
        self.currencies.first().copied().unwrap_or(Currency::EUR)
    }

    /// The language that is taken when nobody chooses.
    pub fn language(&self) -> Language {
        self.locales.first().copied().unwrap_or_default()
    }
}

/// Kinds of numbers that people read.
pub(crate) const NUMBERED: [(&str, &str); 6] = [
    ("order", ""),
    ("invoice", "R"),
    ("credit_note", "G"),
    ("shipment", "L"),
    ("return", "RT"),
    ("customer", "K"),
];

impl Setting for Channel {
    const WHAT: &'static str = "channel";
    const TABLE: &'static str = "channel";

    fn check(&self, findings: &mut Findings) {
        findings.text(&self.name, 1, 200, "/name");
        findings.list(&self.currencies, 1, 20, "/currencies");
        findings.list(&self.locales, 1, 2, "/locales");
        self.seller.check(findings);
        for (language, texts) in &self.legal {
            texts.check(findings, &format!("/legal/{}", language.code()));
        }
        let upper = self.country.len() == 2 && self.country.chars().all(|c| c.is_ascii_uppercase());
        findings.check(upper, "/country", "a country is two capital letters, such as DE");
        let zone = TimeZone::get(&self.time_zone).is_ok();
        findings.check(zone, "/time_zone", "a time zone of the IANA list, such as Europe/Berlin");
        let held = (60..=1_209_600).contains(&self.hold_seconds);
        findings.check(held, "/hold_seconds", "from a minute to fourteen days");
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        let prefix = self.number_prefix.len() <= 12
            && self.number_prefix.chars().all(plain)
            // Else 11001 could be 1001 of the shop “1” or 11001 of the shop without any.
            && !self.number_prefix.ends_with(|c: char| c.is_ascii_digit());
        let wanted = "at most 12 of A-Z, 0-9 and “-”, and no digit at its end";
        findings.check(prefix, "/number_prefix", wanted);
        findings.list(&self.locations, 0, 200, "/locations");
    }

    async fn all(tx: &mut Tx) -> crate::Result<Vec<Stored<Self>>> {
        let rows = tx.rows("SELECT * FROM channel ORDER BY code", vec![]).await?;
        let channel = |row: &crate::db::Row| -> crate::Result<Stored<Self>> {
            let value = Self {
                name: row.get("name")?,
                country: row.get("country")?,
                time_zone: row.get("time_zone")?,
                currencies: row.json("currencies")?,
                locales: row.json("locales")?,
                prices_include_tax: row.get("prices_include_tax")?,
                hold_seconds: row.get("hold_seconds")?,
                number_prefix: row.get("number_prefix")?,
                locations: row.json("locations")?,
                seller: row.json("seller")?,
                legal: row.json("legal")?,
                active: row.get("active")?,
            };
            let (id, code, revision) = (row.get("id")?, row.get("code")?, row.get("revision")?);
            Ok(Stored { id, code, revision, value })
        };
        rows.iter().map(channel).collect()
    }

    async fn save(tx: &mut Tx, act: &Act, stored: &Stored<Self>) -> crate::Result<()> {
        let it = &stored.value;
        own_prefix(tx, stored).await?;
        known_locations(tx, &it.locations).await?;
        let sql = "INSERT INTO channel (id, code, name, country, time_zone, currencies, locales,
                prices_include_tax, hold_seconds, number_prefix, locations, seller, legal, active, revision,
                updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, country = excluded.country,
                time_zone = excluded.time_zone, currencies = excluded.currencies,
                locales = excluded.locales, prices_include_tax = excluded.prices_include_tax,
                hold_seconds = excluded.hold_seconds, number_prefix = excluded.number_prefix,
                locations = excluded.locations, seller = excluded.seller, legal = excluded.legal,
                active = excluded.active, revision = excluded.revision,
                updated_at = excluded.updated_at";
        let args = args![
            stored.id,
            &stored.code,
            &it.name,
            &it.country,
            &it.time_zone,
            serde_json::json!(it.currencies),
            serde_json::json!(it.locales),
            it.prices_include_tax,
            it.hold_seconds,
            &it.number_prefix,
            serde_json::json!(it.locations),
            serde_json::json!(it.seller),
            serde_json::json!(it.legal),
            it.active,
            stored.revision,
            act.now
        ];
        tx.run(sql, args).await?;
        for (kind, letters) in NUMBERED {
            let sql = "INSERT INTO number_range (channel_id, kind, prefix, next_number)
                VALUES ($1, $2, $3, 1001)
                ON CONFLICT (channel_id, kind) DO UPDATE SET prefix = excluded.prefix";
            let prefix = format!("{}{letters}", it.number_prefix);
            tx.run(sql, args![stored.id, kind, prefix]).await?;
        }
        Ok(())
    }
}

/// Two shops with one prefix would give two orders one number.
async fn own_prefix(tx: &mut Tx, stored: &Stored<Channel>) -> crate::Result<()> {
    let prefix = &stored.value.number_prefix;
    let sql = "SELECT code FROM channel WHERE number_prefix = $1 AND id <> $2";
    if let Some(row) = tx.row(sql, args![prefix, stored.id]).await? {
        let other: String = row.get("code")?;
        let detail = format!("The shop “{other}” has the prefix “{prefix}”: each needs its own.");
        refuse!(Refusal::conflict("prefix_taken", detail));
    }
    Ok(())
}

async fn known_locations(tx: &mut Tx, codes: &[String]) -> crate::Result<()> {
    let rows =
        tx.rows("SELECT code FROM location WHERE code = ANY($1)", args![codes.to_vec()]).await?;
    let known: Vec<String> =
        rows.iter().map(|row| row.get("code")).collect::<Result<_, DbError>>()?;
    let mut findings = Findings::default();
    for (at, code) in codes.iter().enumerate() {
        let wanted = format!("there is no location “{code}”");
        findings.check(known.contains(code), format!("/locations/{at}"), wanted);
    }
    findings.end()
}
