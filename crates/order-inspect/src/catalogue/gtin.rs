//! Global trade item numbers.

/// Whether the text is a GTIN-8, -12, -13 or -14 with a right check digit.
pub(crate) fn is_gtin(text: &str) -> bool {
    matches!(text.len(), 8 | 12 | 13 | 14)
        && text.bytes().all(|b| b.is_ascii_digit())
        && weighted_sum(text).is_multiple_of(10)
}

/// The digits from the right, weighted 1 and 3 in turn: a multiple of ten where the check digit is right
/// (GS1 General Specifications 7.9).
fn weighted_sum(digits: &str) -> u32 {
    digits.bytes().rev().zip([1, 3].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum()
}

#[cfg(test)]
mod tests {
    use super::is_gtin;

    #[test]
    fn a_gtin_of_each_length_is_known_by_its_check_digit() {
        for right in ["96385074", "614141007349", "4006381333931", "10614141007346"] {
            assert!(is_gtin(right), "{right}");
            let last = right.as_bytes()[right.len() - 1] - b'0';
            let wrong = format!("{}{}", &right[..right.len() - 1], (last + 1) % 10);
            assert!(!is_gtin(&wrong), "{wrong}");
        }
    }

    #[test]
    fn other_lengths_and_letters_are_no_gtin() {
        for wrong in ["", "0", "400638133393", "400638133393X", "4006381333931 ", "５00638133393"]
        {
            assert!(!is_gtin(wrong), "{wrong}");
        }
    }
}
