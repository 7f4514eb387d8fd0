//! Why an item is left as it was, in the words of its file.

use crate::{
    catalogue::{products::record::Product, words::Sku},
    db::DbError,
    error::{Error, Refusal},
    exchange::item::{Problem, VariantSaid},
};

/// The product that a refusal speaks of, and where the file speaks of it.
pub(super) struct Spoken<'a> {
    pub(super) product: &'a Product,
    pub(super) variants: &'a [(Sku, VariantSaid)],
    pub(super) line: Option<u64>,
}

/// Why an item is left as it was.
#[derive(Debug)]
pub(in crate::exchange) enum Failure {
    /// It is the file's fault.
    Item(Vec<Problem>),
    /// It is nobody's who made the file.
    Broken(Error),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Item(told(*refusal, None)),
            other => Self::Broken(other),
        }
    }
}

/// A problem of the item as a whole.
pub(super) fn item_problem(line: Option<u64>, field: &str, message: impl Into<String>) -> Failure {
    Failure::Item(vec![Problem { line, field: Some(field.to_owned()), message: message.into() }])
}

/// A refusal of the catalogue in the words of the file: places by SKU, with the variant's line.
pub(super) fn told(refusal: Refusal, of: Option<&Spoken<'_>>) -> Vec<Problem> {
    let whole = of.and_then(|it| it.line);
    if refusal.fields.is_empty() {
        return vec![Problem { line: whole, field: None, message: refusal.detail }];
    }
    let problem = |field: crate::error::FieldProblem| {
        let mut parts: Vec<String> =
            field.pointer.trim_start_matches('/').split('/').map(str::to_owned).collect();
        let mut line = whole;
        if let (Some("variants"), Some(of)) = (parts.first().map(String::as_str), of) {
            let at = parts.get(1).and_then(|at| at.parse::<usize>().ok());
            if let Some(variant) = at.and_then(|at| of.product.variants.get(at)) {
                parts[1] = variant.sku.to_string();
                let said = of.variants.iter().find(|(sku, _)| *sku == variant.sku);
                line = said.map(|(_, it)| it.line).or(line);
            }
        }
        Problem { line, field: Some(parts.join("/")), message: field.detail }
    };
    refusal.fields.into_iter().map(problem).collect()
}
