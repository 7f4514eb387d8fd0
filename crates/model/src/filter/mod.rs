//! Filters as people write, read and share them: a tree of tests with names and texts. The text
//! form stands in addresses and in the API; [`bind`] gives it meaning for a resource.
//!
//! ```text
//! status = open and (total >= 100 or note is empty) and placed_at during last 7 days
//! customer.country in (DE, AT) and not "Name on card" contains "van der"
//! ```

pub mod bind;
pub mod period;
mod print;
mod text;

pub use text::FilterError;

/// A filter before its names are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All must hold; nothing is filtered when empty.
    All(Vec<Filter>),
    /// One must hold.
    Any(Vec<Filter>),
    /// Must not hold.
    Not(Box<Filter>),
    /// A test of one field.
    Test(FieldTest),
}

/// A test of one field, perhaps of a linked record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldTest {
    /// Names of links, then the field's name.
    pub path: Vec<String>,
    /// What is asked.
    pub operator: Operator,
    /// The operands as texts: none, one or many, as the operator takes.
    pub operands: Vec<String>,
}

/// What a test asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it; see `symbol` for the text of each")]
pub enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Between,
    Contains,
    StartsWith,
    EndsWith,
    Has,
    During,
    IsNull,
    IsNotNull,
    IsEmpty,
    IsNotEmpty,
}

impl Operator {
    /// All operators, in the order in which a menu offers them.
    pub const ALL: [Self; 18] = [
        Self::Eq,
        Self::Ne,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Between,
        Self::During,
        Self::In,
        Self::NotIn,
        Self::Has,
        Self::IsEmpty,
        Self::IsNotEmpty,
        Self::IsNull,
        Self::IsNotNull,
    ];

    /// The operator in the text form.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Between => "between",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Has => "has",
            Self::During => "during",
            Self::IsNull => "is null",
            Self::IsNotNull => "is not null",
            Self::IsEmpty => "is empty",
            Self::IsNotEmpty => "is not empty",
        }
    }

    /// The operator of a text form.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.symbol() == symbol)
    }

    /// How many operands it takes.
    #[must_use]
    pub fn arity(self) -> Arity {
        match self {
            Self::IsNull | Self::IsNotNull | Self::IsEmpty | Self::IsNotEmpty => Arity::None,
            Self::Between => Arity::Two,
            Self::In | Self::NotIn => Arity::Many,
            _ => Arity::One,
        }
    }
}

/// How many operands an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Arity {
    None,
    One,
    Two,
    Many,
}

impl Filter {
    /// The filter that leaves every record.
    #[must_use]
    pub fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Whether nothing is filtered.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// A single test.
    #[must_use]
    pub fn test(path: &[&str], operator: Operator, operands: &[&str]) -> Self {
        Self::Test(FieldTest {
            path: path.iter().map(|&name| name.to_owned()).collect(),
            operator,
            operands: operands.iter().map(|&text| text.to_owned()).collect(),
        })
    }

    /// This filter and one more test, kept flat.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut parts = self.into_conjuncts();
        parts.extend(other.into_conjuncts());
        if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) }
    }

    /// The parts that must all hold: what a screen shows as chips.
    #[must_use]
    pub fn into_conjuncts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts,
            other => vec![other],
        }
    }

    /// Reads the text form; an empty text filters nothing.
    ///
    /// # Errors
    /// [`FilterError`] with the place and what was expected there.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        text::parse(text)
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        print::print(self, f)
    }
}
