//! Lays a manifest over a schema. What the manifest does not say is derived; what it says and does
//! not fit is left out and told.

use std::collections::HashMap;
use std::sync::Arc;

use kontor_model::currency::minor_digits;
use kontor_model::schema::{ReadOnly, ReferenceSource};
use kontor_model::{FieldType, Generated, Reference, Resource, ResourceName, Schema, Sort, Value};

use super::actions;
use super::far::far_links;
use super::members::members;
use super::{
    Catalog, Choice, Face, FieldFace, Format, Incoming, Kinds, Link, Mark, SoftDelete, Stamps,
    Translations, humanised,
};
use crate::error::ReadOnlyReason;
use crate::manifest::{
    self, Currency, DeletedMark, FieldOverride, Label, Manifest, ResourceOverride,
};
use crate::proposals::{faces, secrets};

/// A backend's resources as people see them.
#[must_use]
pub fn build(manifest: &Manifest, mut schema: Schema) -> Catalog {
    let problems = manifest.check_against(&schema).iter().map(ToString::to_string).collect();
    apply_keys(manifest, &mut schema);
    drop_secret_keys(manifest, &mut schema);
    add_links(manifest, &mut schema);
    let mut faces: Vec<Face> =
        (0..schema.resources.len()).map(|index| face(manifest, &schema, index)).collect();
    for face in &mut faces {
        face.links = links(manifest, &schema, &schema.resources[face.index]);
    }
    add_incoming(&mut faces);
    for face in &mut faces {
        face.far = far_links(manifest, &schema, face);
    }
    for face in &mut faces {
        face.translations = translations(manifest, &schema, &schema.resources[face.index]);
    }
    let by_name = faces
        .iter()
        .map(|face| (face.name.clone(), face.index))
        .collect::<HashMap<ResourceName, usize>>();
    Catalog { schema: Arc::new(schema), faces, problems, by_name }
}

/// A key from the manifest makes the records of a view or of a table without one addressable.
fn apply_keys(manifest: &Manifest, schema: &mut Schema) {
    for (name, said) in manifest.resources.iter().filter(|(_, said)| !said.key.is_empty()) {
        let Some(resource) = schema.resources.iter_mut().find(|resource| resource.name == *name)
        else {
            continue;
        };
        let key: Option<Vec<usize>> =
            said.key.iter().map(|field| resource.position(field)).collect();
        if let Some(key) = key {
            resource.key = key;
            if resource.read_only == Some(ReadOnly::NoKey) {
                resource.read_only = None;
            }
        }
    }
}

/// A key that is a secret itself (a session's id) must not stand in addresses: such records are
/// read by their other fields and never changed.
fn drop_secret_keys(manifest: &Manifest, schema: &mut Schema) {
    for resource in &mut schema.resources {
        let said = manifest.resource(&resource.name);
        let is_secret = |&field: &usize| {
            let field = &resource.fields[field];
            let said = said.and_then(|said| said.field(&field.name)).and_then(|said| said.secret);
            said.unwrap_or_else(|| secrets::by_name(resource, field).is_some())
        };
        if resource.key.iter().any(is_secret) {
            resource.key.clear();
            resource.read_only = resource.read_only.or(Some(ReadOnly::NoKey));
        }
    }
}

fn add_links(manifest: &Manifest, schema: &mut Schema) {
    for link in manifest.links.iter().filter(|link| !link.is_far(&manifest.name)) {
        let target_fits = schema.resource(&link.to).is_some_and(|target| {
            link.to_fields.iter().all(|field| target.position(field).is_some())
        });
        let Some(resource) =
            schema.resources.iter_mut().find(|resource| resource.name == link.from)
        else {
            continue;
        };
        let fields: Option<Vec<usize>> =
            link.fields.iter().map(|field| resource.position(field)).collect();
        if let Some(fields) = fields.filter(|_| target_fits) {
            resource.references.push(Reference {
                name: link.name.clone(),
                fields,
                target: link.to.clone(),
                target_fields: link.to_fields.clone(),
                source: ReferenceSource::Manifest,
            });
        }
    }
}

fn face(manifest: &Manifest, schema: &Schema, index: usize) -> Face {
    let resource = &schema.resources[index];
    let nothing = ResourceOverride::default();
    let said = manifest.resource(&resource.name).unwrap_or(&nothing);
    let read_only = read_only(manifest, resource);
    let fields: Vec<FieldFace> = (0..resource.fields.len())
        .map(|field| field_face(resource, said, field, read_only))
        .collect();
    let named = |names: &[String]| {
        names.iter().filter_map(|name| resource.position(name)).collect::<Vec<_>>()
    };
    let is_visible = |field: &usize| fields[*field].is_visible();
    let mut order = named(&said.order);
    order.extend(
        (0..resource.fields.len()).filter(|field| !order.contains(field)).collect::<Vec<_>>(),
    );
    order.retain(is_visible);
    let allowed_field = actions::allowed_field(resource, said);
    // What a record allows is seen in what it offers.
    order.retain(|field| {
        Some(*field) != allowed_field || said.order.contains(&resource.fields[*field].name)
    });
    let mut title_fields = if said.title_field.is_empty() {
        faces::title_fields(resource)
    } else {
        named(&said.title_field)
    };
    title_fields.retain(is_visible);
    let mut columns = if said.columns.is_empty() {
        faces::default_columns(resource)
    } else {
        named(&said.columns)
    };
    columns.retain(|field| is_visible(field) && resource.is_listed(*field));
    if columns.is_empty() {
        let listed = order.iter().copied().filter(|&field| resource.is_listed(field));
        columns = listed.take(8).collect();
    }
    Face {
        index,
        name: resource.name.clone(),
        title: said
            .title
            .clone()
            .unwrap_or_else(|| Label::same(&humanised(resource.name.as_str()))),
        group: said.group.clone(),
        hidden: said.hidden.unwrap_or(false),
        read_only,
        sort: sort(resource, said),
        title_fields,
        search: said
            .search
            .as_ref()
            .map(|names| named(names).into_iter().filter(is_visible).collect()),
        order,
        columns,
        links: Vec::new(),
        incoming: Vec::new(),
        far: Vec::new(),
        soft_delete: said.soft_delete.as_ref().and_then(|soft| soft_delete(resource, soft)),
        stamps: said.stamps.as_ref().map_or_else(Stamps::default, |stamps| Stamps {
            created: stamps.created.as_deref().and_then(|name| resource.position(name)),
            updated: stamps.updated.as_deref().and_then(|name| resource.position(name)),
        }),
        translations: None,
        kinds: said.kinds.as_ref().and_then(|kinds| {
            Some(Kinds {
                field: resource.position(&kinds.field)?,
                of: kinds.of.iter().map(|(kind, own)| (kind.clone(), named(own))).collect(),
            })
        }),
        is_join_table: said.join_table.unwrap_or(false),
        case: said.case.clone(),
        actions: actions::actions(schema.engine, resource, said),
        allowed_field,
        fields,
    }
}

fn read_only(manifest: &Manifest, resource: &Resource) -> Option<ReadOnlyReason> {
    match resource.read_only {
        Some(ReadOnly::View) => Some(ReadOnlyReason::View),
        Some(ReadOnly::NoKey) => Some(ReadOnlyReason::NoKey),
        Some(ReadOnly::NotOffered) => Some(ReadOnlyReason::NotOffered),
        Some(ReadOnly::NoPrivilege) if manifest.is_writable(&resource.name) => {
            Some(ReadOnlyReason::Privilege)
        }
        _ if manifest.is_writable(&resource.name) => None,
        _ if manifest.writable => Some(ReadOnlyReason::Resource),
        _ => Some(ReadOnlyReason::Manifest),
    }
}

/// The heading for fields that lie in one object of a service's records.
fn outer(resource: &Resource, index: usize) -> Option<Label> {
    resource.service.as_ref()?;
    let outer = |name: &str| name.rsplit_once('.').map(|(outer, _)| outer.to_owned());
    let own = outer(&resource.fields[index].name)?;
    let alike = resource.fields.iter().filter(|field| outer(&field.name).as_ref() == Some(&own));
    (alike.count() > 1).then(|| Label::same(&humanised(&own)))
}

fn field_face(
    resource: &Resource,
    said: &ResourceOverride,
    index: usize,
    of_resource: Option<ReadOnlyReason>,
) -> FieldFace {
    let field = &resource.fields[index];
    let nothing = FieldOverride::default();
    let said_field = said.field(&field.name).unwrap_or(&nothing);
    let secret = said_field.secret.unwrap_or_else(|| secrets::by_name(resource, field).is_some());
    let read_only = of_resource
        .or_else(|| (field.generated == Generated::Always).then_some(ReadOnlyReason::Generated))
        .or_else(|| (!field.ty.is_writable()).then_some(ReadOnlyReason::Type))
        .or_else(|| {
            (secret || said_field.editable == Some(false)).then_some(ReadOnlyReason::Field)
        });
    FieldFace {
        title: said_field.title.clone().unwrap_or_else(|| Label::same(&humanised(&field.name))),
        group: said_field.group.clone().or_else(|| outer(resource, index)),
        hidden: said_field.hidden.unwrap_or(false),
        secret,
        format: format(resource, said_field, index),
        read_only,
        fact: said_field.fact.clone(),
        event: said_field.event.clone(),
        kept: said_field.editable != Some(true) && is_kept(resource, said, index),
        choices: said_field.choices.iter().map(Choice::of).collect(),
        members: members(resource, said_field, index),
    }
}

/// Whether the database or the application keeps a field, so that nobody changes it by hand.
fn is_kept(resource: &Resource, said: &ResourceOverride, index: usize) -> bool {
    let field = &resource.fields[index];
    let is_named = |name: Option<&String>| name.is_some_and(|name| *name == field.name);
    let is_stamp = said.stamps.as_ref().is_some_and(|stamps| {
        is_named(stamps.created.as_ref()) || is_named(stamps.updated.as_ref())
    });
    let is_mark = is_named(said.soft_delete.as_ref().map(|soft| &soft.field));
    let is_counted = resource.key.contains(&index) && field.generated != Generated::No;
    is_stamp || is_mark || is_counted
}

fn format(resource: &Resource, said: &FieldOverride, index: usize) -> Format {
    let field = &resource.fields[index];
    match said.format {
        Some(manifest::Format::Multiline) => Format::Multiline,
        Some(manifest::Format::Email) => Format::Email,
        Some(manifest::Format::Url) => Format::Url,
        Some(manifest::Format::Phone) => Format::Phone,
        Some(manifest::Format::Json) => Format::Json,
        Some(manifest::Format::List) => Format::List,
        Some(manifest::Format::Percent) => Format::Percent,
        Some(manifest::Format::Color) => Format::Color,
        Some(manifest::Format::Image) => Format::Image,
        Some(manifest::Format::UnixTime(unit)) => Format::UnixTime(unit),
        Some(manifest::Format::Status) => Format::Status,
        Some(manifest::Format::Money) => Format::Money {
            currency_field: match &said.currency {
                Some(Currency::Field(name)) => resource.position(name),
                _ => None,
            },
            currency_code: match &said.currency {
                Some(Currency::Code(code)) => Some(code.clone()),
                _ => None,
            },
            decimals: said.decimals.unwrap_or_else(|| match &said.currency {
                Some(Currency::Code(code)) => u32::from(minor_digits(code).unwrap_or(2)),
                _ => 2,
            }),
        },
        Some(_) => Format::Plain,
        None if !said.choices.is_empty() => Format::Status,
        None => derived_format(&field.name, &field.ty),
    }
}

/// What a name alone is enough to say; more is proposed with evidence.
fn derived_format(name: &str, ty: &FieldType) -> Format {
    let lower = name.to_lowercase();
    let is_text = matches!(ty, FieldType::Text { .. });
    if is_text
        && (lower == "email"
            || lower.ends_with("_email")
            || lower == "e_mail"
            || lower.ends_with("email_address"))
    {
        return Format::Email;
    }
    if is_text
        && (lower == "url" || lower.ends_with("_url") || lower == "homepage" || lower == "website")
    {
        return Format::Url;
    }
    Format::Plain
}

/// What the manifest says, else the newest or highest key first where the database counts the
/// keys up, else the key's own order.
fn sort(resource: &Resource, said: &ResourceOverride) -> Vec<Sort> {
    let wanted: Vec<Sort> = said
        .sort
        .iter()
        .filter_map(|step| {
            Some(Sort { field: resource.position(&step.field)?, descending: step.descending })
        })
        .filter(|step| resource.sorts(step.field, step.descending))
        .collect();
    if !wanted.is_empty() {
        return wanted;
    }
    match resource.key.as_slice() {
        [only]
            if resource.fields[*only].generated == Generated::ByDefault
                && resource.fields[*only].sortable =>
        {
            vec![Sort { field: *only, descending: true }]
        }
        _ => Vec::new(),
    }
}

fn soft_delete(resource: &Resource, said: &manifest::SoftDelete) -> Option<SoftDelete> {
    let field = resource.position(&said.field)?;
    let ty = &resource.fields[field].ty;
    let deleted = match &said.deleted {
        DeletedMark::Now => Mark::Now,
        DeletedMark::Value(text) => Mark::Fixed(ty.parse(text).ok()?),
    };
    let alive = match &said.alive {
        Some(text) => ty.parse(text).ok()?,
        None if matches!(ty, FieldType::Bool) && !resource.fields[field].nullable => {
            Value::Bool(false)
        }
        None if matches!(ty, FieldType::Int { .. }) && !resource.fields[field].nullable => {
            Value::Int(0)
        }
        None => Value::Null,
    };
    Some(SoftDelete { field, deleted, alive })
}

/// The links of a resource. A name that two links would share gets the field's name behind it.
fn links(manifest: &Manifest, schema: &Schema, resource: &Resource) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for reference in &resource.references {
        let Some(target) = schema.resources.iter().position(|other| other.name == reference.target)
        else {
            continue;
        };
        let target_fields: Option<Vec<usize>> = reference
            .target_fields
            .iter()
            .map(|name| schema.resources[target].position(name))
            .collect();
        let Some(target_fields) = target_fields else { continue };
        let said = manifest.links.iter().find(|link| {
            reference.source == ReferenceSource::Manifest
                && link.from == resource.name
                && link.name == reference.name
        });
        let name = said.map_or_else(|| link_name(resource, reference), |link| link.name.clone());
        let is_taken = links.iter().any(|link| link.name == name);
        let name = if is_taken { format!("{name}_{}", links.len() + 1) } else { name };
        // A link over one field is what that field is called.
        let of_field = || match reference.fields.as_slice() {
            [field] => {
                let own = manifest.resource(&resource.name)?;
                own.field(&resource.fields[*field].name)?.title.clone()
            }
            _ => None,
        };
        let title = said.and_then(|link| link.title.clone()).or_else(of_field);
        let title = title.unwrap_or_else(|| Label::same(&humanised(&name)));
        links.push(Link {
            title,
            name,
            fields: reference.fields.clone(),
            target,
            target_fields,
            on_delete: match reference.source {
                ReferenceSource::ForeignKey { on_delete } => Some(on_delete),
                ReferenceSource::Manifest | ReferenceSource::Described => None,
            },
        });
    }
    links
}

/// `customer_id` leads to `customer`; a name without such an ending keeps it.
fn link_name(resource: &Resource, reference: &Reference) -> String {
    let name = &resource.fields[reference.fields[reference.fields.len() - 1]].name;
    for ending in ["_id", "_ID", "Id", "ID", "_no", "_nr", "_code"] {
        if let Some(stem) = name.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            return stem.to_owned();
        }
    }
    name.clone()
}

fn add_incoming(faces: &mut [Face]) {
    let mut incoming: Vec<Vec<Incoming>> = faces.iter().map(|_| Vec::new()).collect();
    for face in faces.iter() {
        for (link, target) in face.links.iter().map(|link| link.target).enumerate() {
            incoming[target].push(Incoming { from: face.index, link });
        }
    }
    for (face, incoming) in faces.iter_mut().zip(incoming) {
        face.incoming = incoming;
    }
}

fn translations(manifest: &Manifest, schema: &Schema, resource: &Resource) -> Option<Translations> {
    let said = manifest.resource(&resource.name)?.translations.as_ref()?;
    let face = schema.resources.iter().position(|other| other.name == said.resource)?;
    let other = &schema.resources[face];
    let base: Option<Vec<usize>> = said.base.iter().map(|name| other.position(name)).collect();
    Some(Translations {
        face,
        base: base.filter(|base| base.len() == resource.key.len())?,
        language: other.position(&said.language)?,
        title: other.position(&said.title)?,
        prefer: said.prefer.clone(),
    })
}
