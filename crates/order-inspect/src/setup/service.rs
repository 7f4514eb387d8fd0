//! Services that are bought along with goods.

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

/// A service: assembly, a long-term guarantee, taking the old appliance away.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What kind it is.
    pub kind: ServiceKind,
    /// Its names.
    #[schema(value_type = std::collections::BTreeMap<String, String>, examples(json!({"de": "Aufbau", "en": "Assembly"})))]
    pub names: Texts,
    /// How it is taxed.
    #[schema(max_length = 60, examples("standard"))]
    pub tax_class: String,
    /// What one costs, in minor units, by shop and currency.
    #[schema(max_items = 200)]
    pub prices: Vec<ServicePrice>,
    /// Whether it is offered.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

/// Kinds of services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Somebody builds it up.
    Assembly,
    /// A guarantee beyond the law's.
    Guarantee,
    /// The old one is taken away.
    TakeBack,
    /// Something else.
    Other,
}

/// The price of a service in one shop.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicePrice {
    /// The shop's code.
    #[schema(examples("de"))]
    pub channel: String,
    /// In which currency.
    #[schema(value_type = String, examples("EUR"))]
    pub currency: Currency,
    /// Minor units for one.
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64, examples(4900))]
    pub amount: i64,
}

impl Setup {
    /// A service that a shop offers, and its price.
    pub fn service(
        &self,
        code: &str,
        channel: &str,
        currency: Currency,
    ) -> crate::Result<(&Stored<Service>, i64)> {
        let found = self.services.iter().find(|it| it.code == code && it.value.active);
        let priced = found.and_then(|service| {
            let mut prices = service.value.prices.iter();
            let price = prices.find(|it| it.channel == channel && it.currency == currency)?;
            Some((service, price.amount))
        });
        match priced {
            Some(priced) => Ok(priced),
            None => refuse!(Refusal::invalid(
                "/services",
                format!("this shop does not offer “{code}” in {currency}")
            )),
        }
    }
}

impl Setting for Service {
    const WHAT: &'static str = "service";
    const TABLE: &'static str = "service";

    fn check(&self, findings: &mut Findings) {
        super::check_texts(&self.names, findings, "/names");
        findings.list(&self.prices, 0, 200, "/prices");
        findings.text(&self.tax_class, 1, 60, "/tax_class");
        for (at, price) in self.prices.iter().enumerate() {
            let fits = (0..=1_000_000_000_000).contains(&price.amount);
            findings.check(fits, format!("/prices/{at}/amount"), "not below zero");
        }
    }

    async fn all(tx: &mut Tx) -> crate::Result<Vec<Stored<Self>>> {
        let mut found = Vec::new();
        for row in tx.rows("SELECT * FROM service ORDER BY code", vec![]).await? {
            let kind: String = row.get("kind")?;
            let value = Self {
                kind: serde_json::from_value(kind.into()).unwrap_or(ServiceKind::Other),
                names: row.json("texts")?,
                tax_class: row.get("tax_class")?,
                prices: row.json("prices")?,
                active: row.get("active")?,
            };
            let (id, code, revision) = (row.get("id")?, row.get("code")?, row.get("revision")?);
            found.push(Stored { id, code, revision, value });
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, _: &Act, stored: &Stored<Self>) -> crate::Result<()> {
        let it = &stored.value;
        super::tax_class_exists(tx, &it.tax_class).await?;
        let kind = serde_json::json!(it.kind);
        let sql = "INSERT INTO service (id, code, kind, texts, tax_class, prices, active, revision)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, texts = excluded.texts,
                tax_class = excluded.tax_class, prices = excluded.prices, active = excluded.active,
                revision = excluded.revision";
        let args = args![
            stored.id,
            &stored.code,
            kind.as_str().unwrap_or_default(),
            serde_json::json!(it.names),
            &it.tax_class,
            serde_json::json!(it.prices),
            it.active,
            stored.revision
        ];
        tx.run(sql, args).await?;
        Ok(())
    }
}
