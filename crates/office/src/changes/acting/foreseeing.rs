//! What an action would do, as its backend says it beforehand.

use kontor_connect::Answered;
use kontor_model::{FieldType, RecordKey, ResourceName};

use super::ActionRequest;
use super::given::{arranged, filled, given};
use crate::Office;
use crate::actor::{Edit, Permit};
use crate::catalog::ActionInput;
use crate::changes::plan::Input;
use crate::error::{FieldProblem, OfficeError, Problem};

/// Stands for a text that was not written yet.
const UNSAID: &str = "–";

/// What a backend says that an action would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// Members of its answer: name, and its text; none where the manifest does not choose some.
    pub told: Vec<(String, Option<String>)>,
    /// All of the answer, as JSON.
    pub answer: String,
}

impl Office {
    /// Asks the backend what an action would do with one record; nothing is done.
    ///
    /// # Errors
    /// As [`Office::plan_action`]; [`OfficeError::Unknown`] where nothing tells it beforehand;
    /// [`OfficeError::Invalid`] with the backend's reason where it would refuse.
    pub async fn foresee(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        key: &RecordKey,
        request: &ActionRequest,
    ) -> Result<Foreseen, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let unknown = |what| OfficeError::Unknown { what, name: request.action.clone() };
        let action = face.actions.iter().find(|action| action.name == request.action);
        let action = action.ok_or_else(|| unknown("action"))?;
        let preview = action.preview.as_ref().ok_or_else(|| unknown("preview of the action"))?;
        let record = self.record(&permit.to_read(), name, key).await?;
        // What somebody has yet to write changes nothing about what the backend would do.
        let mut input = request.input.clone();
        let is_text = |own: &&ActionInput| own.needed && matches!(own.ty, FieldType::Text { .. });
        for own in action.inputs.iter().filter(is_text) {
            let said = input.iter().find(|(name, _)| *name == own.name).map(|(_, said)| said);
            let is_given = match said {
                Some(Input::Text(text)) => !text.trim().is_empty(),
                Some(Input::Value(_)) => true,
                Some(Input::Null) => false,
                None => own.default.is_some() || own.from.is_some(),
            };
            if !is_given {
                input.retain(|(name, _)| *name != own.name);
                input.push((own.name.clone(), Input::Text(UNSAID.to_owned())));
            }
        }
        let values = {
            let language = permit.actor.user.language.as_str();
            let given = given(action, &input, (language, request.of_many))?;
            filled(action, &given, (&record, language))?
        };
        let service = catalog.resource(face).service.as_ref();
        let operation = service.and_then(|service| service.operations.get(preview.operation));
        let operation = operation.ok_or_else(|| unknown("preview of the action"))?;
        let input = arranged(action, operation, &values);
        match permit.backend.foresee(&catalog, face, operation, &record.key, &input).await? {
            Answered::Said(answer) => {
                let said: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
                let told = preview.show.iter().map(|member| {
                    let text = match said.get(&member.name) {
                        None | Some(serde_json::Value::Null) => None,
                        Some(serde_json::Value::String(text)) => Some(text.clone()),
                        Some(other) => Some(other.to_string()),
                    };
                    (member.name.clone(), text)
                });
                Ok(Foreseen { told: told.collect(), answer })
            }
            Answered::Refused(refusal) => {
                let problem = Problem::Refused(refusal);
                Err(OfficeError::Invalid(vec![FieldProblem { field: String::new(), problem }]))
            }
        }
    }
}
