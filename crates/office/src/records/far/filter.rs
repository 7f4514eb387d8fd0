//! Filters over links that no backend can join by itself, to other backends and within a service,
//! answered as a semi-join: the values that satisfy the inner test are read there and looked for
//! here. What cannot be answered in full is refused.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_model::filter::{FieldTest, Filter, Operator};
use kontor_model::service::Calls;
use kontor_model::{Ability, BackendName, Column, Cursor, Query, Resource, Value};

use super::super::list::completed;
use super::{FarRefusal, FarSide, FarTrouble, WAIT, combined, value_for};
use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::catalog::{Catalog, Face, FarField, FarLink, Link};
use crate::error::OfficeError;
use crate::manifest::Transform;

/// The most records of another backend that a filter may carry over.
pub(crate) const MOST_KEYS: usize = 1_000;

/// The most values of this side that they may stand for: each may be written in several ways.
const MOST_VALUES: usize = 10_000;

/// How many links to other backends a test may lead over.
const FURTHEST: usize = 2;

/// The longest list of values that is put into the address of a request, in bytes.
const MOST_IN_ADDRESS: usize = 6 * 1024;

/// A test that leads over a link to another backend, or within a service.
struct FarTest<'a> {
    test: &'a FieldTest,
    /// Links of this backend before it.
    near: usize,
    face: &'a Face,
    link: Cow<'a, FarLink>,
    /// Whether both ends belong to one service.
    is_within: bool,
}

impl<'a> FarTest<'a> {
    fn of(side: Side<'a>, test: &'a FieldTest) -> Option<Self> {
        let (own, catalog, mut face) = side;
        for (near, name) in test.path.iter().enumerate().take(test.path.len().saturating_sub(1)) {
            let resource = catalog.resource(face);
            let is_service = resource.service.is_some();
            // Fields of services have dots in their names.
            if is_service && resource.position(&test.path[near..].join(".")).is_some() {
                return None;
            }
            let link = face.links.iter().find(|link| link.name == *name);
            match link {
                Some(link) if is_service => {
                    let link = Cow::Owned(apart(own, catalog, link));
                    return Some(Self { test, near, face, link, is_within: true });
                }
                Some(link) => face = &catalog.faces[link.target],
                None => {
                    let link = Cow::Borrowed(face.far(name)?);
                    return Some(Self { test, near, face, link, is_within: false });
                }
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
        self.offered(resource, &rows)?;
        let path = |field: usize| -> Vec<String> {
            let links = self.test.path[..self.near].iter().cloned();
            links.chain([resource.fields[field].name.clone()]).collect()
        };
        let test = |field: usize, operator, operands| {
            Filter::Test(FieldTest { path: path(field), operator, operands })
        };
        Ok(match self.link.fields.as_slice() {
            _ if rows.is_empty() => Filter::Any(Vec::new()),
            [only] if rows.len() == 1 => {
                test(only.field, Operator::Eq, rows.into_iter().flatten().collect())
            }
            [only] => test(only.field, Operator::In, rows.into_iter().flatten().collect()),
            several if rows.len() == 1 => {
                let each = several.iter().zip(rows.into_iter().flatten());
                Filter::All(each.map(|(f, t)| test(f.field, Operator::Eq, vec![t])).collect())
            }
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

impl FarTest<'_> {
    /// Whether this side can be asked for all of these values at once: services take one, or as many
    /// as fit into an address.
    ///
    /// # Errors
    /// [`FarRefusal::OneOnly`], [`FarRefusal::TooMany`].
    fn offered(&self, resource: &Resource, rows: &[Vec<String>]) -> Result<(), OfficeError> {
        let Some(service) = resource.service.as_ref().filter(|_| rows.len() > 1) else {
            return Ok(());
        };
        let takes_several = |field: usize| match &resource.fields[field].tests {
            Some(tests) => tests.contains(&Ability::OneOf),
            None => true,
        };
        match self.link.fields.as_slice() {
            [only] if takes_several(only.field) => {}
            _ => return Err(self.refused(FarRefusal::OneOnly { found: rows.len() })),
        }
        let bytes = rows.iter().flatten().map(|text| text.len() + 1);
        if matches!(service.calls, Calls::Rest(_)) && bytes.clone().sum::<usize>() > MOST_IN_ADDRESS
        {
            let mut room = MOST_IN_ADDRESS;
            let fits = |bytes: &usize| {
                let is_room = room >= *bytes;
                room = room.saturating_sub(*bytes);
                is_room
            };
            let most = bytes.take_while(fits).count();
            return Err(self.refused(FarRefusal::TooMany { most }));
        }
        Ok(())
    }
}

/// A resource of a backend while a filter is looked at.
type Side<'a> = (&'a BackendName, &'a Catalog, &'a Face);

/// A link within a backend, taken for one to another.
fn apart(own: &BackendName, catalog: &Catalog, link: &Link) -> FarLink {
    let target = &catalog.faces[link.target];
    let resource = catalog.resource(target);
    let field = |&field: &usize| FarField { field, pointer: None, transform: Transform::default() };
    let name = |&field: &usize| resource.fields[field].name.clone();
    FarLink {
        name: link.name.clone(),
        title: link.title.clone(),
        fields: link.fields.iter().map(field).collect(),
        backend: own.clone(),
        target: target.name.clone(),
        target_fields: link.target_fields.iter().map(name).collect(),
    }
}

impl Office {
    /// A filter without tests over links to other backends: what they ask is read there, and said
    /// about this side's own fields.
    pub(crate) async fn near_filter(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        filter: &Filter,
    ) -> Result<Filter, OfficeError> {
        let side = (&permit.backend.name, catalog, face);
        self.nearer(&permit.actor, side, filter, FURTHEST).await
    }

    async fn nearer(
        &self,
        actor: &Arc<Actor>,
        side: Side<'_>,
        filter: &Filter,
        further: usize,
    ) -> Result<Filter, OfficeError> {
        let mut tests = Vec::new();
        collect(side, filter, &mut tests);
        if tests.is_empty() {
            return Ok(filter.clone());
        }
        let lookups = tests.iter().map(|far| self.near_test(actor, side.1, far, further));
        let mut answers = futures_util::future::try_join_all(lookups).await?.into_iter();
        Ok(replaced(side, filter, &mut answers))
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
        let side =
            if far.is_within { self.own_side(actor, far) } else { self.far_side(actor, &far.link) };
        let side = side.map_err(trouble)?;
        let inner = far.inner();
        let there = (&side.permit.backend.name, &*side.catalog, side.face());
        let inner = Box::pin(self.nearer(actor, there, &inner, further - 1)).await?;
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

    /// The other end of a link within a service: what is referred to need only be read there.
    fn own_side(&self, actor: &Arc<Actor>, far: &FarTest<'_>) -> Result<FarSide, FarTrouble> {
        let link = &far.link;
        let permit: Permit<Read> =
            self.permit(actor, &link.backend).map_err(|_| FarTrouble::OutOfReach)?;
        let title = permit.backend.manifest().title.clone();
        let misfit = || FarTrouble::Misfit { backend: title.clone() };
        let catalog = permit.backend.catalog().map_err(|_| misfit())?;
        let face = catalog.face(&link.target).ok_or_else(misfit)?;
        let resource = catalog.resource(face);
        let readable = |name: &String| {
            let field = resource.position(name)?;
            (!face.fields[field].secret && resource.is_listed(field)).then_some(field)
        };
        let fields = link.target_fields.iter().map(readable).collect::<Option<Vec<_>>>();
        let fields = fields.ok_or_else(misfit)?;
        let is_seen = |own: &FarField| far.face.fields[own.field].is_visible();
        if !link.fields.iter().all(is_seen) {
            return Err(misfit());
        }
        let face = face.index;
        Ok(FarSide { permit, catalog, face, fields })
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

/// The tests over links that no backend joins, in the order of the filter.
fn collect<'a>(side: Side<'a>, filter: &'a Filter, found: &mut Vec<FarTest<'a>>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => {
            parts.iter().for_each(|part| collect(side, part, found));
        }
        Filter::Not(inner) => collect(side, inner, found),
        Filter::Test(test) => found.extend(FarTest::of(side, test)),
    }
}

/// The filter with answers in the place of its tests over links that no backend joins.
fn replaced(side: Side<'_>, filter: &Filter, answers: &mut impl Iterator<Item = Filter>) -> Filter {
    let mut each = |parts: &[Filter]| {
        parts.iter().map(|part| replaced(side, part, answers)).collect::<Vec<_>>()
    };
    match filter {
        Filter::All(parts) => Filter::All(each(parts)),
        Filter::Any(parts) => Filter::Any(each(parts)),
        Filter::Not(inner) => Filter::Not(Box::new(replaced(side, inner, answers))),
        Filter::Test(test) if FarTest::of(side, test).is_some() => {
            answers.next().unwrap_or_else(|| Filter::Any(Vec::new()))
        }
        Filter::Test(test) => Filter::Test(test.clone()),
    }
}
