//! The list of a resource, and what belongs to it.

mod export;
mod filter;
mod views;

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use kontor_model::condition::SearchTerm;
use kontor_model::filter::bind::suits;
use kontor_model::filter::{Filter, Operator};
use kontor_model::{BackendName, ChangeKind, Count, FieldType, ResourceName};
use kontor_office::catalog::{Catalog, Face, Link};
use kontor_office::manifest::Label;
use kontor_office::{Edit, List, ListRequest, Manage, OfficeError, Read, SearchPlan};
use tokio::time::Instant;

use crate::app::App;
use crate::components::icon;
use crate::failure::{PageFailure, told};
use crate::frame::health;
use crate::handlers::{Pairs, Place, first, go, here, place, shown};
use crate::links;
use crate::pages::list::{
    self as pages, LinkedFields, ListAction, ListQuery, ListRights, ListScreen, ListState,
    QuickFilter, Row, SearchBox, SortBy, ViewTab,
};
use crate::shown::Cell;
use crate::texts::Texts;
use crate::view::View;
use crate::visitor::Reader;

pub(crate) use export::{download, export_csv, export_ndjson, export_xlsx};
pub(crate) use filter::filter;
pub(crate) use views::save_view;

/// A list that took longer is said to be slow.
const SLOW: Duration = Duration::from_millis(2_000);
/// Rows of a page unless the address says otherwise.
const ROWS: u32 = 50;
/// Quick filters beside the chips.
const MOST_QUICK: usize = 3;
/// Fields of a link that the filter builder offers.
const MOST_LINKED: usize = 24;

pub(crate) type At = Path<(String, String)>;

/// What a list's address asks of the office.
pub(crate) fn request(query: &ListQuery) -> Result<ListRequest, OfficeError> {
    Ok(ListRequest {
        filter: Some(Filter::parse(&query.filter)?),
        search: Some(query.search.clone()).filter(|words| !words.is_empty()),
        sort: query.sort.iter().map(|step| (step.field.clone(), step.descending)).collect(),
        columns: Some(query.columns.iter().map(|column| column.field.clone()).collect()),
        after: query.after.clone(),
        before: query.before.clone(),
        limit: Some(query.rows.unwrap_or(ROWS).clamp(10, 500)),
        brief: true,
        titles: true,
    })
}

pub(crate) fn query(pairs: &Pairs) -> ListQuery {
    ListQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The list, whole or without its frame.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    // The address of a list alone leads to the view that opens first, if there is one.
    if pairs.is_empty() && !reader.frame.is_fragment {
        match views::opening(&app, &reader, &backend, &resource).await {
            Ok(Some(address)) => return Ok(go(&address)),
            Ok(None) => {}
            Err(error) => return Err(reader.fails(&app, error).await),
        }
    }
    // A chip says which part of the filter goes; the list without it has an address of its own.
    if let Some(at) = first(&pairs, "drop").and_then(|at| at.parse().ok()) {
        let (backend, resource) = match place::<Read>(&app, &reader, &backend, &resource) {
            Ok(place) => (place.permit.backend.name.clone(), place.resource),
            Err(error) => return Err(reader.fails(&app, error).await),
        };
        return Ok(go(&query(&pairs).without_part(at).address(&backend, &resource)));
    }
    match screen(&app, &reader, &backend, &resource, query(&pairs)).await {
        Ok((place, screen)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let only_list =
                reader.frame.is_fragment && reader.frame.target.as_deref() == Some("list");
            let markup = if only_list {
                pages::region(&shell, &screen)
            } else {
                pages::page(&shell, &screen)
            };
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn screen(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    query: ListQuery,
) -> Result<(Place<Read>, ListScreen), OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let language =
        crate::texts::Language::from_code(&reader.actor.user.language).unwrap_or_default();
    let t = language.texts();
    let catalog = place.permit.backend.catalog()?;
    let face = catalog.face(&place.resource).ok_or_else(|| OfficeError::UnknownResource {
        backend: backend.to_owned(),
        resource: resource.to_owned(),
    })?;
    let view = View { permit: &place.permit, catalog: &catalog, face, language };
    let begun = Instant::now();
    let result = match request(&query) {
        Ok(request) => app.office.list(&place.permit, &place.resource, &request).await,
        Err(error) => Err(error),
    };
    let took = begun.elapsed();
    let saved = app.office.views(&place.permit, &place.resource).await?;
    let mut screen = empty_screen(
        app,
        &view,
        query,
        saved.iter().map(|saved| views::tab(&view, saved)).collect(),
    );
    match result {
        Ok(list) => fill(&mut screen, &view, list, took),
        Err(error) => refuse(&mut screen, t, error)?,
    }
    Ok((place, screen))
}

fn empty_screen(app: &App, view: &View<'_>, query: ListQuery, views: Vec<ViewTab>) -> ListScreen {
    let fields = view.fields();
    let position = |index: usize| view.face.order.iter().position(|&other| other == index);
    ListScreen {
        backend: view.backend().clone(),
        backend_title: view.backend_title(),
        health: health(&view.permit.backend.health()),
        resource: view.name().clone(),
        title: view.title(),
        help: view.resource().comment.clone(),
        filter: Filter::parse(&query.filter).unwrap_or_else(|_| Filter::everything()),
        linked: linked_fields(app, view),
        columns: view
            .face
            .columns
            .iter()
            .filter_map(|&index| position(index).map(|at| (at, false)))
            .collect(),
        sort: query.sort.clone(),
        filter_error: None,
        quick: quick_filters(view),
        views,
        search: search_box(view),
        rows: Vec::new(),
        previous: None,
        next: None,
        page_rows: query.rows.unwrap_or(ROWS),
        count: None,
        rights: ListRights {
            create_locked: view.locked_for(ChangeKind::Create),
            change_locked: view.locked_for(ChangeKind::Update),
            delete_locked: view.locked_for(ChangeKind::Delete),
            share_views: view.permit.has::<Manage>(),
            has_team: !view.permit.actor.teams.is_empty(),
        },
        actions: list_actions(view),
        state: ListState::Ready,
        as_of: None,
        hides_deleted: view.face.soft_delete.as_ref().map(|soft| view.field(soft.field).title),
        query,
        fields,
    }
}

/// What the reader may do with several records at once.
fn list_actions(view: &View<'_>) -> Vec<ListAction> {
    if !view.permit.backend.manifest().is_writable(view.name()) || !view.permit.has::<Edit>() {
        return Vec::new();
    }
    let for_many = view.face.actions.iter().filter(|action| action.is_for_many());
    let shown = for_many.map(|action| ListAction {
        name: action.name.clone(),
        title: action.title.in_language(view.language.code()).to_owned(),
        icon: action.icon.and_then(icon::named),
    });
    shown.collect()
}

fn fill(screen: &mut ListScreen, view: &View<'_>, list: List, took: Duration) {
    let resource = view.resource();
    let name = |field: usize| {
        resource.fields.get(field).map(|field| field.name.clone()).unwrap_or_default()
    };
    screen.sort = list
        .sort
        .iter()
        .map(|step| SortBy { field: name(step.field), descending: step.descending })
        .collect();
    screen.filter = list.filter.clone();
    let pinned = |field: usize| {
        screen.query.columns.iter().any(|column| column.pinned && column.field == name(field))
    };
    screen.columns = list
        .columns
        .iter()
        .filter_map(|&index| {
            view.face.order.iter().position(|&other| other == index).map(|at| (at, pinned(index)))
        })
        .collect();
    screen.rows = list
        .records
        .into_iter()
        .map(|record| {
            let cells = list.columns.iter().zip(record.values).enumerate();
            let (titles, far) = (record.titles, record.far);
            let currencies = record.currencies;
            let cells: Vec<_> = cells
                .map(|(at, (&index, value))| {
                    let cell = view.cell(index, value, titles.get(at).and_then(Option::as_ref));
                    Cell {
                        currency: currencies.get(at).cloned().flatten(),
                        ..view.with_far(index, cell, far.get(at).and_then(Option::as_ref))
                    }
                })
                .collect();
            let title = view
                .face
                .title_fields
                .iter()
                .filter_map(|field| list.columns.iter().position(|column| column == field))
                .filter_map(|at| cells[at].value.to_text())
                .collect::<Vec<_>>()
                .join(" ");
            Row {
                title: if title.is_empty() { record.key.to_text() } else { title },
                key: record.key,
                cells,
            }
        })
        .collect();
    find_numbers(screen);
    screen.next = list.next;
    screen.previous = list.previous;
    if took > SLOW {
        screen.state = ListState::Slow(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }
}

/// Columns without a type of which all values are numbers stand as numbers do.
fn find_numbers(screen: &mut ListScreen) {
    for (at, &(field, _)) in screen.columns.iter().enumerate() {
        let field = &mut screen.fields[field];
        *field = field.clone().told_by(screen.rows.iter().map(|row| &row.cells[at].value));
    }
}

/// What is wrong with the question is told beside it; what is wrong with the backend, in its
/// place. Everything else is the page's failure.
fn refuse(screen: &mut ListScreen, t: &Texts, error: OfficeError) -> Result<(), OfficeError> {
    match &error {
        OfficeError::FilterText(_)
        | OfficeError::Filter(_)
        | OfficeError::FarFilter { .. }
        | OfficeError::LinkedSort(_)
        | OfficeError::Parameter { .. }
        | OfficeError::NotSearched { .. }
        | OfficeError::NeedsFilter { .. }
        | OfficeError::UnknownField { .. } => {
            screen.filter_error = Some(told(t, &error).text);
        }
        OfficeError::WouldScan { rows } => {
            screen.search = SearchBox::WouldScan { records: *rows };
            screen.filter_error = Some(told(t, &error).text);
        }
        OfficeError::Backend { .. } => {
            let failure = told(t, &error);
            screen.state =
                ListState::Unavailable { message: failure.text, operation: failure.operation };
        }
        _ => return Err(error),
    }
    Ok(())
}

fn linked_fields(app: &App, view: &View<'_>) -> Vec<LinkedFields> {
    // A service that cannot be asked for the values of a link cannot be asked for what lies behind.
    let resource = view.resource();
    let is_asked = |link: &&Link| {
        let fields = link.fields.iter().map(|field| &resource.fields[*field]);
        resource.service.is_none()
            || fields.clone().all(|field| suits(Operator::Eq, field) || suits(Operator::In, field))
    };
    let links = view.face.links.iter().filter(is_asked).map(|link| {
        linked_field(&view.of(&view.catalog.faces[link.target]), &link.name, &link.title)
    });
    let far = view.face.far.iter().filter(|link| link.is_reversible()).filter_map(|link| {
        let (permit, catalog, face) = app.office.far_face(&view.permit.actor, link)?;
        let face = &catalog.faces[face];
        let there = View { permit: &permit, catalog: &catalog, face, language: view.language };
        Some(linked_field(&there, &link.name, &link.title))
    });
    links.chain(far).collect()
}

fn linked_field(there: &View<'_>, name: &str, title: &Label) -> LinkedFields {
    let fields = there.fields().into_iter().filter(|field| field.filterable);
    LinkedFields {
        name: name.to_owned(),
        title: title.in_language(there.language.code()).to_owned(),
        fields: fields.take(MOST_LINKED).collect(),
    }
}

fn quick_filters(view: &View<'_>) -> Vec<QuickFilter> {
    let fields = view.face.order.iter().map(|&index| view.field(index));
    fields
        .filter_map(|field| {
            let values: Vec<(String, String)> = if !field.choices.is_empty() {
                field
                    .choices
                    .iter()
                    .map(|choice| (choice.value.clone(), choice.title.clone()))
                    .collect()
            } else if let FieldType::Enum { choices } = &field.ty {
                choices.iter().map(|choice| (choice.clone(), choice.clone())).collect()
            } else {
                return None;
            };
            (values.len() > 1).then_some(QuickFilter { field: field.name, values })
        })
        .take(MOST_QUICK)
        .collect()
}

/// What the search box can do is asked of a plan for words that any field could hold.
fn search_box(view: &View<'_>) -> SearchBox {
    let plan = match SearchPlan::of(view.catalog, view.face, "1") {
        Ok(plan) => plan,
        Err(OfficeError::WouldScan { rows }) => return SearchBox::WouldScan { records: rows },
        Err(_) => return SearchBox::Nothing,
    };
    if view.resource().service.is_some() {
        return SearchBox::Service;
    }
    let mut titles: Vec<String> = Vec::new();
    for term in plan.terms.iter().flatten() {
        let field = match term {
            SearchTerm::Equals(field, _)
            | SearchTerm::Prefix(field, _)
            | SearchTerm::Contains(field, _) => *field,
            SearchTerm::Words(fields, _) => fields[0],
        };
        let title = view.field(field).title;
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    if titles.is_empty() { SearchBox::Nothing } else { SearchBox::Over(titles) }
}

/// How long the list is, asked after the page.
pub(crate) async fn count(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let counted = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let count =
            app.office.count(&place.permit, &place.resource, &request(&query(&pairs))?).await;
        Ok::<_, OfficeError>((place, count))
    };
    match counted.await {
        Ok((place, count)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            // A list whose length cannot be told is still a list.
            let count = count.unwrap_or(Count::Unknown);
            let as_counter = first(&pairs, "view").is_some();
            Ok(if as_counter {
                pages::counter_fragment(&shell, count)
            } else {
                pages::count_fragment(&shell, count)
            }
            .into_response())
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

pub(crate) fn face_of<'a, R>(
    catalog: &'a Catalog,
    place: &Place<R>,
) -> Result<&'a Face, OfficeError> {
    catalog.face(&place.resource).ok_or_else(|| OfficeError::UnknownResource {
        backend: place.permit.backend.name.to_string(),
        resource: place.resource.to_string(),
    })
}

/// The list with the columns that the form asks for.
pub(crate) async fn columns(Path((backend, resource)): At, Query(pairs): Query<Pairs>) -> Response {
    let Ok(name) = BackendName::new(backend) else { return go(links::HOME) };
    let chosen =
        pages::columns::chosen(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let query = ListQuery { columns: chosen, ..query(&pairs) };
    go(&query.address(&name, &ResourceName::new(resource)))
}
