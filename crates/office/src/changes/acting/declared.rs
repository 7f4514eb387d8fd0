//! A statement that an action is, with the values that it is run with.

use kontor_connect::WriteFailure;
use kontor_model::statement::{Filled, Known};
use kontor_model::{Column, ItemOutcome, Query, Value};

use super::doing::{Before, Doing, Work};
use crate::backend::Backend;
use crate::catalog::{Declared, Face};
use crate::changes::journal::Effect;
use crate::changes::plan::Input;
use crate::changes::undo::is_put_back;
use crate::error::{FieldProblem, OfficeError, Problem};
use crate::records::{Shown, has_key};

/// How what somebody has seen of a record is named among what an action is given.
const SEEN: &str = "record.";

/// What somebody has seen of fields of the record, and what is given.
type Sorted = (Vec<(usize, Value)>, Vec<(String, Input)>);

/// What somebody has seen of a record that a statement names, apart from what is given.
///
/// # Errors
/// [`OfficeError::Invalid`] for what is no value of its field.
pub(super) fn seen(
    face: &Face,
    resource: &kontor_model::Resource,
    declared: &Declared,
    input: &[(String, Input)],
) -> Result<Sorted, OfficeError> {
    let named = declared.fields();
    let (mut seen, mut given) = (Vec::new(), Vec::new());
    for (name, value) in input {
        let field = name.strip_prefix(SEEN).and_then(|name| resource.position(name));
        let field = field.filter(|field| named.contains(field) && face.fields[*field].is_visible());
        match field {
            Some(field) => seen.push((field, read(resource, field, value)?)),
            None => given.push((name.clone(), value.clone())),
        }
    }
    Ok((seen, given))
}

fn read(
    resource: &kontor_model::Resource,
    field: usize,
    input: &Input,
) -> Result<Value, OfficeError> {
    match input {
        Input::Null => Ok(Value::Null),
        Input::Value(value) => Ok(value.clone()),
        Input::Text(text) => resource.fields[field].ty.parse(text).map_err(|error| {
            let name = format!("{SEEN}{}", resource.fields[field].name);
            OfficeError::Invalid(vec![FieldProblem { field: name, problem: Problem::Input(error) }])
        }),
    }
}

impl Doing<'_> {
    /// Runs the statement for a record.
    pub(super) async fn run(
        &self,
        declared: &Declared,
        (before, given): &Before,
        operation: &str,
    ) -> Result<ItemOutcome, WriteFailure> {
        let fields = declared.fields();
        let mut held = match self.held(&before.key, &fields).await {
            Ok(Some(held)) => held,
            Ok(None) => return Ok(ItemOutcome::Gone),
            Err(OfficeError::Backend { failure, .. }) => {
                return Err(WriteFailure::NotWritten(failure));
            }
            Err(error) => {
                let detail = error.to_string();
                let kind = kontor_connect::FailureKind::Other;
                return Err(WriteFailure::NotWritten(kontor_connect::Failure::new(kind, detail)));
            }
        };
        // What somebody has seen counts, not what is there now.
        for (field, value) in &mut held {
            if let Some((_, seen)) = self.plan.seen.iter().find(|(own, _)| own == field) {
                value.clone_from(seen);
            }
        }
        let statement = self.statement(declared, &held, given, operation);
        let backend: &Backend = self.backend();
        backend.run(&self.plan.catalog, self.face, &before.key, &statement).await
    }

    /// What the record holds in some fields.
    async fn held(
        &self,
        key: &kontor_model::RecordKey,
        fields: &[usize],
    ) -> Result<Option<Vec<(usize, Value)>>, OfficeError> {
        let resource = self.plan.catalog.resource(self.face);
        let columns = fields.iter().map(|&field| Column::whole(field)).collect();
        let query = Query::unordered(columns, has_key(resource, key), 1);
        let page = self.backend().select(&self.plan.catalog, self.face, &query).await?;
        let Some(row) = page.rows.into_iter().next() else { return Ok(None) };
        Ok(Some(fields.iter().copied().zip(row).collect()))
    }

    /// What the record holds that nobody sees, where only that tells whether all that a statement
    /// changed is seen; none where that cannot be told.
    pub(super) async fn unseen(&self, before: &Shown) -> Option<Vec<(usize, Value)>> {
        let Work::Statement(declared) = self.work else { return None };
        if !declared.is_update_of_one() || before.fields.iter().any(|(_, own)| !own.is_whole()) {
            return None;
        }
        let resource = self.plan.catalog.resource(self.face);
        // What nobody but the backend writes is not put back anyway.
        let counts = |field: &usize| {
            self.face.fields[*field].secret || is_put_back(resource, self.face, *field)
        };
        let hidden = (0..resource.fields.len()).filter(|field| before.value(*field).is_none());
        let unseen: Vec<usize> = hidden.filter(counts).collect();
        if unseen.is_empty() {
            return Some(Vec::new());
        }
        self.held(&before.key, &unseen).await.ok().flatten()
    }

    /// Whether something of what was changed can be put back.
    pub(super) fn is_put_back(&self, effects: &[Effect]) -> bool {
        let resource = self.plan.catalog.resource(self.face);
        let mut fields = effects.iter().filter_map(|(name, ..)| resource.position(name));
        fields.any(|field| is_put_back(resource, self.face, field))
    }

    fn statement(
        &self,
        declared: &Declared,
        held: &[(usize, Value)],
        given: &[Option<Value>],
        operation: &str,
    ) -> Filled {
        let action = self.action();
        let value = |name: &str| {
            let at = action.inputs.iter().position(|own| own.name == name)?;
            given.get(at)?.clone()
        };
        let values: Vec<Option<Value>> =
            declared.inputs.iter().map(|taken| value(&taken.field.name)).collect();
        let resource = self.plan.catalog.resource(self.face);
        let user = &self.actor.user;
        declared.filled(resource, held, &values, |known, ty| match known {
            Known::Now => self.office.now_for(ty),
            Known::Person => Value::Text(user.name.clone()),
            Known::Email => Value::Text(user.email.clone()),
            Known::Operation => Value::Text(operation.to_owned()),
        })
    }
}
