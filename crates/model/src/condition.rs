//! A filter whose fields were found and whose values were understood.

use crate::name::ResourceName;
use crate::value::Value;

/// Which records are meant. Fields are indexes into the fields of the resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All must hold; all records when empty.
    All(Vec<Condition>),
    /// One must hold; no record when empty.
    Any(Vec<Condition>),
    /// Must not hold; a record for which it is unknown counts as not holding.
    Not(Box<Condition>),
    /// A test of one field.
    Field(usize, Test),
    /// Some record of another resource of the backend that is linked must satisfy the inner
    /// condition.
    Linked {
        /// The other resource.
        target: ResourceName,
        /// Pairs of fields, here and there.
        on: Vec<(usize, usize)>,
        /// What must hold there.
        inner: Box<Condition>,
    },
    /// The words are found by one of the searches.
    Search(Vec<SearchTerm>),
}

impl Condition {
    /// The condition that all records satisfy.
    #[must_use]
    pub fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Both conditions, flat where they can be.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All(a), b) if a.is_empty() => b,
            (a, Self::All(b)) if b.is_empty() => a,
            (Self::All(mut a), Self::All(b)) => {
                a.extend(b);
                Self::All(a)
            }
            (Self::All(mut a), b) => {
                a.push(b);
                Self::All(a)
            }
            (a, b) => Self::All(vec![a, b]),
        }
    }

    /// Whether all records satisfy it by its form.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(inner) if inner.is_empty())
    }
}

/// A test of a field's value. `NULL` satisfies only [`Test::Null`], the `Ne` comparison and
/// [`Test::NotIn`]: whoever asks for “not shipped” also means the records that say nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Compared with a value.
    Compare(Comparison, Value),
    /// Equal to one of the values.
    In(Vec<Value>),
    /// Equal to none of the values.
    NotIn(Vec<Value>),
    /// At least the first and below the second.
    Within(Value, Value),
    /// Contains the text, in either case.
    Contains(String),
    /// Begins with the text, in either case.
    StartsWith(String),
    /// Ends with the text, in either case.
    EndsWith(String),
    /// Is `NULL`.
    Null,
    /// Is `NULL` or has nothing in it: an empty text, list, byte string.
    Empty,
    /// An array, set or list has this element.
    Has(Value),
}

/// An order comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// One way in which a text is searched without reading the whole table.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchTerm {
    /// The field equals the value.
    Equals(usize, Value),
    /// The field's text begins with it, in the case given (an ordered index serves it).
    Prefix(usize, String),
    /// The field's text contains it in either case.
    Contains(usize, String),
    /// The field or the full-text index over these fields matches the words.
    Words(Vec<usize>, String),
}
