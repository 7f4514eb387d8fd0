//! Values as people say them: JSON of a database on every screen, and the chips of a filter.

use axum::http::StatusCode;

use crate::shop::Shop;

const BASKETS: &str = r#"
CREATE TABLE korb (nr INTEGER PRIMARY KEY, name TEXT NOT NULL, waehrung TEXT NOT NULL, posten TEXT);
INSERT INTO korb VALUES
    (1, 'Erster', 'EUR', '[{"pos":1,"was":"Tasse","preis":1250,"stand":"da","intern":7,"am":"2026-11-20T12:45:30Z","geschenk":true},{"pos":2,"was":"Kanne","preis":4980}]'),
    (2, 'Zweiter', 'JPY', '[{"pos":1,"was":"Teller","preis":500}]');
"#;
const MANIFEST: &str = r#"writable = true
[resources.korb]
title_field = "name"
columns = ["name", "posten"]
[resources.korb.fields.posten]
format = "json"
[resources.korb.fields.posten.members]
pos = { title = "Position" }
was = { title = "Artikel" }
preis = { title = "Preis", format = "money", currency = "waehrung" }
stand = { title = "Stand", choices = { da = { title = "am Lager", color = "green" } } }
am = { title = "Seit" }
intern = { hidden = true }
[resources.bestellung.fields.status]
choices = { offen = { title = "noch offen" } }
"#;

#[tokio::test]
async fn json_of_a_database_is_shown_as_its_manifest_says() {
    let shop = Shop::with_tables(BASKETS, MANIFEST).await;
    let mut ada = shop.administrator().await;
    let record = ada.get("/b/laden/korb/r/1").await;
    record.says("12,50\u{a0}EUR").says("49,80\u{a0}EUR").says(">Position<").says("am Lager");
    record.says("20.11.2026, 13:45").says("Geschenk").says_not("Intern").says_not("<td>1250</td>");
    ada.get("/b/laden/korb/r/2").await.says("500\u{a0}JPY");
    let list = ada.get("/b/laden/korb").await;
    list.says("Tasse · am Lager, Kanne").says(">Teller<");
    ada.get("/b/laden/korb/r/1/peek").await.says("Tasse · am Lager, Kanne");
    // The API and exports have the JSON as it is.
    let api = ada.get("/api/v1/backends/laden/resources/korb/records/1").await;
    api.says("1250").says_not("12,50");
    ada.get("/b/laden/korb/export.csv").await.says("1250").says_not("12,50");
}

#[tokio::test]
async fn what_changed_in_json_is_told_entry_by_entry() {
    let shop = Shop::with_tables(BASKETS, MANIFEST).await;
    let mut ada = shop.administrator().await;
    let after = r#"[{"pos":1,"was":"Tasse","preis":990,"stand":"da","intern":8,"am":"2026-11-20T12:45:30Z","geschenk":true},{"pos":3,"was":"Schale","preis":700}]"#;
    let body = serde_json::json!({ "set": { "posten": after } }).to_string();
    let written = ada.patch("/api/v1/backends/laden/resources/korb/records/1", &body).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.text);
    let timeline = ada.get("/b/laden/korb/r/1/timeline").await;
    timeline.says("Position 1 · Tasse").says("12,50\u{a0}EUR").says("9,90\u{a0}EUR");
    timeline
        .says("Position 2 · Kanne · 49,80\u{a0}EUR")
        .says("Position 3 · Schale · 7,00\u{a0}EUR");
    timeline.says("Entfernt").says("Neu").says_not("<table").says_not("Intern");
    let change = format!("/changes/{}", timeline.between("href=\"/changes/", "\""));
    ada.get(&change).await.says("Position 1 · Tasse").says("9,90\u{a0}EUR").says_not("<table");
}

#[tokio::test]
async fn a_chip_says_the_title_of_a_choice_and_carries_only_its_place() {
    let shop = Shop::open(MANIFEST).await;
    let mut ada = shop.administrator().await;
    let address = "/b/laden/bestellung?f=status%20%3D%20offen%20and%20kunde_nr%20%3E%201007";
    let list = ada.get(address).await;
    list.says("Status ist noch offen").says("name=\"drop\" value=\"1\"");
    let dropped = ada.get(&format!("{address}&q=x&drop=0")).await;
    assert_eq!(dropped.status, StatusCode::SEE_OTHER);
    let location = dropped.location.clone().unwrap_or_default();
    assert!(location.contains("kunde_nr") && location.contains("q=x"), "{location}");
    assert!(!location.contains("offen") && !location.contains("drop"), "{location}");
    // Twice as many tests make the page twice as long, not four times.
    let mut length = async |tests: usize| {
        let parts: Vec<String> = (0..tests).map(|at| format!("kunde_nr%20!%3D%20{at}")).collect();
        let page = ada.get(&format!("/b/laden/bestellung?f={}", parts.join("%20and%20"))).await;
        let chips = page.between("<form class=\"chips\"", "</form>");
        assert_eq!(chips.matches("class=\"chip\"").count(), tests);
        chips.len()
    };
    let (some, many) = (length(25).await, length(100).await);
    assert!(many < 5 * some, "{some} characters for 25 tests, {many} for 100");
}
