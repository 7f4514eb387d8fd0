//! How single records are read, and by which fields they are told apart.

use std::collections::BTreeMap;

use kontor_model::service::{Form, GraphItem, KeyAt};

use super::filters::alike;
use super::scalars::scalar;
use super::types::{FieldOf, InputOf, Kind, Type, Types};
use crate::service::names::{folded, is_one_of, singular};

/// How a record of a type is found by its key.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// The fields of the type, in order.
    pub(super) names: Vec<String>,
    /// The query that reads it, its keys by their place in `names`.
    pub(super) item: Option<GraphItem>,
}

/// The key of a type whose records are listed by a field of the query called `list`.
pub(super) fn key(types: &Types, node: &Type, list: &str) -> Option<Key> {
    let mut best: Option<(u32, Key)> = None;
    for field in types.queries() {
        let Some((rank, key)) = single(types, node, list, field) else { continue };
        if best.as_ref().is_none_or(|(other, _)| rank < *other) {
            best = Some((rank, key));
        }
    }
    if let Some((_, key)) = best {
        return Some(key);
    }
    let id = node
        .fields
        .iter()
        .find(|field| is_one_of(&field.name, &["id", "uuid", "_id"]) && is_single(types, field))?;
    // Without a query for it, the list must find it.
    Some(Key { names: vec![id.name.clone()], item: None })
}

fn is_single(types: &Types, field: &FieldOf) -> bool {
    !field.ty.is_list() && field.is_free() && types.of(&field.ty).is_some_and(Type::is_leaf)
}

/// The key by which a field of the query gives one record, with how well that suits.
fn single(types: &Types, node: &Type, list: &str, field: &FieldOf) -> Option<(u32, Key)> {
    let ty = types.of(&field.ty).filter(|ty| ty.is_composite() && !field.ty.is_list())?;
    let is_own = ty.name == node.name;
    let holds = || types.members(ty).iter().any(|member| member.name == node.name);
    if !is_own && !holds() {
        return None;
    }
    let inputs = inputs(types, field)?;
    let mut found: BTreeMap<usize, (String, KeyAt)> = BTreeMap::new();
    for (path, input) in inputs {
        let (at, own) =
            node.fields.iter().enumerate().find(|(_, own)| {
                is_single(types, own) && is_called(node, &own.name, &input.name)
            })?;
        let (of, form) = scalar(types.of(&input.ty)?);
        let (own_ty, own_form) = scalar(types.of(&own.ty)?);
        if !alike(&own_ty, &of) && own_form != Form::Text {
            return None;
        }
        found.insert(at, (own.name.clone(), KeyAt { path, field: 0, form, several: false }));
    }
    let names: Vec<String> = found.values().map(|(name, _)| name.clone()).collect();
    let keys: Vec<KeyAt> =
        found.into_values().enumerate().map(|(field, (_, key))| KeyAt { field, ..key }).collect();
    let [first, ..] = names.as_slice() else { return None };
    let (key, ty_name) = (folded(first), folded(&node.name));
    let is_about = folded(&field.name).starts_with(&ty_name)
        || folded(&field.name)
            .starts_with(&folded(&singular(list.strip_prefix("all").unwrap_or(list))));
    let rank = match names.len() {
        1 if key == "nodeid" => 8,
        1 if key == "id" && is_about => 0,
        1 if key == format!("{ty_name}id") && is_about => 1,
        1 if key == "id" && folded(&field.name) == "node" => 5,
        _ if !is_about => return None,
        1 if key.ends_with("id") => 2,
        1 => 4,
        _ => 3,
    };
    let on = (!is_own).then(|| node.name.clone());
    let item = GraphItem { field: field.name.clone(), arguments: field.declared(), keys, on };
    Some((rank, Key { names, item: Some(item) }))
}

/// Whether an argument called `input` means the field `own` of a type.
fn is_called(node: &Type, own: &str, input: &str) -> bool {
    let (own, input, node) = (folded(own), folded(input), folded(&node.name));
    own == input || input == format!("{node}{own}") || own == format!("{node}{input}")
}

/// The single values that a query for one record must be given, or may be where it must be given
/// none; none where it needs other things.
fn inputs<'a>(types: &'a Types, field: &'a FieldOf) -> Option<Vec<(Vec<String>, &'a InputOf)>> {
    let needed: Vec<&InputOf> = field.args.iter().filter(|arg| arg.is_needed()).collect();
    let is_leaf =
        |input: &InputOf| !input.ty.is_list() && types.of(&input.ty).is_some_and(Type::is_leaf);
    let preferred = |all: &'a [InputOf]| {
        ["id", "uuid", "_id", "code", "slug", "number", "key"].iter().find_map(|name| {
            all.iter().find(|arg| folded(&arg.name) == folded(name) && is_leaf(arg))
        })
    };
    match needed.as_slice() {
        [] => preferred(&field.args).map(|arg| vec![(vec![arg.name.clone()], arg)]),
        [holder] if types.of(&holder.ty).is_some_and(|ty| ty.kind == Kind::InputObject) => {
            let ty = types.of(&holder.ty).filter(|_| !holder.ty.is_list())?;
            let inner = preferred(&ty.input_fields)?;
            Some(vec![(vec![holder.name.clone(), inner.name.clone()], inner)])
        }
        several => {
            several.iter().map(|arg| is_leaf(arg).then(|| (vec![arg.name.clone()], *arg))).collect()
        }
    }
}
