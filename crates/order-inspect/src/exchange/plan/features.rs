//! Attributes by the names that a file gives them, as values that the product's type takes.

use std::collections::{BTreeMap, BTreeSet};

use super::options::means;
use crate::{
    catalogue::{
        attributes::{Attribute, AttributeKind as Kind},
        product_types::AttributeLevel,
        products::{record::AttributeValue, values::TypeRules},
        words::Code,
    },
    exchange::item::{Feature, Problem},
};

/// Sets what is said; notes values that cannot be, and names that the type does not know.
pub(super) fn set(
    rules: &TypeRules,
    level: AttributeLevel,
    values: &mut BTreeMap<Code, AttributeValue>,
    features: &[Feature],
    problems: &mut Vec<Problem>,
) {
    let mut said: BTreeMap<&str, &[String]> = BTreeMap::new();
    let mut disputed = BTreeSet::new();
    for feature in features {
        if said.insert(&feature.name, &feature.values).is_some_and(|it| it != feature.values) {
            disputed.insert(feature.name.as_str());
        }
    }
    for feature in features {
        let mut known = rules.attributes.iter().filter(|(it, _)| it.level == level);
        let Some((_, attribute)) = known.find(|(_, it)| means(&it.code, &it.labels, &feature.name))
        else {
            continue;
        };
        // What several variants say differently is not the product's.
        if level == AttributeLevel::Product && disputed.contains(feature.name.as_str()) {
            continue;
        }
        match value(attribute, &feature.values) {
            Ok(Some(value)) => {
                values.insert(attribute.code.clone(), value);
            }
            Ok(None) => {
                values.remove(&attribute.code);
            }
            Err(message) => problems.push(Problem::of(feature.line, feature.name.clone(), message)),
        }
    }
}

/// The names that the type does not have at all.
pub(super) fn unknown<'a>(
    rules: &'a TypeRules,
    features: impl Iterator<Item = &'a Feature>,
) -> impl Iterator<Item = &'a str> {
    let known =
        |name: &str| rules.attributes.iter().any(|(_, it)| means(&it.code, &it.labels, name));
    features.map(|it| it.name.as_str()).filter(move |name| !known(name))
}

fn value(attribute: &Attribute, said: &[String]) -> Result<Option<AttributeValue>, String> {
    let said: Vec<&str> = said.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect();
    let Some(first) = said.first() else { return Ok(None) };
    let choice = |text: &&str| {
        let mut choices = attribute.choices.iter();
        let found = choices.find(|it| means(&it.code, &it.labels, text));
        found
            .map(|it| it.code.to_string())
            .ok_or_else(|| format!("“{text}” is none of the attribute's choices"))
    };
    Ok(Some(match attribute.kind {
        Kind::Boolean => match first.to_ascii_lowercase().as_str() {
            "true" | "yes" | "ja" | "1" => AttributeValue::Flag(true),
            "false" | "no" | "nein" | "0" => AttributeValue::Flag(false),
            _ => return Err(format!("“{first}” is neither true nor false")),
        },
        Kind::Number => AttributeValue::Text(shortest(first)),
        Kind::Choice => AttributeValue::Text(choice(first)?),
        Kind::MultiChoice => {
            AttributeValue::Many(said.iter().map(choice).collect::<Result<_, _>>()?)
        }
        _ => AttributeValue::Text((*first).to_owned()),
    }))
}

/// A decimal without needless zeros, as the catalogue writes it.
fn shortest(number: &str) -> String {
    let plain = number.replace(',', ".");
    match plain.split_once('.') {
        Some((whole, fraction)) if !fraction.contains('.') => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
        }
        _ => plain,
    }
}
