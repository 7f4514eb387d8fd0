//! Filters over links to other backends, answered as a semi-join: the values that satisfy the
//! inner test are read there and looked for here. What cannot be answered in full is refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_model::filter::{FieldTest, Filter, Operator};
use kontor_model::{Column, Cursor, Query, Value};

use super::super::list::completed;
use super::{FarRefusal, FarSide, FarTrouble, WAIT, combined, value_for};
use crate::Office;
use crate::actor::Actor;
use crate::catalog::{Catalog, Face, FarLink};
use crate::error::OfficeError;

/// The most records of another backend that a filter may carry over.
pub(crate) const MOST_KEYS: usize = 1_000;

/// The most values of this side that they may stand for: each may be written in several ways.
const MOST_VALUES: usize = 10_000;

/// How many links to other backends a test may lead over.
const FURTHEST: usize = 2;

/// A test that leads over a link to another backend.
struct FarTest<'a> {
    test: &'a FieldTest,
    /// Links of this backend before it.
    near: usize,
    face: &'a Face,
    link: &'a FarLink,
}

impl<'a> FarTest<'a> {
    fn of(catalog: &'a Catalog, face: &'a Face, test: &'a FieldTest) -> Option<Self> {
        let mut face = face;
        for (near, name) in test.path.iter().enumerate().take(test.path.len().saturating_sub(1)) {
            if let Some(link) = face.links.iter().find(|link| link.name == *name) {
                face = &catalog.faces[link.target];
            } else {
                return face.far(name).map(|link| Self { test, near, face, link });
            }
        }
        None
    }

    fn refused(&self, refusal: FarRefusal) -> OfficeError {
        OfficeError::FarFilter { link: self.link.title.clone(), refusal }
    }

    /// What is asked of the other backend.
    fn inner(&self) -> Filter {
        Filter::Test(FieldTest {
            path: self.test.path[self.near + 1..].to_vec(),
            ..self.test.clone()
        })
    }

    /// The test of this side's fields that means the same, now that the keys are known.
    ///
    /// # Errors
    /// [`FarRefusal::TooMany`] where they could be written in too many ways here.
    fn near_test(
        &self,
        catalog: &Catalog,
        keys: &BTreeSet<Vec<String>>,
    ) -> Result<Filter, OfficeError> {
        let resource = catalog.resource(self.face);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for key in keys {
            let each = self.link.fields.iter().zip(key).map(|(field, text)| {
                let near = field.transform.invert(text).unwrap_or_default().into_iter();
                near.filter(|t| value_for(&resource.fields[field.field], t).is_some()).collect()
            });
            rows.extend(combined(&each.collect::<Vec<Vec<String>>>()));
            if rows.len() > MOST_VALUES {
                return Err(self.refused(FarRefusal::TooMany { most: MOST_KEYS }));
            }
        }
        let path = |field: usize| -> Vec<String> {
            let links = self.test.path[..self.near].iter().cloned();
            links.chain([resource.fields[field].name.clone()]).collect()
        };
        let test = |field: usize, operator, operands| {
            Filter::Test(FieldTest { path: path(field), operator, operands })
        };
        Ok(match self.link.fields.as_slice() {
            _ if rows.is_empty() => Filter::Any(Vec::new()),
            [only] => test(only.field, Operator::In, rows.into_iter().flatten().collect()),
            several => {
                let all = |row: Vec<String>| {
                    let each = several.iter().zip(row);
                    Filter::All(each.map(|(f, t)| test(f.field, Operator::Eq, vec![t])).collect())
                };
                Filter::Any(rows.into_iter().map(all).collect())
            }
        })
    }
}

impl Office {
    /// A filter without tests over links to other backends: what they ask is read there, and said
    /// about this side's own fields.
    pub(crate) async fn near_filter(
        &self,
        actor: &Arc<Actor>,
        catalog: &Catalog,
        face: &Face,
        filter: &Filter,
    ) -> Result<Filter, OfficeError> {
        self.nearer(actor, catalog, face, filter, FURTHEST).await
    }

    async fn nearer(
        &self,
        actor: &Arc<Actor>,
        catalog: &Catalog,
        face: &Face,
        filter: &Filter,
        further: usize,
    ) -> Result<Filter, OfficeError> {
        let mut tests = Vec::new();
        collect(catalog, face, filter, &mut tests);
        if tests.is_empty() {
            return Ok(filter.clone());
        }
        let lookups = tests.iter().map(|far| self.near_test(actor, catalog, far, further));
        let mut answers = futures_util::future::try_join_all(lookups).await?.into_iter();
        Ok(replaced(catalog, face, filter, &mut answers))
    }

    async fn near_test(
        &self,
        actor: &Arc<Actor>,
        catalog: &Catalog,
        far: &FarTest<'_>,
        further: usize,
    ) -> Result<Filter, OfficeError> {
        if far.link.is_inside() {
            return Err(far.refused(FarRefusal::Inside));
        }
        if !far.link.is_reversible() {
            return Err(far.refused(FarRefusal::Lossy));
        }
        if further == 0 {
            return Err(far.refused(FarRefusal::TooFar));
        }
        let trouble = |trouble| far.refused(FarRefusal::Trouble(trouble));
        let side = self.far_side(actor, far.link).map_err(trouble)?;
        let inner = far.inner();
        let inner =
            Box::pin(self.nearer(actor, &side.catalog, side.face(), &inner, further - 1)).await?;
        let asked = tokio::time::timeout(WAIT, self.keys_there(actor, far, &side, &inner));
        let keys = match asked.await {
            Ok(Err(error @ OfficeError::Backend { .. })) => {
                return Err(trouble(FarTrouble::of(&side.permit.backend, &error)));
            }
            Ok(keys) => keys?,
            Err(_) => return Err(trouble(FarTrouble::Slow { backend: side.title() })),
        };
        far.near_test(catalog, &keys)
    }

    /// The values of the fields referred to, of the records that satisfy the inner filter.
    async fn keys_there(
        &self,
        actor: &Arc<Actor>,
        far: &FarTest<'_>,
        side: &FarSide,
        inner: &Filter,
    ) -> Result<BTreeSet<Vec<String>>, OfficeError> {
        let (target, resource) = (side.face(), side.catalog.resource(side.face()));
        let condition = self.bound(actor, &side.catalog, target, inner)?;
        let (sort, total_order) = completed(resource, target, &[]);
        let page = side.permit.backend.manifest().budget.row_cap.clamp(1, MOST_KEYS as u32 + 1);
        let columns = side.fields.iter().map(|&field| Column::whole(field)).collect();
        let mut query = Query { sort, total_order, ..Query::unordered(columns, condition, page) };
        let (mut keys, mut records) = (BTreeSet::new(), 0);
        loop {
            let page = side.permit.backend.select(&side.catalog, target, &query).await?;
            records += page.rows.len();
            let texts = |row: Vec<Value>| {
                row.iter().map(|value| value.to_text().filter(|_| value.is_whole())).collect()
            };
            keys.extend(page.rows.into_iter().filter_map::<Vec<String>, _>(texts));
            if keys.len() > MOST_KEYS || records > MOST_KEYS * 5 {
                return Err(far.refused(FarRefusal::TooMany { most: MOST_KEYS }));
            }
            let next: Option<Cursor> = page.next;
            match next {
                Some(next) => query.cursor = Some(next),
                None => return Ok(keys),
            }
        }
    }
}

/// The tests over links to other backends, in the order of the filter.
fn collect<'a>(
    catalog: &'a Catalog,
    face: &'a Face,
    filter: &'a Filter,
    found: &mut Vec<FarTest<'a>>,
) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => {
            parts.iter().for_each(|part| collect(catalog, face, part, found));
        }
        Filter::Not(inner) => collect(catalog, face, inner, found),
        Filter::Test(test) => found.extend(FarTest::of(catalog, face, test)),
    }
}

/// The filter with answers in the place of its tests over links to other backends.
fn replaced(
    catalog: &Catalog,
    face: &Face,
    filter: &Filter,
    answers: &mut impl Iterator<Item = Filter>,
) -> Filter {
    let mut each = |parts: &[Filter]| {
        parts.iter().map(|part| replaced(catalog, face, part, answers)).collect::<Vec<_>>()
    };
    match filter {
        Filter::All(parts) => Filter::All(each(parts)),
        Filter::Any(parts) => Filter::Any(each(parts)),
        Filter::Not(inner) => Filter::Not(Box::new(replaced(catalog, face, inner, answers))),
        Filter::Test(test) if FarTest::of(catalog, face, test).is_some() => {
            answers.next().unwrap_or_else(|| Filter::Any(Vec::new()))
        }
        Filter::Test(test) => Filter::Test(test.clone()),
    }
}
