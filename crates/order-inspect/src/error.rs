//! Why something was not done: the caller's side of it, and ours.

use serde::Serialize;
use serde_json::Value as Json;

use crate::db::DbError;

/// What ends a request early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller asked for something that cannot be done. They are told why and what to do.
    #[error("{}", .0.detail)]
    Refused(Box<Refusal>),
    /// The database failed. The caller learns that it is not their fault, the log learns the rest.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something that must not happen did.
    #[error("{0}")]
    Broken(String),
}

/// The short form that most functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal, told as a problem document (RFC 9457).
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Names the kind of problem for programs; it never changes.
    pub code: &'static str,
    /// What, where, and what to do, for people.
    pub detail: String,
    /// Where in the request the trouble is.
    pub fields: Vec<FieldProblem>,
    /// Facts that a program can act on, such as what is still available.
    pub facts: Option<Json>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// A JSON pointer into the body (RFC 6901), or the name of a parameter.
    #[schema(examples("/lines/0/quantity"))]
    pub pointer: String,
    /// What is wrong with it and what would be right.
    pub detail: String,
}

impl Refusal {
    /// A refusal with a status, a code and a sentence.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), fields: Vec::new(), facts: None }
    }

    /// 404: there is no such thing.
    pub fn not_found(what: &str, which: impl std::fmt::Display) -> Self {
        Self::new(404, "not_found", format!("There is no {what} {which}."))
    }

    /// 409: what is asked does not fit the state that things are in.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(409, code, detail)
    }

    /// 422: the request can be read but not be meant.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let field = FieldProblem { pointer: pointer.into(), detail: detail.into() };
        Self::invalid_fields(vec![field])
    }

    /// 422 for several reasons at once.
    pub fn invalid_fields(fields: Vec<FieldProblem>) -> Self {
        let detail = match fields.as_slice() {
            [one] => format!("{}: {}", one.pointer, one.detail),
            many => format!("{} fields cannot be taken as they are.", many.len()),
        };
        Self { fields, ..Self::new(422, "invalid", detail) }
    }

    /// 412: somebody changed it in the meantime.
    pub fn stale(what: &str) -> Self {
        let detail =
            format!("The {what} has changed since it was read: read it again and decide anew.");
        Self::new(412, "stale", detail)
    }

    /// The same with facts that a program can act on.
    #[must_use]
    pub fn with_facts(mut self, facts: Json) -> Self {
        self.facts = Some(facts);
        self
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// Leaves a function with a refusal.
#[macro_export]
macro_rules! refuse {
    ($refusal:expr) => {
        return Err($crate::error::Error::from($refusal))
    };
}

/// What was found wrong with a request, gathered so that all of it can be told at once.
#[derive(Debug, Default)]
pub struct Findings(Vec<FieldProblem>);

impl Findings {
    /// Notes a problem unless the condition holds.
    pub fn check(&mut self, holds: bool, pointer: impl Into<String>, detail: impl Into<String>) {
        if !holds {
            self.note(pointer, detail);
        }
    }

    /// Notes a text that is empty (where it must not be) or longer than so many characters.
    pub fn text(&mut self, text: &str, least: usize, most: usize, pointer: impl Into<String>) {
        let length = text.chars().count();
        let said = least == 0 || !text.trim().is_empty();
        self.check(
            said && (least..=most).contains(&length),
            pointer,
            format!("{least} to {most} characters"),
        );
    }

    /// Notes a list that has more or fewer items than it may have.
    pub fn list<T>(&mut self, list: &[T], least: usize, most: usize, pointer: impl Into<String>) {
        self.check(
            (least..=most).contains(&list.len()),
            pointer,
            format!("{least} to {most} items"),
        );
    }

    /// Notes a problem.
    pub fn note(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldProblem { pointer: pointer.into(), detail: detail.into() });
    }

    /// Notes the problems of a part, under its place in the request.
    pub fn note_under(&mut self, place: &str, problems: Vec<FieldProblem>) {
        for problem in problems {
            self.note(format!("{place}{}", problem.pointer), problem.detail);
        }
    }

    /// A refusal if anything was noted.
    pub fn end(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::invalid_fields(self.0).into()) }
    }
}
