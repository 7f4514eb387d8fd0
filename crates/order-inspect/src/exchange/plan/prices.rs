//! Prices that a file says, as intervals that begin now or later: what was in force is never changed, and what is
//! said already is not said again.

use super::{FieldChange, stand::Stand};
use crate::{
    catalogue::{
        prices::record::{PriceChange, PriceInput},
        words::{Code, CurrencyCode, Sku},
    },
    exchange::item::{PriceSaid, Problem},
    moment::Moment,
    money::Currency,
    pricing::{PriceInterval, PriceKind},
};

/// The shop of the prices, and the time.
#[derive(Debug, Clone)]
pub(super) struct Market {
    pub(super) channel: Code,
    pub(super) currency: Currency,
    pub(super) now: Moment,
}

/// The new prices of a variant, with what they change; `stand` is what there is, none of a new product.
pub(super) fn changes(
    market: &Market,
    stand: Option<&Stand>,
    sku: &Sku,
    line: u64,
    said: &[PriceSaid],
) -> Result<Vec<(PriceChange, Vec<FieldChange>)>, Problem> {
    let mut changes = Vec::new();
    let over = |it: &&PriceSaid| it.until.flatten().is_some_and(|until| until <= market.now);
    for said in said.iter().filter(|it| !over(it)) {
        let code = said.currency.clone().unwrap_or_else(|| market.currency.code().to_owned());
        let wrong = |message: String| Problem::of(line, "price", message);
        let currency: Currency = code.parse().map_err(|error| wrong(format!("{error}")))?;
        let intervals = stand.map_or(&[][..], |it| it.prices(sku, &code));
        let kind = if said.sale { PriceKind::Sale } else { PriceKind::Regular };
        let quantity = said.min_quantity.unwrap_or(1);
        let alike = |it: &&PriceInterval| {
            it.kind == kind && it.min_quantity == quantity && it.customer_group.is_none()
        };
        let from = said.from.filter(|from| *from > market.now);
        let at = from.unwrap_or(market.now);
        let before =
            intervals.iter().filter(alike).filter(|it| it.covers(at)).max_by_key(|it| it.from);
        let Some(wanted) = wanted(said, before) else { continue };
        let as_said = |it: &PriceInterval| {
            it.amount == wanted.amount
                && it.list_price == wanted.list
                && said.until.is_none_or(|until| it.until == until)
        };
        if before.is_some_and(as_said) {
            continue;
        }
        let field = field(sku, &code, kind, quantity);
        let told = told(&field, before, &wanted, said, from, currency);
        let currency = CurrencyCode::try_from(code).map_err(|error| wrong(error.to_owned()))?;
        let price = PriceInput {
            channel: market.channel.clone(),
            currency,
            amount: wanted.amount,
            kind,
            list_amount: wanted.list,
            customer_group: None,
            min_quantity: quantity,
            valid_from: from,
            valid_until: said.until.flatten(),
        };
        changes.push((PriceChange { sku: sku.clone(), price }, told));
    }
    // Each price takes its place among those before it: what begins first comes first.
    changes.sort_by_key(|(it, _)| it.price.valid_from);
    Ok(changes)
}

struct Wanted {
    amount: i64,
    list: Option<i64>,
}

/// What the price would be; none where only a list price is said of what has no price.
fn wanted(said: &PriceSaid, before: Option<&PriceInterval>) -> Option<Wanted> {
    let amount = said.amount.or(before.map(|it| it.amount))?;
    let list = match said.list_amount {
        Some(list) => list,
        None => before.and_then(|it| it.list_price),
    };
    Some(Wanted { amount, list })
}

fn field(sku: &Sku, currency: &str, kind: PriceKind, quantity: u32) -> String {
    let kind = match kind {
        PriceKind::Regular => "prices",
        PriceKind::Sale => "sale_prices",
    };
    let tier = if quantity > 1 { format!("/from_{quantity}") } else { String::new() };
    format!("variants/{sku}/{kind}/{currency}{tier}")
}

fn told(
    field: &str,
    before: Option<&PriceInterval>,
    wanted: &Wanted,
    said: &PriceSaid,
    from: Option<Moment>,
    currency: Currency,
) -> Vec<FieldChange> {
    let text = |minor: i64| decimal(minor, currency);
    let until = said.until.map(|until| until.map(|it| it.to_string()));
    let mut told = vec![
        FieldChange::new(
            format!("{field}/amount"),
            before.map(|it| text(it.amount)),
            Some(text(wanted.amount)),
        ),
        FieldChange::new(
            format!("{field}/list_amount"),
            before.and_then(|it| it.list_price).map(text),
            wanted.list.map(text),
        ),
    ];
    if let Some(until) = until {
        let had = before.and_then(|it| it.until).map(|it| it.to_string());
        told.push(FieldChange::new(format!("{field}/valid_until"), had, until));
    }
    if let Some(from) = from {
        told.push(FieldChange::new(format!("{field}/valid_from"), None, Some(from.to_string())));
    }
    told.retain(|it| it.before != it.after);
    told
}

/// An amount in major units with all decimals of its currency: `129.00`.
pub(in crate::exchange) fn decimal(minor: i64, currency: Currency) -> String {
    let (per_major, exponent) =
        (currency.minor_per_major(), usize::try_from(currency.exponent()).unwrap_or(0));
    match exponent {
        0 => minor.to_string(),
        _ => format!("{}.{:0exponent$}", minor / per_major, minor % per_major),
    }
}
