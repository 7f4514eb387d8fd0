//! Amounts of money that are kept as whole numbers of a minor unit.

/// Currencies without a minor unit (ISO 4217).
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF",
];
/// Currencies of a thousand minor units (ISO 4217).
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Digits of the minor unit of an amount whose field has `decimals`. The usual two give way to what
/// the currency has; anything else was said on purpose.
#[must_use]
pub fn minor_digits(decimals: u32, currency: Option<&str>) -> u32 {
    match currency {
        Some(code) if decimals == 2 && WHOLE.contains(&code) => 0,
        Some(code) if decimals == 2 && THOUSANDTHS.contains(&code) => 3,
        _ => decimals,
    }
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
        assert_eq!(in_major_units("1299", minor_digits(2, Some("EUR"))), "12.99");
        assert_eq!(in_major_units("-5", minor_digits(2, None)), "-0.05");
        assert_eq!(in_major_units("1299", minor_digits(2, Some("JPY"))), "1299");
        assert_eq!(in_major_units("1299", minor_digits(2, Some("KWD"))), "1.299");
        assert_eq!(in_major_units("1299", minor_digits(4, Some("JPY"))), "0.1299");
    }
}
