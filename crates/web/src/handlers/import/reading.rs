//! What the forms of an import bring.

use axum::body::Bytes;
use axum::extract::Multipart;
use kontor_office::{ImportChoice, ImportMode, ImportOffer, OfficeError, Spelling};

use crate::handlers::{Pairs, first};

/// The file of a form, with its name.
pub(super) async fn uploaded(mut form: Multipart) -> Result<(String, Bytes), OfficeError> {
    let broken = |problem: String| OfficeError::Parameter { what: "file", problem };
    while let Some(part) = form.next_field().await.map_err(|error| broken(error.body_text()))? {
        if part.name() == Some("file") {
            let name = part.file_name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(|error| broken(error.body_text()))?;
            return Ok((name, bytes));
        }
    }
    Err(broken("the form brings no file".to_owned()))
}

/// What somebody chose: `column.0` is the field of the first column, `spelling.0` how it writes,
/// `match` the place of the fields by which records are found.
pub(super) fn choice(pairs: &Pairs, offer: &ImportOffer) -> Result<ImportChoice, OfficeError> {
    let wrong = |what, text: &str| OfficeError::Parameter {
        what,
        problem: format!("“{text}” cannot be chosen"),
    };
    let mut choice = ImportChoice::default();
    for (name, field) in pairs {
        let Some(at) = name.strip_prefix("column.") else { continue };
        let at: usize = at.parse().map_err(|_| wrong("columns", name))?;
        let spelling = match first(pairs, &format!("spelling.{at}")) {
            Some(code) => Some(Spelling::from_code(code).ok_or_else(|| wrong("spelling", code))?),
            None => None,
        };
        choice.columns.push((at, (!field.is_empty()).then(|| field.clone()), spelling));
    }
    if let Some(group) = first(pairs, "match") {
        let at = group.parse::<usize>().ok();
        choice.matched_by =
            Some(at.and_then(|at| offer.matches.get(at)).cloned().unwrap_or_default());
    }
    if let Some(code) = first(pairs, "mode") {
        choice.mode = Some(ImportMode::from_code(code).ok_or_else(|| wrong("mode", code))?);
    }
    Ok(choice)
}
