//! How documents and mails write an amount.

use std::fmt;

use super::Money;
use crate::language::Language;

/// Keeps an amount and its currency on one line.
const NO_BREAK_SPACE: char = '\u{a0}';

impl Money {
    /// The amount as documents and mails write it.
    ///
    /// German: `1.234,56 €`, `500 ¥`, `1,234 KD` (DIN 5008). English: `€1,234.56`, `¥500`; a currency known by
    /// letters stands apart: `KD 1.234`. Negative amounts begin with a minus sign in both. The space is one that
    /// does not break.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        let sign = if self.amount < 0 { "-" } else { "" };
        let (digits, symbol) = (self.digits(language), self.currency.symbol());
        match language {
            Language::German => format!("{sign}{digits}{NO_BREAK_SPACE}{symbol}"),
            Language::English if symbol.chars().any(char::is_alphabetic) => {
                format!("{sign}{symbol}{NO_BREAK_SPACE}{digits}")
            }
            Language::English => format!("{sign}{symbol}{digits}"),
        }
    }

    /// The absolute amount with grouped digits and all decimals of the currency.
    fn digits(self, language: Language) -> String {
        let minor_per_major = self.currency.minor_per_major().unsigned_abs();
        let (major, minor) = (
            self.amount.unsigned_abs() / minor_per_major,
            self.amount.unsigned_abs() % minor_per_major,
        );
        let mut text = grouped(major, language.group_mark());
        let exponent = self.currency.exponent() as usize;
        if exponent > 0 {
            text.push(language.decimal_mark());
            text.push_str(&format!("{minor:0exponent$}"));
        }
        text
    }
}

impl fmt::Display for Money {
    /// For logs and errors: `EUR 1234.56`, independent of any language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent() as usize;
        let minor_per_major = self.currency.minor_per_major().unsigned_abs();
        let sign = if self.amount < 0 { "-" } else { "" };
        write!(f, "{} {sign}{}", self.currency, self.amount.unsigned_abs() / minor_per_major)?;
        if exponent > 0 {
            write!(f, ".{:0exponent$}", self.amount.unsigned_abs() % minor_per_major)?;
        }
        Ok(())
    }
}

/// The number with a mark between groups of three digits.
fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn amounts_are_written_in_the_notation_of_the_language_and_the_decimals_of_the_currency() {
        let chf: Currency = "CHF".parse().unwrap();
        let table = [
            (1999, Currency::EUR, "19,99 €", "€19.99"),
            (5, Currency::EUR, "0,05 €", "€0.05"),
            (123_456_789, Currency::EUR, "1.234.567,89 €", "€1,234,567.89"),
            (-100_000, Currency::EUR, "-1.000,00 €", "-€1,000.00"),
            (500, Currency::JPY, "500 ¥", "¥500"),
            (1_234_567, Currency::JPY, "1.234.567 ¥", "¥1,234,567"),
            (1234, Currency::KWD, "1,234 KD", "KD 1.234"),
            (99_995, chf, "999,95 CHF", "CHF 999.95"),
            (0, Currency::EUR, "0,00 €", "€0.00"),
        ];
        for (amount, currency, german, english) in table {
            let money = Money::new(amount, currency);
            assert_eq!(money.text(Language::German).replace(NO_BREAK_SPACE, " "), german);
            assert_eq!(money.text(Language::English).replace(NO_BREAK_SPACE, " "), english);
        }
    }

    #[test]
    fn the_largest_debt_can_be_written() {
        assert_eq!(Money::new(i64::MIN, Currency::EUR).to_string(), "EUR -92233720368547758.08");
        assert_eq!(Money::new(i64::MIN, Currency::JPY).to_string(), "JPY -9223372036854775808");
    }
}
