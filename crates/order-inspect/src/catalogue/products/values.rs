//! Attribute values, checked against what the product's type asks for.

use std::collections::BTreeMap;

use super::record::{AttributeValue, Product};
use crate::{
    args,
    catalogue::{
        attributes::{Attribute, AttributeKind},
        master::MasterData as _,
        product_types::{AttributeLevel, TypeAttribute},
        words::{Code, is_code, is_colour},
    },
    db::{DbError, Tx},
    error::Findings,
};

/// What a product of a type may and must say.
pub(crate) struct TypeRules {
    pub(crate) attributes: Vec<(TypeAttribute, Attribute)>,
}

impl TypeRules {
    /// The rules of a type.
    pub(crate) async fn load(tx: &mut Tx, type_id: i64) -> Result<Self, DbError> {
        let sql = "SELECT attributes FROM product_type WHERE id = $1";
        let wanted: Vec<TypeAttribute> = tx.one(sql, args![type_id]).await?.json("attributes")?;
        let codes: Vec<String> = wanted.iter().map(|it| it.attribute.to_string()).collect();
        let sql = format!("{} WHERE it.code = ANY($1)", Attribute::SELECT);
        let rows = tx.rows(&sql, args![codes]).await?;
        let known = rows.iter().map(Attribute::from_row).collect::<Result<Vec<_>, _>>()?;
        let attributes = wanted.into_iter().filter_map(|it| {
            let attribute = known.iter().find(|known| known.code == it.attribute)?.clone();
            Some((it, attribute))
        });
        Ok(Self { attributes: attributes.collect() })
    }

    /// Notes every value that does not fit, and every required one that is missing.
    pub(super) fn check(&self, found: &mut Findings, product: &Product) {
        self.check_level(found, "/attributes", AttributeLevel::Product, &product.attributes);
        for (at, variant) in product.variants.iter().enumerate() {
            let place = format!("/variants/{at}/attributes");
            self.check_level(found, &place, AttributeLevel::Variant, &variant.attributes);
        }
    }

    fn check_level(
        &self,
        found: &mut Findings,
        place: &str,
        level: AttributeLevel,
        values: &BTreeMap<Code, AttributeValue>,
    ) {
        let here = |code: &Code| {
            self.attributes.iter().find(|(it, _)| it.level == level && it.attribute == *code)
        };
        for (code, value) in values {
            let pointer = format!("{place}/{code}");
            match here(code) {
                None => found.note(pointer, "the product's type has no such attribute here"),
                Some((_, attribute)) => {
                    if let Err(wanted) = fits(attribute, value) {
                        found.note(pointer, wanted);
                    }
                }
            }
        }
        let required = self.attributes.iter().filter(|(it, _)| it.level == level && it.required);
        for (it, _) in required.filter(|(it, _)| !values.contains_key(&it.attribute)) {
            let pointer = format!("{place}/{}", it.attribute);
            found.note(pointer, "is required by the product's type");
        }
    }

    /// What lists could be narrowed by: attribute and value, of the product and of its active variants. Whether an
    /// attribute is a facet is asked when a list is read, as it changes without the products.
    pub(super) fn facets(&self, product: &Product) -> Vec<(String, String)> {
        let variants = product.variants.iter().filter(|it| it.active).map(|it| &it.attributes);
        let mut facets = Vec::new();
        for values in variants.chain([&product.attributes]) {
            for (_, attribute) in self.attributes.iter().filter(|(_, it)| it.kind.can_be_facet()) {
                let Some(value) = values.get(&attribute.code) else { continue };
                let values = match value {
                    AttributeValue::Flag(it) => vec![it.to_string()],
                    AttributeValue::Text(it) => vec![it.clone()],
                    AttributeValue::Many(it) => it.clone(),
                };
                facets.extend(values.into_iter().map(|it| (attribute.code.to_string(), it)));
            }
        }
        facets.sort();
        facets.dedup();
        facets
    }

    /// The codes of products that values refer to, with where they stand.
    pub(super) fn references(&self, product: &Product) -> Vec<(String, String)> {
        let mut references = Vec::new();
        let mut collect = |place: String, values: &BTreeMap<Code, AttributeValue>| {
            for (_, attribute) in &self.attributes {
                if attribute.kind == AttributeKind::Reference
                    && let Some(AttributeValue::Text(code)) = values.get(&attribute.code)
                {
                    references.push((format!("{place}/{}", attribute.code), code.clone()));
                }
            }
        };
        collect("/attributes".to_owned(), &product.attributes);
        for (at, variant) in product.variants.iter().enumerate() {
            collect(format!("/variants/{at}/attributes"), &variant.attributes);
        }
        references
    }
}

/// Whether a value is one that the attribute takes, or what it takes.
fn fits(attribute: &Attribute, value: &AttributeValue) -> Result<(), String> {
    use AttributeKind as Kind;
    let chosen = |code: &str| attribute.choices.iter().any(|it| &*it.code == code);
    let no_choice = |code: &str| format!("{code} is none of the attribute's choices");
    let holds = match (attribute.kind, value) {
        (Kind::Boolean, AttributeValue::Flag(_)) => true,
        (Kind::Text, AttributeValue::Text(it)) => (1..=1000).contains(&it.chars().count()),
        (Kind::LongText, AttributeValue::Text(it)) => (1..=20_000).contains(&it.chars().count()),
        (Kind::Number, AttributeValue::Text(it)) => is_decimal(it),
        (Kind::Date, AttributeValue::Text(it)) => {
            it.len() == 10 && it.parse::<jiff::civil::Date>().is_ok()
        }
        (Kind::Colour, AttributeValue::Text(it)) => is_colour(it),
        (Kind::Reference, AttributeValue::Text(it)) => is_code(it),
        (Kind::Choice, AttributeValue::Text(it)) if !chosen(it) => return Err(no_choice(it)),
        (Kind::Choice, AttributeValue::Text(_)) => true,
        (Kind::MultiChoice, AttributeValue::Many(codes)) => {
            if let Some(wrong) = codes.iter().find(|it| !chosen(it)) {
                return Err(no_choice(wrong));
            }
            !codes.is_empty()
                && codes.iter().collect::<std::collections::BTreeSet<_>>().len() == codes.len()
        }
        _ => false,
    };
    if holds { Ok(()) } else { Err(wanted(attribute.kind).to_owned()) }
}

const fn wanted(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text => "must be a text of 1 to 1000 characters",
        AttributeKind::LongText => "must be a text of 1 to 20000 characters",
        AttributeKind::Number => {
            "must be an exact decimal, written as text without needless zeros, such as \"45.5\""
        }
        AttributeKind::Boolean => "must be true or false",
        AttributeKind::Date => "must be a day, such as \"2026-06-15\"",
        AttributeKind::Choice => "must be the code of one of the attribute's choices",
        AttributeKind::MultiChoice => {
            "must be a list of codes of the attribute's choices, each of them once"
        }
        AttributeKind::Colour => "must be a colour, such as \"#8b5a2b\"",
        AttributeKind::Reference => "must be the code of a product",
    }
}

/// At most 15 digits before and 6 after the point. Each number is written in one way only, so that equal
/// numbers are equal facets.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "1"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    plain(whole)
        && plain(fraction)
        && whole.len() <= 15
        && fraction.len() <= 6
        && (whole == "0" || !whole.starts_with('0'))
        && !fraction.ends_with('0')
        && text != "-0"
}

#[cfg(test)]
mod tests {
    use super::is_decimal;

    #[test]
    fn a_decimal_is_written_in_one_way_only() {
        for right in ["0", "7", "-7", "45.5", "0.001", "-0.5", "123456789012345.123456"] {
            assert!(is_decimal(right), "{right}");
        }
        for wrong in
            ["", "-", "-0", "07", "1.", ".5", "1.50", "1e3", "1,5", "0x1", "1.1234567", "+1", "--1"]
        {
            assert!(!is_decimal(wrong), "{wrong}");
        }
    }
}
