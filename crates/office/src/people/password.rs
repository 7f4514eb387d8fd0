//! Passwords: argon2id, checked away from the async workers.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

use super::PeopleError;
use crate::error::OfficeError;

/// Least number of characters (NIST SP 800-63B asks for eight; long beats complicated).
const LEAST_LENGTH: usize = 10;

/// The beginning of every list of leaked passwords, in the lengths that are accepted.
const COMMON: [&str; 14] = [
    "1234567890",
    "0123456789",
    "0987654321",
    "qwertyuiop",
    "qwertzuiop",
    "passwort123",
    "password123",
    "password1234",
    "administrator",
    "willkommen1",
    "geheim1234",
    "1q2w3e4r5t",
    "iloveyou123",
    "letmein123",
];

/// 19 MiB, two passes, one lane: the first choice of OWASP's Password Storage Cheat Sheet.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Refuses passwords that are guessed first.
pub(super) fn check(password: &str, name: &str, email: &str) -> Result<(), PeopleError> {
    if password.chars().count() < LEAST_LENGTH {
        return Err(PeopleError::PasswordShort { least: LEAST_LENGTH });
    }
    let folded = password.to_lowercase();
    let first = folded.chars().next();
    let is_own = [name, email].iter().any(|own| folded == own.trim().to_lowercase());
    if is_own || COMMON.contains(&folded.as_str()) || folded.chars().all(|c| Some(c) == first) {
        return Err(PeopleError::PasswordCommon);
    }
    Ok(())
}

/// The hash of a password in PHC form.
pub(super) async fn hash(password: String) -> Result<String, OfficeError> {
    let work = move || {
        let salt: [u8; 16] = crate::random::bytes();
        argon2()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| OfficeError::Fault(format!("a password could not be hashed: {error}")))
    };
    on_a_thread(work).await?
}

/// Whether a password belongs to a hash. Without a hash the same time is spent, so that nobody
/// learns from a stopwatch who has an account.
pub(super) async fn matches(password: String, hash: Option<String>) -> Result<bool, OfficeError> {
    let work = move || match hash.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => argon2().verify_password(password.as_bytes(), &hash).is_ok(),
        _ => {
            let salt = [0_u8; 16];
            let _ = argon2().hash_password_with_salt(password.as_bytes(), &salt);
            false
        }
    };
    on_a_thread(work).await
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, OfficeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OfficeError::Fault(format!("password work failed: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hashed = hash("correct horse".into()).await.expect("hashes");
        assert!(hashed.starts_with("$argon2id$"));
        assert!(matches("correct horse".into(), Some(hashed.clone())).await.expect("checks"));
        assert!(!matches("correct horsf".into(), Some(hashed)).await.expect("checks"));
        assert!(!matches("anything".into(), None).await.expect("checks"));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for easy in ["short", "1234567890", "aaaaaaaaaaaa", "anna@example.com", "Passwort123"] {
            assert!(check(easy, "Anna", "anna@example.com").is_err(), "{easy}");
        }
        assert!(check("drei Kisten Äpfel", "Anna", "anna@example.com").is_ok());
    }
}
