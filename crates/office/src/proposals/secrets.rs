//! Columns that hold secrets. By name alone they are known before anything was read, so that
//! nothing is ever shown first and hidden later.

use kontor_model::{Field, FieldType, Resource};
use serde::{Deserialize, Serialize};

use super::words::{ends_with, has_any, own_words, words};

/// What kind of secret a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A password, its hash or its salt.
    Password,
    /// Whoever has it is let in: a session, reset or access token.
    Token,
    /// A key of an API, for signing or for encrypting.
    ApiKey,
    /// What a second factor is computed from, or a code that replaces it.
    SecondFactor,
    /// The number of a payment card.
    CardNumber,
    /// The check code of a payment card.
    CardCode,
    /// Something that calls itself a secret.
    Secret,
}

/// What may follow the noun that says what a column holds (`password_hash`, `api_key_old`).
const QUALIFIERS: [&str; 19] = [
    "hash",
    "hashed",
    "digest",
    "enc",
    "encrypted",
    "crypted",
    "cipher",
    "value",
    "text",
    "plain",
    "md",
    "sha",
    "hex",
    "base",
    "old",
    "new",
    "alt",
    "neu",
    "prev",
];

/// A card that pays nothing by its number alone.
const OTHER_CARDS: [&str; 12] = [
    "gift",
    "loyalty",
    "member",
    "membership",
    "customer",
    "kunden",
    "library",
    "identity",
    "id",
    "sim",
    "business",
    "bonus",
];

/// Whether the name of a field, within its resource, says that it holds a secret. English and
/// German compounds alike say at their end what they are: `password_changed_at` is a time,
/// `tokens_used` a number, `card_type` a type; none of them is a secret.
#[must_use]
pub fn by_name(resource: &Resource, field: &Field) -> Option<Reason> {
    let nature = Nature::of(&field.ty)?;
    let mut all = words(&field.name);
    let is_qualifier = |word: &String| {
        QUALIFIERS.contains(&word.as_str()) || word.chars().all(|c| c.is_ascii_digit())
    };
    while all.len() > 1 && all.last().is_some_and(is_qualifier) {
        all.pop();
    }
    // What a card or a one-time code consists of may be kept as a number; a token may not.
    let by_number = card(&all).or_else(|| second_factor(&all, nature));
    by_number.or_else(|| match nature {
        Nature::Number => is_pin(&all).then_some(Reason::Password),
        Nature::Text => password(resource, field, &all)
            .or_else(|| token(resource, field, &all))
            .or_else(|| key(&all)),
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Nature {
    Text,
    Number,
}

impl Nature {
    /// `None` for types that cannot hold a secret: truth values, times, ranges.
    fn of(ty: &FieldType) -> Option<Self> {
        match ty {
            FieldType::Text { .. }
            | FieldType::Bytes
            | FieldType::Uuid
            | FieldType::Json { .. }
            | FieldType::Any
            | FieldType::Other => Some(Self::Text),
            FieldType::Array { element } => Self::of(element),
            FieldType::Int { .. } | FieldType::Decimal { .. } => Some(Self::Number),
            _ => None,
        }
    }
}

/// Whether the last word is one of these or ends with one of them (`userpassword`).
fn head_ends(all: &[String], endings: &[&str]) -> bool {
    all.last().is_some_and(|head| endings.iter().any(|ending| head.ends_with(ending)))
}

fn ends_with_any(all: &[String], wanted: &[&str]) -> bool {
    wanted.iter().any(|wanted| ends_with(all, wanted))
}

fn card(all: &[String]) -> Option<Reason> {
    if has_any(all, &["cvv", "cvc", "cvn"]) && ends_with_any(all, &["cvv", "cvc", "cvn", "code"])
        || head_ends(all, &["kartenpruefnummer"])
        || ends_with_any(all, &["card security code", "card verification code", "cc code"])
    {
        return Some(Reason::CardCode);
    }
    let pairs = [
        "card number",
        "card num",
        "card no",
        "card nr",
        "cc number",
        "cc num",
        "cc no",
        "cc nr",
        "karten nummer",
        "karten nr",
        "kreditkarten nummer",
        "kreditkarten nr",
        "card pan",
        "credit card",
        "kredit karte",
        "creditcard number",
        "creditcard no",
    ];
    let glued = [
        "cardnumber",
        "cardnum",
        "ccnumber",
        "ccnum",
        "cardno",
        "creditcard",
        "kreditkarte",
        "kreditkartennummer",
        "kreditkartennr",
        "kartennummer",
        "kartennr",
    ];
    let is_card = ends_with_any(all, &pairs) || ends_with_any(all, &glued);
    (is_card && !has_any(all, &OTHER_CARDS)).then_some(Reason::CardNumber)
}

fn second_factor(all: &[String], nature: Nature) -> Option<Reason> {
    let factors =
        ["totp", "otp", "hotp", "mfa", "2fa", "tfa", "factor", "twofactor", "authenticator"];
    let codes = ["recovery codes", "recovery code", "backup codes", "otp code", "totp code"];
    if ends_with_any(all, &codes) {
        return Some(Reason::SecondFactor);
    }
    let heads = ["totp", "otp", "mfa", "2fa", "secret", "seed", "key", "secrets"];
    (nature == Nature::Text && has_any(all, &factors) && ends_with_any(all, &heads))
        .then_some(Reason::SecondFactor)
}

fn password(resource: &Resource, field: &Field, all: &[String]) -> Option<Reason> {
    let long = ["password", "passwort", "kennwort", "passwd", "passphrase", "pwd", "losungswort"];
    let answers = ["password hint", "security answer", "secret answer"];
    let whose = [
        "user",
        "admin",
        "prev",
        "previous",
        "old",
        "new",
        "login",
        "db",
        "database",
        "smtp",
        "ftp",
        "mail",
        "account",
        "customer",
        "customers",
        "member",
        "kunde",
        "benutzer",
        "web",
        "http",
        "proxy",
        "root",
        "host",
        "ssh",
        "encrypted",
        "hashed",
    ];
    let short = ["pass", "pw", "passcode", "userpass", "userpw"];
    let is_short = ends_with_any(all, &short)
        && (own_words(&resource.table, &field.name).len() < words(&field.name).len()
            || all.len() == 1
            || has_any(all, &whose));
    let is_salt = ends_with(all, "salt")
        && (all.len() > 1 || resource.fields.iter().any(|f| has_password_name(&f.name)));
    (head_ends(all, &long) || ends_with_any(all, &answers) || is_short || is_salt || is_pin(all))
        .then_some(Reason::Password)
}

fn has_password_name(name: &str) -> bool {
    words(name).iter().any(|word| {
        ["password", "passwort", "kennwort", "passwd", "pwd", "pass", "hash"]
            .contains(&word.as_str())
    })
}

/// A bare `pin`, or one of a card or a person; not `pin_code`, which in India is a postcode.
fn is_pin(all: &[String]) -> bool {
    super::words::is(all, "pin")
        || ends_with_any(all, &["card pin", "user pin", "customer pin", "login pin", "phone pin"])
}

fn token(resource: &Resource, field: &Field, all: &[String]) -> Option<Reason> {
    let heads = ["token", "tokens", "jwt", "sesskey", "sessid", "phpsessid"];
    let pairs = [
        "session key",
        "session id",
        "session hash",
        "saved session",
        "session payload",
        "reset key",
        "reset code",
        "login code",
        "activation key",
        "activation code",
        "verification code",
        "remember me",
        "magic link",
        "nonce",
        "sessionid",
        "sessionkey",
        "cookie",
    ];
    let is_token = head_ends(all, &["token"])
        || ends_with_any(all, &heads)
        || (ends_with_any(all, &pairs) && !is_reference(resource, field));
    (is_token || is_of_sessions(resource, field)).then_some(Reason::Token)
}

/// Whether a foreign key starts at the field: then it names a record and is no secret by itself.
fn is_reference(resource: &Resource, field: &Field) -> bool {
    let place = resource.position(&field.name);
    resource
        .references
        .iter()
        .any(|reference| place.is_some_and(|place| reference.fields.contains(&place)))
}

/// The key and the content of a table of web sessions, which its expiry tells from a table of a
/// conference's sessions.
fn is_of_sessions(resource: &Resource, field: &Field) -> bool {
    let table = words(&resource.table);
    let expires = |f: &Field| {
        has_any(
            &words(&f.name),
            &["expiry", "expires", "expire", "expiration", "activity", "ablauf"],
        )
    };
    if !ends_with_any(&table, &["session", "sessions"]) || !resource.fields.iter().any(expires) {
        return false;
    }
    let is_key = resource.key.iter().any(|&k| resource.fields[k].name == field.name);
    is_key
        || ends_with_any(
            &words(&field.name),
            &["payload", "value", "content", "sess", "session data", "data"],
        )
}

fn key(all: &[String]) -> Option<Reason> {
    let keys = [
        "api key",
        "apikey",
        "api keys",
        "secret key",
        "secretkey",
        "private key",
        "privatekey",
        "access key",
        "accesskey",
        "encryption key",
        "signing key",
        "auth key",
        "hmac key",
        "master key",
        "shared key",
        "consumer key",
        "webhook key",
        "transaction key",
        "schluessel geheim",
    ];
    if ends_with_any(all, &keys) {
        return Some(Reason::ApiKey);
    }
    let secrets = ["secret", "secrets", "credential", "credentials", "geheimnis"];
    let is_secret = ends_with_any(all, &secrets) || head_ends(all, &["clientsecret", "apisecret"]);
    is_secret.then_some(Reason::Secret)
}

#[cfg(test)]
mod tests {
    use super::super::sample::table;
    use super::*;

    fn found(resource: &Resource) -> Vec<(&str, Reason)> {
        let named = |f| Some((f, by_name(resource, resource.field(f)?)?));
        resource.fields.iter().filter_map(|f| named(f.name.as_str())).collect()
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for (name, reason) in [
            ("password", Reason::Password),
            ("password_hash", Reason::Password),
            ("encrypted_password", Reason::Password),
            ("admin_pass", Reason::Password),
            ("prev_pass1", Reason::Password),
            ("userPassword", Reason::Password),
            ("PWD", Reason::Password),
            ("KENNWORT", Reason::Password),
            ("pin", Reason::Password),
            ("password_salt", Reason::Password),
            ("token", Reason::Token),
            ("reset_token", Reason::Token),
            ("accessToken", Reason::Token),
            ("sesskey", Reason::Token),
            ("session_id", Reason::Token),
            ("api_key", Reason::ApiKey),
            ("ApiKeyOld", Reason::ApiKey),
            ("private_key", Reason::ApiKey),
            ("client_secret", Reason::Secret),
            ("customers_secret", Reason::Secret),
            ("totp_secret", Reason::SecondFactor),
            ("two_factor_recovery_codes", Reason::SecondFactor),
            ("mfa", Reason::SecondFactor),
            ("otp_code", Reason::SecondFactor),
            ("cc_number", Reason::CardNumber),
            ("CardNumber", Reason::CardNumber),
            ("Kreditkartennummer", Reason::CardNumber),
            ("cc_cvv", Reason::CardCode),
            ("cvc2", Reason::CardCode),
        ] {
            let resource = table("customers", name);
            assert_eq!(found(&resource), [(name, reason)], "{name}");
        }
    }

    #[test]
    fn what_only_speaks_of_secrets_is_shown() {
        let resource = table(
            "accounts",
            "tokens_used:int token_count:int password_changed_at:time pwd_last_change_date key \
             cc_email card_type cc_type cc_owner cc_expires card_last4 iban configuration_key \
             password_required:bool mfa_enabled:bool mfa_method secretary public_key passport_no \
             boarding_pass pin_code shipping_pinned session_id:int gift_card_number api_key_id:int \
             loyalty_card_no compass passage author nr hash file_hash customer_card_no token_type \
             passed_tests:int bypass session sessions:int session_counter:int secret:bool",
        );
        assert_eq!(found(&resource), []);
    }

    #[test]
    fn the_key_of_web_sessions_is_a_secret_and_that_of_a_conference_is_not() {
        let web = table("sessions", "id* payload:long last_activity:int");
        assert_eq!(found(&web), [("id", Reason::Token), ("payload", Reason::Token)]);
        let conference = table("sessions", "id* title room starts_at:time");
        assert_eq!(found(&conference), []);
    }

    #[test]
    fn a_number_is_a_secret_only_where_its_name_is_that_of_a_card_or_code() {
        let resource = table("payments", "card_number:int cvv:int token:int pin:int");
        let reasons: Vec<Reason> = found(&resource).into_iter().map(|(_, reason)| reason).collect();
        assert_eq!(reasons, [Reason::CardNumber, Reason::CardCode, Reason::Password]);
    }
}
