//! How a service that speaks GraphQL is asked: what is selected of its records, and with which
//! arguments its fields are given.

use serde::{Deserialize, Serialize};

use super::{Ability, Form, Order};

/// How a resource is asked for with GraphQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// How each field of the resource is selected, in the same order.
    pub selections: Vec<Selection>,
    /// Reads a list.
    pub list: GraphList,
    /// Reads one record.
    pub item: Option<GraphItem>,
    /// Makes a record.
    pub create: Option<Mutation>,
    /// Changes a record.
    pub update: Option<Mutation>,
    /// Removes a record.
    pub delete: Option<Mutation>,
}

/// How a field of a resource stands in the selection of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The fields that lead to it, one inside the other.
    pub steps: Vec<Step>,
    /// What is selected inside of the last one, as it stands in the query, where it is an object.
    pub inside: Option<String>,
    /// How many values it adds to each record.
    pub weight: u32,
}

/// A field within the selection of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The name that the value has in the answer.
    pub key: String,
    /// The field.
    pub field: String,
    /// The types that have it, where the object may be of several; none where all have it.
    pub on: Vec<String>,
}

/// An argument of a field: its name, and its type as it is written in a query.
pub type Argument = (String, String);

/// How a list is read. A path begins with the name of an argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphList {
    /// The field of the query.
    pub field: String,
    /// The arguments that it can be given.
    pub arguments: Vec<Argument>,
    /// Names that lead to the records in what the field gives.
    pub at: Vec<String>,
    /// Names that lead from one entry to the record (`node`), where it is wrapped.
    pub within: Vec<String>,
    /// How it goes on.
    pub paging: GraphPaging,
    /// The argument that says how many records are wanted, and the most of them.
    pub size: Option<(Vec<String>, u32)>,
    /// Names that lead to the number of all records.
    pub total: Option<Vec<String>>,
    /// The argument for words to look for.
    pub search: Option<Vec<String>>,
    /// What can be asked of fields.
    pub filters: Vec<GraphFilter>,
    /// How an order is asked for.
    pub sorting: Option<GraphSorting>,
}

/// How a list goes on after its first part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GraphPaging {
    /// Everything comes at once.
    Whole,
    /// By the place of the last record.
    Cursor {
        /// The argument for the place.
        after: Vec<String>,
        /// Names that lead to the place after this part; none where each entry has its own.
        end: Option<Vec<String>>,
        /// Names that lead to whether there is more.
        more: Option<Vec<String>>,
        /// The way back.
        back: Option<Backward>,
    },
    /// By the number of records before it.
    Offset {
        /// The argument for it.
        skip: Vec<String>,
    },
    /// By the number of the page.
    Page {
        /// The argument for it.
        page: Vec<String>,
    },
}

/// How a list is read towards its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backward {
    /// The argument for the place before which records are wanted.
    pub before: Vec<String>,
    /// The argument for how many are wanted.
    pub last: Vec<String>,
    /// Names that lead to the place before this part.
    pub start: Vec<String>,
    /// Names that lead to whether there are records before it.
    pub more: Option<Vec<String>>,
}

/// An argument by which a list is filtered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphFilter {
    /// Where the value is put.
    pub path: Vec<String>,
    /// The field.
    pub field: usize,
    /// What it asks of the field.
    pub test: Ability,
    /// How the value is written.
    pub form: Form,
    /// Whether it takes a list of values.
    pub several: bool,
    /// Whether it is a pattern with `%` for anything.
    pub pattern: bool,
}

/// How an order is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphSorting {
    /// Where it is put.
    pub path: Vec<String>,
    /// Whether it takes several, one after the other.
    pub several: bool,
    /// A further argument for the direction, and what is put there for up and for down, as JSON.
    pub direction: Option<(Vec<String>, String, String)>,
    /// For each field that has an order, what is put for up and for down, as JSON.
    pub orders: Vec<Order>,
}

/// How one record is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphItem {
    /// The field of the query.
    pub field: String,
    /// The arguments that it is given.
    pub arguments: Vec<Argument>,
    /// Where the key is put.
    pub keys: Vec<KeyAt>,
    /// The type of the record, where the field may give several.
    pub on: Option<String>,
}

/// Where the value of a field of the key is put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAt {
    /// Where.
    pub path: Vec<String>,
    /// The field.
    pub field: usize,
    /// How it is written.
    pub form: Form,
    /// Whether it takes a list of values.
    pub several: bool,
}

/// A field of the mutation that changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutation {
    /// The field.
    pub field: String,
    /// The arguments that it can be given.
    pub arguments: Vec<Argument>,
    /// Where the key of the record is put.
    pub keys: Vec<KeyAt>,
    /// Where the values of fields are put, and how they are written.
    pub values: Vec<(usize, Vec<String>, Form)>,
    /// Fields whose values must always be given.
    pub needed: Vec<usize>,
    /// What is selected of what it gives, as it stands in the query; empty for a single value.
    pub selected: String,
    /// Names that lead to the record in what it gives, where it gives it.
    pub record: Option<Vec<String>>,
}

impl Step {
    /// A field that every object here has, under its own name.
    #[must_use]
    pub fn plain(field: &str) -> Self {
        Self { key: field.to_owned(), field: field.to_owned(), on: Vec::new() }
    }
}
