//! Saved views.

use kontor_store::grants::{self, Role};
use kontor_store::views::{self, Owner, View};
use kontor_store::{Store, StoreError};

use crate::bed::{Bed, json};
use crate::people::{user, with_user};

pub(crate) fn view(id: &str, owner: Owner) -> View {
    View {
        id: id.to_owned(),
        owner,
        backend: "orders".to_owned(),
        resource: "order line".to_owned(),
        name: "To be packed".to_owned(),
        definition: json(r#"{"sort":["-created"],"limit":12345678901234567890}"#),
        position: 1,
        created: 10,
        updated: 10,
    }
}

async fn add(store: &Store, views: &[View]) {
    for view in views {
        store.transaction(async |mut tx| views::add(&mut tx, view).await).await.unwrap();
    }
}

fn ids(found: &[View]) -> Vec<&str> {
    found.iter().map(|view| view.id.as_str()).collect()
}

pub(crate) async fn a_user_finds_their_own_their_teams_and_their_roles_views(bed: Bed) {
    let store = with_user(&bed, "anna").await;
    store
        .transaction(async |mut tx| kontor_store::users::add(&mut tx, &user("bert")).await)
        .await
        .unwrap();
    store
        .transaction(async |mut tx| grants::set_teams(&mut tx, "anna", &["service"]).await)
        .await
        .unwrap();
    let own = |user: &str| Owner::User(user.to_owned());
    let team = |name: &str| Owner::Team(name.to_owned());
    let elsewhere = View { resource: "customer".to_owned(), ..view("g", own("anna")) };
    add(
        &store,
        &[
            View { position: 3, ..view("a", own("anna")) },
            View { position: 2, ..view("b", team("service")) },
            View { position: 1, ..view("c", Owner::Role(Role::Editor)) },
            view("d", own("bert")),
            view("e", team("finance")),
            View { position: 4, ..view("f", Owner::Role(Role::Reader)) },
            View { position: 5, ..view("h", Owner::Role(Role::Administrator)) },
            elsewhere,
        ],
    )
    .await;
    let mut db = store.read();
    let found = views::of_resource(&mut db, "anna", Role::Editor, "orders", "order line").await;
    assert_eq!(ids(&found.unwrap()), ["c", "b", "a", "f"]);
    let found = async |role| {
        let mut db = store.read();
        let found = views::of_resource(&mut db, "bert", role, "orders", "order line").await;
        ids(&found.unwrap()).join("")
    };
    assert_eq!(found(Role::Reader).await, "df");
    assert_eq!(found(Role::Administrator).await, "cdfh");
    assert_eq!(ids(&views::of_user(&mut db, "anna").await.unwrap()), ["g", "b", "a"]);
    assert_eq!(views::of_backend(&mut db, "orders").await.unwrap().len(), 8);
    assert_eq!(views::of_backend(&mut db, "others").await.unwrap(), []);
}

pub(crate) async fn a_view_is_saved_moved_and_removed(bed: Bed) {
    let store = bed.open().await;
    let first = view("a", Owner::User("anna".to_owned()));
    add(&store, std::slice::from_ref(&first)).await;
    assert_eq!(views::get(&mut store.read(), "a").await.unwrap(), Some(first.clone()));
    let moved = View {
        owner: Owner::Role(Role::Administrator),
        name: "Zu packen".to_owned(),
        position: -4,
        updated: 20,
        ..first
    };
    store.transaction(async |mut tx| views::save(&mut tx, &moved).await).await.unwrap();
    assert_eq!(views::get(&mut store.read(), "a").await.unwrap(), Some(moved.clone()));
    let remove =
        async || store.transaction(async |mut tx| views::remove(&mut tx, "a").await).await.unwrap();
    assert!(remove().await);
    assert!(!remove().await);
    let saved = store.transaction(async |mut tx| views::save(&mut tx, &moved).await).await;
    assert!(matches!(saved, Err(StoreError::Missing { what: "view", .. })), "{saved:?}");
}
