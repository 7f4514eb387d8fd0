//! Cases: one business thing (a customer, an order, a product) seen over all backends that know
//! it. Manifests say which resources hold it (`case = "customer"`) and which fields are the same
//! fact about it (`fact = "email"`); which records are the same one is found over links.

mod facts;
mod members;

use std::sync::Arc;

use kontor_model::{RecordKey, ResourceName};

use crate::Office;
use crate::actor::{Permit, Read};
use crate::error::OfficeError;
use crate::manifest::Label;
use crate::records::{FarTrouble, Shown};

pub use facts::{Fact, Said};

/// A kind of case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseType {
    /// Its name in manifests and addresses.
    pub name: String,
    /// Its title.
    pub title: Label,
}

/// A record of a case.
#[derive(Debug)]
pub struct Member {
    /// The right to read it.
    pub permit: Permit<Read>,
    /// The record as it was read.
    pub shown: Shown,
}

impl Member {
    /// The resource that the record is of.
    #[must_use]
    pub fn resource(&self) -> &ResourceName {
        &self.shown.face().name
    }

    /// Its address.
    #[must_use]
    pub fn key(&self) -> &RecordKey {
        &self.shown.key
    }
}

/// A part of a case that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Title of the backend; none where the person may not know of it.
    pub backend: Option<Label>,
    /// Why.
    pub trouble: FarTrouble,
}

/// A case: the records that are the same thing, and what is missing.
#[derive(Debug)]
pub struct Case {
    /// What it is.
    pub of: CaseType,
    /// The records, the one that was asked for first.
    pub members: Vec<Member>,
    /// What could not be had.
    pub missing: Vec<Missing>,
    /// What is known of it.
    pub facts: Vec<Fact>,
}

/// The kinds of cases that are always there.
const READY_MADE: [(&str, &str, &str); 3] = [
    ("customer", "Kunde", "Customer"),
    ("order", "Bestellung", "Order"),
    ("product", "Produkt", "Product"),
];

impl CaseType {
    /// The kind of a name; what is not ready-made is called as it is named.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let ready = READY_MADE.iter().find(|(own, ..)| *own == name);
        let title = ready.map_or_else(
            || Label::same(&crate::catalog::humanised(name)),
            |(_, de, en)| Label { de: (*de).to_owned(), en: (*en).to_owned() },
        );
        Self { name: name.to_owned(), title }
    }
}

impl Office {
    /// The case of a record: it, and what other backends hold of the same thing, as far as it is
    /// found in a moment.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] where the resource holds no such thing; else as [`Office::record`].
    pub async fn case(
        self: &Arc<Self>,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
    ) -> Result<Case, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let of = face
            .case
            .as_deref()
            .map(CaseType::of)
            .ok_or_else(|| OfficeError::Unknown { what: "case", name: name.to_string() })?;
        let shown = self.record(permit, name, key).await?;
        let first = Member { permit: permit.clone(), shown };
        let (members, missing) = self.same_elsewhere(&of.name, first).await;
        let facts = facts::facts(&members);
        Ok(Case { of, members, missing, facts })
    }
}
