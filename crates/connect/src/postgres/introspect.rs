//! PostgreSQL's catalogue as a [`Schema`]: four questions, however many tables there are.

use std::collections::HashMap;

use kontor_model::schema::{ReadOnly, ReferenceSource};
use kontor_model::{
    Engine, Field, FieldType, Generated, Index, IndexKind, OnDelete, Reference, Resource,
    ResourceKind, ResourceName, Schema,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

/// Tables, views and foreign tables that the account may read; partitions are read through their
/// parent, whose estimate is the sum over them.
const RELATIONS: &str = r"
SELECT c.oid::bigint AS oid, n.nspname::text AS namespace, c.relname::text AS name, c.relkind::text AS kind,
       CASE WHEN c.relkind = 'p'
            THEN (SELECT sum(greatest(p.reltuples, 0)) FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid WHERE t.isleaf)
            ELSE c.reltuples END::float8 AS estimated,
       obj_description(c.oid, 'pg_class') AS comment,
       (has_table_privilege(c.oid, 'UPDATE') OR has_any_column_privilege(c.oid, 'UPDATE')) AS writable,
       coalesce(n.nspname = current_schema(), false) AS is_default, c.relispopulated AS is_populated,
       c.relkind IN ('r', 'm') AND NOT c.relhassubclass AS has_row_id
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
  AND has_schema_privilege(n.oid, 'USAGE')
  AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
ORDER BY n.nspname, c.relname";

const COLUMNS: &str = r"
SELECT a.attrelid::bigint AS relation, a.attnum, a.attname::text AS name,
       format_type(a.atttypid, a.atttypmod) AS native, format_type(base.oid, -1) AS sql_type,
       base.oid::bigint AS base_oid, base.typtype::text AS base_kind, base.typcategory::text AS category,
       base.typelem::bigint AS element_oid,
       CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE coalesce(d.typmod, -1) END AS typmod,
       (a.attnotnull OR coalesce(d.notnull, false)) AS not_null, a.attidentity::text AS identity, a.attgenerated::text AS generated,
       pg_get_expr(def.adbin, def.adrelid) AS default_text, col_description(a.attrelid, a.attnum) AS comment,
       labels.labels, element_labels.labels AS element_labels,
       EXISTS (SELECT 1 FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
               WHERE o.opcdefault
                 -- The operators of hstore's order have other names.
                 AND EXISTS (SELECT 1 FROM pg_amop p JOIN pg_operator less ON less.oid = p.amopopr
                             WHERE p.amopfamily = o.opcfamily AND p.amopstrategy = 1 AND less.oprname = '<')
                 AND (o.opcintype = base.oid OR (base.typtype = 'e' AND o.opcintype = 'anyenum'::regtype)
                     OR (base.typtype = 'r' AND o.opcintype = 'anyrange'::regtype)
                     OR (base.typtype = 'm' AND o.opcintype = to_regtype('anymultirange'))
                     OR (base.typcategory = 'S' AND o.opcintype = 'text'::regtype)
                     OR (base.typcategory = 'I' AND o.opcintype = 'inet'::regtype)
                     OR (base.typelem <> 0 AND base.typcategory = 'A' AND o.opcintype = 'anyarray'::regtype
                         AND EXISTS (SELECT 1 FROM pg_opclass e JOIN pg_am em ON em.oid = e.opcmethod AND em.amname = 'btree'
                                     JOIN pg_type et ON et.oid = base.typelem
                                     WHERE e.opcdefault AND (e.opcintype = et.oid OR (et.typtype = 'e' AND e.opcintype = 'anyenum'::regtype)
                                        OR (et.typcategory = 'S' AND e.opcintype = 'text'::regtype)))))) AS ordered
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN LATERAL (
    WITH RECURSIVE chain AS (
        SELECT t.oid, t.typbasetype, t.typtypmod, t.typnotnull, 0 AS depth WHERE t.typtype = 'd'
        UNION ALL
        SELECT b.oid, b.typbasetype, b.typtypmod, b.typnotnull, chain.depth + 1
        FROM chain JOIN pg_type b ON b.oid = chain.typbasetype WHERE b.typtype = 'd')
    SELECT (array_agg(typbasetype ORDER BY depth DESC))[1] AS base, max(typtypmod) AS typmod, bool_or(typnotnull) AS notnull FROM chain) d ON true
JOIN pg_type base ON base.oid = coalesce(d.base, t.oid)
LEFT JOIN pg_attrdef def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
LEFT JOIN LATERAL (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels FROM pg_enum e WHERE e.enumtypid = base.oid) labels ON true
LEFT JOIN LATERAL (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels FROM pg_enum e WHERE e.enumtypid = base.typelem) element_labels ON true
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum";

const INDEXES: &str = r"
SELECT i.indrelid::bigint AS relation, c.relname::text AS name, i.indisunique AND i.indpred IS NULL AS is_unique, i.indisprimary AS is_primary,
       i.indpred IS NOT NULL AS partial, m.amname::text AS method,
       (SELECT array_agg(k.attnum::int ORDER BY k.ord) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord) WHERE k.ord <= i.indnkeyatts) AS attnums,
       (SELECT array_agg(o.opcname::text ORDER BY k.ord) FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS k(oid, ord) JOIN pg_opclass o ON o.oid = k.oid) AS classes,
       (SELECT bool_or(co.collname IN ('C', 'POSIX')) FROM unnest(i.indcollation::oid[]) AS k(oid) JOIN pg_collation co ON co.oid = k.oid) AS plain_collation
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE i.indisvalid AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY i.indrelid, i.indisprimary DESC, c.relname";

const REFERENCES: &str = r"
SELECT o.conrelid::bigint AS relation, o.conname::text AS name, o.confrelid::bigint AS target,
       o.conkey::int[] AS here,
       CASE o.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'RESTRICT' END AS on_delete,
       (SELECT array_agg(a.attname::text ORDER BY k.ord) FROM unnest(o.confkey) WITH ORDINALITY AS k(attnum, ord)
        JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.attnum) AS there
FROM pg_constraint o WHERE o.contype = 'f' AND o.conparentid = 0 ORDER BY o.conrelid, o.conname";

struct Column {
    number: i16,
    field: Field,
}

pub(super) async fn schema(raw: &mut PgConnection) -> Result<Schema, sqlx::Error> {
    let version: String = sqlx::query("SELECT current_setting('server_version')")
        .fetch_one(&mut *raw)
        .await?
        .try_get(0)?;
    let relations = sqlx::query(RELATIONS).fetch_all(&mut *raw).await?;
    let columns = columns_by_relation(&sqlx::query(COLUMNS).fetch_all(&mut *raw).await?)?;
    let indexes = sqlx::query(INDEXES).fetch_all(&mut *raw).await?;
    let references = sqlx::query(REFERENCES).fetch_all(&mut *raw).await?;

    let mut numbers: HashMap<i64, Vec<i16>> = HashMap::new();
    let mut names: HashMap<i64, ResourceName> = HashMap::new();
    let mut resources: Vec<(i64, Resource)> = Vec::with_capacity(relations.len());
    let mut columns = columns;
    let mut left_out = Vec::new();
    for row in &relations {
        let oid: i64 = row.try_get("oid")?;
        let columns = columns.remove(&oid).unwrap_or_default();
        let problem = if columns.is_empty() {
            Some("no column can be read")
        } else if !row.try_get::<bool, _>("is_populated")? {
            Some("it has never been filled; REFRESH MATERIALIZED VIEW does that")
        } else {
            None
        };
        if let Some(problem) = problem {
            left_out.push(format!("{}: {problem}", row.try_get::<String, _>("name")?));
            continue;
        }
        numbers.insert(oid, columns.iter().map(|column| column.number).collect());
        let resource = resource(row, columns)?;
        names.insert(oid, resource.name.clone());
        resources.push((oid, resource));
    }
    let mut places: HashMap<i64, usize> =
        resources.iter().enumerate().map(|(i, (oid, _))| (*oid, i)).collect();
    for row in &indexes {
        let relation: i64 = row.try_get("relation")?;
        if let (Some(&place), Some(numbers)) = (places.get(&relation), numbers.get(&relation)) {
            add_index(&mut resources[place].1, row, numbers)?;
        }
    }
    for row in &references {
        let relation: i64 = row.try_get("relation")?;
        let target = names.get(&row.try_get::<i64, _>("target")?);
        if let (Some(place), Some(numbers), Some(target)) =
            (places.get_mut(&relation), numbers.get(&relation), target)
        {
            add_reference(&mut resources[*place].1, row, numbers, target)?;
        }
    }
    let mut resources: Vec<Resource> =
        resources.into_iter().map(|(_, resource)| finished(resource)).collect();
    resources.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Schema { engine: Engine::Postgres, version, resources, left_out })
}

fn columns_by_relation(rows: &[PgRow]) -> Result<HashMap<i64, Vec<Column>>, sqlx::Error> {
    let mut columns: HashMap<i64, Vec<Column>> = HashMap::new();
    for row in rows {
        let column = Column { number: row.try_get("attnum")?, field: field(row)? };
        columns.entry(row.try_get("relation")?).or_default().push(column);
    }
    Ok(columns)
}

fn resource(row: &PgRow, columns: Vec<Column>) -> Result<Resource, sqlx::Error> {
    let namespace: String = row.try_get("namespace")?;
    let table: String = row.try_get("name")?;
    let kind = match row.try_get::<String, _>("kind")?.as_str() {
        "v" => ResourceKind::View,
        "m" => ResourceKind::MaterializedView,
        "f" => ResourceKind::ForeignTable,
        _ => ResourceKind::Table,
    };
    // Tables of several parts have several rows of one address.
    let has_row_id: bool = row.try_get("has_row_id")?;
    let is_default: bool = row.try_get("is_default")?;
    let estimated: Option<f64> = row.try_get("estimated")?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate, not negative here"
    )]
    let estimated_rows = estimated.filter(|rows| *rows >= 0.0).map(|rows| rows as u64);
    let read_only = match kind {
        ResourceKind::View | ResourceKind::MaterializedView => Some(ReadOnly::View),
        _ if !row.try_get::<bool, _>("writable")? => Some(ReadOnly::NoPrivilege),
        _ => None,
    };
    Ok(Resource {
        name: ResourceName::of_table((!is_default).then_some(namespace.as_str()), &table),
        namespace: Some(namespace),
        table,
        kind,
        fields: columns.into_iter().map(|column| column.field).collect(),
        key: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
        estimated_rows: (kind != ResourceKind::View).then_some(estimated_rows).flatten(),
        comment: row.try_get("comment")?,
        transactional: true,
        row_id: has_row_id.then(|| "ctid".to_owned()),
        read_only,
        service: None,
    })
}

fn field(row: &PgRow) -> Result<Field, sqlx::Error> {
    let identity: String = row.try_get("identity")?;
    let stored: String = row.try_get("generated")?;
    let default: Option<String> = row.try_get("default_text")?;
    let generated = if !stored.is_empty() || identity == "a" {
        Generated::Always
    } else if identity == "d" || default.as_deref().is_some_and(|text| text.starts_with("nextval("))
    {
        Generated::ByDefault
    } else {
        Generated::No
    };
    let ty = field_type(row)?;
    let ordered: bool = row.try_get("ordered")?;
    Ok(Field {
        name: row.try_get("name")?,
        native: row.try_get("native")?,
        sql_type: row.try_get("sql_type")?,
        nullable: !row.try_get::<bool, _>("not_null")?,
        default: if stored.is_empty() { default } else { None },
        generated,
        comment: row.try_get("comment")?,
        sortable: ordered,
        comparable: ordered,
        tests: None,
        ty,
    })
}

fn field_type(row: &PgRow) -> Result<FieldType, sqlx::Error> {
    let kind: String = row.try_get("base_kind")?;
    let category: String = row.try_get("category")?;
    let element: i64 = row.try_get("element_oid")?;
    let typmod: i32 = row.try_get("typmod")?;
    let labels = |column| row.try_get::<Option<Vec<String>>, _>(column);
    Ok(match kind.as_str() {
        "e" => FieldType::Enum { choices: labels("labels")?.unwrap_or_default() },
        "r" | "m" => FieldType::Range,
        "b" if category == "A" && element != 0 => {
            let element = match labels("element_labels")? {
                Some(choices) => FieldType::Enum { choices },
                None => scalar(element, -1),
            };
            FieldType::Array { element: Box::new(element) }
        }
        "b" => match scalar(row.try_get("base_oid")?, typmod) {
            // Text types of extensions, such as citext.
            FieldType::Other if category == "S" => FieldType::text(),
            ty => ty,
        },
        _ => FieldType::Other,
    })
}

/// The base types by their object identifiers (pg_type.dat).
fn scalar(oid: i64, typmod: i32) -> FieldType {
    let length = u32::try_from(typmod - 4).ok();
    match oid {
        16 => FieldType::Bool,
        17 => FieldType::Bytes,
        20 => FieldType::int(64, false),
        21 => FieldType::int(16, false),
        23 => FieldType::int(32, false),
        26 => FieldType::int(32, true),
        18 | 19 | 25 => FieldType::text(),
        1042 | 1043 => FieldType::Text { max: length },
        114 => FieldType::Json { binary: false },
        3802 => FieldType::Json { binary: true },
        700 => FieldType::Float { bits: 32 },
        701 => FieldType::Float { bits: 64 },
        790 => FieldType::Money,
        869 | 650 | 829 | 774 => FieldType::Network,
        1082 => FieldType::Date,
        1083 => FieldType::Time { zone: false },
        1266 => FieldType::Time { zone: true },
        1114 => FieldType::DateTime,
        1184 => FieldType::Instant,
        1186 => FieldType::Interval,
        1560 | 1562 => FieldType::Bits,
        1700 => FieldType::Decimal {
            precision: length.map(|modifier| modifier >> 16 & 0xffff),
            // Eleven bits with a sign; what is rounded before the point has no digits behind it.
            scale: length.map(|modifier| modifier & 0x7ff).map(|s| if s > 1000 { 0 } else { s }),
        },
        2950 => FieldType::Uuid,
        _ => FieldType::Other,
    }
}

fn positions(numbers: &[i16], attnums: &[i32]) -> Option<Vec<usize>> {
    attnums.iter().map(|n| numbers.iter().position(|number| i32::from(*number) == *n)).collect()
}

fn add_index(resource: &mut Resource, row: &PgRow, numbers: &[i16]) -> Result<(), sqlx::Error> {
    let attnums: Vec<i32> = row.try_get::<Option<Vec<i32>>, _>("attnums")?.unwrap_or_default();
    // An expression has no number; what stands before it is still of use.
    let plain: Vec<i32> = attnums.iter().copied().take_while(|n| *n != 0).collect();
    let Some(fields) = positions(numbers, &plain) else {
        return Ok(());
    };
    let whole = plain.len() == attnums.len();
    let unique = row.try_get::<bool, _>("is_unique")? && whole;
    let classes: Vec<String> =
        row.try_get::<Option<Vec<String>>, _>("classes")?.unwrap_or_default();
    let has_class = |suffix: &str| classes.iter().any(|class| class.ends_with(suffix));
    let method: String = row.try_get("method")?;
    let partial: bool = row.try_get("partial")?;
    let plain_collation = row.try_get::<Option<bool>, _>("plain_collation")?.unwrap_or(false);
    let kind = match method.as_str() {
        _ if partial => IndexKind::Other,
        "btree" if has_class("pattern_ops") || plain_collation => IndexKind::Prefix,
        "btree" => IndexKind::Ordered,
        "gin" | "gist" if has_class("trgm_ops") => IndexKind::Trigram,
        "gin" | "gist" if has_class("tsvector_ops") => IndexKind::FullText,
        _ => IndexKind::Other,
    };
    if row.try_get::<bool, _>("is_primary")? {
        resource.key.clone_from(&fields);
    }
    resource.indexes.push(Index { name: row.try_get("name")?, fields, unique, kind });
    Ok(())
}

fn add_reference(
    resource: &mut Resource,
    row: &PgRow,
    numbers: &[i16],
    target: &ResourceName,
) -> Result<(), sqlx::Error> {
    let here: Vec<i32> = row.try_get("here")?;
    if let Some(fields) = positions(numbers, &here) {
        resource.references.push(Reference {
            name: row.try_get("name")?,
            fields,
            target: target.clone(),
            target_fields: row.try_get::<Option<Vec<String>>, _>("there")?.unwrap_or_default(),
            source: ReferenceSource::ForeignKey {
                on_delete: OnDelete::from_sql(row.try_get("on_delete")?),
            },
        });
    }
    Ok(())
}

/// Where no primary key was declared, a unique index over required fields tells records apart.
fn finished(mut resource: Resource) -> Resource {
    crate::database::settle_key(&mut resource);
    resource
}
