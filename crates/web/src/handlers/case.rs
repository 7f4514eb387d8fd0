//! A case: one thing as all backends know it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use kontor_office::{Case, Fact, Member, OfficeError, Read};

use crate::app::App;
use crate::failure::PageFailure;
use crate::frame::health;
use crate::handlers::acting::offered_actions;
use crate::handlers::record::{AtRecord, language, related_sections, status, told_entry};
use crate::handlers::{Place, here, key, place, shown};
use crate::links;
use crate::pages::case::{CasePart, CaseScreen, FactLine, Happened, page as case_page, timeline};
use crate::pages::record::acting::OfferedAction;
use crate::texts::Texts;
use crate::view::{View, far_trouble};
use crate::visitor::Reader;

/// Fields of a part.
const FIELDS: usize = 8;
/// Entries of each record in the timeline, and of the timeline as a whole.
const ENTRIES: u32 = 15;
const MOST: usize = 40;

/// The page.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
) -> Result<Response, PageFailure> {
    match case(&app, &reader, &backend, &resource, &record).await {
        Ok((place, case)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let screen = screen(&app, &reader, &case, shell.texts);
            let markup = case_page(&shell, &screen);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn case(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    record: &str,
) -> Result<(Place<Read>, Case), OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let case = app.office.case(&place.permit, &place.resource, &key(record)?).await?;
    Ok((place, case))
}

fn view<'a>(reader: &Reader, member: &'a Member) -> View<'a> {
    View {
        permit: &member.permit,
        catalog: &member.shown.catalog,
        face: member.shown.face(),
        language: language(reader),
    }
}

fn screen(app: &App, reader: &Reader, case: &Case, t: &Texts) -> CaseScreen {
    let parts = case.members.iter().map(|member| part(app, reader, member));
    let facts = case.facts.iter().map(|fact| fact_line(reader, case, fact));
    let first = &case.members[0];
    CaseScreen {
        of: case.of.title.in_language(language(reader).code()).to_owned(),
        title: first.shown.title.clone(),
        record: view(reader, first).record(first.key()),
        facts: facts.collect(),
        parts: parts.collect(),
        missing: case.missing.iter().map(|gap| far_trouble(t, &gap.trouble)).collect(),
    }
}

fn part(app: &App, reader: &Reader, member: &Member) -> CasePart {
    let view = view(reader, member);
    let found = &member.shown;
    // What stands in the head as a fact is not said again.
    let rest = view.face.columns.iter().filter(|&&index| view.face.fields[index].fact.is_none());
    let listed = rest.filter_map(|&index| {
        let at = found.fields.iter().position(|(field, _)| *field == index)?;
        let field =
            view.with_currency(view.field(index), index, |other| found.value(other).cloned());
        let title = found.titles.get(at).and_then(Option::as_ref);
        let cell = view.cell(index, found.fields[at].1.clone(), title);
        Some((field, view.with_far(index, cell, found.far.get(at).and_then(Option::as_ref))))
    });
    CasePart {
        record: view.record(&found.key),
        title: found.title.clone(),
        backend_title: view.backend_title(),
        resource_title: view.title(),
        health: health(&member.permit.backend.health()),
        status: status(&view, found),
        fields: listed.take(FIELDS).collect(),
        // Several records are on the page: no key would say which is meant.
        actions: offered_actions(app, &view, found)
            .into_iter()
            .map(|action| OfferedAction { key: None, ..action })
            .collect(),
        related: related_sections(app, &view),
    }
}

/// Where all say the same, it stands once.
fn fact_line(reader: &Reader, case: &Case, fact: &Fact) -> FactLine {
    let disputed = fact.is_disputed(&case.members);
    let said = fact.said.iter().take(if disputed { usize::MAX } else { 1 });
    let values = said.map(|said| {
        let member = &case.members[said.member];
        let view = view(reader, member);
        let cell = view.cell(said.field, said.value.clone(), None);
        (view.field(said.field), cell, view.backend_title())
    });
    FactLine {
        title: fact.title.in_language(language(reader).code()).to_owned(),
        values: values.collect(),
    }
}

/// What happened, in all backends.
pub(crate) async fn happened(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
) -> Result<Response, PageFailure> {
    match case(&app, &reader, &backend, &resource, &record).await {
        Ok((place, case)) => {
            let office = &app.office;
            let asked = case.members.iter().map(async |member: &Member| {
                let (key, name) = (member.key().to_text(), member.resource());
                let entries = office.timeline(&member.permit, name, &key, None, ENTRIES).await;
                (view(&reader, member), entries.unwrap_or_default())
            });
            let mut all: Vec<Happened> = Vec::new();
            for (view, entries) in join_all(asked).await {
                let backend = view.backend_title();
                all.extend(entries.iter().map(|entry| Happened {
                    entry: told_entry(&view, entry),
                    backend: backend.clone(),
                }));
            }
            all.sort_by_key(|one| std::cmp::Reverse(one.entry.at));
            all.truncate(MOST);
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let first = &case.members[0];
            let back = links::case(&view(&reader, first).record(first.key()));
            Ok(timeline(&shell, &all, &back).into_response())
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}
