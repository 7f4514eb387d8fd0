//! Whether a promotion applies to a cart, and to which lines.

use super::cart::{Cart, CartLine, LineKind};
use super::explanation::DeclineReason;
use super::promotion::{Conditions, Promotion, Selection, Usage};

/// Whether two codes are the same to a customer who types them.
pub(crate) fn same_code(left: &str, right: &str) -> bool {
    left.trim().to_lowercase() == right.trim().to_lowercase()
}

/// The positions of the lines that match, at least one, or the first condition that does not hold.
pub(super) fn matching_lines(
    promotion: &Promotion,
    cart: &Cart,
    usage: Usage,
) -> Result<Vec<usize>, DeclineReason> {
    let conditions = &promotion.conditions;
    if conditions
        .code
        .as_ref()
        .is_some_and(|code| !cart.codes.iter().any(|entered| same_code(entered, code)))
    {
        return Err(DeclineReason::CodeNotEntered);
    }
    of_the_sale(promotion, cart)?;
    of_the_customer(conditions, cart)?;
    of_the_budget(promotion, usage)?;
    of_the_lines(conditions, cart)
}

/// Channel, currency and time.
fn of_the_sale(promotion: &Promotion, cart: &Cart) -> Result<(), DeclineReason> {
    let conditions = &promotion.conditions;
    if !conditions.channels.is_empty() && !conditions.channels.contains(&cart.channel) {
        return Err(DeclineReason::OtherChannel);
    }
    if promotion.states_an_amount() && promotion.currency != Some(cart.currency) {
        return Err(DeclineReason::OtherCurrency);
    }
    match (conditions.from, conditions.until) {
        (Some(from), _) if cart.now < from => Err(DeclineReason::NotYet { from }),
        (_, Some(until)) if cart.now >= until => Err(DeclineReason::Over { until }),
        _ => Ok(()),
    }
}

fn of_the_customer(conditions: &Conditions, cart: &Cart) -> Result<(), DeclineReason> {
    let groups = &conditions.customer_groups;
    if !groups.is_empty()
        && !cart.customer_group.as_ref().is_some_and(|group| groups.contains(group))
    {
        return Err(DeclineReason::OtherCustomerGroup);
    }
    if conditions.first_order && !cart.is_first_order {
        return Err(DeclineReason::NotTheFirstOrder);
    }
    Ok(())
}

fn of_the_budget(promotion: &Promotion, usage: Usage) -> Result<(), DeclineReason> {
    let budget = &promotion.budget;
    if budget.max_uses.is_some_and(|max| usage.uses >= max) {
        return Err(DeclineReason::UsedUp);
    }
    if budget.max_uses_per_customer.is_some_and(|max| usage.uses_by_customer >= max) {
        return Err(DeclineReason::UsedUpByCustomer);
    }
    if budget.max_total_amount.is_some_and(|max| usage.amount >= max) {
        return Err(DeclineReason::BudgetSpent);
    }
    Ok(())
}

fn of_the_lines(conditions: &Conditions, cart: &Cart) -> Result<Vec<usize>, DeclineReason> {
    let positions: Vec<usize> = (0..cart.lines.len())
        .filter(|&position| conditions.matches(&cart.lines[position]))
        .collect();
    if positions.is_empty() {
        return Err(DeclineReason::NoMatchingLine);
    }
    let lines = || positions.iter().map(|&position| &cart.lines[position]);
    let quantity: u64 = lines().map(|line| u64::from(line.quantity.get())).sum();
    if let Some(minimum) =
        conditions.minimum_quantity.filter(|&minimum| quantity < u64::from(minimum))
    {
        return Err(DeclineReason::TooFewUnits { minimum, missing: u64::from(minimum) - quantity });
    }
    let subtotal: i64 = lines().map(CartLine::subtotal).sum();
    if let Some(minimum) = conditions.minimum_subtotal.filter(|&minimum| subtotal < minimum) {
        return Err(DeclineReason::SubtotalTooLow { minimum, missing: minimum - subtotal });
    }
    Ok(positions)
}

impl Conditions {
    /// Whether lines of this kind take part in a promotion at all.
    pub(super) fn admits(&self, line: &CartLine) -> bool {
        self.services || line.kind == LineKind::Goods
    }

    fn matches(&self, line: &CartLine) -> bool {
        self.admits(line)
            && (self.include.is_empty() || self.include.selects(line))
            && !self.exclude.selects(line)
    }
}

impl Selection {
    fn selects(&self, line: &CartLine) -> bool {
        self.products.contains(&line.product_id)
            || self.categories.iter().any(|category| line.category_ids.contains(category))
            || line.brand_id.as_ref().is_some_and(|brand| self.brands.contains(brand))
    }
}
