//! What PostgreSQL's SQLSTATE codes mean (appendix A of its manual).

use kontor_model::Resource;
use kontor_model::change::{Refusal, Rule};
use sqlx::postgres::PgDatabaseError;

use crate::error::{Failure, FailureKind, transport_failure};

fn answer(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

pub(super) fn failure(error: &sqlx::Error) -> Failure {
    if let Some(failure) = transport_failure(error) {
        return failure;
    }
    let Some(answer) = answer(error) else {
        return Failure::new(FailureKind::Other, error.to_string());
    };
    let kind = match answer.code() {
        // The message is in the server's language; that somebody else ends a statement is rare.
        "57014" if answer.message().contains("user request") => FailureKind::Cancelled,
        "57014" | "55P03" | "40P01" => FailureKind::Timeout,
        "53300" | "53400" => FailureKind::Busy,
        "42501" | "25006" => FailureKind::Privilege,
        "42P01" | "42703" | "0A000" | "42883" | "42804" | "3F000" => FailureKind::SchemaChanged,
        "3D000" => FailureKind::SignIn,
        code if code.starts_with("28") => FailureKind::SignIn,
        code if code.starts_with("08") || code.starts_with("57P") => FailureKind::Unreachable,
        code if code.starts_with("22") || code.starts_with("23") => FailureKind::Invalid,
        _ => FailureKind::Other,
    };
    Failure::new(kind, format!("{} ({})", answer.message(), answer.code()))
}

pub(super) fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal> {
    let answer = answer(error)?;
    let rule = match answer.code() {
        "23505" | "23P01" => Rule::Unique,
        "23503"
            if answer.table() == Some(resource.table.as_str())
                && !answer.message().contains("update or delete") =>
        {
            Rule::ReferenceMissing
        }
        "23503" => Rule::ReferencedBy,
        "23502" => Rule::NotNull,
        "23514" | "44000" => Rule::Check,
        "42501" | "25006" => Rule::Privilege,
        "428C9" => Rule::Invalid,
        code if code.starts_with("22") => Rule::Invalid,
        // Raised by a trigger or function of the database.
        "P0001" => Rule::Other,
        _ => return None,
    };
    Some(Refusal {
        rule,
        fields: fields(answer, resource),
        constraint: answer.constraint().map(str::to_owned),
        other: (rule == Rule::ReferencedBy).then(|| answer.table().map(str::to_owned)).flatten(),
        message: answer.message().to_owned(),
    })
}

/// The fields of the named column, index, reference or, failing that, check.
fn fields(answer: &PgDatabaseError, resource: &Resource) -> Vec<usize> {
    if let Some(field) = answer.column().and_then(|column| resource.position(column)) {
        return vec![field];
    }
    let Some(constraint) = answer.constraint() else {
        return Vec::new();
    };
    if let Some(index) = resource.indexes.iter().find(|index| index.name == constraint) {
        return index.fields.clone();
    }
    if let Some(reference) =
        resource.references.iter().find(|reference| reference.name == constraint)
    {
        return reference.fields.clone();
    }
    // PostgreSQL names a check after its table and column unless somebody chose a name.
    let named = |field: &kontor_model::Field| {
        constraint == format!("{}_{}_check", resource.table, field.name)
    };
    resource.fields.iter().position(named).into_iter().collect()
}
