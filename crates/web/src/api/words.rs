//! The words by which the API names what the office has types for.

use kontor_model::schema::ResourceKind;
use kontor_model::{ChangeKind, Engine, FieldType};
use kontor_office::catalog::Format;
use kontor_office::manifest::TimeUnit;
use kontor_office::{OfficeError, ReadOnlyReason, Role, Word as _};

use crate::view::at as moment;

/// A moment in RFC 3339, UTC.
pub(super) fn instant(micros: i64) -> String {
    moment(micros).to_string()
}

/// The role of a word.
pub(super) fn role(word: &str) -> Result<Role, OfficeError> {
    Role::from_word(word).ok_or_else(|| OfficeError::Parameter {
        what: "role",
        problem: format!("“{word}” is none of reader, editor, administrator"),
    })
}

pub(super) fn engine(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
        Engine::Mysql => "mysql",
        Engine::Openapi => "openapi",
        Engine::Graphql => "graphql",
    }
}

pub(super) fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Create => "create",
        ChangeKind::Update => "update",
        ChangeKind::Delete => "delete",
        ChangeKind::Act => "act",
    }
}

pub(super) fn kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Table => "table",
        ResourceKind::View => "view",
        ResourceKind::MaterializedView => "materialized_view",
        ResourceKind::ForeignTable => "foreign_table",
        ResourceKind::Collection => "collection",
    }
}

pub(super) fn read_only(reason: ReadOnlyReason) -> &'static str {
    match reason {
        ReadOnlyReason::Manifest => "manifest",
        ReadOnlyReason::View => "view",
        ReadOnlyReason::NoKey => "no_key",
        ReadOnlyReason::Privilege => "privilege",
        ReadOnlyReason::NotOffered => "not_offered",
        ReadOnlyReason::Generated => "generated",
        ReadOnlyReason::Type => "type",
        ReadOnlyReason::Resource => "resource",
        ReadOnlyReason::Field => "field",
        ReadOnlyReason::Key => "key",
    }
}

pub(super) fn field_type(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Bool => "bool",
        FieldType::Int { .. } => "int",
        FieldType::Decimal { .. } => "decimal",
        FieldType::Float { .. } => "float",
        FieldType::Money => "money",
        FieldType::Text { .. } => "text",
        FieldType::Enum { .. } => "enum",
        FieldType::Set { .. } => "set",
        FieldType::Date => "date",
        FieldType::Time { .. } => "time",
        FieldType::DateTime => "date_time",
        FieldType::Instant => "instant",
        FieldType::Year => "year",
        FieldType::Interval => "interval",
        FieldType::Uuid => "uuid",
        FieldType::Json { .. } => "json",
        FieldType::Array { .. } => "array",
        FieldType::Range => "range",
        FieldType::Bytes => "bytes",
        FieldType::Bits => "bits",
        FieldType::Network => "network",
        FieldType::Any => "any",
        FieldType::Other => "other",
    }
}

pub(super) fn format(format: &Format) -> &'static str {
    match format {
        Format::Plain => "plain",
        Format::Multiline => "multiline",
        Format::Email => "email",
        Format::Url => "url",
        Format::Phone => "phone",
        Format::Json => "json",
        Format::List => "list",
        Format::Money { .. } => "money",
        Format::Percent => "percent",
        Format::Color => "color",
        Format::Image => "image",
        Format::UnixTime(TimeUnit::Seconds) => "unix_time",
        Format::UnixTime(TimeUnit::Milliseconds) => "unix_time_ms",
        Format::UnixTime(TimeUnit::Microseconds) => "unix_time_us",
        Format::Status => "status",
    }
}

/// A moment that a query names.
pub(super) fn micros(what: &'static str, text: &str) -> Result<i64, OfficeError> {
    let stamp: jiff::Timestamp = text.parse().map_err(|_| OfficeError::Parameter {
        what,
        problem: format!("“{text}” is no moment such as 2026-11-20T13:45:00Z"),
    })?;
    Ok(stamp.as_microsecond())
}
