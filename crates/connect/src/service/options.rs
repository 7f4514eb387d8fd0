//! What is known of a service beyond its own description.

use kontor_model::ResourceName;
use kontor_model::service::Paging;

use crate::http::Auth;

/// What a manifest says of a service; what it does not say is taken from the description.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceOptions {
    /// Where requests go.
    pub server: Option<String>,
    /// Hosts beside that of the address to which requests may go.
    pub hosts: Vec<String>,
    /// How it is signed in to.
    pub auth: Option<Auth>,
    /// Headers that go with every request.
    pub headers: Vec<(String, String)>,
    /// What is said of single resources.
    pub resources: Vec<(ResourceName, ResourceOptions)>,
}

/// What a manifest says of one resource of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceOptions {
    /// The path of its list.
    pub list: Option<String>,
    /// The path of one record.
    pub item: Option<String>,
    /// Names that lead to the records in the answer of a list.
    pub records: Option<Vec<String>>,
    /// Parameters that are always given when a list is read.
    pub parameters: Vec<(String, String)>,
    /// How a list goes on.
    pub paging: Option<PagingOptions>,
    /// Parameters by which a list is filtered for a field to be equal to a value: field, parameter.
    pub filters: Vec<(String, String)>,
    /// The parameter that takes words to look for.
    pub search: Option<String>,
}

/// How a list goes on, with the parameter for its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagingOptions {
    /// How.
    pub paging: Paging,
    /// The parameter for the number of records, and the most of them.
    pub size: Option<(String, u32)>,
}
