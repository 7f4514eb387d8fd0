//! A record as one answer, and what is told after it was written.

use std::collections::BTreeMap;

use axum::http::header::ETAG;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use kontor_model::query::BRIEF_CHARACTERS;
use kontor_model::{BackendName, RecordKey, ResourceName, Value};
use kontor_office::{FarTitle, LinkedTitle, OfficeError, Permit, Read, Shown};
use serde::Serialize;
use utoipa::ToSchema;

use super::json::{FarTitles, KeyText, LinkTitles, Named, TaggedFields, json};
use super::version::{etag, version_of};
use crate::app::App;
use crate::components::cell::{Place, content};
use crate::components::shell::Here;
use crate::frame::Frame;
use crate::pages::list::{edit_text, number};
use crate::view::View;
use crate::visitor::Caller;

/// A record with all fields that may be seen.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordInFull)]
pub(super) struct RecordAnswer<'a> {
    /// Its backend.
    #[schema(value_type = String)]
    backend: &'a BackendName,
    /// Its resource.
    #[schema(value_type = String)]
    resource: &'a ResourceName,
    /// Its key, as it stands in addresses.
    #[schema(value_type = String)]
    key: KeyText<'a>,
    /// Its title.
    title: &'a str,
    /// Its version, for `If-Match` and for `version` of an edit.
    version: &'a str,
    /// Whether it is marked as deleted.
    is_deleted: bool,
    /// How many other records have the same content, where that is the address.
    twins: u64,
    /// Its fields.
    #[schema(value_type = BTreeMap<String, super::json::AnyValue>)]
    values: Named<'a, Value>,
    /// The records that its fields point to.
    #[schema(value_type = BTreeMap<String, super::json::LinkTarget<'_>>)]
    titles: LinkTitles<'a>,
    /// The records of other backends that its fields point to.
    #[schema(value_type = BTreeMap<String, super::json::FarTarget<'_>>)]
    far: FarTitles<'a>,
    /// Its fields in the tagged form that tells types apart, for `expect` of an edit.
    #[schema(value_type = BTreeMap<String, String>)]
    tagged: TaggedFields<'a>,
}

/// The parts of a found record that an answer borrows.
pub(super) struct Laid {
    fields: Vec<usize>,
    values: Vec<Value>,
    titles: Vec<Option<LinkedTitle>>,
    far: Vec<Option<FarTitle>>,
    version: String,
    found: Shown,
}

impl Laid {
    pub(super) fn out(mut found: Shown) -> Self {
        let version = version_of(&found);
        let titles = std::mem::take(&mut found.titles);
        let far = std::mem::take(&mut found.far);
        let (fields, values) = found.fields.drain(..).unzip();
        Self { fields, values, titles, far, version, found }
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn answer<'a>(&'a self, backend: &'a BackendName) -> RecordAnswer<'a> {
        let face = self.found.face();
        let resource = self.found.catalog.resource(face);
        let values = || Named { resource, fields: &self.fields, each: &self.values };
        RecordAnswer {
            backend,
            resource: &face.name,
            key: KeyText(&self.found.key),
            title: &self.found.title,
            version: &self.version,
            is_deleted: self.found.is_deleted,
            twins: self.found.twins,
            values: values(),
            titles: LinkTitles {
                catalog: &self.found.catalog,
                of: Named { resource, fields: &self.fields, each: &self.titles },
            },
            far: FarTitles(Named { resource, fields: &self.fields, each: &self.far }),
            tagged: TaggedFields(values()),
        }
    }

    /// Adds the version to an answer as its `ETag`.
    pub(super) fn tag(&self, response: &mut Response) {
        if let Ok(tag) = HeaderValue::from_str(&etag(&self.version)) {
            response.headers_mut().insert(ETAG, tag);
        }
    }
}

/// What became of a change of one record.
#[derive(Serialize, ToSchema)]
pub(super) struct Written<'a> {
    /// The operation under which it can be undone; null when there was nothing to change.
    operation: Option<&'a str>,
    /// The record as it is now.
    record: RecordAnswer<'a>,
    /// The markup of the changed fields as a list of the screens shows them.
    shown: BTreeMap<&'a str, String>,
    /// The changed fields in their tagged form, for `expect` of the next edit.
    tagged: BTreeMap<&'a str, String>,
    /// The changed fields as one types them, where that is not their own text.
    typed: BTreeMap<&'a str, String>,
    /// The changed fields that are numbers, amounts in their major unit.
    numbers: BTreeMap<&'a str, String>,
}

/// Where and for whom something was written.
pub(super) struct Writing<'a> {
    pub(super) app: &'a App,
    pub(super) caller: &'a Caller,
    pub(super) permit: &'a Permit<Read>,
    pub(super) frame: &'a Frame,
}

impl Writing<'_> {
    /// The answer after a record was written.
    pub(super) async fn told(
        &self,
        status: StatusCode,
        (resource, key): (&ResourceName, &RecordKey),
        operation: Option<&str>,
        changed: &[String],
    ) -> Result<Response, OfficeError> {
        let found = self.app.office.record(self.permit, resource, key).await?;
        let Drawn { shown, typed, numbers } = self.drawn(&found, changed).await;
        let laid = Laid::out(found);
        let schema = laid.found.catalog.resource(laid.found.face());
        let tagged = changed.iter().filter_map(|name| {
            let index = schema.position(name)?;
            let at = laid.fields.iter().position(|field| *field == index)?;
            let value = laid.values[at].is_whole().then(|| laid.values[at].to_tagged())?;
            Some((name.as_str(), value))
        });
        let record = laid.answer(&self.permit.backend.name);
        let tagged = tagged.collect();
        let written = Written { operation, record, shown, tagged, typed, numbers };
        let mut response = json(status, &written);
        laid.tag(&mut response);
        Ok(response)
    }

    async fn drawn<'c>(&self, found: &Shown, changed: &'c [String]) -> Drawn<'c> {
        let here = Here::Elsewhere;
        let shell = self.frame.shell(self.app, Some(&self.caller.0), here).await;
        let view = View {
            permit: self.permit,
            catalog: &found.catalog,
            face: found.face(),
            language: self.caller.language(),
        };
        let mut drawn = Drawn::default();
        for name in changed {
            let Some(index) = view.resource().position(name) else { continue };
            let Some(at) = found.fields.iter().position(|(field, _)| *field == index) else {
                continue;
            };
            let field =
                view.with_currency(view.field(index), index, |other| found.value(other).cloned());
            let title = found.titles.get(at).and_then(Option::as_ref);
            let cell = view.cell(index, brief(&found.fields[at].1), title);
            let cell = view.with_far(index, cell, found.far.get(at).and_then(Option::as_ref));
            let markup = content(&shell, &field, &cell, Place::List).into_string();
            drawn.shown.insert(name.as_str(), markup);
            if let Some(text) = edit_text(&shell, &field, &cell) {
                drawn.typed.insert(name.as_str(), text);
            }
            if let Some(number) = number(&field, &cell).filter(|_| field.ty.is_numeric()) {
                drawn.numbers.insert(name.as_str(), number);
            }
        }
        drawn
    }
}

/// Changed fields as the screens draw them.
#[derive(Default)]
struct Drawn<'a> {
    shown: BTreeMap<&'a str, String>,
    typed: BTreeMap<&'a str, String>,
    numbers: BTreeMap<&'a str, String>,
}

/// A list shows the beginning of a long text.
fn brief(value: &Value) -> Value {
    match value {
        Value::Text(text) if text.chars().nth(BRIEF_CHARACTERS).is_some() => {
            Value::Cut(text.chars().take(BRIEF_CHARACTERS).collect())
        }
        other => other.clone(),
    }
}
