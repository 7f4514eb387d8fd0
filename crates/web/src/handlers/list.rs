//! The list of a resource, and what belongs to it.

use std::time::Duration;

use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use kontor_model::condition::SearchTerm;
use kontor_model::filter::Filter;
use kontor_model::{BackendName, Count, FieldType, ResourceName};
use kontor_office::catalog::{Catalog, Face};
use kontor_office::{
    ExportFormat, List, ListRequest, Manage, NewView, OfficeError, Owner, Permit, Read, Role,
    SearchPlan, View as SavedView, ViewDefinition,
};
use tokio::time::Instant;

use crate::app::App;
use crate::failure::{PageFailure, told};
use crate::frame::health;
use crate::handlers::home::query_of;
use crate::handlers::{Pairs, Place, all, done, first, go, here, place, shown};
use crate::links;
use crate::pages::list::builder::{BuilderScreen, Part};
use crate::pages::list::{
    self as pages, LinkedFields, ListQuery, ListRights, ListScreen, ListState, QuickFilter, Row,
    SearchBox, SortBy, ViewScope, ViewTab, describe,
};
use crate::shown::Cell;
use crate::texts::Texts;
use crate::view::View;
use crate::visitor::Reader;

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
    let views = app.office.views(&place.permit, &place.resource).await?;
    let mut screen =
        empty_screen(&view, query, views.iter().map(|saved| tab(&view, saved)).collect());
    match result {
        Ok(list) => fill(&mut screen, &view, list, took),
        Err(error) => refuse(&mut screen, t, error)?,
    }
    Ok((place, screen))
}

fn empty_screen(view: &View<'_>, query: ListQuery, views: Vec<ViewTab>) -> ListScreen {
    let fields = view.fields();
    let change = view.change_locked();
    let position = |index: usize| view.face.order.iter().position(|&other| other == index);
    ListScreen {
        backend: view.backend().clone(),
        backend_title: view.backend_title(),
        health: health(&view.permit.backend.health()),
        resource: view.name().clone(),
        title: view.title(),
        help: view.resource().comment.clone(),
        filter: Filter::parse(&query.filter).unwrap_or_else(|_| Filter::everything()),
        linked: linked_fields(view),
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
            create_locked: change,
            change_locked: change,
            delete_locked: change,
            share_views: view.permit.has::<Manage>(),
        },
        state: ListState::Ready,
        as_of: None,
        hides_deleted: view.face.soft_delete.as_ref().map(|soft| view.field(soft.field).title),
        query,
        fields,
    }
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
            let titles = record.titles;
            let currencies = record.currencies;
            let cells: Vec<_> = cells
                .map(|(at, (&index, value))| Cell {
                    currency: currencies.get(at).cloned().flatten(),
                    ..view.cell(index, value, titles.get(at).and_then(Option::as_ref))
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
    screen.next = list.next;
    screen.previous = list.previous;
    if took > SLOW {
        screen.state = ListState::Slow(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }
}

/// What is wrong with the question is told beside it; what is wrong with the backend, in its
/// place. Everything else is the page's failure.
fn refuse(screen: &mut ListScreen, t: &Texts, error: OfficeError) -> Result<(), OfficeError> {
    match &error {
        OfficeError::FilterText(_)
        | OfficeError::Filter(_)
        | OfficeError::Parameter { .. }
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

fn linked_fields(view: &View<'_>) -> Vec<LinkedFields> {
    let links = view.face.links.iter().map(|link| {
        let target = view.of(&view.catalog.faces[link.target]);
        LinkedFields {
            name: link.name.clone(),
            title: link.title.in_language(view.language.code()).to_owned(),
            fields: target
                .fields()
                .into_iter()
                .filter(|field| field.filterable)
                .take(MOST_LINKED)
                .collect(),
        }
    });
    links.collect()
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

fn tab(view: &View<'_>, saved: &SavedView) -> ViewTab {
    let definition: ViewDefinition = saved.definition.read().unwrap_or_default();
    let (scope, is_own) = match &saved.owner {
        Owner::User(_) => (ViewScope::Personal, true),
        Owner::Team(_) => (ViewScope::Team, true),
        Owner::Role(_) => (ViewScope::Standard, view.permit.has::<Manage>()),
    };
    ViewTab {
        id: saved.id.clone(),
        title: saved.name.clone(),
        query: query_of(&saved.id, &definition),
        scope,
        count: None,
        counted: true,
        is_own,
    }
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

/// The filter builder; with `do=apply` the list with the new filter.
pub(crate) async fn filter(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let (place, builder) = match builder(&app, &reader, &backend, &resource, &pairs) {
        Ok(found) => found,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
    let mut screen = builder;
    if first(&pairs, "do") == Some("apply") {
        let names = describe::Names { fields: &screen.fields, linked: &screen.linked };
        let before = Filter::parse(&screen.query.filter).unwrap_or_else(|_| Filter::everything());
        match screen.part.put_into(shell.texts, &before, names, shell.reader()) {
            Ok(filter) => {
                return Ok(go(&screen
                    .query
                    .with_filter(filter.to_string())
                    .address(&screen.backend, &screen.resource)));
            }
            Err(problem) => screen.error = Some(problem),
        }
    }
    let markup = if reader.frame.is_fragment {
        crate::pages::list::builder::fragment(&shell, &screen)
    } else {
        crate::pages::list::builder::page(&shell, &screen)
    };
    Ok(shown(&shell, markup))
}

fn builder(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    pairs: &Pairs,
) -> Result<(Place<Read>, BuilderScreen), OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let language =
        crate::texts::Language::from_code(&reader.actor.user.language).unwrap_or_default();
    let catalog = place.permit.backend.catalog()?;
    let face = face_of(&catalog, &place)?;
    let view = View { permit: &place.permit, catalog: &catalog, face, language };
    let query = query(pairs);
    let filter = Filter::parse(&query.filter).unwrap_or_else(|_| Filter::everything());
    let at = first(pairs, "at").and_then(|at| at.parse().ok());
    let (fields, linked) = (view.fields(), linked_fields(&view));
    let names = describe::Names { fields: &fields, linked: &linked };
    let zone = jiff::tz::TimeZone::get(&reader.actor.user.time_zone);
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let part = Part::from_pairs(pairs).unwrap_or_else(|| {
        Part::of(&filter, at, names, crate::format::Reader { language, zone: &zone })
    });
    let screen = BuilderScreen {
        backend: view.backend().clone(),
        resource: view.name().clone(),
        title: view.title(),
        fields,
        linked,
        query,
        part,
        error: None,
    };
    Ok((place, screen))
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

/// Saves, overwrites or removes a view.
pub(crate) async fn save_view(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    match save(&app, &reader, &backend, &resource, &pairs).await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn save(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let query = query(pairs);
    let address = query.address(&place.permit.backend.name, &place.resource);
    if let Some(id) = first(pairs, "delete") {
        app.office.remove_view(&place.permit, id).await?;
        let query = ListQuery { view: None, ..query };
        return Ok(go(&query.address(&place.permit.backend.name, &place.resource)));
    }
    let owner = match first(pairs, "scope") {
        Some("team") => reader
            .actor
            .teams
            .first()
            .map_or(Owner::Role(Role::Reader), |team| Owner::Team(team.clone())),
        Some("standard") => Owner::Role(Role::Reader),
        _ => Owner::User(reader.actor.user.id.clone()),
    };
    let definition = ViewDefinition {
        filter: query.filter.clone(),
        search: query.search.clone(),
        sort: query.sort_text(),
        columns: query.columns.iter().map(|column| column.field.clone()).collect(),
    };
    let new =
        NewView { name: first(pairs, "title").unwrap_or_default().to_owned(), owner, definition };
    let saved = app.office.save_view(&place.permit, &place.resource, new).await?;
    if let Some(old) = first(pairs, "id") {
        app.office.remove_view(&place.permit, old).await?;
    }
    let _ = address;
    let query = ListQuery { view: Some(saved.id), ..query };
    Ok(done(&query.address(&place.permit.backend.name, &place.resource), "view-saved", None))
}

/// Comma-separated values.
pub(crate) async fn export_csv(
    app: State<App>,
    reader: Reader,
    at: At,
    query: Query<Pairs>,
) -> Result<Response, PageFailure> {
    export(app, reader, at, query, ExportFormat::Csv, "csv").await
}

/// A workbook.
pub(crate) async fn export_xlsx(
    app: State<App>,
    reader: Reader,
    at: At,
    query: Query<Pairs>,
) -> Result<Response, PageFailure> {
    export(app, reader, at, query, ExportFormat::Xlsx, "xlsx").await
}

/// One JSON object per line.
pub(crate) async fn export_ndjson(
    app: State<App>,
    reader: Reader,
    at: At,
    query: Query<Pairs>,
) -> Result<Response, PageFailure> {
    export(app, reader, at, query, ExportFormat::Ndjson, "ndjson").await
}

async fn export(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
    format: ExportFormat,
    ending: &str,
) -> Result<Response, PageFailure> {
    let exported = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let keys = all(&pairs, "key");
        let mut request = request(&query(&pairs))?;
        if !keys.is_empty() {
            request.filter = Some(only(&place.permit, &place.resource, &keys)?);
        }
        let list = ListRequest { after: None, before: None, ..request };
        app.office.export(&place.permit, &place.resource, &list, format).await
    };
    match exported.await {
        Ok(stream) => Ok(download(stream, format, &format!("{backend}-{resource}.{ending}"))),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The filter that leaves these records.
fn only(
    permit: &Permit<Read>,
    resource: &ResourceName,
    keys: &[&str],
) -> Result<Filter, OfficeError> {
    use kontor_model::filter::Operator;
    let catalog = permit.backend.catalog()?;
    let resource = catalog.face(resource).map(|face| catalog.resource(face)).ok_or_else(|| {
        OfficeError::UnknownResource {
            backend: permit.backend.name.to_string(),
            resource: resource.to_string(),
        }
    })?;
    let mut any = Vec::new();
    for text in keys {
        let kontor_model::RecordKey::Values(values) = crate::handlers::key(text)? else {
            return Err(OfficeError::Parameter {
                what: "key",
                problem: "records without a key cannot be chosen one by one".into(),
            });
        };
        let tests = resource.key.iter().zip(&values).map(|(&field, value)| {
            Filter::test(
                &[&resource.fields[field].name],
                Operator::Eq,
                &[&value.to_text().unwrap_or_default()],
            )
        });
        any.push(Filter::All(tests.collect()));
    }
    Ok(Filter::Any(any))
}

/// A stream of bytes as a file to keep.
pub(crate) fn download(
    stream: kontor_office::Exported,
    format: ExportFormat,
    name: &str,
) -> Response {
    let body = Body::from_stream(
        stream.map(|part| part.map_err(|error| std::io::Error::other(error.to_string()))),
    );
    let mut response = body.into_response();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' })
        .collect();
    let disposition =
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", links::encode(name));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}
