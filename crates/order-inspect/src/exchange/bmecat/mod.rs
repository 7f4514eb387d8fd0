//! BMEcat 2005 (BME e.V.): `T_NEW_CATALOG`, `T_UPDATE_PRODUCTS` and `T_UPDATE_PRICES`. Each `PRODUCT` is a variant;
//! the standard has no products with variants, so that what it says of several of them is said of their product
//! only where they agree.

pub(super) mod languages;
pub(super) mod prices;
pub(super) mod read;
pub(super) mod write;

use crate::catalogue::products::record::ProductText;

/// The longest `DESCRIPTION_SHORT`, in characters (BMEcat 2005, type dtSTRING with length 150).
const LONGEST_NAME: usize = 150;

/// What stands in `DESCRIPTION_SHORT`.
pub(super) fn short(text: &ProductText) -> String {
    text.name.trim().chars().take(LONGEST_NAME).collect::<String>().trim_end().to_owned()
}

/// What stands in `DESCRIPTION_LONG`.
pub(super) fn long(text: &ProductText) -> String {
    text.description.trim().replace("\r\n", "\n")
}
