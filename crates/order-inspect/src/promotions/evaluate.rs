//! The engine: promotions by priority, each on what the ones before have left.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::benefit::{Discount, Place, Remaining, discounts};
use super::cart::{Cart, CartError};
use super::conditions::{matching_lines, same_code};
use super::explanation::{DeclineReason, Declined, Step, Target};
use super::promotion::{Promotion, Usage};
use crate::money::allocate;

/// What the promotions take off a cart, and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Evaluation {
    /// All that is taken off, in the order in which it was computed.
    pub steps: Vec<Step>,
    /// The promotions and codes that gave nothing, in the order in which they were looked at.
    pub declined: Vec<Declined>,
}

impl Evaluation {
    /// Minor units taken off in all.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.steps.iter().map(|step| step.amount).sum()
    }

    /// The steps of one line or of shipping.
    pub fn steps_on<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Step> {
        self.steps.iter().filter(move |step| step.target == *target)
    }

    /// The promotions that gave something, each with the minor units that its budget is charged with.
    #[must_use]
    pub fn given(&self) -> Vec<(&str, i64)> {
        let mut given: Vec<(&str, i64)> = Vec::new();
        for step in &self.steps {
            match given.iter_mut().find(|(promotion, _)| *promotion == step.promotion) {
                Some((_, amount)) => *amount += step.amount,
                None => given.push((&step.promotion, step.amount)),
            }
        }
        given
    }
}

/// Applies the promotions to the cart by the rules of [this module](super).
///
/// `usage` says by key how much of its budget a promotion has used; one that is not named is unused. It is only
/// as true as when it was read: who places the order must book the [given](Evaluation::given) amounts under a lock
/// or a condition.
///
/// # Errors
/// [`CartError`] for a cart that has no price.
pub fn evaluate(
    cart: &Cart,
    promotions: &[Promotion],
    usage: &HashMap<String, Usage>,
) -> Result<Evaluation, CartError> {
    cart.check()?;
    let mut by_priority: Vec<&Promotion> = promotions.iter().collect();
    by_priority.sort_by(|one, other| {
        other.priority.cmp(&one.priority).then_with(|| one.key.cmp(&other.key))
    });

    let mut engine = Engine {
        cart,
        left: Remaining::of(cart),
        applied: Vec::new(),
        evaluation: Evaluation::default(),
    };
    for promotion in by_priority {
        engine.look_at(promotion, usage.get(&promotion.key).copied().unwrap_or_default());
    }
    engine.decline_unknown_codes(promotions);
    Ok(engine.evaluation)
}

struct Engine<'a> {
    cart: &'a Cart,
    left: Remaining,
    /// The promotions that gave something.
    applied: Vec<&'a Promotion>,
    evaluation: Evaluation,
}

impl<'a> Engine<'a> {
    fn look_at(&mut self, promotion: &'a Promotion, usage: Usage) {
        let code = self.entered_code(promotion);
        match self.try_promotion(promotion, usage) {
            Ok((found, cut_to_budget)) => {
                for discount in found {
                    self.left.take(&discount);
                    self.evaluation.steps.push(self.step(
                        promotion,
                        code.clone(),
                        &discount,
                        cut_to_budget,
                    ));
                }
                self.applied.push(promotion);
            }
            Err(reason) => self.evaluation.declined.push(Declined {
                promotion: Some(promotion.key.clone()),
                name: Some(self.name(promotion)),
                code,
                reason,
            }),
        }
    }

    /// What the promotion gives, at least one discount, and whether its budget cut it.
    fn try_promotion(
        &self,
        promotion: &Promotion,
        usage: Usage,
    ) -> Result<(Vec<Discount>, bool), DeclineReason> {
        let matching = matching_lines(promotion, self.cart, usage)?;
        if let Some(alone) = self.applied.iter().find(|applied| applied.exclusive) {
            return Err(DeclineReason::ExclusiveBefore { name: self.name(alone) });
        }
        if let Some(before) = self.applied.first().filter(|_| promotion.exclusive) {
            return Err(DeclineReason::Exclusive { name: self.name(before) });
        }
        let found = discounts(promotion, self.cart, &matching, &self.left);
        if found.is_empty() {
            return Err(DeclineReason::NothingLeft);
        }
        let left_of_budget =
            promotion.budget.max_total_amount.map(|max| max.saturating_sub(usage.amount.max(0)));
        Ok(cut_to_budget(found, left_of_budget))
    }

    fn step(
        &self,
        promotion: &Promotion,
        code: Option<String>,
        discount: &Discount,
        cut_to_budget: bool,
    ) -> Step {
        let target = match discount.place {
            Place::Line(position) => Target::Line(self.cart.lines[position].key.clone()),
            Place::Shipping => Target::Shipping,
        };
        Step {
            promotion: promotion.key.clone(),
            name: self.name(promotion),
            code,
            target,
            amount: discount.amount,
            reason: discount.reason,
            cut_to_budget,
        }
    }

    fn name(&self, promotion: &Promotion) -> String {
        promotion.name_in(self.cart.language).to_owned()
    }

    /// The promotion's code as the customer typed it.
    fn entered_code(&self, promotion: &Promotion) -> Option<String> {
        let code = promotion.conditions.code.as_ref()?;
        self.cart
            .codes
            .iter()
            .find(|entered| same_code(entered, code))
            .map(|entered| entered.trim().to_owned())
    }

    fn decline_unknown_codes(&mut self, promotions: &[Promotion]) {
        let is_known = |entered: &String| {
            promotions
                .iter()
                .filter_map(|promotion| promotion.conditions.code.as_ref())
                .any(|code| same_code(entered, code))
        };
        let unknown = self.cart.codes.iter().filter(|entered| !is_known(entered));
        self.evaluation
            .declined
            .extend(unknown.map(|code| Declined::unknown(code.trim().to_owned())));
    }
}

/// Cuts the discounts so that they give no more than is left of the budget.
fn cut_to_budget(mut found: Vec<Discount>, left_of_budget: Option<i64>) -> (Vec<Discount>, bool) {
    let amounts: Vec<i64> = found.iter().map(|discount| discount.amount).collect();
    let Some(budget) = left_of_budget.filter(|&budget| budget < amounts.iter().sum()) else {
        return (found, false);
    };
    for (discount, amount) in found.iter_mut().zip(allocate(budget, &amounts)) {
        discount.amount = amount;
    }
    found.retain(|discount| discount.amount > 0);
    (found, true)
}
