//! Explanations as sentences in German and English.

use jiff::tz::TimeZone;

use super::explanation::{DeclineReason, Declined, Reason, Step, Target};
use super::promotion::Per;
use crate::language::Language::{self, English, German};
use crate::money::{Currency, Money};

impl Step {
    /// The discount as a sentence. `line` is what the customer knows the line as; it is not read for shipping.
    #[must_use]
    pub fn sentence(&self, language: Language, currency: Currency, line: &str) -> String {
        let place = match (&self.target, language) {
            (Target::Line(_), _) => line,
            (Target::Shipping, German) => "Versand",
            (Target::Shipping, English) => "Shipping",
        };
        let amount = Money::new(-self.amount, currency).text(language);
        let promotion = promotion_text(&self.name, self.code.as_deref(), language);
        let reason = self.reason.phrase(language, currency);
        let budget = match (self.cut_to_budget, language) {
            (false, _) => "",
            (true, German) => ", begrenzt auf den Rest des Aktionsbudgets",
            (true, English) => ", limited to what is left of the promotion's budget",
        };
        format!("{place}: {amount}, {promotion}: {reason}{budget}.")
    }
}

impl Reason {
    fn phrase(self, language: Language, currency: Currency) -> String {
        let money = |amount| Money::new(amount, currency).text(language);
        match (self, language) {
            (Self::Percent { percent, base }, German) => {
                format!("Anteil an {} von {}", percent.text(language), money(base))
            }
            (Self::Percent { percent, base }, English) => {
                format!("its part of {} of {}", percent.text(language), money(base))
            }
            (Self::Amount { amount, per: Per::Order }, German) => {
                format!("Anteil an {} Nachlass", money(amount))
            }
            (Self::Amount { amount, per: Per::Order }, English) => {
                format!("its part of {} off", money(amount))
            }
            (Self::Amount { amount, per: Per::Unit }, German) => {
                format!("{} Nachlass je Stück", money(amount))
            }
            (Self::Amount { amount, per: Per::Unit }, English) => {
                format!("{} off each unit", money(amount))
            }
            (Self::XForY { take, pay, free_units }, German) => {
                format!("{take} zum Preis von {pay}, hiervon gratis: {free_units}")
            }
            (Self::XForY { take, pay, free_units }, English) => {
                format!("{take} for the price of {pay}, free of these: {free_units}")
            }
            (Self::FreeShipping, German) => "versandkostenfrei".to_owned(),
            (Self::FreeShipping, English) => "free shipping".to_owned(),
            (Self::FixedUnitPrice { unit_price }, German) => {
                format!("Aktionspreis {} je Stück", money(unit_price))
            }
            (Self::FixedUnitPrice { unit_price }, English) => {
                format!("special price {} each", money(unit_price))
            }
        }
    }
}

impl Declined {
    /// Why the promotion gave nothing, as a sentence; times are those of `zone`.
    #[must_use]
    pub fn sentence(&self, language: Language, currency: Currency, zone: &TimeZone) -> String {
        let promotion = match (&self.name, &self.code) {
            (Some(name), code) => promotion_text(name, code.as_deref(), language),
            (None, code) => format!("Code {}", code.as_deref().unwrap_or_default()),
        };
        let reason = match language {
            German => self.reason.german(currency, zone),
            English => self.reason.english(currency, zone),
        };
        format!("{promotion}: {reason}.")
    }
}

impl DeclineReason {
    fn german(&self, currency: Currency, zone: &TimeZone) -> String {
        let money = |amount: i64| Money::new(amount, currency).text(German);
        match self {
            Self::UnknownCode => "Diesen Code gibt es nicht".to_owned(),
            Self::CodeNotEntered => "Der Code wurde nicht eingegeben".to_owned(),
            Self::OtherChannel => "gilt nicht in diesem Shop".to_owned(),
            Self::OtherCurrency => format!("gilt nicht für Bestellungen in {currency}"),
            Self::NotYet { from } => format!("beginnt erst am {}", from.text(German, zone)),
            Self::Over { until } => format!("ist seit {} beendet", until.text(German, zone)),
            Self::OtherCustomerGroup => "gilt nicht für diese Kundengruppe".to_owned(),
            Self::NotTheFirstOrder => "gilt nur für die erste Bestellung".to_owned(),
            Self::UsedUp => "wurde schon so oft eingelöst wie möglich".to_owned(),
            Self::UsedUpByCustomer => "wurde von diesem Kunden schon eingelöst".to_owned(),
            Self::BudgetSpent => "Das Budget der Aktion ist aufgebraucht".to_owned(),
            Self::NoMatchingLine => "Keiner der Artikel gehört zur Aktion".to_owned(),
            Self::TooFewUnits { minimum, missing } => {
                format!("gilt ab {minimum} Stück, es fehlen {missing}")
            }
            Self::SubtotalTooLow { minimum, missing } => {
                format!("gilt ab {}, es fehlen {}", money(*minimum), money(*missing))
            }
            Self::ExclusiveBefore { name } => format!("ist nicht mit „{name}“ kombinierbar"),
            Self::Exclusive { name } => format!("gilt nur allein, „{name}“ ist schon angewendet"),
            Self::NothingLeft => "Es bleibt nichts, was noch ermäßigt werden könnte".to_owned(),
        }
    }

    fn english(&self, currency: Currency, zone: &TimeZone) -> String {
        let money = |amount: i64| Money::new(amount, currency).text(English);
        match self {
            Self::UnknownCode => "there is no such code".to_owned(),
            Self::CodeNotEntered => "its code was not entered".to_owned(),
            Self::OtherChannel => "not valid in this shop".to_owned(),
            Self::OtherCurrency => format!("not valid for orders in {currency}"),
            Self::NotYet { from } => format!("begins on {}", from.text(English, zone)),
            Self::Over { until } => format!("ended on {}", until.text(English, zone)),
            Self::OtherCustomerGroup => "not valid for this customer group".to_owned(),
            Self::NotTheFirstOrder => "only valid for a first order".to_owned(),
            Self::UsedUp => "has been redeemed as often as possible".to_owned(),
            Self::UsedUpByCustomer => "has already been redeemed by this customer".to_owned(),
            Self::BudgetSpent => "its budget is spent".to_owned(),
            Self::NoMatchingLine => "none of the items belongs to it".to_owned(),
            Self::TooFewUnits { minimum, missing } => {
                format!("valid from {minimum} units, {missing} missing")
            }
            Self::SubtotalTooLow { minimum, missing } => {
                format!("valid from {}, {} missing", money(*minimum), money(*missing))
            }
            Self::ExclusiveBefore { name } => format!("cannot be combined with “{name}”"),
            Self::Exclusive { name } => format!("only valid alone, and “{name}” has been applied"),
            Self::NothingLeft => "nothing is left that it could reduce".to_owned(),
        }
    }
}

/// The name in quotation marks, with the code that was entered.
fn promotion_text(name: &str, code: Option<&str>, language: Language) -> String {
    let name = match language {
        German => format!("„{name}“"),
        English => format!("“{name}”"),
    };
    match (code, language) {
        (None, _) => name,
        (Some(code), German) => format!("{name} (Code {code})"),
        (Some(code), English) => format!("{name} (code {code})"),
    }
}
