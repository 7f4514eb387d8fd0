//! People enter amounts, numbers, times and names as they read them.

use axum::http::StatusCode;

use crate::shop::{Browser, Shop};

const GOODS: &str = "
CREATE TABLE ware (nr INTEGER PRIMARY KEY, name TEXT NOT NULL, preis_cent INTEGER NOT NULL,
    waehrung TEXT NOT NULL, gewicht REAL, gebucht DATETIME);
INSERT INTO ware VALUES (1, 'Sofa', 264900, 'EUR', 41.5, '2026-11-20T22:16:30Z'),
    (2, 'Teekanne', 4980, 'JPY', NULL, NULL), (3, 'Teppich', 1250, 'KWD', 2, '2026-11-20 22:16:30');
";
const MANIFEST: &str = "writable = true
[resources.ware.fields.preis_cent]
title = \"Preis\"
format = \"money\"
currency = \"waehrung\"
";

const API: &str = "/api/v1/backends/laden/resources/ware/records";

async fn goods() -> Shop {
    Shop::with_tables(GOODS, MANIFEST).await
}

/// What the database holds of a field.
async fn held(browser: &mut Browser<'_>, record: u8, field: &str) -> String {
    let answer = browser.get(&format!("{API}/{record}")).await;
    answer.between(&format!("\"{field}\":"), ",").trim_matches(['"', '}']).to_owned()
}

#[tokio::test]
async fn an_amount_is_typed_into_a_cell_as_it_is_read() {
    let shop = goods().await;
    let mut ada = shop.administrator().await;
    let list = ada.get("/b/laden/ware").await;
    list.says("2.649,00\u{a0}EUR").says("4.980\u{a0}JPY").says("1,250\u{a0}KWD");
    list.says("data-e=\"2649,00\"").says("data-n=\"2649.00\"").says("data-currency=\"EUR\"");
    for (record, typed, cents) in
        [(1, "2500", "250000"), (1, "2.500,50", "250050"), (2, "5.000", "5000"), (3, "2", "2000")]
    {
        let body = format!(r#"{{"set":{{}},"entered":{{"preis_cent":"{typed}"}}}}"#);
        let answer = ada.patch(&format!("{API}/{record}"), &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{typed}: {}", answer.text);
        assert_eq!(held(&mut ada, record, "preis_cent").await, cents, "{typed}");
    }
    let answer =
        ada.patch(&format!("{API}/1"), r#"{"set":{},"entered":{"preis_cent":"79,905"}}"#).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says("Höchstens 2 Stellen");
    // The API itself keeps the database's values.
    ada.patch(&format!("{API}/1"), r#"{"set":{"preis_cent":12345}}"#).await.says("123,45");
}

#[tokio::test]
async fn the_form_of_a_record_shows_and_reads_amounts_and_numbers_in_german() {
    let shop = goods().await;
    let mut ada = shop.administrator().await;
    let edit = "/b/laden/ware/r/1/edit";
    let form = ada.get(edit).await;
    form.says("value=\"2649,00\"").says("EUR</span>").says("value=\"41,5\"");
    let was = [("was.preis_cent", "i264900"), ("was.waehrung", "tEUR")];
    let wrong = ada.post(edit, &[("v.preis_cent", "12,345"), was[0], was[1]]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("value=\"12,345\"").says("Höchstens 2 Stellen");
    let saved =
        ada.post(edit, &[("v.preis_cent", "2.500,00"), ("v.gewicht", "1.041,25"), was[0]]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(held(&mut ada, 1, "preis_cent").await, "250000");
    assert_eq!(held(&mut ada, 1, "gewicht").await, "1041.25");
    // Together with another currency, an amount is meant in that one.
    let both = [("v.preis_cent", "500"), ("v.waehrung", "JPY"), ("was.preis_cent", "i250000")];
    ada.post(edit, &both).await;
    assert_eq!(held(&mut ada, 1, "preis_cent").await, "500");
}

#[tokio::test]
async fn many_prices_are_set_at_once_in_euros() {
    let shop = goods().await;
    let mut ada = shop.administrator().await;
    let set = |amount| {
        [("do", "preview"), ("key", "1"), ("set.preis_cent", "1"), ("v.preis_cent", amount)]
    };
    let preview = ada.post("/b/laden/ware/bulk", &set("79,90")).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    preview.says("2.649,00\u{a0}EUR").says("79,90\u{a0}EUR");
    ada.post("/b/laden/ware/bulk", &set("79,905")).await.says("Höchstens 2 Stellen");
}

#[tokio::test]
async fn a_filter_for_an_amount_is_built_in_euros_and_kept_in_cents() {
    let shop = goods().await;
    let mut ada = shop.administrator().await;
    let form = "?at=new&field0=preis_cent&op0=%3E&value0=1.000,50&do=apply";
    let answer = ada.get(&format!("/b/laden/ware/filter{form}")).await;
    let location = answer.location.clone().expect("the list");
    assert!(location.contains("preis_cent%20%3E%20100050"), "{location}");
    let list = ada.follow(&answer).await;
    list.says("1.000,50").says("Sofa").says_not("Teppich");
    let again = ada.get(&location.replace("/ware?", "/ware/filter?at=0&")).await;
    again.says("value=\"1000,50\"");
}

#[tokio::test]
async fn a_time_is_entered_in_the_persons_zone_and_keeps_its_form() {
    let shop = goods().await;
    let mut ada = shop.administrator().await;
    let edit = "/b/laden/ware/r/1/edit";
    ada.get(edit)
        .await
        .says("type=\"datetime-local\" name=\"v.gebucht\" value=\"2026-11-20T23:16:30\"");
    let was = ("was.gebucht", "t2026-11-20T22:16:30Z");
    ada.post(edit, &[("v.name", "Sofa 2"), ("v.gebucht", "2026-11-20T23:16:30"), was]).await;
    assert_eq!(held(&mut ada, 1, "gebucht").await, "2026-11-20T22:16:30Z", "nobody edited it");
    let saved = ada.post(edit, &[("v.gebucht", "20.11.2026 10:00"), was]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(held(&mut ada, 1, "gebucht").await, "2026-11-20T09:00:00Z");
    // A value without zone is not shifted.
    let unzoned = ada.get("/b/laden/ware/r/3/edit").await;
    unzoned.says("name=\"v.gebucht\" value=\"2026-11-20T22:16:30\"");
}

#[tokio::test]
async fn what_comes_about_by_itself_is_shown_but_not_offered() {
    let table = "CREATE TABLE buch (nr INTEGER PRIMARY KEY, titel TEXT, neu_am TEXT, weg_am TEXT,
        alt_am TEXT NOT NULL); INSERT INTO buch VALUES (1, 'Faust', '2026-01-01', NULL, '2026-01-02');";
    let manifest = "writable = true
[resources.buch]
stamps = { created = \"neu_am\", updated = \"alt_am\" }
soft_delete = { field = \"weg_am\", deleted = \"now\" }
";
    let shop = Shop::with_tables(table, manifest).await;
    let mut ada = shop.administrator().await;
    let edit = ada.get("/b/laden/buch/r/1/edit").await;
    edit.says("name=\"v.titel\"").says("2026-01-01").says("Wird automatisch gesetzt");
    for name in ["nr", "neu_am", "alt_am", "weg_am"] {
        edit.says_not(&format!("name=\"v.{name}\""));
    }
    let bulk = ada.post("/b/laden/buch/bulk", &[("do", "edit"), ("key", "1")]).await;
    bulk.says("name=\"v.titel\"").says_not("name=\"v.neu_am\"").says_not("name=\"v.weg_am\"");
    bulk.says_not("name=\"v.alt_am\"");
    // A new record cannot be without what must have a value.
    let new = ada.get("/b/laden/buch/new").await;
    new.says("name=\"v.alt_am\"").says_not("name=\"v.neu_am\"").says_not("name=\"v.nr\"");

    let said = format!("{manifest}[resources.buch.fields.neu_am]\neditable = true\n");
    let shop = Shop::with_tables(table, &said).await;
    let mut ada = shop.administrator().await;
    ada.get("/b/laden/buch/r/1/edit").await.says("name=\"v.neu_am\"");
}

#[tokio::test]
async fn a_new_record_of_a_related_list_points_to_where_it_was_asked_for() {
    let manifest = "writable = true
[[links]]
name = \"kunde\"
from = \"bestellung\"
fields = [\"kunde_nr\"]
to = \"kunde\"
to_fields = [\"kunde_nr\"]
";
    let shop = Shop::with_tables("", manifest).await;
    let mut ada = shop.administrator().await;
    let related = ada.get("/b/laden/kunde/r/1007/related/0").await;
    related.says("/b/laden/bestellung/new?v.kunde_nr=1007");
    let form = ada.get("/b/laden/bestellung/new?v.kunde_nr=1007").await;
    form.says("name=\"v.kunde_nr\" value=\"1007\"").says("Kunde 1</output>");
}

#[tokio::test]
async fn a_related_list_shows_amounts_in_their_currency_and_aligns_numbers_as_numbers() {
    let tables = "CREATE TABLE zahlung (nr INTEGER PRIMARY KEY, kunde_nr INTEGER REFERENCES kunde (kunde_nr),
            betrag INTEGER, waehrung TEXT);
        INSERT INTO zahlung VALUES (1, 1007, 1299, 'EUR'), (2, 1007, 1299, 'JPY');
        CREATE VIEW summe AS SELECT kunde_nr, count(*) * 2 AS stueck FROM zahlung GROUP BY kunde_nr;";
    let manifest = "[resources.zahlung.fields]
betrag = { format = \"money\", currency = \"waehrung\" }
[[links]]
name = \"kunde\"
from = \"summe\"
fields = [\"kunde_nr\"]
to = \"kunde\"
to_fields = [\"kunde_nr\"]
";
    let shop = Shop::with_tables(tables, manifest).await;
    let mut ada = shop.administrator().await;
    let mut related = String::new();
    for link in 0..2 {
        related += &ada.get(&format!("/b/laden/kunde/r/1007/related/{link}")).await.text;
    }
    assert!(related.contains("12,99\u{a0}EUR"), "{related}");
    assert!(related.contains("1.299\u{a0}JPY"), "{related}");
    assert!(related.contains("<th class=\"right\" scope=\"col\">Stueck"), "{related}");
}

#[tokio::test]
async fn the_words_of_a_search_stand_in_the_quotation_marks_of_the_language() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    ada.get("/b/laden/kunde?q=Kunde").await.says("„Kunde“");
}

#[tokio::test]
async fn the_words_of_a_search_may_stand_in_several_fields_in_any_order() {
    let table =
        "CREATE TABLE person (nr INTEGER PRIMARY KEY, vorname TEXT, nachname TEXT, ort TEXT);
        INSERT INTO person VALUES (1, 'Andrea', 'Bauer', 'Kiel'), (2, 'Stefanie', 'Otto', 'Ulm'),
            (3, 'Andrea', 'Otto', 'Kiel');";
    let manifest = "writable = true
[resources.person]
title_field = [\"vorname\", \"nachname\"]
";
    let shop = Shop::with_tables(table, manifest).await;
    let mut ada = shop.administrator().await;
    for (words, found) in [
        ("Andrea Bauer", "/person/r/1"),
        ("Bauer Andrea", "/person/r/1"),
        ("otto stefanie", "/person/r/2"),
        ("otto 3", "/person/r/3"),
    ] {
        let words = words.replace(' ', "%20");
        for address in [
            format!("/b/laden/person?q={words}"),
            format!("/search?q={words}"),
            format!("/search?in=laden%2Fperson&q={words}"),
        ] {
            let answer = ada.get(&address).await;
            answer.says(found);
            for other in ["/person/r/1", "/person/r/2", "/person/r/3"] {
                if other != found {
                    answer.says_not(other);
                }
            }
        }
    }
    ada.get("/b/laden/person?q=Andrea%20Ulm").await.says_not("/person/r/");
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_told_with_what_would_be_right_and_nothing_else() {
    let shop = goods().await;
    let mut ada = shop.administrator().await;
    let list = ada.get("/b/laden/ware?f=gebucht%20in%20last%2030%20days").await;
    list.says("Richtig wäre: gebucht during last 30 days").says("docs/filters.md");
    let none = ada.get("/b/laden/ware?f=name%20%3D%20Nichts").await;
    none.says("Nichts gefunden – Filter lockern?");
    list.says_not("Nichts gefunden – Filter lockern?");
}
