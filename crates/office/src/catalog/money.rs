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

/// An amount in plain notation as a whole number of minor units: `123.4` with two digits is
/// `12340`. `None` where it is no number, or has more digits than the unit.
#[must_use]
pub fn in_minor_units(major: &str, digits: u32) -> Option<String> {
    let width = digits as usize;
    let (sign, unsigned) = match major.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", major),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let fraction = fraction.trim_end_matches('0');
    let all = format!("{whole}{fraction:0<width$}");
    if fraction.len() > width || whole.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let units = all.trim_start_matches('0');
    Some(if units.is_empty() { "0".to_owned() } else { format!("{sign}{units}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_goes_to_minor_units_and_back() {
        for (major, digits, minor) in [
            ("12.99", 2, "1299"),
            ("12.9", 2, "1290"),
            ("-0.05", 2, "-5"),
            ("7", 0, "7"),
            ("0.00", 2, "0"),
        ] {
            assert_eq!(in_minor_units(major, digits).as_deref(), Some(minor), "{major}");
        }
        for wrong in ["12.999", "", "1,5", "x", "-"] {
            assert_eq!(in_minor_units(wrong, 2), None, "{wrong}");
        }
    }

    #[test]
    fn each_currency_has_its_own_minor_unit() {
        assert_eq!(in_major_units("1299", own_digits(2, Some("EUR"))), "12.99");
        assert_eq!(in_major_units("-5", own_digits(2, None)), "-0.05");
        assert_eq!(in_major_units("1299", own_digits(2, Some("JPY"))), "1299");
        assert_eq!(in_major_units("1299", own_digits(2, Some("KWD"))), "1.299");
        assert_eq!(in_major_units("1299", own_digits(4, Some("JPY"))), "0.1299");
    }
}
