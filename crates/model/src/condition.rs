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

    /// Whether a record satisfies it, as far as that can be told from values that were read:
    /// `value` gives those of fields, and none for those that were not. None where it cannot.
    #[must_use]
    pub fn holds(&self, value: &dyn Fn(usize) -> Option<Value>) -> Option<bool> {
        match self {
            Self::All(parts) => {
                let each: Option<Vec<bool>> = parts.iter().map(|part| part.holds(value)).collect();
                each.map(|each| each.into_iter().all(|holds| holds))
            }
            Self::Any(parts) => {
                let each: Option<Vec<bool>> = parts.iter().map(|part| part.holds(value)).collect();
                each.map(|each| each.into_iter().any(|holds| holds))
            }
            Self::Not(inner) => inner.holds(value).map(|holds| !holds),
            Self::Field(field, test) => test.holds(&value(*field)?),
            Self::Linked { .. } | Self::Search(_) => None,
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

impl Test {
    /// Whether a value satisfies it; none where only the backend can tell.
    #[must_use]
    pub fn holds(&self, value: &Value) -> Option<bool> {
        let same = |other: &Value| value == other || value.is_alike(other);
        let text = || value.to_text().unwrap_or_default().to_lowercase();
        let is_there = !value.is_null();
        Some(match self {
            Self::Compare(Comparison::Eq, other) => is_there && same(other),
            Self::Compare(Comparison::Ne, other) => !is_there || !same(other),
            Self::Compare(comparison, other) => match (value, other) {
                (Value::Null, _) => false,
                // Days and points in time are written so that their texts have their order.
                (Value::Text(a), Value::Text(b)) => comparison.holds(a.cmp(b)),
                (one, other) => comparison.holds(one.compared(other)?),
            },
            Self::In(values) => is_there && values.iter().any(same),
            Self::NotIn(values) => !is_there || !values.iter().any(same),
            Self::Within(low, high) => {
                let from = Self::Compare(Comparison::Ge, low.clone()).holds(value)?;
                from && Self::Compare(Comparison::Lt, high.clone()).holds(value)?
            }
            Self::Contains(part) => is_there && text().contains(&part.to_lowercase()),
            Self::StartsWith(part) => is_there && text().starts_with(&part.to_lowercase()),
            Self::EndsWith(part) => is_there && text().ends_with(&part.to_lowercase()),
            Self::Null => !is_there,
            Self::Empty => !is_there || matches!(text().as_str(), "" | "[]" | "{}"),
            Self::Has(_) => return None,
        })
    }
}

impl Comparison {
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
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
