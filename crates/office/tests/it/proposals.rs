//! Proposals for databases that others made.

mod zencart;

use std::collections::BTreeSet;
use std::io::Write as _;

use kontor_connect::{Budget, Opening, ServiceOptions};
use kontor_model::Schema;
use kontor_office::proposals::{ConnectionSampler, Kind, ManifestEdit, Report, propose, secrets};
use kontor_testkit::{MariaDbServer, PostgresServer, SqliteFile};

/// Reads a backend's schema, changes it, and gives the proposals for what is left.
async fn proposals_for<T>(url: &str, change: impl FnOnce(&mut Schema) -> T) -> (T, Report) {
    let budget = Budget::default();
    let row_cap = budget.row_cap;
    let connection = kontor_connect::open(Opening {
        location: url.parse().expect("the testkit gives addresses that can be read"),
        replica: None,
        writable: false,
        budget,
        session_name: "test".into(),
        service: ServiceOptions::default(),
    });
    let mut schema = connection.introspect().await.expect("the database was just loaded");
    let changed = change(&mut schema);
    let sampler = ConnectionSampler::new(connection.as_ref(), &schema, row_cap);
    (changed, propose(&schema, &sampler).await)
}

/// Takes the declared links out of a schema and gives them as texts.
fn undeclare(schema: &mut Schema) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for resource in &mut schema.resources {
        for reference in std::mem::take(&mut resource.references) {
            let name = |&field: &usize| resource.fields[field].name.clone();
            let fields: Vec<String> = reference.fields.iter().map(name).collect();
            declared.insert(text(
                resource.name.as_str(),
                &fields,
                reference.target.as_str(),
                &reference.target_fields,
            ));
        }
    }
    declared
}

fn text(from: &str, fields: &[String], to: &str, to_fields: &[String]) -> String {
    format!("{from}.{} -> {to}.{}", fields.join("+"), to_fields.join("+"))
}

fn links(report: &Report) -> BTreeSet<String> {
    let link = |edit: &ManifestEdit| match edit {
        ManifestEdit::AddLink { from, fields, to, to_fields, .. } => {
            Some(text(from.as_str(), fields, to.as_str(), to_fields))
        }
        _ => None,
    };
    report.proposals.iter().filter_map(|proposal| link(&proposal.edit)).collect()
}

struct Judged {
    correct: usize,
    wrong: usize,
    missed: usize,
}

/// Compares the proposed links with the true ones, and prints both and what was missed. Written
/// past the test harness, which would swallow the lists of a test that passes.
fn judge(backend: &str, report: &Report, truth: &BTreeSet<String>) -> Judged {
    let proposed = links(report);
    let mut lists = format!("{backend}: {:?}\n", report.cost);
    let mut list = |title: &str, links: Vec<&String>| {
        lists.push_str(&format!("{backend}: {} {title}\n", links.len()));
        for link in &links {
            lists.push_str(&format!("    {link}\n"));
        }
        links.len()
    };
    let judged = Judged {
        correct: list("correct", proposed.intersection(truth).collect()),
        wrong: list("wrong", proposed.difference(truth).collect()),
        missed: list("missed", truth.difference(&proposed).collect()),
    };
    // A list that cannot be printed does not make the links wrong.
    drop(std::io::stderr().write_all(lists.as_bytes()));
    judged
}

fn assert_precise_and_complete(judged: &Judged) {
    let Judged { correct, wrong, missed } = *judged;
    assert!(correct * 100 >= (correct + wrong) * 95, "{wrong} of {} wrong", correct + wrong);
    assert!(correct * 100 >= (correct + missed) * 80, "{missed} of {} missed", correct + missed);
}

#[tokio::test]
async fn the_links_of_a_php_shop_without_foreign_keys_are_found() {
    let server = MariaDbServer::shared().await;
    let Some(url) = server.loaded_once("zencart").await else { return };
    let (declared, report) = proposals_for(url.as_str(), undeclare).await;
    assert_eq!(declared, BTreeSet::new());
    let mut truth = BTreeSet::new();
    let mut key = "";
    for word in zencart::LINKS.split_whitespace() {
        match word.strip_suffix(':') {
            Some(next) => key = next,
            None => drop(truth.insert(format!("{word} -> {key}"))),
        }
    }
    let Judged { correct, wrong, .. } = judge("zencart", &report, &truth);
    assert!(correct >= 50, "{correct} correct");
    assert!(wrong * 10 < correct + wrong, "{wrong} of {} wrong", correct + wrong);
}

#[tokio::test]
async fn the_links_of_northwind_are_found_without_its_foreign_keys() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let (truth, report) = proposals_for(file.url().as_str(), undeclare).await;
    assert_eq!(truth.len(), 13);
    assert_precise_and_complete(&judge("northwind", &report, &truth));
}

#[tokio::test]
async fn the_links_of_chinook_are_found_without_its_foreign_keys() {
    let server = PostgresServer::shared().await;
    let Some(url) = server.copy_of("chinook").await else { return };
    let (truth, report) = proposals_for(url.as_str(), undeclare).await;
    assert_eq!(truth.len(), 11);
    assert_precise_and_complete(&judge("chinook", &report, &truth));
}

/// The resources of one kind of proposals.
fn resources(report: &Report, kind: Kind) -> BTreeSet<&str> {
    let proposals = report.proposals.iter().filter(|proposal| proposal.kind == kind);
    proposals.map(|proposal| proposal.edit.resource().as_str()).collect()
}

#[tokio::test]
async fn the_habits_and_secrets_of_a_php_shop_are_found() {
    let server = MariaDbServer::shared().await;
    let Some(url) = server.loaded_once("zencart").await else { return };
    let (hidden, report) = proposals_for(url.as_str(), |schema| {
        let mut hidden = Vec::new();
        for resource in &schema.resources {
            for field in &resource.fields {
                if secrets::by_name(resource, field).is_some() {
                    hidden.push(format!("{}.{}", resource.name, field.name));
                }
            }
        }
        hidden
    })
    .await;
    assert_eq!(hidden.join(" "), zencart::SECRETS);
    assert_eq!(
        resources(&report, Kind::Translations),
        BTreeSet::from([
            "categories",
            "coupons",
            "ezpages",
            "plugin_groups",
            "products",
            "reviews",
            "tax_rates",
        ])
    );
    assert_eq!(
        resources(&report, Kind::JoinTable),
        BTreeSet::from([
            "admin_pages_to_profiles",
            "customers_to_groups",
            "media_to_products",
            "product_types_to_category",
            "products_notifications",
            "products_options_values_to_products_options",
            "products_to_categories",
        ])
    );
    assert_eq!(resources(&report, Kind::SoftDelete), BTreeSet::new());
    assert_eq!(resources(&report, Kind::Money), BTreeSet::new());
    assert_eq!(resources(&report, Kind::List), BTreeSet::from(["configuration"]));
}

#[tokio::test]
async fn an_inventory_is_no_join_table_and_an_enumeration_has_choices() {
    let server = PostgresServer::shared().await;
    let Some(url) = server.copy_of("pagila").await else { return };
    let (_, report) = proposals_for(url.as_str(), |_| {}).await;
    assert_eq!(
        resources(&report, Kind::JoinTable),
        BTreeSet::from(["film_actor", "film_category"])
    );
    assert_eq!(
        resources(&report, Kind::Status),
        BTreeSet::from(["film", "film_list", "nicer_but_slower_film_list"]),
        "the table and the views that show its rating"
    );
    assert!(report.cost.unread.is_empty(), "what cannot be read is left out of the schema");
}
