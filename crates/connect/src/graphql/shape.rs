//! What the records of a type hold: single values, objects taken apart, lists as JSON.

use std::collections::BTreeMap;

use kontor_model::FieldType;
use kontor_model::service::{Form, Member, Step};

use super::lists::wrapped;
use super::scalars::scalar;
use super::types::{FieldOf, Kind, Type, Types};
use crate::service::names::folded;

/// Objects inside objects are taken apart this deep; what lies deeper is JSON.
const DEPTH: usize = 4;
/// Records of more fields than this lose the rest.
const MOST_FIELDS: usize = 250;
/// Values of one entry of a list inside a record.
const MOST_INSIDE: u32 = 24;
/// A list inside a record is taken to have so many entries.
const ENTRIES: u32 = 10;

/// The types whose records are listed, each with the fields of its key.
pub(super) type Keys = BTreeMap<String, Vec<String>>;

/// A field of a record: a member, or a member of a member.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) steps: Vec<Step>,
    /// What is selected inside of it, where it is an object.
    pub(super) inside: Option<String>,
    pub(super) weight: u32,
    pub(super) ty: FieldType,
    pub(super) form: Form,
    pub(super) native: String,
    pub(super) nullable: bool,
    pub(super) description: String,
    /// What is described of the objects in it, where it is JSON.
    pub(super) members: Vec<Member>,
    /// The type whose records it refers to, and the field there that has the same value.
    pub(super) target: Option<(String, String)>,
}

impl Leaf {
    /// The names that lead to it in an answer.
    pub(super) fn path(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.key.clone()).collect()
    }

    /// The same as one word, for comparing.
    pub(super) fn folded(&self) -> String {
        folded(&self.path().concat())
    }

    /// Whether it is one value that a list can be asked for.
    pub(super) fn is_single(&self) -> bool {
        !matches!(self.ty, FieldType::Json { .. })
    }
}

/// The fields of the records of a type.
pub(super) fn leaves(types: &Types, node: &Type, keys: &Keys) -> Vec<Leaf> {
    let mut taking =
        Taking { types, keys, open: Vec::new(), found: Vec::new(), targets: Vec::new() };
    taking.object(node, &mut Vec::new(), false);
    let mut found = taking.found;
    for (name, target) in taking.targets {
        let is_own =
            |leaf: &&mut Leaf| matches!(leaf.steps.as_slice(), [step] if step.field == name);
        if let Some(leaf) = found.iter_mut().find(is_own) {
            leaf.target = Some(target);
        }
    }
    found.truncate(MOST_FIELDS);
    found
}

struct Taking<'a> {
    types: &'a Types,
    keys: &'a Keys,
    /// The types that are being taken apart: an object may hold its like.
    open: Vec<String>,
    found: Vec<Leaf>,
    /// Fields of the record itself that hold the key of another.
    targets: Vec<(String, (String, String))>,
}

impl<'a> Taking<'a> {
    fn object(&mut self, ty: &'a Type, under: &mut Vec<Step>, nullable: bool) {
        self.open.push(ty.name.clone());
        if matches!(ty.kind, Kind::Union | Kind::Interface) {
            self.kinds(ty, under);
        } else {
            for field in &ty.fields {
                self.field(ty, field, Step::plain(&field.name), under, nullable);
            }
        }
        self.open.pop();
    }

    /// An object that is of one of several types: which one, and the fields of all.
    fn kinds(&mut self, ty: &'a Type, under: &mut Vec<Step>) {
        let mut steps = under.clone();
        steps.push(Step::plain("__typename"));
        let choices = self.types.members(ty).into_iter().map(|own| own.name.clone()).collect();
        self.found.push(Leaf {
            steps,
            inside: None,
            weight: 1,
            ty: FieldType::Enum { choices },
            form: Form::Text,
            native: ty.name.clone(),
            nullable: !under.is_empty(),
            description: String::new(),
            members: Vec::new(),
            target: None,
        });
        for field in &ty.fields {
            self.field(ty, field, Step::plain(&field.name), under, true);
        }
        // Fields of one name and type are one; of another type, they need another name.
        let mut taken: Vec<(String, String, Step, &'a Type, &'a FieldOf)> = Vec::new();
        for member in self.types.members(ty) {
            for field in member.fields.iter().filter(|own| ty.field(&own.name).is_none()) {
                let written = field.ty.to_string();
                let same = taken.iter_mut().find(|(name, own, ..)| {
                    *name == field.name && *own == written && self.is_leaf(field)
                });
                if let Some((_, _, step, ..)) = same {
                    step.on.push(member.name.clone());
                    continue;
                }
                let is_taken = taken.iter().any(|(name, ..)| *name == field.name);
                let key = if is_taken {
                    format!("{}_{}", field.name, member.name)
                } else {
                    field.name.clone()
                };
                let on = vec![member.name.clone()];
                let step = Step { key, field: field.name.clone(), on };
                taken.push((field.name.clone(), written, step, member, field));
            }
        }
        for (_, _, step, member, field) in taken {
            self.field(member, field, step, under, true);
        }
    }

    fn is_leaf(&self, field: &FieldOf) -> bool {
        self.types.of(&field.ty).is_some_and(Type::is_leaf)
    }

    fn field(
        &mut self,
        owner: &'a Type,
        field: &'a FieldOf,
        step: Step,
        under: &mut Vec<Step>,
        nullable: bool,
    ) {
        let Some(ty) = self.types.of(&field.ty) else { return };
        if !field.is_free() || self.types.is_root(&ty.name) || field.name == "clientMutationId" {
            return;
        }
        // Relay's address of a record says nothing to people where it has another key.
        let has_key = |key: &Vec<String>| !key.contains(&field.name);
        if folded(&field.name) == "nodeid" && self.keys.get(&owner.name).is_some_and(has_key) {
            return;
        }
        let nullable = nullable || !field.ty.is_required();
        under.push(step);
        if ty.is_leaf() {
            self.single(field, ty, under, nullable);
        } else if field.ty.is_list() {
            self.listed(field, ty, under, nullable);
        } else if wrapped(self.types, ty).is_none() {
            match self.keys.get(&ty.name) {
                Some(key) if under.len() < DEPTH => {
                    let key = key.clone();
                    self.reference((owner, field), ty, &key, under, nullable);
                }
                Some(_) => {}
                None if under.len() < DEPTH && !self.open.contains(&ty.name) => {
                    self.object(ty, under, nullable);
                }
                None => self.listed(field, ty, under, nullable),
            }
        }
        under.pop();
    }

    fn leaf(&self, field: &FieldOf, under: &[Step], nullable: bool) -> Leaf {
        Leaf {
            steps: under.to_vec(),
            inside: None,
            weight: 1,
            ty: FieldType::Json { binary: false },
            form: Form::Json,
            native: field.ty.to_string(),
            nullable,
            description: field.description.trim().to_owned(),
            members: Vec::new(),
            target: None,
        }
    }

    fn single(&mut self, field: &FieldOf, ty: &Type, under: &[Step], nullable: bool) {
        let mut leaf = self.leaf(field, under, nullable);
        if !field.ty.is_list() {
            (leaf.ty, leaf.form) = scalar(ty);
        }
        self.found.push(leaf);
    }

    /// A list of objects, or an object that is not taken apart: JSON.
    fn listed(&mut self, field: &FieldOf, ty: &'a Type, under: &[Step], nullable: bool) {
        let Some((inside, values)) = inside((self.types, &self.open), ty, 1) else { return };
        let weight = if field.ty.is_list() { values * ENTRIES } else { values };
        let members = members((self.types, &self.open), ty, 1);
        let leaf = self.leaf(field, under, nullable);
        self.found.push(Leaf { inside: Some(inside), weight, members, ..leaf });
    }

    /// Another record: its key, under its own name or under that of the field here which holds it.
    fn reference(
        &mut self,
        (owner, field): (&'a Type, &FieldOf),
        ty: &'a Type,
        key: &[String],
        under: &mut Vec<Step>,
        nullable: bool,
    ) {
        if let ([only], 1) = (key, under.len()) {
            let own = owner.fields.iter().find(|own| {
                self.is_leaf(own) && !own.ty.is_list() && refers(&own.name, &field.name, only)
            });
            if let Some(own) = own {
                let name = own.name.clone();
                let target = (ty.name.clone(), only.clone());
                self.targets.push((name, target));
                return;
            }
        }
        for name in key {
            let Some(inner) = ty.field(name) else { continue };
            let Some(inner_ty) = self.types.of(&inner.ty) else { continue };
            under.push(Step::plain(name));
            let (scalar_ty, form) = scalar(inner_ty);
            let mut leaf = self.leaf(inner, under, nullable);
            (leaf.ty, leaf.form) = (scalar_ty, form);
            leaf.description = field.description.trim().to_owned();
            leaf.target = Some((ty.name.clone(), name.clone()));
            self.found.push(leaf);
            under.pop();
        }
    }
}

/// Whether a value called `own` is the key `key` of what a field called `other` leads to:
/// `customerId` of `customer`, `supportRepId` of `employeeBySupportRepId`.
fn refers(own: &str, other: &str, key: &str) -> bool {
    let (own, other, key) = (folded(own), folded(other), folded(key));
    own == format!("{other}{key}")
        || own == format!("{other}id")
        || other.ends_with(&format!("by{own}"))
}

/// The types, and those of the objects around the one that is selected: what leads back to them is
/// known already.
type Around<'a> = (&'a Types, &'a [String]);

/// A bounded selection of an object, with the number of its values.
fn inside(around: Around<'_>, ty: &Type, depth: u32) -> Option<(String, u32)> {
    let mut parts: Vec<String> = Vec::new();
    let mut values = 0;
    let mut written: BTreeMap<&str, String> = BTreeMap::new();
    if ty.kind != Kind::Object {
        parts.push("__typename".to_owned());
        values += 1;
    }
    take_inside(around, ty, depth, &mut written, (&mut parts, &mut values));
    if ty.kind != Kind::Object {
        for member in around.0.members(ty) {
            let mut own = Vec::new();
            take_inside(around, member, depth, &mut written, (&mut own, &mut values));
            if !own.is_empty() {
                parts.push(format!("... on {} {{ {} }}", member.name, own.join(" ")));
            }
        }
    }
    (!parts.is_empty()).then(|| (format!("{{ {} }}", parts.join(" ")), values))
}

fn take_inside<'a>(
    around: Around<'a>,
    ty: &'a Type,
    depth: u32,
    written: &mut BTreeMap<&'a str, String>,
    (parts, values): (&mut Vec<String>, &mut u32),
) {
    let (types, outer) = around;
    for field in &ty.fields {
        let Some(inner) = types.of(&field.ty).filter(|_| field.is_free()) else { continue };
        if *values >= MOST_INSIDE || types.is_root(&inner.name) || outer.contains(&inner.name) {
            continue;
        }
        // Two members of a union may have a name in common only where the types are the same.
        let own = field.ty.to_string();
        if written.get(field.name.as_str()).is_some_and(|other| *other != own) {
            continue;
        }
        if inner.is_leaf() {
            written.insert(&field.name, own);
            parts.push(field.name.clone());
            *values += 1;
        } else if depth > 0
            && !field.ty.is_list()
            && wrapped(types, inner).is_none()
            && let Some((text, count)) = inside(around, inner, depth - 1)
        {
            written.insert(&field.name, own);
            parts.push(format!("{} {text}", field.name));
            *values += count;
        }
    }
}

/// What is described of the objects whose values [`inside`] selects.
fn members(around: Around<'_>, ty: &Type, depth: u32) -> Vec<Member> {
    let (types, outer) = around;
    let kinds = if ty.kind == Kind::Object { Vec::new() } else { types.members(ty) };
    let mut found: Vec<Member> = Vec::new();
    for field in ty.fields.iter().chain(kinds.iter().flat_map(|kind| &kind.fields)) {
        let is_known = found.iter().any(|other| other.name == field.name);
        let Some(inner) = types.of(&field.ty).filter(|_| field.is_free() && !is_known) else {
            continue;
        };
        if found.len() == MOST_INSIDE as usize || outer.contains(&inner.name) {
            continue;
        }
        let (ty, below) = if inner.is_leaf() {
            let own = scalar(inner).0;
            let of_list = || FieldType::Array { element: Box::new(own.clone()) };
            (if field.ty.is_list() { of_list() } else { own }, Vec::new())
        } else if depth > 0 && !field.ty.is_list() {
            (FieldType::Json { binary: false }, members(around, inner, depth - 1))
        } else {
            continue;
        };
        let comment = field.description.trim();
        found.push(Member {
            name: field.name.clone(),
            ty,
            title: None,
            comment: (!comment.is_empty()).then(|| comment.to_owned()),
            members: below,
        });
    }
    found
}
