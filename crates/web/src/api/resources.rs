//! The resources of a backend: what they are called, what they hold, what can be asked of them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::filter::Operator;
use kontor_model::filter::bind::suits;
use kontor_model::{FieldType, Generated};
use kontor_office::catalog::{Catalog, Face, FarField, FarLink};
use kontor_office::{Edit, Office, Permit, Read};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Described;
use super::extract::{At, InBackend, InResource};
use super::json::json;
use super::problem::{Problem, ReadRefusals};
use super::words;
use crate::app::App;
use crate::texts::Language;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list).with(__path_show, show)
}

/// A resource.
#[derive(Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceSummary {
    /// Its name in addresses.
    name: String,
    /// Its title in your language.
    title: String,
    /// The group it stands in.
    group: Option<String>,
    /// `table`, `view`, `materialized_view` or `foreign_table`.
    kind: &'static str,
    /// Names of the fields of its key; empty where it has none.
    key: Vec<String>,
    /// About how many records it has, from the database's own statistics.
    estimated_records: Option<u64>,
    /// Whether menus leave it out.
    hidden: bool,
    /// Why its records cannot be changed: `manifest`, `resource`, `view`, `no_key`, `privilege` or `no_right`;
    /// null when they can.
    read_only: Option<&'static str>,
}

impl ResourceSummary {
    fn of(permit: &Permit<Read>, catalog: &Catalog, face: &Face, language: Language) -> Self {
        let resource = catalog.resource(face);
        let group = face.group.as_ref();
        Self {
            name: face.name.to_string(),
            title: face.title.in_language(language.code()).to_owned(),
            group: group.map(|group| group.in_language(language.code()).to_owned()),
            kind: words::kind(resource.kind),
            key: names(catalog, face, &resource.key),
            estimated_records: resource.estimated_rows,
            hidden: face.hidden,
            read_only: face.read_only.map(words::read_only).or_else(|| no_right(permit)),
        }
    }
}

fn no_right(permit: &Permit<Read>) -> Option<&'static str> {
    (!permit.has::<Edit>()).then_some("no_right")
}

/// The resources of a backend, hidden ones included.
pub(super) fn summaries(
    permit: &Permit<Read>,
    catalog: &Catalog,
    language: Language,
) -> Vec<ResourceSummary> {
    let faces = catalog.faces.iter();
    faces.map(|face| ResourceSummary::of(permit, catalog, face, language)).collect()
}

/// The names of those fields that may be seen.
fn names(catalog: &Catalog, face: &Face, fields: &[usize]) -> Vec<String> {
    let resource = catalog.resource(face);
    let visible = fields.iter().filter(|&&field| face.fields[field].is_visible());
    visible.map(|&field| resource.fields[field].name.clone()).collect()
}

/// The resources of a backend.
#[derive(Serialize, ToSchema)]
struct ResourceList {
    /// By name.
    resources: Vec<ResourceSummary>,
}

/// The resources of a backend.
#[utoipa::path(
    get, path = "/backends/{backend}/resources", operation_id = "listResources", tag = "Backends",
    params(InBackend),
    responses((status = 200, description = "The resources by name", body = ResourceList), ReadRefusals)
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBackend>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let catalog = permit.backend.catalog().map_err(|error| caller.told(error))?;
    let resources = summaries(&permit, &catalog, caller.language());
    Ok(json(StatusCode::OK, &ResourceList { resources }))
}

/// A known value of a field.
#[derive(Serialize, ToSchema)]
#[schema(as = Choice)]
struct ChoiceAnswer {
    /// The value.
    value: String,
    /// What people call it, in your language.
    title: String,
}

/// A field.
#[derive(Serialize, ToSchema)]
#[schema(as = Field)]
struct FieldAnswer {
    /// Its name.
    name: String,
    /// Its title in your language.
    title: String,
    /// What it holds: `bool`, `int`, `decimal`, `float`, `money`, `text`, `enum`, `set`, `date`,
    /// `time`, `date_time`, `instant`, `year`, `interval`, `uuid`, `json`, `array`, `range`,
    /// `bytes`, `bits`, `network`, `any` or `other`.
    #[serde(rename = "type")]
    ty: &'static str,
    /// The database's own words for the type.
    native: String,
    /// How its values are shown beyond what the type says.
    format: &'static str,
    /// The least integer, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<String>,
    /// The greatest integer, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<String>,
    /// Digits after the point of a decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<u32>,
    /// The most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_characters: Option<u32>,
    /// Its known values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceAnswer>,
    /// What the database says of it.
    help: Option<String>,
    /// Whether it may be null.
    nullable: bool,
    /// Whether a new record must bring a value.
    required: bool,
    /// Whether it belongs to the key.
    is_key: bool,
    /// Whether a list can be ordered by it.
    sortable: bool,
    /// The operators that a filter can ask of it.
    operators: Vec<&'static str>,
    /// The link that begins with it.
    link: Option<String>,
    /// Why it cannot be changed: `manifest`, `resource`, `view`, `no_key`, `privilege`, `generated`, `type`,
    /// `field` or `no_right`; null when it can.
    read_only: Option<&'static str>,
}

impl FieldAnswer {
    fn of(
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        index: usize,
        language: Language,
    ) -> Self {
        let resource = catalog.resource(face);
        let (field, shown) = (&resource.fields[index], &face.fields[index]);
        let (min, max) = match &field.ty {
            FieldType::Int { min, max } => (Some(min.to_string()), Some(max.to_string())),
            _ => (None, None),
        };
        let operators = Operator::ALL.into_iter().filter(|&operator| suits(operator, field));
        Self {
            name: field.name.clone(),
            title: shown.title.in_language(language.code()).to_owned(),
            ty: words::field_type(&field.ty),
            native: field.native.clone(),
            format: words::format(&shown.format),
            min,
            max,
            scale: match field.ty {
                FieldType::Decimal { scale, .. } => scale,
                _ => None,
            },
            max_characters: match field.ty {
                FieldType::Text { max } => max,
                _ => None,
            },
            choices: choices(&field.ty, shown, language),
            help: field.comment.clone(),
            nullable: field.nullable,
            required: !field.nullable
                && field.default.is_none()
                && field.generated == Generated::No,
            is_key: resource.key.contains(&index),
            sortable: field.sortable,
            operators: operators.map(Operator::symbol).collect(),
            link: face.link_at(index).map(|link| link.name.clone()),
            read_only: shown.read_only.map(words::read_only).or_else(|| no_right(permit)),
        }
    }
}

fn choices(
    ty: &FieldType,
    shown: &kontor_office::catalog::FieldFace,
    language: Language,
) -> Vec<ChoiceAnswer> {
    let permitted: &[String] = match ty {
        FieldType::Enum { choices } | FieldType::Set { choices } => choices,
        _ => &[],
    };
    let titled = shown.choices.iter().map(|choice| ChoiceAnswer {
        value: choice.value.clone(),
        title: choice.title.in_language(language.code()).to_owned(),
    });
    let untitled = permitted
        .iter()
        .filter(|value| shown.choices.iter().all(|choice| choice.value != **value))
        .map(|value| ChoiceAnswer { value: value.clone(), title: value.clone() });
    titled.chain(untitled).collect()
}

/// A link to records of another resource, or from them.
#[derive(Serialize, ToSchema)]
#[schema(as = Link)]
struct LinkAnswer {
    /// Its name: in filters, or in the address of related records.
    name: String,
    /// Its title in your language.
    title: String,
    /// The backend at the other end.
    backend: String,
    /// The resource at the other end.
    resource: String,
    /// Names of the fields that refer.
    fields: Vec<String>,
    /// Names of the fields that are referred to.
    target_fields: Vec<String>,
}

/// A resource with its fields and links.
#[derive(Serialize, ToSchema)]
struct ResourceInFull {
    /// The resource.
    #[serde(flatten)]
    resource: ResourceSummary,
    /// What the database says of it.
    help: Option<String>,
    /// The fields that may be seen, in the order in which people read them.
    fields: Vec<FieldAnswer>,
    /// The fields that a list answers unless others are asked for.
    columns: Vec<String>,
    /// The order of a list unless another is asked for.
    sort: String,
    /// The fields that name a record.
    title_fields: Vec<String>,
    /// Links that begin here; filters follow them (`customer.city = Kiel`).
    links: Vec<LinkAnswer>,
    /// Links that end here; `related` follows them by their name.
    incoming: Vec<LinkAnswer>,
}

impl ResourceInFull {
    fn of(
        office: &Office,
        permit: &Permit<Read>,
        catalog: &Catalog,
        face: &Face,
        language: Language,
    ) -> Self {
        let resource = catalog.resource(face);
        let fields = face.order.iter();
        let sort = face.sort.iter().filter(|step| face.fields[step.field].is_visible());
        let sort = sort.map(|step| {
            let minus = if step.descending { "-" } else { "" };
            format!("{minus}{}", resource.fields[step.field].name)
        });
        Self {
            resource: ResourceSummary::of(permit, catalog, face, language),
            help: resource.comment.clone(),
            fields: fields
                .map(|&index| FieldAnswer::of(permit, catalog, face, index, language))
                .collect(),
            columns: names(catalog, face, &face.columns),
            sort: sort.collect::<Vec<_>>().join(","),
            title_fields: names(catalog, face, &face.title_fields),
            links: outgoing(permit, catalog, face, language),
            incoming: incoming(office, permit, catalog, face, language),
        }
    }
}

fn outgoing(
    permit: &Permit<Read>,
    catalog: &Catalog,
    face: &Face,
    language: Language,
) -> Vec<LinkAnswer> {
    let links = face.links.iter().map(|link| {
        let target = &catalog.faces[link.target];
        LinkAnswer {
            name: link.name.clone(),
            title: link.title.in_language(language.code()).to_owned(),
            backend: permit.backend.name.to_string(),
            resource: target.name.to_string(),
            fields: names(catalog, face, &link.fields),
            target_fields: names(catalog, target, &link.target_fields),
        }
    });
    // Of a backend that you may not read, you learn no more than that there is none.
    let is_known = |link: &&FarLink| permit.actor.role(&link.backend).is_some();
    let far = face.far.iter().filter(is_known).map(|link| LinkAnswer {
        name: link.name.clone(),
        title: link.title.in_language(language.code()).to_owned(),
        backend: link.backend.to_string(),
        resource: link.target.to_string(),
        fields: link.fields.iter().map(|field| referring(catalog, face, field)).collect(),
        target_fields: link.target_fields.clone(),
    });
    links.chain(far).collect()
}

/// A field that refers, with the place in its JSON.
fn referring(catalog: &Catalog, face: &Face, field: &FarField) -> String {
    let name = &catalog.resource(face).fields[field.field].name;
    field.pointer.as_ref().map_or_else(|| name.clone(), |pointer| format!("{name}#{pointer}"))
}

fn incoming(
    office: &Office,
    permit: &Permit<Read>,
    catalog: &Catalog,
    face: &Face,
    language: Language,
) -> Vec<LinkAnswer> {
    let links = face.incoming.iter().enumerate().map(|(index, incoming)| {
        let from = &catalog.faces[incoming.from];
        let link = &from.links[incoming.link];
        LinkAnswer {
            name: index.to_string(),
            title: from.title.in_language(language.code()).to_owned(),
            backend: permit.backend.name.to_string(),
            resource: from.name.to_string(),
            fields: names(catalog, from, &link.fields),
            target_fields: names(catalog, face, &link.target_fields),
        }
    });
    let far = office.far_incoming(permit, &face.name).into_iter().map(|link| LinkAnswer {
        name: link.name,
        title: link.title.in_language(language.code()).to_owned(),
        backend: link.backend.name.to_string(),
        resource: link.resource.to_string(),
        fields: link.fields,
        target_fields: link.target_fields,
    });
    links.chain(far).collect()
}

/// A resource with its fields: their types, what can be asked of them, what they link to, and why
/// they cannot be changed.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}", operation_id = "showResource",
    tag = "Backends", params(InResource),
    responses((status = 200, description = "The resource", body = ResourceInFull), ReadRefusals)
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let catalog = permit.backend.catalog().map_err(|error| caller.told(error))?;
    let face = super::face(&catalog, &permit, &at.name()).map_err(|error| caller.told(error))?;
    Ok(json(
        StatusCode::OK,
        &ResourceInFull::of(&app.office, &permit, &catalog, face, caller.language()),
    ))
}
