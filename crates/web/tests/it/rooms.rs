//! The rooms beside the records: people, account, audit, the backend's page, connecting, and
//! changes of many records.

use axum::http::StatusCode;
use kontor_testkit::HttpShop;

use super::shop::{Answer, Browser, Shop};

const WRITABLE: &str = "writable = true\n";

/// Invites somebody as a reader; the path of their link.
async fn invited(administrator: &mut Browser<'_>, email: &str) -> String {
    let form = [("email", email), ("role", "nothing")];
    let answer = administrator.post("/people", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    format!("/welcome/{}", answer.between("http://kontor.test/welcome/", "<"))
}

/// Comes in over a link.
async fn welcome<'a>(shop: &'a Shop, link: &str) -> Browser<'a> {
    let mut browser = shop.browser();
    let form = [
        ("name", "Grace"),
        ("password", "noch mehr ganze Kisten"),
        ("repeat", "noch mehr ganze Kisten"),
        ("language", "de"),
        ("zone", "Europe/Berlin"),
    ];
    let entered = browser.post(link, &form).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    browser
}

/// The id of a person by their e-mail address.
async fn person(administrator: &mut Browser<'_>, email: &str) -> String {
    let list = administrator.get("/people").await;
    let row = list
        .text
        .split("<tr>")
        .find(|row| row.contains(email) && row.contains("/people/"))
        .expect("a row");
    let (_, rest) = row.split_once("/people/").expect("a link");
    rest.split('"').next().expect("an id").to_owned()
}

/// A reader of the shop.
pub(super) async fn reader<'a>(shop: &'a Shop, administrator: &mut Browser<'_>) -> Browser<'a> {
    let link = invited(administrator, "grace@example.org").await;
    let id = person(administrator, "grace@example.org").await;
    let roles = [("do", "roles"), ("role", "nothing"), ("role.laden", "reader")];
    let saved = administrator.post(&format!("/people/{id}"), &roles).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    welcome(shop, &link).await
}

fn proposal_of(page: &Answer, subject: &str) -> String {
    let lines = page.text.split("<li>").find(|line| line.contains(subject));
    let line = lines.unwrap_or_else(|| panic!("no proposal “{subject}” in: {}", page.text));
    let (_, rest) = line.split_once("name=\"proposal\" value=\"").expect("an id");
    rest.split('"').next().expect("an id").to_owned()
}

const LINK: &str = "bestellung.kunde_nr → kunde.kunde_nr";

#[tokio::test]
async fn a_token_for_no_day_is_refused_at_its_field() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    for days in ["0", "3651", "4294967295", "soon"] {
        let form = [("do", "token"), ("token-title", "Export"), ("days", days)];
        let answer = ada.post("/account", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
        answer.says("3650");
    }
}

#[tokio::test]
async fn an_e_mail_address_that_is_far_too_long_is_not_shown_again() {
    let shop = Shop::open("").await;
    let long = "a".repeat(3_000_000);
    let form = [("email", long.as_str()), ("password", "a guess at it")];
    let answer = shop.browser().post("/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text.len() < 50_000, "{}", answer.text.len());
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_reads_only_what_was_granted() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let link = invited(&mut ada, "grace@example.org").await;
    let mut grace = welcome(&shop, &link).await;
    assert_eq!(grace.get("/b/laden/kunde").await.status, StatusCode::NOT_FOUND);

    let id = person(&mut ada, "grace@example.org").await;
    let roles = [("do", "roles"), ("role", "nothing"), ("role.laden", "reader")];
    ada.post(&format!("/people/{id}"), &roles).await;

    let list = grace.get("/b/laden/kunde?n=200").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    list.says("Kunde 1");
    let edit = grace.get("/b/laden/kunde/r/1007/edit").await;
    assert_eq!(edit.status, StatusCode::FORBIDDEN);
    let spent = shop.browser().get(&link).await;
    assert_eq!(spent.status, StatusCode::GONE, "a link is good once");
}

#[tokio::test]
async fn the_last_administrator_cannot_be_disabled() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    let id = person(&mut ada, "ada@example.org").await;
    for form in [&[("do", "disable")][..], &[("do", "roles"), ("role", "editor")][..]] {
        let refused = ada.post(&format!("/people/{id}"), form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("die letzte Person mit dieser Rolle");
    }
    assert_eq!(ada.get("/people").await.status, StatusCode::OK, "still an administrator");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_and_the_audit_tells_who_did_it() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    let mut grace = reader(&shop, &mut ada).await;
    assert_eq!(grace.get("/b/laden").await.status, StatusCode::OK);
    let id = person(&mut ada, "grace@example.org").await;
    ada.post(&format!("/people/{id}"), &[("do", "disable")]).await;
    let out = grace.get("/b/laden").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(out.location.is_some_and(|to| to.starts_with("/sign-in")));
    ada.get("/audit").await.says("gesperrt").says("Grace");
}

#[tokio::test]
async fn a_reader_sees_no_management() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    ada.get("/b/laden").await.says(LINK);
    let mut grace = reader(&shop, &mut ada).await;
    let page = grace.get("/b/laden").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.says_not(LINK).says_not("Schema neu lesen");
    grace.get("/").await.says_not("wartet").says_not("warten");
    for address in ["/people", "/audit", "/connect"] {
        assert_eq!(grace.get(address).await.status, StatusCode::FORBIDDEN, "{address}");
    }
    for form in [[("do", "accept")], [("do", "read")]] {
        assert_eq!(grace.post("/b/laden", &form).await.status, StatusCode::FORBIDDEN);
    }
    let nowhere = grace.get("/nirgends").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    nowhere.says("Zum Mosaik").says_not(">Noch einmal versuchen");
    let bulk = [("do", "delete"), ("key", "1007")];
    assert_eq!(grace.post("/b/laden/kunde/bulk", &bulk).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_accepted_link_is_in_force_without_a_restart_and_in_the_manifest() {
    let shop = Shop::open("# mine\n").await;
    let mut ada = shop.administrator().await;
    ada.get("/").await.says("wart");
    let page = ada.get("/b/laden").await;
    let id = proposal_of(&page, LINK);
    let accepted = ada.post("/b/laden", &[("do", "accept"), ("proposal", &id)]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);

    ada.get("/b/laden").await.says_not(LINK);
    let manifest = shop.manifest();
    assert!(manifest.contains("[[links]]") && manifest.contains("# mine"), "{manifest}");
    // The linked field shows the customer's name instead of the number.
    ada.get("/b/laden/bestellung?n=200").await.says("Kunde 2");
    ada.get("/audit").await.says("Manifest geändert");
    let again = ada.post("/b/laden", &[("do", "accept"), ("proposal", &id)]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "it is decided");
}

#[tokio::test]
async fn a_rejected_proposal_stays_away() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    let before = shop.manifest();
    let id = proposal_of(&ada.get("/b/laden").await, LINK);
    ada.post("/b/laden", &[("do", "reject"), ("proposal", &id)]).await;
    ada.get("/b/laden").await.says_not(LINK);
    // Not even a new look brings it back.
    ada.post("/b/laden", &[("do", "read")]).await;
    ada.get("/b/laden").await.says_not(LINK);
    assert_eq!(shop.manifest(), before);
}

#[tokio::test]
async fn a_token_is_shown_once() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    let form = [("do", "token"), ("token-title", "Bericht"), ("scope", "read"), ("days", "30")];
    let made = ada.post("/account", &form).await;
    let secret = format!("kontor_{}", made.between("<code>kontor_", "<"));
    assert!(shop.office.actor_of_token(&secret).await.expect("a store").is_some());
    let later = ada.get("/account").await;
    later.says("Bericht").says_not(&secret);
    let id = later.between("name=\"token\" value=\"", "\"");
    ada.post("/account", &[("do", "revoke-token"), ("token", &id)]).await;
    ada.get("/account").await.says_not("Bericht");
    assert!(shop.office.actor_of_token(&secret).await.expect("a store").is_none());
}

#[tokio::test]
async fn a_wrong_present_password_changes_nothing() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    let form = |present| {
        [
            ("do", "password"),
            ("present", present),
            ("password", "ein neues langes Wort"),
            ("repeat", "ein neues langes Wort"),
        ]
    };
    let refused = ada.post("/account", &form("falsch")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("Das Passwort stimmt nicht");
    let changed = ada.post("/account", &form("eine ganze Menge Kisten")).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
}

#[tokio::test]
async fn a_bulk_edit_shows_what_it_would_do_and_undoes_as_one() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let bulk = "/b/laden/kunde/bulk";
    let keys = [("key", "1007"), ("key", "1014"), ("key", "9999")];
    let form = ada.post(bulk, &[&[("do", "edit")], &keys[..]].concat()).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text);
    form.says("name=\"set.ort\"").says_not("name=\"set.kunde_nr\"");

    let wanted = [("do", "preview"), ("set.ort", "1"), ("v.ort", "Husum")];
    let preview = ada.post(bulk, &[&wanted[..], &keys[..]].concat()).await;
    preview
        .says("2 Datensätze würden geändert")
        .says("Ort 1")
        .says("Husum")
        .says("gibt es nicht mehr");
    ada.get("/b/laden/kunde?n=200").await.says_not("Husum");

    let plan = preview.between("name=\"plan\" value=\"", "\"");
    let applied = ada.post(bulk, &[("do", "apply"), ("plan", &plan)]).await;
    let ended = ada.follow(&applied).await;
    let change = ended.location.clone().expect("a change's page");
    assert!(change.starts_with("/changes/"), "{change}");
    let changed = ada.get("/b/laden/kunde?f=ort%20%3D%20Husum").await;
    assert_eq!(changed.text.matches("name=\"key\"").count(), 2, "{}", changed.text);
    let twice = ada.post(bulk, &[("do", "apply"), ("plan", &plan)]).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND, "a plan is applied once");

    let undone = ada.post(&format!("{change}/undo"), &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    ada.get("/b/laden/kunde?n=200").await.says_not("Husum").says("Ort 1");
}

#[tokio::test]
async fn computed_numbers_of_a_view_stand_as_other_numbers_do() {
    let shop = Shop::open("").await;
    shop.run("CREATE VIEW je_ort AS SELECT ort, count(*) AS anzahl FROM kunde GROUP BY ort").await;
    let mut ada = shop.administrator().await;
    let list = ada.get("/b/laden/je_ort").await;
    list.says("class=\"right\" scope=\"col\" data-f=\"anzahl\"")
        .says("<td class=\"right\" data-n=\"7\">7</td>");
}

#[tokio::test]
async fn a_bulk_edit_that_takes_long_shows_how_far_it_has_come() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let bulk = "/b/laden/kunde/bulk";
    let form = [("do", "preview"), ("set.ort", "1"), ("v.ort", "Husum"), ("all", "1")];
    let plan = ada.post(bulk, &form).await.between("name=\"plan\" value=\"", "\"");
    let lock = shop.locked().await;
    let applied = ada.post(bulk, &[("do", "apply"), ("plan", &plan)]).await;
    let running = ada.follow(&applied).await;
    running.says("0 von 60 Datensätzen sind geschrieben").says("http-equiv=\"refresh\"");
    let address = applied.location.clone().expect("its progress");
    let part = ada.get_part(&address).await;
    part.says("data-follow").says("0 von 60").says_not("<html");

    drop(lock);
    let ada = tokio::sync::Mutex::new(ada);
    kontor_testkit::eventually("the edit has ended", async || {
        let ended = ada.lock().await.get_part(&address).await;
        ended.location.is_some_and(|location| location.starts_with("/changes/"))
    })
    .await;
    ada.lock().await.get("/b/laden/kunde?n=200").await.says("Husum").says_not("Ort 1");
}

#[tokio::test]
async fn all_records_of_a_filter_are_deleted_and_brought_back() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let bulk = "/b/laden/bestellung/bulk";
    let offen = "/b/laden/bestellung?n=200&f=status%20%3D%20offen";
    ada.get(offen).await.says("50003");
    let form = [("do", "delete"), ("all", "1"), ("f", "status = offen")];
    let preview = ada.post(bulk, &form).await;
    preview.says("40 Datensätze löschen").says("zurücknehmen").says("wie viele es sind: 40");
    let plan = preview.between("name=\"plan\" value=\"", "\"");
    for wrong in ["", "41", "vierzig"] {
        let apply = [("do", "apply"), ("plan", &*plan), ("confirm", wrong)];
        let refused = ada.post(bulk, &[&apply[..], &form[1..]].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("id=\"confirm-error\"").says("Tippe bitte 40 ein").says("name=\"all\"");
    }
    ada.get(offen).await.says("50003");
    let applied = ada.post(bulk, &[("do", "apply"), ("plan", &plan), ("confirm", " 40 ")]).await;
    let change = ada.follow(&applied).await.location.expect("a change's page");
    ada.get(offen).await.says_not("50003");
    ada.get("/b/laden/bestellung?n=200").await.says("50001");
    ada.post(&format!("{change}/undo"), &[]).await;
    ada.get(offen).await.says("50003");
}

#[tokio::test]
async fn a_record_that_somebody_else_changed_is_left_out_and_can_be_tried_again() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let bulk = "/b/laden/kunde/bulk";
    let form =
        [("do", "preview"), ("set.ort", "1"), ("v.ort", "Husum"), ("key", "1007"), ("key", "1014")];
    let plan = ada.post(bulk, &form).await.between("name=\"plan\" value=\"", "\"");
    let other = [("v.ort", "Kiel"), ("was.ort", "tOrt 1")];
    let saved = ada.post("/b/laden/kunde/r/1007/edit", &other).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);

    let applied = ada.post(bulk, &[("do", "apply"), ("plan", &plan)]).await;
    let ended = ada.follow(&applied).await;
    ended.says("1007").says("von jemand anderem geändert");
    ada.get("/b/laden/kunde?n=200").await.says("Kiel").says("Husum");
    let preview = ada.post(bulk, &[("do", "retry"), ("plan", &plan), ("all", "1")]).await;
    preview.says("1 Datensatz würde geändert").says("Kiel");
}

#[tokio::test]
async fn a_database_is_connected_in_two_steps_and_its_name_is_free() {
    let shop = Shop::open("").await;
    let mut ada = shop.administrator().await;
    let nothing = ada.post("/connect", &[("do", "look"), ("url", "sqlite:/nowhere/x.db")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let url = shop.url();
    let found = ada.post("/connect", &[("do", "look"), ("url", &url)]).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    found.says("Bestellung").says("Kunde");
    let ticket = found.between("name=\"ticket\" value=\"", "\"");
    let write =
        |name| [("do", "write"), ("ticket", &*ticket), ("name", name), ("title", "Zweiter")];
    let taken = ada.post("/connect", &write("laden")).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    taken.says("gibt es schon").says("Zweiter");
    let written = ada.post("/connect", &write("zweiter")).await;
    ada.follow(&written).await.says("Zweiter");
    assert!(shop.path("backends/zweiter.toml").exists());
    ada.get("/b/zweiter/kunde").await.says("Kunde 1");
    let spent = ada.post("/connect", &write("dritter")).await;
    assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY, "a ticket is good once");
    assert!(!shop.path("backends/dritter.toml").exists());
}

#[tokio::test]
async fn a_service_is_connected_by_its_plain_address_and_a_key_in_a_header() {
    let shop = Shop::open("").await;
    let service = HttpShop::with(3).await;
    let mut ada = shop.administrator().await;
    let url = service.url().replacen("openapi+", "", 1);
    let form = [
        ("do", "look"),
        ("url", &*url),
        ("auth", "header"),
        ("auth_user", "not asked for"),
        ("auth_header", ""),
        ("secret", "s3cret"),
    ];
    let nameless = ada.post("/connect", &form).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    nameless.says("fehlt noch eine Angabe").says(" open>").says_not("s3cret");
    let form =
        form.map(|(name, value)| (name, if name == "auth_header" { "X-Shop-Key" } else { value }));
    let found = ada.post("/connect", &form).await;
    found.says("OpenAPI Small shop 7").says("orders").says_not("s3cret");
    let ticket = found.between("name=\"ticket\" value=\"", "\"");
    let write = [("do", "write"), ("ticket", &*ticket), ("name", "service"), ("title", "Dienst")];
    let written = ada.post("/connect", &write).await;
    ada.follow(&written).await.says("Dienst");
    let manifest = std::fs::read_to_string(shop.path("backends/service.toml")).expect("a file");
    assert!(manifest.contains("auth = { kind = \"header\", name = \"X-Shop-Key\" }"), "{manifest}");
    assert!(!manifest.contains("s3cret"), "{manifest}");
    let list = ada.get("/b/service/orders").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
}

#[tokio::test]
async fn the_audit_is_whole_and_told_a_line_per_operation() {
    let shop = Shop::open(WRITABLE).await;
    let mut ada = shop.administrator().await;
    let new = [("v.kunde_nr", "5"), ("v.name", "Neu")];
    let made = ada.post("/b/laden/kunde/new", &new).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let page = ada.get("/audit").await;
    page.says("1 Datensatz angelegt").says("/changes/").says("angemeldet").says("geschrieben");
    assert_eq!(page.text.matches("Datensatz angelegt").count(), 1);
    ada.get("/audit?backend=laden").await.says("angelegt").says_not("angemeldet</td>");
    ada.get("/audit?until=2020-01-01").await.says("Keine Einträge");
    ada.post("/audit", &[("do", "check")]).await.says("unverfälscht");
}
