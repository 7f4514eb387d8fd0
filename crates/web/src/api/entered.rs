//! What a person typed into a cell, and how values are told to them.

use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{
    Conflict, FieldProblem, Input, OfficeError, Permit, Problem as Wrong, Read, Shown,
};

use crate::app::App;
use crate::components::Shell;
use crate::components::shell::Here;
use crate::failure::ShownConflict;
use crate::format::{self, Precision};
use crate::frame::Frame;
use crate::pages::record::given::{Given, empty_is_null, entered};
use crate::shown::FieldView;
use crate::view::View;
use crate::visitor::Caller;

/// Where and for whom texts are read and written.
pub(super) struct Entering<'a> {
    pub(super) app: &'a App,
    pub(super) permit: &'a Permit<Read>,
    pub(super) frame: &'a Frame,
    pub(super) caller: &'a Caller,
}

impl Entering<'_> {
    async fn shell(&self) -> Shell {
        self.frame.shell(self.app, Some(&self.caller.0), Here::Elsewhere).await
    }

    /// A field as the record shows it; the record is read where the currency stands there.
    async fn field(
        &self,
        view: &View<'_>,
        index: usize,
        (name, key): (&ResourceName, &RecordKey),
        record: &mut Option<Shown>,
    ) -> Result<FieldView, OfficeError> {
        if view.currency_field(index).is_some() && record.is_none() {
            *record = Some(self.app.office.record(self.permit, name, key).await?);
        }
        let value = |other| record.as_ref().and_then(|record| record.value(other).cloned());
        Ok(view.with_currency(view.field(index), index, value))
    }

    /// What the texts of a person mean.
    pub(super) async fn read(
        &self,
        name: &ResourceName,
        key: &RecordKey,
        texts: Vec<(String, Option<String>)>,
        expected: &[(String, Value)],
    ) -> Result<Vec<(String, Input)>, OfficeError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let shell = self.shell().await;
        let catalog = self.permit.backend.catalog()?;
        let face = super::face(&catalog, self.permit, name)?;
        let language = self.caller.language();
        let view = View { permit: self.permit, catalog: &catalog, face, language };
        let (mut inputs, mut problems, mut record) = (Vec::new(), Vec::new(), None);
        for (field, text) in texts {
            // Whether the field may be named is the office's to say.
            let index = view.resource().position(&field);
            let index = index.filter(|&index| face.fields[index].is_visible());
            let (Some(index), Some(text)) = (index, text.as_deref()) else {
                inputs.push((field, text.map_or(Input::Null, Input::Text)));
                continue;
            };
            let shown = self.field(&view, index, (name, key), &mut record).await?;
            if text.is_empty() && empty_is_null(&shown.ty) {
                inputs.push((field, Input::Null));
                continue;
            }
            let was = expected.iter().find(|(other, _)| *other == field).map(|(_, was)| was);
            match entered(shell.reader(), &shown, text, was) {
                Given::Text(plain) => inputs.push((field, Input::Text(plain))),
                Given::Value(value) => inputs.push((field, Input::Value(value))),
                Given::Wrong(problem) => {
                    problems.push(FieldProblem { field, problem: Wrong::Input(problem) });
                }
                Given::Null | Given::Default | Given::Unchanged => {}
            }
        }
        if problems.is_empty() { Ok(inputs) } else { Err(OfficeError::Invalid(problems)) }
    }

    /// The values of a conflict as the screens show them.
    pub(super) async fn shown(
        &self,
        name: &ResourceName,
        key: &RecordKey,
        conflicts: &[Conflict],
    ) -> Vec<ShownConflict> {
        let shell = self.shell().await;
        let Ok(catalog) = self.permit.backend.catalog() else { return Vec::new() };
        let Ok(face) = super::face(&catalog, self.permit, name) else { return Vec::new() };
        let language = self.caller.language();
        let view = View { permit: self.permit, catalog: &catalog, face, language };
        let (mut shown, mut record) = (Vec::new(), None);
        for conflict in conflicts {
            let Some(index) = view.resource().position(&conflict.field) else { continue };
            let Ok(field) = self.field(&view, index, (name, key), &mut record).await else {
                continue;
            };
            let text = |value: &Value| {
                let format = field.effective_format();
                format::value(shell.reader(), &field.ty, format, value, Precision::Exact)
            };
            shown.push(ShownConflict {
                field: conflict.field.clone(),
                before: text(&conflict.before),
                theirs: text(&conflict.theirs),
                mine: conflict.mine.as_ref().and_then(text),
            });
        }
        shown
    }
}
