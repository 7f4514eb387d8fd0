//! Lists of records.

use std::sync::Arc;

use kontor_model::filter::Filter;
use kontor_model::query::ROW_ID;
use kontor_model::{
    Comparison, Condition, Cursor, Query, RecordKey, Resource, ResourceName, Sort, Test, Value,
};

use super::far::{FarTitle, Wanted, shorten};
use super::reading::{MOST_TIE_BREAKERS, Reading};
use super::search::SearchPlan;
use super::titles::LinkedTitle;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;

/// Which part of which list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// Which records; nothing is filtered by default.
    pub filter: Option<Filter>,
    /// Words of the search box.
    pub search: Option<String>,
    /// Field names with whether they descend; the resource's own order when empty.
    pub sort: Vec<(String, bool)>,
    /// Field names of the columns; the resource's own when none.
    pub columns: Option<Vec<String>>,
    /// Go on after this place.
    pub after: Option<String>,
    /// Go back from this place.
    pub before: Option<String>,
    /// Greatest number of records; 50 when none.
    pub limit: Option<u32>,
    /// Whether long values are cut to what a list shows.
    pub brief: bool,
    /// Whether titles of linked records are fetched.
    pub titles: bool,
}

/// A part of a list.
#[derive(Debug)]
pub struct List {
    /// The backend's resources as people see them, as they were when this was read.
    pub catalog: Arc<Catalog>,
    /// Index of the face.
    pub face: usize,
    /// Fields of the columns.
    pub columns: Vec<usize>,
    /// The order that was asked for, without what only breaks ties.
    pub sort: Vec<Sort>,
    /// The filter in its one text form.
    pub filter: Filter,
    /// How the words were searched, if there were any.
    pub search: Option<SearchPlan>,
    /// The records.
    pub records: Vec<Listed>,
    /// Place after the last record, when there are more.
    pub next: Option<String>,
    /// Place before the first record, when there are some before it.
    pub previous: Option<String>,
    /// Whether titles of linked records could not be fetched.
    pub titles_missing: bool,
}

impl List {
    /// The face that the list is of.
    #[must_use]
    pub fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }
}

/// A record in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its address.
    pub key: RecordKey,
    /// Values of the columns.
    pub values: Vec<Value>,
    /// For each column that is a link, the other record's title.
    pub titles: Vec<Option<LinkedTitle>>,
    /// For each column that begins a link to another backend, what it points to there; empty where
    /// no column is, and where titles were not asked for.
    pub far: Vec<Option<FarTitle>>,
    /// For each column that is money in a currency of the record's own, its code; empty where no
    /// column is.
    pub currencies: Vec<Option<String>>,
}

/// Everything but the place: what a list, its count and its export have in common.
pub(crate) struct Planned {
    pub(crate) columns: Vec<usize>,
    pub(crate) asked_sort: Vec<Sort>,
    pub(crate) sort: Vec<Sort>,
    pub(crate) total_order: bool,
    pub(crate) condition: Condition,
    pub(crate) filter: Filter,
    pub(crate) search: Option<SearchPlan>,
}

impl Office {
    /// A part of a list.
    ///
    /// # Errors
    /// [`OfficeError`] for unknown names, filters that do not fit, searches that would scan a
    /// large table, and a backend that cannot answer.
    pub async fn list(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        request: &ListRequest,
    ) -> Result<List, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let planned = self.planned(permit, &catalog, face, request).await?;
        // A service has a place of its own, which is one text.
        let length = if resource.service.is_some() { 1 } else { planned.sort.len() };
        let (cursor, backward) = place(request, length)?;
        let mut reading = Reading::of(face, planned.columns).with_address(resource, face);
        if request.brief {
            reading = reading.brief();
        }
        let mut query = Query {
            sort: planned.sort,
            total_order: planned.total_order,
            cursor,
            backward,
            ..Query::unordered(
                reading.to_read(resource),
                planned.condition,
                request.limit.unwrap_or(50).clamp(1, 5_000),
            )
        };
        let mut along = Vec::new();
        if request.titles {
            along = self.titles_along(permit, &catalog, face, &reading.columns);
        }
        let page = self.page_along(permit, &catalog, face, &mut query, &mut along).await?;
        let mut records: Vec<Listed> =
            page.rows.into_iter().map(|row| reading.listed(resource, face, row, &along)).collect();
        let mut titles_missing = false;
        if request.titles {
            let columns = &reading.columns;
            titles_missing = {
                let lists = (face, Wanted::Lists);
                self.add_all_titles(permit, &catalog, lists, columns, &along, &mut records).await
            };
        }
        if request.brief {
            shorten(face, &reading.columns, &mut records);
        }
        Ok(List {
            face: face.index,
            columns: reading.columns,
            sort: planned.asked_sort,
            filter: planned.filter,
            search: planned.search,
            records,
            next: page.next.map(|cursor| cursor.to_text()),
            previous: page.previous.map(|cursor| cursor.to_text()),
            titles_missing,
            catalog,
        })
    }

    /// Understands a request: which fields, which records, which order.
    pub(crate) async fn planned(
        &self,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        request: &ListRequest,
    ) -> Result<Planned, OfficeError> {
        let resource = catalog.resource(face);
        let filter = request.filter.clone().unwrap_or_else(Filter::everything);
        let near = self.near_filter(permit, catalog, face, &filter).await?;
        let mut condition = self.condition(&permit.actor, catalog, face, &near)?;
        needed(resource, &condition)?;
        let words = request.search.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let search = words.map(|words| SearchPlan::of(catalog, face, words)).transpose()?;
        if let Some(plan) = &search {
            condition = condition.and(plan.condition());
        }
        let columns = match &request.columns {
            Some(names) if !names.is_empty() => names
                .iter()
                .map(|name| listed(resource, face, name))
                .collect::<Result<Vec<_>, _>>()?,
            _ => face.columns.clone(),
        };
        let asked_sort = if request.sort.is_empty() {
            face.sort.clone()
        } else {
            asked_sort(resource, face, &request.sort)?
        };
        let (sort, total_order) = completed(resource, face, &asked_sort);
        Ok(Planned { columns, asked_sort, sort, total_order, condition, filter, search })
    }
}

/// A field that may be seen, by name.
pub(crate) fn visible(resource: &Resource, face: &Face, name: &str) -> Result<usize, OfficeError> {
    resource.position(name).filter(|&field| face.fields[field].is_visible()).ok_or_else(|| {
        OfficeError::UnknownField { resource: resource.name.to_string(), field: name.to_owned() }
    })
}

/// Some services list records only of one other record at a time.
fn needed(resource: &Resource, condition: &Condition) -> Result<(), OfficeError> {
    let Some(service) = &resource.service else { return Ok(()) };
    let missing: Vec<String> = service
        .required
        .iter()
        .filter(|field| !equals(condition, **field))
        .map(|field| resource.fields[*field].name.clone())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(OfficeError::NeedsFilter { resource: resource.name.to_string(), fields: missing })
}

/// Whether a condition holds only for records with one value in a field.
fn equals(condition: &Condition, field: usize) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().any(|part| equals(part, field)),
        Condition::Field(tested, Test::Compare(Comparison::Eq, _)) => *tested == field,
        _ => false,
    }
}

/// A field that may be seen in a list, by name.
fn listed(resource: &Resource, face: &Face, name: &str) -> Result<usize, OfficeError> {
    let field = visible(resource, face, name)?;
    if resource.is_listed(field) {
        return Ok(field);
    }
    Err(OfficeError::Parameter {
        what: "columns",
        problem: format!("the service tells “{name}” only of single records"),
    })
}

fn asked_sort(
    resource: &Resource,
    face: &Face,
    asked: &[(String, bool)],
) -> Result<Vec<Sort>, OfficeError> {
    if resource.service.is_some() && asked.len() > 1 {
        let problem = "the service orders its list by one field only".to_owned();
        return Err(OfficeError::Parameter { what: "sort", problem });
    }
    asked
        .iter()
        .map(|(name, descending)| {
            let field = visible(resource, face, name).map_err(|unknown| {
                let link = name.split_once('.').map_or("", |(link, _)| link);
                let is_link = face.far(link).is_some() || face.links.iter().any(|l| l.name == link);
                if is_link { OfficeError::LinkedSort(name.clone()) } else { unknown }
            })?;
            if resource.sorts(field, *descending) {
                return Ok(Sort { field, descending: *descending });
            }
            Err(OfficeError::Parameter {
                what: "sort",
                problem: format!("the backend does not order its list by “{name}” so"),
            })
        })
        .collect()
}

/// The order, completed so that no two records tie: with the key, else with the row's own address,
/// else with all fields that have an order. Whether it is total.
pub(crate) fn completed(resource: &Resource, face: &Face, asked: &[Sort]) -> (Vec<Sort>, bool) {
    let mut sort = asked.to_vec();
    if resource.service.is_some() {
        return (sort, true);
    }
    let descending = sort.last().is_some_and(|step| step.descending);
    let add = |sort: &mut Vec<Sort>, field: usize| {
        if !sort.iter().any(|step| step.field == field) {
            sort.push(Sort { field, descending });
        }
    };
    if !resource.key.is_empty() {
        for &field in &resource.key {
            add(&mut sort, field);
        }
        return (sort, true);
    }
    if resource.row_id.is_some() {
        add(&mut sort, ROW_ID);
        return (sort, true);
    }
    for field in (0..resource.fields.len())
        .filter(|&field| resource.fields[field].sortable && face.fields[field].is_visible())
        .take(MOST_TIE_BREAKERS)
    {
        add(&mut sort, field);
    }
    (sort, false)
}

fn place(request: &ListRequest, length: usize) -> Result<(Option<Cursor>, bool), OfficeError> {
    let (text, backward) = match (&request.after, &request.before) {
        (Some(_), Some(_)) => {
            return Err(OfficeError::Parameter {
                what: "before",
                problem: "give either after or before".into(),
            });
        }
        (Some(text), None) => (text, false),
        (None, Some(text)) => (text, true),
        (None, None) => return Ok((None, false)),
    };
    let wrong = || OfficeError::Parameter {
        what: if backward { "before" } else { "after" },
        problem: "this place belongs to another order of the list; begin at its first page".into(),
    };
    Cursor::from_text(text, length).map(|cursor| (Some(cursor), backward)).ok_or_else(wrong)
}
