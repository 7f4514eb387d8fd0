//! Amounts of money that are kept as whole numbers of a minor unit.

use kontor_model::currency;

/// Digits of the minor unit of an amount whose field has `decimals`. They give way to what the
/// record's own currency has; more than three belong to no ordinary currency and were said on
/// purpose.
#[must_use]
pub fn own_digits(decimals: u32, currency: Option<&str>) -> u32 {
    let own = currency.and_then(currency::minor_digits).map(u32::from);
    own.filter(|_| decimals <= 3).unwrap_or(decimals)
}

/// A whole number of minor units in major ones, without rounding: `12345` with two digits is
/// `123.45`. What is no whole number stays as it is.
#[must_use]
pub fn in_major_units(minor: &str, digits: u32) -> String {
    let digits = digits as usize;
    let (sign, unsigned) = match minor.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", minor),
    };
    if digits == 0 || unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return minor.to_owned();
    }
    let padded = format!("{unsigned:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_has_its_own_minor_unit() {
        assert_eq!(in_major_units("1299", own_digits(2, Some("EUR"))), "12.99");
        assert_eq!(in_major_units("-5", own_digits(2, None)), "-0.05");
        assert_eq!(in_major_units("1299", own_digits(2, Some("JPY"))), "1299");
        assert_eq!(in_major_units("1299", own_digits(2, Some("KWD"))), "1.299");
        assert_eq!(in_major_units("1299", own_digits(4, Some("JPY"))), "0.1299");
    }
}
