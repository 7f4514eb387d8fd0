//! What people enter, read as they write it: the other direction of [`crate::format`]. Nothing is
//! guessed: a text has the one meaning that the reader's language gives it, or is refused.

use jiff::civil::{Date, DateTime, Time};
use kontor_model::field_type::{Expected, InvalidInput};

use crate::format::{MONTHS, marks};
use crate::texts::Language;

/// A number as a person of the language writes it, in plain notation: `1.234,5` in German and
/// `1,234.5` in English are `1234.5`. Groups of thousands must be whole groups, so that `1.234` in
/// German is 1234 and in English 1.234. The other language's mark is taken for a decimal point
/// only where it can be nothing else (`79.90`, `0.125` in German). `None` when it is no number.
#[must_use]
pub fn number(language: Language, text: &str) -> Option<String> {
    let (sign, unsigned) = signed(text.trim());
    let (thousand, point) = marks(language);
    let plain = match unsigned.split_once(point) {
        Some((whole, fraction)) if is_digits(fraction) => {
            let whole = if whole.is_empty() { "0".to_owned() } else { ungrouped(whole, thousand)? };
            format!("{whole}.{fraction}")
        }
        Some(_) => return None,
        None => ungrouped(unsigned, thousand).or_else(|| foreign(unsigned, thousand))?,
    };
    Some(format!("{sign}{plain}"))
}

fn signed(text: &str) -> (&'static str, &str) {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Digits without the marks between their groups; all groups but the first have three.
fn ungrouped(text: &str, thousand: char) -> Option<String> {
    let mut groups = text.split(thousand);
    let first = groups.next().filter(|first| is_digits(first))?;
    let mut digits = first.to_owned();
    for group in groups {
        let is_group = group.len() == 3 && is_digits(group);
        if !is_group || first.len() > 3 || first.starts_with('0') {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

/// A single mark of the other language that can only stand before a fraction.
fn foreign(text: &str, mark: char) -> Option<String> {
    let (whole, fraction) = text.split_once(mark)?;
    let is_plain = is_digits(whole) && is_digits(fraction);
    (is_plain && (fraction.len() != 3 || whole == "0")).then(|| format!("{whole}.{fraction}"))
}

/// An amount of money as a person writes it, with or without its currency, as the database keeps
/// it: with `minor` as a whole number of minor units, else in plain notation.
///
/// # Errors
/// [`InvalidInput::Scale`] for more decimals than the currency has; [`InvalidInput::Form`].
pub fn amount(
    language: Language,
    text: &str,
    currency: Option<&str>,
    minor: Option<u8>,
) -> Result<String, InvalidInput> {
    let bare = without_currency(text.trim(), currency.unwrap_or_default());
    let plain = number(language, bare)
        .ok_or_else(|| InvalidInput::Form { text: text.to_owned(), expected: Expected::Decimal })?;
    match minor {
        Some(digits) => counted(&plain, digits),
        None => Ok(plain),
    }
}

fn without_currency<'a>(text: &'a str, currency: &str) -> &'a str {
    if currency.is_empty() {
        return text;
    }
    let behind = text.len().checked_sub(currency.len()).and_then(|at| text.split_at_checked(at));
    if let Some((bare, end)) = behind
        && end.eq_ignore_ascii_case(currency)
    {
        return bare.trim_end();
    }
    match text.split_at_checked(currency.len()) {
        Some((start, bare)) if start.eq_ignore_ascii_case(currency) => bare.trim_start(),
        _ => text,
    }
}

/// `123.4` with two digits is `12340`.
fn counted(plain: &str, digits: u8) -> Result<String, InvalidInput> {
    let (sign, unsigned) = signed(plain);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let fraction = fraction.trim_end_matches('0');
    let width = usize::from(digits);
    if fraction.len() > width {
        return Err(InvalidInput::Scale { text: plain.to_owned(), scale: u32::from(digits) });
    }
    let all = format!("{whole}{fraction:0<width$}");
    let units = all.trim_start_matches('0');
    Ok(if units.is_empty() { "0".to_owned() } else { format!("{sign}{units}") })
}

/// What an input shows of a number in plain notation: in the language's marks, without groups.
/// What is not plain notation stays as it is.
#[must_use]
pub fn number_text(language: Language, plain: &str) -> String {
    let is_plain = {
        let unsigned = plain.strip_prefix('-').unwrap_or(plain);
        unsigned.split('.').all(is_digits) && unsigned.matches('.').count() < 2
    };
    if is_plain { plain.replace('.', &marks(language).1.to_string()) } else { plain.to_owned() }
}

/// What an input shows of an amount, without its currency.
#[must_use]
pub fn amount_text(language: Language, plain: &str, minor: Option<u8>) -> String {
    number_text(
        language,
        &kontor_office::catalog::in_major_units(plain, u32::from(minor.unwrap_or(0))),
    )
}

/// A day as people write it: `20.11.2026`, `20 Nov 2026`, `2026-11-20`. Days with strokes are
/// refused, since nobody knows whether their month comes first.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let ([year, _, _], true) = (parts(text, '-').as_slice(), is_ascii(text)) {
        return (year.len() == 4).then(|| text.parse().ok()).flatten();
    }
    let (day, month, year) = match (parts(text, '.').as_slice(), parts(text, ' ').as_slice()) {
        ([day, month, year], _) => (*day, month.parse().ok()?, *year),
        (_, [day, month, year]) => (*day, named_month(month)?, *year),
        _ => return None,
    };
    let year = year.trim();
    if year.len() != 4 || !is_digits(year) {
        return None;
    }
    Date::new(year.parse().ok()?, month, day.trim().trim_end_matches('.').parse().ok()?).ok()
}

fn is_ascii(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn parts(text: &str, mark: char) -> Vec<&str> {
    text.split(mark).map(str::trim).collect()
}

fn named_month(name: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|month| {
        name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(month))
            && name.chars().all(char::is_alphabetic)
    })?;
    i8::try_from(at + 1).ok()
}

/// Day and time without a zone: `20.11.2026 10:00`, `20 Nov 2026, 10:00:30.5`,
/// `2026-11-20T10:00`; a day alone is its beginning. `None` for everything else, moments that name
/// their zone included.
#[must_use]
pub fn date_time(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if let Some(date) = day(text) {
        return Some(date.to_datetime(Time::midnight()));
    }
    let (date, clock) = text.rsplit_once([' ', 'T', '\u{a0}'])?;
    let is_clock = clock.matches(':').count() >= 1
        && clock.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    let clock = is_clock.then(|| padded(clock).parse::<Time>().ok()).flatten()?;
    Some(day(date.trim_end().trim_end_matches(','))?.to_datetime(clock))
}

/// `9:05` is written `09:05` by those who keep time.
fn padded(clock: &str) -> String {
    if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::{self, Precision};

    const BOTH: [Language; 2] = [Language::German, Language::English];

    #[test]
    fn a_number_means_what_the_readers_language_says() {
        let german = |text| number(Language::German, text);
        let english = |text| number(Language::English, text);
        for (text, plain) in [
            ("1.234", "1234"),
            ("1.234,5", "1234.5"),
            ("1234,5", "1234.5"),
            ("2500", "2500"),
            ("−2.500,00", "-2500.00"),
            ("79.90", "79.90"),
            ("0.125", "0.125"),
            (",5", "0.5"),
        ] {
            assert_eq!(german(text).as_deref(), Some(plain), "{text}");
        }
        for (text, plain) in
            [("1.234", "1.234"), ("1,234", "1234"), ("1,234.5", "1234.5"), ("12,50", "12.50")]
        {
            assert_eq!(english(text).as_deref(), Some(plain), "{text}");
        }
        for wrong in ["", "-", "1.23.4", "1234.567", "1,2,3", "1.234.56", "12a", "1 2", "1,"] {
            assert_eq!(german(wrong), None, "{wrong}");
        }
        for wrong in ["1234,567", "1,23,4", "1.2.3", "12,34.5", "."] {
            assert_eq!(english(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_amount_is_entered_in_its_major_unit() {
        let german = |text| amount(Language::German, text, Some("EUR"), Some(2));
        for text in ["2500", "2.500,00", "2500,00", "2.500,00\u{a0}EUR", "EUR 2500", "2500 eur"] {
            assert_eq!(german(text).as_deref(), Ok("250000"), "{text}");
        }
        assert_eq!(german("-0,05").as_deref(), Ok("-5"));
        assert_eq!(german("-0").as_deref(), Ok("0"));
        assert!(matches!(german("1,005"), Err(InvalidInput::Scale { scale: 2, .. })));
        assert!(matches!(german("12 USD"), Err(InvalidInput::Form { .. })));
        let of = |text, currency, minor| {
            amount(Language::English, text, Some(currency), Some(minor)).ok()
        };
        assert_eq!(of("2,500.00", "EUR", 2).as_deref(), Some("250000"));
        assert_eq!(of("2500", "JPY", 0).as_deref(), Some("2500"));
        assert_eq!(of("2.5", "JPY", 0), None);
        assert_eq!(of("2.505", "KWD", 3).as_deref(), Some("2505"));
        let decimal = amount(Language::German, "12,5000 €", Some("€"), None);
        assert_eq!(decimal.as_deref(), Ok("12.5000"));
    }

    #[test]
    fn days_and_times_are_read_as_people_write_them() {
        let read = |text| date_time(text).map(|at| at.to_string());
        for text in [
            "20.11.2026 10:00",
            "20.11.2026, 10:00",
            "20. 11. 2026 10:00:00",
            "20 Nov 2026, 10:00",
            "20 November 2026 10:00",
            "2026-11-20T10:00",
            "2026-11-20 10:00:00",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-11-20T10:00:00"), "{text}");
        }
        assert_eq!(read("1.2.2026 9:05:07.25").as_deref(), Some("2026-02-01T09:05:07.25"));
        assert_eq!(read("1.2.2026").as_deref(), Some("2026-02-01T00:00:00"));
        for wrong in ["11/20/2026 10:00", "20.11.26", "30.2.2026", "2026-11-20T10:00Z", "infinity"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_of_a_number_reads_back(plain in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,9})?") {
            for language in BOTH {
                let shown = format::decimal(language, &plain);
                prop_assert_eq!(number(language, &shown), Some(plain.clone()), "{}", shown);
                let typed = number_text(language, &plain);
                let read = number(language, &typed);
                prop_assert_eq!(read, Some(plain.clone()), "{}", typed);
            }
        }

        #[test]
        fn what_is_shown_of_an_amount_reads_back(
            units in any::<i64>(),
            minor in 0_u8..=4,
            currency in prop::option::of("[A-Z]{3}|€|kr"),
        ) {
            let plain = units.to_string();
            for language in BOTH {
                let shown = format::money(language, &plain, currency.as_deref(), minor);
                let read = amount(language, &shown, currency.as_deref(), Some(minor));
                prop_assert_eq!(read.ok(), Some(plain.clone()), "{}", shown);
                let typed = amount_text(language, &plain, Some(minor));
                let read = amount(language, &typed, currency.as_deref(), Some(minor));
                prop_assert_eq!(read.ok(), Some(plain.clone()), "{}", typed);
            }
        }

        #[test]
        fn what_is_shown_of_a_time_reads_back(seconds in -62_000_000_000_i64..250_000_000_000, nanos in 0_i32..1_000_000_000) {
            let at = jiff::Timestamp::new(seconds, if seconds < 0 { -nanos } else { nanos }).expect("in range");
            let local = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            for language in BOTH {
                let shown = format::date_time(language, local, Precision::Exact);
                prop_assert_eq!(date_time(&shown), Some(local), "{}", shown);
            }
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in "\\PC{0,20}") {
            for language in BOTH {
                let _ = number(language, &text);
                let _ = amount(language, &text, Some("EUR"), Some(2));
            }
            let _ = date_time(&text);
        }
    }
}
