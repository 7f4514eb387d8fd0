//! A case: one thing as all backends know it.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use kontor_model::BackendName;
use kontor_office::manifest::{CaseIcon, Label};
use kontor_office::{
    About, Belonging, Beyond, Case, Fact, Happening, Member, OfficeError, Permit, Read,
};

use crate::app::App;
use crate::components::icon::Icon;
use crate::failure::PageFailure;
use crate::frame::health;
use crate::handlers::acting::offered_actions;
use crate::handlers::record::{AtRecord, language, related_screen, status, told_entry};
use crate::handlers::{Pairs, Place, first, here, key, place, shown};
use crate::links;
use crate::pages::case::{
    BeyondLine, CasePart, CaseScreen, FactLine, Happened, HintLine, Panel, What, page as case_page,
    timeline, timeline_page,
};
use crate::pages::list::ListQuery;
use crate::pages::record::acting::OfferedAction;
use crate::pages::record::related::Related;
use crate::shown::RecordRef;
use crate::texts::Language;
use crate::view::{View, at, far_trouble};
use crate::visitor::Reader;

/// Fields of a part.
const FIELDS: usize = 8;
/// Entries of the timeline beside a case, and on its own page.
const ENTRIES: usize = 25;
const MOST: usize = 200;

/// The page.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    if first(&pairs, "again").is_some() {
        app.office.ask_again(&reader.actor).await;
    }
    match case(&app, &reader, &backend, &resource, &record, ENTRIES + 1).await {
        Ok((place, case, happened)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let screen = screen(&app, &reader, &case, happened);
            let markup = case_page(&shell, &screen);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// What happened, in all backends: as a part for the script, else as a page.
pub(crate) async fn happened(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
) -> Result<Response, PageFailure> {
    match case(&app, &reader, &backend, &resource, &record, MOST).await {
        Ok((place, case, happened)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let back = links::case(&record_of(&reader, &case));
            if reader.frame.is_fragment {
                return Ok(timeline(&shell, &happened, &back).into_response());
            }
            let title = &case.members[0].shown.title;
            let markup = timeline_page(&shell, title, &happened, &back);
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
    entries: usize,
) -> Result<(Place<Read>, Case, Vec<Happened>), OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let case = app.office.case(&place.permit, &place.resource, &key(record)?).await?;
    let happened = app.office.case_timeline(&case, entries).await?;
    let happened = happened.into_iter().map(|one| told(reader, &case, one)).collect();
    Ok((place, case, happened))
}

fn told(reader: &Reader, case: &Case, happened: kontor_office::Happened) -> Happened {
    let code = language(reader).code();
    match happened.what {
        Happening::Changed { member, entry } => {
            let member = &case.members[member];
            let view = view(reader, member);
            Happened {
                backend: view.backend_title(),
                what: What::Changed(told_entry(&view, &entry, Some(&member.shown))),
            }
        }
        Happening::Dated(dated) => Happened {
            backend: said(&dated.about.permit.backend.manifest().title, language(reader)),
            what: What::Dated {
                at: at(dated.at),
                is_day: dated.is_day,
                text: dated.text.in_language(code).to_owned(),
                record: reference(&dated.about),
                title: dated.about.title,
            },
        },
    }
}

fn reference(about: &About) -> RecordRef {
    RecordRef {
        backend: about.permit.backend.name.clone(),
        resource: about.resource.clone(),
        key: about.key.clone(),
    }
}

fn said(label: &Label, language: Language) -> String {
    label.in_language(language.code()).to_owned()
}

fn view<'a>(reader: &Reader, member: &'a Member) -> View<'a> {
    View {
        permit: &member.permit,
        catalog: &member.shown.catalog,
        face: member.shown.face(),
        language: language(reader),
    }
}

fn record_of(reader: &Reader, case: &Case) -> RecordRef {
    let first = &case.members[0];
    view(reader, first).record(first.key())
}

fn screen(app: &App, reader: &Reader, case: &Case, mut happened: Vec<Happened>) -> CaseScreen {
    let language = language(reader);
    let t = language.texts();
    let has_more = happened.len() > ENTRIES;
    happened.truncate(ENTRIES);
    let hints = case.hints.iter().map(|hint| HintLine {
        text: said(&hint.text, language),
        is_warning: hint.is_warning,
        about: hint.about.as_ref().map(|about| (about.title.clone(), reference(about))),
    });
    let unnamed = case.missing.iter().filter(|gap| gap.name.is_none());
    CaseScreen {
        of: said(&case.of.title, language),
        icon: icon(case.of.said.icon),
        title: case.members[0].shown.title.clone(),
        record: record_of(reader, case),
        hints: hints.collect(),
        facts: case.facts.iter().map(|fact| fact_line(reader, case, fact)).collect(),
        panels: panels(app, reader, case),
        missing: unnamed.map(|gap| far_trouble(t, &gap.trouble)).collect(),
        happened,
        has_more,
    }
}

fn icon(icon: CaseIcon) -> Icon {
    match icon {
        CaseIcon::Link => Icon::Link,
        CaseIcon::Person => Icon::Person,
        CaseIcon::People => Icon::People,
        CaseIcon::Basket => Icon::Basket,
        CaseIcon::Box => Icon::Box,
        CaseIcon::Truck => Icon::Truck,
        CaseIcon::Money => Icon::Money,
        CaseIcon::File => Icon::File,
        CaseIcon::Clock => Icon::Clock,
    }
}

/// One panel for each backend: that of the record that was asked for first, then the others as they
/// were found.
fn panels(app: &App, reader: &Reader, case: &Case) -> Vec<Panel> {
    let mut names: Vec<&BackendName> = Vec::new();
    let found = case.members.iter().map(|member| &member.permit.backend.name);
    let missing = case.missing.iter().filter_map(|gap| gap.name.as_ref());
    let belongings = case.belongings.iter().map(|belonging| &belonging.permit.backend.name);
    let beyond = case.beyond.iter().map(|beyond| &beyond.permit.backend.name);
    for name in found.chain(missing).chain(belongings).chain(beyond) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let permit = |name: &&BackendName| app.office.permit(&reader.actor, name).ok();
    names.iter().filter_map(permit).map(|permit| panel(app, reader, case, &permit)).collect()
}

fn panel(app: &App, reader: &Reader, case: &Case, permit: &Permit<Read>) -> Panel {
    let (language, name) = (language(reader), &permit.backend.name);
    let members = case.members.iter().enumerate();
    let members: Vec<_> =
        members.filter(|(_, member)| member.permit.backend.name == *name).collect();
    let belongings: Vec<&Belonging> =
        case.belongings.iter().filter(|it| it.permit.backend.name == *name).collect();
    let gap = case.missing.iter().find(|gap| gap.name.as_ref() == Some(name));
    let late = belongings.iter().find_map(|belonging| belonging.found.as_ref().err());
    let trouble = gap.map(|gap| &gap.trouble).or(late);
    let read = members.iter().map(|(_, member)| member.read_at);
    let read_too = belongings.iter().filter(|it| it.found.is_ok()).map(|it| it.read_at);
    let beyond = case.beyond.iter().filter(|beyond| beyond.permit.backend.name == *name);
    Panel {
        title: said(&permit.backend.manifest().title, language),
        link: links::backend(name),
        health: health(&permit.backend.health()),
        as_of: read.chain(read_too).min().map(at),
        problem: trouble.map(|trouble| far_trouble(language.texts(), trouble)),
        parts: members.iter().map(|(at, member)| part(app, reader, case, *at, member)).collect(),
        belongings: belongings.iter().filter_map(|it| belonging_screen(app, reader, it)).collect(),
        beyond: beyond.map(|beyond| beyond_line(language, beyond)).collect(),
    }
}

/// What belongs to a case as a section of what points to a record; none where it could not be read,
/// which the panel says.
fn belonging_screen(app: &App, reader: &Reader, belonging: &Belonging) -> Option<Related> {
    let found = belonging.found.as_ref().ok()?;
    let screen = related_screen(reader, found);
    let case = app.office.case_of(&belonging.permit.backend.name, found.face());
    Some(Related {
        title: said(&belonging.title, language(reader)),
        is_one: belonging.is_one,
        opens_case: case.is_some(),
        new: screen.new.filter(|_| !belonging.is_one),
        ..screen
    })
}

fn beyond_line(language: Language, beyond: &Beyond) -> BeyondLine {
    let backend = &beyond.permit.backend.name;
    let list = beyond.filter.as_ref().map(|filter| {
        let query = ListQuery { filter: filter.clone(), ..ListQuery::default() };
        query.address(backend, &beyond.resource)
    });
    let records = beyond.keys.iter().map(|key| RecordRef {
        backend: backend.clone(),
        resource: beyond.resource.clone(),
        key: key.clone(),
    });
    BeyondLine {
        title: said(&beyond.title, language),
        count: beyond.count,
        list,
        records: records.collect(),
    }
}

fn part(app: &App, reader: &Reader, case: &Case, at: usize, member: &Member) -> CasePart {
    let view = view(reader, member);
    let found = &member.shown;
    let (chosen, most) = columns(&view, case, member);
    // What stands in the head as a fact is not said again.
    let rest = chosen.into_iter().filter(|&index| view.face.fields[index].fact.is_none());
    let listed = rest.filter_map(|index| {
        let at = found.fields.iter().position(|(field, _)| *field == index)?;
        if found.fields[at].1.is_null() {
            return None;
        }
        let field =
            view.with_currency(view.field(index), index, |other| found.value(other).cloned());
        let title = found.titles.get(at).and_then(Option::as_ref);
        let cell = view.cell(index, found.fields[at].1.clone(), title);
        Some((field, view.with_far(index, cell, found.far.get(at).and_then(Option::as_ref))))
    });
    let unread = case.unread.iter().filter(|(member, _)| *member == at);
    CasePart {
        record: view.record(&found.key),
        title: found.title.clone(),
        backend_title: view.backend_title(),
        resource_title: view.title(),
        status: status(&view, found),
        fields: listed.take(most).collect(),
        // Several records are on the page: no key would say which is meant.
        actions: offered_actions(app, &view, found)
            .into_iter()
            .map(|action| OfferedAction { key: None, ..action })
            .collect(),
        unread: unread.map(|(_, title)| said(title, language(reader))).collect(),
    }
}

/// What is shown of a record, and the most of it: what the type of case says, else the first columns
/// of its list.
fn columns(view: &View<'_>, case: &Case, member: &Member) -> (Vec<usize>, usize) {
    let resource = view.catalog.resource(view.face);
    match case.of.fields_of(&member.place()) {
        Some(names) => {
            let known = names.iter().filter_map(|name| resource.position(name));
            (known.filter(|&at| view.face.fields[at].is_visible()).collect(), usize::MAX)
        }
        None => (view.face.columns.clone(), FIELDS),
    }
}

/// Where all say the same, it stands once.
fn fact_line(reader: &Reader, case: &Case, fact: &Fact) -> FactLine {
    let disputed = fact.is_disputed(&case.members);
    let told = fact.said.iter().take(if disputed { usize::MAX } else { 1 });
    let values = told.map(|told| {
        let member = &case.members[told.member];
        let view = view(reader, member);
        let field = view.with_currency(view.field(told.field), told.field, |other| {
            member.shown.value(other).cloned()
        });
        let cell = view.cell(told.field, told.value.clone(), None);
        (field, cell, view.backend_title())
    });
    FactLine { title: said(&fact.title, language(reader)), values: values.collect() }
}
