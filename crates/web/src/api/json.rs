//! Records as JSON, written from where they lie, without a tree in between.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_model::{RecordKey, Resource, Value};
use kontor_office::catalog::Catalog;
use kontor_office::{FarTitle, FarTrouble, LinkedTitle};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Bytes of an answer to begin with.
const FIRST_BYTES: usize = 16 * 1024;

/// An answer in JSON.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let mut bytes = Vec::with_capacity(FIRST_BYTES);
    if let Err(error) = serde_json::to_writer(&mut bytes, body) {
        tracing::error!(%error, "an answer could not be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, kind)], bytes).into_response()
}

/// A value as the API gives it; only described here.
pub(super) enum AnyValue {}

impl ToSchema for AnyValue {
    fn name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }
}

impl PartialSchema for AnyValue {
    fn schema() -> RefOr<Schema> {
        let of = |kind: Type| ObjectBuilder::new().schema_type(SchemaType::Type(kind)).build();
        AnyOfBuilder::new()
            .item(of(Type::String))
            .item(of(Type::Number))
            .item(of(Type::Boolean))
            .item(of(Type::Object))
            .item(of(Type::Null))
            .description(Some(
                "Numbers where a double holds them exactly; larger integers, decimals, days, times \
                 and all other types as text. Byte strings are `{\"bytes\": n}` (their size) or \
                 `{\"base16\": …}`; a text that was cut for a preview is `{\"cut\": …}`.",
            ))
            .into()
    }
}

/// A record's address.
pub(super) struct KeyText<'a>(pub(super) &'a RecordKey);

impl Serialize for KeyText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_text())
    }
}

/// Fields by name with something of each.
pub(super) struct Named<'a, T> {
    pub(super) resource: &'a Resource,
    pub(super) fields: &'a [usize],
    pub(super) each: &'a [T],
}

impl<T> Named<'_, T> {
    fn pairs(&self) -> impl Iterator<Item = (&str, &T)> {
        let names = self.fields.iter().map(|&field| self.resource.fields[field].name.as_str());
        names.zip(self.each)
    }
}

impl Serialize for Named<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.each.len()))?;
        for (name, value) in self.pairs() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The values of fields in their tagged form, for `expect`.
pub(super) struct TaggedFields<'a>(pub(super) Named<'a, Value>);

impl Serialize for TaggedFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.pairs().filter(|(_, value)| value.is_whole()) {
            map.serialize_entry(name, &value.to_tagged())?;
        }
        map.end()
    }
}

/// The records that fields point to.
pub(super) struct LinkTitles<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) of: Named<'a, Option<LinkedTitle>>,
}

impl Serialize for LinkTitles<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, linked) in self.of.pairs() {
            if let Some(linked) = linked {
                let target = LinkTarget {
                    resource: self.catalog.faces[linked.face].name.as_str(),
                    key: KeyText(&linked.key),
                    title: linked.title.as_deref(),
                };
                map.serialize_entry(name, &target)?;
            }
        }
        map.end()
    }
}

/// The records of other backends that fields point to; those that point nowhere are left out.
pub(super) struct FarTitles<'a>(pub(super) Named<'a, Option<FarTitle>>);

impl Serialize for FarTitles<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, title) in self.0.pairs() {
            if let Some(title) = title {
                map.serialize_entry(name, &FarTarget::of(title))?;
            }
        }
        map.end()
    }
}

/// The record of another backend that a field points to, or why it is not known.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum FarTarget<'a> {
    /// It is there.
    Found {
        /// Its backend.
        backend: &'a str,
        /// Its resource.
        resource: &'a str,
        /// Its key.
        #[schema(value_type = String)]
        key: KeyText<'a>,
        /// Its title; null where it has none of its own.
        title: Option<&'a str>,
    },
    /// The other backend has no such record.
    Missing,
    /// It is not known.
    Unavailable {
        /// `slow`, `down`, `refused` (it does not answer such a question), `misfit` (the link names what is not there) or `out_of_reach` (there is
        /// no such backend, or you may not read it).
        reason: &'static str,
    },
}

impl<'a> FarTarget<'a> {
    fn of(title: &'a FarTitle) -> Self {
        match title {
            FarTitle::Found(found) => Self::Found {
                backend: found.backend.as_str(),
                resource: found.resource.as_str(),
                key: KeyText(&found.key),
                title: found.title.as_deref(),
            },
            FarTitle::Missing { .. } => Self::Missing,
            FarTitle::Unavailable(trouble) => Self::Unavailable {
                reason: match trouble {
                    FarTrouble::OutOfReach => "out_of_reach",
                    FarTrouble::Misfit { .. } => "misfit",
                    FarTrouble::Slow { .. } => "slow",
                    FarTrouble::Down { .. } => "down",
                    FarTrouble::Refused { .. } => "refused",
                },
            },
        }
    }
}

/// The record that a field points to.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkTarget<'a> {
    /// Its resource.
    resource: &'a str,
    /// Its key.
    #[schema(value_type = String)]
    key: KeyText<'a>,
    /// Its title; null where it has none of its own.
    title: Option<&'a str>,
}
