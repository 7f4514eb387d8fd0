//! `kontor links`.

use kontor_testkit::SqliteFile;

use crate::bed::Bed;

async fn connected(bed: &Bed, name: &str, sql: &str) -> SqliteFile {
    let file = SqliteFile::fresh();
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(&mut file.connect().await).await.unwrap();
    let connected = bed.run(&["connect", &file.url(), "--name", name]).await;
    assert_eq!(connected.code, Some(0), "{}", connected.err);
    file
}

const NUMBERS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)";

#[tokio::test]
async fn links_between_backends_are_proposed_with_evidence_and_what_to_write() {
    let bed = Bed::new();
    let shop = format!(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE);
         {NUMBERS} INSERT INTO customers SELECT i, 'K-' || (10000 + i) FROM n"
    );
    let cards = format!(
        "CREATE TABLE KARTEN (KARTE INTEGER PRIMARY KEY, KDNR CHAR(7));
         {NUMBERS} INSERT INTO KARTEN SELECT i, '00' || (10000 + i) FROM n"
    );
    let _shop = connected(&bed, "shop", &shop).await;
    let cards = connected(&bed, "cards", &cards).await;
    let ran = bed.run(&["links"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for said in [
        "cards: KARTEN(KDNR) -> shop:customers(number)",
        "the names mean the same",
        "40 of 40 values are there",
        "to = \"shop:customers\"",
        "value = { unpad = 7, add_prefix = \"K-\" }",
        "1 link is proposed.",
    ] {
        assert!(ran.out.contains(said), "“{said}” is not in {}", ran.out);
    }
    drop(cards);
    let ran = bed.run(&["links"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("Left out: cards: "), "{}", ran.out);
    assert!(ran.out.contains("Nothing new is proposed."), "{}", ran.out);
}
