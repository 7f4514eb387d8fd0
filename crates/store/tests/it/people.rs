//! People and what they may do.

use kontor_store::grants::{self, EVERY_BACKEND, Grant, Role};
use kontor_store::links::{self, Link, Purpose};
use kontor_store::users::{self, Look, User};
use kontor_store::views::{self, Owner};
use kontor_store::{SecretHash, Store, StoreError};

use tokio::sync::Barrier;

use crate::bed::Bed;
use crate::signing_in::{add_session, lives};

pub(crate) fn user(id: &str) -> User {
    User {
        id: id.to_owned(),
        name: format!("Name of {id}"),
        email: format!("{id}@example.org"),
        password_hash: Some("$argon2id$…".to_owned()),
        is_admin: false,
        language: "de".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        density: "compact".to_owned(),
        theme: "light".to_owned(),
        disabled: false,
        created: 1,
    }
}

pub(crate) async fn with_user(bed: &Bed, id: &str) -> Store {
    let store = bed.open().await;
    store.transaction(async |mut tx| users::add(&mut tx, &user(id)).await).await.unwrap();
    store
}

pub(crate) async fn an_email_is_unique_regardless_of_case(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    let mut second = User { email: "Jürgen@example.org".to_owned(), ..user("juergen") };
    store.transaction(async |mut tx| users::add(&mut tx, &second).await).await.unwrap();
    second.id = "other".to_owned();
    for taken in ["ANNA@Example.org", " JÜRGEN@EXAMPLE.ORG "] {
        second.email = taken.to_owned();
        let refused = store.transaction(async |mut tx| users::add(&mut tx, &second).await).await;
        assert!(matches!(refused, Err(StoreError::Duplicate { .. })), "{refused:?}");
    }
    let found = users::by_email(&mut store.read(), "jÜrgen@example.ORG").await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), found.email.as_str()), ("juergen", "Jürgen@example.org"));
}

pub(crate) async fn each_change_of_a_user_leaves_the_others_as_they_are(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    let look = Look {
        name: "Anna".to_owned(),
        language: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        density: "roomy".to_owned(),
        theme: "dark".to_owned(),
    };
    let set_look = async |id: &str| {
        store.transaction(async |mut tx| users::set_look(&mut tx, id, &look).await).await
    };
    store
        .transaction(async |mut tx| users::set_standing(&mut tx, "anna", true, true).await)
        .await
        .unwrap();
    store
        .transaction(async |mut tx| users::set_password(&mut tx, "anna", "new").await)
        .await
        .unwrap();
    set_look("anna").await.unwrap();
    let changed = User {
        name: "Anna".to_owned(),
        language: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        density: "roomy".to_owned(),
        theme: "dark".to_owned(),
        password_hash: Some("new".to_owned()),
        is_admin: true,
        disabled: true,
        ..user("anna")
    };
    assert_eq!(users::list(&mut store.read()).await.unwrap(), [changed]);
    let missing = set_look("nobody").await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "user", .. })), "{missing:?}");
}

pub(crate) async fn the_first_administrator_counts_once_they_can_sign_in(bed: Bed) {
    let store = bed.open().await;
    let admin = User { is_admin: true, password_hash: None, ..user("anna") };
    store.transaction(async |mut tx| users::add(&mut tx, &admin).await).await.unwrap();
    assert!(!users::has_administrator(&mut store.read()).await.unwrap());
    store
        .transaction(async |mut tx| users::set_password(&mut tx, "anna", "hash").await)
        .await
        .unwrap();
    assert!(users::has_administrator(&mut store.read()).await.unwrap());
    set_standing(&store, "anna", true, true).await.unwrap();
    assert!(!users::has_administrator(&mut store.read()).await.unwrap());
}

async fn set_standing(
    store: &Store,
    id: &str,
    is_admin: bool,
    disabled: bool,
) -> Result<bool, StoreError> {
    store
        .transaction(async |mut tx| users::set_standing(&mut tx, id, is_admin, disabled).await)
        .await
}

pub(crate) async fn two_who_lower_each_other_at_once_are_not_both_told_that_one_remains(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    store.transaction(async |mut tx| users::add(&mut tx, &user("bo")).await).await.unwrap();
    let lower = async |id: &str, both: &Barrier| {
        both.wait().await;
        let lowered = store.transaction(async |mut tx| {
            if users::set_standing(&mut tx, id, false, false).await? {
                Ok(())
            } else {
                Err(StoreError::Ended)
            }
        });
        lowered.await.is_ok()
    };
    for _ in 0..10 {
        set_standing(&store, "anna", true, false).await.unwrap();
        set_standing(&store, "bo", true, false).await.unwrap();
        let both = Barrier::new(2);
        let (first, second) = tokio::join!(lower("anna", &both), lower("bo", &both));
        assert!(first != second, "{first} {second}");
        assert!(users::has_administrator(&mut store.read()).await.unwrap());
    }
}

pub(crate) async fn a_link_completes_no_account_that_is_disabled(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    set_standing(&store, "anna", false, true).await.unwrap();
    let look = Look {
        name: "Anna".to_owned(),
        language: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        density: "roomy".to_owned(),
        theme: "dark".to_owned(),
    };
    let join = async || {
        store
            .transaction(async |mut tx| users::join(&mut tx, "anna", &look, "new").await)
            .await
            .unwrap()
    };
    assert!(!join().await);
    let kept = User { disabled: true, ..user("anna") };
    assert_eq!(users::get(&mut store.read(), "anna").await.unwrap(), Some(kept));
    set_standing(&store, "anna", false, false).await.unwrap();
    assert!(join().await);
    let joined = users::get(&mut store.read(), "anna").await.unwrap().unwrap();
    assert_eq!((joined.name.as_str(), joined.password_hash.as_deref()), ("Anna", Some("new")));
}

fn link(secret: &str, purpose: Purpose, user_id: Option<&str>) -> Link {
    Link {
        secret: SecretHash::of(secret),
        purpose,
        user_id: user_id.map(str::to_owned),
        created: 100,
        expires: 200,
    }
}

pub(crate) async fn a_link_is_redeemed_once_and_not_after_its_end(bed: Bed) {
    let store = bed.open().await;
    let given = link("secret", Purpose::Setup, None);
    store.transaction(async |mut tx| links::add(&mut tx, &given).await).await.unwrap();
    let redeem = async |secret: &str, now| {
        let secret = SecretHash::of(secret);
        store.transaction(async |mut tx| links::redeem(&mut tx, &secret, now).await).await.unwrap()
    };
    assert_eq!(redeem("secret", 200).await, None, "expired");
    assert_eq!(redeem("guess", 150).await, None);
    assert_eq!(
        links::usable(&mut store.read(), &given.secret, 150).await.unwrap(),
        Some(given.clone())
    );
    assert_eq!(redeem("secret", 150).await, Some(given.clone()));
    assert_eq!(redeem("secret", 150).await, None, "used");
    assert_eq!(links::usable(&mut store.read(), &given.secret, 150).await.unwrap(), None);
    let gone = store.transaction(async |mut tx| links::purge(&mut tx, 151).await).await.unwrap();
    assert_eq!(gone, 1);
}

pub(crate) async fn withdrawn_links_are_worthless_and_others_are_not(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    store
        .transaction(async |mut tx| {
            links::add(&mut tx, &link("a", Purpose::Invite, Some("anna"))).await?;
            links::add(&mut tx, &link("b", Purpose::Reset, Some("anna"))).await?;
            links::add(&mut tx, &link("c", Purpose::Setup, None)).await?;
            assert_eq!(links::withdraw(&mut tx, Purpose::Invite, Some("somebody")).await?, 0);
            assert_eq!(links::withdraw(&mut tx, Purpose::Invite, Some("anna")).await?, 1);
            assert_eq!(links::withdraw(&mut tx, Purpose::Setup, None).await?, 1);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    for (secret, usable) in [("a", false), ("b", true), ("c", false)] {
        let found = links::usable(&mut store.read(), &SecretHash::of(secret), 150).await.unwrap();
        assert_eq!(found.is_some(), usable, "{secret}");
    }
    let dangling = link("d", Purpose::Reset, Some("nobody"));
    let refused = store.transaction(async |mut tx| links::add(&mut tx, &dangling).await).await;
    assert!(matches!(refused, Err(StoreError::Dangling { .. })), "{refused:?}");
}

pub(crate) async fn a_grant_replaces_the_one_before_it(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    let grant = |backend: &str, role| Grant { backend: backend.to_owned(), role };
    store
        .transaction(async |mut tx| {
            grants::set(&mut tx, "anna", &grant("orders", Role::Reader)).await?;
            grants::set(&mut tx, "anna", &grant(EVERY_BACKEND, Role::Reader)).await?;
            grants::set(&mut tx, "anna", &grant("orders", Role::Editor)).await
        })
        .await
        .unwrap();
    let found = grants::of_user(&mut store.read(), "anna").await.unwrap();
    assert_eq!(found, [grant("*", Role::Reader), grant("orders", Role::Editor)]);
    let gone =
        store.transaction(async |mut tx| grants::withdraw(&mut tx, "anna", "orders").await).await;
    assert!(gone.unwrap());
    let again =
        store.transaction(async |mut tx| grants::withdraw(&mut tx, "anna", "orders").await).await;
    assert!(!again.unwrap());
}

pub(crate) async fn teams_are_set_as_a_whole(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    for teams in [&["service", "finance", "service"][..], &["logistics"]] {
        store
            .transaction(async |mut tx| grants::set_teams(&mut tx, "anna", teams).await)
            .await
            .unwrap();
    }
    assert_eq!(grants::teams_of(&mut store.read(), "anna").await.unwrap(), ["logistics"]);
    assert_eq!(grants::teams(&mut store.read()).await.unwrap(), ["logistics"]);
}

pub(crate) async fn removing_a_user_removes_what_is_theirs(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    add_session(&store, "s1").await;
    let theirs = crate::views::view("v1", Owner::User("anna".to_owned()));
    let teams = crate::views::view("v2", Owner::Team("service".to_owned()));
    store
        .transaction(async |mut tx| {
            views::add(&mut tx, &theirs).await?;
            views::add(&mut tx, &teams).await?;
            users::remove(&mut tx, "anna").await
        })
        .await
        .unwrap();
    assert!(!lives(&store, "s1", 150).await);
    assert_eq!(views::get(&mut store.read(), "v1").await.unwrap(), None);
    assert_eq!(views::get(&mut store.read(), "v2").await.unwrap(), Some(teams));
}
