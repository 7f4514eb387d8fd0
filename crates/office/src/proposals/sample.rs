//! Small resources and a backend in memory, for tests.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use kontor_connect::Failure;
use kontor_model::schema::{Generated, ResourceKind};
use kontor_model::{Engine, Field, FieldType, Resource, ResourceName, Schema, Value};

use super::{Kind, ManifestEdit, Report, Sample, Sampler, VALUES_PER_LINK, comparable, propose};

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
        tests: None,
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
        service: None,
    }
}

/// A backend in memory. A row is one text with a value per field, parted by `|`: whole numbers,
/// `-` for `NULL`, else texts.
pub(super) struct Memory {
    pub(super) schema: Schema,
    rows: HashMap<ResourceName, Vec<Vec<Value>>>,
}

impl Memory {
    pub(super) fn new() -> Self {
        let schema = Schema {
            engine: Engine::Mysql,
            version: String::new(),
            resources: Vec::new(),
            left_out: Vec::new(),
        };
        Self { schema, rows: HashMap::new() }
    }

    /// Adds a table with its rows.
    pub(super) fn with<T: AsRef<str>>(
        mut self,
        resource: Resource,
        rows: impl IntoIterator<Item = T>,
    ) -> Self {
        let rows = rows.into_iter().map(|row| {
            let values: Vec<Value> = row.as_ref().split('|').map(value).collect();
            assert_eq!(values.len(), resource.fields.len(), "{}: {}", resource.name, row.as_ref());
            values
        });
        self.rows.insert(resource.name.clone(), rows.collect());
        self.schema.resources.push(resource);
        self
    }

    /// What is proposed.
    pub(super) async fn report(&self) -> Report {
        propose(&self.schema, self).await
    }

    /// The edits of one kind.
    pub(super) async fn edits(&self, kind: Kind) -> Vec<ManifestEdit> {
        let proposals = self.report().await.proposals;
        proposals.into_iter().filter(|p| p.kind == kind).map(|p| p.edit).collect()
    }
}

fn value(text: &str) -> Value {
    match text.trim() {
        "-" => Value::Null,
        text => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Int),
    }
}

#[async_trait]
impl Sampler for Memory {
    async fn sample(&self, resource: &Resource) -> Result<Sample, Failure> {
        let rows = self.rows[&resource.name].clone();
        Ok(Sample { rows, is_whole: true, statements: 2 })
    }

    async fn existing(
        &self,
        resource: &Resource,
        fields: &[usize],
        tuples: &[Vec<Value>],
    ) -> Result<HashSet<String>, Failure> {
        assert!(tuples.len() <= VALUES_PER_LINK);
        let rows = self.rows[&resource.name].iter();
        let there: HashSet<String> = rows
            .map(|row| fields.iter().map(|&field| row[field].clone()).collect::<Vec<Value>>())
            .map(|tuple| comparable(&tuple))
            .collect();
        Ok(tuples
            .iter()
            .map(|tuple| comparable(tuple))
            .filter(|text| there.contains(text))
            .collect())
    }
}
