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
