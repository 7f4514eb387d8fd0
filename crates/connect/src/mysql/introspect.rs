//! MySQL's information schema as a [`Schema`].

use std::collections::BTreeMap;

use kontor_model::schema::{ReadOnly, ReferenceSource};
use kontor_model::{
    Engine, Field, FieldType, Generated, Index, IndexKind, OnDelete, Reference, Resource,
    ResourceKind, ResourceName, Schema,
};
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row as _};

/// The information schema of MySQL 8 says `VARBINARY` of many of its texts; casts make both
/// servers alike.
const TABLES: &str = r"
SELECT CAST(table_name AS CHAR) AS name, CAST(table_type AS CHAR) AS kind, CAST(engine AS CHAR) AS engine,
       CAST(table_rows AS UNSIGNED) AS estimated, CAST(table_comment AS CHAR) AS comment
FROM information_schema.tables WHERE table_schema = ? AND table_type <> 'SEQUENCE' ORDER BY table_name";

const COLUMNS: &str = r"
SELECT CAST(table_name AS CHAR) AS table_name, CAST(column_name AS CHAR) AS name, CAST(column_type AS CHAR) AS native,
       CAST(data_type AS CHAR) AS data_type, CAST(is_nullable AS CHAR) AS nullable, CAST(column_default AS CHAR) AS default_text,
       CAST(extra AS CHAR) AS extra, CAST(character_maximum_length AS UNSIGNED) AS length,
       CAST(numeric_precision AS UNSIGNED) AS digits, CAST(numeric_scale AS UNSIGNED) AS scale,
       CAST(column_comment AS CHAR) AS comment, CAST(generation_expression AS CHAR) AS expression
FROM information_schema.columns WHERE table_schema = ? ORDER BY table_name, ordinal_position";

const INDEXES: &str = r"
SELECT CAST(table_name AS CHAR) AS table_name, CAST(index_name AS CHAR) AS name, CAST(non_unique AS SIGNED) AS non_unique,
       CAST(column_name AS CHAR) AS column_name, CAST(index_type AS CHAR) AS method, CAST(sub_part AS SIGNED) AS sub_part
FROM information_schema.statistics WHERE table_schema = ? ORDER BY table_name, index_name, seq_in_index";

const REFERENCES: &str = r"
SELECT CAST(k.table_name AS CHAR) AS table_name, CAST(k.constraint_name AS CHAR) AS name, CAST(k.column_name AS CHAR) AS column_name,
       CAST(k.referenced_table_name AS CHAR) AS target, CAST(k.referenced_column_name AS CHAR) AS target_column,
       CAST(r.delete_rule AS CHAR) AS on_delete
FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = ? AND k.referenced_table_schema = k.table_schema AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position";

pub(super) async fn schema(
    raw: &mut MySqlConnection,
    database: &str,
) -> Result<Schema, sqlx::Error> {
    let version: String =
        sqlx::query("SELECT VERSION()").fetch_one(&mut *raw).await?.try_get_unchecked(0)?;
    let tables = sqlx::query(TABLES).bind(database).fetch_all(&mut *raw).await?;
    let columns = sqlx::query(COLUMNS).bind(database).fetch_all(&mut *raw).await?;
    let indexes = sqlx::query(INDEXES).bind(database).fetch_all(&mut *raw).await?;
    let references = sqlx::query(REFERENCES).bind(database).fetch_all(&mut *raw).await?;

    let mut resources: BTreeMap<String, Resource> = BTreeMap::new();
    for row in &tables {
        let resource = resource(row, database)?;
        resources.insert(resource.table.clone(), resource);
    }
    for row in &columns {
        if let Some(resource) = resources.get_mut(&text(row, "table_name")?) {
            resource.fields.push(field(row)?);
        }
    }
    for (table, clause) in checks(&mut *raw, database).await {
        if let Some(resource) = resources.get_mut(&table) {
            note_json(resource, &clause);
        }
    }
    for row in &indexes {
        if let Some(resource) = resources.get_mut(&text(row, "table_name")?) {
            add_index_column(resource, row)?;
        }
    }
    for row in &references {
        if let Some(resource) = resources.get_mut(&text(row, "table_name")?) {
            add_reference_column(resource, row)?;
        }
    }
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for (name, mut resource) in resources {
        if resource.fields.is_empty() {
            left_out.push(format!("{name}: no column can be read"));
            continue;
        }
        finish(&mut resource);
        found.push(resource);
    }
    Ok(Schema { engine: Engine::Mysql, version, resources: found, left_out })
}

/// MariaDB's checks with their tables. MySQL does not name the table and needs none of this: it has
/// a type for JSON.
async fn checks(raw: &mut MySqlConnection, database: &str) -> Vec<(String, String)> {
    let checks = sqlx::query(
        "SELECT CAST(table_name AS CHAR) AS table_name, CAST(check_clause AS CHAR) AS clause \
         FROM information_schema.check_constraints WHERE constraint_schema = ?",
    );
    let rows = checks.bind(database).fetch_all(raw).await.unwrap_or_default();
    rows.iter()
        .filter_map(|row| Some((text(row, "table_name").ok()?, text(row, "clause").ok()?)))
        .collect()
}

/// MariaDB's `JSON` is a text with the check that it is JSON.
fn note_json(resource: &mut Resource, clause: &str) {
    let column = clause.strip_prefix("json_valid(`").and_then(|rest| rest.strip_suffix("`)"));
    let field = column.and_then(|name| resource.position(&name.replace("``", "`")));
    if let Some(field) = field.map(|place| &mut resource.fields[place]) {
        field.ty = FieldType::Json { binary: false };
        field.sortable = false;
        field.comparable = false;
    }
}

fn text(row: &MySqlRow, column: &str) -> Result<String, sqlx::Error> {
    row.try_get_unchecked(column)
}

fn maybe_text(row: &MySqlRow, column: &str) -> Result<Option<String>, sqlx::Error> {
    row.try_get_unchecked(column)
}

fn number(row: &MySqlRow, column: &str) -> Result<Option<u64>, sqlx::Error> {
    row.try_get_unchecked(column)
}

fn resource(row: &MySqlRow, database: &str) -> Result<Resource, sqlx::Error> {
    let table = text(row, "name")?;
    let is_view = text(row, "kind")?.contains("VIEW");
    let engine = maybe_text(row, "engine")?.unwrap_or_default();
    Ok(Resource {
        name: ResourceName::new(&table),
        namespace: Some(database.to_owned()),
        kind: if is_view { ResourceKind::View } else { ResourceKind::Table },
        fields: Vec::new(),
        key: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
        estimated_rows: if is_view { None } else { number(row, "estimated")? },
        comment: maybe_text(row, "comment")?.filter(|comment| !comment.is_empty() && !is_view),
        transactional: matches!(
            engine.as_str(),
            "InnoDB" | "RocksDB" | "TokuDB" | "NDB" | "ndbcluster"
        ),
        row_id: None,
        read_only: is_view.then_some(ReadOnly::View),
        service: None,
        table,
    })
}

fn field(row: &MySqlRow) -> Result<Field, sqlx::Error> {
    let native = text(row, "native")?;
    let extra = text(row, "extra")?.to_ascii_lowercase();
    let expression = maybe_text(row, "expression")?.unwrap_or_default();
    let generated = if !expression.is_empty() {
        Generated::Always
    } else if extra.contains("auto_increment") {
        Generated::ByDefault
    } else {
        Generated::No
    };
    let data_type = text(row, "data_type")?.to_ascii_lowercase();
    let ty = field_type(&data_type, &native, row)?;
    // MariaDB writes a default of NULL as the text NULL.
    let default = maybe_text(row, "default_text")?.filter(|text| text != "NULL");
    Ok(Field {
        name: text(row, "name")?,
        nullable: text(row, "nullable")? == "YES",
        default,
        generated,
        comment: maybe_text(row, "comment")?.filter(|comment| !comment.is_empty()),
        sortable: !matches!(ty, FieldType::Other | FieldType::Json { .. }),
        comparable: !matches!(ty, FieldType::Other | FieldType::Json { .. }),
        tests: None,
        sql_type: data_type,
        native,
        ty,
    })
}

fn field_type(data_type: &str, native: &str, row: &MySqlRow) -> Result<FieldType, sqlx::Error> {
    let unsigned = native.contains("unsigned");
    let length = number(row, "length")?.and_then(|n| u32::try_from(n).ok());
    let small =
        |column| Ok::<_, sqlx::Error>(number(row, column)?.and_then(|n| u32::try_from(n).ok()));
    Ok(match data_type {
        "tinyint" if native.starts_with("tinyint(1)") && !unsigned => FieldType::Bool,
        "tinyint" => FieldType::int(8, unsigned),
        "smallint" => FieldType::int(16, unsigned),
        "mediumint" => FieldType::int(24, unsigned),
        "int" | "integer" => FieldType::int(32, unsigned),
        "bigint" => FieldType::int(64, unsigned),
        "decimal" | "numeric" => {
            FieldType::Decimal { precision: small("digits")?, scale: small("scale")? }
        }
        "float" => FieldType::Float { bits: 32 },
        "double" => FieldType::Float { bits: 64 },
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => {
            FieldType::Text { max: length }
        }
        "enum" => FieldType::Enum { choices: choices(native) },
        "set" => FieldType::Set { choices: choices(native) },
        "date" => FieldType::Date,
        "time" => FieldType::Time { zone: false },
        "datetime" => FieldType::DateTime,
        "timestamp" => FieldType::Instant,
        "year" => FieldType::Year,
        "json" => FieldType::Json { binary: true },
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
            FieldType::Bytes
        }
        "bit" => FieldType::Bits,
        "uuid" => FieldType::Uuid,
        "inet4" | "inet6" => FieldType::Network,
        _ => FieldType::Other,
    })
}

/// The texts in `enum('a','it''s')`.
fn choices(native: &str) -> Vec<String> {
    let mut choices = Vec::new();
    let mut current: Option<String> = None;
    let mut chars = native.chars().peekable();
    while let Some(c) = chars.next() {
        match (&mut current, c) {
            (None, '\'') => current = Some(String::new()),
            (Some(text), '\'') if chars.peek() == Some(&'\'') => {
                chars.next();
                text.push('\'');
            }
            (Some(_), '\'') => choices.extend(current.take()),
            (Some(text), c) => text.push(c),
            (None, _) => {}
        }
    }
    choices
}

fn add_index_column(resource: &mut Resource, row: &MySqlRow) -> Result<(), sqlx::Error> {
    let name = text(row, "name")?;
    let place = maybe_text(row, "column_name")?.and_then(|column| resource.position(&column));
    if !resource.indexes.iter().any(|index| index.name == name) {
        let kind = match text(row, "method")?.as_str() {
            "BTREE" => IndexKind::Prefix,
            "FULLTEXT" => IndexKind::FullText,
            _ => IndexKind::Other,
        };
        let unique = row.try_get_unchecked::<i64, _>("non_unique")? == 0;
        resource.indexes.push(Index { name: name.clone(), fields: Vec::new(), unique, kind });
    }
    let is_prefix_of_column = row.try_get_unchecked::<Option<i64>, _>("sub_part")?.is_some();
    if let Some(index) = resource.indexes.iter_mut().find(|index| index.name == name) {
        match place {
            Some(place) => index.fields.push(place),
            // An index over an expression; what else it is over does not tell records apart.
            None => {
                index.kind = IndexKind::Other;
                index.unique = false;
            }
        }
        // A unique index over the beginning of a text tells records apart, but not by equality.
        if is_prefix_of_column && index.kind == IndexKind::Prefix {
            index.unique = false;
        }
    }
    Ok(())
}

fn add_reference_column(resource: &mut Resource, row: &MySqlRow) -> Result<(), sqlx::Error> {
    let Some(place) = resource.position(&text(row, "column_name")?) else {
        return Ok(());
    };
    let name = text(row, "name")?;
    let target_field = text(row, "target_column")?;
    match resource.references.iter_mut().find(|reference| reference.name == name) {
        Some(reference) => {
            reference.fields.push(place);
            reference.target_fields.push(target_field);
        }
        None => resource.references.push(Reference {
            name,
            fields: vec![place],
            target: ResourceName::new(text(row, "target")?),
            target_fields: vec![target_field],
            source: ReferenceSource::ForeignKey {
                on_delete: OnDelete::from_sql(&text(row, "on_delete")?),
            },
        }),
    }
    Ok(())
}

fn finish(resource: &mut Resource) {
    if let Some(primary) = resource.indexes.iter().position(|index| index.name == "PRIMARY") {
        let primary = resource.indexes.remove(primary);
        if primary.unique {
            resource.key.clone_from(&primary.fields);
        }
        resource.indexes.insert(0, primary);
    }
    crate::database::settle_key(resource);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_with_quotes_and_commas_are_told_apart() {
        assert_eq!(choices("enum('a','it''s','x,y','')"), ["a", "it's", "x,y", ""]);
    }
}
