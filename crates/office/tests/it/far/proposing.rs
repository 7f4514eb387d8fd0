//! Proposals about links between backends: found, decided, measured.

use kontor_model::{BackendName, RecordKey, ResourceName};
use kontor_office::proposals::FarProposal;
use kontor_office::{FarProposals, OfficeError};
use kontor_testkit::SqliteFile;

use super::{column, database, list, word};
use crate::office::Bureau;

const SHOP: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
INSERT INTO customers SELECT i, 'K-' || (10000 + i * 3), 'Customer ' || i FROM n;
";
const CARDS: &str = "
CREATE TABLE KARTEN (KARTE INTEGER PRIMARY KEY, KDNR CHAR(7), TEXT TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO KARTEN SELECT 500 + i, '00' || (10000 + (1 + i % 30) * 3), 'Notiz ' || i FROM n;
";

struct House {
    bureau: Bureau,
    shop: SqliteFile,
    _cards: SqliteFile,
}

impl House {
    async fn open() -> Self {
        let (shop, cards) = (database(SHOP).await, database(CARDS).await);
        let backends = [("shop", &*shop.url()), ("cards", &*cards.url())];
        Self { bureau: Bureau::over(&backends).await, shop, _cards: cards }
    }

    async fn compared(&self) -> FarProposals {
        let office = &self.bureau.office;
        office.compare_backends(&self.bureau.actor).await.unwrap();
        office.far_proposals(&self.bureau.actor).await.unwrap()
    }
}

fn one(found: &FarProposals) -> (&String, &FarProposal) {
    let [(id, proposal)] = found.open.as_slice() else { panic!("{:?}", found.open) };
    (id, proposal)
}

#[tokio::test]
async fn an_accepted_proposal_is_written_recorded_and_in_force_at_once() {
    let house = House::open().await;
    let office = &house.bureau.office;
    let found = house.compared().await;
    let (id, proposal) = one(&found);
    assert_eq!(proposal.subject(), "KARTEN(KDNR) -> shop:customers(number)");
    assert_eq!((proposal.evidence.here.found, proposal.evidence.here.of), (30, 30));
    let there = proposal.evidence.there.as_ref().unwrap();
    assert_eq!((there.found, there.of), (30, 40));
    assert_eq!(there.orphans[0], "K-10093");
    assert!(!proposal.evidence.examples.is_empty());
    assert_eq!(office.accept_far(&house.bureau.actor, std::slice::from_ref(id)).await.unwrap(), 1);

    let permit = house.bureau.reading("cards");
    let file = &permit.backend.manifest().file;
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("to = \"shop:customers\""), "{text}");
    assert!(text.contains("value = { unpad = 7, add_prefix = \"K-\" }"), "{text}");
    assert!(text.starts_with("# The registration of"), "comments stay: {text}");
    let catalog = permit.backend.catalog().unwrap();
    assert_eq!(catalog.faces[0].far[0].name, "KDNR");
    let (name, key) = (ResourceName::new("KARTEN"), RecordKey::from_text("501").unwrap());
    let shown = office.record(&permit, &name, &key).await.unwrap();
    let told = shown.far.iter().flatten().map(|far| word(Some(far))).collect::<Vec<_>>();
    assert_eq!(told, ["Customer 2 (shop/customers/2)"]);
    house.bureau.assert_audit_is_intact().await;
    assert!(house.compared().await.open.is_empty(), "what is in force is no news");
    let gone = office.accept_far(&house.bureau.actor, std::slice::from_ref(id)).await;
    assert!(matches!(gone, Err(OfficeError::Unknown { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_rejected_proposal_is_not_made_again() {
    let house = House::open().await;
    let found = house.compared().await;
    let ids = [one(&found).0.clone()];
    assert_eq!(house.bureau.office.reject_far(&house.bureau.actor, &ids).await.unwrap(), 1);
    assert!(house.compared().await.open.is_empty());
    let text = std::fs::read_to_string(&house.bureau.reading("cards").backend.manifest().file);
    assert!(!text.unwrap().contains("[[links]]"), "nothing was written");
}

#[tokio::test]
async fn proposals_are_for_those_who_manage_one_side_and_read_the_other() {
    let house = House::open().await;
    house.compared().await;
    let reader = house.bureau.reader_of(&["shop", "cards"]).await;
    let seen = house.bureau.office.far_proposals(&reader).await.unwrap();
    assert!(seen.open.is_empty(), "examples are not for everybody");
    let refused = house.bureau.office.compare_backends(&reader).await;
    assert!(matches!(refused, Err(OfficeError::Denied(_))), "{refused:?}");
}

#[tokio::test]
async fn a_link_is_measured_and_a_coverage_that_falls_is_told() {
    let house = House::open().await;
    let office = &house.bureau.office;
    let found = house.compared().await;
    let ids = [one(&found).0.clone()];
    office.accept_far(&house.bureau.actor, &ids).await.unwrap();
    let permit = house.bureau.reading("cards");
    assert!(office.far_links(&permit).await.unwrap()[0].last.is_none());
    office.measure_links(office.clock().now()).await.unwrap();
    let state = office.far_links(&permit).await.unwrap().remove(0);
    let last = state.last.unwrap();
    assert_eq!((last.found, last.of, state.has_fallen()), (30, 30, false));

    let mut shop = house.shop.connect().await;
    sqlx::raw_sql("DELETE FROM customers WHERE id % 2 = 0").execute(&mut shop).await.unwrap();
    office.measure_links(office.clock().now()).await.unwrap();
    let state = office.far_links(&permit).await.unwrap().remove(0);
    assert_eq!(state.last.unwrap().found, 30, "it was measured today already");
    let tomorrow = office.clock().now() + jiff::SignedDuration::from_hours(21);
    office.measure_links(tomorrow).await.unwrap();
    let state = office.far_links(&permit).await.unwrap().remove(0);
    assert_eq!((state.last.unwrap().found, state.has_fallen()), (15, true));
    let unreadable = BackendName::new("shop").unwrap();
    assert_eq!(state.backend, Some(unreadable));
}

#[tokio::test]
async fn the_command_line_compares_without_an_open_office() {
    let house = House::open().await;
    let (report, unread) = house.bureau.office.compare_for_operator().await.unwrap();
    assert_eq!(unread, Vec::<String>::new());
    let subjects: Vec<String> = report.proposals.iter().map(FarProposal::subject).collect();
    assert_eq!(subjects, ["KARTEN(KDNR) -> shop:customers(number)"]);
    let shown = list(&house.bureau, &house.bureau.reading("shop"), "customers", "id = 1").await;
    assert_eq!(column(&shown.unwrap(), "name"), ["-"], "the backends of the office are untouched");
}
