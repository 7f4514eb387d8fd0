//! Work queues: a list that is gone through record by record, with an action each.

use axum::http::StatusCode;

use super::shop::{Browser, Shop};

/// Orders that are open can be paid and sent, each with one key.
const ACTIONS: &str = r#"
writable = true

[resources.bestellung.actions]
bezahlt = { title = "Als bezahlt buchen", key = "b", icon = "check", set = { status = "bezahlt" }, when = "status = offen" }
zurueck = { title = "Wieder öffnen", key = "o", set = { status = "offen" }, confirm = "Wirklich noch einmal von vorn?" }
"#;

const LIST: &str = "f=status%20%3D%20offen&s=bestellung_nr";

async fn follow(browser: &mut Browser<'_>, address: &str) -> String {
    let answer = browser.get(address).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location.expect("a way on")
}

/// The record of an address with its place in the queue.
fn record_of(address: &str) -> (&str, &str) {
    let (path, query) = address.split_once('?').expect("the state of the queue");
    (path.rsplit('/').next().expect("a key"), query)
}

#[tokio::test]
async fn a_queue_goes_from_record_to_record_as_each_is_dealt_with() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    let first = follow(&mut ada, &format!("/b/laden/bestellung/queue?{LIST}")).await;
    let (key, query) = record_of(&first);
    assert_eq!(key, "50003");
    assert!(query.contains("queue=1"), "{query}");
    let page = ada.get(&first).await;
    page.says("aria-label=\"Warteschlange\"").says("aria-keyshortcuts=\"b\"");

    // The button sends the place along, and what is next by now.
    let act = "/b/laden/bestellung/r/50003/do/bezahlt";
    let sent = [("f", "status = offen"), ("s", "bestellung_nr"), ("queue", "1"), ("to", "50006")];
    let done = ada.post(act, &sent).await;
    let second = follow(&mut ada, &done.location.expect("a way on")).await;
    assert_eq!(record_of(&second).0, "50006");
    assert!(record_of(&second).1.contains("queue=1"), "the first has left: {second}");
    // What was done is told with the record to which it was done, and the way back to it.
    ada.get(&second)
        .await
        .says("Erledigt")
        .says("<a class=\"about\" href=\"/b/laden/bestellung/r/50003\">");

    let passed = ada.get(&second).await.between("rel=\"next\"", "data-key");
    assert!(!passed.is_empty());
    let onward = format!("/b/laden/bestellung/queue?{LIST}&queue=1&from=50006&to=50009");
    let third = follow(&mut ada, &onward).await;
    assert_eq!(record_of(&third).0, "50009");
    assert!(record_of(&third).1.contains("queue=2"), "the second stays: {third}");
}

#[tokio::test]
async fn an_address_that_somebody_wrote_is_no_place_that_breaks_anything() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    let most = u64::MAX;
    for places in [format!("queue=1&past={most}"), format!("queue={most}&past={most}")] {
        let onward = follow(&mut ada, &format!("/b/laden/bestellung/queue?{LIST}&{places}")).await;
        assert_eq!(ada.get(&onward).await.status, StatusCode::OK);
        let page = ada.get(&format!("/b/laden/bestellung/r/50003?{LIST}&{places}")).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn who_comes_too_late_is_told_and_sees_the_next_record() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    shop.outside("UPDATE bestellung SET status = 'bezahlt' WHERE bestellung_nr IN (50003, 50006)")
        .await;
    let act = "/b/laden/bestellung/r/50003/do/bezahlt";
    let sent = [("f", "status = offen"), ("s", "bestellung_nr"), ("queue", "1"), ("to", "50006")];
    let refused = ada.post(act, &sent).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
    let next = follow(&mut ada, &refused.location.expect("a way on")).await;
    assert_eq!(record_of(&next).0, "50009", "50006 is dealt with, too");
    ada.get(&next).await.says("da war schon jemand dran");

    // Outside of a queue the form says it.
    let alone = ada.post(act, &[]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", alone.text);
}

#[tokio::test]
async fn the_end_of_a_queue_leads_back_to_the_list() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    shop.outside("DELETE FROM bestellung WHERE status = 'offen' AND bestellung_nr > 50003").await;
    let done = ada
        .post(
            "/b/laden/bestellung/r/50003/do/bezahlt",
            &[("f", "status = offen"), ("s", "bestellung_nr"), ("queue", "1")],
        )
        .await;
    let list = follow(&mut ada, &done.location.expect("a way on")).await;
    assert!(list.starts_with("/b/laden/bestellung?"), "{list}");
    let page = ada.get(&list).await;
    page.says("Erledigt. Das war der letzte Datensatz dieser Liste.");
    page.says("<a class=\"about\" href=\"/b/laden/bestellung/r/50003\">");
    let nothing = follow(&mut ada, &format!("/b/laden/bestellung/queue?{LIST}")).await;
    ada.get(&nothing).await.says("Hier ist gerade nichts zu tun.");
}

#[tokio::test]
async fn an_action_that_demands_it_asks_back_also_in_a_queue() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    let page = ada.get(&format!("/b/laden/bestellung/r/50001?{LIST}&queue=1")).await;
    page.says("Gehört nicht mehr in diese Liste").says("/do/zurueck?");
    let form = ada.get("/b/laden/bestellung/r/50001/do/zurueck?queue=1").await;
    form.says("Wirklich noch einmal von vorn?").says("name=\"queue\" value=\"1\"");
}

#[tokio::test]
async fn in_a_queue_only_what_takes_the_record_out_of_it_leads_on() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    let edit = "/b/laden/bestellung/r/50003/edit";
    ada.get(&format!("{edit}?{LIST}&queue=1&to=50006")).await.says("name=\"to\" value=\"50006\"");
    let place = [("f", "status = offen"), ("s", "bestellung_nr"), ("queue", "1"), ("to", "50006")];
    let note = [&[("v.notiz", "eilt"), ("was.notiz", "n")][..], &place[..]].concat();
    let noted = ada.post(edit, &note).await.location.expect("a page");
    let (key, query) = record_of(&noted);
    assert_eq!(key, "50003", "a note leaves the order open, and one stays with it");
    assert!(query.contains("queue=1"), "{query}");
    ada.get(&noted)
        .await
        .says("Gespeichert")
        .says_not("<a class=\"about\" href=\"/b/laden/bestellung/r/50003\">");

    let paid = [&[("v.status", "bezahlt"), ("was.status", "toffen")][..], &place[..]].concat();
    let saved = ada.post(edit, &paid).await.location.expect("a way on");
    let next = follow(&mut ada, &saved).await;
    assert_eq!(record_of(&next).0, "50006");
    assert!(record_of(&next).1.contains("queue=1"), "the first has left: {next}");
}

#[tokio::test]
async fn an_action_is_done_with_a_selection_and_says_where_it_is_not_possible() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    ada.get("/b/laden/bestellung").await.says("name=\"act\" value=\"bezahlt\"");
    let bulk = "/b/laden/bestellung/bulk";
    let asked = ada
        .post(bulk, &[("act", "bezahlt"), ("key", "50003"), ("key", "50006"), ("key", "50001")])
        .await;
    asked.says("Für 2 Datensätze ist das möglich.").says("/b/laden/bestellung/r/50001");
    // What would become of each stands there before anything is done.
    let becomes = asked.between("/b/laden/bestellung/r/50003", "</li>");
    assert!(becomes.contains("offen") && becomes.contains("bezahlt"), "{becomes}");
    let plan = asked.between("name=\"plan\" value=\"", "\"");
    let begun = ada.post(bulk, &[("do", "act"), ("plan", &plan)]).await;
    let end = ada.get(&begun.location.expect("the progress")).await;
    end.says("2 erledigt, 1 abgelehnt.").says("<a href=\"/b/laden/bestellung/r/50001\">");
    for key in ["50003", "50006"] {
        let page = ada.get(&format!("/b/laden/bestellung/r/{key}")).await;
        page.says("bezahlt");
    }
    let again = ada.post(bulk, &[("act", "bezahlt"), ("key", "50003")]).await;
    again
        .says("Gerade ist das für keinen dieser Datensätze möglich.")
        .says_not("name=\"do\" value=\"act\"");
}

#[tokio::test]
async fn what_was_done_with_a_selection_is_told_in_numbers_and_taken_back_at_once() {
    let shop = Shop::open(ACTIONS).await;
    let mut ada = shop.administrator().await;
    let bulk = "/b/laden/bestellung/bulk";
    // One of them is open already.
    let asked = ada.post(bulk, &[("act", "zurueck"), ("key", "50003"), ("key", "50001")]).await;
    asked.says("1 ist schon so.").says("Danach lässt sich das zurücknehmen.");
    let plan = asked.between("name=\"plan\" value=\"", "\"");
    let begun = ada.post(bulk, &[("do", "act"), ("plan", &plan)]).await;
    let end = ada.get(&begun.location.expect("the progress")).await;
    end.says("1 erledigt, 1 war schon so.").says("name=\"do\" value=\"undo\"");
    let is_open = async |ada: &mut Browser<'_>| {
        let open = ada.get("/b/laden/bestellung?f=status%20%3D%20offen&c=bestellung_nr").await;
        open.text.contains("data-key=\"50001\"")
    };
    assert!(is_open(&mut ada).await);

    let undone = ada.post(bulk, &[("do", "undo"), ("plan", &plan)]).await;
    let end = ada.get(&undone.location.expect("the progress")).await;
    end.says("1 erledigt.").says_not("name=\"do\" value=\"undo\"");
    assert!(!is_open(&mut ada).await, "it is as it was");
    let twice = ada.post(bulk, &[("do", "undo"), ("plan", &plan)]).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND, "nothing is left to be taken back");
}
