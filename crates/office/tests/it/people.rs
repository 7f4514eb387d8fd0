//! People, their one-time links, and those who guess passwords.

use futures_util::future::join_all;
use kontor_office::{OfficeError, Operator, PeopleError};

use crate::office::{Bureau, PASSWORD};

#[tokio::test]
async fn who_was_disabled_does_not_come_back_with_a_link_from_before() {
    let bureau = Bureau::over(&[]).await;
    let (office, actor) = (&bureau.office, &bureau.actor);
    let (user, link) =
        office.invite(actor, "Grace", "grace@example.org", false, &[]).await.unwrap();
    office.open_link(&link).await.unwrap();
    let mut account = office.account(actor, &user.id).await.unwrap();
    account.user.disabled = true;
    office.set_rights(actor, &account).await.unwrap();

    let spent = office.open_link(&link).await.unwrap_err();
    assert!(matches!(spent, OfficeError::People(PeopleError::LinkSpent)), "{spent:?}");
    let operator = Operator::of(office.clone());
    for refused in [
        office.reset_link(actor, &user.id).await.map(drop),
        operator.reset_link("grace@example.org").await.map(drop),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OfficeError::People(PeopleError::Disabled)), "{refused:?}");
    }
}

fn is_throttled<T>(result: &Result<T, OfficeError>) -> bool {
    matches!(result, Err(OfficeError::People(PeopleError::Throttled { .. })))
}

#[tokio::test]
async fn of_many_guesses_at_once_only_the_first_are_looked_at() {
    let bureau = Bureau::without_backends().await;
    let guesses =
        (0..40).map(|n| {
            let office = &bureau.office;
            async move {
                office.sign_in("frieda@example.org", &format!("guess {n}"), "192.0.2.1", "").await
            }
        });
    let looked_at = join_all(guesses).await.iter().filter(|guess| !is_throttled(guess)).count();
    assert_eq!(looked_at, 6, "five are free, and the next one makes those after it wait");
    let right = bureau.office.sign_in("frieda@example.org", PASSWORD, "192.0.2.1", "").await;
    assert!(is_throttled(&right), "{right:?}");
}

#[tokio::test]
async fn who_came_in_from_an_address_before_is_not_kept_out_by_guesses_of_others() {
    let bureau = Bureau::without_backends().await;
    let guess = |email: String, ip: &'static str| {
        let office = &bureau.office;
        async move { office.sign_in(&email, "a guess at it", ip, "").await }
    };
    // Frieda came in from 127.0.0.1, which everybody shares who comes through the same proxy.
    let guessed = (0..70).map(|n| guess(format!("nobody{n}@example.org"), "127.0.0.1"));
    assert!(join_all(guessed).await.iter().any(is_throttled), "guessing is slowed down");
    let elsewhere = (0..20).map(|_| guess("frieda@example.org".to_owned(), "192.0.2.1"));
    assert!(join_all(elsewhere).await.iter().any(is_throttled));
    for _ in 0..10 {
        let came = bureau.office.sign_in("frieda@example.org", PASSWORD, "127.0.0.1", "").await;
        assert!(came.is_ok(), "{came:?}");
    }
}

#[tokio::test]
async fn right_passwords_do_not_count_as_failures() {
    let bureau = Bureau::without_backends().await;
    for _ in 0..8 {
        let came = bureau.office.sign_in("Frieda@example.org", PASSWORD, "192.0.2.7", "").await;
        assert!(came.is_ok(), "{came:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_to_be_one_is_not_written_down() {
    let bureau = Bureau::without_backends().await;
    let before = bureau.office.verify_audit(&bureau.actor).await.unwrap().entries;
    let long = format!("{}@example.org", "a".repeat(3_000_000));
    let refused = bureau.office.sign_in(&long, "a guess at it", "192.0.2.1", "").await;
    assert!(matches!(refused, Err(OfficeError::People(PeopleError::WrongPassword))));
    let after = bureau.office.verify_audit(&bureau.actor).await.unwrap().entries;
    assert_eq!(after, before);
}
