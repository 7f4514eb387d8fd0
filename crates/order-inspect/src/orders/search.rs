//! Finding orders by what somebody has in front of them: a number, an address, a name, in any spelling.

use crate::{address::plain_email, catalogue::folding::words};

/// Calling codes of countries that the shops deliver to or that phones of their customers come from (ITU-T E.164),
/// and of none that begins like another one here.
const CALLING_CODES: [&str; 33] = [
    "30", "31", "32", "33", "34", "351", "352", "353", "354", "356", "357", "358", "359", "36",
    "370", "371", "372", "380", "385", "386", "39", "40", "41", "420", "421", "423", "43", "44",
    "45", "46", "47", "48", "49",
];

/// What somebody looks for, recognised by how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sought {
    /// The beginning of an e-mail address.
    Email(String),
    /// A number of an order, a shipment, a return, a document, a label or a parcel, or of a phone.
    Identifier {
        /// How it may be stored.
        spellings: Vec<String>,
        /// Its digits, for shops whose numbers begin with something that was left out.
        digits: Option<String>,
        /// As a phone number.
        phone: Option<String>,
    },
    /// The beginning of a last name, and words that the name must have besides.
    Name(String, Vec<String>),
}

impl Sought {
    /// Recognises a text. None where there is nothing to look for.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains('@') {
            return Some(Self::Email(plain_email(text)));
        }
        if text.chars().any(|c| c.is_ascii_digit()) {
            return Some(Self::identifier(text));
        }
        let mut words = name_words(text);
        let last = (!words.is_empty()).then(|| words.remove(0))?;
        Some(Self::Name(last, words))
    }

    fn identifier(text: &str) -> Self {
        let upper = text.to_uppercase();
        let compact: String = upper.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut spellings = vec![text.to_owned(), upper];
        // “de 1001” for DE-1001
        if let Some(at) = compact.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0) {
            spellings.push(format!("{}-{}", &compact[..at], &compact[at..]));
        }
        let digits = compact.chars().all(|c| c.is_ascii_digit()).then(|| compact.clone());
        spellings.push(compact);
        spellings.sort_unstable();
        spellings.dedup();
        Self::Identifier { spellings, digits, phone: phone_key(text) }
    }
}

/// What names of customers are found by: their words with the last one first, “Erika Mustermann” as
/// `mustermann erika`.
pub(crate) fn name_key(name: &str) -> String {
    name_words(name).join(" ")
}

/// The words of a name, the last name first: it stands last, or before a comma.
fn name_words(name: &str) -> Vec<String> {
    let (last, first) = match name.split_once(',') {
        Some((last, first)) => (words(last), words(first)),
        None => (Vec::new(), words(name)),
    };
    let mut all: Vec<String> = first.into_iter().chain(last).collect();
    let turned = usize::from(!all.is_empty());
    all.rotate_right(turned);
    all
}

/// What phone numbers are found by: the digits of the national number, so that “+49 40 123-456” and “040 123456” are
/// one. None where there are too few digits for a phone number.
pub(crate) fn phone_key(phone: &str) -> Option<String> {
    let international = phone.trim_start().starts_with('+');
    let phone = phone.replace("(0)", "");
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let abroad = match digits.strip_prefix("00") {
        Some(rest) => Some(rest),
        None => international.then_some(digits.as_str()),
    };
    let national = match abroad {
        Some(rest) => CALLING_CODES.iter().find_map(|code| rest.strip_prefix(code)).unwrap_or(rest),
        None => digits.as_str(),
    };
    let key = national.trim_start_matches('0');
    (5..=15).contains(&key.len()).then(|| key.to_owned())
}

/// A number of a parcel as it is compared: “0034 0434 1610 94” without its spaces.
pub(crate) fn tracking_key(tracking: &str) -> String {
    tracking.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_one_in_every_spelling() {
        let spellings = [
            "+49 40 123-456",
            "040/123456",
            "0049 (0)40 123456",
            "40 123 456",
            "+49 (0) 40 123456",
        ];
        for phone in spellings {
            assert_eq!(phone_key(phone).as_deref(), Some("40123456"), "{phone}");
        }
        assert_eq!(phone_key("+358 9 1234567").as_deref(), Some("91234567"));
        assert_eq!(phone_key("1001"), None, "too short");
        assert_eq!(phone_key("none"), None);
    }

    #[test]
    fn a_name_is_found_by_its_last_word_first() {
        assert_eq!(name_key("Erika Mustermann"), "mustermann erika");
        assert_eq!(name_key("Mustermann, Erika"), "mustermann erika");
        assert_eq!(name_key("Jörg Weiß"), "weiss joerg");
        assert_eq!(name_key(" "), "");
        assert_eq!(Sought::of("weiß"), Some(Sought::Name("weiss".to_owned(), vec![])));
        assert_eq!(
            Sought::of("Karl von der Heide"),
            Some(Sought::Name(
                "heide".to_owned(),
                ["karl", "von", "der"].map(str::to_owned).to_vec()
            ))
        );
    }

    #[test]
    fn a_number_is_recognised_in_any_spelling() {
        let spellings = |text| match Sought::of(text) {
            Some(Sought::Identifier { spellings, .. }) => spellings,
            other => panic!("{other:?}"),
        };
        for text in ["de-1001", "DE 1001", "de1001"] {
            assert!(spellings(text).contains(&"DE-1001".to_owned()), "{text}");
        }
        assert!(spellings("0034 0434 1610").contains(&"003404341610".to_owned()));
        assert_eq!(
            Sought::of(" Erika@Example.org"),
            Some(Sought::Email("erika@example.org".to_owned()))
        );
        assert_eq!(Sought::of("  "), None);
    }
}
