//! Secrets that only their content shows. Their values are never evidence.

use kontor_model::{FieldType, Value};

use super::super::edit::ManifestEdit;
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::secrets::Reason;
use super::super::words::{ends_with, has_any, words};
use super::{Look, is_share};

/// How hashes of passwords begin (crypt(3), PHPass, LDAP, Django, Werkzeug).
const HASHES: [&str; 18] = [
    "$2y$", "$2a$", "$2b$", "$2x$", "$argon2", "$P$", "$H$", "$1$", "$5$", "$6$", "$y$",
    "$scrypt$", "{SSHA", "{SHA", "{CRYPT}", "pbkdf2_", "pbkdf2:", "scrypt:",
];

/// How keys of well-known services begin.
const KEYS: [&str; 13] = [
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "whsec_",
    "ghp_",
    "gho_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "-----BEGIN PRIVATE",
    "-----BEGIN RSA PRIVATE",
    "SG.",
];

pub(super) fn secrets(look: &Look<'_>) -> Vec<(usize, Proposal)> {
    let found = |(at, _): (usize, _)| {
        let (reason, found, of) = reason(look, at)?;
        let evidence = vec![
            Fact::SecretKind { reason },
            Fact::Matching { found: found as u64, of: of as u64, examples: Vec::new() },
        ];
        let edit = ManifestEdit::Secret {
            resource: look.resource.name.clone(),
            field: look.resource.fields[at].name.clone(),
        };
        Some((at, Proposal::new(Confidence::percent(97), evidence, edit)))
    };
    look.fields().filter_map(found).collect()
}

fn reason(look: &Look<'_>, at: usize) -> Option<(Reason, usize, usize)> {
    let texts: Vec<String> = match look.resource.fields[at].ty {
        FieldType::Text { .. } | FieldType::Any => {
            look.sample.texts(at).map(str::to_owned).collect()
        }
        FieldType::Int { .. } => numbers(look, at),
        _ => return None,
    };
    let judge = |reason: Reason, least: usize, is_one: &dyn Fn(&str) -> bool| {
        let found = texts.iter().filter(|text| is_one(text)).count();
        (found >= least && is_share(found, texts.len(), 90)).then_some((reason, found, texts.len()))
    };
    let begins = |text: &str, with: &[&str]| with.iter().any(|begin| text.starts_with(begin));
    judge(Reason::Password, 1, &|text| text.len() >= 20 && begins(text, &HASHES))
        .or_else(|| judge(Reason::ApiKey, 1, &|text| begins(text, &KEYS)))
        .or_else(|| judge(Reason::Token, 1, &is_jwt))
        .or_else(|| judge(Reason::CardNumber, 2, &is_card_number))
        .or_else(|| {
            let is_hashed = is_called_hash(look, at) && is_same_length(&texts);
            is_hashed.then(|| judge(Reason::Password, 2, &is_hex_digest)).flatten()
        })
}

fn numbers(look: &Look<'_>, at: usize) -> Vec<String> {
    look.sample
        .values(at)
        .filter(|value| !matches!(value, Value::Int(0)))
        .filter_map(Value::to_text)
        .collect()
}

/// A JSON web token: three parts in base64, the first two beginning with `{"`.
fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && text.len() >= 40 && text.contains(".eyJ")
}

fn is_same_length(texts: &[String]) -> bool {
    texts.iter().all(|text| text.len() == texts[0].len())
}

/// MD5, SHA-1, SHA-256 or SHA-512 in hexadecimal.
fn is_hex_digest(text: &str) -> bool {
    [32, 40, 64, 128].contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit())
}

/// A bare `hash`, or a column that speaks of passwords, beside what one signs in with. The hash
/// of a file or of a content is no secret.
fn is_called_hash(look: &Look<'_>, at: usize) -> bool {
    let all = words(&look.resource.fields[at].name);
    let speaks =
        has_any(&all, &["pass", "pwd", "pw", "kennwort", "passwort", "password", "auth", "crypt"]);
    let bare = super::super::words::is(&all, "hash") || ends_with(&all, "user hash");
    let sign_in = ["login", "username", "user name", "email", "mail", "benutzername", "user"];
    let beside = || {
        look.resource
            .fields
            .iter()
            .any(|field| sign_in.iter().any(|name| ends_with(&words(&field.name), name)))
    };
    speaks || (bare && beside())
}

/// Digits in groups or not, with the length and the beginning of a card network and a right check
/// digit (Luhn, ISO/IEC 7812-1). An IMEI has a right check digit, too, but begins otherwise.
fn is_card_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-');
    if !is_plain || !(13..=19).contains(&digits.len()) {
        return false;
    }
    let prefix = |length: usize| digits[..length].iter().fold(0, |n, d| n * 10 + d);
    let network = match digits.len() {
        13 | 19 => prefix(1) == 4,
        14 => matches!(prefix(2), 30 | 36 | 38),
        15 => matches!(prefix(2), 34 | 37),
        16 => {
            prefix(1) == 4
                || matches!(prefix(2), 51..=55 | 65)
                || matches!(prefix(4), 2221..=2720 | 3528..=3589 | 6011)
        }
        _ => false,
    };
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| if place % 2 == 1 { doubled(digit) } else { digit })
        .sum();
    network && sum.is_multiple_of(10)
}
