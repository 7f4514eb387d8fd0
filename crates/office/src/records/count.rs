//! How long a list is, asked apart from the list, so that no page waits for it.

use std::time::Duration;

use kontor_model::{Condition, Count, ResourceName};

use super::ListRequest;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::error::OfficeError;

/// Counting may take this long before an estimate must do.
const BUDGET: Duration = Duration::from_millis(250);

impl Office {
    /// How many records the list of a request has in all.
    ///
    /// # Errors
    /// As [`Office::list`].
    pub async fn count(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        request: &ListRequest,
    ) -> Result<Count, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let planned = self.planned(permit, &catalog, face, request).await?;
        permit.backend.count(&catalog, face, &planned.condition, BUDGET).await
    }

    pub(crate) async fn count_condition(
        &self,
        permit: &Permit<Read>,
        catalog: &crate::catalog::Catalog,
        face: &crate::catalog::Face,
        condition: &Condition,
    ) -> Result<Count, OfficeError> {
        permit.backend.count(catalog, face, condition, BUDGET).await
    }
}
