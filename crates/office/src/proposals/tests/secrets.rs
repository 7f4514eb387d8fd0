use super::*;

fn hidden(resource: &str, fields: &str, rows: &[&str]) -> Memory {
    Memory::new().with(table(resource, fields), rows.iter().copied())
}

#[tokio::test]
async fn hashes_keys_and_tokens_are_known_by_how_they_begin() {
    let memory = hidden(
        "people",
        "id:int* a b c d",
        &[
            "1|$2y$10$abcdefghijklmnopqrstuv|sk_live_4242424242|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig0123456|x",
            "2|$argon2id$v=19$m=65536,t=3|sk_live_4242424243|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.sig0123456|y",
        ],
    );
    assert_eq!(lines(&memory, Kind::Secret).await, ["people.a", "people.b", "people.c"]);
}

#[tokio::test]
async fn card_numbers_are_known_by_their_check_digit_and_network() {
    let memory = hidden(
        "notes",
        "id:int* field1 gtin imei phone",
        &[
            "1|4111 1111 1111 1111|4006381333931|490154203237518|0731 4970123",
            "2|5500-0000-0000-0004|4012345678901|356938035643809|030 901820123",
        ],
    );
    assert_eq!(lines(&memory, Kind::Secret).await, ["notes.field1"]);
}

#[tokio::test]
async fn a_digest_is_a_secret_beside_a_login_and_not_beside_a_file() {
    let digests = ["1|a|5f4dcc3b5aa765d61d8327deb882cf99", "2|b|e99a18c428cb38d5f260853678922e03"];
    let users = hidden("users", "id:int* login hash", &digests);
    let files = hidden("files", "id:int* path hash", &digests);
    assert_eq!(lines(&users, Kind::Secret).await, ["users.hash"]);
    assert_eq!(lines(&files, Kind::Secret).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_secret_never_appears_as_evidence() {
    let rows: Vec<String> =
        (1..=60).map(|n| format!("{n}|sk_live_{}|hunter{}", n % 3, n % 2)).collect();
    let memory = Memory::new()
        .with(table("sales", "id:int* partner_ref password"), rows)
        .with(table("partners", "id* name"), ["sk_live_0|x", "sk_live_1|y"]);
    let report = memory.report().await;
    let shown = serde_json::to_string(&report).unwrap();
    assert!(lines(&memory, Kind::Secret).await.contains(&"sales.partner_ref".to_owned()));
    assert!(!shown.contains("sk_live_") && !shown.contains("hunter"), "{shown}");
}
