//! Sessions, tokens, and who guesses passwords.

use kontor_store::grants::Role;
use kontor_store::sessions::{self, Session};
use kontor_store::throttle::{self, Attempts};
use kontor_store::tokens::{self, Token};
use kontor_store::users;
use kontor_store::{SecretHash, Store, StoreError};

use crate::bed::Bed;
use crate::people::{user, with_user};

fn session(id: &str) -> Session {
    Session {
        id: id.to_owned(),
        user_id: "anna".to_owned(),
        created: 100,
        last_seen: 100,
        idle_expires: 200,
        expires: 1000,
        user_agent: "Firefox".to_owned(),
        ip: "127.0.0.1".to_owned(),
    }
}

pub(crate) async fn add_session(store: &Store, id: &str) {
    let secret = SecretHash::of(id);
    store
        .transaction(async |mut tx| sessions::add(&mut tx, &session(id), &secret).await)
        .await
        .unwrap();
}

pub(crate) async fn lives(store: &Store, secret: &str, now: i64) -> bool {
    sessions::find(&mut store.read(), &SecretHash::of(secret), now).await.unwrap().is_some()
}

pub(crate) async fn a_session_ends_idle_and_absolutely(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    add_session(&store, "s1").await;
    assert!(!lives(&store, "guess", 150).await);
    assert!(lives(&store, "s1", 199).await);
    assert!(!lives(&store, "s1", 200).await, "idle");
    store
        .transaction(async |mut tx| sessions::touch(&mut tx, "s1", 190, 5000).await)
        .await
        .unwrap();
    let (found, who) =
        sessions::find(&mut store.read(), &SecretHash::of("s1"), 999).await.unwrap().unwrap();
    assert_eq!((found.last_seen, found.idle_expires, who), (190, 5000, user("anna")));
    assert!(!lives(&store, "s1", 1000).await, "absolute");
    let early =
        store.transaction(async |mut tx| sessions::purge(&mut tx, 999).await).await.unwrap();
    let late =
        store.transaction(async |mut tx| sessions::purge(&mut tx, 1000).await).await.unwrap();
    assert_eq!((early, late), (0, 1));
}

pub(crate) async fn a_rotated_session_has_only_its_new_secret(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    add_session(&store, "s1").await;
    let fresh = SecretHash::of("fresh");
    store.transaction(async |mut tx| sessions::rotate(&mut tx, "s1", &fresh).await).await.unwrap();
    assert!(!lives(&store, "s1", 150).await);
    assert!(lives(&store, "fresh", 150).await);
    let gone =
        store.transaction(async |mut tx| sessions::rotate(&mut tx, "s9", &fresh).await).await;
    assert!(matches!(gone, Err(StoreError::Missing { .. })), "{gone:?}");
}

pub(crate) async fn sessions_are_listed_and_revoked_one_by_one_or_all_but_one(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    for id in ["s1", "s2", "s3", "s4"] {
        add_session(&store, id).await;
    }
    store.transaction(async |mut tx| sessions::touch(&mut tx, "s3", 120, 300).await).await.unwrap();
    let ids = async || {
        let found = sessions::of_user(&mut store.read(), "anna", 150).await.unwrap();
        found.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(ids().await, ["s3", "s1", "s2", "s4"]);
    let revoke = async |user: &str, id: &str| {
        store.transaction(async |mut tx| sessions::revoke(&mut tx, user, id).await).await.unwrap()
    };
    assert!(!revoke("somebody", "s1").await, "another's session");
    assert!(revoke("anna", "s1").await);
    let all = async |keep| {
        store
            .transaction(async |mut tx| sessions::revoke_all(&mut tx, "anna", keep).await)
            .await
            .unwrap()
    };
    assert_eq!(all(Some("s2")).await, 2);
    assert_eq!(ids().await, ["s2"]);
    assert_eq!(all(None).await, 1);
}

fn token(id: &str) -> Token {
    Token {
        id: id.to_owned(),
        user_id: "anna".to_owned(),
        name: "nightly export".to_owned(),
        prefix: "kt_ab".to_owned(),
        backends: Some(vec!["orders".to_owned()]),
        role: Role::Reader,
        created: 100,
        expires: Some(200),
        last_used: None,
        revoked: None,
    }
}

pub(crate) async fn a_disabled_user_has_neither_session_nor_token(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    add_session(&store, "s1").await;
    let secret = SecretHash::of("t1");
    store
        .transaction(async |mut tx| {
            tokens::add(&mut tx, &token("t1"), &secret).await?;
            users::set_standing(&mut tx, "anna", false, true).await
        })
        .await
        .unwrap();
    assert!(!lives(&store, "s1", 150).await);
    assert_eq!(tokens::find(&mut store.read(), &secret, 150).await.unwrap(), None);
}

pub(crate) async fn a_token_ends_when_it_expires_or_is_revoked(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    let eternal = Token { backends: None, expires: None, ..token("t2") };
    let (first, second) = (SecretHash::of("t1"), SecretHash::of("t2"));
    store
        .transaction(async |mut tx| {
            tokens::add(&mut tx, &token("t1"), &first).await?;
            tokens::add(&mut tx, &eternal, &second).await?;
            tokens::touch(&mut tx, "t1", 150).await
        })
        .await
        .unwrap();
    let find = async |secret: &SecretHash, now| {
        let found = tokens::find(&mut store.read(), secret, now).await.unwrap();
        found.map(|(token, _)| token)
    };
    assert_eq!(find(&first, 199).await, Some(Token { last_used: Some(150), ..token("t1") }));
    assert_eq!(find(&first, 200).await, None);
    assert_eq!(find(&second, i64::MAX).await, Some(eternal));
    let revoke = async |user: &str| {
        store
            .transaction(async |mut tx| tokens::revoke(&mut tx, user, "t2", 160).await)
            .await
            .unwrap()
    };
    assert!(!revoke("somebody").await);
    assert!(revoke("anna").await);
    assert!(!revoke("anna").await, "revoked already");
    assert_eq!(find(&second, 161).await, None);
    let listed = tokens::of_user(&mut store.read(), "anna").await.unwrap();
    assert_eq!(listed.iter().map(|one| one.revoked).collect::<Vec<_>>(), [None, Some(160)]);
}

pub(crate) async fn failures_are_counted_until_they_are_forgotten(bed: Bed) {
    let store = bed.open().await;
    let failed = async |now, forget_before| {
        store
            .transaction(async |mut tx| throttle::failed(&mut tx, "ip", now, forget_before).await)
            .await
            .unwrap()
    };
    assert_eq!(failed(100, 0).await.failures, 1);
    assert_eq!(failed(110, 0).await.failures, 2);
    store.transaction(async |mut tx| throttle::block(&mut tx, "ip", 500).await).await.unwrap();
    let found = throttle::of_key(&mut store.read(), "ip").await.unwrap();
    assert_eq!(found, Attempts { failures: 2, blocked_until: 500 });
    assert_eq!(failed(900, 800).await.failures, 1, "the last one is long ago");
    let purge = async |before| {
        store.transaction(async |mut tx| throttle::purge(&mut tx, before).await).await.unwrap()
    };
    assert_eq!(purge(900).await, 0);
    assert_eq!(purge(901).await, 1);
    failed(910, 0).await;
    store.transaction(async |mut tx| throttle::clear(&mut tx, "ip").await).await.unwrap();
    assert_eq!(throttle::of_key(&mut store.read(), "ip").await.unwrap(), Attempts::default());
}

pub(crate) async fn a_failure_that_was_none_is_taken_back_with_its_wait(bed: Bed) {
    let store = bed.open().await;
    for now in [100, 110] {
        store
            .transaction(async |mut tx| throttle::failed(&mut tx, "ip", now, 0).await)
            .await
            .unwrap();
    }
    store.transaction(async |mut tx| throttle::block(&mut tx, "ip", 500).await).await.unwrap();
    for (left, free, blocked_until) in [(1, 0, 500), (0, 0, 0), (0, 0, 0)] {
        store
            .transaction(async |mut tx| throttle::take_back(&mut tx, "ip", free).await)
            .await
            .unwrap();
        let found = throttle::of_key(&mut store.read(), "ip").await.unwrap();
        assert_eq!(found, Attempts { failures: left, blocked_until });
    }
}

pub(crate) async fn a_place_is_known_until_it_is_forgotten(bed: Bed) {
    let store = bed.open().await;
    let is_known =
        async |since| throttle::is_remembered(&mut store.read(), "known", since).await.unwrap();
    assert!(!is_known(0).await);
    for now in [100, 200] {
        store
            .transaction(async |mut tx| throttle::remember(&mut tx, "known", now).await)
            .await
            .unwrap();
    }
    assert!(is_known(200).await);
    assert!(!is_known(201).await);
    store.transaction(async |mut tx| throttle::purge(&mut tx, 201).await).await.unwrap();
    assert!(!is_known(0).await);
}
