//! Reading rows.

use std::{collections::BTreeMap, io::Read};

use super::columns::{Column as C, named};
use crate::{
    catalogue::folding,
    exchange::{
        file::{
            FileError, Head, RecordReader, Setting, formula, html,
            number::{self, Notation, Unread},
            table::{Row, Table},
        },
        item::{Item, MediaSaid, PriceSaid, Problem, Record, RecordKey, TextSaid, VariantSaid},
    },
    pricing::{Content, ContentUnit},
};

/// The name and the value of the option that products without options have.
const NO_OPTION: (&str, &str) = ("Title", "Default Title");

/// A file that is being read.
pub(in crate::exchange) struct ShopifyReader<R> {
    table: Table<R>,
    places: BTreeMap<C, usize>,
    setting: Setting,
    warnings: Vec<String>,
}

/// Begins to read.
pub(in crate::exchange) fn open<R: Read + Send + 'static>(
    source: R,
    setting: Setting,
) -> Result<Box<dyn RecordReader>, FileError> {
    let table = Table::open(source, None)?;
    let mut places = BTreeMap::new();
    let mut ignored = Vec::new();
    for (at, name) in table.columns.iter().enumerate() {
        match named(name) {
            Some(column) => {
                places.entry(column).or_insert(at);
            }
            None if name.is_empty() => {}
            None => ignored.push(name.as_str()),
        }
    }
    if !places.contains_key(&C::Title) && !places.contains_key(&C::Handle) {
        return Err(FileError::at(
            1,
            "a product CSV of Shopify has a column “Title” or “URL handle” (“Handle”): this file has neither",
        ));
    }
    let mut warnings = Vec::new();
    if !ignored.is_empty() {
        let columns = ignored.join(", ");
        warnings.push(format!(
            "The catalogue has no place for these columns, they are ignored: {columns}."
        ));
    }
    Ok(Box::new(ShopifyReader { table, places, setting, warnings }))
}

impl<R: Read + Send> RecordReader for ShopifyReader<R> {
    fn next(&mut self) -> Result<Option<Record>, FileError> {
        let Some(row) = self.table.next()? else { return Ok(None) };
        let mut cells = Cells { row: &row, places: &self.places, problems: Vec::new() };
        let item = item(&mut cells, &self.setting);
        let key = key(&cells);
        if key.is_none() {
            cells.wrong(
                C::Handle,
                "is missing, and so is Title: to which product does this row belong?",
            );
        }
        if let Some(broken) = &row.broken {
            cells.problems =
                vec![Problem { line: Some(row.line), field: None, message: broken.clone() }];
        }
        Ok(Some(Record { line: row.line, key, item, problems: cells.problems }))
    }

    fn head(&self) -> Head {
        Head { warnings: self.warnings.clone(), edition: None, broken: self.table.broken }
    }
}

/// The cells of a row, and what is wrong with them.
struct Cells<'a> {
    row: &'a Row,
    places: &'a BTreeMap<C, usize>,
    problems: Vec<Problem>,
}

impl Cells<'_> {
    /// A cell; none where the file has no such column.
    fn cell(&self, column: C) -> Option<&str> {
        self.row.cell(self.places.get(&column).copied()).map(formula::plain)
    }

    /// A cell that says something.
    fn said(&self, column: C) -> Option<&str> {
        self.cell(column).filter(|it| !it.is_empty())
    }

    fn text(&self, column: C) -> Option<String> {
        self.cell(column).map(str::to_owned)
    }

    fn wrong(&mut self, column: C, message: impl Into<String>) {
        let name = self.places.get(&column).map(|_| super::columns::name(column));
        let field = name.unwrap_or_else(|| super::columns::name(column));
        self.problems.push(Problem::of(self.row.line, field, message));
    }

    /// What a cell says, read; what cannot be read is noted.
    fn read<T>(&mut self, column: C, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match read(self.said(column)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong(column, message);
                None
            }
        }
    }
}

fn key(cells: &Cells<'_>) -> Option<RecordKey> {
    let handle = cells.said(C::Handle).map(str::to_lowercase);
    let made = || folding::slug(cells.said(C::Title)?);
    handle.or_else(made).map(RecordKey::Handle)
}

fn item(cells: &mut Cells<'_>, setting: &Setting) -> Item {
    let mut item = Item::default();
    let leads = cells.said(C::Title).is_some();
    if leads {
        lead(cells, setting, &mut item);
    }
    item.options = options(cells, C::OptionName, NO_OPTION.0);
    item.media = image(cells, setting);
    let named =
        [C::Sku, C::Price, C::OptionValue(0)].into_iter().any(|it| cells.said(it).is_some());
    if leads || named {
        let variant = variant(cells, setting);
        item.variants.push(variant);
    }
    item
}

/// What stands in the first row of a product only. An empty cell empties the field.
fn lead(cells: &mut Cells<'_>, setting: &Setting, item: &mut Item) {
    let text = TextSaid {
        name: cells.text(C::Title),
        slug: None,
        summary: None,
        description: cells.cell(C::Description).map(html::to_text),
        seo_title: cells.text(C::SeoTitle),
        seo_description: cells.text(C::SeoDescription),
    };
    item.texts.insert(setting.locale.clone(), text);
    item.brand = cells.text(C::Vendor);
    item.product_type = cells.said(C::Type).map(str::to_owned);
    let status = cells.read(C::Status, |it| match it.to_ascii_lowercase().as_str() {
        status @ ("active" | "draft" | "archived" | "unlisted") => Ok(status.to_owned()),
        _ => Err(format!("“{it}” is none of active, draft, archived and unlisted")),
    });
    let published = cells.read(C::Published, number::truth);
    item.active = status.as_deref().map(|it| it != "archived");
    item.published = match status.as_deref() {
        Some("draft" | "archived") => Some(false),
        _ => published,
    };
}

/// The names or values of options, without that of products which have none.
fn options(cells: &Cells<'_>, column: fn(usize) -> C, none: &str) -> Vec<String> {
    let said = (0..3).map_while(|at| cells.said(column(at)));
    let said: Vec<String> = said.map(str::to_owned).collect();
    if said.len() == 1 && said.first().is_some_and(|it| it.eq_ignore_ascii_case(none)) {
        return Vec::new();
    }
    said
}

fn image(cells: &mut Cells<'_>, setting: &Setting) -> Option<Vec<MediaSaid>> {
    let url = cells.cell(C::ImageUrl)?.to_owned();
    if url.is_empty() {
        // an empty cell in any row but the only one says nothing: pictures are told row by row
        return None;
    }
    let alt = cells.cell(C::ImageAlt).filter(|it| !it.is_empty()).map(str::to_owned);
    let alt = alt.map(|it| [(setting.locale.clone(), it)].into());
    let position = cells.read(C::ImagePosition, number::whole);
    Some(vec![MediaSaid { line: cells.row.line, url, alt, position }])
}

fn variant(cells: &mut Cells<'_>, setting: &Setting) -> VariantSaid {
    let gtin = match cells.cell(C::Barcode) {
        Some("") => Some(String::new()),
        _ => cells.read(C::Barcode, number::gtin),
    };
    let weight_grams = match cells.cell(C::Grams) {
        Some("") => Some(0),
        _ => cells.read(C::Grams, number::whole),
    };
    VariantSaid {
        line: cells.row.line,
        sku: cells.said(C::Sku).map(|it| it.trim_start_matches('\'').to_owned()),
        gtin,
        options: options(cells, C::OptionValue, NO_OPTION.1),
        weight_grams,
        content: content(cells),
        on_hand: cells.read(C::Quantity, number::whole),
        prices: prices(cells, setting),
        image: cells.said(C::VariantImage).map(str::to_owned),
        ..VariantSaid::default()
    }
}

fn prices(cells: &mut Cells<'_>, setting: &Setting) -> Vec<PriceSaid> {
    let read = |it: &str| number::amount(it, setting.currency, Notation::Either);
    let amount = cells.read(C::Price, read);
    let list = match cells.cell(C::CompareAtPrice) {
        Some("") => Some(None),
        _ => cells.read(C::CompareAtPrice, read).map(Some),
    };
    if amount.is_none() && list.is_none() {
        return Vec::new();
    }
    let currency = amount.and_then(|(_, currency)| currency);
    vec![PriceSaid {
        currency: currency.map(|it| it.code().to_owned()),
        amount: amount.map(|(amount, _)| amount),
        list_amount: list.map(|list| list.map(|(amount, _)| amount)),
        ..PriceSaid::default()
    }]
}

/// What a package contains, for its price per unit.
fn content(cells: &mut Cells<'_>) -> Option<Content> {
    let thousandths = cells.read(C::ContentAmount, |it| {
        number::decimal(it, 3, Notation::Either).map_err(|why| match why {
            Unread::TooFine => format!("“{it}” has more than three decimals"),
            _ => format!("“{it}” is no number"),
        })
    })?;
    let unit = cells.read(C::ContentUnit, |it| {
        unit(it).ok_or_else(|| format!("the unit “{it}” is not known here"))
    })?;
    Some(Content { thousandths: u64::try_from(thousandths).ok()?, unit })
}

/// A unit by its symbol, such as `ml`.
pub(in crate::exchange) fn unit(symbol: &str) -> Option<ContentUnit> {
    let plain = symbol.trim().to_ascii_lowercase().replace('²', "2").replace('³', "3");
    serde_json::from_value(serde_json::Value::String(plain)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exchange::samples, exchange::samples::records};

    fn read(text: &str) -> Vec<Record> {
        records(open(std::io::Cursor::new(text.to_owned()), samples::setting()).unwrap())
    }

    #[test]
    fn both_generations_of_headers_are_understood() {
        let classic = "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,\
                       Variant Compare At Price,Variant Barcode\n\
                       oak,Oak chair,<p>Fine</p>,Acme,Size,Small,OAK-S,129.00,199,4006381333931\n\
                       oak,,,,,Large,OAK-L,\"149,00 EUR\",,\n";
        let today = classic
            .replace("Handle,", "URL handle,")
            .replace("Body (HTML)", "Description")
            .replace("Variant Compare At Price", "Compare-at price")
            .replace("Variant ", "");
        let rows = read(classic);
        assert_eq!(rows, read(&today));
        insta::assert_json_snapshot!(rows);
    }

    #[test]
    fn what_cannot_be_read_names_row_and_column() {
        let rows = read(
            "Title;Variant SKU;Variant Price;Variant Barcode;Status\r\n\
             \"Oak\nchair\";A;12.901;4,00638E+12;gone\r\n;;;;\r\n;B;;;\r\n",
        );
        let told: Vec<_> = rows
            .iter()
            .flat_map(|it| &it.problems)
            .map(|it| {
                format!("{}, {}: {}", it.line.unwrap(), it.field.clone().unwrap(), it.message)
            })
            .collect();
        insta::assert_json_snapshot!(told);
    }

    #[test]
    fn a_title_alone_is_a_product_with_one_variant() {
        let rows = read("Title\nBürostuhl Köln\n");
        assert_eq!(rows[0].key, Some(RecordKey::Handle("buerostuhl-koeln".to_owned())));
        assert_eq!(rows[0].item.variants.len(), 1);
    }

    #[test]
    fn a_file_without_the_columns_of_products_is_refused() {
        let source = std::io::Cursor::new("name;price\na;1\n".to_owned());
        let error = open(source, samples::setting()).err().unwrap();
        assert!(error.message.contains("URL handle"));
    }
}
