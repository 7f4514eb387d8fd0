//! Ways to deliver, where to, how long that takes and what it costs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Setting, Setup, Stored, Texts, channel::yes};
use crate::{
    act::Act,
    args,
    db::Tx,
    error::{Findings, Refusal},
    money::Currency,
    refuse,
};

/// A way to deliver.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryMethod {
    /// The code of the shop that offers it: the one of its address.
    #[serde(default)]
    #[schema(examples("de"))]
    pub channel: String,
    /// Who carries.
    #[schema(max_length = 60, examples("Hermes"))]
    pub carrier: String,
    /// Its names.
    #[schema(value_type = std::collections::BTreeMap<String, String>, examples(json!({"de": "Paket", "en": "Parcel"})))]
    pub names: Texts,
    /// What it costs, in each currency of the shop.
    #[schema(min_items = 1, max_items = 20)]
    pub prices: Vec<DeliveryPrice>,
    /// Where a parcel can be followed, with `{tracking}` for its number.
    #[serde(default)]
    #[schema(max_length = 500, examples("https://track.example/{tracking}"))]
    pub tracking_url: Option<String>,
    /// Where it delivers and how long that takes.
    #[schema(max_items = 2000)]
    pub areas: Vec<DeliveryArea>,
    /// Its place in the list.
    #[serde(default)]
    pub position: i32,
    /// Whether it is offered.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

/// The price of a delivery, in minor units.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPrice {
    /// In which currency.
    #[schema(value_type = String, examples("EUR"))]
    pub currency: Currency,
    /// What it costs.
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64, examples(495))]
    pub amount: i64,
    /// From which value of the goods on it costs nothing.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub free_from: Option<i64>,
}

/// Postcodes that begin alike, and how many working days a delivery to them takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryArea {
    /// The country (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", examples("DE"))]
    pub country: String,
    /// How the postcodes begin; empty for the whole country. The longest that fits counts.
    #[serde(default)]
    #[schema(max_length = 12, examples("20"))]
    pub postcode_prefix: String,
    /// Working days at best.
    #[schema(minimum = 0, maximum = 365)]
    pub transit_days_min: u16,
    /// Working days at worst.
    #[schema(minimum = 0, maximum = 365)]
    pub transit_days_max: u16,
    /// What islands and mountains cost on top, in minor units of each currency.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub surcharges: Vec<DeliveryPrice>,
}

impl DeliveryPrice {
    fn check(&self, findings: &mut Findings, place: &str) {
        let most = 0..=1_000_000_000_000;
        let fits = most.contains(&self.amount);
        findings.check(fits, format!("{place}/amount"), "0 to 1,000,000,000,000");
        let free = self.free_from.is_none_or(|from| most.contains(&from));
        findings.check(free, format!("{place}/free_from"), "0 to 1,000,000,000,000");
    }
}

impl DeliveryMethod {
    /// The area that a postcode lies in, however it is spaced: the one with the longest beginning of it.
    pub fn area(&self, country: &str, postcode: &str) -> Option<&DeliveryArea> {
        let inside = |it: &&DeliveryArea| {
            let mut written = letters(postcode);
            it.country == country && letters(&it.postcode_prefix).all(|c| written.next() == Some(c))
        };
        self.areas.iter().filter(inside).max_by_key(|it| letters(&it.postcode_prefix).count())
    }

    /// What it costs to deliver goods of a value to an area; none where it is not offered in that currency.
    pub fn price(&self, currency: Currency, goods: i64, area: &DeliveryArea) -> Option<i64> {
        let price = self.prices.iter().find(|it| it.currency == currency)?;
        let free = price.free_from.is_some_and(|from| goods >= from);
        let surcharge = area.surcharges.iter().find(|it| it.currency == currency);
        Some(if free { 0 } else { price.amount } + surcharge.map_or(0, |it| it.amount))
    }
}

/// A postcode without its spaces.
fn letters(postcode: &str) -> impl Iterator<Item = char> {
    postcode.chars().filter(|c| !c.is_whitespace())
}

impl Setup {
    /// The way to deliver that a shop offers under a code.
    pub fn delivery(&self, channel: &str, code: &str) -> crate::Result<&Stored<DeliveryMethod>> {
        let offered = |it: &&Stored<DeliveryMethod>| {
            it.value.channel == channel && it.code == code && it.value.active
        };
        match self.deliveries.iter().find(offered) {
            Some(method) => Ok(method),
            None => refuse!(Refusal::invalid(
                "/delivery_method",
                format!("this shop does not deliver by “{code}”")
            )),
        }
    }
}

impl Setting for DeliveryMethod {
    const WHAT: &'static str = "delivery method";
    const TABLE: &'static str = "delivery_method";

    fn check(&self, findings: &mut Findings) {
        super::check_texts(&self.names, findings, "/names");
        findings.list(&self.prices, 1, 20, "/prices");
        findings.list(&self.areas, 0, 2000, "/areas");
        findings.text(&self.carrier, 0, 60, "/carrier");
        let url = self.tracking_url.as_deref().unwrap_or_default();
        findings.text(url, 0, 500, "/tracking_url");
        for (at, price) in self.prices.iter().enumerate() {
            price.check(findings, &format!("/prices/{at}"));
        }
        for (at, area) in self.areas.iter().enumerate() {
            findings.text(&area.postcode_prefix, 0, 12, format!("/areas/{at}/postcode_prefix"));
            let upper =
                area.country.len() == 2 && area.country.chars().all(|c| c.is_ascii_uppercase());
            findings.check(
                upper,
                format!("/areas/{at}/country"),
                "two capital letters, such as DE",
            );
            for (of, price) in area.surcharges.iter().enumerate() {
                price.check(findings, &format!("/areas/{at}/surcharges/{of}"));
            }
            findings.list(&area.surcharges, 0, 20, format!("/areas/{at}/surcharges"));
            let order =
                area.transit_days_min <= area.transit_days_max && area.transit_days_max <= 365;
            findings.check(
                order,
                format!("/areas/{at}/transit_days_max"),
                "at least the minimum, at most 365",
            );
            let again = self.areas[..at]
                .iter()
                .any(|it| it.country == area.country && it.postcode_prefix == area.postcode_prefix);
            findings.check(
                !again,
                format!("/areas/{at}/postcode_prefix"),
                "this area is already there",
            );
        }
    }

    fn channel(&self) -> Option<&str> {
        Some(&self.channel)
    }

    fn belong(&mut self, channel: String) -> crate::Result<()> {
        super::belong(&mut self.channel, channel)
    }

    async fn all(tx: &mut Tx) -> crate::Result<Vec<Stored<Self>>> {
        let areas = tx
            .rows("SELECT * FROM delivery_area ORDER BY country, postcode_prefix", vec![])
            .await?;
        let sql = "SELECT m.*, c.code AS channel FROM delivery_method m
            JOIN channel c ON c.id = m.channel_id ORDER BY m.position, m.code";
        let mut found = Vec::new();
        for row in tx.rows(sql, vec![]).await? {
            let id: i64 = row.get("id")?;
            let mut value = Self {
                channel: row.get("channel")?,
                carrier: row.get("carrier")?,
                names: row.json("texts")?,
                prices: row.json("prices")?,
                tracking_url: row.get("tracking_url")?,
                areas: Vec::new(),
                position: row.get("position")?,
                active: row.get("active")?,
            };
            for area in &areas {
                if area.get::<i64>("method_id")? == id {
                    value.areas.push(DeliveryArea {
                        country: area.get("country")?,
                        postcode_prefix: area.get("postcode_prefix")?,
                        transit_days_min: area.get("transit_days_min")?,
                        transit_days_max: area.get("transit_days_max")?,
                        surcharges: area.json("surcharges")?,
                    });
                }
            }
            found.push(Stored {
                id,
                code: row.get("code")?,
                revision: row.get("revision")?,
                value,
            });
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, _: &Act, stored: &Stored<Self>) -> crate::Result<()> {
        let it = &stored.value;
        let channel = super::channel_id(tx, &it.channel).await?;
        let sql = "INSERT INTO delivery_method (id, channel_id, code, carrier, texts, prices, tracking_url,
                position, active, revision)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE SET channel_id = excluded.channel_id, carrier = excluded.carrier,
                texts = excluded.texts, prices = excluded.prices, tracking_url = excluded.tracking_url,
                position = excluded.position, active = excluded.active, revision = excluded.revision";
        let args = args![
            stored.id,
            channel,
            &stored.code,
            &it.carrier,
            serde_json::json!(it.names),
            serde_json::json!(it.prices),
            it.tracking_url.clone(),
            it.position,
            it.active,
            stored.revision
        ];
        tx.run(sql, args).await?;
        tx.run("DELETE FROM delivery_area WHERE method_id = $1", args![stored.id]).await?;
        let areas = it.areas.iter().map(|area| {
            args![
                stored.id,
                &area.country,
                &area.postcode_prefix,
                u32::from(area.transit_days_min),
                u32::from(area.transit_days_max),
                serde_json::json!(area.surcharges)
            ]
        });
        let columns = [
            "method_id",
            "country",
            "postcode_prefix",
            "transit_days_min",
            "transit_days_max",
            "surcharges",
        ];
        tx.insert("delivery_area", &columns, areas.collect()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::DeliveryMethod;

    #[test]
    fn the_longest_prefix_of_the_postcode_counts_however_it_is_spaced() {
        let areas = [("DE", "", 1), ("DE", "27", 2), ("DE", "274 98", 3), ("GB", "SW1", 4)];
        let area = |(country, prefix, days): (&str, &str, u16)| {
            serde_json::json!({ "country": country, "postcode_prefix": prefix,
                "transit_days_min": days, "transit_days_max": days })
        };
        let method = serde_json::json!({ "channel": "de", "carrier": "", "names": { "de": "Paket" }, "prices": [],
            "areas": areas.map(area) });
        let method: DeliveryMethod = serde_json::from_value(method).unwrap();
        let days = |country, postcode| method.area(country, postcode).map(|it| it.transit_days_min);
        for (postcode, wanted) in
            [("27498", 3), ("274 98", 3), (" 27498", 3), ("27499", 2), ("2 7", 2), ("80331", 1)]
        {
            assert_eq!(days("DE", postcode), Some(wanted), "{postcode}");
        }
        assert_eq!((days("GB", "SW1A 1AA"), days("GB", "N1")), (Some(4), None));
    }
}
