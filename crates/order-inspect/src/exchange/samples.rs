//! What the tests of readers share.

use super::{
    file::{RecordReader, Setting},
    item::Record,
};
use crate::{catalogue::words::Locale, money::Currency};

/// A German shop in euros, tax included.
pub(super) fn setting() -> Setting {
    Setting {
        locale: Locale::try_from("de".to_owned()).unwrap(),
        currency: Currency::EUR,
        prices_include_tax: true,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        country: "DE".to_owned(),
    }
}

/// All records of a file that can be read to its end.
pub(super) fn records(mut reader: Box<dyn RecordReader>) -> Vec<Record> {
    std::iter::from_fn(|| reader.next().unwrap()).collect()
}
