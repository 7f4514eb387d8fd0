//! Numbers, days and GTINs as people and spreadsheets write them. Nothing is guessed: what could mean two things
//! is refused with both.

use jiff::{civil::Date, tz::TimeZone};

use crate::{moment::Moment, money::Currency};

/// Which mark a format has before its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum Notation {
    /// A point: the format says so.
    Point,
    /// A point or a comma: people have opened the file in a spreadsheet.
    Either,
}

/// An amount in minor units, and the currency that stands beside it: `12,90 EUR`, `€ 12.90`, `1.234,50`.
pub(in crate::exchange) fn amount(
    text: &str,
    currency: Currency,
    notation: Notation,
) -> Result<(i64, Option<Currency>), String> {
    let (number, said) = split_currency(text.trim())?;
    let exponent = said.unwrap_or(currency).exponent();
    let minor = decimal(number, exponent, notation).map_err(|why| match why {
        Unread::NoNumber => format!("“{text}” is no price: write it like 1234.50"),
        Unread::TooFine => {
            let code = said.unwrap_or(currency);
            format!("“{text}” has more decimals than {code} has ({exponent}): round it")
        }
        Unread::TwoMeanings => {
            format!("“{text}” can be read in two ways: write it without marks between thousands, like 1234.50")
        }
    })?;
    Ok((minor, said))
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum Unread {
    /// It is something else.
    NoNumber,
    /// It has more decimals than can be kept.
    TooFine,
    /// Its mark may stand before decimals or between thousands.
    TwoMeanings,
}

/// A number that is not negative, in units of 10 to the power of minus `exponent`.
pub(in crate::exchange) fn decimal(
    text: &str,
    exponent: u32,
    notation: Notation,
) -> Result<i64, Unread> {
    let (whole, fraction) = halves(text, exponent, notation)?;
    let keep = usize::try_from(exponent).unwrap_or(0);
    let kept = fraction.get(..keep.min(fraction.len())).unwrap_or_default();
    if !fraction[kept.len()..].bytes().all(|it| it == b'0') {
        return Err(Unread::TooFine);
    }
    let digits = format!("{whole}{kept:0<keep$}");
    if digits.is_empty() || digits.len() > 17 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Err(Unread::NoNumber);
    }
    digits.parse().map_err(|_| Unread::NoNumber)
}

/// The digits before and after the decimal mark, without marks between thousands. A lone mark before three digits
/// stands before decimals where nothing else is before it, and where it is a point and three decimals are kept: so
/// amounts are exported.
fn halves(text: &str, exponent: u32, notation: Notation) -> Result<(String, String), Unread> {
    let text: String =
        text.chars().filter(|it| !matches!(it, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')).collect();
    let plain = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let split = |at: usize| (text[..at].replace(['.', ','], ""), text[at + 1..].to_owned());
    let (whole, fraction) = match (notation, text.rfind(['.', ','])) {
        (_, None) => (text, String::new()),
        (Notation::Point, Some(at))
            if text.matches(['.', ',']).count() == 1 && text[at..].starts_with('.') =>
        {
            split(at)
        }
        (Notation::Point, Some(_)) => return Err(Unread::NoNumber),
        (Notation::Either, Some(at)) => {
            let mark = &text[at..=at];
            let others = text[..at].matches(['.', ',']).count();
            let same = text[..at].matches(mark).count();
            match (others, same) {
                (0, _) if text.len() - at == 4 => {
                    let nothing = text[..at].bytes().all(|it| it == b'0');
                    if !nothing && (exponent != 3 || mark != ".") {
                        return Err(Unread::TwoMeanings);
                    }
                    split(at)
                }
                (0, _) => split(at),
                // 1,234,567: the same mark twice stands between thousands
                (_, 1..) if same == others => (text.replace(mark, ""), String::new()),
                (_, 0) => split(at),
                _ => return Err(Unread::NoNumber),
            }
        }
    };
    if !plain(&whole) || !plain(&fraction) || whole.is_empty() && fraction.is_empty() {
        return Err(Unread::NoNumber);
    }
    Ok((whole, fraction))
}

/// The number, and the currency before or after it.
fn split_currency(text: &str) -> Result<(&str, Option<Currency>), String> {
    let mark = |it: char| it.is_alphabetic() || matches!(it, '€' | '$' | '£' | '¥');
    let before = text.find(|it| !mark(it)).unwrap_or(text.len());
    let after = text
        .rfind(|it| !mark(it))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let word = if before > 0 { &text[..before] } else { &text[after..] };
    let number = if before > 0 { &text[before..] } else { &text[..after] };
    let code = match word {
        "" => return Ok((number.trim(), None)),
        "€" => "EUR",
        "£" => "GBP",
        "¥" => "JPY",
        "$" => return Err(format!("“{text}”: there are many dollars; write USD, CAD or AUD")),
        word => word,
    };
    match code.parse() {
        Ok(currency) => Ok((number.trim(), Some(currency))),
        Err(error) => Err(format!("“{text}”: {error}")),
    }
}

/// A whole number.
pub(in crate::exchange) fn whole(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let number = text.strip_suffix(".0").unwrap_or(text);
    number.parse().map_err(|_| format!("“{text}” is no whole number"))
}

/// A GTIN as it stands in the file. The check digit is the catalogue's to check; what a spreadsheet made of it
/// is told here, as its digits are lost.
pub(in crate::exchange) fn gtin(text: &str) -> Result<String, String> {
    let text = text.trim().trim_start_matches('\'');
    let spoilt = text.contains(['e', 'E']) && text.contains('+');
    if spoilt {
        return Err(format!(
            "“{text}” is what a spreadsheet makes of a GTIN: its digits are lost. Format the column as text and \
             fill it in again"
        ));
    }
    Ok(text.chars().filter(|it| !matches!(it, ' ' | '-')).collect())
}

/// A yes or a no.
pub(in crate::exchange) fn truth(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "wahr" => Ok(true),
        "false" | "no" | "0" | "falsch" => Ok(false),
        _ => Err(format!("“{text}” is neither TRUE nor FALSE")),
    }
}

/// A moment (ISO 8601), or the beginning of a day in a time zone.
pub(in crate::exchange) fn moment(text: &str, zone: &TimeZone) -> Result<Moment, String> {
    let text = text.trim();
    let wrong =
        || format!("“{text}” is no date: write it like 2026-11-27 or 2026-11-27T08:00:00+01:00");
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Ok(timestamp.into());
    }
    // Google writes offsets without a colon: 2026-11-27T08:00+0100
    if let Ok(zoned) = jiff::Zoned::strptime("%Y-%m-%dT%H:%M%z", text) {
        return Ok(zoned.timestamp().into());
    }
    if let Ok(zoned) = jiff::Zoned::strptime("%Y-%m-%dT%H:%M:%S%z", text) {
        return Ok(zoned.timestamp().into());
    }
    let local = match text.parse::<jiff::civil::DateTime>() {
        Ok(local) => local,
        Err(_) => text.parse::<Date>().map_err(|_| wrong())?.at(0, 0, 0, 0),
    };
    local.to_zoned(zone.clone()).map(|it| it.timestamp().into()).map_err(|_| wrong())
}

/// The moment before which something ends: a moment as it is, of a day its end, as the last day belongs to the time.
pub(in crate::exchange) fn end(text: &str, zone: &TimeZone) -> Result<Moment, String> {
    let next = text.trim().parse::<Date>().ok().filter(|_| text.trim().len() == 10);
    match next.and_then(|day| day.tomorrow().ok()) {
        Some(next) => moment(&next.to_string(), zone),
        None => moment(text, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, wanted) in [
            ("12.90", 1290),
            ("12,90", 1290),
            ("12,9", 1290),
            ("12", 1200),
            ("12,90 EUR", 1290),
            ("EUR 12.90", 1290),
            ("€12.90", 1290),
            ("1.234,50 €", 123_450),
            ("1,234.50", 123_450),
            ("1'234.50", 123_450),
            ("1 234,50", 123_450),
            ("1.234.567", 123_456_700),
            ("12.9000", 1290),
            ("0", 0),
        ] {
            let read = amount(text, Currency::EUR, Notation::Either);
            assert_eq!(read.map(|it| it.0), Ok(wanted), "{text}");
        }
        assert_eq!(amount("500", Currency::JPY, Notation::Either), Ok((500, None)));
        assert_eq!(
            amount("1.234 KWD", Currency::EUR, Notation::Point),
            Ok((1234, Some(Currency::KWD)))
        );
    }

    #[test]
    fn three_decimals_are_read_where_they_mean_one_thing() {
        for (text, wanted) in [
            ("0.375", 375),
            ("0,375", 375),
            (".375", 375),
            ("375.000", 375_000),
            ("12.900", 12_900),
        ] {
            assert_eq!(decimal(text, 3, Notation::Either), Ok(wanted), "{text}");
        }
        assert_eq!(decimal("12,900", 3, Notation::Either), Err(Unread::TwoMeanings));
        assert_eq!(decimal("12.900", 2, Notation::Either), Err(Unread::TwoMeanings));
        assert_eq!(decimal("0.900", 2, Notation::Either), Ok(90));
        assert_eq!(decimal("0.375", 2, Notation::Either), Err(Unread::TooFine));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(minor in 0_i64..10_000_000_000, thousandths in 0_u64..10_000_000) {
            for currency in [Currency::EUR, Currency::JPY, Currency::KWD] {
                let text = crate::exchange::plan::prices::decimal(minor, currency);
                proptest::prop_assert_eq!(amount(&text, currency, Notation::Either), Ok((minor, None)), "{}", text);
            }
            let text = crate::exchange::shopify::write::thousandths(thousandths);
            let read = decimal(&text, 3, Notation::Either);
            proptest::prop_assert_eq!(read, Ok(i64::try_from(thousandths).unwrap()), "{}", text);
        }
    }

    #[test]
    fn what_is_no_amount_says_what_to_write() {
        for (text, wanted) in [
            ("12.9012", "more decimals than EUR has (2)"),
            ("1.234", "two ways"),
            ("free", "ISO 4217"),
            ("", "like 1234.50"),
            ("-5", "like 1234.50"),
            ("$5", "USD"),
            ("1,2,3.4.5", "like 1234.50"),
        ] {
            let error = amount(text, Currency::EUR, Notation::Either).unwrap_err();
            assert!(error.contains(wanted), "{text}: {error}");
        }
        assert!(amount("12,90", Currency::EUR, Notation::Point).is_err());
    }

    #[test]
    fn a_gtin_that_a_spreadsheet_has_spoilt_is_told_as_such() {
        assert_eq!(gtin("'4006381333931").as_deref(), Ok("4006381333931"));
        assert!(gtin("4,00638E+12").unwrap_err().contains("spreadsheet"));
    }

    #[test]
    fn days_begin_where_the_shop_is() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let day = moment("2026-11-27", &berlin).unwrap();
        assert_eq!(day.to_string(), "2026-11-26T23:00:00Z");
        assert_eq!(moment("2026-11-27T00:00+0100", &berlin), Ok(day));
        assert_eq!(moment("2026-11-27T00:00:00+01:00", &berlin), Ok(day));
        assert!(moment("27.11.2026", &berlin).is_err());
    }

    #[test]
    fn days_end_where_the_next_begins_also_when_the_clock_is_changed() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (day, next) in [
            ("2026-11-30", "2026-12-01"),
            ("2026-10-25", "2026-10-26"),
            ("2026-03-29", "2026-03-30"),
            ("2026-11-27T08:00:00+01:00", "2026-11-27T08:00:00+01:00"),
        ] {
            assert_eq!(end(day, &berlin), moment(next, &berlin), "{day}");
        }
        assert!(end("2026-02-30", &berlin).is_err());
    }
}
