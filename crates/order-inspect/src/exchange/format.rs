//! The formats, and what each can carry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    bmecat,
    file::{FileError, RecordReader, Setting, decode::Decoded, html},
    google, shopify,
};
use crate::catalogue::products::record::ProductText;

/// A format of catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Shopify's product CSV.
    ShopifyCsv,
    /// Google's product data as RSS 2.0.
    GoogleXml,
    /// Google's product data as a table with tabs.
    GoogleTsv,
    /// BMEcat 2005.
    Bmecat,
    /// The prices of BMEcat 2005 (`T_UPDATE_PRICES`), for exports; imports find out what a document is.
    BmecatPrices,
}

/// A text that formats carry in their own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextField {
    /// The product's name.
    Name,
    /// Its description.
    Description,
}

impl Format {
    /// Its name in addresses and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ShopifyCsv => "shopify_csv",
            Self::GoogleXml => "google_xml",
            Self::GoogleTsv => "google_tsv",
            Self::Bmecat => "bmecat",
            Self::BmecatPrices => "bmecat_prices",
        }
    }

    /// The ending of its files.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::ShopifyCsv => "csv",
            Self::GoogleTsv => "tsv",
            Self::GoogleXml | Self::Bmecat | Self::BmecatPrices => "xml",
        }
    }

    /// The media type of its files.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::ShopifyCsv => "text/csv; charset=utf-8",
            Self::GoogleTsv => "text/tab-separated-values; charset=utf-8",
            Self::GoogleXml | Self::Bmecat | Self::BmecatPrices => "application/xml",
        }
    }

    /// Whether the records of a product say each thing of it once. Elsewhere each is a variant with texts of its own.
    pub(super) const fn is_strict(self) -> bool {
        matches!(self, Self::ShopifyCsv)
    }

    /// What a reader of this format finds, where a writer of it wrote this text.
    pub(super) fn carries(self, field: TextField, text: &ProductText) -> String {
        match (self, field) {
            (Self::ShopifyCsv, TextField::Name) => text.name.trim().to_owned(),
            (Self::ShopifyCsv, TextField::Description) => {
                html::to_text(&html::from_text(&text.description))
            }
            (Self::GoogleXml, TextField::Name) => google::title(text),
            (Self::GoogleXml, TextField::Description) => google::description(text),
            (Self::GoogleTsv, TextField::Name) => google::line(&google::title(text)),
            (Self::GoogleTsv, TextField::Description) => google::line(&google::description(text)),
            (Self::Bmecat | Self::BmecatPrices, TextField::Name) => bmecat::short(text),
            (Self::Bmecat | Self::BmecatPrices, TextField::Description) => bmecat::long(text),
        }
    }

    /// Begins to read a file.
    pub(super) fn read<R: std::io::Read + Send + 'static>(
        self,
        source: R,
        setting: Setting,
        encoding: Option<&str>,
    ) -> Result<Box<dyn RecordReader>, FileError> {
        let text = Decoded::open(source, encoding)?;
        match self {
            Self::ShopifyCsv => shopify::read::open(text, setting),
            Self::GoogleXml => Ok(google::read::open_xml(text, setting)),
            Self::GoogleTsv => google::read::open_tsv(text, setting),
            Self::Bmecat | Self::BmecatPrices => Ok(bmecat::read::open(text, setting)),
        }
    }
}
