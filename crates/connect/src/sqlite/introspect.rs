//! SQLite's catalogue as a [`Schema`].

use kontor_model::schema::{ReadOnly, ReferenceSource};
use kontor_model::{
    Engine, Field, FieldType, Generated, Index, IndexKind, OnDelete, Reference, Resource,
    ResourceKind, ResourceName, Schema,
};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

pub(super) async fn schema(raw: &mut SqliteConnection) -> Result<Schema, sqlx::Error> {
    let version: String =
        sqlx::query("SELECT sqlite_version()").fetch_one(&mut *raw).await?.try_get(0)?;
    let tables = sqlx::query(
        "SELECT l.name, l.type, l.wr, l.strict, m.sql FROM pragma_table_list l \
         LEFT JOIN sqlite_schema m ON m.name = l.name AND m.type IN ('table', 'view') \
         WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY l.name",
    )
    .fetch_all(&mut *raw)
    .await?;
    let mut resources = Vec::with_capacity(tables.len());
    let mut left_out = Vec::new();
    for row in &tables {
        let name: String = row.try_get("name")?;
        let table = Table {
            kind: row.try_get("type")?,
            without_rowid: row.try_get::<i64, _>("wr")? == 1,
            sql: row.try_get::<Option<String>, _>("sql")?.unwrap_or_default(),
            name: name.clone(),
        };
        match resource(raw, table).await {
            Ok(resource) => resources.push(resource),
            // A view may name what no longer exists; the others are not to suffer for it.
            Err(error) => left_out.push(format!("{name}: {error}")),
        }
    }
    complete_references(&mut resources);
    estimate(raw, &mut resources).await;
    resources.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Schema { engine: Engine::Sqlite, version, resources, left_out })
}

struct Table {
    name: String,
    kind: String,
    without_rowid: bool,
    sql: String,
}

async fn resource(raw: &mut SqliteConnection, table: Table) -> Result<Resource, sqlx::Error> {
    let (mut fields, mut key) = fields(raw, &table).await?;
    if fields.is_empty() {
        return Err(sqlx::Error::Protocol("it has no columns that can be read".into()));
    }
    let is_view = table.kind == "view";
    if key.iter().any(|&field| fields[field].nullable) {
        match records_without_key(raw, &table.name, &fields, &key).await {
            0 => key.iter().for_each(|&field| fields[field].nullable = false),
            1 => {}
            _ => key.clear(),
        }
    }
    let row_id =
        if is_view || table.without_rowid { None } else { row_id(raw, &table.name, &fields).await };
    let mut resource = Resource {
        name: ResourceName::new(&table.name),
        namespace: None,
        kind: if is_view { ResourceKind::View } else { ResourceKind::Table },
        indexes: indexes(raw, &table.name, &fields).await?,
        references: references(raw, &table.name, &fields).await?,
        fields,
        key,
        estimated_rows: None,
        comment: None,
        transactional: true,
        row_id,
        read_only: is_view.then_some(ReadOnly::View),
        service: None,
        table: table.name,
    };
    if !resource.key.is_empty() {
        let fields = resource.key.clone();
        resource.indexes.insert(
            0,
            Index { name: "PRIMARY KEY".into(), fields, unique: true, kind: IndexKind::Ordered },
        );
    }
    crate::database::settle_key(&mut resource);
    Ok(resource)
}

/// SQLite lets the fields of a primary key be `NULL` unless told otherwise, which hardly anybody
/// means. Up to two records that make use of it.
async fn records_without_key(
    raw: &mut SqliteConnection,
    table: &str,
    fields: &[Field],
    key: &[usize],
) -> i64 {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let nulls: Vec<String> =
        key.iter().map(|&field| format!("{} IS NULL", quoted(&fields[field].name))).collect();
    let question = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT 2)",
        quoted(table),
        nulls.join(" OR ")
    );
    let answer = sqlx::query(AssertSqlSafe(question)).fetch_one(raw).await;
    answer.and_then(|row| row.try_get(0)).unwrap_or(1)
}

/// The name by which the row's own number can be asked for: one that no column has. Some virtual
/// tables have no such number.
async fn row_id(raw: &mut SqliteConnection, table: &str, fields: &[Field]) -> Option<String> {
    let is_free = |name: &&str| !fields.iter().any(|field| field.name.eq_ignore_ascii_case(name));
    let name = ["rowid", "_rowid_", "oid"].into_iter().find(is_free)?;
    let quoted = table.replace('"', "\"\"");
    let asked = sqlx::query(AssertSqlSafe(format!("SELECT {name} FROM \"{quoted}\" LIMIT 0")));
    asked.execute(raw).await.ok().map(|_| name.to_owned())
}

async fn fields(
    raw: &mut SqliteConnection,
    table: &Table,
) -> Result<(Vec<Field>, Vec<usize>), sqlx::Error> {
    let rows = sqlx::query("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo($1) ORDER BY cid")
        .bind(&table.name)
        .fetch_all(&mut *raw)
        .await?;
    let mut fields = Vec::with_capacity(rows.len());
    let mut key: Vec<(i64, usize)> = Vec::new();
    let upper = table.sql.to_ascii_uppercase();
    for row in &rows {
        let hidden: i64 = row.try_get("hidden")?;
        // 1: hidden column of a virtual table; 2 and 3: generated.
        if hidden == 1 {
            continue;
        }
        let native: String = row.try_get("type")?;
        let name: String = row.try_get("name")?;
        let place: i64 = row.try_get("pk")?;
        if place > 0 {
            key.push((place, fields.len()));
        }
        let generated = match hidden {
            2 | 3 => Generated::Always,
            _ => Generated::No,
        };
        let required = row.try_get::<i64, _>("notnull")? == 1 || (place > 0 && table.without_rowid);
        fields.push(Field {
            ty: field_type(&native),
            sql_type: native.clone(),
            nullable: !required,
            default: row.try_get("dflt_value")?,
            generated,
            comment: None,
            sortable: true,
            comparable: true,
            tests: None,
            native,
            name,
        });
    }
    key.sort_unstable();
    let key: Vec<usize> = key.into_iter().map(|(_, index)| index).collect();
    // INTEGER PRIMARY KEY is the row's own number: SQLite makes it and it is never NULL.
    if let [only] = key.as_slice()
        && fields[*only].native.eq_ignore_ascii_case("INTEGER")
        && !table.without_rowid
        && !upper.contains("PRIMARY KEY DESC")
    {
        fields[*only].generated = Generated::ByDefault;
        fields[*only].nullable = false;
    }
    Ok((fields, key))
}

async fn indexes(
    raw: &mut SqliteConnection,
    table: &str,
    fields: &[Field],
) -> Result<Vec<Index>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT name, \"unique\", origin, partial FROM pragma_index_list($1) ORDER BY name",
    )
    .bind(table)
    .fetch_all(&mut *raw)
    .await?;
    let mut indexes = Vec::new();
    for row in &rows {
        let name: String = row.try_get("name")?;
        if row.try_get::<String, _>("origin")? == "pk" {
            continue;
        }
        let columns = sqlx::query("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
            .bind(&name)
            .fetch_all(&mut *raw)
            .await?;
        let total = columns.len();
        let mut places = Vec::new();
        for column in &columns {
            let Some(name) = column.try_get::<Option<String>, _>("name")? else {
                break;
            };
            let Some(place) = fields.iter().position(|field| field.name == name) else {
                break;
            };
            places.push(place);
        }
        let partial = row.try_get::<i64, _>("partial")? == 1;
        let unique = row.try_get::<i64, _>("unique")? == 1 && !partial && places.len() == total;
        let kind = if partial || places.is_empty() { IndexKind::Other } else { IndexKind::Prefix };
        indexes.push(Index { name, fields: places, unique, kind });
    }
    Ok(indexes)
}

async fn references(
    raw: &mut SqliteConnection,
    table: &str,
    fields: &[Field],
) -> Result<Vec<Reference>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list($1) ORDER BY id, seq",
    )
    .bind(table)
    .fetch_all(&mut *raw)
    .await?;
    let mut references: Vec<(i64, Reference)> = Vec::new();
    for row in &rows {
        let id: i64 = row.try_get("id")?;
        let from: String = row.try_get("from")?;
        let Some(place) = fields.iter().position(|field| field.name.eq_ignore_ascii_case(&from))
        else {
            continue;
        };
        let to = row.try_get::<Option<String>, _>("to")?;
        match references.iter_mut().find(|(known, _)| *known == id) {
            Some((_, reference)) => {
                reference.name = format!("{}_{from}", reference.name);
                reference.fields.push(place);
                reference.target_fields.extend(to);
            }
            None => references.push((
                id,
                Reference {
                    name: from,
                    fields: vec![place],
                    target: ResourceName::new(row.try_get::<String, _>("table")?),
                    target_fields: to.into_iter().collect(),
                    source: ReferenceSource::ForeignKey {
                        on_delete: OnDelete::from_sql(row.try_get("on_delete")?),
                    },
                },
            )),
        }
    }
    Ok(references.into_iter().map(|(_, reference)| reference).collect())
}

/// A reference may spell the table in another case, name no fields (then the key is meant) or
/// point at what does not exist (then it is none).
fn complete_references(resources: &mut [Resource]) {
    let known: Vec<(ResourceName, Vec<String>, Vec<String>)> = resources
        .iter()
        .map(|r| {
            let key = r.key.iter().map(|&i| r.fields[i].name.clone()).collect();
            (r.name.clone(), key, r.fields.iter().map(|f| f.name.clone()).collect())
        })
        .collect();
    for resource in resources {
        resource.references.retain_mut(|reference| {
            let target = known
                .iter()
                .find(|(name, ..)| name.as_str().eq_ignore_ascii_case(reference.target.as_str()));
            let Some((name, key, fields)) = target else {
                return false;
            };
            reference.target = name.clone();
            if reference.target_fields.is_empty() {
                reference.target_fields.clone_from(key);
            }
            for wanted in &mut reference.target_fields {
                match fields.iter().find(|field| field.eq_ignore_ascii_case(wanted)) {
                    Some(field) => wanted.clone_from(field),
                    None => return false,
                }
            }
            reference.target_fields.len() == reference.fields.len()
        });
    }
}

/// Rows that are counted, which takes less than a millisecond; of larger tables it is estimated.
const COUNTED: i64 = 10_000;

/// Small tables are counted. Of large ones `ANALYZE` leaves numbers of rows; without it the greatest
/// row number of a table bounds them from above and is read in no time.
async fn estimate(raw: &mut SqliteConnection, resources: &mut [Resource]) {
    let analysed = sqlx::query("SELECT tbl, stat FROM sqlite_stat1")
        .fetch_all(&mut *raw)
        .await
        .unwrap_or_default();
    for row in &analysed {
        let (Ok(table), Ok(stat)) =
            (row.try_get::<String, _>("tbl"), row.try_get::<Option<String>, _>("stat"))
        else {
            continue;
        };
        let rows = stat.and_then(|stat| stat.split(' ').next().and_then(|n| n.parse().ok()));
        if let Some(resource) = resources.iter_mut().find(|r| r.table == table) {
            resource.estimated_rows = resource.estimated_rows.max(rows);
        }
    }
    for resource in resources.iter_mut().filter(|r| r.kind == ResourceKind::Table) {
        let table = resource.table.replace('"', "\"\"");
        let few = format!("SELECT count(*) FROM (SELECT 1 FROM \"{table}\" LIMIT {})", COUNTED + 1);
        match number(raw, few).await {
            Some(rows) if rows <= COUNTED => resource.estimated_rows = u64::try_from(rows).ok(),
            _ if resource.estimated_rows.is_some() => {}
            _ => {
                let Some(row_id) = &resource.row_id else { continue };
                let highest = number(raw, format!("SELECT max({row_id}) FROM \"{table}\"")).await;
                resource.estimated_rows = highest.and_then(|n| u64::try_from(n).ok());
            }
        }
    }
}

/// The one number that a statement answers, if it does.
async fn number(raw: &mut SqliteConnection, sql: String) -> Option<i64> {
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut *raw).await.ok()?;
    row.try_get::<Option<i64>, _>(0).ok().flatten()
}

/// A declared type's meaning: first the names that people use, then SQLite's own rules of affinity
/// (<https://www.sqlite.org/datatype3.html>, 3.1).
fn field_type(declared: &str) -> FieldType {
    let upper = declared.to_ascii_uppercase();
    let (name, arguments) = upper.split_once('(').unwrap_or((&upper, ""));
    let numbers: Vec<u32> =
        arguments.trim_end_matches(')').split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let scale = numbers.get(1).copied().or(if numbers.len() == 1 { Some(0) } else { None });
    match name.trim() {
        "BOOLEAN" | "BOOL" => FieldType::Bool,
        "DATE" => FieldType::Date,
        "DATETIME" | "TIMESTAMP" => FieldType::DateTime,
        "TIME" => FieldType::Time { zone: false },
        "DECIMAL" | "NUMERIC" | "NUMBER" | "DEC" => {
            FieldType::Decimal { precision: numbers.first().copied(), scale }
        }
        "JSON" | "JSONB" => FieldType::Json { binary: false },
        "UUID" => FieldType::Uuid,
        "" | "ANY" => FieldType::Any,
        name if name.contains("INT") => FieldType::int(64, false),
        name if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") => {
            FieldType::text()
        }
        name if name.contains("BLOB") => FieldType::Bytes,
        name if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") => {
            FieldType::Float { bits: 64 }
        }
        _ => FieldType::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_mean_what_people_mean_by_them() {
        assert_eq!(field_type("VARCHAR(40)"), FieldType::text());
        assert_eq!(
            field_type("decimal(10, 2)"),
            FieldType::Decimal { precision: Some(10), scale: Some(2) }
        );
        assert_eq!(field_type("UNSIGNED BIG INT"), FieldType::int(64, false));
        assert_eq!(field_type("double precision"), FieldType::Float { bits: 64 });
        assert_eq!(field_type(""), FieldType::Any);
        assert_eq!(field_type("DateTime"), FieldType::DateTime);
    }
}
