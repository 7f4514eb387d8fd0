//! Reading feeds. They describe what is for sale here already: entries change prices, texts, numbers and
//! availability of SKUs that are known, and make nothing.

use std::{
    collections::BTreeSet,
    io::{BufReader, Read},
};

use crate::{
    exchange::{
        file::{
            FileError, Head, RecordReader, Setting,
            element::{Element, Elements, Part},
            number::{self, Notation},
            table::Table,
        },
        item::{Intent, Item, PriceSaid, Problem, Record, RecordKey, TextSaid, VariantSaid},
        shopify::read::unit,
    },
    pricing::Content,
};

/// What is taken from an entry.
const TAKEN: [&str; 12] = [
    "id",
    "title",
    "description",
    "price",
    "sale_price",
    "sale_price_effective_date",
    "availability",
    "gtin",
    "brand",
    "unit_pricing_measure",
    "certification",
    "shipping_weight",
];

/// An entry as names and values; the parts of a group are joined with colons, as tables write them.
struct Entry {
    line: u64,
    fields: Vec<(String, String)>,
    broken: Option<String>,
}

/// Begins to read a document.
pub(in crate::exchange) fn open_xml<R: Read + Send + 'static>(
    source: R,
    setting: Setting,
) -> Box<dyn RecordReader> {
    let elements = Elements::new(BufReader::new(source));
    Box::new(XmlFeed { elements, state: Feed::new(setting), rooted: false })
}

/// Begins to read a table.
pub(in crate::exchange) fn open_tsv<R: Read + Send + 'static>(
    source: R,
    setting: Setting,
) -> Result<Box<dyn RecordReader>, FileError> {
    let table = Table::open(source, Some(b'\t'))?;
    let names: Vec<String> = table.columns.iter().map(|it| plain(it)).collect();
    if !names.iter().any(|it| it == "id") {
        return Err(FileError::at(
            1,
            "a feed in a table has a column “id”, and tabs between its columns",
        ));
    }
    Ok(Box::new(TableFeed { table, names, state: Feed::new(setting) }))
}

/// `image link` and `g:image_link` are the same; what stands in brackets tells the parts of a group.
fn plain(name: &str) -> String {
    let name =
        name.split('(').next().unwrap_or(name).trim().to_ascii_lowercase().replace([' ', '-'], "_");
    name.strip_prefix("g:").unwrap_or(&name).to_owned()
}

struct XmlFeed<R> {
    elements: Elements<R>,
    state: Feed,
    rooted: bool,
}

impl<R: std::io::BufRead + Send> RecordReader for XmlFeed<R> {
    fn next(&mut self) -> Result<Option<Record>, FileError> {
        loop {
            match self.elements.next(|name| matches!(name, "rss" | "channel" | "feed"))? {
                Part::Inside(element) => {
                    self.rooted |= matches!(element.name.as_str(), "rss" | "feed");
                }
                Part::Record(element) if !self.rooted => {
                    let message = format!(
                        "a feed begins with <rss> or <feed>, this document with <{}>",
                        element.name
                    );
                    return Err(FileError::at(element.line, message));
                }
                Part::Record(element) if matches!(element.name.as_str(), "item" | "entry") => {
                    return Ok(Some(self.state.record(&entry(&element))));
                }
                Part::Record(_) => {}
                Part::End => return Ok(None),
            }
        }
    }

    fn head(&self) -> Head {
        self.state.head()
    }
}

fn entry(element: &Element) -> Entry {
    let value = |it: &Element| {
        if it.children.is_empty() {
            return it.text.trim().to_owned();
        }
        it.children.iter().map(|part| part.text.trim()).collect::<Vec<_>>().join(":")
    };
    let fields = element.children.iter().map(|it| (it.name.clone(), value(it)));
    Entry { line: element.line, fields: fields.collect(), broken: None }
}

struct TableFeed<R> {
    table: Table<R>,
    names: Vec<String>,
    state: Feed,
}

impl<R: Read + Send> RecordReader for TableFeed<R> {
    fn next(&mut self) -> Result<Option<Record>, FileError> {
        let Some(row) = self.table.next()? else { return Ok(None) };
        let cells =
            self.names.iter().enumerate().map(|(at, name)| {
                (name.clone(), row.cell(Some(at)).unwrap_or_default().to_owned())
            });
        let fields = cells.filter(|(_, value)| !value.is_empty()).collect();
        Ok(Some(self.state.record(&Entry { line: row.line, fields, broken: row.broken.clone() })))
    }

    fn head(&self) -> Head {
        Head { broken: self.table.broken, ..self.state.head() }
    }
}

/// What both kinds of feeds have in common.
struct Feed {
    setting: Setting,
    ignored: BTreeSet<String>,
}

impl Feed {
    fn new(setting: Setting) -> Self {
        Self { setting, ignored: BTreeSet::new() }
    }

    fn head(&self) -> Head {
        let names = self.ignored.iter().cloned().collect::<Vec<_>>().join(", ");
        let told =
            format!("These attributes are not taken from a feed, they are ignored: {names}.");
        let warnings = if names.is_empty() { Vec::new() } else { vec![told] };
        Head { warnings, edition: None, broken: false }
    }

    fn record(&mut self, entry: &Entry) -> Record {
        for (name, _) in &entry.fields {
            if !TAKEN.contains(&name.as_str())
                && !self.ignored.contains(name)
                && self.ignored.len() < 100
            {
                self.ignored.insert(name.clone());
            }
        }
        let mut said = Said { entry, problems: Vec::new() };
        let item = item(&mut said, &self.setting);
        let key = said.get("id").map(|it| RecordKey::Sku(it.to_owned()));
        if key.is_none() {
            said.wrong("id", "is missing: it is the SKU".to_owned());
        }
        if let Some(message) = entry.broken.clone() {
            said.problems = vec![Problem { line: Some(entry.line), field: None, message }];
        }
        Record { line: entry.line, key, item, problems: said.problems }
    }
}

struct Said<'a> {
    entry: &'a Entry,
    problems: Vec<Problem>,
}

impl Said<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.entry.fields.iter();
        fields.find(|(it, value)| it == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    fn wrong(&mut self, field: &str, message: String) {
        self.problems.push(Problem::of(self.entry.line, field, message));
    }

    fn read<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match read(self.get(name)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong(name, message);
                None
            }
        }
    }
}

fn item(said: &mut Said<'_>, setting: &Setting) -> Item {
    let owned = |it: Option<&str>| it.map(str::to_owned);
    let text = TextSaid {
        name: owned(said.get("title")),
        description: owned(said.get("description")),
        ..TextSaid::default()
    };
    let available =
        said.read("availability", |it| match it.replace(' ', "_").to_ascii_lowercase().as_str() {
            "in_stock" => Ok(Some(true)),
            "out_of_stock" => Ok(Some(false)),
            "preorder" | "backorder" => Ok(None),
            _ => Err(format!("“{it}” is none of in_stock, out_of_stock, preorder and backorder")),
        });
    let variant = VariantSaid {
        line: said.entry.line,
        sku: owned(said.get("id")),
        gtin: said.read("gtin", number::gtin),
        weight_grams: said.read("shipping_weight", grams),
        content: said.read("unit_pricing_measure", |it| {
            let (amount, unit) =
                measure(it).ok_or_else(|| format!("“{it}” is no measure such as 750 ml"))?;
            Ok(Content { thousandths: amount, unit })
        }),
        eprel_code: said.get("certification").and_then(eprel),
        prices: prices(said, setting),
        available: available.flatten(),
        ..VariantSaid::default()
    };
    Item {
        intent: Intent::Update,
        texts: [(setting.locale.clone(), text)].into(),
        brand: owned(said.get("brand")),
        variants: vec![variant],
        ..Item::default()
    }
}

fn prices(said: &mut Said<'_>, setting: &Setting) -> Vec<PriceSaid> {
    let read = |it: &str| number::amount(it, setting.currency, Notation::Point);
    let mut prices = Vec::new();
    let price = |(amount, currency): (i64, Option<crate::money::Currency>), sale: bool| PriceSaid {
        currency: currency.map(|it| it.code().to_owned()),
        sale,
        amount: Some(amount),
        ..PriceSaid::default()
    };
    prices.extend(said.read("price", read).map(|it| price(it, false)));
    let dates = said.read("sale_price_effective_date", |it| {
        let (from, until) = it
            .split_once('/')
            .ok_or_else(|| format!("“{it}” is no time such as 2026-11-27/2026-11-30"))?;
        Ok((number::moment(from, &setting.zone)?, number::moment(until, &setting.zone)?))
    });
    if let Some(sale) = said.read("sale_price", read) {
        let mut sale = price(sale, true);
        sale.from = dates.map(|(from, _)| from);
        sale.until = dates.map(|(_, until)| Some(until));
        prices.push(sale);
    }
    prices
}

/// `750 ml` as thousandths and unit. A number of cubic centimetres is one of millilitres.
fn measure(text: &str) -> Option<(u64, crate::pricing::ContentUnit)> {
    let text = text.trim();
    let at = text.find(|it: char| it.is_alphabetic())?;
    let number = number::decimal(text[..at].trim(), 3, Notation::Point).ok()?;
    let symbol = match &text[at..] {
        "sqm" => "m2",
        "cbm" => "m3",
        "lt" => "l",
        other => other,
    };
    Some((u64::try_from(number).ok()?, unit(symbol)?))
}

fn grams(text: &str) -> Result<i64, String> {
    let wrong = || format!("“{text}” is no weight in whole grams such as 800 g or 0.8 kg");
    let at = text.find(|it: char| it.is_alphabetic()).ok_or_else(wrong)?;
    let thousandths =
        number::decimal(text[..at].trim(), 3, Notation::Point).map_err(|_| wrong())?;
    match text[at..].trim() {
        "kg" => Ok(thousandths),
        "g" if thousandths % 1000 == 0 => Ok(thousandths / 1000),
        _ => Err(wrong()),
    }
}

/// `EC:EPREL:123456`.
fn eprel(text: &str) -> Option<String> {
    let (name, code) = text.rsplit_once(':')?;
    name.to_ascii_uppercase().ends_with("EPREL").then(|| code.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::samples::{records, setting};

    const XML: &str = "<?xml version=\"1.0\"?>\n<rss xmlns:g=\"http://base.google.com/ns/1.0\" version=\"2.0\"><channel>\n\
        <title>Shop</title>\n<item>\n<g:id>A-1</g:id><title>Chair</title><g:price>129.00 EUR</g:price>\n\
        <g:sale_price>99.00 EUR</g:sale_price>\n\
        <g:sale_price_effective_date>2026-11-27T00:00+0100/2026-11-30T23:59+0100</g:sale_price_effective_date>\n\
        <g:availability>out_of_stock</g:availability><g:gtin>4006381333931</g:gtin>\n\
        <g:certification><g:certification_authority>EC</g:certification_authority>\
        <g:certification_name>EPREL</g:certification_name><g:certification_code>12</g:certification_code></g:certification>\n\
        <g:unit_pricing_measure>750 ml</g:unit_pricing_measure><g:shipping_weight>0.8 kg</g:shipping_weight>\n\
        <g:link>https://shop.example/a</g:link></item></channel></rss>";

    fn xml(text: &str) -> Box<dyn RecordReader> {
        open_xml(std::io::Cursor::new(text.to_owned()), setting())
    }

    #[test]
    fn documents_and_tables_say_the_same() {
        let table = "id\ttitle\tprice\tsale price\tsale price effective date\tavailability\tgtin\tcertification\t\
            unit pricing measure\tshipping weight\nA-1\tChair\t129.00 EUR\t99.00 EUR\t\
            2026-11-27T00:00+0100/2026-11-30T23:59+0100\tout of stock\t4006381333931\tEC:EPREL:12\t750 ml\t800 g\n";
        let source = std::io::Cursor::new(table.to_owned());
        let rows = records(open_tsv(source, setting()).unwrap());
        let entries = records(xml(XML));
        assert_eq!(entries[0].item.texts, rows[0].item.texts);
        let without_line = |record: &Record| {
            let mut variant = record.item.variants[0].clone();
            variant.line = 0;
            variant
        };
        assert_eq!(without_line(&entries[0]), without_line(&rows[0]));
        insta::assert_json_snapshot!(entries);
    }

    #[test]
    fn what_is_not_taken_is_told_once() {
        let mut reader = xml(XML);
        while reader.next().unwrap().is_some() {}
        assert_eq!(
            reader.head().warnings,
            ["These attributes are not taken from a feed, they are ignored: link."]
        );
    }

    #[test]
    fn other_documents_are_refused() {
        let error = xml("<BMECAT><A/></BMECAT>").next().unwrap_err();
        assert!(error.message.contains("<BMECAT>"), "{error}");
    }

    #[test]
    fn a_comma_is_no_decimal_point_here() {
        let text = XML.replace("129.00 EUR", "129,00 EUR");
        let record = xml(&text).next().unwrap().unwrap();
        assert_eq!(record.problems[0].field.as_deref(), Some("price"));
    }
}
