//! The one source of random numbers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Crockford's base 32: no I, L, O or U, and the digits sort as their numbers do.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Random bytes from the operating system, fit for keys.
///
/// # Panics
/// When the operating system has no random numbers; nothing could be kept secret then.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place where random numbers are drawn")]
    getrandom::fill(&mut bytes).expect("every supported operating system gives random numbers");
    bytes
}

/// A secret for cookies, API tokens and one-time links: 32 random bytes in 43 characters of
/// base64url.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// The id of an operation: 20 characters, of which the first 11 are the moment, so that ids sort
/// by time, and 9 are random (45 bits). `micros` are microseconds since 1970, UTC; moments before
/// 1970 or after 3111 are taken as these bounds.
#[must_use]
pub fn id(micros: i64) -> String {
    const GREATEST: u64 = (1 << 55) - 1;
    let moment = u64::try_from(micros).unwrap_or(0).min(GREATEST);
    let mut id = String::with_capacity(20);
    push_digits(&mut id, moment, 11);
    push_digits(&mut id, u64::from_le_bytes(bytes()), 9);
    id
}

/// The lowest `count` digits of a number, highest first.
fn push_digits(text: &mut String, number: u64, count: u32) {
    for place in (0..count).rev() {
        let digit = (number >> (5 * place)) & 31;
        text.push(char::from(DIGITS[usize::try_from(digit).unwrap_or(0)]));
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, id, token};

    #[test]
    fn ids_sort_by_time_and_differ_at_the_same_moment() {
        let moment = 1_795_000_000_000_000;
        let (earlier, later) = (id(moment), id(moment + 1));
        assert_eq!((earlier.len(), later.len()), (20, 20));
        assert!(earlier < later, "{earlier} {later}");
        assert_ne!(id(moment), id(moment));
        assert_eq!(id(moment)[..11], id(moment)[..11]);
        assert!(id(-1) < id(1) && id(i64::MAX) > id(moment));
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        assert_eq!(token().len(), 43);
        assert_ne!(token(), token());
        assert_ne!(bytes::<24>(), [0; 24]);
    }
}
