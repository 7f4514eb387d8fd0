//! What a service says of the JSON that its records hold: lists of objects, and objects that are not
//! taken apart.

use serde::{Deserialize, Serialize};

use crate::field_type::FieldType;

/// A member of an object inside a record: of the object itself, or of each in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// What it holds; [`FieldType::Json`] for objects, and lists of them.
    pub ty: FieldType,
    /// What the service calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the service says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Members of the objects inside of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Self>,
}
