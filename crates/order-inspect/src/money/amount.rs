//! An amount of money.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Currency;

/// An amount in minor units of its currency: 19.99 EUR is `1999`, 500 JPY is `500`, 1.234 KWD is `1234`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; negative for what is given back.
    #[schema(example = 1999)]
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// Why two amounts cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are of two currencies; nothing here knows a rate of exchange.
    #[error("{0} and {1} cannot be combined; convert one of them first")]
    TwoCurrencies(Currency, Currency),
    /// The result does not fit into 64 bits of minor units.
    #[error("the amount is larger than 64 bits of {0} can hold")]
    Overflow(Currency),
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in the given currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    /// [`MoneyError::TwoCurrencies`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// This amount less the other.
    ///
    /// # Errors
    /// [`MoneyError::TwoCurrencies`], [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// This amount `quantity` times.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(self, quantity: u32) -> Result<Self, MoneyError> {
        self.holding(self.amount.checked_mul(i64::from(quantity)))
    }

    /// The amount with the opposite sign.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for `i64::MIN`.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.holding(self.amount.checked_neg())
    }

    /// The sum of all amounts, zero of `currency` when there are none.
    ///
    /// # Errors
    /// [`MoneyError::TwoCurrencies`], [`MoneyError::Overflow`].
    pub fn checked_sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    fn combine(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::TwoCurrencies(self.currency, other.currency));
        }
        self.holding(operation(self.amount, other.amount))
    }

    fn holding(self, amount: Option<i64>) -> Result<Self, MoneyError> {
        amount
            .map(|amount| Self::new(amount, self.currency))
            .ok_or(MoneyError::Overflow(self.currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn euro(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn amounts_of_one_currency_are_added_subtracted_and_multiplied() {
        assert_eq!(euro(1999).checked_add(euro(1)), Ok(euro(2000)));
        assert_eq!(euro(1).checked_sub(euro(1999)), Ok(euro(-1998)));
        assert_eq!(euro(333).checked_mul(3), Ok(euro(999)));
        assert_eq!(euro(5).checked_neg(), Ok(euro(-5)));
        assert_eq!(Money::checked_sum(Currency::EUR, [euro(1), euro(2)]), Ok(euro(3)));
    }

    #[test]
    fn two_currencies_are_never_combined() {
        let error = euro(1).checked_add(Money::new(1, Currency::JPY)).unwrap_err();
        assert_eq!(error.to_string(), "EUR and JPY cannot be combined; convert one of them first");
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_never_wraps() {
        let overflow = Err(MoneyError::Overflow(Currency::EUR));
        assert_eq!(euro(i64::MAX).checked_add(euro(1)), overflow);
        assert_eq!(euro(i64::MIN).checked_sub(euro(1)), overflow);
        assert_eq!(euro(i64::MAX).checked_mul(2), overflow);
        assert_eq!(euro(i64::MIN).checked_neg(), overflow);
    }

    #[test]
    fn json_states_minor_units_and_currency() {
        assert_eq!(
            serde_json::to_string(&euro(1999)).unwrap(),
            r#"{"amount":1999,"currency":"EUR"}"#
        );
        assert!(
            serde_json::from_str::<Money>(r#"{"amount":19.99,"currency":"EUR"}"#).is_err(),
            "no fractions of a minor unit"
        );
    }
}
