//! What MySQL's and MariaDB's error numbers mean.

use kontor_model::Resource;
use kontor_model::change::{Refusal, Rule};
use sqlx::mysql::MySqlDatabaseError;

use crate::error::{Failure, FailureKind, transport_failure};

fn answer(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

pub(super) fn failure(error: &sqlx::Error) -> Failure {
    if let Some(failure) = transport_failure(error) {
        return failure;
    }
    let Some(answer) = answer(error) else {
        return Failure::new(FailureKind::Other, error.to_string());
    };
    let kind = match answer.number() {
        // MariaDB's and MySQL's statement time; lock waits and deadlocks.
        1969 | 3024 | 1205 | 1213 => FailureKind::Timeout,
        1317 => FailureKind::Cancelled,
        1040 | 1203 | 1226 => FailureKind::Busy,
        1044 | 1045 | 1049 | 1698 => FailureKind::SignIn,
        1142 | 1143 | 1227 | 1290 | 1370 | 1792 => FailureKind::Privilege,
        1054 | 1146 | 1356 => FailureKind::SchemaChanged,
        1053 | 1077 | 1927 | 4031 => FailureKind::Unreachable,
        1264 | 1292 | 1366 | 1406 | 1525 => FailureKind::Invalid,
        _ => FailureKind::Other,
    };
    Failure::new(kind, format!("{} ({})", answer.message(), answer.number()))
}

pub(super) fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal> {
    let answer = answer(error)?;
    let message = answer.message();
    let rule = match answer.number() {
        1062 | 1586 => Rule::Unique,
        1216 | 1452 => Rule::ReferenceMissing,
        1217 | 1451 => Rule::ReferencedBy,
        1048 | 1364 => Rule::NotNull,
        3819 | 4025 => Rule::Check,
        1264 | 1265 | 1292 | 1366 | 1367 | 1406 | 1411 | 1525 | 1690 | 3140 | 3156 => Rule::Invalid,
        1142 | 1143 | 1290 | 1792 => Rule::Privilege,
        // SIGNAL in a trigger.
        1644 => Rule::Other,
        _ => return None,
    };
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    let constraint = match rule {
        // “Duplicate entry 'x' for key 'table.name'”.
        Rule::Unique => quoted.last().map(|key| key.rsplit('.').next().unwrap_or(key).to_owned()),
        _ => message.split('`').nth(1).filter(|_| rule == Rule::Check).map(str::to_owned).or_else(
            || {
                message
                    .split("CONSTRAINT `")
                    .nth(1)
                    .and_then(|rest| rest.split('`').next())
                    .map(str::to_owned)
            },
        ),
    };
    Some(Refusal {
        fields: fields(resource, rule, &quoted, constraint.as_deref()),
        other: (rule == Rule::ReferencedBy)
            .then(|| {
                message
                    .split("fails (")
                    .nth(1)
                    .and_then(|rest| rest.split('`').nth(3))
                    .map(str::to_owned)
            })
            .flatten(),
        constraint,
        rule,
        message: message.to_owned(),
    })
}

fn fields(
    resource: &Resource,
    rule: Rule,
    quoted: &[&str],
    constraint: Option<&str>,
) -> Vec<usize> {
    if matches!(rule, Rule::NotNull | Rule::Invalid) {
        // “Column 'x' cannot be null”, “Data too long for column 'x'”, “… for column `d`.`t`.`x`”.
        let named = quoted.iter().rev().find_map(|name| resource.position(name));
        return named.into_iter().collect();
    }
    let Some(constraint) = constraint else {
        return Vec::new();
    };
    let index = resource.indexes.iter().find(|index| index.name.eq_ignore_ascii_case(constraint));
    let reference = resource.references.iter().find(|reference| reference.name == constraint);
    index
        .map(|index| index.fields.clone())
        .or_else(|| reference.map(|reference| reference.fields.clone()))
        .unwrap_or_default()
}
