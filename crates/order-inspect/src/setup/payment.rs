//! Ways to pay.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Setting, Setup, Stored, Texts, channel::yes};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::{Findings, Refusal},
    moment::Moment,
    refuse,
};

/// How long an order that is paid in advance waits for its money if its way to pay does not say, in days.
const PAY_WITHIN_DAYS: i64 = 14;

/// A way to pay.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentMethod {
    /// The code of the shop that offers it: the one of its address.
    #[serde(default)]
    #[schema(examples("de"))]
    pub channel: String,
    /// Who moves the money: the name of a provider, or `manual` for what is booked by hand.
    #[schema(max_length = 60, examples("manual"))]
    pub provider: String,
    /// When the money moves.
    pub flow: PaymentFlow,
    /// The payment term: days after the invoice until which it has to be paid. Only for payment by invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 365, examples(14))]
    pub due_days: Option<u16>,
    /// Its names.
    #[schema(value_type = std::collections::BTreeMap<String, String>, examples(json!({"de": "Rechnung", "en": "Invoice"})))]
    pub names: Texts,
    /// For prepayment, how many days there are to pay before the order is given up; 14 if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 365)]
    pub pay_within_days: Option<u32>,
    /// Its place in the list.
    #[serde(default)]
    pub position: i32,
    /// Whether it is offered.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
}

/// When the money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentFlow {
    /// Authorised with the order, captured when goods are shipped.
    Authorise,
    /// Captured with the order.
    Sale,
    /// Paid before anything is shipped, by transfer.
    Prepayment,
    /// Paid after the goods have arrived.
    Invoice,
}

impl PaymentFlow {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Authorise => "authorise",
            Self::Sale => "sale",
            Self::Prepayment => "prepayment",
            Self::Invoice => "invoice",
        }
    }

    /// What a stored word stands for.
    pub fn of(word: &str) -> crate::Result<Self> {
        let all = [Self::Authorise, Self::Sale, Self::Prepayment, Self::Invoice];
        let found = all.into_iter().find(|it| it.word() == word);
        found.ok_or_else(|| crate::error::Error::Broken(format!("“{word}” is no flow of payment")))
    }

    /// Until when an order that begins to wait for its payment now holds its stock; none where nobody waits for it. Whoever
    /// pays in advance has the whole of the last day.
    pub fn deadline(self, now: Moment, hold_seconds: i64, days: Option<i64>) -> Option<Moment> {
        let seconds = match self {
            Self::Authorise | Self::Sale => hold_seconds,
            Self::Prepayment => (days.unwrap_or(PAY_WITHIN_DAYS) + 1) * 86_400,
            Self::Invoice => return None,
        };
        Some(now.saturating_add_micros(seconds * 1_000_000))
    }

    /// Whether goods may leave before money was authorised or paid.
    pub fn ships_unpaid(self) -> bool {
        self == Self::Invoice
    }
}

impl Setup {
    /// The way to pay that a shop offers under a code.
    pub fn payment(&self, channel: &str, code: &str) -> crate::Result<&Stored<PaymentMethod>> {
        let offered = |it: &&Stored<PaymentMethod>| {
            it.value.channel == channel && it.code == code && it.value.active
        };
        match self.payments.iter().find(offered) {
            Some(method) => Ok(method),
            None => refuse!(Refusal::invalid(
                "/payment_method",
                format!("this shop does not take “{code}”")
            )),
        }
    }
}

impl Setting for PaymentMethod {
    const WHAT: &'static str = "payment method";
    const TABLE: &'static str = "payment_method";

    fn check(&self, findings: &mut Findings) {
        super::check_texts(&self.names, findings, "/names");
        let named = !self.provider.is_empty() && self.provider.len() <= 60;
        findings.check(named, "/provider", "the name of a provider, or “manual”");
        let term =
            self.due_days.is_none_or(|days| days <= 365 && self.flow == PaymentFlow::Invoice);
        findings.check(term, "/due_days", "0 to 365, and only for payment by invoice");
        let by_hand = matches!(self.flow, PaymentFlow::Prepayment | PaymentFlow::Invoice);
        let fits = by_hand == (self.provider == "manual");
        let days = self
            .pay_within_days
            .is_none_or(|days| self.flow == PaymentFlow::Prepayment && (1..=365).contains(&days));
        findings.check(days, "/pay_within_days", "1 to 365, and only for prepayment");
        findings.check(fits, "/flow", "prepayment and invoice are booked by hand (provider “manual”), the others by a provider");
    }

    fn check_against(&self, app: &App, findings: &mut Findings) {
        let known =
            self.provider == "manual" || !self.active || app.cashier.speaks_to(&self.provider);
        let wrong = "this server does not know this provider: name it when the server is started (--provider)";
        findings.check(known, "/provider", wrong);
    }

    fn channel(&self) -> Option<&str> {
        Some(&self.channel)
    }

    fn belong(&mut self, channel: String) -> crate::Result<()> {
        super::belong(&mut self.channel, channel)
    }

    async fn all(tx: &mut Tx) -> crate::Result<Vec<Stored<Self>>> {
        let sql = "SELECT m.*, c.code AS channel FROM payment_method m
            JOIN channel c ON c.id = m.channel_id ORDER BY m.position, m.code";
        let mut found = Vec::new();
        for row in tx.rows(sql, vec![]).await? {
            let value = Self {
                channel: row.get("channel")?,
                provider: row.get("provider")?,
                flow: PaymentFlow::of(&row.get::<String>("flow")?)?,
                due_days: row.get("due_days")?,
                names: row.json("texts")?,
                pay_within_days: row.get("pay_within_days")?,
                position: row.get("position")?,
                active: row.get("active")?,
            };
            let (id, code, revision) = (row.get("id")?, row.get("code")?, row.get("revision")?);
            found.push(Stored { id, code, revision, value });
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, _: &Act, stored: &Stored<Self>) -> crate::Result<()> {
        let it = &stored.value;
        let channel = super::channel_id(tx, &it.channel).await?;
        let sql = "INSERT INTO payment_method (id, channel_id, code, provider, flow, due_days, texts,
                position, active, revision, pay_within_days)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (id) DO UPDATE SET channel_id = excluded.channel_id, provider = excluded.provider,
                flow = excluded.flow, due_days = excluded.due_days, texts = excluded.texts, position = excluded.position,
                active = excluded.active, revision = excluded.revision,
                pay_within_days = excluded.pay_within_days";
        let args = args![
            stored.id,
            channel,
            &stored.code,
            &it.provider,
            it.flow.word(),
            it.due_days.map(i64::from),
            serde_json::json!(it.names),
            it.position,
            it.active,
            stored.revision,
            it.pay_within_days
        ];
        tx.run(sql, args).await?;
        Ok(())
    }
}
