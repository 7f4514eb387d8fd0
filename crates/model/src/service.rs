//! What a backend that speaks HTTP offers of a resource, and how it is asked: found in its own
//! description, kept with the schema, so that addresses and screens stay while it is away.

mod graph;
mod member;

use serde::{Deserialize, Serialize};

pub use graph::{
    Argument, Backward, Graph, GraphFilter, GraphItem, GraphList, GraphPaging, GraphSorting, KeyAt,
    Mutation, Selection, Step,
};
pub use member::Member;

use crate::schema::Field;

/// What a service offers of one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// One per field of the resource, in the same order.
    pub properties: Vec<Property>,
    /// Fields that must be compared with one value each before the service lists anything.
    pub required: Vec<usize>,
    /// Whether it looks for words by itself.
    pub searches: bool,
    /// The orders in which it lists records, by one field at a time.
    pub orders: Vec<Direction>,
    /// Whether records can be made.
    pub creates: bool,
    /// Whether records can be changed.
    pub updates: bool,
    /// Whether records can be removed.
    pub deletes: bool,
    /// What can be done with one record besides reading, changing and removing it.
    pub operations: Vec<Operation>,
    /// How it is asked.
    pub calls: Calls,
}

/// The directions in which a list can be ordered by a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direction {
    /// The field.
    pub field: usize,
    /// From small to great.
    pub up: bool,
    /// From great to small.
    pub down: bool,
}

/// How a service is asked; each connection understands its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one per resource, and it is boxed with it")]
pub enum Calls {
    /// Over paths and methods.
    Rest(Rest),
    /// With queries and mutations.
    Graph(Graph),
}

/// How a field stands in the service's answers and requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The names that lead to it from the record.
    pub path: Vec<String>,
    /// How it is written.
    pub form: Form,
    /// Whether lists hold it; else only the single record does.
    pub listed: bool,
    /// Whether a new record may be given it.
    pub creatable: bool,
    /// Whether a new record must be given it.
    pub needed: bool,
    /// Whether an edit may name it.
    pub updatable: bool,
    /// The variable of the path that it comes from, where the record itself does not hold it.
    pub from_path: Option<String>,
    /// What is described of the objects in it, where it holds JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// How a value is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Whatever it is: an object, a list, a value of any kind.
    Json,
}

/// What one can do with a record: an operation of the service's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its name, no other operation of the resource has it.
    pub name: String,
    /// What the service calls it.
    pub title: String,
    /// What the service says of it.
    pub description: Option<String>,
    /// What it takes.
    pub input: Vec<Input>,
    /// How it is asked for.
    pub call: OperationCall,
}

/// How an operation is asked for; each connection understands its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationCall {
    /// Over a path and a method.
    Rest(Call),
    /// With a mutation.
    Graph(Mutation),
}

/// One thing that an operation takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Its name and type; `default` is the text of its default.
    pub field: Field,
    /// Where it stands.
    pub place: Place,
    /// How it is written.
    pub form: Form,
    /// Whether it must be given.
    pub needed: bool,
}

/// Where an input stands in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the body, under these names; none where it is the body.
    Body(Vec<String>),
    /// In the query.
    Query(String),
}

/// How a resource is asked for over paths and methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    /// Where the paths begin.
    pub base: String,
    /// The variables of the paths, each with the field that fills it.
    pub variables: Vec<(String, usize)>,
    /// Reads a list.
    pub list: Option<Listing>,
    /// Reads one record.
    pub item: Option<Item>,
    /// Makes a record.
    pub create: Option<Call>,
    /// Changes a record.
    pub update: Option<Call>,
    /// Removes a record.
    pub delete: Option<Call>,
}

/// How a list is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// The path, with variables in braces.
    pub path: String,
    /// Names that lead to the records; none where the answer is the list.
    pub at: Vec<String>,
    /// Names that lead from one entry to the record (`node`), where it is wrapped.
    pub within: Vec<String>,
    /// How it goes on.
    pub paging: Paging,
    /// The parameter that says how many records are wanted, and the most of them.
    pub size: Option<(String, u32)>,
    /// Names that lead to the number of all records, where the answer tells it.
    pub total: Option<Vec<String>>,
    /// The parameter for words to look for.
    pub search: Option<String>,
    /// Parameters that are always given.
    pub fixed: Vec<(String, String)>,
    /// What can be asked of fields.
    pub filters: Vec<Filtering>,
    /// How an order is asked for.
    pub sorting: Option<Sorting>,
}

/// How a list goes on after its first part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paging {
    /// It does not: everything comes at once, unless the answer has a `Link` header.
    Whole,
    /// The answer names the place to go on from.
    Cursor {
        /// The parameter that takes it.
        parameter: String,
        /// Names that lead to it in the answer; none where it is the key of the last record.
        next: Vec<String>,
        /// The field of the last record that is the place, where the answer does not name one.
        key: Option<usize>,
    },
    /// By the number of the page.
    Page {
        /// The parameter that takes it.
        parameter: String,
        /// The number of the first page.
        first: u32,
    },
    /// By the number of records before it.
    Offset {
        /// The parameter that takes it.
        parameter: String,
    },
    /// The answer holds the whole address of its next part.
    Next {
        /// Names that lead to it.
        at: Vec<String>,
    },
}

/// A parameter that a list is filtered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filtering {
    /// The parameter.
    pub parameter: String,
    /// The field.
    pub field: usize,
    /// What it asks of the field.
    pub test: Ability,
    /// Whether it may be given several times or takes several values.
    pub several: Option<Several>,
    /// Whether it takes a pattern of SQL (`LIKE`) rather than a text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pattern: bool,
}

/// How several values of one parameter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Several {
    /// The parameter stands once for each.
    Repeated,
    /// With commas between them.
    Commas,
}

/// A test that a backend offers of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Equal to a value.
    Equal,
    /// Equal to none but this value.
    Unequal,
    /// Equal to one of several values.
    OneOf,
    /// At least.
    AtLeast,
    /// Greater.
    Above,
    /// At most.
    AtMost,
    /// Less.
    Below,
    /// Contains a text.
    Contains,
    /// Begins with a text.
    Begins,
}

/// How an order is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sorting {
    /// The parameter that names it.
    pub parameter: String,
    /// The parameter for the direction, and its words for up and down.
    pub direction: Option<(String, String, String)>,
    /// For each field that has an order, what is written for up and for down.
    pub orders: Vec<Order>,
}

/// What is written for the order by one field; a direction that cannot be had is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The field.
    pub field: usize,
    /// From small to great.
    pub up: Option<String>,
    /// From great to small.
    pub down: Option<String>,
    /// The parameter, where each order has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

/// How one record is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The path, with variables in braces.
    pub path: String,
    /// Names that lead to the record in the answer.
    pub at: Vec<String>,
}

/// A request that changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path, with variables in braces.
    pub path: String,
    /// Names under which the record stands in the body.
    pub under: Vec<String>,
    /// Whether the body is a form instead of JSON.
    pub is_form: bool,
    /// Whether the body must hold the whole record, not only what changes.
    pub whole: bool,
    /// The header for a key by which the same request is recognised when it comes twice.
    pub idempotency: Option<String>,
    /// Names that lead to the record in the answer, where it holds it.
    pub answer: Option<Vec<String>>,
}
