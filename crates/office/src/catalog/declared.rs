//! Statements that a manifest declares as actions: what stands at each of their places.

use kontor_model::service::{Form, Input as Taken, Place as Stands};
use kontor_model::statement::{Filled, FilledPiece, Known, Piece, Place};
use kontor_model::{
    Engine, Field, FieldType, Generated, Resource, Statement, StatementError, StatementKind, Value,
};

use super::taking::Source;
use crate::manifest::{ActionOverride, InputOverride, InputType};

/// A statement that an action is.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    engine: Engine,
    statement: Statement,
    /// Where the value of each place comes from, in the order of the places.
    origins: Vec<Origin>,
    /// What it takes.
    pub inputs: Vec<Taken>,
    /// The most records that it may touch.
    pub rows: u32,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// It is given: the index among the inputs.
    Given(usize),
    /// The record holds it in this field.
    Record(usize),
    /// Kontor knows it.
    Known(Known),
}

/// What is wrong with a declared statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The statement itself.
    Statement(StatementError),
    /// It names what is neither given nor a field.
    Name(String),
    /// It names nothing that is given by this name.
    Unused(String),
    /// The backend takes no statements.
    Service,
    /// The table is kept without transactions.
    Transactions,
    /// Nobody tells how many records it touches.
    Rows,
}

impl Declared {
    /// The statement that a manifest declares for a resource.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn of(
        engine: Engine,
        resource: &Resource,
        said: &ActionOverride,
    ) -> Result<Self, Vec<Wrong>> {
        if resource.service.is_some() {
            return Err(vec![Wrong::Service]);
        }
        let text = said.statement.as_deref().unwrap_or_default();
        let statement =
            Statement::parse(text, engine).map_err(|error| vec![Wrong::Statement(error)])?;
        let mut wrong = Vec::new();
        let mut origins = Vec::new();
        let given = |name: &str| said.inputs.iter().position(|(own, _)| own == name);
        for place in statement.places() {
            let origin = match place {
                Place::Known(known) => Some(Origin::Known(*known)),
                Place::Record(name) => resource.position(name).map(Origin::Record),
                Place::Named(name) => given(name)
                    .map(Origin::Given)
                    .or_else(|| resource.position(name).map(Origin::Record)),
            };
            match (origin, place) {
                (Some(origin), _) => origins.push(origin),
                (None, Place::Record(name) | Place::Named(name)) => {
                    wrong.push(Wrong::Name(name.clone()));
                }
                (None, Place::Known(_)) => {}
            }
        }
        let is_used = |at: usize| origins.contains(&Origin::Given(at));
        let unused = said.inputs.iter().enumerate().filter(|(at, _)| !is_used(*at));
        wrong.extend(unused.map(|(_, (name, _))| Wrong::Unused(name.clone())));
        if !resource.transactional {
            wrong.push(Wrong::Transactions);
        }
        if statement.kind == StatementKind::Call && said.rows.is_some() {
            wrong.push(Wrong::Rows);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let inputs = said.inputs.iter().map(|(name, input)| taken(resource, name, input));
        Ok(Self {
            engine,
            statement,
            origins,
            inputs: inputs.collect(),
            rows: said.rows.unwrap_or(1),
        })
    }

    /// The fields of the record that it names, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<usize> {
        let mut fields = Vec::new();
        for origin in &self.origins {
            if let Origin::Record(field) = origin
                && !fields.contains(field)
            {
                fields.push(*field);
            }
        }
        fields
    }

    /// Whether it changes the record and no other: then what it did is what the record shows.
    #[must_use]
    pub fn is_update_of_one(&self) -> bool {
        self.statement.kind == StatementKind::Update && self.rows == 1
    }

    /// The statement without any values, to ask whether it is understood.
    #[must_use]
    pub fn unfilled(&self, resource: &Resource) -> Filled {
        self.filled(resource, &[], &[], |_, _| Value::Null)
    }

    /// The statement with its values: those of [`Declared::fields`], those that are given in the
    /// order of [`Declared::inputs`], and what Kontor knows.
    pub(crate) fn filled(
        &self,
        resource: &Resource,
        record: &[(usize, Value)],
        given: &[Option<Value>],
        known: impl Fn(Known, &FieldType) -> Value,
    ) -> Filled {
        let mut origins = self.origins.iter();
        let mut value = || -> Option<FilledPiece> {
            let (field, value) = match *origins.next()? {
                Origin::Given(at) => {
                    let value = given.get(at).cloned().flatten().unwrap_or_default();
                    (self.inputs.get(at)?.field.clone(), value)
                }
                Origin::Record(field) => {
                    let held = record.iter().find(|(own, _)| *own == field);
                    let value = held.map(|(_, value)| value.clone()).unwrap_or_default();
                    (resource.fields.get(field)?.clone(), value)
                }
                Origin::Known(what) => {
                    let field = known_field(self.engine, what);
                    let value = known(what, &field.ty);
                    (field, value)
                }
            };
            Some(FilledPiece::Value(Box::new(field), value))
        };
        let pieces = self.statement.pieces.iter().filter_map(|piece| match piece {
            Piece::Sql(sql) => Some(FilledPiece::Sql(sql.clone())),
            Piece::Place(_) => value(),
        });
        Filled {
            pieces: pieces.collect(),
            kind: self.statement.kind,
            most: u64::from(self.rows),
            seen: record.to_vec(),
        }
    }
}

/// Something that a statement takes: of the type that is said, else that of the field it comes from
/// or is called like, else a text.
fn taken(resource: &Resource, name: &str, said: &InputOverride) -> Taken {
    let alike = || {
        let from = said.from.as_deref().and_then(|from| Source::of(resource, from));
        let from = from.filter(|from| from.path.is_empty()).map(|from| from.field);
        from.or_else(|| resource.position(name)).map(|field| resource.fields[field].clone())
    };
    let field = match said.ty {
        Some(ty) => of_type(name, ty),
        None => alike().unwrap_or_else(|| of_type(name, InputType::Text)),
    };
    let field = Field { name: name.to_owned(), default: None, comment: None, ..field };
    Taken {
        place: Stands::Body(vec![name.to_owned()]),
        form: Form::Text,
        needed: said.needed.unwrap_or(true),
        field,
    }
}

fn of_type(name: &str, ty: InputType) -> Field {
    let (ty, native, sql_type) = match ty {
        InputType::Text => (FieldType::Text { max: None }, "varchar", "text"),
        InputType::Multiline => (FieldType::Text { max: None }, "text", "text"),
        InputType::Integer => {
            (FieldType::Int { min: i64::MIN, max: i64::MAX.unsigned_abs() }, "bigint", "bigint")
        }
        InputType::Decimal => {
            (FieldType::Decimal { precision: None, scale: None }, "numeric", "numeric")
        }
        InputType::Bool => (FieldType::Bool, "boolean", "boolean"),
        InputType::Date => (FieldType::Date, "date", "date"),
        InputType::DateTime => (FieldType::DateTime, "timestamp", "timestamp"),
        InputType::Instant => (FieldType::Instant, "timestamptz", "timestamptz"),
    };
    Field {
        name: name.to_owned(),
        ty,
        native: native.to_owned(),
        sql_type: sql_type.to_owned(),
        nullable: true,
        default: None,
        generated: Generated::No,
        comment: None,
        sortable: false,
        comparable: true,
        tests: None,
    }
}

/// What Kontor knows, as its engine keeps such a thing.
fn known_field(engine: Engine, what: Known) -> Field {
    match (what, engine) {
        (Known::Now, Engine::Postgres) => of_type("now", InputType::Instant),
        (Known::Now, _) => of_type("now", InputType::DateTime),
        _ => of_type("known", InputType::Text),
    }
}
