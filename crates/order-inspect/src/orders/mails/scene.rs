//! An order as a mail sees it.

use super::{Composed, Letter};
use crate::{
    address::Address,
    documents,
    language::Language,
    mail::{Content, MailLine, Shop},
    money::Money,
    orders::{documents::language, facts::Facts},
    setup::{Channel, Setup, text_in},
};

/// An order, who sells, and the language in which they speak.
pub(super) struct Scene<'a> {
    pub(super) facts: &'a Facts,
    pub(super) channel: &'a Channel,
    pub(super) language: Language,
    /// What the way to pay is called.
    pub(super) method: String,
}

/// What the way to pay is called.
fn method(facts: &Facts, setup: &Setup) -> String {
    let order = &facts.order;
    let channel = setup.channel_by_id(order.channel_id).map(|it| it.code.as_str());
    let found = setup.payments.iter().find(|it| {
        it.code == order.payment_method && channel.as_ref().is_ok_and(|of| it.value.channel == *of)
    });
    let name = found.and_then(|it| text_in(&it.value.names, order.locale).cloned());
    name.unwrap_or_else(|| order.payment_method.clone())
}

impl<'a> Scene<'a> {
    pub(super) fn new(facts: &'a Facts, setup: &'a Setup) -> crate::Result<Self> {
        let channel = &setup.channel_by_id(facts.order.channel_id)?.value;
        Ok(Self { facts, channel, language: facts.order.locale, method: method(facts, setup) })
    }

    pub(super) fn pick(&self, german: impl Into<String>, english: impl Into<String>) -> String {
        match self.language {
            Language::German => german.into(),
            Language::English => english.into(),
        }
    }

    /// On which way money goes back.
    pub(super) fn way_back(&self) -> String {
        match self.facts.order.provider.as_str() {
            "manual" => self.pick("Überweisung", "bank transfer"),
            _ => self.method.clone(),
        }
    }

    pub(super) fn money(&self, amount: i64) -> String {
        Money::new(amount, self.facts.order.currency).text(self.language)
    }

    /// Where something goes, as the customer reads it.
    pub(super) fn address(&self, address: &Address) -> Vec<String> {
        address.lines(self.channel.home(), self.language)
    }

    fn shop(&self) -> Shop {
        let seller = &self.channel.seller;
        let address = seller.address.join(", ");
        let mut imprint = vec![format!("{}, {address}", seller.name)];
        imprint.extend(seller.register.iter().cloned());
        Shop { name: self.channel.name.clone(), contact: seller.email.clone(), imprint }
    }

    /// A mail, and the documents that go with it.
    pub(super) fn letter(
        &self,
        documents: impl IntoIterator<Item = i64>,
        write: impl FnOnce(documents::Language, &Shop) -> Content,
    ) -> Composed {
        let content = write(language(self.language), &self.shop());
        Composed::Letter(Letter { content, documents: documents.into_iter().collect() })
    }

    /// Units of lines, without prices.
    pub(super) fn units(&self, lines: impl Iterator<Item = (i64, i64)>) -> Vec<MailLine> {
        let some = lines.filter(|(_, units)| *units > 0);
        some.filter_map(|(position, units)| self.line(position, units, false)).collect()
    }

    pub(super) fn line(&self, position: i64, units: i64, with_price: bool) -> Option<MailLine> {
        let line = self.facts.line(position).ok()?;
        Some(MailLine {
            quantity: units.to_string(),
            name: line.name.clone(),
            details: line.details.in_words(),
            total: with_price.then(|| self.money(line.unit_price.saturating_mul(units))),
        })
    }
}
