//! A statement that a manifest declares: one statement of SQL with names where values are bound.
//! `:name` is a value that is given, or a field of the record; `:record.name` always the field;
//! `:kontor.name` what Kontor knows.

mod reading;

use thiserror::Error;

use crate::{Engine, Field, Value};
use reading::Reading;

/// A statement with the places of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its parts in order.
    pub pieces: Vec<Piece>,
    /// What it does.
    pub kind: StatementKind,
}

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// SQL as it stands.
    Sql(String),
    /// The place of a value.
    Place(Place),
}

/// What value stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// What is given by this name, else the field of the record.
    Named(String),
    /// The field of the record.
    Record(String),
    /// What Kontor knows.
    Known(Known),
}

/// What Kontor knows and a statement can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The present moment.
    Now,
    /// The name of the person who does it.
    Person,
    /// That person's e-mail address.
    Email,
    /// What the change is called in the audit.
    Operation,
}

/// The words after `:kontor.`.
pub const KNOWN: &[(&str, Known)] = &[
    ("now", Known::Now),
    ("person", Known::Person),
    ("email", Known::Email),
    ("operation", Known::Operation),
];

/// What a statement does, as far as its first words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// It changes records of one table (`UPDATE`) and does nothing else; the database tells how many.
    Update,
    /// It makes, replaces or removes records, or does several things; the database tells how many
    /// records its last part touched.
    Write,
    /// It calls what the database has of its own (`CALL`, `SELECT`): how many records that touches
    /// nobody tells.
    Call,
}

/// Why a text is no statement that can be declared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementError {
    /// It begins with another word.
    #[error(
        "begins with “{0}”; it must be INSERT, UPDATE, DELETE, REPLACE, MERGE, CALL, SELECT or WITH"
    )]
    Verb(String),
    /// Something follows its end.
    #[error("is more than one statement: something follows the “;”")]
    Several,
    /// A quotation or comment does not end.
    #[error("has a “{0}” that does not end")]
    Unended(&'static str),
    /// A place for a value that has no name.
    #[error("has a “{0}”; values are named, such as :reason")]
    Unnamed(String),
    /// Nothing is known by this name.
    #[error("asks for “:kontor.{0}”; there is now, person, email and operation")]
    Unknown(String),
}

impl Statement {
    /// Reads a statement as its engine would: quotations and comments are left alone.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn parse(text: &str, engine: Engine) -> Result<Self, StatementError> {
        Reading::of(text, engine).statement()
    }

    /// The places of its values in order.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Place(place) => Some(place),
            Piece::Sql(_) => None,
        })
    }
}

/// A statement with its values, as a backend runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// Its parts in order.
    pub pieces: Vec<FilledPiece>,
    /// What it does.
    pub kind: StatementKind,
    /// The most records that it may touch; with more, nothing is written.
    pub most: u64,
    /// Fields of the record that it names, with the values that were read: where it touches
    /// nothing, they tell whether somebody was quicker.
    pub seen: Vec<(usize, Value)>,
}

/// A part of a statement with its values.
#[derive(Debug, Clone, PartialEq)]
pub enum FilledPiece {
    /// SQL as it stands.
    Sql(String),
    /// A value that is bound in the type of a field.
    Value(Box<Field>, Value),
}
