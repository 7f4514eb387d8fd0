//! The OpenAPI document, made from the code.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::{
    OpenApi,
    openapi::{
        self, Content, HttpMethod, Ref, RefOr, ResponseBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{ArrayItems, ObjectBuilder, Schema, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{Problem, router::routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Order & Inspect",
        description = "The core of a shop: everything a customer looks at before buying, and everything \
                       from basket to money back. Amounts are whole numbers in the minor unit of their \
                       currency (EUR cents, JPY yen, KWD fils).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem)),
    tags()
)]
struct Described;

/// The document of the whole service.
pub fn document() -> openapi::OpenApi {
    let (_, mut document) = utoipa_axum::router::OpenApiRouter::with_openapi(Described::openapi())
        .merge(routes())
        .split_for_parts();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An API key, as `order-inspect key create` prints it. The roles of an operation are the scopes of which \
             the key needs one.",
        ))
        .build();
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert("api_key".to_owned(), SecurityScheme::Http(scheme).into());
    if let Some(components) = &mut document.components {
        components.schemas.values_mut().for_each(open_parts);
        let parts: BTreeSet<String> = components.schemas.values().flat_map(parts_of).collect();
        for part in parts {
            if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(&part) {
                object.additional_properties = None;
            }
        }
    }
    for (path, item) in &mut document.paths.paths {
        describe_all(path, item);
    }
    give_examples(&mut document);
    document
}

/// A body for each schema of a request: together they are one shop and one order's life, which a test leads.
const EXAMPLES: &str = include_str!("examples.json");

fn give_examples(document: &mut openapi::OpenApi) {
    let examples: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(EXAMPLES).unwrap_or_default();
    let operations =
        document.paths.paths.values_mut().flat_map(|it| [&mut it.put, &mut it.post, &mut it.patch]);
    for body in operations.flatten().filter_map(|it| it.request_body.as_mut()) {
        let RefOr::T(body) = body else { continue };
        for content in body.content.values_mut() {
            let RefOr::T(content) = content else { continue };
            let named = content.schema.iter().flat_map(names_of);
            content.example = named.filter_map(|name| examples.get(&name).cloned()).next();
        }
    }
}

/// The name of a schema, or those of its alternatives.
fn names_of(schema: &RefOr<Schema>) -> Vec<String> {
    match schema {
        RefOr::Ref(it) => {
            it.ref_location.rsplit('/').next().map(str::to_owned).into_iter().collect()
        }
        RefOr::T(Schema::OneOf(it)) => it.items.iter().flat_map(names_of).collect(),
        RefOr::T(_) => Vec::new(),
    }
}

/// A schema that is put together from parts is closed by none of them: each would refuse the others' fields.
fn open_parts(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::AllOf(all)) => {
            for part in &mut all.items {
                if let RefOr::T(Schema::Object(object)) = part {
                    object.additional_properties = None;
                }
                open_parts(part);
            }
        }
        RefOr::T(Schema::Object(object)) => object.properties.values_mut().for_each(open_parts),
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                open_parts(items);
            }
        }
        _ => {}
    }
}

/// The names of the schemas that a schema is put together from.
fn parts_of(schema: &RefOr<Schema>) -> Vec<String> {
    let RefOr::T(Schema::AllOf(all)) = schema else { return Vec::new() };
    all.items.iter().flat_map(names_of).collect()
}

/// What every operation of a path has in common. A preview is asked for like what it shows, and changes nothing.
fn describe_all(path: &str, item: &mut openapi::PathItem) {
    let is_preview = path.ends_with("/preview");
    let operations = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ];
    for (method, operation) in operations {
        if let Some(operation) = operation {
            describe(&method, operation);
            if !matches!(method, HttpMethod::Get) && !is_preview {
                take_key(operation);
            }
        }
    }
}

/// Any one of the scopes that an operation names is enough: each becomes a requirement of its own, where OpenAPI would
/// want all that stand in one.
fn part_scopes(operation: &mut Operation) {
    let named = serde_json::to_value(&operation.security).unwrap_or_default();
    let lists = named.as_array().into_iter().flatten().filter_map(|it| it["api_key"].as_array());
    let scopes: Vec<String> =
        lists.flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    if !scopes.is_empty() {
        let one = |scope| SecurityRequirement::new("api_key", [scope]);
        operation.security = Some(scopes.into_iter().map(one).collect());
    }
}

fn describe(method: &HttpMethod, operation: &mut Operation) {
    part_scopes(operation);
    let keyed = operation.security.is_some();
    let writes = !matches!(method, HttpMethod::Get);
    let body = operation.request_body.is_some();
    let mut statuses = vec![
        ("400", "What was sent cannot be read"),
        ("404", "There is no such thing"),
        ("429", "Too many requests"),
        ("500", "The service failed"),
    ];
    if keyed {
        statuses.extend([("401", "No valid API key"), ("403", "The API key lacks a scope")]);
    }
    if body {
        statuses.extend([
            ("408", "The body does not come"),
            ("413", "The body is too large"),
            ("415", "The body is no JSON"),
        ]);
    }
    if writes {
        statuses.extend([
            ("409", "It does not fit the state that things are in"),
            ("412", "It has changed since it was read"),
            ("422", "It can be read but not be meant"),
            ("428", "If-Match is missing"),
        ]);
    }
    for (status, description) in statuses {
        let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", problem);
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| response.build().into());
    }
}

/// Whoever needs an API key to change something may name the request.
fn take_key(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let named = |it: &RefOr<Parameter>| matches!(it, RefOr::T(it) if it.name == "Idempotency-Key");
    if operation.security.is_some() && !parameters.iter().any(named) {
        parameters.push(idempotency_key().into());
    }
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Names this request: sent again, it gets the same answer and is not done again.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(128))
                .pattern(Some("^[!-~]+$")),
        ))
        .build()
}

pub(super) fn bytes() -> Vec<u8> {
    serde_json::to_vec_pretty(&document()).unwrap_or_default()
}
