//! Links between backends on the screens and in the API.

use kontor_model::{FieldType, Value};
use kontor_office::ConnectRequest;
use kontor_testkit::SqliteFile;
use kontor_web::components::cell::{Place, content};
use kontor_web::shown::{Cell, Far, FarState, FieldView, Linked, RecordRef};
use kontor_web::texts::Language;

use super::samples;
use super::shop::{Browser, Shop};

const LINK: &str = "
[[links]]
from = \"bestellung\"
fields = [\"kunde_nr\"]
to = \"kartei:KUNDEN\"
to_fields = [\"KDNR\"]
name = \"karte\"
title = { de = \"Karteikarte\", en = \"Card\" }
value = { pad = 6 }
";

const CARDS: &str = "
CREATE TABLE KUNDEN (KDNR CHAR(6) PRIMARY KEY, NAME TEXT NOT NULL, ORT TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 59)
INSERT INTO KUNDEN SELECT '00' || (1000 + i * 7), 'Karte ' || i, 'Stadt ' || (i % 3) FROM n;
";

/// The shop and a card file beside it, with the cards of all customers but the last.
struct House {
    shop: Shop,
    _cards: SqliteFile,
}

impl House {
    async fn open(manifest: &str) -> Self {
        let shop = Shop::open(manifest).await;
        let cards = SqliteFile::fresh();
        super::opened::run(&shop.path(""), &cards, CARDS).await;
        let request = ConnectRequest {
            url: cards.url().to_string(),
            name: Some(samples::backend("kartei")),
            ..ConnectRequest::default()
        };
        shop.office.connect(None, &request).await.expect("a backend");
        Self { shop, _cards: cards }
    }
}

#[tokio::test]
async fn a_list_shows_what_another_backend_calls_its_records_and_a_filter_follows() {
    let house = House::open(LINK).await;
    let mut browser = house.shop.administrator().await;
    let list = browser.get("/b/laden/bestellung?s=bestellung_nr").await;
    list.says("<a class=\"link\" href=\"/b/kartei/KUNDEN/r/001014\"").says("Karte 2");
    let missing = browser.get("/b/laden/bestellung?f=kunde_nr%20%3D%201420").await;
    missing.says("class=\"dangling\" title=\"In „kartei“ gibt es dazu keinen Datensatz.\"");
    let filtered = browser.get("/b/laden/bestellung?f=karte.NAME%20%3D%20%22Karte%202%22").await;
    filtered.says("Karteikarte › NAME ist Karte 2").says("Karte 2").says_not("Karte 3");
    let builder = browser.get("/b/laden/bestellung/filter?at=new").await;
    builder.says("<optgroup label=\"Karteikarte\">");
    let sorted = browser.get("/b/laden/bestellung?s=karte.NAME").await;
    sorted.says("lässt sich nicht sortieren");
}

#[tokio::test]
async fn a_record_shows_what_points_to_it_from_another_backend() {
    let house = House::open(LINK).await;
    let mut browser = house.shop.administrator().await;
    let order = browser.get("/b/laden/bestellung/r/50001").await;
    order.says("Karte 2").says("<span class=\"help\">kartei</span>");
    let card = browser.get("/b/kartei/KUNDEN/r/001014").await;
    card.says("data-get=\"/b/kartei/KUNDEN/r/001014/related/laden%3Abestellung%3A0\"");
    let related = browser.get_part("/b/kartei/KUNDEN/r/001014/related/laden:bestellung:0").await;
    related.says("Bestellung · Laden").says("/b/laden/bestellung/r/50001");
    let peek = browser.get_part("/b/laden/bestellung/r/50001/peek").await;
    peek.says("Karte 2");
}

#[tokio::test]
async fn the_api_tells_what_fields_point_to_in_other_backends() {
    let house = House::open(LINK).await;
    let mut browser = house.shop.administrator().await;
    let records = "/api/v1/backends/laden/resources/bestellung/records";
    let page = browser.get(&format!("{records}?titles=true&sort=bestellung_nr&limit=1")).await;
    let page: serde_json::Value = serde_json::from_str(&page.text).expect("JSON");
    assert_eq!(
        page["records"][0]["far"]["kunde_nr"],
        serde_json::json!({
            "state": "found", "backend": "kartei", "resource": "KUNDEN",
            "key": "001014", "title": "Karte 2"
        })
    );
    let record = browser.get(&format!("{records}/50059")).await;
    let record: serde_json::Value = serde_json::from_str(&record.text).expect("JSON");
    assert_eq!(record["far"]["kunde_nr"], serde_json::json!({ "state": "missing" }));
    let resource = browser.get("/api/v1/backends/kartei/resources/KUNDEN").await;
    let resource: serde_json::Value = serde_json::from_str(&resource.text).expect("JSON");
    let incoming = &resource["incoming"][0];
    assert_eq!(
        (&incoming["name"], &incoming["backend"]),
        (&"laden:bestellung:0".into(), &"laden".into())
    );
    let related =
        "/api/v1/backends/kartei/resources/KUNDEN/records/001014/related/laden:bestellung:0";
    let related: serde_json::Value =
        serde_json::from_str(&browser.get(related).await.text).expect("JSON");
    assert_eq!(
        (&related["backend"], &related["resource"]),
        (&"laden".into(), &"bestellung".into())
    );
    let refused = browser
        .get(&format!("{records}?filter=karte.NAME%20is%20not%20null%20and%20karte.KDNR%20%3D%20x"))
        .await;
    assert_eq!(refused.status, 200, "59 cards can be carried over: {}", refused.text);
}

#[tokio::test]
async fn links_are_compared_accepted_and_in_force() {
    let house = House::open("").await;
    let mut browser = house.shop.administrator().await;
    browser.get("/links").await.says("Noch nicht verglichen").says("Noch verweist kein Backend");
    let compared = browser.post("/links", &[("do", "compare")]).await;
    let page = browser.follow(&compared).await;
    page.says("bestellung.kunde_nr").says("vorn auf 6 Stellen mit Nullen auffüllen");
    let id = proposal(&page.text, "bestellung.kunde_nr");
    let accepted = browser.post("/links", &[("do", "accept"), ("proposal", &id)]).await;
    browser.follow(&accepted).await.says("noch nicht gemessen");
    assert!(house.shop.manifest().contains("to = \"kartei:KUNDEN\""), "{}", house.shop.manifest());
    browser.get("/b/laden").await.says("Verweise auf andere Backends");
    browser.get("/b/laden/bestellung").await.says("/b/kartei/KUNDEN/r/");
}

/// The id of the proposal about a field.
fn proposal(page: &str, from: &str) -> String {
    let line = page.split("<li>").find(|line| line.contains(from)).expect("a proposal");
    let (_, rest) = line.split_once("name=\"proposal\" value=\"").expect("an id");
    rest.split('"').next().expect("an id").to_owned()
}

#[tokio::test]
async fn without_a_right_there_the_value_stands_with_an_explanation() {
    let house = House::open(LINK).await;
    let mut administrator = house.shop.administrator().await;
    let mut reader: Browser<'_> = super::rooms::reader(&house.shop, &mut administrator).await;
    let list = reader.get("/b/laden/bestellung").await;
    list.says("Gehört zu einem Backend, das es nicht gibt oder das du nicht lesen darfst.");
    list.says_not("Karte 2").says_not("kartei");
    let filtered = reader.get("/b/laden/bestellung?f=karte.NAME%20%3D%20x").await;
    filtered.says("lässt sich nicht filtern").says_not("kartei");
}

#[test]
fn what_is_not_available_is_said_in_words_beside_the_value() {
    let shell = samples::shell(Language::German);
    let field = FieldView { is_far: true, ..FieldView::new("kunde_nr", FieldType::text()) };
    let shown = |state: FarState| {
        let note = "„Kundenkartei“ hat nicht rechtzeitig geantwortet.".to_owned();
        let far = Some(Far { state, note, is_inside: false, is_identity: false });
        let cell = Cell { far, ..Cell::of(Value::Text("K-17".into())) };
        content(&shell, &field, &cell, Place::List).into_string()
    };
    let away = shown(FarState::Unavailable);
    assert!(away.contains("K-17") && away.contains("nicht verfügbar"), "{away}");
    assert!(away.contains("title=\"„Kundenkartei“ hat nicht rechtzeitig"), "{away}");
    let missing = shown(FarState::Missing);
    assert!(missing.contains("dangling") && !missing.contains("nicht verfügbar"), "{missing}");
}

#[test]
fn a_field_that_is_called_a_number_shows_the_number_and_the_name_beside_it() {
    let shell = samples::shell(Language::German);
    let shown = |title: &str, value: &str| {
        let named = FieldView::new("kunde_nr", FieldType::text());
        let field = FieldView { is_far: true, title: title.to_owned(), ..named };
        let to = RecordRef {
            backend: samples::backend("kartei"),
            resource: samples::resource("KUNDEN"),
            key: kontor_model::RecordKey::Values(vec![Value::Int(17)]),
        };
        let state = FarState::Found { title: "Anna Meier".into(), to: to.clone() };
        let far = Some(Far { state, note: "Kartei".into(), is_inside: false, is_identity: false });
        let beyond = Cell { far, ..Cell::of(Value::Text(value.into())) };
        let linked = Some(Linked { title: "Anna Meier".into(), to: Some(to) });
        let own = Cell { linked, ..Cell::of(Value::Text(value.into())) };
        [beyond, own].map(|cell| content(&shell, &field, &cell, Place::List).into_string())
    };
    for title in ["Kundennummer", "Customer number", "Kunden-Nr.", "Kunde Nr"] {
        for cell in shown(title, "K-17") {
            assert!(cell.starts_with("K-17 · <a") && cell.contains(">Anna Meier</a>"), "{cell}");
        }
    }
    for cell in shown("Kunde", "K-17") {
        assert!(cell.starts_with("<a") && cell.contains(">Anna Meier</a>"), "a calm list: {cell}");
    }
    for cell in shown("Kundennummer", "Anna Meier") {
        assert_eq!(cell.matches(">Anna Meier<").count(), 1, "not twice: {cell}");
        assert!(cell.starts_with("<a"), "{cell}");
    }
}
