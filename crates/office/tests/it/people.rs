//! People, their one-time links, and those who guess passwords.

use futures_util::future::join_all;
use kontor_model::filter::Filter;
use kontor_model::{Cursor, RecordKey, ResourceName, Value};
use kontor_office::{
    FailureKind, ListRequest, NameProblem, NewPerson, NewToken, NewView, OfficeError, Operator,
    Owner, PeopleError, Preferences, Role, ViewDefinition,
};
use sqlx::Connection as _;

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

fn name_problem<T: std::fmt::Debug>(result: Result<T, OfficeError>) -> NameProblem {
    match result {
        Err(OfficeError::People(PeopleError::Name(problem))) => problem,
        other => panic!("no problem with a name: {other:?}"),
    }
}

#[tokio::test]
async fn nobody_is_called_as_somebody_else_is() {
    let bureau = Bureau::without_backends().await;
    let (office, actor) = (&bureau.office, &bureau.actor);
    let operator = Operator::of(office.clone());
    for taken in ["frieda  KONTOR", "Ｆrieda Kontor", "kontor", "Operator on the machine"] {
        let invited = office.invite(actor, taken, "grace@example.org", false, &[]).await;
        assert_eq!(name_problem(invited.map(drop)), NameProblem::Taken, "{taken}");
        let invited = operator.invite(taken, "grace@example.org", false, &[]).await;
        assert_eq!(name_problem(invited.map(drop)), NameProblem::Taken, "{taken}");
    }
    let (_, link) = office.invite(actor, "Grace", "grace@example.org", false, &[]).await.unwrap();
    let person = |name: &str| NewPerson {
        name: name.to_owned(),
        email: String::new(),
        password: PASSWORD.to_owned(),
        language: "de".to_owned(),
        time_zone: "UTC".to_owned(),
    };
    let joined = office.use_link(&link, person("Frieda Kontor"), "127.0.0.1", "test").await;
    assert_eq!(name_problem(joined.map(drop)), NameProblem::Taken);
    let joined = office.use_link(&link, person("Grace \u{202e}reppoH"), "127.0.0.1", "test").await;
    assert_eq!(name_problem(joined.map(drop)), NameProblem::Unseen);
    let joined = office.use_link(&link, person(" Grace  Hopper "), "127.0.0.1", "test").await;
    let secret = joined.expect("the link stays valid until all is right").secret;
    let grace = office.actor_of_session(&secret).await.unwrap().unwrap();
    assert_eq!(grace.user.name, "Grace Hopper");
    let wanted = |name: &str| Preferences {
        name: name.to_owned(),
        language: "de".to_owned(),
        time_zone: "UTC".to_owned(),
        density: "normal".to_owned(),
        theme: "system".to_owned(),
    };
    let renamed = office.set_preferences(&grace, wanted("Frieda Kontor")).await;
    assert_eq!(name_problem(renamed), NameProblem::Taken);
    office.set_preferences(&grace, wanted("GRACE Hopper")).await.expect("her own, spelled anew");
    let long = office.set_preferences(&grace, wanted(&"a".repeat(81))).await;
    assert_eq!(name_problem(long), NameProblem::Long);
}

#[tokio::test]
async fn a_token_has_a_proper_name_and_reaches_what_is_there() {
    let file = kontor_testkit::SqliteFile::fresh();
    let bureau = Bureau::over(&[("shop", &file.url())]).await;
    let (office, actor) = (&bureau.office, &bureau.actor);
    let wanted = |name: &str, backends: &[&str]| NewToken {
        name: name.to_owned(),
        backends: Some(backends.iter().map(|name| (*name).to_owned()).collect()),
        role: Role::Reader,
        days: None,
    };
    let unseen = office.make_token(actor, wanted("cron\u{200b}", &["shop"])).await;
    assert_eq!(name_problem(unseen.map(drop)), NameProblem::Unseen);
    let nowhere = office.make_token(actor, wanted("cron", &["shop", "shed"])).await;
    let nowhere = nowhere.map(drop).unwrap_err();
    assert!(nowhere.to_string().contains("you reach no backend “shed”"), "{nowhere}");
    let twice = office.make_token(actor, wanted("cron", &["shop", "shop"])).await.unwrap();
    assert_eq!(twice.token.backends.as_deref(), Some(["shop".to_owned()].as_slice()));
    for number in 1..100 {
        office.make_token(actor, wanted(&format!("cron {number}"), &[])).await.unwrap();
    }
    let many = office.make_token(actor, wanted("one more", &[])).await.map(drop).unwrap_err();
    assert!(many.to_string().contains("100 already"), "{many}");
    assert!(office.revoke_token(actor, &twice.token.id).await.unwrap());
    office.make_token(actor, wanted("one more", &[])).await.expect("a revoked one does not count");
}

#[tokio::test]
async fn a_saved_view_has_a_proper_name_and_keeps_no_endless_list() {
    let file = kontor_testkit::SqliteFile::fresh();
    let table = "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)";
    sqlx::raw_sql(table).execute(&mut file.connect().await).await.unwrap();
    let bureau = Bureau::over(&[("shop", &file.url())]).await;
    let (office, permit) = (&bureau.office, bureau.reading("shop"));
    let save = async |name: &str, definition: ViewDefinition| {
        let owner = Owner::User(bureau.actor.user.id.clone());
        let new = NewView { name: name.to_owned(), owner, definition };
        office.save_view(&permit, &ResourceName::new("orders"), new).await.map(drop)
    };
    let unseen = save("open\u{7}", ViewDefinition::default()).await;
    assert_eq!(name_problem(unseen), NameProblem::Unseen);
    let long = "x".repeat(17 * 1024);
    for (what, definition) in [
        ("filter", ViewDefinition { filter: format!("note = {long}"), ..Default::default() }),
        ("search", ViewDefinition { search: long.clone(), ..Default::default() }),
        ("columns", ViewDefinition { columns: vec!["id".into(); 501], ..Default::default() }),
    ] {
        let refused = save("open", definition).await.unwrap_err();
        assert!(matches!(refused, OfficeError::Parameter { what: told, .. } if told == what));
    }
    save("open", ViewDefinition::default()).await.unwrap();
}

#[tokio::test]
async fn what_is_asked_wrongly_is_not_told_as_a_failure_of_the_backend() {
    let server = kontor_testkit::PostgresServer::shared().await;
    let url = server.fresh_database().await;
    let mut direct = sqlx::PgConnection::connect(&url).await.unwrap();
    let table = "CREATE TABLE orders (id bigint PRIMARY KEY, sku text UNIQUE);
        CREATE TABLE articles (sku text PRIMARY KEY); INSERT INTO orders VALUES (1, 'a')";
    sqlx::raw_sql(table).execute(&mut direct).await.unwrap();
    let bureau = Bureau::over(&[("shop", &url)]).await;
    let (office, permit) = (&bureau.office, bureau.reading("shop"));
    let key = RecordKey::Values(vec![Value::Text("x".repeat(45_000))]);
    let long = office.record(&permit, &ResourceName::new("articles"), &key).await.map(drop);
    let long = long.unwrap_err();
    assert!(matches!(long, OfficeError::Parameter { what: "key", .. }), "{long:?}");
    let elsewhere = Cursor { values: vec![Value::Text("no number".into())], skip: 0 };
    let request = ListRequest { after: Some(elsewhere.to_text()), ..ListRequest::default() };
    let wrong = office.list(&permit, &ResourceName::new("orders"), &request).await.map(drop);
    let wrong = wrong.unwrap_err();
    assert!(
        matches!(&wrong, OfficeError::Backend { failure, .. } if failure.kind == FailureKind::Invalid),
        "{wrong:?}"
    );
    let filter = Filter::parse(&format!("sku = {}", "x".repeat(70_000))).unwrap_err();
    assert!(filter.to_string().contains("at most 65536 bytes"), "{filter}");
}
