//! A backend: what is in it, what is proposed about it, how it is reached.

use std::time::Duration;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use kontor_model::{BackendName, Count};
use kontor_office::catalog::{Catalog, Face};
use kontor_office::{Backend, BackendCondition, Manage, OfficeError, Permit, Read, ReadOnlyReason};

use crate::app::App;
use crate::components::Shell;
use crate::components::shell::Here;
use crate::failure::{PageFailure, told};
use crate::frame::health;
use crate::handlers::{Pairs, all, done, first, shown};
use crate::links;
use crate::pages::backend::{
    BackendScreen, Connection, ConnectionPlace, Drift, IndexRow, ResourceGroup, ResourceRow,
    page as backend_page,
};
use crate::texts::Texts;
use crate::view::{at, locked};
use crate::visitor::Reader;

pub(super) mod words;

/// Proposals are looked for in the background; a page waits no longer for them.
const PATIENCE: Duration = Duration::from_secs(3);

fn named(backend: &str) -> Result<BackendName, OfficeError> {
    BackendName::new(backend).map_err(|_| OfficeError::UnknownBackend(backend.to_owned()))
}

/// The page.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path(backend): Path<String>,
) -> Result<Response, PageFailure> {
    let permit = named(&backend).and_then(|name| app.office.permit(&reader.actor, &name));
    let permit: Permit<Read> = match permit {
        Ok(permit) => permit,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let here = Here::Backend(permit.backend.name.clone());
    let shell = reader.frame.shell(&app, Some(&reader.actor), here).await;
    match screen(&app, &shell, &permit).await {
        Ok(screen) => {
            let markup = backend_page(&shell, &screen);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn screen(
    app: &App,
    shell: &Shell,
    permit: &Permit<Read>,
) -> Result<BackendScreen, OfficeError> {
    let (backend, t) = (&permit.backend, shell.texts);
    let code = shell.language().code();
    let manifest = backend.manifest();
    let state = backend.health();
    // A backend that was never read has a page too: it says why there is nothing on it.
    let catalog = backend.catalog().ok();
    let drift = if catalog.is_some() { app.office.drift(permit).await? } else { None };
    let managing = app.office.permit::<Manage>(&permit.actor, &backend.name).ok();
    let proposals = match (&managing, &catalog) {
        (Some(permit), Some(_)) => app.office.proposals(permit).await?.open,
        _ => Vec::new(),
    };
    let far_links = match &catalog {
        Some(_) => super::linking::rows(app, permit, t).await?,
        None => Vec::new(),
    };
    let problem = match &state.condition {
        BackendCondition::Down { failure, .. } => {
            let error = OfficeError::Backend {
                backend: backend.name.to_string(),
                failure: failure.clone(),
            };
            Some(told(t, &error).text)
        }
        _ => None,
    };
    Ok(BackendScreen {
        name: backend.name.clone(),
        title: manifest.title.in_language(code).to_owned(),
        purpose: manifest.description.as_ref().map(|text| text.in_language(code).to_owned()),
        owner: manifest.owner.clone(),
        engine: backend.engine(),
        version: catalog.as_ref().map(|c| c.schema.version.clone()).unwrap_or_default(),
        health: health(&state),
        problem,
        latency: state.latency.and_then(|latency| u64::try_from(latency.as_millis()).ok()),
        checked: state.checked.map(at),
        groups: catalog.as_ref().map(|catalog| groups(catalog, code)).unwrap_or_default(),
        index: index(app, permit, code),
        left_out: catalog
            .as_ref()
            .map(|catalog| {
                // They name the manifest's file.
                let problems = managing.as_ref().map(|_| &catalog.problems);
                let problems = problems.into_iter().flatten();
                catalog.schema.left_out.iter().chain(problems).cloned().collect()
            })
            .unwrap_or_default(),
        proposals: proposals.iter().map(|(id, found)| words::proposal(t, id, found)).collect(),
        far_links,
        schema_read: drift.as_ref().map(|drift| at(drift.at)),
        drift: drift.map(|drift| drift_lines(t, &drift)).unwrap_or_default(),
        connection: connection(backend, managing.is_some()),
        may_manage: managing.is_some(),
    })
}

fn index(app: &App, permit: &Permit<Read>, code: &str) -> Vec<IndexRow> {
    let rows = app.office.indexed(permit).into_iter().map(|indexed| IndexRow {
        title: indexed.title.in_language(code).to_owned(),
        records: indexed.records,
        is_whole: indexed.is_whole,
        reading: indexed.reading,
        fresh: indexed.fresh.map(at),
        is_stuck: indexed.problem.is_some(),
    });
    rows.collect()
}

/// What breaks comes first.
fn drift_lines(t: &Texts, drift: &kontor_office::Drift) -> Vec<Drift> {
    let lines = drift.lines.iter().map(|(line, affected)| Drift {
        what: words::drift(t, line),
        is_breaking: line.is_breaking(),
        touches: affected.iter().map(|affected| words::affected(t, affected)).collect(),
    });
    let mut lines: Vec<Drift> = lines.collect();
    lines.sort_by_key(|line| !line.is_breaking);
    lines
}

fn connection(backend: &Backend, may_manage: bool) -> Connection {
    let manifest = backend.manifest();
    let budget = &manifest.budget;
    let file = || manifest.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let place = || ConnectionPlace {
        address: manifest.url.clone(),
        replica: manifest.replica.clone(),
        manifest: file().unwrap_or_default(),
    };
    Connection {
        place: may_manage.then(place),
        connections: budget.connections,
        timeout: u64::try_from(budget.statement_timeout.as_millis()).unwrap_or(u64::MAX),
        row_cap: u64::from(budget.row_cap),
        writable: manifest.writable
            || manifest.resources.iter().any(|(_, said)| said.writable == Some(true)),
    }
}

/// The resources under the headings of the manifest, or of the database.
fn groups(catalog: &Catalog, code: &str) -> Vec<ResourceGroup> {
    let mut groups: Vec<ResourceGroup> = Vec::new();
    for face in &catalog.faces {
        let resource = catalog.resource(face);
        let title = match &face.group {
            Some(group) => Some(group.in_language(code).to_owned()),
            None => resource.namespace.clone(),
        };
        let row = row(catalog, face, code);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.resources.push(row),
            None => groups.push(ResourceGroup { title, resources: vec![row] }),
        }
    }
    if let [only] = groups.as_mut_slice() {
        only.title = None;
    }
    groups
}

fn row(catalog: &Catalog, face: &Face, code: &str) -> ResourceRow {
    let resource = catalog.resource(face);
    let key = resource.key.iter();
    ResourceRow {
        name: face.name.clone(),
        title: face.title.in_language(code).to_owned(),
        kind: resource.kind,
        records: resource.estimated_rows.map_or(Count::Unknown, Count::About),
        key: key.map(|&at| face.fields[at].title.in_language(code).to_owned()).collect(),
        locked: face.read_only.map(|reason: ReadOnlyReason| locked(reason)),
        comment: resource.comment.clone(),
    }
}

/// What the forms of the page ask for: reading the schema again, and decisions on proposals.
pub(crate) async fn decide(
    State(app): State<App>,
    reader: Reader,
    Path(backend): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let decided = async {
        let permit: Permit<Manage> = app.office.permit(&reader.actor, &named(&backend)?)?;
        let ids: Vec<String> = all(&pairs, "proposal").into_iter().map(str::to_owned).collect();
        match first(&pairs, "do") {
            Some("accept") => app.office.accept(&permit, &ids).await,
            Some("reject") => app.office.reject(&permit, &ids).await,
            Some("read") => again(&app, &permit).await.map(|()| 1),
            other => Err(OfficeError::Parameter {
                what: "do",
                problem: format!("“{}” is no action of this page", other.unwrap_or_default()),
            }),
        }
        .map(|done| (permit, done))
    };
    match decided.await {
        Ok((permit, count)) => {
            let word = if count == 0 { "unchanged" } else { "done" };
            Ok(done(&links::backend(&permit.backend.name), word, None))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// Reads the schema again.
pub(crate) async fn read_again(
    State(app): State<App>,
    reader: Reader,
    Path(backend): Path<String>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let permit: Permit<Manage> = app.office.permit(&reader.actor, &named(&backend)?)?;
        again(&app, &permit).await.map(|()| permit)
    };
    match asked.await {
        Ok(permit) => Ok(done(&links::backend(&permit.backend.name), "done", None)),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn again(app: &App, permit: &Permit<Manage>) -> Result<(), OfficeError> {
    app.office.read_again(permit).await?;
    let (office, permit) = (std::sync::Arc::clone(&app.office), permit.clone());
    let look = tokio::spawn(async move { office.look_for_proposals(&permit).await });
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(Ok(looked)) => looked,
        Ok(Err(error)) => Err(OfficeError::Fault(format!("a look was cut off: {error}"))),
        // It goes on, and its page shows what it finds.
        Err(_) => Ok(()),
    }
}
