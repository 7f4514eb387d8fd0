//! Changing and deleting records: what was written, what was not, and the way back.

use axum::http::StatusCode;

use super::shop::Shop;

const WRITABLE: &str = "writable = true\n";

const CUSTOMER: &str = "/b/laden/kunde/r/1007";

/// The id of the latest operation in the timeline of a customer.
async fn latest(browser: &mut super::shop::Browser<'_>) -> String {
    browser.get(&format!("{CUSTOMER}/timeline")).await.between("/changes/", "\"")
}

#[tokio::test]
async fn a_refused_edit_and_a_refused_undo_stand_in_the_timeline_as_attempts_only() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let edit = format!("{CUSTOMER}/edit");
    ada.post(&edit, &[("v.ort", "Husum"), ("was.ort", "tOrt 1")]).await;
    let operation = latest(&mut ada).await;
    shop.outside("UPDATE kunde SET ort = 'Kiel' WHERE kunde_nr = 1007").await;
    let refused = ada.post(&edit, &[("v.ort", "Mölln"), ("was.ort", "tOrt 1")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let refused = ada.post(&format!("/changes/{operation}/undo"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);

    let timeline = ada.get(&format!("{CUSTOMER}/timeline")).await;
    timeline
        .says("wollte ändern")
        .says("wollte zurücknehmen")
        .says("Nicht geschrieben: wurde inzwischen von jemand anderem geändert")
        .says("hat geändert")
        .says_not("hat zurückgenommen")
        .says_not("Mölln");
    assert_eq!(timeline.text.matches("class=\"tried\"").count(), 2, "{}", timeline.text);
    assert!(timeline.text.matches("/undo").count() <= 1, "{}", timeline.text);
}

/// Orders whose lines go with them, whose notes lose their link, and whose payments hold them.
const LINES: &str = "
CREATE TABLE auftrag (auftrag_nr INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE position (position_nr INTEGER PRIMARY KEY, menge INTEGER,
    auftrag_nr INTEGER REFERENCES auftrag (auftrag_nr) ON DELETE CASCADE);
CREATE TABLE vermerk (vermerk_nr INTEGER PRIMARY KEY,
    auftrag_nr INTEGER REFERENCES auftrag (auftrag_nr) ON DELETE SET NULL);
CREATE TABLE zahlung (zahlung_nr INTEGER PRIMARY KEY,
    auftrag_nr INTEGER REFERENCES auftrag (auftrag_nr));
CREATE VIEW auftragssumme AS SELECT auftrag_nr, count(*) AS stueck FROM position GROUP BY auftrag_nr;
INSERT INTO auftrag VALUES (1, 'Eins'), (2, 'Zwei'), (3, 'Drei'), (4, 'Vier');
INSERT INTO position VALUES (11, 1, 1), (12, 2, 1), (21, 5, 2), (31, 1, 3);
INSERT INTO vermerk VALUES (1, 2);
INSERT INTO zahlung VALUES (1, 3);
";

/// A link that the manifest gives to a view.
const SUMS: &str = "
writable = true

[[links]]
name = \"auftrag\"
from = \"auftragssumme\"
fields = [\"auftrag_nr\"]
to = \"auftrag\"
to_fields = [\"auftrag_nr\"]
";

const BULK: &str = "/b/laden/auftrag/bulk";

#[tokio::test]
async fn deleting_several_records_says_what_goes_along_and_promises_no_undo() {
    let shop = Shop::with_tables(LINES, SUMS).await;
    let mut ada = shop.administrator().await;
    let form = [("do", "delete"), ("key", "1"), ("key", "2"), ("key", "3")];
    let preview = ada.post(BULK, &form).await;
    preview
        .says("Position")
        .says("wird mitgelöscht")
        .says("Vermerk")
        .says("verliert den Verweis")
        .says("Zahlung")
        .says("verhindert das Löschen")
        .says("<span>Drei · 3</span>")
        .says("daran hängt noch anderes")
        .says("2 Datensätze löschen")
        .says("danach gibt es kein Zurück")
        .says_not("zeigt danach ins Leere")
        .says_not("alles auf einmal");
    let plan = preview.between("name=\"plan\" value=\"", "\"");
    let applied = ada.post(BULK, &[("do", "apply"), ("plan", &plan), ("confirm", "2")]).await;
    let ended = ada.follow(&applied).await;
    let change = ended.location.clone().expect("a change's page");
    ada.follow(&ended).await.says("ging anderes mit verloren").says_not("/undo\"");
    let refused = ada.post(&format!("{change}/undo"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    ada.get("/b/laden/auftrag").await.says("Drei").says("Vier").says_not("Eins");
}

#[tokio::test]
async fn deleting_records_on_which_nothing_hangs_is_taken_back() {
    let shop = Shop::with_tables(LINES, SUMS).await;
    let mut ada = shop.administrator().await;
    let preview = ada.post(BULK, &[("do", "delete"), ("key", "4")]).await;
    preview.says("zurücknehmen").says_not("wird mitgelöscht");
    let plan = preview.between("name=\"plan\" value=\"", "\"");
    let applied = ada.post(BULK, &[("do", "apply"), ("plan", &plan), ("confirm", "1")]).await;
    let change = ada.follow(&applied).await.location.expect("a change's page");
    ada.get("/b/laden/auftrag").await.says_not("Vier");
    ada.post(&format!("{change}/undo"), &[]).await;
    ada.get("/b/laden/auftrag").await.says("Vier");
}

#[tokio::test]
async fn what_came_after_the_preview_of_a_deletion_is_not_lost() {
    let shop = Shop::with_tables(LINES, SUMS).await;
    let mut ada = shop.administrator().await;
    let preview = ada.post(BULK, &[("do", "delete"), ("key", "4")]).await;
    let plan = preview.between("name=\"plan\" value=\"", "\"");
    shop.outside("INSERT INTO position VALUES (41, 1, 4);").await;
    let applied = ada.post(BULK, &[("do", "apply"), ("plan", &plan), ("confirm", "1")]).await;
    ada.follow(&applied).await.says("wurde inzwischen von jemand anderem geändert");
    ada.get("/b/laden/auftrag").await.says("Vier");
    let again = ada.post(BULK, &[("do", "retry"), ("plan", &plan), ("key", "4")]).await;
    again.says("wird mitgelöscht").says("danach gibt es kein Zurück");
}

#[tokio::test]
async fn a_record_that_others_hold_has_no_button_but_says_what_must_go_first() {
    let shop = Shop::with_tables(LINES, SUMS).await;
    let mut ada = shop.administrator().await;
    let page = ada.get("/b/laden/auftrag/r/3/delete").await;
    page.says("Das muss zuerst weg")
        .says("Zahlung")
        .says("/b/laden/zahlung?f=auftrag_nr")
        .says_not("name=\"confirm\"")
        .says_not("button danger")
        .says_not("zeigt danach ins Leere");
    ada.get("/b/laden/auftrag/r/1/delete").await.says("name=\"confirm\"").says("Position");
    ada.get("/b/laden/auftrag/r/4/delete").await.says_not("name=\"confirm\"");
}

#[tokio::test]
async fn taking_back_a_creation_does_not_delete_what_was_hung_on_it_since() {
    let shop = Shop::with_tables(LINES, SUMS).await;
    let mut ada = shop.administrator().await;
    ada.post("/b/laden/auftrag/new", &[("v.auftrag_nr", "5"), ("v.name", "Fünf")]).await;
    let operation = ada.get("/b/laden/auftrag/r/5/timeline").await.between("/changes/", "\"");
    shop.outside("INSERT INTO position VALUES (51, 1, 5);").await;
    let refused = ada.post(&format!("/changes/{operation}/undo"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    refused.says("Inzwischen verweist anderes");
    ada.get("/b/laden/position").await.says("51");
}

#[tokio::test]
async fn a_conflict_says_who_changed_what_and_shows_fields_that_one_left_alone() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let edit = format!("{CUSTOMER}/edit");
    let seen = [("was.ort", "tOrt 1"), ("was.name", "tKunde 1")];
    let save = |ort: &'static str, name: &'static str| {
        [&seen[..], &[("v.ort", ort), ("v.name", name)]].concat()
    };
    ada.post(&edit, &save("Kiel", "Kunde 1")).await;
    shop.outside("UPDATE kunde SET name = 'Kunde 99' WHERE kunde_nr = 1007;").await;

    let conflict = ada.post(&edit, &save("Husum", "Kunde 1")).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
    conflict
        .says("<strong>Ada</strong>")
        .says("Kunde 99")
        .says("Außerdem geändert")
        .says("außerhalb von Kontor geändert")
        .says_not(" checked");

    // Without a choice nothing of theirs is lost.
    let hidden = [
        ("v.ort", "Husum"),
        ("was.ort", "tOrt 1"),
        ("theirs.ort", "tKiel"),
        ("keep.name", "theirs"),
        ("theirs.name", "tKunde 99"),
    ];
    let undecided = ada.post(&edit, &hidden).await;
    assert_eq!(undecided.status, StatusCode::CONFLICT, "{}", undecided.text);

    let decided = ada.post(&edit, &[&hidden[..], &[("keep.ort", "mine")]].concat()).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    ada.get(CUSTOMER).await.says("Husum").says("Kunde 99");
}

#[tokio::test]
async fn an_undo_that_comes_too_late_says_what_happened_since() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let edit = format!("{CUSTOMER}/edit");
    ada.post(&edit, &[("v.ort", "Husum"), ("was.ort", "tOrt 1")]).await;
    let first = latest(&mut ada).await;
    ada.get(&format!("/changes/{first}")).await.says("/undo\"");
    ada.post(&edit, &[("v.ort", "Kiel"), ("was.ort", "tHusum")]).await;

    let timeline = ada.get_part(&format!("{CUSTOMER}/timeline")).await;
    assert_eq!(timeline.text.matches("/undo\"").count(), 1, "{}", timeline.text);
    timeline.says("Danach wurden dieselben Felder noch einmal geändert");
    ada.get(&format!("/changes/{first}"))
        .await
        .says("noch einmal geändert")
        .says_not(&format!("/changes/{first}/undo\""));

    let late = ada.post(&format!("/changes/{first}/undo"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    late.says("Danach hat sich der Datensatz noch einmal geändert")
        .says("<strong>Ada</strong>")
        .says("Ort 1")
        .says("Kiel")
        .says(&format!("href=\"{CUSTOMER}\""));
}

#[tokio::test]
async fn a_change_can_be_taken_back_once_the_later_one_was() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let edit = format!("{CUSTOMER}/edit");
    ada.post(&edit, &[("v.ort", "Husum"), ("was.ort", "tOrt 1")]).await;
    let first = latest(&mut ada).await;
    ada.post(&edit, &[("v.ort", "Kiel"), ("was.ort", "tHusum")]).await;
    let second = latest(&mut ada).await;
    ada.post(&format!("/changes/{second}/undo"), &[]).await;
    ada.get(&format!("/changes/{first}")).await.says("/undo\"");
    let undone = ada.post(&format!("/changes/{first}/undo"), &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    ada.get(CUSTOMER).await.says("Ort 1").says_not("Husum");
}

#[tokio::test]
async fn a_locked_field_says_why_it_is_locked_and_not_something_else() {
    let fields = "writable = true\n[resources.kunde.fields.ort]\neditable = false\n\
        [resources.bestellung]\nwritable = false\n";
    let shop = Shop::with_tables("", fields).await;
    let mut ada = shop.administrator().await;
    ada.get(&format!("{CUSTOMER}/edit"))
        .await
        .says("Dieses Feld ist im Manifest nur zum Lesen freigegeben")
        .says_not("Dieses Backend ist nur");
    ada.get("/b/laden/bestellung/r/50001/edit")
        .await
        .says("Diese Liste ist nur zum Lesen freigegeben");
    let closed = Shop::open("").await;
    let mut ada = closed.administrator().await;
    ada.get(&format!("{CUSTOMER}/edit")).await.says("Dieses Backend ist nur zum Lesen");
}
