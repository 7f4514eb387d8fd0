//! The records before and after one in a list.

use kontor_model::{Column, Cursor, Query, RecordKey, ResourceName};

use super::reading::key_of;
use super::{ListRequest, has_key, typed_key};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::error::OfficeError;

impl Office {
    /// The records before and after a record in the list of a request; none at its ends, and none
    /// where the order does not tell all records apart.
    ///
    /// # Errors
    /// As [`Office::list`].
    pub async fn neighbours(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        request: &ListRequest,
        key: &RecordKey,
    ) -> Result<(Option<RecordKey>, Option<RecordKey>), OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let planned = self.planned(permit, &catalog, face, request).await?;
        if !planned.total_order || resource.key.is_empty() {
            return Ok((None, None));
        }
        let key = typed_key(resource, face, key)?;
        let place = Query::unordered(
            planned.sort.iter().map(|step| Column::whole(step.field)).collect(),
            has_key(resource, &key),
            1,
        );
        let page = permit.backend.select(&catalog, face, &place).await?;
        let Some(values) = page.rows.into_iter().next() else { return Ok((None, None)) };
        let towards = |backward: bool| Query {
            sort: planned.sort.clone(),
            cursor: Some(Cursor { values: values.clone(), skip: 0 }),
            backward,
            ..Query::unordered(
                resource.key.iter().map(|&field| Column::whole(field)).collect(),
                planned.condition.clone(),
                1,
            )
        };
        let (before, after) = (towards(true), towards(false));
        let (before, after) = tokio::join!(
            permit.backend.select(&catalog, face, &before),
            permit.backend.select(&catalog, face, &after)
        );
        let key_in = |page: kontor_model::Page| {
            page.rows.first().map(|values| key_of(resource, face, &resource.key, values))
        };
        Ok((key_in(before?), key_in(after?)))
    }
}
