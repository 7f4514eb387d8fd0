//! What a mutation takes: its arguments with what lies inside of them.

use super::scalars::scalar;
use super::types::{FieldOf, InputOf, Kind, Types};
use crate::service::names::folded;
use kontor_model::FieldType;
use kontor_model::service::Form;

/// Objects inside arguments are taken apart this deep.
const DEPTH: usize = 4;
/// More inputs than this nobody fills in.
const MOST: usize = 120;

/// One thing that a mutation takes.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    /// Where it stands, beginning with the argument.
    pub(super) path: Vec<String>,
    pub(super) input: &'a InputOf,
    pub(super) ty: FieldType,
    pub(super) form: Form,
    /// Whether the mutation cannot do without it.
    pub(super) needed: bool,
}

impl Entry<'_> {
    /// Its own name, for comparing.
    pub(super) fn name(&self) -> String {
        self.path.last().map(|name| folded(name)).unwrap_or_default()
    }

    /// Whether it takes a list of values.
    pub(super) fn several(&self) -> bool {
        self.input.ty.is_list()
    }

    /// Whether it is, or holds, single values.
    pub(super) fn is_single(&self) -> bool {
        !matches!(self.ty, FieldType::Json { .. })
    }
}

/// All that a mutation takes.
pub(super) fn entries<'a>(types: &'a Types, field: &'a FieldOf) -> Vec<Entry<'a>> {
    let mut taking = Taking { types, open: Vec::new(), found: Vec::new() };
    for input in &field.args {
        taking.take(input, &mut Vec::new(), true);
    }
    taking.found
}

struct Taking<'a> {
    types: &'a Types,
    open: Vec<&'a str>,
    found: Vec<Entry<'a>>,
}

impl<'a> Taking<'a> {
    fn take(&mut self, input: &'a InputOf, under: &mut Vec<String>, outer: bool) {
        let Some(ty) = self.types.of(&input.ty) else { return };
        if folded(&input.name) == "clientmutationid" || self.found.len() >= MOST {
            return;
        }
        let needed = outer && input.is_needed();
        under.push(input.name.clone());
        let is_object = ty.kind == Kind::InputObject && !input.ty.is_list();
        if is_object && under.len() < DEPTH && !self.open.contains(&ty.name.as_str()) {
            self.open.push(&ty.name);
            for inner in &ty.input_fields {
                self.take(inner, under, needed);
            }
            self.open.pop();
        } else {
            let (of, form) = if ty.kind == Kind::InputObject {
                (FieldType::Json { binary: false }, Form::Json)
            } else {
                scalar(ty)
            };
            let path = under.clone();
            self.found.push(Entry { path, input, ty: of, form, needed });
        }
        under.pop();
    }
}
