//! Statements that a manifest declares: their own text, and values that are bound where names stand.

use kontor_model::statement::{Filled, FilledPiece};
use kontor_model::{Field, FieldType, Schema, Value};

use super::{Dialect, Sql, Writer};

/// A declared statement as the engine takes it.
pub(crate) fn declared(schema: &Schema, statement: &Filled) -> Sql {
    let mut w = Writer::new(schema);
    for piece in &statement.pieces {
        match piece {
            FilledPiece::Sql(sql) => {
                w.push(sql);
            }
            FilledPiece::Value(field, value) => w.named(field, value),
        }
    }
    w.finish()
}

impl Writer<'_> {
    /// A value where a name stands, in the type of its field. What is bound has no type of its own
    /// in MySQL and SQLite, where the field's own form must be met.
    fn named(&mut self, field: &Field, value: &Value) {
        match (self.dialect, &field.ty) {
            (Dialect::Mysql, FieldType::Bits) | (Dialect::Sqlite, FieldType::Text { .. }) => {
                self.assigned(field, value);
            }
            _ => self.operand(field, value),
        }
    }
}
