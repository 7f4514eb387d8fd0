//! How what an invoice charges is paid.

use jiff::ToSpan as _;

use super::content::Desk;
use crate::{orders::facts::RefundLine, orders::standing, setup::PaymentFlow};

impl Desk<'_> {
    /// What the customer has to do, or has done, in a sentence.
    pub(super) fn payment_note(&self, charged: &[RefundLine]) -> crate::Result<String> {
        let order = &self.facts.order;
        if order.provider != "manual" {
            return Ok(self.pick(
                format!("Ihre Zahlungsart: {}.", self.method),
                format!("Payment method: {}.", self.method),
            ));
        }
        let left = standing::money(self.facts).remainder;
        if left <= 0 {
            return Ok(self.pick("Der Betrag ist beglichen.", "The amount has been paid."));
        }
        let total: i64 = charged.iter().map(|it| it.amount).sum();
        let (amount, number) = (self.money(left.min(total)), &order.number);
        let (until, by) =
            self.due()?.map(|day| (format!(" bis zum {day}"), format!(" by {day}"))).unzip();
        let (until, by) = (until.unwrap_or_default(), by.unwrap_or_default());
        let bank = self.channel.seller.bank.as_ref().map(crate::setup::Bank::in_words);
        let (auf, to) = bank.map(|it| (format!(" auf {it}"), format!(" to {it}"))).unzip();
        let (auf, to) = (auf.unwrap_or_default(), to.unwrap_or_default());
        Ok(self.pick(
            format!("Bitte überweisen Sie {amount}{until}{auf}, Verwendungszweck {number}."),
            format!("Please transfer {amount}{by}{to}, reference {number}."),
        ))
    }

    /// The day by which it has to be paid, as it is written; none where nobody has set one.
    fn due(&self) -> crate::Result<Option<String>> {
        if self.facts.order.payment_flow != PaymentFlow::Invoice {
            return Ok(None);
        }
        let Some(days) = self.due_days else { return Ok(None) };
        let due = self.day(self.now)?.saturating_add(i32::from(days).days());
        Ok(Some(super::language(self.facts.order.locale).date(due)))
    }
}
