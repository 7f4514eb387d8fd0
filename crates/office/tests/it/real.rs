//! The office over databases that others made: every resource is listed, opened, sorted, filtered,
//! exported, changed and changed back.

mod changing;
mod exporting;
mod filtering;
mod listing;

use std::io::Write as _;

use kontor_model::{Resource, Value};
use kontor_office::catalog::{Catalog, Face};
use kontor_office::{ListRequest, Listed, Permit, Read};
use kontor_testkit::{DatabaseUrl, MariaDbServer, PostgresServer, SqliteFile};

use crate::office::Bureau;

/// What went wrong and what was left out, of one backend.
#[derive(Default)]
struct Findings {
    wrong: Vec<String>,
    told: Vec<String>,
    done: usize,
}

impl Findings {
    fn wrong(&mut self, text: String) {
        self.wrong.push(text);
    }

    fn check(&mut self, holds: bool, text: impl FnOnce() -> String) {
        self.done += 1;
        if !holds {
            self.wrong.push(text());
        }
    }

    /// Tells what was done, and fails with all that went wrong at once.
    fn conclude(self, what: &str) {
        let mut lines = format!("{what}: {} checks\n", self.done);
        for line in &self.told {
            lines.push_str(&format!("    {line}\n"));
        }
        // Written past the test harness, which would swallow the lines of a test that passes.
        drop(std::io::stderr().write_all(lines.as_bytes()));
        let wrong = self.wrong.len();
        assert!(wrong == 0, "{what}: {wrong} of {}\n{}", self.done, self.wrong.join("\n"));
        assert!(self.done > 0, "{what}: nothing was checked");
    }
}

/// All visible fields of the first records of a resource.
async fn first_records(
    bureau: &Bureau,
    permit: &Permit<Read>,
    face: &Face,
    resource: &Resource,
    limit: u32,
) -> Result<Vec<Listed>, String> {
    let request = ListRequest {
        columns: Some(visible(face, resource)),
        limit: Some(limit),
        ..ListRequest::default()
    };
    let list = bureau.office.list(permit, &face.name, &request).await;
    list.map(|list| list.records).map_err(|error| format!("{}: {error}", face.name))
}

fn visible(face: &Face, resource: &Resource) -> Vec<String> {
    face.order.iter().map(|&field| resource.fields[field].name.clone()).collect()
}

fn all_same(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
}

/// How many links the database itself declares.
fn declared_links(catalog: &Catalog) -> usize {
    let declared = |face: &Face| face.links.iter().filter(|link| link.on_delete.is_some()).count();
    catalog.faces.iter().map(declared).sum()
}

#[tokio::test]
async fn northwind_lists_opens_sorts_and_links() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let bureau = Bureau::over(&[("northwind", &file.url())]).await;
    let catalog = bureau.reading("northwind").backend.catalog().unwrap();
    assert_eq!(declared_links(&catalog), 13);
    listing::check(&bureau, "northwind", &[]).await.conclude("northwind, lists");
}

#[tokio::test]
async fn northwind_filters() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let bureau = Bureau::over(&[("northwind", &file.url())]).await;
    filtering::check(&bureau, "northwind").await.conclude("northwind, filters");
}

#[tokio::test]
async fn northwind_takes_every_edit_back() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let bureau = Bureau::over(&[("northwind", &file.url())]).await;
    let rules = changing::Rules::default();
    changing::check(&bureau, "northwind", &rules).await.conclude("northwind, edits");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn northwind_exports() {
    let Some(file) = SqliteFile::copy_of("northwind").await else { return };
    let bureau = Bureau::over(&[("northwind", &file.url())]).await;
    exporting::check(&bureau, "northwind").await.conclude("northwind, exports");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn chinook_lists_opens_sorts_and_links() {
    let Some(url) = PostgresServer::shared().await.copy_of("chinook").await else { return };
    let bureau = Bureau::over(&[("chinook", &url)]).await;
    let catalog = bureau.reading("chinook").backend.catalog().unwrap();
    assert_eq!(declared_links(&catalog), 11);
    listing::check(&bureau, "chinook", &[]).await.conclude("chinook, lists");
}

#[tokio::test]
async fn chinook_filters() {
    let Some(url) = PostgresServer::shared().await.copy_of("chinook").await else { return };
    let bureau = Bureau::over(&[("chinook", &url)]).await;
    filtering::check(&bureau, "chinook").await.conclude("chinook, filters");
}

#[tokio::test]
async fn chinook_takes_every_edit_back() {
    let Some(url) = PostgresServer::shared().await.copy_of("chinook").await else { return };
    let bureau = Bureau::over(&[("chinook", &url)]).await;
    let rules = changing::Rules::default();
    changing::check(&bureau, "chinook", &rules).await.conclude("chinook, edits");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn chinook_exports() {
    let Some(url) = PostgresServer::shared().await.copy_of("chinook").await else { return };
    let bureau = Bureau::over(&[("chinook", &url)]).await;
    exporting::check(&bureau, "chinook").await.conclude("chinook, exports");
    bureau.assert_audit_is_intact().await;
}

/// Pagila with its materialised view filled, which the file leaves to whoever loads it.
async fn pagila() -> Option<DatabaseUrl> {
    let server = PostgresServer::shared().await;
    let url = server.copy_of("pagila").await?;
    let refresh = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(refresh.path(), "REFRESH MATERIALIZED VIEW rental_by_category").unwrap();
    server.load_sql(&url, refresh.path()).await;
    Some(url)
}

#[tokio::test]
async fn pagila_lists_opens_sorts_and_links() {
    let Some(url) = pagila().await else { return };
    let bureau = Bureau::over(&[("pagila", &url)]).await;
    let catalog = bureau.reading("pagila").backend.catalog().unwrap();
    assert_eq!(declared_links(&catalog), 18);
    // They join the names of actors in whatever order the plan finds them.
    let unstable = ["film_list", "nicer_but_slower_film_list"];
    listing::check(&bureau, "pagila", &unstable).await.conclude("pagila, lists");
}

#[tokio::test]
async fn pagila_filters() {
    let Some(url) = pagila().await else { return };
    let bureau = Bureau::over(&[("pagila", &url)]).await;
    filtering::check(&bureau, "pagila").await.conclude("pagila, filters");
}

#[tokio::test]
async fn pagila_takes_every_edit_back() {
    let Some(url) = pagila().await else { return };
    let bureau = Bureau::over(&[("pagila", &url)]).await;
    // Triggers of the database stamp every change, also the one that takes another back.
    let rules = changing::Rules {
        stamped: &["last_update"],
        derived: &["fulltext"],
        ..changing::Rules::default()
    };
    changing::check(&bureau, "pagila", &rules).await.conclude("pagila, edits");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn pagila_exports() {
    let Some(url) = pagila().await else { return };
    let bureau = Bureau::over(&[("pagila", &url)]).await;
    exporting::check(&bureau, "pagila").await.conclude("pagila, exports");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn zencart_lists_opens_and_sorts() {
    let Some(url) = MariaDbServer::shared().await.loaded_once("zencart").await else { return };
    let bureau = Bureau::over(&[("zencart", &url)]).await;
    listing::check(&bureau, "zencart", &[]).await.conclude("zencart, lists");
}

#[tokio::test]
async fn zencart_filters() {
    let Some(url) = MariaDbServer::shared().await.loaded_once("zencart").await else { return };
    let bureau = Bureau::over(&[("zencart", &url)]).await;
    filtering::check(&bureau, "zencart").await.conclude("zencart, filters");
}

#[tokio::test]
async fn zencart_takes_every_edit_back() {
    let Some(url) = MariaDbServer::shared().await.copy_of("zencart").await else { return };
    let bureau = Bureau::over(&[("zencart", &url)]).await;
    let rules = changing::Rules::default();
    changing::check(&bureau, "zencart", &rules).await.conclude("zencart, edits");
    bureau.assert_audit_is_intact().await;
}

#[tokio::test]
async fn zencart_exports() {
    let Some(url) = MariaDbServer::shared().await.loaded_once("zencart").await else { return };
    let bureau = Bureau::over(&[("zencart", &url)]).await;
    exporting::check(&bureau, "zencart").await.conclude("zencart, exports");
    bureau.assert_audit_is_intact().await;
}
