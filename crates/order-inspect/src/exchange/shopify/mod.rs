//! Shopify's product CSV: a row for each variant and each further picture, all rows of a product with its handle
//! (help.shopify.com/en/manual/products/import-export/using-csv).

pub(super) mod columns;
pub(super) mod read;
pub(super) mod write;
