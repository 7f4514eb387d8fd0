//! SQL texts for foreign tables, written for the planner: values are bound, never pasted; names
//! are quoted; what the engines say differently stands in [`dialect`] and nowhere else.

mod condition;
mod declared;
mod dialect;
mod exact;
mod like;
mod planning;
mod position;
mod select;
mod shared;
mod write;

use kontor_model::{Engine, Resource, Schema, Value};

pub(crate) use declared::declared;
pub(crate) use dialect::{BRIEF_BYTES, placed};
pub(crate) use position::placing_steps;
pub(crate) use select::{
    Part, Statement, Take, Taken, count_alike, count_within, explainable, present, reads_linked,
    select,
};
pub(crate) use shared::{count_shared, most_shared};
pub(crate) use write::{delete, insert, update};

/// The SQL that an engine speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
    Mysql,
}

impl Dialect {
    /// The dialect of an engine. A service is never asked in SQL; what is nearest to the standard
    /// stands for it.
    pub(crate) fn of(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite,
            Engine::Mysql => Self::Mysql,
            Engine::Postgres | Engine::Openapi | Engine::Graphql => Self::Postgres,
        }
    }

    /// Whether `NULL` sorts after all values in ascending order (else before them).
    fn nulls_sort_last(self) -> bool {
        self == Self::Postgres
    }
}

/// A value bound to a statement, in the form the driver sends it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bind {
    Null,
    Int(i64),
    UInt(u64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// How an engine that keeps plans of prepared statements is to plan one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planning {
    /// One plan serves all values: records by their key, and lists of all records.
    Shared,
    /// Each set of values gets its own plan: filters, whose best plan hangs on how many records
    /// the values leave.
    ForValues,
}

/// A statement with its bound values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) binds: Vec<Bind>,
    pub(crate) planning: Planning,
}

/// Writes one statement.
pub(crate) struct Writer<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) schema: &'a Schema,
    text: String,
    binds: Vec<Bind>,
    aliases: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        Self {
            dialect: Dialect::of(schema.engine),
            schema,
            text: String::with_capacity(256),
            binds: Vec::new(),
            aliases: 0,
        }
    }

    pub(crate) fn finish(self) -> Sql {
        Sql { text: self.text, binds: self.binds, planning: Planning::Shared }
    }

    /// Finishes a statement over the records of a condition.
    pub(crate) fn finish_planned(self, planning: Planning) -> Sql {
        Sql { planning, ..self.finish() }
    }

    pub(crate) fn push(&mut self, sql: &str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// A quoted name.
    pub(crate) fn name(&mut self, name: &str) -> &mut Self {
        let quote = if self.dialect == Dialect::Mysql { '`' } else { '"' };
        self.text.push(quote);
        for c in name.chars() {
            if c == quote {
                self.text.push(quote);
            }
            self.text.push(c);
        }
        self.text.push(quote);
        self
    }

    /// The quoted name of a table with its schema.
    pub(crate) fn table(&mut self, resource: &Resource) -> &mut Self {
        if let Some(namespace) = &resource.namespace {
            self.name(namespace).push(".");
        }
        self.name(&resource.table)
    }

    /// A column of an alias; none for statements over one bare table.
    pub(crate) fn column(&mut self, alias: &str, name: &str) -> &mut Self {
        if !alias.is_empty() {
            self.push(alias).push(".");
        }
        self.name(name)
    }

    /// A placeholder for a value, as it stands, without a cast.
    pub(crate) fn bind(&mut self, bind: Bind) -> &mut Self {
        self.binds.push(bind);
        match self.dialect {
            Dialect::Postgres => {
                let position = self.binds.len();
                self.text.push_str(&format!("${position}"));
            }
            Dialect::Sqlite | Dialect::Mysql => self.text.push('?'),
        }
        self
    }

    /// An alias that no other part of the statement uses.
    pub(crate) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("l{}", self.aliases)
    }

    /// Parts with a text between them.
    pub(crate) fn join<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        between: &str,
        mut part: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.push(between);
            }
            part(self, item);
        }
        self
    }
}

/// The driver's form of a value, without regard to the field.
pub(crate) fn plain_bind(value: &Value) -> Bind {
    match value {
        Value::Null => Bind::Null,
        Value::Bool(b) => Bind::Int(i64::from(*b)),
        Value::Int(n) => Bind::Int(*n),
        Value::UInt(n) => Bind::UInt(*n),
        Value::Float(n) => Bind::Float(*n),
        Value::Real(n) => Bind::Float(f64::from(*n)),
        Value::Decimal(text) | Value::Text(text) | Value::Cut(text) => Bind::Text(text.clone()),
        Value::Bytes(bytes) => Bind::Bytes(bytes.clone()),
        Value::Large(bytes) => Bind::UInt(*bytes),
    }
}
