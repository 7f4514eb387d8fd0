//! The price per unit of content (Grundpreis, PAngV §§ 4 and 5).

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::money::{Money, divide_rounded};

/// A unit that the content of a package is measured in, in JSON its symbol with plain digits: `kg`, `m2`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
pub enum ContentUnit {
    /// Milligram.
    #[serde(rename = "mg")]
    Milligram,
    /// Gram.
    #[serde(rename = "g")]
    Gram,
    /// Kilogram.
    #[serde(rename = "kg")]
    Kilogram,
    /// Millilitre.
    #[serde(rename = "ml")]
    Millilitre,
    /// Centilitre.
    #[serde(rename = "cl")]
    Centilitre,
    /// Litre.
    #[serde(rename = "l")]
    Litre,
    /// Cubic metre.
    #[serde(rename = "m3")]
    CubicMetre,
    /// Millimetre.
    #[serde(rename = "mm")]
    Millimetre,
    /// Centimetre.
    #[serde(rename = "cm")]
    Centimetre,
    /// Metre.
    #[serde(rename = "m")]
    Metre,
    /// Square centimetre.
    #[serde(rename = "cm2")]
    SquareCentimetre,
    /// Square metre.
    #[serde(rename = "m2")]
    SquareMetre,
}

/// What is measured; only units of one dimension can be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Mass,
    Volume,
    Length,
    Area,
}

impl ContentUnit {
    /// The dimension, and how many of its smallest unit here (mg, ml, mm, cm²) make one of this.
    const fn measure(self) -> (Dimension, u64) {
        match self {
            Self::Milligram => (Dimension::Mass, 1),
            Self::Gram => (Dimension::Mass, 1_000),
            Self::Kilogram => (Dimension::Mass, 1_000_000),
            Self::Millilitre => (Dimension::Volume, 1),
            Self::Centilitre => (Dimension::Volume, 10),
            Self::Litre => (Dimension::Volume, 1_000),
            Self::CubicMetre => (Dimension::Volume, 1_000_000),
            Self::Millimetre => (Dimension::Length, 1),
            Self::Centimetre => (Dimension::Length, 10),
            Self::Metre => (Dimension::Length, 1_000),
            Self::SquareCentimetre => (Dimension::Area, 1),
            Self::SquareMetre => (Dimension::Area, 10_000),
        }
    }
}

impl fmt::Display for ContentUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Milligram => "mg",
            Self::Gram => "g",
            Self::Kilogram => "kg",
            Self::Millilitre => "ml",
            Self::Centilitre => "cl",
            Self::Litre => "l",
            Self::CubicMetre => "m³",
            Self::Millimetre => "mm",
            Self::Centimetre => "cm",
            Self::Metre => "m",
            Self::SquareCentimetre => "cm²",
            Self::SquareMetre => "m²",
        })
    }
}

/// The content of a package. Where a drained weight must be stated, it is this (PAngV §5 (4)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Thousandths of the unit, above zero: 0.75 l is `750` of `l`.
    #[schema(minimum = 1, example = 750)]
    pub thousandths: u64,
    /// The unit.
    pub unit: ContentUnit,
}

/// The quantity that a unit price is for.
///
/// For packaged goods the law names one kilogram, litre, cubic metre, metre or square metre (PAngV §5 (1)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
pub enum BaseUnit {
    /// One kilogram.
    #[serde(rename = "1 kg")]
    Kilogram,
    /// One litre.
    #[serde(rename = "1 l")]
    Litre,
    /// One cubic metre.
    #[serde(rename = "1 m3")]
    CubicMetre,
    /// One metre.
    #[serde(rename = "1 m")]
    Metre,
    /// One square metre.
    #[serde(rename = "1 m2")]
    SquareMetre,
}

impl BaseUnit {
    /// The base unit of packaged goods whose content is measured in `unit` (PAngV §5 (1)).
    ///
    /// Volumes are per litre; what is usually sold by the cubic metre, such as bark mulch or timber, says so.
    #[must_use]
    pub const fn of(unit: ContentUnit) -> Self {
        match (unit, unit.measure().0) {
            (ContentUnit::CubicMetre, _) => Self::CubicMetre,
            (_, Dimension::Mass) => Self::Kilogram,
            (_, Dimension::Volume) => Self::Litre,
            (_, Dimension::Length) => Self::Metre,
            (_, Dimension::Area) => Self::SquareMetre,
        }
    }

    /// The number and the unit of the base: 100 and g.
    const fn quantity(self) -> (u64, ContentUnit) {
        match self {
            Self::Kilogram => (1, ContentUnit::Kilogram),
            Self::Litre => (1, ContentUnit::Litre),
            Self::CubicMetre => (1, ContentUnit::CubicMetre),
            Self::Metre => (1, ContentUnit::Metre),
            Self::SquareMetre => (1, ContentUnit::SquareMetre),
        }
    }
}

impl fmt::Display for BaseUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = self.quantity();
        write!(f, "{number} {unit}")
    }
}

/// A price per base unit, tax included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct UnitPrice {
    /// The price of the base quantity.
    pub price: Money,
    /// The quantity.
    pub base: BaseUnit,
    /// Whether the law wants it: not when it is the total price (PAngV §4 (1)).
    pub required: bool,
}

impl UnitPrice {
    /// As it is shown beside the price: `11,60 € / 1 l`.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        format!("{} / {}", self.price.text(language), self.base)
    }
}

/// Why there is no unit price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnitPriceError {
    /// The content is zero.
    #[error("a package without content has no unit price; state its content above zero")]
    NoContent,
    /// The content is measured in another dimension than the base.
    #[error("content in {0} has no price per {1}; choose a base unit of the same kind")]
    OtherDimension(ContentUnit, BaseUnit),
    /// The unit price does not fit into 64 bits of minor units.
    #[error("the unit price is too large; check the content, it is in thousandths of its unit")]
    TooLarge,
}

/// The price per base unit: `price · base / content`, rounded half away from zero to a minor unit.
///
/// `total_price` is what consumers pay, tax included and before any individual reduction (PAngV §2 no. 4 and §9).
///
/// # Errors
/// [`UnitPriceError`], each variant as it says.
pub fn unit_price(
    total_price: Money,
    content: Content,
    base: BaseUnit,
) -> Result<UnitPrice, UnitPriceError> {
    let (number, base_unit) = base.quantity();
    let ((dimension, content_size), (base_dimension, base_size)) =
        (content.unit.measure(), base_unit.measure());
    if dimension != base_dimension {
        return Err(UnitPriceError::OtherDimension(content.unit, base));
    }
    // Both in thousandths of the dimension's smallest unit.
    let contained = i128::from(content.thousandths) * i128::from(content_size);
    let wanted = i128::from(number * base_size) * 1_000;
    if contained == 0 {
        return Err(UnitPriceError::NoContent);
    }
    let amount = divide_rounded(i128::from(total_price.amount) * wanted, contained);
    let amount = i64::try_from(amount).map_err(|_| UnitPriceError::TooLarge)?;
    Ok(UnitPrice {
        price: Money::new(amount, total_price.currency),
        base,
        required: contained != wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn per_base(price: i64, thousandths: u64, unit: ContentUnit) -> UnitPrice {
        unit_price(
            Money::new(price, Currency::EUR),
            Content { thousandths, unit },
            BaseUnit::of(unit),
        )
        .unwrap()
    }

    #[test]
    fn the_unit_price_is_the_price_of_one_base_unit() {
        let table = [
            (290, 250_000, ContentUnit::Millilitre, "11,60 € / 1 l"),
            (599, 750, ContentUnit::Litre, "7,99 € / 1 l"),
            (899, 70_000, ContentUnit::Centilitre, "12,84 € / 1 l"),
            (199, 125_000, ContentUnit::Gram, "15,92 € / 1 kg"),
            (4_990, 2_500, ContentUnit::Kilogram, "19,96 € / 1 kg"),
            (1_299, 500_000, ContentUnit::Milligram, "25.980,00 € / 1 kg"),
            (8_900, 1_200, ContentUnit::CubicMetre, "74,17 € / 1 m³"),
            (1_995, 150_000, ContentUnit::Centimetre, "13,30 € / 1 m"),
            (350, 2_000_000, ContentUnit::Millimetre, "1,75 € / 1 m"),
            (4_495, 2_220, ContentUnit::SquareMetre, "20,25 € / 1 m²"),
            (100, 625_000, ContentUnit::SquareCentimetre, "16,00 € / 1 m²"),
            (700, 4_000, ContentUnit::Metre, "1,75 € / 1 m"),
        ];
        for (price, thousandths, unit, expected) in table {
            let text = per_base(price, thousandths, unit).text(Language::German);
            assert_eq!(text.replace('\u{a0}', " "), expected);
        }
    }

    #[test]
    fn half_a_cent_is_rounded_up() {
        assert_eq!(per_base(1, 2_000, ContentUnit::Kilogram).price.amount, 1);
        assert_eq!(per_base(1, 2_001, ContentUnit::Kilogram).price.amount, 0);
    }

    /// PAngV §4 (1): where both are the same, the unit price may be left out.
    #[test]
    fn a_package_of_one_base_unit_needs_no_unit_price() {
        assert!(!per_base(199, 1_000_000, ContentUnit::Millilitre).required);
        assert!(!per_base(199, 1_000, ContentUnit::Kilogram).required);
        assert!(per_base(199, 999, ContentUnit::Kilogram).required);
    }

    #[test]
    fn a_unit_price_that_cannot_be_says_why() {
        let of = |amount, thousandths, base| {
            let content = Content { thousandths, unit: ContentUnit::Gram };
            unit_price(Money::new(amount, Currency::EUR), content, base)
        };
        assert_eq!(of(1, 0, BaseUnit::Kilogram), Err(UnitPriceError::NoContent));
        assert_eq!(
            of(1, 1, BaseUnit::Litre),
            Err(UnitPriceError::OtherDimension(ContentUnit::Gram, BaseUnit::Litre))
        );
        assert_eq!(of(i64::MAX, 1, BaseUnit::Kilogram), Err(UnitPriceError::TooLarge));
    }

    #[test]
    fn units_are_written_in_json_as_people_write_them() {
        let content = Content { thousandths: 2_220, unit: ContentUnit::SquareMetre };
        assert_eq!(serde_json::to_string(&content).unwrap(), r#"{"thousandths":2220,"unit":"m2"}"#);
        assert_eq!(serde_json::to_string(&BaseUnit::CubicMetre).unwrap(), "\"1 m3\"");
    }
}
