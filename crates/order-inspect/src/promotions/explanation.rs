//! What was taken off by which promotion and why, and why a promotion gave nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::promotion::Per;
use crate::moment::Moment;
use crate::percent::Percent;

/// One discount on one line or on shipping. The steps of a cart add up to all that is taken off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// The key of the promotion.
    pub promotion: String,
    /// Its name at that time.
    pub name: String,
    /// The code that was entered for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it was taken off.
    pub target: Target,
    /// Minor units taken off, above zero.
    pub amount: i64,
    /// How the amount came about.
    pub reason: Reason,
    /// Whether the promotion's budget allowed less than it would have given.
    #[serde(default)]
    pub cut_to_budget: bool,
}

/// What a discount was taken off.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The line with this key.
    Line(String),
    /// The price of shipping.
    Shipping,
}

/// How a discount came about, with the numbers that it was computed from (minor units).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A percentage of a sum, of which the step has the target's part.
    Percent {
        /// The percentage.
        percent: Percent,
        /// The sum, after the promotions before.
        base: i64,
    },
    /// An amount.
    Amount {
        /// As the promotion states it.
        amount: i64,
        /// Once, of which the step has the target's part, or for each unit.
        per: Per,
    },
    /// Units free of charge.
    XForY {
        /// Units taken.
        take: u32,
        /// Units paid of them.
        pay: u32,
        /// Units of this line that are free.
        free_units: u32,
    },
    /// Shipping free of charge.
    FreeShipping,
    /// A special price.
    FixedUnitPrice {
        /// The price of one unit.
        unit_price: i64,
    },
}

/// A promotion that gave nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Declined {
    /// The key of the promotion; none for a code that belongs to no promotion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The code, if the customer entered it. Only these concern the customer; the rest is for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it gave nothing.
    pub reason: DeclineReason,
}

/// Why a promotion gave nothing. Amounts are minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// No promotion has this code.
    UnknownCode,
    /// The promotion has a code that was not entered.
    CodeNotEntered,
    /// It applies in other channels.
    OtherChannel,
    /// Its amounts are of another currency.
    OtherCurrency,
    /// It has not begun.
    NotYet {
        /// When it begins.
        from: Moment,
    },
    /// It has ended.
    Over {
        /// When it ended.
        until: Moment,
    },
    /// It is for other customer groups.
    OtherCustomerGroup,
    /// It is for a first order.
    NotTheFirstOrder,
    /// It was applied in as many orders as it may be.
    UsedUp,
    /// It was applied in as many orders of this customer as it may be.
    UsedUpByCustomer,
    /// All that it may give has been given.
    BudgetSpent,
    /// No line is what it is for.
    NoMatchingLine,
    /// The matching lines have too few units.
    TooFewUnits {
        /// Units needed.
        minimum: u32,
        /// Units missing.
        missing: u64,
    },
    /// The matching lines are worth too little.
    SubtotalTooLow {
        /// Minor units needed.
        minimum: i64,
        /// Minor units missing.
        missing: i64,
    },
    /// A promotion before it stands alone.
    ExclusiveBefore {
        /// The name of that promotion.
        name: String,
    },
    /// It stands alone, and another was applied before it.
    Exclusive {
        /// The name of the promotion that was applied.
        name: String,
    },
    /// Nothing is left that it could take off.
    NothingLeft,
}

impl Declined {
    /// A code that no promotion has.
    pub(super) const fn unknown(code: String) -> Self {
        Self { promotion: None, name: None, code: Some(code), reason: DeclineReason::UnknownCode }
    }
}
