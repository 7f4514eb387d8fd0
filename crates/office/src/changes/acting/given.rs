//! What an action is given: by people, by the record, by default.

use kontor_model::Value;
use kontor_model::service::{Input as Taken, Operation};

use super::super::plan::Input;
use crate::catalog::{Action, ActionInput};
use crate::error::{FieldProblem, OfficeError, Problem};
use crate::records::Shown;

/// What becomes of one thing that an action takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    /// This; none for nothing.
    Said(Option<Value>),
    /// What the record holds at the place that the manifest names.
    ByRecord,
}

/// What is given for each thing that an action takes.
///
/// # Errors
/// [`OfficeError::UnknownField`]; [`OfficeError::Invalid`] with everything that is wrong or missing
/// as far as that can be told without a record.
pub(super) fn given(
    action: &Action,
    input: &[(String, Input)],
    (language, of_many): (&str, bool),
) -> Result<Vec<Given>, OfficeError> {
    for (name, _) in input {
        if !action.inputs.iter().any(|own| own.name == *name) {
            return Err(OfficeError::UnknownField {
                resource: action.name.clone(),
                field: name.clone(),
            });
        }
    }
    let given = all(action, |own| {
        let said = input.iter().find(|(name, _)| *name == own.name).map(|(_, input)| input);
        let default = own.default.as_ref().map(|default| default.in_language(language));
        let value = match (said, default) {
            (Some(Input::Null), _) => None,
            (Some(Input::Value(value)), _) => Some(value.clone()),
            (Some(Input::Text(text)), _) => Some(own.ty.parse(text).map_err(Problem::Input)?),
            (None, _) if own.from.is_some() && own.pick.is_none() => return Ok(Given::ByRecord),
            (None, Some(text)) => Some(own.ty.parse(text).map_err(Problem::Input)?),
            (None, None) => None,
        };
        if of_many && own.pick.is_some() && !own.is_vital {
            return Ok(Given::Said(value));
        }
        needed(own, value).map(Given::Said)
    })?;
    one_of(action, &given)?;
    Ok(given)
}

/// Of what the manifest calls one of several, one is given. What the record may give is not known
/// yet.
fn one_of(action: &Action, given: &[Given]) -> Result<(), OfficeError> {
    let named = action.inputs.iter().zip(given);
    let named = named.filter(|(own, _)| action.one_of.contains(&own.name));
    let (own, given): (Vec<&ActionInput>, Vec<&Given>) = named.unzip();
    let said = given.iter().filter(|given| matches!(given, Given::Said(Some(_)))).count();
    let by_record = given.iter().any(|given| matches!(given, Given::ByRecord));
    let Some(first) = own.first() else { return Ok(()) };
    if said == 1 || (said == 0 && by_record) {
        return Ok(());
    }
    let titles = own.iter().map(|own| own.title.clone()).collect();
    let problem = FieldProblem { field: first.name.clone(), problem: Problem::OneOf(titles) };
    Err(OfficeError::Invalid(vec![problem]))
}

/// The values for one record.
///
/// # Errors
/// [`OfficeError::Invalid`] where the record does not hold what must be given.
pub(super) fn filled(
    action: &Action,
    given: &[Given],
    (record, language): (&Shown, &str),
) -> Result<Vec<Option<Value>>, OfficeError> {
    let mut given = given.iter();
    all(action, |own| match given.next() {
        Some(Given::Said(value)) => Ok(value.clone()),
        Some(Given::ByRecord) => {
            let default = own.default.as_ref().map(|default| default.in_language(language));
            let value = match (record.gives(own), default) {
                (None, Some(text)) => Some(own.ty.parse(text).map_err(Problem::Input)?),
                (value, _) => value,
            };
            needed(own, value)
        }
        None => Ok(None),
    })
}

/// The values in the order in which an operation takes them.
pub(super) fn arranged(
    action: &Action,
    operation: &Operation,
    values: &[Option<Value>],
) -> Vec<Option<Value>> {
    let value = |taken: &Taken| {
        let at = action.inputs.iter().position(|own| own.name == taken.field.name)?;
        values.get(at)?.clone()
    };
    operation.input.iter().map(value).collect()
}

impl Shown {
    /// What the record holds for something that an action takes, in the type of that; for what is
    /// picked from a list, the list.
    #[must_use]
    pub fn gives(&self, own: &ActionInput) -> Option<Value> {
        let from = own.from.as_ref()?;
        let value = from.value(self.value(from.field)?)?;
        own.ty.parse(&value.to_text()?).ok()
    }
}

fn needed(own: &ActionInput, value: Option<Value>) -> Result<Option<Value>, Problem> {
    if value.is_none() && own.needed { Err(Problem::Required) } else { Ok(value) }
}

fn all<T>(
    action: &Action,
    mut one: impl FnMut(&ActionInput) -> Result<T, Problem>,
) -> Result<Vec<T>, OfficeError> {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for own in &action.inputs {
        match one(own) {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(FieldProblem { field: own.name.clone(), problem }),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(OfficeError::Invalid(problems)) }
}
