//! What hangs on records that are deleted: which records elsewhere point to them, and what the
//! database does with those.

use std::collections::HashSet;

use kontor_model::Condition;
use kontor_model::filter::{Filter, Operator};
use kontor_model::{
    ChangeItem, Column, Count, OnDelete, Query, RecordKey, ResourceKind, ResourceName, Value,
};

use crate::Office;
use crate::actor::{Edit, Permit};
use crate::catalog::{Catalog, Face, Link};
use crate::error::OfficeError;
use crate::records::{has_one_of_keys, one_of, typed_key};

/// Records that are asked for at once.
const CHUNK: usize = 1_000;

/// What a database does with a record when the one that it points to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is deleted along.
    Deleted,
    /// It loses the reference.
    Cleared,
    /// The database refuses while it is there.
    Refuses,
    /// It stays and points to nothing.
    Dangling,
}

/// Records elsewhere that a deletion would touch, over one link.
#[derive(Debug, Clone)]
pub struct Touched {
    /// Index of the face where they are.
    pub face: usize,
    /// Name of the link by which they point to what is deleted.
    pub link: String,
    /// What the database does with them.
    pub fate: Fate,
    /// How many; never none.
    pub count: Count,
    /// The filter that finds them, where they point to a single record.
    pub filter: Option<String>,
}

impl Touched {
    /// Whether what happens to them cannot be taken back together with the deletion.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.fate, Fate::Deleted | Fate::Cleared)
    }
}

/// What hangs on the records of a deletion.
#[derive(Debug, Default)]
pub(super) struct Dependents {
    /// The records elsewhere, by link; those that prevent it count for all records that were asked
    /// for, the others for those that can be deleted.
    pub(super) touched: Vec<Touched>,
    /// Places of the records that the database will refuse to delete.
    pub(super) prevented: HashSet<usize>,
}

impl Dependents {
    /// Takes the records that cannot be deleted out of a change.
    pub(super) fn taken_out_of(&self, items: &mut Vec<ChangeItem>) -> Vec<RecordKey> {
        let (mut taken, mut at) = (Vec::new(), 0);
        items.retain(|item| {
            let is_prevented = self.prevented.contains(&at);
            if is_prevented {
                taken.extend(item.key.clone());
            }
            at += 1;
            !is_prevented
        });
        taken
    }

    /// Whether more is lost than the records themselves.
    pub(super) fn are_final(&self) -> bool {
        self.touched.iter().any(Touched::is_final)
    }
}

/// A link that ends at the records.
struct Ends<'a> {
    from: &'a Face,
    link: &'a Link,
    fate: Fate,
}

impl Ends<'_> {
    /// The values by which others point to a record; none where one of them is missing.
    fn values(&self, item: &ChangeItem) -> Option<Vec<Value>> {
        let value = |field: &usize| {
            let found = item.before.iter().find(|(other, _)| other == field);
            found.map(|(_, value)| value.clone()).filter(|value| !value.is_null())
        };
        self.link.target_fields.iter().map(value).collect()
    }

    /// Records at the beginning of the link that point to one of these values.
    fn condition(&self, values: &[Vec<Value>]) -> Condition {
        one_of(&self.link.fields, values)
    }

    /// The text of the filter that finds what points to a record.
    fn filter(&self, catalog: &Catalog, values: &[Value]) -> String {
        let fields = &catalog.resource(self.from).fields;
        let mut filter = Filter::everything();
        for (&field, value) in self.link.fields.iter().zip(values) {
            let text = value.to_text().unwrap_or_default();
            filter = filter.and(Filter::test(&[&fields[field].name], Operator::Eq, &[&text]));
        }
        filter.to_string()
    }
}

impl Office {
    /// Records elsewhere that point to a record, which its deletion would touch.
    ///
    /// # Errors
    /// [`OfficeError::Backend`]; [`OfficeError::UnknownRecord`].
    pub async fn touched(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        key: &RecordKey,
    ) -> Result<Vec<Touched>, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let key = typed_key(catalog.resource(face), face, key)?;
        let mut fields: Vec<usize> = ends(&catalog, face)
            .flat_map(|end| {
                let own = (end.from.index == face.index).then_some(&end.link.fields);
                end.link.target_fields.iter().chain(own.into_iter().flatten())
            })
            .copied()
            .collect();
        if fields.is_empty() || face.soft_delete.is_some() {
            return Ok(Vec::new());
        }
        fields.sort_unstable();
        fields.dedup();
        let present = self.present(permit, &catalog, face, &key, &fields).await?;
        let before = fields.into_iter().zip(present).collect();
        let item = ChangeItem { key: Some(key), before, after: Vec::new(), version: None };
        Ok(self.dependents(permit, &catalog, face, &[item]).await?.touched)
    }

    /// What hangs on records that are removed, of which all values are known.
    pub(super) async fn dependents(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        items: &[ChangeItem],
    ) -> Result<Dependents, OfficeError> {
        let mut found = Dependents::default();
        let (refusing, others): (Vec<_>, Vec<_>) =
            ends(catalog, face).partition(|end| end.fate == Fate::Refuses);
        let all: Vec<&ChangeItem> = items.iter().collect();
        for end in refusing {
            let Some(touched) = self.over(permit, catalog, face, &end, &all).await? else {
                continue;
            };
            found.touched.push(touched);
            // Where records point to others of their own kind, one that goes may set another free.
            if items.len() == 1 {
                found.prevented.insert(0);
            } else if end.from.index != face.index {
                let prevented = self.prevented(permit, catalog, face, &end, items).await?;
                found.prevented.extend(prevented);
            }
        }
        let free: Vec<&ChangeItem> = (0..items.len())
            .filter(|at| items.len() == 1 || !found.prevented.contains(at))
            .map(|at| &items[at])
            .collect();
        for end in others {
            found.touched.extend(self.over(permit, catalog, face, &end, &free).await?);
        }
        Ok(found)
    }

    /// How many records point to some others over a link; none where nothing does.
    async fn over(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        end: &Ends<'_>,
        items: &[&ChangeItem],
    ) -> Result<Option<Touched>, OfficeError> {
        let reading = permit.to_read();
        let mut total = Count::Exact(0);
        for chunk in items.chunks(CHUNK) {
            let values: Vec<Vec<Value>> =
                chunk.iter().filter_map(|item| end.values(item)).collect();
            let condition = end.condition(&values);
            let columns = end.link.fields.iter().map(|&field| Column::whole(field)).collect();
            let query = Query::unordered(columns, condition.clone(), 1);
            // That there is one is worth knowing for certain; how many there are may take too long.
            if values.is_empty()
                || permit.backend.select(catalog, end.from, &query).await?.rows.is_empty()
            {
                continue;
            }
            let count = self.count_condition(&reading, catalog, end.from, &condition).await?;
            total = sum(total, at_least_one(count));
        }
        if end.from.index == face.index {
            total = without(total, items.iter().filter(|item| is_loop(end.link, item)).count());
        }
        let filter = match items {
            [item] => end.values(item).map(|values| end.filter(catalog, &values)),
            _ => None,
        };
        Ok((total != Count::Exact(0)).then(|| Touched {
            face: end.from.index,
            link: end.link.name.clone(),
            fate: end.fate,
            count: total,
            filter,
        }))
    }

    /// Places of the records to which others point over a link.
    async fn prevented(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        end: &Ends<'_>,
        items: &[ChangeItem],
    ) -> Result<Vec<usize>, OfficeError> {
        let resource = catalog.resource(face);
        let on: Vec<(usize, usize)> =
            end.link.target_fields.iter().copied().zip(end.link.fields.iter().copied()).collect();
        let mut places = Vec::new();
        for (number, chunk) in items.chunks(CHUNK).enumerate() {
            let points = Condition::Linked {
                target: end.from.name.clone(),
                on: on.clone(),
                inner: Box::new(Condition::everything()),
            };
            let query = Query::unordered(
                resource.key.iter().map(|&field| Column::whole(field)).collect(),
                has_one_of_keys(resource, chunk.iter().filter_map(|item| item.key.as_ref()))
                    .and(points),
                u32::try_from(chunk.len()).unwrap_or(u32::MAX),
            );
            let page = permit.backend.select(catalog, face, &query).await?;
            let keys: HashSet<String> =
                page.rows.into_iter().map(|row| RecordKey::Values(row).to_text()).collect();
            let is_among = |item: &ChangeItem| {
                item.key.as_ref().is_some_and(|key| keys.contains(&key.to_text()))
            };
            let among = (0..chunk.len()).filter(|&at| is_among(&chunk[at]));
            places.extend(among.map(|at| number * CHUNK + at));
        }
        Ok(places)
    }
}

/// The links that end at a face. A view only repeats what tables hold, so that nothing happens to
/// its records.
fn ends<'a>(catalog: &'a Catalog, face: &'a Face) -> impl Iterator<Item = Ends<'a>> {
    face.incoming.iter().filter_map(|incoming| {
        let from = &catalog.faces[incoming.from];
        let link = &from.links[incoming.link];
        let kind = catalog.resource(from).kind;
        let is_view = matches!(kind, ResourceKind::View | ResourceKind::MaterializedView);
        (!is_view).then(|| Ends { from, link, fate: fate(link.on_delete) })
    })
}

fn fate(on_delete: Option<OnDelete>) -> Fate {
    match on_delete {
        Some(OnDelete::Cascade) => Fate::Deleted,
        Some(OnDelete::Clear) => Fate::Cleared,
        Some(OnDelete::Refuse) => Fate::Refuses,
        None => Fate::Dangling,
    }
}

/// Whether a record points to itself; it goes with itself.
fn is_loop(link: &Link, item: &ChangeItem) -> bool {
    let value = |field: &usize| item.before.iter().find(|(other, _)| other == field);
    link.fields.iter().zip(&link.target_fields).all(|(here, there)| {
        matches!((value(here), value(there)), (Some((_, a)), Some((_, b))) if !a.is_null() && a.is_same(b))
    })
}

fn sum(one: Count, other: Count) -> Count {
    use Count::{About, Exact, MoreThan, Unknown};
    match (one, other) {
        (Exact(0), other) => other,
        (one, Exact(0)) => one,
        (Exact(a), Exact(b)) => Exact(a + b),
        (About(a), About(b) | Exact(b)) | (Exact(a), About(b)) => About(a + b),
        (MoreThan(a), MoreThan(b) | Exact(b) | About(b)) | (Exact(a) | About(a), MoreThan(b)) => {
            MoreThan(a + b)
        }
        (Unknown, _) | (_, Unknown) => Unknown,
    }
}

/// There is one, whatever an estimate says.
fn at_least_one(count: Count) -> Count {
    match count {
        Count::About(0) | Count::MoreThan(0) | Count::Exact(0) => Count::Unknown,
        count => count,
    }
}

fn without(count: Count, loops: usize) -> Count {
    match count {
        Count::Exact(n) => Count::Exact(n.saturating_sub(loops as u64)),
        count => count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_parts_are_as_uncertain_as_the_least_certain() {
        assert_eq!(sum(Count::Exact(2), Count::Exact(3)), Count::Exact(5));
        assert_eq!(sum(Count::Exact(2), Count::MoreThan(3)), Count::MoreThan(5));
        assert_eq!(sum(Count::About(2), Count::Exact(3)), Count::About(5));
        assert_eq!(sum(Count::Exact(0), Count::Unknown), Count::Unknown);
        assert_eq!(sum(Count::Unknown, Count::Exact(7)), Count::Unknown);
    }
}
