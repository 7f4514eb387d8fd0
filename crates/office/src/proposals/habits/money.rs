//! Amounts kept as whole numbers of the smallest unit, with a currency beside them.

use kontor_model::{FieldType, Value};

use super::super::edit::{Currency, ManifestEdit};
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{ends_with, has_any, words};
use super::Look;
use crate::catalog::own_digits;

const MINOR: [&str; 9] = [
    "cents",
    "cent",
    "minor",
    "minor units",
    "pence",
    "pfennig",
    "rappen",
    "in cents",
    "minor unit",
];

const AMOUNTS: [&str; 16] = [
    "amount", "price", "total", "subtotal", "sum", "fee", "cost", "net", "gross", "balance",
    "betrag", "preis", "summe", "gebuehr", "kosten", "saldo",
];

const CURRENCIES: [&str; 7] = [
    "currency",
    "currency code",
    "waehrung",
    "iso currency",
    "currency iso",
    "waehrungscode",
    "ccy",
];

pub(super) fn money(look: &Look<'_>) -> Vec<Proposal> {
    look.fields().filter_map(|(at, _)| amount(look, at)).collect()
}

fn amount(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let field = &look.resource.fields[at];
    let all = words(&field.name);
    if !matches!(field.ty, FieldType::Int { .. }) || look.resource.key.contains(&at) {
        return None;
    }
    let says_minor = MINOR.iter().any(|name| ends_with(&all, name));
    let says_amount = AMOUNTS.iter().any(|name| ends_with(&all, name));
    let currency = currency_beside(look, &all);
    let confidence = match (says_minor, currency) {
        (true, Some(_)) => 95,
        (true, None) => 80,
        (false, Some(_)) if says_amount && counts_minor(look, at) => 65,
        _ => return None,
    };
    let mut evidence = vec![Fact::FieldName { field: field.name.clone() }];
    if let Some(currency) = currency {
        evidence.push(Fact::Beside { field: look.resource.fields[currency].name.clone() });
    }
    let edit = ManifestEdit::Money {
        resource: look.resource.name.clone(),
        field: field.name.clone(),
        currency: currency.map(|at| Currency::Field(look.resource.fields[at].name.clone())),
        decimals: decimals(look, currency),
    };
    Some(Proposal::new(Confidence::percent(confidence), evidence, edit))
}

/// The field with the currency's code: `total_currency` before `currency`.
fn currency_beside(look: &Look<'_>, amount: &[String]) -> Option<usize> {
    let fits = |(at, field): &(usize, &kontor_model::Field)| {
        let is_code = look
            .sample
            .texts(*at)
            .all(|text| text.len() == 3 && text.chars().all(|c| c.is_ascii_uppercase()));
        let is_text = matches!(field.ty, FieldType::Text { .. } | FieldType::Enum { .. });
        is_text && is_code
    };
    let mut best: Option<(usize, usize)> = None;
    for (at, field) in look.fields().filter(fits) {
        let all = words(&field.name);
        if !CURRENCIES.iter().any(|name| ends_with(&all, name)) {
            continue;
        }
        let shared = amount.iter().zip(&all).take_while(|(a, b)| a == b).count();
        let is_bare = CURRENCIES.iter().any(|name| super::super::words::is(&all, name));
        // `settle_currency` says nothing about `price_cents`.
        if (shared > 0 || is_bare) && best.is_none_or(|(most, _)| shared > most) {
            best = Some((shared, at));
        }
    }
    best.map(|(_, at)| at)
}

/// Whether values look like cents: large, and seldom full hundreds.
fn counts_minor(look: &Look<'_>, at: usize) -> bool {
    let numbers: Vec<i64> = look
        .sample
        .values(at)
        .filter_map(|value| match value {
            Value::Int(n) if *n != 0 => Some(n.abs()),
            _ => None,
        })
        .collect();
    let odd = numbers.iter().filter(|n| *n % 100 != 0).count();
    let large = numbers.iter().filter(|n| **n >= 100).count();
    numbers.len() >= 5
        && large * 10 >= numbers.len() * 8
        && odd * 2 >= numbers.len()
        && !has_any(
            &words(&look.resource.fields[at].name),
            &["quantity", "count", "points", "percent", "weight"],
        )
}

fn decimals(look: &Look<'_>, currency: Option<usize>) -> u8 {
    let codes: Vec<&str> = currency.map(|at| look.sample.texts(at).collect()).unwrap_or_default();
    let is_whole = !codes.is_empty() && codes.iter().all(|code| own_digits(2, Some(code)) == 0);
    if is_whole { 0 } else { 2 }
}
