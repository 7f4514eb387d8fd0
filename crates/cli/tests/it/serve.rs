//! `kontor serve`.

use crate::bed::{Bed, get, http};

/// Fills in the form that the link leads to.
pub(crate) async fn welcome(link: &str) -> reqwest::Response {
    let form = [
        ("name", "Anna Albrecht"),
        ("email", "anna@example.com"),
        ("password", "ein langes Kennwort 4711"),
        ("repeat", "ein langes Kennwort 4711"),
    ];
    let client = http().redirect(reqwest::redirect::Policy::none());
    client.build().unwrap().post(link).form(&form).send().await.unwrap()
}

#[tokio::test]
async fn the_first_start_prints_a_link_and_none_is_printed_once_somebody_administers() {
    let bed = Bed::new();
    let first = bed.start(&["serve"]).await;
    let link = first.link().expect("nobody administers a fresh installation").to_owned();
    let ready = get(&format!("{}/readyz", first.address)).await;
    assert_eq!(ready.status(), 200);
    assert_eq!(first.stop().await.code, Some(0));

    let second = bed.start(&["serve"]).await;
    let fresh = second.link().expect("still nobody administers").to_owned();
    assert_ne!(fresh.rsplit('/').next(), link.rsplit('/').next(), "a link is printed once");
    let page = get(&fresh).await;
    assert_eq!(page.status(), 200);
    let old = link.rsplit('/').next().unwrap();
    let spent = get(&format!("{}/welcome/{old}", second.address)).await;
    assert!(spent.status().is_client_error(), "{}", spent.status());
    let entered = welcome(&fresh).await;
    assert!(entered.status().is_redirection(), "{}", entered.status());
    second.stop().await;

    let third = bed.start(&["serve"]).await;
    assert_eq!(third.link(), None, "{:?}", third.greeting);
    assert_eq!(third.greeting.len(), 1, "{:?}", third.greeting);
    third.stop().await;
}

#[tokio::test]
async fn what_the_data_folder_keeps_is_for_its_owner_alone() {
    use std::os::unix::fs::MetadataExt as _;
    let bed = Bed::new();
    bed.start(&["serve"]).await.stop().await;
    for (name, mode) in [("", 0o700), ("kontor.db", 0o600), ("key", 0o600), ("seal.key", 0o600)] {
        let found = std::fs::metadata(bed.path(name)).unwrap().mode() & 0o777;
        assert_eq!(found, mode, "{name}: {found:o}");
    }
}

#[tokio::test]
async fn a_store_whose_seal_is_missing_is_not_opened_with_another() {
    let bed = Bed::new();
    bed.start(&["serve"]).await.stop().await;
    std::fs::remove_file(bed.path("seal.key")).unwrap();
    let ran = bed.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("seal.key is missing"), "{}", ran.err);
    assert!(!bed.path("seal.key").exists());
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Bed::new().run(&["serve", "--listen", &address]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains(&format!("nothing can listen at {address}")), "{}", ran.err);
    assert!(ran.err.contains("--listen"), "{}", ran.err);
}

#[tokio::test]
async fn the_metrics_tell_how_backends_are() {
    let bed = Bed::new();
    let shop = kontor_testkit::SqliteFile::fresh();
    bed.write("backends/shop.toml", &format!("url = \"{}\"\n", shop.url()));
    let shut = bed.start(&["serve"]).await;
    let refused = get(&format!("{}/metrics", shut.address)).await;
    assert_eq!(refused.status(), 403, "nobody has said that this machine may");
    shut.stop().await;
    let serving = bed.start(&["serve", "--metrics", "machine"]).await;
    kontor_testkit::eventually("the backend is up", || async {
        let metrics = get(&format!("{}/metrics", serving.address)).await;
        metrics.text().await.unwrap().contains("kontor_backend_up{backend=\"shop\"} 1")
    })
    .await;
    serving.stop().await;
}

#[tokio::test]
async fn the_log_is_one_json_object_a_line_where_that_is_wanted() {
    let bed = Bed::new();
    bed.write("backends/shop.toml", "urll = \"sqlite:shop.db\"\n");
    let ran = bed.start(&["serve", "--log", "json"]).await.stop().await;
    let lines: Vec<serde_json::Value> =
        ran.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mistake =
        lines.iter().find(|line| line["level"] == "ERROR").expect("the manifest is wrong");
    assert!(mistake["message"].as_str().unwrap().contains("did you mean “url”?"), "{mistake}");
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_until_the_first_has_ended() {
    let bed = Bed::new();
    let first = bed.start(&["serve"]).await;
    let second = bed.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert_ne!(second.code, Some(0));
    assert!(second.err.contains("another Kontor is serving"), "{}", second.err);
    first.kill().await;
    bed.start(&["serve"]).await.stop().await;
}
