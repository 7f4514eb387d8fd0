//! Filters and orders over fields of another backend.

use kontor_model::filter::Filter;
use kontor_model::{Count, ResourceName};
use kontor_office::{FarRefusal, List, ListRequest, OfficeError};

use super::{House, list};

fn keys(list: &List) -> Vec<String> {
    list.records.iter().map(|record| record.key.to_text()).collect()
}

#[track_caller]
fn refusal(answer: Result<List, OfficeError>) -> FarRefusal {
    match answer {
        Err(OfficeError::FarFilter { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_filter_over_a_far_field_finds_exactly_the_records_that_satisfy_it() {
    let house = House::open().await;
    for (filter, expected) in [
        ("buyer.ORT = Kiel", vec!["1", "5"]),
        ("buyer.ORT in (Kiel, Ulm)", vec!["1", "2", "5"]),
        ("buyer.ORT = Kiel and region = south", vec!["5"]),
        ("buyer.ORT = Kiel or id = 3", vec!["1", "3", "5"]),
        ("not buyer.ORT = Kiel", vec!["2", "3", "4"]),
        ("buyer.ORT = Nowhere", vec![]),
        ("area.NAME = Alpen", vec!["5"]),
        ("area.NAME = Nowhere", vec![]),
    ] {
        let found = house.orders(filter).await.unwrap();
        assert_eq!(keys(&found), expected, "{filter}");
        assert_eq!(found.filter.to_string(), filter, "the filter stays as it was asked");
        let request =
            ListRequest { filter: Some(Filter::parse(filter).unwrap()), ..ListRequest::default() };
        let permit = house.bureau.reading("orders");
        let name = ResourceName::new("orders");
        let count = house.bureau.office.count(&permit, &name, &request).await.unwrap();
        assert_eq!(count, Count::Exact(expected.len() as u64), "{filter}");
    }
}

#[tokio::test]
async fn a_filter_leads_over_a_link_of_its_own_backend_to_another() {
    let house = House::open().await;
    let permit = house.bureau.reading("orders");
    let found = list(&house.bureau, &permit, "parcels", "order.buyer.ORT = Kiel").await.unwrap();
    assert_eq!(keys(&found), ["70", "72"]);
}

#[tokio::test]
async fn what_cannot_be_answered_in_full_is_refused_with_the_reason() {
    let house = House::open().await;
    assert_eq!(refusal(house.orders("land.NAME = Deutschland").await), FarRefusal::Lossy);
    assert_eq!(refusal(house.orders("payer.ORT = Kiel").await), FarRefusal::Inside);
    let unknown = house.orders("buyer.NOWHERE = x").await;
    assert!(matches!(unknown, Err(OfficeError::Filter(_))), "{unknown:?}");
}

#[tokio::test]
async fn more_far_records_than_may_be_carried_over_are_refused_and_not_cut() {
    let crowd = "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1998)
        INSERT INTO KUNDEN SELECT i, 'Kunde ' || i, 'Bonn' FROM n;";
    let house = House::with(crowd).await;
    assert_eq!(
        keys(&house.orders("buyer.ORT = Bonn").await.unwrap()),
        [""; 0],
        "999 can be carried"
    );
    let refused = refusal(house.orders("buyer.NAME is not null").await);
    assert_eq!(refused, FarRefusal::TooMany { most: 1_000 }, "1,001 cannot");
}

#[tokio::test]
async fn ordering_by_a_far_field_is_refused_and_not_emulated() {
    let house = House::open().await;
    let request =
        ListRequest { sort: vec![("buyer.ORT".to_owned(), false)], ..ListRequest::default() };
    let permit = house.bureau.reading("orders");
    let refused = house.bureau.office.list(&permit, &ResourceName::new("orders"), &request).await;
    assert!(matches!(refused, Err(OfficeError::LinkedSort(_))), "{refused:?}");
}
