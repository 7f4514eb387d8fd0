//! Identifiers in any spelling: order numbers, telephone numbers, e-mail addresses, IBANs, codes
//! for tracking, numbers of articles.
//!
//! An identifier is indexed under every form that [`forms`] gives, and asked for in the same way;
//! two spellings mean the same where they share a form. Nobody has to say what kind of number it
//! is: who pastes one does not know either.

use crate::words::folded;

/// No form is longer than this; a longer text is no identifier.
pub(crate) const LONGEST: usize = 64;
/// Digits of the shortest telephone number, and of the longest (15 by ITU-T E.164) with `00` and
/// the `0` of the area.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=18;
/// Digits of the shortest number in several parts that is recognised within a text.
const LEAST_IN_TEXT: usize = 7;
/// Digits at the end of a number by which alone it is found.
const LEAST_AT_END: usize = 3;

/// The forms of an identifier, the most particular first; none where the text cannot be one.
pub(crate) fn forms(text: &str) -> Vec<String> {
    let text = text.trim();
    if let Some(address) = address(text) {
        return vec![address];
    }
    let mut forms = Vec::new();
    add(&mut forms, without_zeros(&plain(text)));
    if let Some(number) = Telephone::of(text) {
        number.forms().into_iter().for_each(|form| add(&mut forms, form));
    }
    // RE-00042 is RE-42 to people.
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(|part| without_zeros(&plain(part))).collect();
    if parts.len() > 1 {
        add(&mut forms, parts.concat());
    }
    forms
}

fn add(forms: &mut Vec<String>, form: String) {
    if !form.is_empty() && form.len() <= LONGEST && !forms.contains(&form) {
        forms.push(form);
    }
}

/// An e-mail address in small letters.
fn address(text: &str) -> Option<String> {
    let bare = text.trim_matches(|c: char| matches!(c, '<' | '>' | '"' | ',' | ';'));
    let bare = bare.strip_prefix("mailto:").unwrap_or(bare);
    let (name, domain) = bare.split_once('@')?;
    let fits = !name.is_empty() && !domain.is_empty() && !bare.chars().any(char::is_whitespace);
    // Small letters may take more bytes than capitals.
    Some(bare.to_lowercase()).filter(|address| fits && address.len() <= LONGEST)
}

/// Letters and digits only, in small letters.
fn plain(text: &str) -> String {
    if text.len() > 2 * LONGEST { String::new() } else { folded(text) }
}

/// A number with zeros before it is the number; nothing but zeros is one zero.
fn without_zeros(text: &str) -> String {
    match text.trim_start_matches('0') {
        "" if !text.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    }
}

/// What may be a telephone number.
struct Telephone {
    digits: String,
    /// Whether it begins with the country's number.
    is_international: bool,
}

impl Telephone {
    fn of(text: &str) -> Option<Self> {
        let may_stand = |c: char| c.is_ascii_digit() || " \u{a0}\u{202f}-–/.()+".contains(c);
        if !text.chars().all(may_stand) {
            return None;
        }
        // The zero that one leaves out when calling from abroad: +49 (0) 431.
        let text = if text.starts_with('+') || text.starts_with("00") {
            text.replacen("(0)", "", 1)
        } else {
            text.to_owned()
        };
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if !PHONE_DIGITS.contains(&digits.len()) {
            return None;
        }
        let after_zeros = digits.strip_prefix("00");
        Some(match (text.contains('+'), after_zeros) {
            (true, _) => Self { digits, is_international: true },
            (false, Some(rest)) => Self { digits: rest.to_owned(), is_international: true },
            (false, None) => Self { digits, is_international: false },
        })
    }

    /// From abroad and within the country.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![without_zeros(&self.digits)];
        if self.is_international {
            let national = self.digits.get(country_digits(&self.digits)..).unwrap_or_default();
            if national.len() >= 4 {
                forms.push(without_zeros(national));
            }
        }
        forms
    }
}

/// How many digits the number of the country has, by ITU-T E.164.
fn country_digits(number: &str) -> usize {
    let two = number.get(..2).and_then(|digits| digits.parse::<u8>().ok()).unwrap_or(0);
    match two {
        10..=19 | 70..=79 => 1,
        20
        | 27
        | 30..=34
        | 36
        | 39..=41
        | 43..=49
        | 51..=58
        | 60..=66
        | 81
        | 82
        | 84
        | 86
        | 90..=95
        | 98 => 2,
        _ => 3,
    }
}

/// The forms of what looks like an identifier within a text: words with digits in them, e-mail
/// addresses, and numbers that are written in several parts.
pub(crate) fn recognised(text: &str, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for token in tokens(text) {
        if found.len() >= most {
            break;
        }
        if is_one(token) {
            forms(token).into_iter().for_each(|form| add(&mut found, form));
        }
        if is_part_of_number(token, &run) {
            run.push(token);
        } else {
            end_of_number(&mut run, &mut found);
        }
    }
    end_of_number(&mut run, &mut found);
    found.truncate(most);
    found
}

/// What stands between spaces, without the punctuation of a sentence.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|token| token.trim_matches(|c: char| ",;:!?\"'„“”‚‘’[]{}<>".contains(c)))
        .map(|token| token.trim_end_matches('.'))
        .filter(|token| !token.is_empty())
}

/// Whether a token of a text is an identifier rather than a word: an e-mail address, a longer one
/// with digits in it, or a short one whose digits stand behind a mark (`K-7`, `12/3`).
pub(crate) fn is_one(token: &str) -> bool {
    let has_digit = token.bytes().any(|b| b.is_ascii_digit());
    let letters = token.chars().filter(|c| c.is_alphanumeric()).count();
    let has_mark = token.trim_matches(|c: char| !c.is_alphanumeric()).chars().count() > letters;
    token.contains('@') || has_digit && (token.chars().count() > 4 || has_mark && letters > 1)
}

/// The digits by which people call a number with a mark before them: `7493` of `DE-7493`, `1001` of
/// `2026-1001`. Telephone numbers and days are not called so.
pub(crate) fn digits_at_end(token: &str) -> Option<String> {
    let before = token.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &token[before.len()..];
    if digits.len() < LEAST_AT_END || token.contains('@') {
        return None;
    }
    let has_letter = before.chars().any(char::is_alphabetic);
    let year = before.strip_suffix(['-', '/', '.', '_']).unwrap_or_default();
    let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    let is_counted = is_year && !year.starts_with('0');
    Some(without_zeros(digits)).filter(|form| (has_letter || is_counted) && form.len() <= LONGEST)
}

/// Whether a token goes on with a number that is written in several parts: digits, or what an IBAN
/// and a code for tracking have at their beginning and end.
fn is_part_of_number(token: &str, run: &[&str]) -> bool {
    let has_digit = token.bytes().any(|b| b.is_ascii_digit());
    let is_number =
        has_digit && token.chars().all(|c| c.is_ascii_digit() || "-–/.()+#".contains(c));
    let mut bytes = token.bytes();
    let is_head = token.len() <= 4
        && bytes.by_ref().take(2).all(|b| b.is_ascii_uppercase())
        && bytes.all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    is_number || token == "+" || is_head && (has_digit || !run.is_empty())
}

fn end_of_number(run: &mut Vec<&str>, found: &mut Vec<String>) {
    let text = run.join(" ");
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if run.len() > 1 && (LEAST_IN_TEXT..=34).contains(&digits) {
        forms(&text).into_iter().for_each(|form| add(found, form));
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let other = forms(b);
        forms(a).iter().any(|form| other.contains(form))
    }

    #[test]
    fn a_number_is_forgiven_its_spelling() {
        for (held, asked) in [
            ("2026-104233", "#2026-104 233"),
            ("2026-104233", "2026104233"),
            ("000123", "123"),
            ("RE-00042", "re 42"),
            ("RE-00042", "RE00042"),
            ("TEE-1", "tee 1"),
            ("DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
            ("DE89370400440532013000", "de89-3704-0044-0532-0130-00"),
            ("00340434161094021501", "0034 0434 1610 9402 1501"),
            ("RR123456785DE", "rr 123 456 785 de"),
            ("Anna@Example.org", "anna@example.ORG"),
            ("anna@example.org", "<anna@example.org>"),
            ("0", "000"),
        ] {
            assert!(same(held, asked), "{held} is asked for as {asked}");
        }
    }

    #[test]
    fn a_telephone_number_is_one_from_abroad_and_from_home() {
        let spellings = [
            "0431 123456",
            "0431/12 34 56",
            "(0431) 123456",
            "+49 431 123456",
            "+49 (0)431 123456",
            "+49 (0) 431 / 12-34-56",
            "0049 431 123456",
            "0049431123456",
        ];
        for held in spellings {
            for asked in spellings {
                assert!(same(held, asked), "{held} is asked for as {asked}");
            }
        }
        assert!(!same("0431 123456", "0431 123457"));
        assert!(same("+1 (212) 555-0100", "212 555 0100"));
        assert!(same("+353 1 234 5678", "01 234 5678"));
    }

    #[test]
    fn the_digits_of_a_number_are_its_name_to_people() {
        for (held, digits) in
            [("DE-7493", "7493"), ("2026-1001", "1001"), ("RE-00042", "42"), ("K1017", "1017")]
        {
            assert_eq!(digits_at_end(held).as_deref(), Some(digits), "{held}");
        }
        for held in ["K-7", "0431-123", "2026-11-200", "7493", "a@b123", "Straße"] {
            assert_eq!(digits_at_end(held), None, "{held}");
        }
    }

    #[test]
    fn different_numbers_stay_apart() {
        assert!(!same("2026-1001", "2026-1010"));
        assert!(!same("RE-42", "AB-42"));
        assert!(!same("anna@example.org", "anne@example.org"));
        assert_eq!(forms(" – "), Vec::<String>::new());
        assert_eq!(forms(""), Vec::<String>::new());
    }

    #[test]
    fn identifiers_are_recognised_within_texts() {
        let text = "Bitte an Anna.Bauer@example.org, IBAN DE89 3704 0044 0532 0130 00; Tel. +49 \
                    431 123456 wegen Auftrag #2026-104233.";
        let found = recognised(text, 64);
        for asked in
            ["anna.bauer@example.org", "DE89370400440532013000", "0431 123456", "2026104233"]
        {
            assert!(forms(asked).iter().any(|form| found.contains(form)), "{asked} in {found:?}");
        }
        assert_eq!(recognised("zwei Tassen Tee um 10", 64), Vec::<String>::new());
    }

    /// A number as people copy it: separators between its characters, in any case.
    fn misspelled(held: &str, gaps: &[u8], upper: bool) -> String {
        let mut out = String::new();
        for (at, c) in held.chars().filter(|c| c.is_alphanumeric()).enumerate() {
            if at > 0 {
                out.push_str(match gaps.get(at % gaps.len().max(1)) {
                    Some(0) => " ",
                    Some(1) => "-",
                    Some(2) => ".",
                    Some(3) => "/",
                    _ => "",
                });
            }
            if upper { out.extend(c.to_uppercase()) } else { out.extend(c.to_lowercase()) }
        }
        out
    }

    proptest! {
        #[test]
        fn any_spelling_finds_it(
            held in "[A-Z]{0,3}-?[0-9]{4,12}",
            gaps in prop::collection::vec(0_u8..8, 1..12),
            upper: bool,
            hash in "#?",
        ) {
            let asked = format!("{hash}{}", misspelled(&held, &gaps, upper));
            prop_assert!(same(&held, &asked), "{} asked as {}", held, asked);
        }

        #[test]
        fn leading_zeros_are_forgiven(number in 1_u64..9_999_999_999, zeros in 0_usize..8) {
            let padded = format!("{}{number}", "0".repeat(zeros));
            prop_assert!(same(&padded, &number.to_string()));
            let (held, asked) = (format!("RE-{padded}"), format!("RE {number}"));
            prop_assert!(same(&held, &asked));
        }

        #[test]
        fn national_and_international_telephone_numbers_are_one(
            area in "[1-9][0-9]{1,4}", number in "[0-9]{4,8}", country in "49|43|41|44|33|1|7|353|420",
        ) {
            let home = format!("0{area} {number}");
            for abroad in [
                format!("+{country} {area} {number}"),
                format!("00{country}{area}{number}"),
                format!("+{country} (0){area}-{number}"),
            ] {
                prop_assert!(same(&home, &abroad), "{} and {}", home, abroad);
            }
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,80}") {
            for form in forms(&text).into_iter().chain(recognised(&text, 20)) {
                prop_assert!(!form.is_empty() && form.len() <= LONGEST);
            }
        }
    }
}
