//! An order as a mail sees it.

use super::{Composed, Letter};
use crate::{
    address::Address,
    documents,
    language::Language,
    mail::{Content, MailLine, Shop},
    money::Money,
    orders::{documents::language, facts::Facts},
    setup::{Channel, PaymentMethod, Setup, text_in},
};

/// An order, who sells, and the language in which they speak.
pub(super) struct Scene<'a> {
    pub(super) facts: &'a Facts,
    pub(super) channel: &'a Channel,
    pub(super) language: Language,
    /// What the way to pay is called.
    pub(super) method: String,
    /// Days after the invoice until which it has to be paid.
    pub(super) due_days: Option<u16>,
}

/// The way to pay that an order was placed with; none where the shop has lost it.
fn method<'a>(facts: &Facts, setup: &'a Setup, channel: &str) -> Option<&'a PaymentMethod> {
    let code = &facts.order.payment_method;
    let found = setup.payments.iter().find(|it| it.code == *code && it.value.channel == channel);
    found.map(|it| &it.value)
}

impl<'a> Scene<'a> {
    pub(super) fn new(facts: &'a Facts, setup: &'a Setup) -> crate::Result<Self> {
        let channel = setup.channel_by_id(facts.order.channel_id)?;
        let language = facts.order.locale;
        let paid = method(facts, setup, &channel.code);
        let name = paid.and_then(|it| text_in(&it.names, language).cloned());
        Ok(Self {
            facts,
            channel: &channel.value,
            language,
            method: name.unwrap_or_else(|| facts.order.payment_method.clone()),
            due_days: paid.and_then(|it| it.due_days),
        })
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
        let phone = seller.phone.as_ref().map(|it| format!("{} {it}", self.pick("Tel.", "phone")));
        let contact = [Some(seller.email.clone()), phone];
        let contact = contact.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Shop { name: self.channel.name.clone(), contact, imprint: self.imprint() }
    }

    /// What business letters say, also those that are mails (§ 35a GmbHG, § 37a HGB, § 5 DDG).
    fn imprint(&self) -> Vec<String> {
        let seller = &self.channel.seller;
        let address = seller.address.join(", ");
        let labelled = |german: &str, english: &str, value: &str| {
            let label = self.pick(german, english);
            (!value.trim().is_empty()).then(|| format!("{label} {value}"))
        };
        let directors = seller.directors.join(", ");
        let lines = [
            Some(format!("{}, {address}", seller.name)),
            labelled("Registergericht:", "Register:", &seller.register.join(", ")),
            labelled("Geschäftsführung:", "Managing directors:", &directors),
            labelled("USt-IdNr.:", "VAT ID:", &seller.vat_id),
            seller.website.clone(),
        ];
        lines.into_iter().flatten().collect()
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
