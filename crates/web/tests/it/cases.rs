//! The page of a case, as a person in front of a browser sees it.

use axum::http::StatusCode;

use crate::shop::Shop;

/// Customers are things of a case, in two tables; their orders belong to them.
const MANIFEST: &str = r#"
writable = true

[resources.kunde]
case = "customer"
title_field = "name"
[resources.kunde.fields]
ort = { fact = "town" }

[resources.karte]
case = "customer"
title_field = "nummer"
[resources.karte.fields]
ort = { fact = "town" }
seit = { event = { de = "Karte bekommen", en = "got the card" } }
[resources.karte.actions.sperren]
title = { de = "Karte sperren", en = "Block the card" }
set = { gesperrt = "1" }

[[links]]
from = "bestellung"
fields = ["kunde_nr"]
to = "kunde"
to_fields = ["kunde_nr"]
"#;

const CARD: &str = "
CREATE TABLE karte (nummer TEXT PRIMARY KEY, kunde INTEGER NOT NULL REFERENCES kunde (kunde_nr),
    ort TEXT, seit DATE, gesperrt INTEGER NOT NULL DEFAULT 0);
INSERT INTO karte VALUES ('G-1', 1007, 'Ort 1', '2024-05-01', 0), ('G-2', 1014, 'Husum', '2025-01-01', 0);
";

const CASE: &str = "/case/laden/kunde/1007";

#[tokio::test]
async fn a_case_has_its_records_what_belongs_to_them_their_actions_and_one_timeline() {
    let shop = Shop::with_tables(CARD, MANIFEST).await;
    let mut ada = shop.administrator().await;
    let page = ada.get(CASE).await;
    page.says("Kunde 1").says("G-1").says("href=\"/b/laden/bestellung?f=kunde_nr");
    page.says("/b/laden/karte/r/G-1/do/sperren").says("Karte bekommen");
    page.says_not("Die Backends sagen Verschiedenes");
    ada.get("/case/laden/karte/G-2").await.says("Kunde 2").says("Die Backends sagen Verschiedenes");
    ada.get("/b/laden/kunde/r/1007").await.says(&format!("href=\"{CASE}\""));
}

#[tokio::test]
async fn an_action_that_was_begun_from_a_case_leads_back_to_it() {
    let shop = Shop::with_tables(CARD, MANIFEST).await;
    let mut ada = shop.administrator().await;
    let action = "/b/laden/karte/r/G-1/do/sperren";
    let form = ada.get(&format!("{action}?back={CASE}")).await;
    form.says(&format!("name=\"back\" value=\"{CASE}\""));
    let done = ada.post(action, &[("back", CASE)]).await;
    assert_eq!(done.location.as_deref(), Some(CASE));
    let elsewhere =
        ada.post("/b/laden/karte/r/G-2/do/sperren", &[("back", "//evil.example")]).await;
    assert_eq!(elsewhere.location.as_deref(), Some("/b/laden/karte/r/G-2"));
}

#[tokio::test]
async fn a_timeline_is_a_page_for_browsers_and_a_part_for_the_script() {
    let shop = Shop::with_tables(CARD, MANIFEST).await;
    let mut ada = shop.administrator().await;
    ada.post("/b/laden/kunde/r/1007/edit", &[("v.ort", "Husum"), ("was.ort", "tOrt 1")]).await;
    for (timeline, back) in [
        (format!("{CASE}/timeline"), CASE),
        ("/b/laden/kunde/r/1007/timeline".into(), "/b/laden/kunde/r/1007"),
    ] {
        let page = ada.get(&timeline).await;
        page.says("<!DOCTYPE html>")
            .says("Husum")
            .says("Kunde 1")
            .says(&format!("href=\"{back}\""));
        ada.get_part(&timeline).await.says_not("<!DOCTYPE html>").says("Husum");
    }
}

#[tokio::test]
async fn what_is_no_thing_of_a_case_has_no_such_page() {
    let shop = Shop::with_tables(CARD, MANIFEST).await;
    let mut ada = shop.administrator().await;
    assert_eq!(ada.get("/case/laden/bestellung/50001").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ada.get("/case/laden/kunde/999999").await.status, StatusCode::NOT_FOUND);
}
