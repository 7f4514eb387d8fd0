//! Small resources for tests.

use kontor_model::schema::{Generated, ResourceKind};
use kontor_model::{Field, FieldType, Resource, ResourceName};

/// A field by `name` or `name:type`; the types are `int`, `bool`, `time`, `date`, `dec`, `bytes`,
/// `json` and, where none is said, text.
fn field(text: &str) -> Field {
    let (name, ty) = text.split_once(':').unwrap_or((text, "text"));
    let ty = match ty {
        "int" => FieldType::int(64, false),
        "bool" => FieldType::Bool,
        "time" => FieldType::DateTime,
        "date" => FieldType::Date,
        "dec" => FieldType::Decimal { precision: Some(15), scale: Some(4) },
        "bytes" => FieldType::Bytes,
        "json" => FieldType::Json { binary: false },
        "text" => FieldType::Text { max: Some(255) },
        "long" => FieldType::Text { max: Some(65_535) },
        other => panic!("no such type: {other}"),
    };
    Field {
        name: name.to_owned(),
        ty,
        native: String::new(),
        sql_type: String::new(),
        nullable: true,
        default: None,
        generated: Generated::No,
        comment: None,
        sortable: true,
        comparable: true,
    }
}

/// A table; the names of its key's fields end with `*`.
pub(super) fn table(name: &str, fields: &str) -> Resource {
    let texts: Vec<&str> = fields.split_whitespace().collect();
    let key = (0..texts.len()).filter(|&at| texts[at].ends_with('*')).collect();
    Resource {
        name: ResourceName::new(name),
        namespace: None,
        table: name.to_owned(),
        kind: ResourceKind::Table,
        fields: texts.iter().map(|text| field(text.trim_end_matches('*'))).collect(),
        key,
        references: Vec::new(),
        indexes: Vec::new(),
        estimated_rows: None,
        comment: None,
        transactional: true,
        row_id: None,
        read_only: None,
    }
}
