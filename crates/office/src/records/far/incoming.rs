//! What points to a record from other backends.

use std::sync::Arc;

use kontor_connect::{Failure, FailureKind};
use kontor_model::filter::{Filter, Operator};
use kontor_model::{BackendName, RecordKey, ResourceName};

use super::super::record::{Related, Wish};
use super::super::{one_of, typed_key};
use super::{FarRefusal, WAIT, combined, value_for};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::backend::Backend;
use crate::catalog::{Catalog, Face, FarLink};
use crate::error::OfficeError;
use crate::manifest::Label;

/// A link of another backend that ends at a resource.
#[derive(Debug, Clone)]
pub struct FarIncoming {
    /// Its name in addresses.
    pub name: String,
    /// The backend where it begins.
    pub backend: Arc<Backend>,
    /// The resource where it begins.
    pub resource: ResourceName,
    /// Title of that resource.
    pub title: Label,
    /// Title of the link.
    pub link: Label,
    /// Its name among the links of that resource.
    pub link_name: String,
    /// Whether it can be followed back.
    pub is_reversible: bool,
    /// Names of the fields that refer.
    pub fields: Vec<String>,
    /// Names of the fields that are referred to.
    pub target_fields: Vec<String>,
}

/// Where a link from elsewhere begins.
struct Origin {
    permit: Permit<Read>,
    catalog: Arc<Catalog>,
    face: usize,
    link: FarLink,
}

impl Origin {
    fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }
}

impl Office {
    /// The links of other backends that end at a resource and that this person may follow back.
    #[must_use]
    pub fn far_incoming(&self, permit: &Permit<Read>, name: &ResourceName) -> Vec<FarIncoming> {
        let mut found = Vec::new();
        for from in self.readable(&permit.actor) {
            let Ok(catalog) = from.backend.catalog() else { continue };
            for face in &catalog.faces {
                for (at, link) in face.far.iter().enumerate() {
                    if link.backend != permit.backend.name || link.target != *name {
                        continue;
                    }
                    let fields = &catalog.resource(face).fields;
                    found.push(FarIncoming {
                        name: format!("{}:{}:{at}", from.backend.name, face.name),
                        backend: Arc::clone(&from.backend),
                        resource: face.name.clone(),
                        title: face.title.clone(),
                        link: link.title.clone(),
                        link_name: link.name.clone(),
                        is_reversible: link.is_reversible(),
                        fields: link.fields.iter().map(|f| fields[f.field].name.clone()).collect(),
                        target_fields: link.target_fields.clone(),
                    });
                }
            }
        }
        found
    }

    /// The records that point to a record over an incoming link, which is named as the record's
    /// page names it: a number for one of the same backend, else [`FarIncoming::name`].
    ///
    /// # Errors
    /// As [`Office::related`]; [`OfficeError::FarFilter`] where the link cannot be followed back.
    pub async fn related_over(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        link: &str,
        limit: u32,
    ) -> Result<Related, OfficeError> {
        self.related_by(permit, name, key, link, &Wish::first(limit)).await
    }

    pub(crate) async fn related_by(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        link: &str,
        wish: &Wish,
    ) -> Result<Related, OfficeError> {
        if let Ok(index) = link.parse() {
            return self.related_near(permit, name, key, index, wish).await;
        }
        let unknown = || OfficeError::Unknown { what: "link", name: link.to_owned() };
        let origin = self.origin(permit, name, link).ok_or_else(unknown)?;
        let asked = self.related_far(permit, name, key, &origin, wish);
        tokio::time::timeout(WAIT, asked).await.unwrap_or_else(|_| {
            let late = Failure::new(FailureKind::Timeout, "it did not answer in time");
            Err(OfficeError::backend(&origin.permit.backend.name, late))
        })
    }

    fn origin(&self, permit: &Permit<Read>, name: &ResourceName, link: &str) -> Option<Origin> {
        let (backend, rest) = link.split_once(':')?;
        let (resource, at) = rest.rsplit_once(':')?;
        let from: Permit<Read> =
            self.permit(&permit.actor, &BackendName::new(backend).ok()?).ok()?;
        let catalog = from.backend.catalog().ok()?;
        let face = catalog.face(&ResourceName::new(resource))?;
        let link = face.far.get(at.parse::<usize>().ok()?)?.clone();
        let is_here = link.backend == permit.backend.name && link.target == *name;
        let face = face.index;
        is_here.then_some(Origin { permit: from, catalog, face, link })
    }

    async fn related_far(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        origin: &Origin,
        wish: &Wish,
    ) -> Result<Related, OfficeError> {
        let refused = |refusal| OfficeError::FarFilter { link: origin.link.title.clone(), refusal };
        if origin.link.is_inside() {
            return Err(refused(FarRefusal::Inside));
        }
        if !origin.link.is_reversible() {
            return Err(refused(FarRefusal::Lossy));
        }
        let side = self
            .far_side(&permit.actor, &origin.link)
            .map_err(|t| refused(FarRefusal::Trouble(t)))?;
        let face = self.face(&permit.backend, &side.catalog, name)?;
        let key = typed_key(side.catalog.resource(face), face, key)?;
        let values = self.values_of(permit, &side.catalog, face, &key, &side.fields).await?;
        let (from, other) = (origin.face(), origin.catalog.resource(origin.face()));
        let mut each: Vec<Vec<(String, kontor_model::Value)>> = Vec::new();
        for (field, value) in origin.link.fields.iter().zip(&values) {
            let texts = value.to_text().map(|text| field.transform.invert(&text));
            let texts = texts.transpose().map_err(|_| refused(FarRefusal::Lossy))?;
            let near = texts.unwrap_or_default().into_iter().filter_map(|text| {
                let value = value_for(&other.fields[field.field], &text)?;
                Some((text, value))
            });
            each.push(near.collect());
        }
        let fields: Vec<usize> = origin.link.fields.iter().map(|field| field.field).collect();
        let rows: Vec<Vec<kontor_model::Value>> = combined(&each)
            .into_iter()
            .map(|row| row.into_iter().map(|(_, value)| value).collect())
            .collect();
        let filter = fields.iter().zip(&each).fold(Filter::everything(), |all, (&field, near)| {
            let name = other.fields[field].name.as_str();
            let texts: Vec<&str> = near.iter().map(|(text, _)| text.as_str()).collect();
            let operator = if texts.len() == 1 { Operator::Eq } else { Operator::In };
            all.and(Filter::test(&[name], operator, &texts))
        });
        let condition = one_of(&fields, &rows);
        let at = (&origin.permit, &origin.catalog, from);
        self.related_where(at, &fields, condition, filter, wish).await
    }
}
