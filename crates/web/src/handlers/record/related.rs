//! What points to a record.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use kontor_model::filter::{Filter, Operator};
use kontor_model::{ChangeKind, Count};
use kontor_office::manifest::Label;
use kontor_office::{OfficeError, Read};

use super::language;
use crate::app::App;
use crate::failure::{PageFailure, told};
use crate::handlers::list::face_of;
use crate::handlers::{Place, here, key, place};
use crate::links;
use crate::pages::list::ListQuery;
use crate::pages::record::RelatedSection;
use crate::pages::record::related::{Related as RelatedScreen, fragment as related_fragment};
use crate::shown::Cell;
use crate::view::View;
use crate::visitor::Reader;

/// Records in a section of what points here.
const RELATED: u32 = 8;

pub(crate) fn related_sections(app: &App, view: &View<'_>) -> Vec<RelatedSection> {
    let sections = view.face.incoming.iter().enumerate();
    let sections = sections.filter(|(_, incoming)| view.catalog.can_follow_back(incoming));
    let sections = sections.map(|(index, incoming)| {
        let from = &view.catalog.faces[incoming.from];
        let link = &from.links[incoming.link];
        let several =
            view.face.incoming.iter().filter(|other| other.from == incoming.from).count() > 1;
        let title = from.title.in_language(view.language.code());
        let title = if several {
            format!("{title} · {}", link.title.in_language(view.language.code()))
        } else {
            title.to_owned()
        };
        RelatedSection { link: index.to_string(), title, count: None }
    });
    let far = app.office.far_incoming(view.permit, view.name()).into_iter().map(|incoming| {
        let said = |label: &Label| label.in_language(view.language.code()).to_owned();
        let (title, backend) = (said(&incoming.title), said(&incoming.backend.manifest().title));
        RelatedSection { link: incoming.name, title: format!("{title} · {backend}"), count: None }
    });
    sections.chain(far).collect()
}

/// The records that point to a record over one link.
pub(crate) async fn related(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record, link)): Path<(String, String, String, String)>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let key = key(&record)?;
        let (permit, name) = (&place.permit, &place.resource);
        let found = app.office.related_over(permit, name, &key, &link, RELATED).await;
        let catalog = permit.backend.catalog()?;
        let face = face_of(&catalog, &place)?;
        let view = View { permit, catalog: &catalog, face, language: language(&reader) };
        let section = related_sections(&app, &view).into_iter().find(|it| it.link == link);
        let title = section.map(|section| section.title).unwrap_or_default();
        Ok::<_, OfficeError>((place, title, found))
    };
    match asked.await {
        Ok((place, title, found)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let screen = match found {
                Ok(found) => RelatedScreen { title, ..related_screen(&reader, &found) },
                Err(error) => RelatedScreen {
                    title,
                    count: Count::Unknown,
                    columns: Vec::new(),
                    rows: Vec::new(),
                    all: String::new(),
                    is_one: false,
                    opens_case: false,
                    new: None,
                    problem: Some(told(shell.texts, &error).text),
                },
            };
            Ok(related_fragment(&shell, &screen).into_response())
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

pub(crate) fn related_screen(reader: &Reader, found: &kontor_office::Related) -> RelatedScreen {
    let view = View {
        permit: &found.permit,
        catalog: &found.catalog,
        face: &found.catalog.faces[found.face],
        language: language(reader),
    };
    let rows = found.records.iter().map(|record| {
        let cells: Vec<Cell> = found
            .columns
            .iter()
            .zip(&record.values)
            .enumerate()
            .map(|(at, (&index, value))| {
                let title = record.titles.get(at).and_then(Option::as_ref);
                let cell = view.cell(index, value.clone(), title);
                Cell {
                    editable: false,
                    currency: record.currencies.get(at).cloned().flatten(),
                    ..view.with_far(index, cell, record.far.get(at).and_then(Option::as_ref))
                }
            })
            .collect();
        (view.record(&record.key), cells)
    });
    let columns = found.columns.iter().enumerate().map(|(at, &index)| {
        view.field(index).told_by(found.records.iter().filter_map(|record| record.values.get(at)))
    });
    let query = ListQuery { filter: found.filter.clone(), ..ListQuery::default() };
    RelatedScreen {
        title: view.title(),
        count: found.count,
        columns: columns.collect(),
        rows: rows.collect(),
        all: query.address(view.backend(), view.name()),
        is_one: false,
        opens_case: false,
        new: view.locked_for(ChangeKind::Create).is_none().then(|| new_in(&view, &found.filter)),
        problem: None,
    }
}

/// The form of a new record that belongs to a list: with what all records of the list have.
fn new_in(view: &View<'_>, filter: &str) -> String {
    let parts = Filter::parse(filter).map(Filter::into_conjuncts).unwrap_or_default();
    let given: Vec<(String, &String)> = parts
        .iter()
        .filter_map(|part| match part {
            Filter::Test(test) if test.operator == Operator::Eq => match test.path.as_slice() {
                [name] => Some((format!("v.{name}"), test.operands.first()?)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let form = links::part(view.backend(), view.name(), "new");
    links::with_query(&form, given.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}
