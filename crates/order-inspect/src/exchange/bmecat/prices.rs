//! `PRODUCT_PRICE_DETAILS`: prices with their time, tiers and tax.

use jiff::tz::TimeZone;

use crate::{
    exchange::{
        file::{
            Setting,
            element::Element,
            number::{self, Notation},
        },
        item::{PriceSaid, Problem},
    },
    moment::Moment,
    money::Currency,
};

/// What is said of a product's prices.
#[derive(Debug, Default)]
pub(super) struct Prices {
    pub(super) prices: Vec<PriceSaid>,
    /// Thousandths of a percent.
    pub(super) tax_rate: Option<i64>,
    pub(super) problems: Vec<Problem>,
}

/// Which prices are the shop's: those with tax, or those without. The recommended one is shown beside them.
fn is_ours(kind: &str, setting: &Setting) -> bool {
    match kind {
        "gros_list" => setting.prices_include_tax,
        "net_list" | "net_customer" => !setting.prices_include_tax,
        _ => false,
    }
}

/// Reads the prices of a `PRODUCT`. `PRICE_QUANTITY` says for how many units they are.
pub(super) fn read(product: &Element, setting: &Setting) -> Prices {
    let mut read = Prices::default();
    let quantity = product.child("PRODUCT_ORDER_DETAILS").and_then(|it| it.say("PRICE_QUANTITY"));
    let quantity = match quantity.map(number::whole) {
        None => 1,
        Some(Ok(quantity)) if quantity > 0 => quantity,
        Some(_) => {
            read.wrong(product, "PRICE_QUANTITY", "is no number of units above zero");
            return read;
        }
    };
    let details: Vec<&Element> = product.all("PRODUCT_PRICE_DETAILS").collect();
    for details in &details {
        let (before, mut recommended) = (read.prices.len(), None);
        for price in details.all("PRODUCT_PRICE") {
            read.price(details, price, quantity, setting, &mut recommended);
        }
        if let Some((currency, amount)) = recommended {
            read.recommend(before, currency, amount);
        }
    }
    let kinds = details
        .iter()
        .flat_map(|it| it.all("PRODUCT_PRICE"))
        .filter_map(|it| it.attribute("price_type"));
    let kinds: Vec<&str> = kinds.collect();
    if !kinds.is_empty() && !kinds.iter().any(|it| is_ours(it, setting)) {
        let wanted = if setting.prices_include_tax { "gros_list" } else { "net_list" };
        let told = format!(
            "the shop's prices need price_type=\"{wanted}\", the file has {} only",
            kinds.join(", ")
        );
        read.wrong(product, "PRODUCT_PRICE", &told);
    }
    read
}

impl Prices {
    fn wrong(&mut self, element: &Element, field: &str, message: &str) {
        self.problems.push(Problem::of(element.line, field, message));
    }

    fn price(
        &mut self,
        details: &Element,
        price: &Element,
        quantity: i64,
        setting: &Setting,
        recommendation: &mut Option<(Option<String>, i64)>,
    ) {
        let kind = price.attribute("price_type").unwrap_or_default();
        if let Some(tax) = price.say("TAX").or_else(|| price.child("TAX_DETAILS")?.say("TAX")) {
            // 0.19 is 19 %; five decimals are thousandths of a percent
            match number::decimal(tax, 5, Notation::Point) {
                Ok(rate) => self.tax_rate = Some(rate),
                Err(_) => self.wrong(price, "TAX", &format!("“{tax}” is no rate such as 0.19")),
            }
        }
        let recommended = kind == "nrp";
        if !recommended && !is_ours(kind, setting) || !self.is_for_us(price, setting) {
            return;
        }
        let Some(currency) = self.currency(price, setting) else { return };
        let Some(amount) = self.amount(price, currency, quantity) else { return };
        let currency = Some(currency.code().to_owned());
        if recommended {
            *recommendation = Some((currency, amount));
            return;
        }
        let Some(min_quantity) = self.tier(price) else { return };
        let mut said = |name: &str, read: fn(&str, &TimeZone) -> Result<Moment, String>| match read(
            details.say(name)?,
            &setting.zone,
        ) {
            Ok(moment) => Some(moment),
            Err(message) => {
                self.wrong(details, name, &message);
                None
            }
        };
        let from = said("VALID_START_DATE", number::moment);
        let until = said("VALID_END_DATE", number::end);
        self.prices.push(PriceSaid {
            currency,
            sale: false,
            amount: Some(amount),
            list_amount: None,
            min_quantity: Some(min_quantity),
            from,
            until: until.map(Some),
        });
    }

    /// A price for other countries is none of ours.
    fn is_for_us(&self, price: &Element, setting: &Setting) -> bool {
        let mut territories = price.all("TERRITORY").map(|it| it.text.trim()).peekable();
        territories.peek().is_none() || territories.any(|it| it == setting.country)
    }

    fn currency(&mut self, price: &Element, setting: &Setting) -> Option<Currency> {
        match price.say("PRICE_CURRENCY").map(str::parse) {
            None => Some(setting.currency),
            Some(Ok(currency)) => Some(currency),
            Some(Err(error)) => {
                self.wrong(price, "PRICE_CURRENCY", &format!("{error}"));
                None
            }
        }
    }

    /// `PRICE_AMOUNT` times `PRICE_FACTOR`, of one unit, exactly.
    fn amount(&mut self, price: &Element, currency: Currency, quantity: i64) -> Option<i64> {
        let exact = || {
            let said = price.say("PRICE_AMOUNT").ok_or("PRICE_AMOUNT is missing")?;
            let amount = number::decimal(said, 6, Notation::Point)
                .map_err(|_| "PRICE_AMOUNT is no number")?;
            let factor = price.say("PRICE_FACTOR").unwrap_or("1");
            let factor = number::decimal(factor, 6, Notation::Point)
                .map_err(|_| "PRICE_FACTOR is no number")?;
            let millionths = i128::from(amount) * i128::from(factor);
            let minor = millionths * i128::from(currency.minor_per_major());
            let parts = 1_000_000_000_000 * i128::from(quantity);
            if minor % parts != 0 {
                return Err("of one unit has more decimals than the currency has: round it");
            }
            i64::try_from(minor / parts).map_err(|_| "is too large")
        };
        match exact() {
            Ok(amount) => Some(amount),
            Err(why) => {
                self.wrong(price, "PRICE_AMOUNT", why);
                None
            }
        }
    }

    fn tier(&mut self, price: &Element) -> Option<u32> {
        let Some(said) = price.say("LOWER_BOUND") else { return Some(1) };
        match number::decimal(said, 0, Notation::Point).ok().and_then(|it| u32::try_from(it).ok()) {
            Some(quantity) => Some(quantity.max(1)),
            None => {
                self.wrong(price, "LOWER_BOUND", &format!("“{said}” is no whole quantity"));
                None
            }
        }
    }

    /// The recommended price stands beside that of one piece of the same time.
    fn recommend(&mut self, first: usize, currency: Option<String>, amount: i64) {
        let list_amount = Some(Some(amount));
        let here = |it: &&mut PriceSaid| it.currency == currency && it.min_quantity == Some(1);
        match self.prices.iter_mut().skip(first).find(here) {
            Some(price) => price.list_amount = list_amount,
            None => self.prices.push(PriceSaid { currency, list_amount, ..PriceSaid::default() }),
        }
    }
}
