//! The words of Kontor as types: backends, resources, fields, values, keys, filters, queries,
//! pages, changes. No input or output happens here and nothing is asynchronous; every other crate
//! speaks in these types.

pub mod change;
pub mod clock;
pub mod condition;
pub mod currency;
pub mod field_type;
pub mod filter;
pub mod key;
pub mod name;
pub mod page;
pub mod query;
pub mod schema;
pub mod service;
pub mod statement;
pub mod value;

pub use change::{Change, ChangeItem, ChangeKind, ItemOutcome};
pub use clock::{Clock, ManualClock, SystemClock};
pub use condition::{Comparison, Condition, Test};
pub use field_type::{FieldType, InvalidInput};
pub use key::RecordKey;
pub use name::{BackendName, InvalidName, ResourceName};
pub use page::{Count, Page};
pub use query::{Column, ColumnMode, Cursor, Linked, Query, Sort};
pub use schema::{
    Engine, Field, Generated, Index, IndexKind, OnDelete, Reference, Resource, ResourceKind, Schema,
};
pub use service::{Ability, Service};
pub use statement::{Statement, StatementError, StatementKind};
pub use value::Value;
