//! What one can do with records beside changing their fields.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::RecordKey;
use kontor_office::catalog::{Action, ActionInput, Face};
use kontor_office::{ActionRequest, Edit, ItemState, OfficeError, Permit, Read, Surprise};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::bulk::FailedRecord;
use super::described::Described;
use super::extract::{At, InResource, Sent};
use super::input::{Wanted, input};
use super::json::json;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::words;
use crate::app::App;
use crate::texts::Language;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list).with(__path_act, act).with(__path_foresee, foresee)
}

/// Something that one can do with a record.
#[derive(Serialize, ToSchema)]
#[schema(as = Action)]
struct ActionAnswer {
    /// Its name.
    name: String,
    /// Its title in your language.
    title: String,
    /// Whether it can be done with many records as a bulk edit.
    is_for_many: bool,
    /// What it does, where the backend or its manifest says it.
    description: Option<String>,
    /// The word of its picture.
    icon: Option<&'static str>,
    /// The key that does it while a record is on the screen.
    key: Option<char>,
    /// What it takes.
    input: Vec<InputAnswer>,
    /// The action that takes it back.
    undo: Option<String>,
    /// The fields that it is expected to change, as far as the manifest says it.
    expects: Vec<String>,
    /// Whether its backend can be asked what it would do.
    foresees: bool,
    /// The filter that records must satisfy to be offered it; null for all.
    when: Option<String>,
}

/// Something that an action takes.
#[derive(Serialize, ToSchema)]
#[schema(as = ActionInput)]
struct InputAnswer {
    /// Its name.
    name: String,
    /// Its title in your language.
    title: String,
    /// What it holds, in the words of fields.
    #[serde(rename = "type")]
    ty: &'static str,
    /// What it is for.
    help: Option<String>,
    /// Whether it must be given.
    required: bool,
    /// What it is where it is not given.
    default: Option<String>,
    /// Whether it comes from the record where it is not given.
    from_record: bool,
}

impl ActionAnswer {
    fn of(action: &Action, language: Language) -> Self {
        let text =
            |label: &kontor_office::manifest::Label| label.in_language(language.code()).to_owned();
        let input = |input: &ActionInput| InputAnswer {
            name: input.name.clone(),
            title: text(&input.title),
            ty: words::field_type(&input.ty),
            help: input.help.as_ref().map(text),
            required: input.needed,
            default: input.default.as_ref().map(text),
            from_record: input.from.is_some() && input.pick.is_none(),
        };
        Self {
            name: action.name.clone(),
            title: text(&action.title),
            is_for_many: action.is_for_many(),
            description: action.description.as_ref().map(text),
            icon: action.icon,
            key: action.key,
            input: action.inputs.iter().map(input).collect(),
            undo: action.undo.clone(),
            expects: action.expects.clone(),
            foresees: action.preview.is_some(),
            when: action.when.as_ref().map(ToString::to_string),
        }
    }
}

/// The actions of a resource.
#[derive(Serialize, ToSchema)]
struct ActionList {
    /// In the order in which people see them.
    actions: Vec<ActionAnswer>,
}

/// What one can do with the records of a resource.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/actions",
    operation_id = "listActions", tag = "Actions", params(InResource),
    responses((status = 200, description = "The actions", body = ActionList), ReadRefusals)
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let catalog = permit.backend.catalog().map_err(|error| caller.told(error))?;
    let face = super::face(&catalog, &permit, &at.name()).map_err(|error| caller.told(error))?;
    let actions = face.actions.iter().map(|action| ActionAnswer::of(action, caller.language()));
    Ok(json(StatusCode::OK, &ActionList { actions: actions.collect() }))
}

/// An action in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InAction {
    /// Name of the backend.
    backend: String,
    /// Name of the resource.
    resource: String,
    /// Name of the action.
    action: String,
}

/// With which records an action is done, and what it is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"keys": ["DE-1001"], "input": {"reason": "customer"}}))]
struct Deed {
    /// Keys of the records, as they stand in addresses; 1 to 200.
    keys: Vec<String>,
    /// What the action is given, by name.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, super::json::AnyValue>)]
    input: Wanted,
}

/// What became of an action.
#[derive(Serialize, ToSchema)]
struct Done {
    /// The operation under which it stands in the audit.
    operation: String,
    /// Keys of the records with which it was done.
    done: Vec<String>,
    /// Records with which it was not.
    failed: Vec<FailedRecord>,
    /// The fields that it changed, of a single record.
    changed: Vec<String>,
    /// Whether it changed nothing of what the manifest expects of it, of a single record.
    changed_nothing: bool,
    /// Fields that it changed though the manifest does not expect it, of a single record.
    unexpected: Vec<String>,
}

/// Does something with records. What it changed is found by reading the records before and after.
/// An answer that gets lost on the way to the backend is never made up for by doing it again.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/actions/{action}",
    operation_id = "act", tag = "Actions", params(InAction), request_body = Deed,
    responses((status = 200, description = "What became of it", body = Done), WriteRefusals)
)]
async fn act(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InAction>,
    Sent(sent): Sent<Deed>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let name = kontor_model::ResourceName::new(&at.resource);
    let tried = async {
        let catalog = permit.backend.catalog()?;
        let face = super::face(&catalog, &permit, &name)?;
        let request = request(called(face, &at.action)?, &sent)?;
        let plan = app.office.plan_action(&permit, &name, &request)?;
        app.office.act(&caller.0, &permit, plan).await
    };
    let acted = tried.await.map_err(|error| caller.told(error))?;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    let texts = caller.language().texts();
    for (key, state) in acted.items {
        match state {
            ItemState::Written(key) => done.push(key.to_text()),
            state => failed.extend(FailedRecord::of(texts, (key, state))),
        }
    }
    let (changed_nothing, unexpected) = match acted.surprise {
        None => (false, Vec::new()),
        Some(Surprise::Nothing) => (true, Vec::new()),
        Some(Surprise::Also(fields)) => (false, fields),
    };
    let changed = acted.changed;
    let answer =
        Done { operation: acted.operation, done, failed, changed, changed_nothing, unexpected };
    Ok(json(StatusCode::OK, &answer))
}

/// What an action would do with a record.
#[derive(Serialize, ToSchema)]
struct Foresight {
    /// What the backend answers.
    #[schema(value_type = super::json::AnyValue)]
    answer: Box<RawValue>,
}

/// Asks the backend what an action would do with one record. Nothing is done.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/actions/{action}/foresee",
    operation_id = "foresee", tag = "Actions", params(InAction), request_body = Deed,
    responses((status = 200, description = "What the backend says", body = Foresight), WriteRefusals)
)]
async fn foresee(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InAction>,
    Sent(sent): Sent<Deed>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let name = kontor_model::ResourceName::new(&at.resource);
    let asked = async {
        let catalog = permit.backend.catalog()?;
        let face = super::face(&catalog, &permit, &name)?;
        let request = request(called(face, &at.action)?, &sent)?;
        let [key] = request.keys.as_slice() else {
            let problem = "what an action would do is told of one record at a time".to_owned();
            return Err(OfficeError::Parameter { what: "keys", problem });
        };
        let foreseen = app.office.foresee(&permit, &name, key, &request).await?;
        RawValue::from_string(foreseen.answer)
            .map_err(|error| OfficeError::Fault(format!("a foreseen answer is no JSON: {error}")))
    };
    let answer = asked.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &Foresight { answer }))
}

pub(super) fn called<'a>(face: &'a Face, name: &str) -> Result<&'a Action, OfficeError> {
    let found = face.actions.iter().find(|action| action.name == name);
    found.ok_or_else(|| OfficeError::Unknown { what: "action", name: name.to_owned() })
}

/// What is given, in the types of what the action takes.
pub(super) fn action_input(
    action: &Action,
    sent: &Wanted,
) -> Result<Vec<(String, kontor_office::Input)>, OfficeError> {
    let given = sent.0.iter().map(|(name, raw)| {
        let own = action.inputs.iter().find(|own| own.name == *name);
        input(name, raw, own.map(|own| &own.ty)).map(|input| (name.clone(), input))
    });
    given.collect()
}

fn request(action: &Action, sent: &Deed) -> Result<ActionRequest, OfficeError> {
    let key = |text: &String| {
        RecordKey::from_text(text).ok_or_else(|| OfficeError::UnknownRecord(text.clone()))
    };
    Ok(ActionRequest {
        action: action.name.clone(),
        keys: sent.keys.iter().map(key).collect::<Result<_, _>>()?,
        input: action_input(action, &sent.input)?,
        of_many: false,
    })
}
