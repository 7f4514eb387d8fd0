//! The types of a service, as its introspection tells them. What an answer leaves out is taken for
//! absent: many services tell less than the standard asks for.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer};

/// Asks for all types. References to types are nested as deeply as lists of lists of required
/// values go; services that refuse deep questions are asked for plain lists.
pub(super) fn question(deep: bool) -> String {
    let mut reference = "kind name".to_owned();
    for _ in 0..if deep { 7 } else { 3 } {
        reference = format!("kind name ofType {{ {reference} }}");
    }
    format!(
        "query Introspection {{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ ...T }} }} }}
fragment T on __Type {{ kind name description
 fields {{ name description args {{ ...I }} type {{ ...R }} }}
 inputFields {{ ...I }} possibleTypes {{ name }} enumValues {{ name }} }}
fragment I on __InputValue {{ name description type {{ ...R }} defaultValue }}
fragment R on __Type {{ {reference} }}"
    )
}

/// All types of a service.
#[derive(Debug, Default)]
pub(super) struct Types {
    by_name: BTreeMap<String, Type>,
    /// The name of the type with the queries.
    pub(super) query: Option<String>,
    /// The name of the type with the mutations.
    pub(super) mutation: Option<String>,
}

/// What a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Kind {
    #[default]
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    InputObject,
    List,
    NonNull,
}

/// A type with a name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Type {
    pub(super) kind: Kind,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) description: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) fields: Vec<FieldOf>,
    #[serde(deserialize_with = "or_default")]
    pub(super) input_fields: Vec<InputOf>,
    #[serde(deserialize_with = "or_default")]
    pub(super) possible_types: Vec<Named>,
    #[serde(deserialize_with = "or_default")]
    pub(super) enum_values: Vec<Named>,
}

/// A field of an object.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct FieldOf {
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) description: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) args: Vec<InputOf>,
    #[serde(rename = "type")]
    pub(super) ty: TypeRef,
}

/// An argument, or a field of an input object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputOf {
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) description: String,
    #[serde(rename = "type")]
    pub(super) ty: TypeRef,
    #[serde(default)]
    pub(super) default_value: Option<String>,
}

impl InputOf {
    /// Whether it must be given.
    pub(super) fn is_needed(&self) -> bool {
        self.ty.kind == Kind::NonNull && self.default_value.is_none()
    }
}

/// A type where it is used: required, a list, or by its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TypeRef {
    pub(super) kind: Kind,
    name: Option<String>,
    of_type: Option<Box<TypeRef>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
}

fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl TypeRef {
    /// The name at the bottom.
    pub(super) fn name(&self) -> &str {
        match &self.of_type {
            Some(inner) => inner.name(),
            None => self.name.as_deref().unwrap_or_default(),
        }
    }

    /// The same without the word that it is required.
    fn bare(&self) -> &Self {
        match (&self.kind, &self.of_type) {
            (Kind::NonNull, Some(inner)) => inner,
            _ => self,
        }
    }

    pub(super) fn is_list(&self) -> bool {
        self.bare().kind == Kind::List
    }

    pub(super) fn is_required(&self) -> bool {
        self.kind == Kind::NonNull
    }
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.of_type) {
            (Kind::NonNull, Some(inner)) => write!(f, "{inner}!"),
            (Kind::List, Some(inner)) => write!(f, "[{inner}]"),
            _ => f.write_str(self.name.as_deref().unwrap_or_default()),
        }
    }
}

#[derive(Deserialize)]
struct Answered {
    #[serde(rename = "__schema")]
    schema: Described,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    query_type: Option<Named>,
    mutation_type: Option<Named>,
    types: Vec<Type>,
}

impl Types {
    /// Reads what was answered to [`question`].
    ///
    /// # Errors
    /// What could not be read.
    pub(super) fn read(data: &str) -> Result<Self, String> {
        let read: Answered = serde_json::from_str(data).map_err(|error| error.to_string())?;
        let types = read.schema.types.into_iter().filter(|ty| !ty.name.is_empty());
        let by_name: BTreeMap<String, Type> = types.map(|ty| (ty.name.clone(), ty)).collect();
        let root = |named: Option<Named>, usual: &str| {
            let name = named.map_or_else(|| usual.to_owned(), |named| named.name);
            by_name.contains_key(&name).then_some(name)
        };
        let query = root(read.schema.query_type, "Query");
        let mutation = root(read.schema.mutation_type, "Mutation");
        Ok(Self { query, mutation, by_name })
    }

    /// A type by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Type> {
        self.by_name.get(name)
    }

    /// The type that a reference leads to at its bottom.
    pub(super) fn of(&self, reference: &TypeRef) -> Option<&Type> {
        self.get(reference.name())
    }

    /// The fields of the queries.
    pub(super) fn queries(&self) -> &[FieldOf] {
        self.root(self.query.as_deref())
    }

    /// The fields of the mutations.
    pub(super) fn mutations(&self) -> &[FieldOf] {
        self.root(self.mutation.as_deref())
    }

    fn root(&self, name: Option<&str>) -> &[FieldOf] {
        name.and_then(|name| self.get(name)).map_or(&[], |ty| &ty.fields)
    }

    /// Whether a type is one of those at the top, which every record of some services leads to.
    pub(super) fn is_root(&self, name: &str) -> bool {
        self.query.as_deref() == Some(name) || self.mutation.as_deref() == Some(name)
    }

    /// The objects that a type can be: itself, or those of a union or interface.
    pub(super) fn members<'a>(&'a self, ty: &'a Type) -> Vec<&'a Type> {
        match ty.kind {
            Kind::Object => vec![ty],
            Kind::Union | Kind::Interface => {
                ty.possible_types.iter().filter_map(|named| self.get(&named.name)).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Type {
    /// Whether it has fields, or is one of several that have.
    pub(super) fn is_composite(&self) -> bool {
        matches!(self.kind, Kind::Object | Kind::Interface | Kind::Union)
    }

    /// Whether it is a single value.
    pub(super) fn is_leaf(&self) -> bool {
        matches!(self.kind, Kind::Scalar | Kind::Enum)
    }

    /// A field by its name.
    pub(super) fn field(&self, name: &str) -> Option<&FieldOf> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The values of an enumeration.
    pub(super) fn choices(&self) -> Vec<String> {
        self.enum_values.iter().map(|value| value.name.clone()).collect()
    }
}

impl FieldOf {
    /// Whether it can be asked for without saying anything.
    pub(super) fn is_free(&self) -> bool {
        !self.args.iter().any(InputOf::is_needed)
    }

    /// All arguments with their types, as a query declares them.
    pub(super) fn declared(&self) -> Vec<(String, String)> {
        self.args.iter().map(|arg| (arg.name.clone(), arg.ty.to_string())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_leaves_out_is_absent() {
        let types = Types::read(
            r#"{"__schema": {"queryType": null, "types": [
                {"kind": "OBJECT", "name": "Query", "fields": [
                    {"name": "orders", "type": {"kind": "NON_NULL", "ofType": {"kind": "LIST", "ofType": {"kind": "OBJECT", "name": "Order"}}}}]},
                {"kind": "OBJECT", "name": "Order", "fields": null, "interfaces": null},
                {"kind": "UNION", "name": "Found", "possibleTypes": [{"name": "Order"}, {"name": "Gone"}]}
            ]}}"#,
        )
        .expect("readable");
        assert_eq!(types.query.as_deref(), Some("Query"));
        assert_eq!(types.mutation, None);
        let orders = &types.queries()[0];
        assert_eq!(orders.ty.to_string(), "[Order]!");
        assert!(orders.ty.is_list() && orders.is_free());
        let found = types.get("Found").expect("a union");
        assert_eq!(types.members(found).len(), 1, "what is not described cannot be asked for");
    }
}
