//! `kontor user`.

use kontor_testkit::PostgresServer;
use reqwest::StatusCode;

use crate::bed::{Bed, Ran, http};
use crate::serve::welcome;

const NEW: &str = "ein neues Kennwort 1893";

fn client() -> reqwest::Client {
    http().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// The cookie that an answer sets.
fn cookie(answer: &reqwest::Response) -> String {
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Whether somebody with a cookie is let in.
async fn is_in(address: &str, cookie: &str) -> bool {
    client().get(address).header("cookie", cookie).send().await.unwrap().status() == StatusCode::OK
}

async fn sign_in(address: &str, password: &str) -> StatusCode {
    let form = [("email", "anna@example.com"), ("password", password)];
    let request = client().post(format!("{address}/sign-in")).form(&form);
    request.send().await.unwrap().status()
}

async fn choose_password(link: &str, name: &str) -> reqwest::Response {
    let form = [("name", name), ("password", NEW), ("repeat", NEW)];
    client().post(link).form(&form).send().await.unwrap()
}

/// The link that a command printed.
fn link(ran: &Ran) -> String {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let line = ran.out.lines().find(|line| line.contains("/welcome/"));
    line.unwrap_or_else(|| panic!("no link: {}", ran.out)).to_owned()
}

/// Beside a running office: the link works, the old session and the old password do not.
async fn beside_a_running_office(bed: &Bed, store: &[&str]) {
    let with = |arguments: &[&'static str]| [store, arguments].concat();
    let serving = bed.start(&with(&["serve"])).await;
    let address = serving.address.clone();
    let entered = welcome(serving.link().unwrap()).await;
    let session = cookie(&entered);
    assert!(is_in(&address, &session).await);

    let reset = ["user", "reset-link", "Anna@Example.com", "--listen"];
    let reset = [&with(&reset)[..], &[address.strip_prefix("http://").unwrap()]].concat();
    let earlier = link(&bed.run(&reset).await);
    let latest = link(&bed.run(&reset).await);
    assert!(latest.starts_with(&format!("{address}/welcome/")), "{latest}");
    let spent = client().get(&earlier).send().await.unwrap();
    assert_eq!(spent.status(), StatusCode::GONE, "a later link makes it worthless");
    assert!(is_in(&address, &session).await, "nobody has used the link yet");

    let entered = choose_password(&latest, "Anna Albrecht").await;
    assert!(entered.status().is_redirection(), "{}", entered.status());
    assert!(is_in(&address, &cookie(&entered)).await);
    assert!(!is_in(&address, &session).await, "the session from before has ended");
    assert_eq!(client().get(&latest).send().await.unwrap().status(), StatusCode::GONE);
    assert_eq!(sign_in(&address, "ein langes Kennwort 4711").await, StatusCode::UNAUTHORIZED);
    assert!(sign_in(&address, NEW).await.is_redirection());

    let audit = client().get(format!("{address}/audit")).header("cookie", cookie(&entered));
    let audit = audit.send().await.unwrap().text().await.unwrap();
    assert!(audit.contains("operator on the machine"), "{audit}");
    serving.stop().await;
    let verified = bed.run(&with(&["audit", "verify"])).await;
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
}

#[tokio::test]
async fn who_has_lost_the_password_gets_a_link_beside_a_running_office() {
    beside_a_running_office(&Bed::new(), &[]).await;
}

#[tokio::test]
async fn who_has_lost_the_password_gets_a_link_beside_an_office_on_postgresql() {
    let store = PostgresServer::shared().await.fresh_database().await;
    beside_a_running_office(&Bed::new(), &["--store", &store]).await;
}

#[tokio::test]
async fn a_link_that_was_made_while_the_office_was_closed_works_once_it_is_open() {
    let bed = Bed::new();
    let first = bed.start(&["serve"]).await;
    let session = cookie(&welcome(first.link().unwrap()).await);
    first.stop().await;

    let origin = "https://office.example.com";
    bed.write("kontor.toml", &format!("trusted_origins = [\"{origin}\"]\n"));
    let link = link(&bed.run(&["user", "reset-link", "anna@example.com"]).await);
    let secret = link.strip_prefix(&format!("{origin}/welcome/")).expect("it leads to the proxy");

    let second = bed.start(&["serve"]).await;
    assert_eq!(second.link(), None, "Anna still administers");
    let entered = choose_password(&format!("{}/welcome/{secret}", second.address), "Anna").await;
    assert!(entered.status().is_redirection(), "{}", entered.status());
    assert!(!is_in(&second.address, &session).await);
    second.stop().await;
    assert_eq!(bed.run(&["audit", "verify"]).await.code, Some(0));
}

#[tokio::test]
async fn an_unknown_address_is_told_with_the_one_that_was_meant() {
    let bed = Bed::new();
    let serving = bed.start(&["serve"]).await;
    welcome(serving.link().unwrap()).await;
    let near = bed.run(&["user", "reset-link", "ana@exampel.com"]).await;
    assert_eq!(near.code, Some(1));
    assert!(
        near.err.contains(
            "nobody has the e-mail address “ana@exampel.com”; did you mean “anna@example.com”?"
        ),
        "{}",
        near.err
    );
    let far = bed.run(&["user", "reset-link", "zacharias@kontor.test"]).await;
    assert!(far.err.contains("`kontor user list` shows who is there"), "{}", far.err);
    let taken = bed.run(&["user", "invite", "anna@example.com", "--name", "Anna"]).await;
    assert!(taken.err.contains("`kontor user reset-link anna@example.com`"), "{}", taken.err);
    let nowhere = bed.run(&["user", "reset-link", "a@b.c", "--listen", "127.0.0.1:0"]).await;
    assert!(nowhere.err.contains("say it with --listen"), "{}", nowhere.err);
    serving.stop().await;
}

#[tokio::test]
async fn where_no_office_is_none_is_made() {
    let bed = Bed::new();
    for command in [&["user", "list"][..], &["user", "reset-link", "anna@example.com"]] {
        let ran = bed.run(command).await;
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains("there is no store"), "{}", ran.err);
        assert!(!bed.path("").exists());
    }
}

#[tokio::test]
async fn an_invited_administrator_comes_in_and_the_list_tells_who_may_what() {
    let bed = Bed::new();
    bed.write("backends/shop.toml", "url = \"sqlite:shop.db\"\n");
    let serving = bed.start(&["serve"]).await;
    welcome(serving.link().unwrap()).await;
    let listen = serving.address.strip_prefix("http://").unwrap();

    let invite = |email: &'static str, rest: &[&'static str]| {
        let name = email.split('@').next().unwrap_or_default();
        let all = ["user", "invite", email, "--listen", listen, "--name", name];
        [&all[..], rest].concat()
    };
    let reader = ["--role", "shop=reader", "--role", "*=editor"];
    link(&bed.run(&invite("clara@example.com", &reader)).await);
    let unknown = bed.run(&invite("dora@example.com", &["--role", "shpo=reader"])).await;
    assert!(unknown.err.contains("a backend “shpo”; there are: shop"), "{}", unknown.err);
    let both = invite("dora@example.com", &["--administrator", "--role", "shop=reader"]);
    assert_eq!(bed.run(&both).await.code, Some(2));

    let berta = bed.run(&invite("berta@example.com", &["--administrator"])).await;
    let entered = choose_password(&link(&berta), "Berta Busch").await;
    let people = client().get(format!("{}/people", serving.address));
    let people = people.header("cookie", cookie(&entered)).send().await.unwrap();
    assert_eq!(people.status(), StatusCode::OK, "only administrators see the people");
    serving.stop().await;

    let list = bed.run(&["user", "list"]).await.out;
    let line = |email: &str| {
        let line = list.lines().find(|line| line.contains(email)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("berta@"), "berta@example.com Berta Busch administer Kontor active");
    assert_eq!(line("clara@"), "clara@example.com clara *=editor shop=reader invited");
    assert_eq!(line("dora@"), "", "{list}");
    assert_eq!(bed.run(&["audit", "verify"]).await.code, Some(0));
}
