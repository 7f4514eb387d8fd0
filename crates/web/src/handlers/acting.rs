//! Doing something with a record.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::Value;
use kontor_office::catalog::{Action, ActionInput};
use kontor_office::{
    ActionRequest, Edit, FieldProblem, Input, Offered, OfficeError, Permit, Problem, Read, Shown,
};

use crate::app::App;
use crate::failure::{PageFailure, field_text, told};
use crate::format::Format;
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, done, first, go, here, key, place, shown};
use crate::links;
use crate::pages::record::acting::{ActionScreen, OfferedAction, page as action_page};
use crate::pages::record::form::{FormGroup, FormInput};
use crate::pages::record::given::{Given, given};
use crate::shown::{Cell, FieldView};
use crate::view::View;
use crate::visitor::Reader;

/// The field with the page that one came from.
const BACK: &str = "back";

/// The case from which an action was begun; no other page is gone back to.
fn back(pairs: &Pairs) -> Option<&str> {
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
        OfferedAction {
            name: action.name.clone(),
            title: action.title.in_language(view.language.code()).to_owned(),
            at_once: action.inputs.iter().all(|input| input.hidden) && !action.confirm,
            refused: offered.refused,
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
            let at = (record.as_str(), action.as_str());
            let came_from: Pairs = pairs.into_iter().filter(|(name, _)| name == BACK).collect();
            form(&app, reader, &place, at, &came_from, Problems::default()).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// What is wrong with what was given.
#[derive(Default)]
struct Problems {
    fields: Vec<FieldProblem>,
    whole: Option<String>,
}

impl Problems {
    fn status(&self) -> StatusCode {
        if self.fields.is_empty() && self.whole.is_none() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

async fn form(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    (record, name): (&str, &str),
    pairs: &Pairs,
    problems: Problems,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let reading: Permit<Read> = place.permit.to_read();
    let asked = async {
        let found = app.office.record(&reading, &place.resource, &key(record)?).await?;
        let catalog = found.catalog.clone();
        let face = &catalog.faces[found.face];
        let view = View { permit: &reading, catalog: &catalog, face, language: language(&reader) };
        let action = called(&view, name)?;
        let refused = app.office.offered(&reader.actor, &found).into_iter();
        let refused = refused.filter(|offered| face.actions[offered.action].name == name);
        let refused = refused.filter_map(|offered| offered.refused).next();
        let not_allowed = refused.map(|why| {
            told(shell.texts, &OfficeError::NotAllowed { action: name.to_owned(), why }).text
        });
        let title = |label: &kontor_office::manifest::Label| {
            label.in_language(view.language.code()).to_owned()
        };
        let general = problems.fields.iter().filter(|problem| problem.field.is_empty());
        let general: Vec<String> =
            general.map(|problem| field_text(shell.texts, problem)).collect();
        let general = (!general.is_empty()).then(|| general.join(" "));
        Ok::<_, OfficeError>(ActionScreen {
            record: view.record(&found.key),
            title: found.title.clone(),
            backend_title: view.backend_title(),
            resource_title: view.title(),
            name: action.name.clone(),
            action: title(&action.title),
            description: action.description.as_ref().map(title),
            groups: groups(&view, action, pairs, &problems.fields, shell.texts),
            problem: problems.whole.clone().or(general).or(not_allowed),
            back: back(pairs).map(str::to_owned),
        })
    };
    match asked.await {
        Ok(screen) => {
            let markup = action_page(&shell, &screen);
            Ok((problems.status(), shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

fn called<'a>(view: &View<'a>, name: &str) -> Result<&'a Action, OfficeError> {
    let found = view.face.actions.iter().find(|action| action.name == name);
    found.ok_or_else(|| OfficeError::Unknown { what: "action", name: name.to_owned() })
}

fn groups(
    view: &View<'_>,
    action: &Action,
    pairs: &Pairs,
    problems: &[FieldProblem],
    t: &crate::texts::Texts,
) -> Vec<FormGroup> {
    let mut groups: Vec<FormGroup> = Vec::new();
    for input in action.inputs.iter().filter(|input| !input.hidden) {
        let problem = problems.iter().find(|problem| problem.field == input.name);
        let typed = first(pairs, &format!("v.{}", input.name));
        let line = FormInput {
            field: field(view, input),
            cell: Cell::of(Value::Null),
            text: typed.map_or_else(|| input.default.clone().unwrap_or_default(), str::to_owned),
            is_null: first(pairs, &format!("null.{}", input.name)).is_some()
                || (typed.is_none() && input.default.is_none() && !input.needed),
            was: None,
            error: problem.map(|problem| field_text(t, problem)),
            default: None,
        };
        let title =
            input.group.as_ref().map(|group| group.in_language(view.language.code()).to_owned());
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.inputs.push(line),
            None => groups.push(FormGroup { title, inputs: vec![line] }),
        }
    }
    groups
}

/// What an action takes, as a field of a form.
fn field(view: &View<'_>, input: &ActionInput) -> FieldView {
    FieldView {
        title: input.title.in_language(view.language.code()).to_owned(),
        help: input.help.clone(),
        nullable: !input.needed,
        required: input.needed,
        format: if input.is_long { Format::Lines } else { Format::Auto },
        ..FieldView::new(&input.name, input.ty.clone())
    }
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
        let catalog = place.permit.backend.catalog()?;
        let reading = place.permit.to_read();
        let face = crate::handlers::list::face_of(&catalog, &place)?;
        let view = View { permit: &reading, catalog: &catalog, face, language: language(&reader) };
        let action = called(&view, &name)?;
        let key = key(&record)?;
        let input = read(&view, action, &pairs, shell.reader())?;
        let request = ActionRequest { action: name.clone(), keys: vec![key], input };
        let plan = app.office.plan_action(&place.permit, &place.resource, &request)?;
        let undoable = matches!(action.does, kontor_office::catalog::Does::Update(_));
        let acted = app.office.act(&reader.actor, &place.permit, plan).await?;
        Ok::<_, OfficeError>((acted, undoable))
    };
    let tried = tried.await;
    let texts = shell.texts;
    match tried {
        Ok((acted, undoable)) => {
            let Ok(key) = key(&record) else { return Ok(go("/")) };
            let record = links::record(&place.permit.backend.name, &place.resource, &key);
            let address = back(&pairs).unwrap_or(&record);
            let operation = undoable.then_some(acted.operation.as_str());
            Ok(done(address, "done", operation.filter(|operation| !operation.is_empty())))
        }
        Err(OfficeError::Invalid(fields)) => {
            let problems = Problems { fields, whole: None };
            form(&app, reader, &place, (&record, &name), &pairs, problems).await
        }
        Err(error @ OfficeError::NotAllowed { .. }) => {
            let problems = Problems { fields: Vec::new(), whole: Some(told(texts, &error).text) };
            form(&app, reader, &place, (&record, &name), &pairs, problems).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// What the form gives.
fn read(
    view: &View<'_>,
    action: &Action,
    pairs: &Pairs,
    reader: crate::format::Reader<'_>,
) -> Result<Vec<(String, Input)>, OfficeError> {
    let (mut input, mut problems) = (Vec::new(), Vec::new());
    for own in action.inputs.iter().filter(|own| !own.hidden) {
        let field = field(view, own);
        let value = match given(&field, &field.format, reader, pairs) {
            None | Some(Given::Unchanged | Given::Default) => continue,
            Some(Given::Null) => Input::Null,
            // Where nothing need be given, nothing is what an empty text means.
            Some(Given::Text(text)) if text.is_empty() && !own.needed => Input::Null,
            Some(Given::Text(text)) => Input::Text(text),
            Some(Given::Value(value)) => Input::Value(value),
            Some(Given::Wrong(problem)) => {
                let problem = Problem::Input(problem);
                problems.push(FieldProblem { field: own.name.clone(), problem });
                continue;
            }
        };
        input.push((own.name.clone(), value));
    }
    if problems.is_empty() { Ok(input) } else { Err(OfficeError::Invalid(problems)) }
}
