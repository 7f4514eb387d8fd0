//! Promotions: what they give, to whom, how often, and why.
//!
//! The engine is a function of the cart, the promotions and how much they have been used; it reads no clock and no
//! store. Its answer explains every minor unit that it takes off, and for every promotion that gives nothing why.
//!
//! # Rules
//! - Promotions are looked at by priority, the highest first; of equals by key. That order alone decides, so that
//!   the same cart always has the same price.
//! - A promotion acts on what the promotions before it have left: percentages of an already discounted price, and
//!   never below zero (saleor#17453: a voucher computed from undiscounted prices made free orders).
//! - A percentage is computed on the sum of what it applies to, rounded once half away from zero, and then cut into
//!   the parts of the lines by largest remainder (saleor#12040: rounding every line down lost money).
//! - An exclusive promotion stands alone: it applies only when nothing has been applied before it, and nothing is
//!   applied after it.
//! - Conditions on subtotal and quantity look at the prices before promotions, as the customer reads them in the
//!   cart; so one promotion cannot take the condition of another away.

mod benefit;
mod cart;
mod conditions;
mod evaluate;
#[cfg(test)]
mod evaluate_tests;
mod explanation;
mod promotion;
#[cfg(test)]
pub(crate) mod samples;
mod wording;

pub use cart::{Cart, CartError, CartLine, LineKind, MAX_TOTAL};
pub(crate) use conditions::same_code;
pub use evaluate::{Evaluation, evaluate};
pub use explanation::{DeclineReason, Declined, Reason, Step, Target};
pub use promotion::{
    Benefit, Budget, Conditions, Per, Promotion, PromotionError, Scope, Selection, Usage,
};
