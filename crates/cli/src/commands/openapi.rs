//! `kontor openapi`: the description of the API.

use std::io::Write;

use crate::command_line::Verdict;
use crate::error::CommandError;

/// Prints the document that a running office has at `/api/v1/openapi.json`.
///
/// # Errors
/// [`CommandError::Output`].
pub(crate) fn run(out: &mut dyn Write) -> Result<Verdict, CommandError> {
    writeln!(out, "{}", kontor_web::api::document().trim_end())?;
    out.flush()?;
    Ok(Verdict::Well)
}
