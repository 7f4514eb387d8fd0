//! Doing something with a record.

mod foreseeing;
mod form;
mod reading;
mod way;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use kontor_office::catalog::Action;
use kontor_office::{ActionRequest, Conflict, Edit, Offered, OfficeError, Shown, Surprise};

use crate::app::App;
use crate::components::{Shell, icon};
use crate::failure::{PageFailure, told};
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, first, here, key, place};
use crate::pages::record::acting::OfferedAction;
use crate::pages::record::queue::QueuePlace;
use crate::view::View;
use crate::visitor::Reader;

pub(crate) use foreseeing::{foresee, told_part};
pub(crate) use form::grouped;

use form::{Asked, Problems, form};
use reading::{SEEN, seen};
pub(crate) use reading::{field, read};
pub(crate) use way::Way;

/// The field with the page that one came from.
const BACK: &str = "back";

/// The case from which an action was begun; no other page is gone back to.
fn case_of(pairs: &Pairs) -> Option<&str> {
    first(pairs, BACK).filter(|back| back.starts_with("/case/"))
}

pub(crate) type AtAction = Path<(String, String, String, String)>;

/// The actions of a record as its page offers them; none for somebody who may not change anything.
pub(crate) fn offered_actions(app: &App, view: &View<'_>, found: &Shown) -> Vec<OfferedAction> {
    let writable = view.permit.backend.manifest().is_writable(view.name());
    if !writable || !view.permit.has::<Edit>() {
        return Vec::new();
    }
    let offered = app.office.offered(&view.permit.actor, found);
    let told = |offered: Offered| {
        let action = &view.face.actions[offered.action];
        let said = |label: &kontor_office::manifest::Label| {
            label.in_language(view.language.code()).to_owned()
        };
        OfferedAction {
            name: action.name.clone(),
            title: said(&action.title),
            help: action.description.as_ref().map(said),
            icon: action.icon.and_then(icon::named),
            key: action.key,
            at_once: action.is_at_once(),
            refused: offered.refused.map(|why| view.refusal(&why)),
        }
    };
    let mut actions: Vec<OfferedAction> = offered.into_iter().map(told).collect();
    // What can be done now comes first; each kind keeps its order.
    actions.sort_by_key(|action| action.refused.is_some());
    actions
}

/// What an action takes, as a form.
pub(crate) async fn ask(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record, action)): AtAction,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    match place::<Edit>(&app, &reader, &backend, &resource) {
        Ok(place) => {
            let asked = Asked::first((&record, &action), &pairs);
            form(&app, reader, &place, asked).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The action of a name.
pub(crate) fn called<'a>(view: &View<'a>, name: &str) -> Result<&'a Action, OfficeError> {
    let found = view.face.actions.iter().find(|action| action.name == name);
    found.ok_or_else(|| OfficeError::Unknown { what: "action", name: name.to_owned() })
}

/// Does an action.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record, name)): AtAction,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let place: Place<Edit> = match place(&app, &reader, &backend, &resource) {
        Ok(place) => place,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
    let tried = async {
        let request = asked_for(&app, &reader, &place, (&record, &name), &pairs).await?;
        let plan = app.office.plan_action(&place.permit, &place.resource, &request)?;
        let action = plan.action();
        let undoable = action.is_reversible();
        let acted = app.office.act(&reader.actor, &place.permit, plan).await?;
        Ok::<_, OfficeError>((acted, undoable))
    };
    let tried = tried.await;
    let queue = QueuePlace::from_pairs(&pairs);
    let asked = Asked::again((&record, &name), &pairs);
    match tried {
        Ok((acted, undoable)) => {
            let way = Way::on(&app, &place, &record, &pairs).await;
            let operation = undoable.then_some(acted.operation.as_str());
            let word = match acted.surprise {
                None => "done",
                Some(Surprise::Nothing) => "done-nothing",
                Some(Surprise::Also(_)) => "done-also",
            };
            Ok(way
                .done(&app, &place, word, operation.filter(|operation| !operation.is_empty()))
                .await)
        }
        Err(OfficeError::Invalid(fields)) => {
            let problems = Problems { fields, whole: None };
            form(&app, reader, &place, Asked { problems, ..asked }).await
        }
        // Whoever goes through a queue learns that somebody was quicker, and goes on.
        Err(OfficeError::NotAllowed { .. } | OfficeError::UnknownRecord(_)) if queue.is_some() => {
            let way = Way::past(&place, &record, &pairs);
            Ok(way.done(&app, &place, "overtaken", None).await)
        }
        Err(error @ OfficeError::NotAllowed { .. }) => {
            let whole = Some(told(shell.texts, &error).text);
            let problems = Problems { fields: Vec::new(), whole };
            form(&app, reader, &place, Asked { problems, ..asked }).await
        }
        Err(OfficeError::Stale { conflicts, .. }) => {
            let whole = Some(stale_text(&place, &shell, &conflicts));
            let problems = Problems { fields: Vec::new(), whole };
            form(&app, reader, &place, Asked { problems, ..asked }).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// What has changed since somebody saw the record.
fn stale_text(place: &Place<Edit>, shell: &Shell, conflicts: &[Conflict]) -> String {
    let catalog = place.permit.backend.catalog().ok();
    let face = catalog.as_ref().and_then(|catalog| catalog.face(&place.resource));
    let title = |name: &str| {
        let catalog = catalog.as_ref()?;
        let field = catalog.resource(face?).position(name)?;
        Some(face?.fields[field].title.in_language(shell.texts.language().code()).to_owned())
    };
    let now = conflicts.iter().map(|conflict| {
        let title = title(&conflict.field).unwrap_or_else(|| conflict.field.clone());
        let value = conflict.theirs.to_text().unwrap_or_else(|| "–".to_owned());
        format!("{title}: {value}")
    });
    let now = now.collect::<Vec<_>>().join(", ");
    shell.texts.with("action-stale", &[("now", now.into())])
}

/// What a form asks for, of one record.
async fn asked_for(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    (record, name): (&str, &str),
    pairs: &Pairs,
) -> Result<ActionRequest, OfficeError> {
    let reading = place.permit.to_read();
    let catalog = place.permit.backend.catalog()?;
    let face = crate::handlers::list::face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let action = called(&view, name)?;
    let key = key(record)?;
    // In which unit an amount is meant, the record says.
    let found = if action.inputs.iter().any(reading::is_money) {
        Some(app.office.record(&reading, &place.resource, &key).await?)
    } else {
        None
    };
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let inputs = action.inputs.iter().filter(|own| !own.hidden);
    let mut input = read(&view, inputs, found.as_ref(), pairs, shell.reader())?;
    input.extend(seen(&view, action, pairs));
    Ok(ActionRequest { action: name.to_owned(), keys: vec![key], input, of_many: false })
}
