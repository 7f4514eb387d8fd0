//! Which field could refer to which key, by names and types alone.

use kontor_model::schema::{Generated, ResourceKind};
use kontor_model::{FieldType, Resource, Schema};

use super::super::proposal::NameAgreement;
use super::super::secrets;
use super::super::words::{all_alike, has_any, words};
use super::agreement::{
    Source, Target, bare_number, by_role, by_table, cut_after_id, key_type, same_name,
    split_suffix, table_and_key, types_agree, without_suffix,
};

/// A field that could refer to a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// Index of the resource that would refer.
    pub(super) from: usize,
    /// Its fields.
    pub(super) fields: Vec<usize>,
    /// Index of the resource that would be referred to.
    pub(super) to: usize,
    /// Its fields.
    pub(super) to_fields: Vec<usize>,
    pub(super) agreement: NameAgreement,
    /// How much the names say, 0 to 100.
    pub(super) strength: u32,
    /// Whether the field referred to is only the first part of a key, so that values must show
    /// that it tells records apart.
    pub(super) must_be_unique: bool,
}

/// Below this, names alone are no reason to propose a link.
pub(super) const BY_NAME_ALONE: u32 = 70;

/// Names that many resources use for something of their own.
const COMMON: [&str; 24] = [
    "id",
    "code",
    "key",
    "no",
    "nr",
    "number",
    "nummer",
    "name",
    "title",
    "email",
    "slug",
    "value",
    "position",
    "status",
    "type",
    "version",
    "uuid",
    "guid",
    "date",
    "url",
    "sort order",
    "label",
    "text",
    "counter",
];

/// Names of things that can be of any resource; with a `…_type` beside them they refer to
/// whatever that says.
const ANYTHING: [&str; 13] = [
    "entity",
    "object",
    "item",
    "owner",
    "target",
    "subject",
    "source",
    "reference",
    "ref",
    "record",
    "resource",
    "model",
    "parent",
];

/// The names of a schema, split and ready to be compared.
pub(super) struct Names<'a> {
    schema: &'a Schema,
    targets: Vec<Target<'a>>,
    prefix: usize,
}

impl<'a> Names<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        let mut names = Self { schema, targets: Vec::new(), prefix: common_prefix(schema) };
        for (at, resource) in schema.resources.iter().enumerate() {
            if is_table(resource) {
                names.add_targets(at, resource);
            }
        }
        names
    }

    fn table(&self, resource: &Resource) -> Vec<String> {
        let all = words(&resource.table);
        let skip = if all.len() > self.prefix { self.prefix } else { 0 };
        all[skip..].to_vec()
    }

    fn add_targets(&mut self, at: usize, resource: &'a Resource) {
        let unique =
            resource.indexes.iter().filter(|index| index.unique && index.fields.len() == 1);
        let mut fields: Vec<usize> = resource.key.first().copied().into_iter().collect();
        for index in unique {
            if !fields.contains(&index.fields[0]) {
                fields.push(index.fields[0]);
            }
        }
        let table = self.table(resource);
        for place in fields {
            let field = &resource.fields[place];
            let key = split_suffix(words(&field.name));
            let is_unique = resource.key == [place]
                || field.generated == Generated::ByDefault
                || resource.indexes.iter().any(|i| i.unique && i.fields == [place]);
            self.targets.push(Target {
                resource: at,
                field: place,
                ty: &field.ty,
                stem: without_suffix(&key),
                key,
                table: table.clone(),
                is_first_part: !is_unique,
                is_primary: resource.key == [place],
            });
        }
    }

    /// The targets that a field could mean, best first.
    pub(super) fn of_field(&self, from: usize, place: usize) -> Vec<Candidate> {
        let resource = &self.schema.resources[from];
        let field = &resource.fields[place];
        if !is_table(resource) || !can_refer(resource, place) {
            return Vec::new();
        }
        let all = cut_after_id(split_suffix(words(&field.name)));
        let stem = without_suffix(&all);
        if self.is_own_key(resource, place, &stem) || is_polymorphic(resource, &stem) {
            return Vec::new();
        }
        let has_suffix = stem.len() < all.len();
        let source = Source { from, place, field, all: &all, stem: &stem, has_suffix };
        let mut found: Vec<(u32, Candidate)> = self
            .targets
            .iter()
            .filter(|target| (target.resource, target.field) != (from, place))
            .filter(|target| types_agree(&field.ty, target.ty))
            .filter_map(|target| {
                let (agreement, strength) = self.agreement(&source, target)?;
                let strength = strength + self.bonus(&source, target);
                Some((preference(target, strength), source.candidate(target, agreement, strength)))
            })
            .collect();
        found.sort_by_key(|(preference, _)| std::cmp::Reverse(*preference));
        found.into_iter().map(|(_, candidate)| candidate).collect()
    }

    /// Whether the field is how the resource names its own records.
    fn is_own_key(&self, resource: &Resource, place: usize, stem: &[String]) -> bool {
        let table = self.table(resource);
        resource.fields[place].generated == Generated::ByDefault
            || (resource.key.first() == Some(&place)
                && (stem.is_empty() || all_alike(stem, &table)))
    }

    fn agreement(&self, source: &Source<'_>, target: &Target<'_>) -> Option<(NameAgreement, u32)> {
        let is_self = source.from == target.resource;
        let stem = source.stem;
        if is_self {
            return self.to_itself(source, target);
        }
        let is_common = COMMON.contains(&source.all.join(" ").as_str());
        if !is_common
            && all_alike(source.all, &target.key)
            && (source.has_suffix || target.is_primary)
        {
            let near = &self.schema.resources[source.from];
            return same_name(source, target, near.key == [source.place]);
        }
        if let Some(agreement) = table_and_key(source, target) {
            return Some(agreement);
        }
        if source.has_suffix {
            return by_table(stem, target).or_else(|| by_role(stem, target));
        }
        if matches!(source.field.ty, FieldType::Int { .. }) {
            return bare_number(stem, target).or_else(|| by_role(stem, target));
        }
        // A bare word over a text: `country` with codes. Only values can tell.
        (!target.is_first_part && all_alike(stem, &target.table))
            .then_some((NameAgreement::ResourceName, 55))
    }

    /// What the resources' names and fields add to the names of the fields.
    fn bonus(&self, source: &Source<'_>, target: &Target<'_>) -> u32 {
        let near = &self.schema.resources[source.from];
        // `plugin_control_versions` belongs to `plugin_control`.
        let table = self.table(near);
        let belongs = table.len() > target.table.len()
            && all_alike(&table[..target.table.len()], &target.table);
        // `customers.default_address_id`, where the addresses refer to the customers.
        let choices = ["default", "primary", "main", "standard", "haupt", "current", "latest"];
        let chosen = has_any(source.stem, &choices) && self.refers_to(target.resource, near);
        4 * u32::from(belongs && target.is_primary) + 20 * u32::from(chosen)
    }

    fn refers_to(&self, from: usize, to: &Resource) -> bool {
        let Some(key) = to.key.first().map(|&key| &to.fields[key].name) else { return false };
        self.schema.resources[from].fields.iter().any(|field| {
            field.name == *key && words(&field.name).len() > 1
                || all_alike(&without_suffix(&split_suffix(words(&field.name))), &self.table(to))
        })
    }

    fn to_itself(&self, source: &Source<'_>, target: &Target<'_>) -> Option<(NameAgreement, u32)> {
        if !target.is_primary {
            return None;
        }
        let parents =
            ["parent", "vater", "vorgaenger", "uebergeordnet", "oberkategorie", "predecessor"];
        let (first, rest) = source.stem.split_first()?;
        let parent = |word: &str| parents.contains(&word);
        if (parent(first) && (rest.is_empty() || all_alike(rest, &target.table)))
            || (source.stem.len() > 1
                && source.stem.last().is_some_and(|last| parent(last))
                && all_alike(&source.stem[..source.stem.len() - 1], &target.table))
        {
            return Some((NameAgreement::Parent, 85));
        }
        if let Some((role, _)) = by_role(source.stem, target) {
            return Some((role, 72));
        }
        // `employees.manager_id`, `orders.original_order_id`.
        (source.has_suffix
            && source.stem.len() > target.table.len()
            && all_alike(&source.stem[source.stem.len() - target.table.len()..], &target.table))
        .then_some((NameAgreement::EndsWithResourceName, 65))
    }

    /// Keys of several fields that a resource has, too, all by the same names.
    pub(super) fn composite(&self, is_link: impl Fn(usize, usize) -> bool) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (to, target) in self.schema.resources.iter().enumerate() {
            // A key of nothing but references belongs to a join or translation table.
            let own_part = target.key.iter().any(|&field| !is_link(to, field));
            if target.key.len() < 2 || !own_part || !is_table(target) {
                continue;
            }
            for (from, resource) in self.schema.resources.iter().enumerate() {
                if from != to && is_table(resource) {
                    found.extend(composite(from, resource, to, target));
                }
            }
        }
        found
    }
}

impl Source<'_> {
    fn candidate(&self, target: &Target<'_>, agreement: NameAgreement, strength: u32) -> Candidate {
        Candidate {
            from: self.from,
            fields: vec![self.place],
            to: target.resource,
            to_fields: vec![target.field],
            agreement,
            strength,
            must_be_unique: target.is_first_part,
        }
    }
}

fn composite(from: usize, resource: &Resource, to: usize, target: &Resource) -> Option<Candidate> {
    let same = |&field: &usize| {
        let far = &target.fields[field];
        let near = resource.fields.iter().position(|f| f.name.eq_ignore_ascii_case(&far.name))?;
        types_agree(&resource.fields[near].ty, &far.ty).then_some(near)
    };
    let fields = target.key.iter().map(same).collect::<Option<Vec<usize>>>()?;
    let is_declared = resource.references.iter().any(|reference| {
        reference.fields.len() == fields.len()
            && fields.iter().all(|f| reference.fields.contains(f))
    });
    // Where both have the same key, nothing says which of them is the base.
    let is_same_key =
        resource.key.len() == fields.len() && resource.key.iter().all(|f| fields.contains(f));
    (!is_declared && !is_same_key).then(|| Candidate {
        from,
        fields,
        to,
        to_fields: target.key.clone(),
        agreement: NameAgreement::AllOfKey,
        strength: 80,
        must_be_unique: false,
    })
}

/// Among targets with names that say as much: whole keys before parts, keys before other unique
/// fields.
fn preference(target: &Target<'_>, strength: u32) -> u32 {
    strength * 4 + 2 * u32::from(!target.is_first_part) + u32::from(target.is_primary)
}

fn is_table(resource: &Resource) -> bool {
    matches!(resource.kind, ResourceKind::Table | ResourceKind::ForeignTable)
}

/// Whether a field may refer at all: not yet declared, of a type that keys have, and no secret.
fn can_refer(resource: &Resource, place: usize) -> bool {
    let field = &resource.fields[place];
    let is_declared = resource.references.iter().any(|reference| reference.fields == [place]);
    !is_declared && key_type(&field.ty).is_some() && secrets::by_name(resource, field).is_none()
}

/// `owner_id` beside `owner_type` refers to whatever the type says.
fn is_polymorphic(resource: &Resource, stem: &[String]) -> bool {
    let Some(last) = stem.last() else { return false };
    let of_anything = ANYTHING.contains(&last.as_str()) || last.ends_with("able");
    of_anything
        && ["type", "class", "model", "table", "kind"].iter().any(|word| {
            let mut sibling = stem.to_vec();
            sibling.push((*word).to_owned());
            resource.fields.iter().any(|field| words(&field.name) == sibling)
        })
}

/// How many words stand before the names of nearly all tables (`zen_`, `wp_`): none or one.
fn common_prefix(schema: &Schema) -> usize {
    let firsts: Vec<String> = schema
        .resources
        .iter()
        .filter_map(|resource| words(&resource.table).into_iter().next())
        .collect();
    let Some(first) = firsts.first() else { return 0 };
    let shared = firsts.iter().filter(|other| *other == first).count();
    usize::from(firsts.len() >= 4 && shared * 10 >= firsts.len() * 9)
}
