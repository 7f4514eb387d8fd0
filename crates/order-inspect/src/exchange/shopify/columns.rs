//! The columns, by their names of today and those before.

/// A column that the catalogue has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Handle,
    Title,
    Description,
    Vendor,
    Type,
    Published,
    Status,
    OptionName(usize),
    OptionValue(usize),
    Sku,
    Barcode,
    Price,
    CompareAtPrice,
    Grams,
    Quantity,
    ContentAmount,
    ContentUnit,
    ImageUrl,
    ImagePosition,
    ImageAlt,
    VariantImage,
    SeoTitle,
    SeoDescription,
}

use Column as C;

/// Each with the name of today, and the one before where it was another.
pub(super) const COLUMNS: [(Column, &str, Option<&str>); 27] = [
    (C::Title, "Title", None),
    (C::Handle, "URL handle", Some("Handle")),
    (C::Description, "Description", Some("Body (HTML)")),
    (C::Vendor, "Vendor", None),
    (C::Type, "Type", None),
    (C::Published, "Published on online store", Some("Published")),
    (C::Status, "Status", None),
    (C::Sku, "SKU", Some("Variant SKU")),
    (C::Barcode, "Barcode", Some("Variant Barcode")),
    (C::OptionName(0), "Option1 name", None),
    (C::OptionValue(0), "Option1 value", None),
    (C::OptionName(1), "Option2 name", None),
    (C::OptionValue(1), "Option2 value", None),
    (C::OptionName(2), "Option3 name", None),
    (C::OptionValue(2), "Option3 value", None),
    (C::Price, "Price", Some("Variant Price")),
    (C::CompareAtPrice, "Compare-at price", Some("Variant Compare At Price")),
    (C::ContentAmount, "Unit price total measure", None),
    (C::ContentUnit, "Unit price total measure unit", None),
    (C::Quantity, "Inventory quantity", Some("Variant Inventory Qty")),
    (C::Grams, "Weight value (grams)", Some("Variant Grams")),
    (C::ImageUrl, "Product image URL", Some("Image Src")),
    (C::ImagePosition, "Image position", None),
    (C::ImageAlt, "Image alt text", None),
    (C::VariantImage, "Variant image URL", Some("Variant Image")),
    (C::SeoTitle, "SEO title", None),
    (C::SeoDescription, "SEO description", None),
];

/// The name of a column, as files of today write it.
pub(super) fn name(column: Column) -> &'static str {
    COLUMNS.iter().find(|(it, _, _)| *it == column).map_or("", |(_, name, _)| name)
}

/// The column of this name; capitals and punctuation do not matter.
pub(super) fn named(name: &str) -> Option<Column> {
    let plain = plain(name);
    let mut columns = COLUMNS.iter();
    columns
        .find(|(_, now, before)| {
            self::plain(now) == plain || before.is_some_and(|it| self::plain(it) == plain)
        })
        .map(|(column, _, _)| *column)
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_today_and_before_mean_the_same() {
        for (before, now) in [
            ("Handle", "URL handle"),
            ("Body (HTML)", "Description"),
            ("Variant Compare At Price", "Compare-at price"),
            ("Option1 Name", "Option1 name"),
            ("Published", "published on online store"),
        ] {
            assert!(named(before).is_some());
            assert_eq!(named(before), named(now), "{before}");
        }
        assert_eq!(named("Tags"), None);
    }
}
