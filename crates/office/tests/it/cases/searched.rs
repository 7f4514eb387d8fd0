//! Records of one case are one hit of the search.

use kontor_testkit::SqliteFile;

use super::{CRM, CRM_SAYS, REGISTER, REGISTER_SAYS, file};
use crate::office::Bureau;

/// People and register, each in a file.
async fn house() -> (Bureau, [SqliteFile; 2]) {
    let (people, register) = (file(CRM).await, file(REGISTER).await);
    let backends =
        [("crm", &*people.url(), CRM_SAYS), ("register", &*register.url(), REGISTER_SAYS)];
    (Bureau::saying(&backends).await, [people, register])
}

#[tokio::test]
async fn records_of_one_case_are_one_hit() {
    let (bureau, _files) = house().await;
    let found = bureau.office.find(&bureau.actor, "Meier", None).await.unwrap();
    let hits: Vec<_> = found
        .records
        .iter()
        .map(|hit| (hit.backend.as_str(), hit.also.iter().map(|it| it.key.to_text()).collect()))
        .collect();
    let expected: Vec<(&str, Vec<String>)> = vec![("crm", vec!["0017".to_owned()])];
    assert_eq!(hits, expected);
}

#[tokio::test]
async fn two_people_of_one_name_stay_two_hits() {
    let more = "INSERT INTO people VALUES ('K-99', 'Anna Meier', NULL, NULL);";
    let (people, register) = (file(&format!("{CRM}{more}")).await, file(REGISTER).await);
    let backends =
        [("crm", &*people.url(), CRM_SAYS), ("register", &*register.url(), REGISTER_SAYS)];
    let bureau = Bureau::saying(&backends).await;
    let found = bureau.office.find(&bureau.actor, "Meier", None).await.unwrap();
    let mut hits: Vec<_> =
        found.records.iter().map(|hit| (hit.key.to_text(), hit.also.len())).collect();
    hits.sort();
    assert_eq!(hits, [("K-17".to_owned(), 1), ("K-99".to_owned(), 0)]);
}

#[tokio::test]
async fn who_may_not_read_the_other_backend_is_not_told_that_it_has_the_record() {
    let (bureau, _files) = house().await;
    let reader = bureau.reader_of(&["crm"]).await;
    let found = bureau.office.find(&reader, "Meier", None).await.unwrap();
    assert_eq!(found.records.len(), 1);
    assert!(found.records[0].also.is_empty());
}
