//! What is said about mistakes in files of types of cases.

use std::collections::BTreeMap;

use kontor_office::case_problems;
use kontor_office::manifest::CaseFile;

use super::{CRM, CRM_SAYS, file};
use crate::office::Bureau;

fn mistakes(text: &str) -> String {
    let read = CaseFile::parse("customer", text, "cases/customer.toml");
    read.expect_err(text).to_string()
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_place_and_what_to_do() {
    assert_eq!(
        mistakes("tilte = \"Buyer\""),
        "cases/customer.toml:1:1: unknown key “tilte”; did you mean “title”?"
    );
    assert_eq!(
        mistakes("heads = [\"customers\"]"),
        "cases/customer.toml:1:10: “heads” names no resource: “customers”; write its backend, a colon \
         and its name, as in \"orders:customers\""
    );
    assert_eq!(
        mistakes("[[rules]]\nwhen = \"paid = true\"\ntext = \"odd\""),
        "cases/customer.toml:1:1: [[rules]]: “of” is missing"
    );
    assert_eq!(
        mistakes("[[rules]]\ntext = \"odd\""),
        "cases/customer.toml:1:1: [[rules]]: says nothing; it needs one of “disagree”, “when”, “without”"
    );
    assert_eq!(
        mistakes("[[rules]]\ndisagree = \"email\"\nseverity = \"warn\"\ntext = \"odd\""),
        "cases/customer.toml:3:12: “severity” cannot be “warn”; did you mean “warning”?"
    );
    assert_eq!(
        mistakes("[[rules]]\nof = \"a:b\"\nwhen = \"paid is\"\ntext = \"odd\""),
        "cases/customer.toml:3:8: “when” is no filter: filter, character 6: an operator such as =, \
         contains, is null, during expected instead of “is”"
    );
    assert_eq!(
        mistakes("[fields]\n\"people\" = [\"name\"]"),
        "cases/customer.toml:2:12: “people” names no resource: “people”; write its backend, a colon and \
         its name, as in \"orders:customers\""
    );
    assert_eq!(
        mistakes("icon = \"persn\""),
        "cases/customer.toml:1:8: “icon” cannot be “persn”; did you mean “person”?"
    );
}

#[tokio::test]
async fn what_the_backends_contradict_is_told() {
    let people = file(CRM).await;
    let bureau = Bureau::saying(&[("crm", &*people.url(), CRM_SAYS)]).await;
    let catalog = bureau.reading("crm").backend.catalog().unwrap();
    let known = BTreeMap::from([(bureau.reading("crm").backend.name.clone(), Some(catalog))]);
    let told = |text: &str| -> Vec<String> {
        let file = CaseFile::parse("customer", text, "cases/customer.toml").unwrap();
        case_problems(&file, &known).iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told("heads = [\"crm:poeple\", \"cmr:people\"]"),
        [
            "cases/customer.toml:1:10: crm has no resource “poeple”; did you mean “crm:people”?",
            "cases/customer.toml:1:24: there is no backend “cmr”; did you mean “crm:people”?"
        ]
    );
    assert_eq!(
        told("[[belongs]]\nresource = \"crm:notes\"\nlink = \"persn\""),
        ["cases/customer.toml:3:8: no link “persn” joins “crm:notes” to the case; did you mean \
          “person”?"]
    );
    assert_eq!(
        told("[events.\"crm:notes\"]\nid = \"noted\"\ntxt = \"noted\""),
        ["cases/customer.toml:3:1: “notes” has no field “txt” that is shown; did you mean “text”?"]
    );
    assert_eq!(
        told("[fields]\n\"crm:people\" = [\"name\", \"phnoe\"]"),
        [
            "cases/customer.toml:2:25: “people” has no field “phnoe” that is shown; did you mean “phone”?"
        ]
    );
    assert_eq!(
        told("[[rules]]\ndisagree = \"emial\"\ntext = \"odd\""),
        [
            "cases/customer.toml:2:12: no field of the case says fact = \"emial\"; did you mean “email”?"
        ]
    );
    assert_eq!(
        told("[[rules]]\nof = \"crm:people\"\nwhen = \"nam = Anna\"\ntext = \"odd\""),
        [
            "cases/customer.toml:3:8: “people” has no field “nam” that is shown; did you mean “name”?"
        ]
    );
    assert_eq!(told("heads = [\"crm:people\"]\n[[belongs]]\nresource = \"crm:notes\""), [""; 0]);
}

#[tokio::test]
async fn a_wrong_file_is_told_and_stops_nothing() {
    let people = file(CRM).await;
    let bureau = Bureau::without_backends().await;
    std::fs::create_dir_all(bureau.office.cases_folder()).unwrap();
    let folder = bureau.office.cases_folder();
    std::fs::write(folder.join("customer.toml"), "icons = \"person\"").unwrap();
    std::fs::write(folder.join("Ticket Nr.toml"), "").unwrap();
    std::fs::write(folder.join("ticket.toml"), "title = \"Ticket\"").unwrap();
    let problems = bureau.office.open_backends().await.unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("“Ticket Nr” is no name of a case"), "{problems:?}");
    assert!(problems[1].contains("did you mean “icon”?"), "{problems:?}");
    assert_eq!(bureau.office.case_type("ticket").title.en, "Ticket");
    assert_eq!(
        bureau.office.case_type("customer").title.en,
        "Customer",
        "the ready-made one holds"
    );
    drop(people);
}
