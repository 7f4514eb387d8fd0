//! The rules of a promotion, as they are written and stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::moment::Moment;
use crate::money::Currency;
use crate::percent::Percent;

/// A promotion.
///
/// ```json
/// {
///   "key": "winter", "name": "Winterwochen", "names": {"en": "Winter weeks"},
///   "benefit": {"percent": {"percent": "10.5", "on": "lines"}},
///   "conditions": {"code": "WINTER", "include": {"categories": ["sofas"]}, "minimum_quantity": 2}
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// What tells it from other promotions; stored in orders.
    pub key: String,
    /// The name that customers read, where there is none in their language.
    pub name: String,
    /// Its names by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>, examples(json!({"de": "Winterwochen", "en": "Winter weeks"})))]
    pub names: BTreeMap<Language, String>,
    /// The higher is looked at first.
    #[serde(default)]
    pub priority: i32,
    /// Whether it stands alone.
    #[serde(default)]
    pub exclusive: bool,
    /// The currency of its amounts; needed as soon as it states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What it gives.
    pub benefit: Benefit,
    /// When it applies; always when nothing is said.
    #[serde(default)]
    pub conditions: Conditions,
    /// How much it may give in all; without limit when nothing is said.
    #[serde(default)]
    pub budget: Budget,
}

/// What a promotion gives. Amounts are minor units of the promotion's currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Benefit {
    /// A percentage off.
    Percent {
        /// The percentage.
        percent: Percent,
        /// What it is a percentage of.
        on: Scope,
    },
    /// An amount off the lines that match, once or for each of their units.
    Amount {
        /// Minor units, above zero.
        amount: i64,
        /// Once per order or for each unit.
        per: Per,
    },
    /// Of every `take` matching units only `pay` are paid; the cheapest of all of them are free.
    XForY {
        /// Units that are taken, above `pay`.
        take: u32,
        /// Units that are paid.
        pay: u32,
    },
    /// Shipping costs nothing.
    FreeShipping,
    /// Each matching unit costs this, unless it is cheaper already.
    FixedUnitPrice {
        /// Minor units, not negative.
        unit_price: i64,
    },
}

/// What a percentage is taken of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = PromotionScope)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All lines, once a line matches. Services only where the conditions say so; shipping never.
    Order,
    /// The lines that match.
    Lines,
}

/// How often an amount is given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Once.
    Order,
    /// For each unit of the lines that match.
    Unit,
}

/// When a promotion applies. All that is said must hold; what is not said always holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// The code that must be entered; capitals and surrounding blanks do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the matching lines must be worth together before promotions, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_subtotal: Option<i64>,
    /// How many units the matching lines must have together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_quantity: Option<u32>,
    /// The lines that match; all when empty.
    #[serde(skip_serializing_if = "Selection::is_empty")]
    pub include: Selection,
    /// Lines that never match.
    #[serde(skip_serializing_if = "Selection::is_empty")]
    pub exclude: Selection,
    /// Whether services match as well as goods.
    pub services: bool,
    /// The groups that it is for; everybody when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customer_groups: Vec<String>,
    /// Whether it is only for a customer's first order.
    pub first_order: bool,
    /// The first moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// The first moment after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// The channels in which it applies; all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
}

/// Lines by what they are: a line is selected when one of the lists has it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// Ids of products.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Ids of categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Ids of brands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<String>,
}

/// How much a promotion may give over all orders.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Orders in which it may be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u64>,
    /// Orders of one customer in which it may be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses_per_customer: Option<u64>,
    /// Minor units that it may give in all; the last order gets what is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_total_amount: Option<i64>,
}

/// How much of its budget a promotion has used, in orders that count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Orders of all customers.
    pub uses: u64,
    /// Orders of the customer of the cart.
    pub uses_by_customer: u64,
    /// Minor units given.
    pub amount: i64,
}

/// Why a promotion is refused when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromotionError {
    /// An amount without a currency: 500 would be 5 euros in one channel and 500 yen in another.
    #[error("the promotion states an amount; state its “currency” as well")]
    NoCurrency,
    /// An amount that is zero or less.
    #[error("an amount must be above zero")]
    NoAmount,
    /// A percentage of zero.
    #[error("the percentage must be above zero")]
    NoPercentage,
    /// Everything or nothing would be paid.
    #[error("“take” must be above “pay”, and “pay” above zero, such as 3 and 2")]
    NoUnitFree,
    /// The time window ends before it begins.
    #[error("“until” must be after “from”")]
    NoTime,
}

impl Promotion {
    /// Its name in a language.
    #[must_use]
    pub fn name_in(&self, language: Language) -> &str {
        self.names.get(&language).unwrap_or(&self.name)
    }

    /// Checks the rules when they are written. The engine itself takes any rules and never gives below zero.
    ///
    /// # Errors
    /// [`PromotionError`], each variant as it says.
    pub fn check(&self) -> Result<(), PromotionError> {
        match self.benefit {
            Benefit::Percent { percent, .. } if percent == Percent::ZERO => {
                return Err(PromotionError::NoPercentage);
            }
            Benefit::XForY { take, pay } if pay == 0 || take <= pay => {
                return Err(PromotionError::NoUnitFree);
            }
            Benefit::Amount { amount, .. } if amount <= 0 => return Err(PromotionError::NoAmount),
            Benefit::FixedUnitPrice { unit_price } if unit_price < 0 => {
                return Err(PromotionError::NoAmount);
            }
            _ => {}
        }
        let limits = [self.conditions.minimum_subtotal, self.budget.max_total_amount];
        if limits.into_iter().flatten().any(|limit| limit <= 0) {
            return Err(PromotionError::NoAmount);
        }
        if self.states_an_amount() && self.currency.is_none() {
            return Err(PromotionError::NoCurrency);
        }
        match (self.conditions.from, self.conditions.until) {
            (Some(from), Some(until)) if until <= from => Err(PromotionError::NoTime),
            _ => Ok(()),
        }
    }

    /// Whether the promotion means something else in another currency.
    pub(super) const fn states_an_amount(&self) -> bool {
        matches!(self.benefit, Benefit::Amount { .. } | Benefit::FixedUnitPrice { .. })
            || self.conditions.minimum_subtotal.is_some()
            || self.budget.max_total_amount.is_some()
    }
}

impl Selection {
    /// Whether nothing is named.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.products.is_empty() && self.categories.is_empty() && self.brands.is_empty()
    }
}
