//! Invoices, delivery notes and credit notes of orders: numbered, frozen when they are issued, printed from what was
//! frozen.
//!
//! An invoice charges what the order charges at that moment: everything but what has been credited before. Each
//! credit after it has a credit note of its own over exactly its lines and taxes. So an invoice less its credit notes
//! is what the order still charges, rate by rate.

mod content;
mod payment;
mod routes;
mod supply;
mod write;

pub(super) use self::content::tax_lines;
pub use self::write::{follow, issue};
pub(crate) use self::{
    routes::routes,
    write::{content, pdf},
};
use jiff::civil::Date;

use crate::{documents, error::Error, language::Language, moment::Moment, setup::Channel};

/// The day of a moment where a shop is.
pub(super) fn day(channel: &Channel, moment: Moment) -> crate::Result<Date> {
    let timestamp = moment.timestamp().map_err(|error| Error::Broken(error.to_string()))?;
    Ok(timestamp.to_zoned(channel.zone()).date())
}

/// A language as documents and mails know it.
pub(super) fn language(language: Language) -> documents::Language {
    match language {
        Language::German => documents::Language::German,
        Language::English => documents::Language::English,
    }
}
