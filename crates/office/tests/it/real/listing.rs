//! Lists, pages, orders, records and what points to them.

use kontor_model::{Resource, Value};
use kontor_office::catalog::{Catalog, Face};
use kontor_office::{List, ListRequest, Listed, Permit, Read};

use super::{Findings, all_same, visible};
use crate::office::Bureau;

/// Records of a page.
const PAGE: u32 = 3;
/// Lists up to this length are compared as a whole with their reverse.
const WHOLE: u32 = 400;

/// Checks all resources. The content of the `unstable` ones is not the same in every reading, so
/// that their records cannot be found again.
pub(super) async fn check(bureau: &Bureau, backend: &str, unstable: &[&str]) -> Findings {
    let permit = bureau.reading(backend);
    let catalog = permit.backend.catalog().unwrap();
    let mut lists =
        Lists { bureau, permit: &permit, catalog: &catalog, findings: Findings::default() };
    for face in &catalog.faces {
        lists.orders(face).await;
        if !unstable.contains(&face.name.as_str()) {
            lists.pages(face).await;
            lists.opens(face).await;
        }
    }
    let faces = catalog.faces.len();
    lists.findings.told.push(format!("{faces} resources"));
    lists.findings
}

struct Lists<'a> {
    bureau: &'a Bureau,
    permit: &'a Permit<Read>,
    catalog: &'a Catalog,
    findings: Findings,
}

impl Lists<'_> {
    async fn list(&mut self, face: &Face, request: &ListRequest) -> Option<List> {
        match self.bureau.office.list(self.permit, &face.name, request).await {
            Ok(list) => Some(list),
            Err(error) => {
                self.findings.wrong(format!("{} {request:?}: {error}", face.name));
                None
            }
        }
    }

    /// The first page, the next, and back again.
    async fn pages(&mut self, face: &Face) {
        let resource = self.catalog.resource(face);
        let first = ListRequest {
            columns: Some(visible(face, resource)),
            limit: Some(PAGE),
            titles: true,
            ..ListRequest::default()
        };
        let Some(page) = self.list(face, &first).await else { return };
        self.findings.check(page.previous.is_none(), || {
            format!("{}: something stands before the first page", face.name)
        });
        self.findings.check(!page.titles_missing, || format!("{}: titles are missing", face.name));
        let Some(after) = page.next.clone() else { return };
        let second = ListRequest { after: Some(after), ..first.clone() };
        let Some(next) = self.list(face, &second).await else { return };
        self.findings.check(!next.records.is_empty() && next.previous.is_some(), || {
            format!("{}: the second page leads nowhere", face.name)
        });
        let back = ListRequest { before: next.previous.clone(), ..first };
        let Some(back) = self.list(face, &back).await else { return };
        self.findings.check(same_records(&page.records, &back.records), || {
            format!("{}: going back shows another first page", face.name)
        });
        if !resource.key.is_empty() {
            let again =
                next.records.iter().any(|one| page.records.iter().any(|o| o.key == one.key));
            self.findings.check(!again, || format!("{}: a record stands on two pages", face.name));
        }
    }

    /// Every order, both ways: one is the other backwards.
    async fn orders(&mut self, face: &Face) {
        let resource = self.catalog.resource(face);
        let sortable = face.order.iter().filter(|&&field| resource.fields[field].sortable);
        for &field in sortable {
            self.order(face, resource, field).await;
        }
    }

    async fn order(&mut self, face: &Face, resource: &Resource, field: usize) {
        let name = resource.fields[field].name.clone();
        let ordered = |descending| ListRequest {
            columns: Some(vec![name.clone()]),
            sort: vec![(name.clone(), descending)],
            limit: Some(WHOLE),
            ..ListRequest::default()
        };
        let Some(up) = self.list(face, &ordered(false)).await else { return };
        let Some(mut down) = self.list(face, &ordered(true)).await else { return };
        let is_total = !resource.key.is_empty() || resource.row_id.is_some();
        if up.next.is_none() && is_total {
            down.records.reverse();
            self.findings.check(same_records(&up.records, &down.records), || {
                format!("{}: descending by {name} is not ascending backwards", face.name)
            });
        } else {
            let (least, greatest) = (first_value(&up), first_value(&down));
            let distinct = least.zip(greatest).is_some_and(|(a, b)| !a.is_same(&b));
            self.findings.check(distinct || is_constant(&up) || is_constant(&down), || {
                format!("{}: by {name} both ways begin with the same", face.name)
            });
        }
    }

    /// The first record opens, and so do the lists of what points to it.
    async fn opens(&mut self, face: &Face) {
        let Some(key) = self.bureau.first_key(self.permit, &face.name).await else { return };
        let shown = self.bureau.office.record(self.permit, &face.name, &key).await;
        match shown {
            Ok(shown) => self.findings.check(shown.fields.len() == face.order.len(), || {
                format!("{}: not every field is shown", face.name)
            }),
            Err(error) => {
                return self.findings.wrong(format!("{} {}: {error}", face.name, key.to_text()));
            }
        }
        for incoming in 0..face.incoming.len() {
            let related = self.bureau.office.related(self.permit, &face.name, &key, incoming, 5);
            match related.await {
                Ok(related) => {
                    let is_honest = match related.count {
                        kontor_model::Count::Exact(count) => {
                            related.records.len() as u64 == count.min(5)
                        }
                        _ => true,
                    };
                    self.findings.check(is_honest, || {
                        format!("{}: link {incoming} counts {:?}", face.name, related.count)
                    });
                }
                Err(error) => {
                    self.findings.wrong(format!("{}: link {incoming}: {error}", face.name));
                }
            }
        }
    }
}

fn same_records(a: &[Listed], b: &[Listed]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| a.key == b.key && all_same(&a.values, &b.values))
}

fn first_value(list: &List) -> Option<Value> {
    list.records.first().map(|record| record.values[0].clone())
}

fn is_constant(list: &List) -> bool {
    let mut values = list.records.iter().map(|record| &record.values[0]);
    values.next().is_none_or(|first| values.all(|value| value.is_same(first)))
}
