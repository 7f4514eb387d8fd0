//! Account numbers for transfers (ISO 13616).

/// An IBAN without spaces, in capital letters, if the text is one: two letters of a country, two digits that check it
/// (ISO 7064, MOD 97-10), and up to 30 letters and digits.
pub fn plain_iban(text: &str) -> Option<String> {
    let plain: String =
        text.chars().filter(|it| *it != ' ').map(|it| it.to_ascii_uppercase()).collect();
    let fits =
        (15..=34).contains(&plain.len()) && plain.chars().all(|it| it.is_ascii_alphanumeric());
    let (country, rest) = plain.split_at_checked(2)?;
    let (check, account) = rest.split_at_checked(2)?;
    let named = country.chars().all(|it| it.is_ascii_uppercase())
        && check.chars().all(|it| it.is_ascii_digit());
    let mut remainder = 0_u32;
    for character in account.chars().chain(country.chars()).chain(check.chars()) {
        // Letters count from A = 10.
        let value = character.to_digit(36)?;
        remainder = (remainder * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    (fits && named && remainder == 1).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::plain_iban;

    #[test]
    fn an_iban_is_read_with_spaces_and_small_letters() {
        let plain = Some("DE89370400440532013000".to_owned());
        assert_eq!(plain_iban("de89 3704 0044 0532 0130 00"), plain);
        assert!(plain_iban("GB82 WEST 1234 5698 7654 32").is_some());
        assert!(plain_iban("NO93 8601 1117 947").is_some());
    }

    #[test]
    fn a_slip_of_the_pen_is_no_iban() {
        for text in
            ["DE89370400440532013001", "DE98370400440532013000", "DE", "", "ÄÖ89", "8937 0400"]
        {
            assert_eq!(plain_iban(text), None, "{text}");
        }
    }
}
