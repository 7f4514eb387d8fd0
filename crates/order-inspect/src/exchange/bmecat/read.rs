//! Reading documents.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufReader, Read},
};

use super::{languages::locale, prices};
use crate::{
    catalogue::words::Locale,
    exchange::{
        file::{
            Edition, FileError, Head, RecordReader, Setting,
            element::{Element, Elements, Part},
            number,
        },
        item::{
            DocumentSaid, Feature, Intent, Item, MediaSaid, Problem, Record, RecordKey, TextSaid,
            VariantSaid,
        },
    },
};

/// What a document does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    NewCatalog,
    UpdateProducts,
    UpdatePrices,
}

/// A document that is being read.
struct BmecatReader<R> {
    elements: Elements<R>,
    setting: Setting,
    /// The language of texts that do not say theirs.
    language: Locale,
    mime_root: String,
    catalogue: String,
    transaction: Option<(Transaction, i64)>,
    rooted: bool,
    warnings: BTreeSet<String>,
}

/// Begins to read.
pub(in crate::exchange) fn open<R: Read + Send + 'static>(
    source: R,
    setting: Setting,
) -> Box<dyn RecordReader> {
    Box::new(BmecatReader {
        elements: Elements::new(BufReader::new(source)),
        language: setting.locale.clone(),
        setting,
        mime_root: String::new(),
        catalogue: String::new(),
        transaction: None,
        rooted: false,
        warnings: BTreeSet::new(),
    })
}

impl<R: std::io::BufRead + Send> RecordReader for BmecatReader<R> {
    fn next(&mut self) -> Result<Option<Record>, FileError> {
        let enters = |name: &str| name == "BMECAT" || name.starts_with("T_");
        loop {
            match self.elements.next(enters)? {
                Part::Inside(element) if element.name == "BMECAT" => self.root(&element)?,
                Part::Inside(element) => self.begin(&element)?,
                Part::Record(element) if !self.rooted => {
                    let message = format!(
                        "a catalogue begins with <BMECAT>, this document with <{}>",
                        element.name
                    );
                    return Err(FileError::at(element.line, message));
                }
                Part::Record(element) => match (element.name.as_str(), self.transaction) {
                    ("HEADER", _) => self.header(&element)?,
                    ("PRODUCT", Some((transaction, _))) => {
                        return Ok(Some(self.record(&element, transaction)));
                    }
                    ("ARTICLE", _) => {
                        let message = "<ARTICLE> is BMEcat 1.2: write the catalogue as BMEcat 2005 with <PRODUCT>";
                        return Err(FileError::at(element.line, message));
                    }
                    (name, _) => {
                        self.warn(format!(
                            "The catalogue has no place for <{name}>, it is ignored."
                        ));
                    }
                },
                Part::End if self.transaction.is_none() => {
                    return Err(FileError::whole(
                        "the document has none of T_NEW_CATALOG, T_UPDATE_PRODUCTS and T_UPDATE_PRICES in it",
                    ));
                }
                Part::End => return Ok(None),
            }
        }
    }

    fn head(&self) -> Head {
        let edition = self.transaction.map(|(transaction, version)| Edition {
            catalogue: self.catalogue.clone(),
            version,
            whole: transaction == Transaction::NewCatalog,
        });
        Head { warnings: self.warnings.iter().cloned().collect(), edition, broken: false }
    }
}

impl<R: std::io::BufRead> BmecatReader<R> {
    fn warn(&mut self, warning: String) {
        if self.warnings.len() < 50 {
            self.warnings.insert(warning);
        }
    }

    fn root(&mut self, element: &Element) -> Result<(), FileError> {
        self.rooted = true;
        match element.attribute("version") {
            None => Ok(()),
            Some(version) if version.starts_with("2005") => Ok(()),
            Some(version) => {
                let message =
                    format!("this is BMEcat {version}: write the catalogue as BMEcat 2005");
                Err(FileError::at(element.line, message))
            }
        }
    }

    fn begin(&mut self, element: &Element) -> Result<(), FileError> {
        let transaction = match element.name.as_str() {
            "T_NEW_CATALOG" => Transaction::NewCatalog,
            "T_UPDATE_PRODUCTS" => Transaction::UpdateProducts,
            "T_UPDATE_PRICES" => Transaction::UpdatePrices,
            name => {
                let message = format!(
                    "<{name}> is not imported: T_NEW_CATALOG, T_UPDATE_PRODUCTS or T_UPDATE_PRICES is"
                );
                return Err(FileError::at(element.line, message));
            }
        };
        let version = match (transaction, element.attribute("prev_version").map(number::whole)) {
            (Transaction::NewCatalog, _) => 0,
            (_, Some(Ok(previous))) if previous >= 0 => previous + 1,
            _ => {
                let message =
                    format!("<{}> says with prev_version which version it builds on", element.name);
                return Err(FileError::at(element.line, message));
            }
        };
        self.transaction = Some((transaction, version));
        Ok(())
    }

    fn header(&mut self, header: &Element) -> Result<(), FileError> {
        let Some(catalog) = header.child("CATALOG") else { return Ok(()) };
        let marked = catalog.all("LANGUAGE").find(|it| it.attribute("default") == Some("true"));
        let default = marked.or_else(|| catalog.child("LANGUAGE"));
        if let Some(language) = default.map(|it| it.text.trim()).filter(|it| !it.is_empty()) {
            self.language = locale(language).ok_or_else(|| {
                FileError::at(
                    catalog.line,
                    format!("the language “{language}” is not known: use ISO 639-2, such as deu"),
                )
            })?;
        }
        if let Some(code) = catalog.say("CURRENCY") {
            self.setting.currency = code
                .parse()
                .map_err(|error| FileError::at(catalog.line, format!("CURRENCY: {error}")))?;
        }
        self.mime_root = catalog.say("MIME_ROOT").unwrap_or_default().to_owned();
        let supplier = header
            .child("SUPPLIER")
            .and_then(|it| it.say("SUPPLIER_ID").or(it.say("SUPPLIER_NAME")));
        let names = [supplier, catalog.say("CATALOG_ID"), catalog.say("CATALOG_VERSION")];
        self.catalogue = names.map(Option::unwrap_or_default).join("/");
        Ok(())
    }

    fn record(&mut self, product: &Element, transaction: Transaction) -> Record {
        let mut problems = Vec::new();
        let key = product.say("SUPPLIER_PID").map(|it| RecordKey::Sku(it.to_owned()));
        if key.is_none() {
            problems.push(Problem::of(product.line, "SUPPLIER_PID", "is missing: it is the SKU"));
        }
        let mode = product.attribute("mode").unwrap_or(match transaction {
            Transaction::NewCatalog => "new",
            _ => "update",
        });
        let mut variant = VariantSaid { line: product.line, ..VariantSaid::default() };
        variant.sku = product.say("SUPPLIER_PID").map(str::to_owned);
        let mut item = Item::default();
        match (mode, transaction) {
            ("delete", Transaction::UpdateProducts) => {
                (item.intent, variant.active) = (Intent::Retire, Some(false));
                item.variants.push(variant);
                return Record { line: product.line, key, item, problems };
            }
            // It may have been delisted before, and the product with its last variant.
            ("new", Transaction::NewCatalog | Transaction::UpdateProducts) => {
                (item.active, variant.active) = (Some(true), Some(true));
            }
            ("update", _) => item.intent = Intent::Update,
            (mode, _) => {
                let message = format!(
                    "“{mode}” is none of new, update and delete, or does not fit the transaction"
                );
                problems.push(Problem::of(product.line, "mode", message));
            }
        }
        if transaction != Transaction::UpdatePrices {
            self.details(product, &mut item, &mut variant, &mut problems);
        }
        let prices = prices::read(product, &self.setting);
        if transaction != Transaction::UpdatePrices {
            item.tax_rate = prices.tax_rate;
        }
        variant.prices = prices.prices;
        problems.extend(prices.problems);
        item.variants.push(variant);
        Record { line: product.line, key, item, problems }
    }

    fn details(
        &mut self,
        product: &Element,
        item: &mut Item,
        variant: &mut VariantSaid,
        problems: &mut Vec<Problem>,
    ) {
        if let Some(details) = product.child("PRODUCT_DETAILS") {
            item.texts = self.texts(details, problems);
            item.brand = details.say("MANUFACTURER_NAME").map(str::to_owned);
            let numbers = details.all("INTERNATIONAL_PID").filter(|it| {
                it.attribute("type")
                    .is_none_or(|kind| matches!(kind.to_ascii_lowercase().as_str(), "gtin" | "ean"))
            });
            let gtin = numbers.map(|it| it.text.as_str()).next().or_else(|| details.say("EAN"));
            match gtin.map(number::gtin) {
                Some(Ok(gtin)) => variant.gtin = Some(gtin),
                Some(Err(message)) => {
                    problems.push(Problem::of(details.line, "INTERNATIONAL_PID", message));
                }
                None => {}
            }
        }
        let features: Vec<Feature> = product
            .all("PRODUCT_FEATURES")
            .flat_map(|it| it.all("FEATURE"))
            .filter_map(|it| {
                let values = it.all("FVALUE").map(|it| it.text.trim().to_owned()).collect();
                Some(Feature { line: it.line, name: it.say("FNAME")?.to_owned(), values })
            })
            .collect();
        item.features.clone_from(&features);
        variant.features = features;
        let logistics =
            product.child("PRODUCT_LOGISTIC_DETAILS").and_then(|it| it.child("PRODUCT_DIMENSIONS"));
        if let Some(kilograms) = logistics.and_then(|it| it.say("WEIGHT")) {
            match number::decimal(kilograms, 3, number::Notation::Point) {
                Ok(grams) => variant.weight_grams = Some(grams),
                Err(_) => {
                    let message = format!(
                        "“{kilograms}” is no weight in kilograms with three decimals at most"
                    );
                    problems.push(Problem::of(product.line, "WEIGHT", message));
                }
            }
        }
        if let Some(mimes) = product.child("MIME_INFO") {
            self.mimes(mimes, item);
        }
    }

    fn texts(
        &mut self,
        details: &Element,
        problems: &mut Vec<Problem>,
    ) -> BTreeMap<Locale, TextSaid> {
        let mut texts: BTreeMap<Locale, TextSaid> = BTreeMap::new();
        for element in details.children.iter().filter(|it| it.name.starts_with("DESCRIPTION_")) {
            let locale = match element.attribute("lang") {
                None => Some(self.language.clone()),
                Some(language) => locale(language),
            };
            let Some(locale) = locale else {
                problems.push(Problem::of(
                    element.line,
                    element.name.clone(),
                    "its lang is not known: use ISO 639-2, such as deu",
                ));
                continue;
            };
            let text = Some(element.text.trim().to_owned());
            let said = texts.entry(locale).or_default();
            match element.name.as_str() {
                "DESCRIPTION_SHORT" => said.name = text,
                "DESCRIPTION_LONG" => said.description = text,
                _ => {}
            }
        }
        texts
    }

    fn mimes(&mut self, mimes: &Element, item: &mut Item) {
        let (mut media, mut documents) = (Vec::new(), Vec::new());
        for mime in mimes.all("MIME") {
            let Some(source) = mime.say("MIME_SOURCE") else { continue };
            let url = self.address(source);
            if !url.starts_with("http") {
                self.warn("Files without an address on the web are ignored: say MIME_ROOT, or MIME_SOURCE as a URL.".to_owned());
                continue;
            }
            let said = |name: &str| mime.say(name).map(str::to_owned);
            if mime
                .say("MIME_TYPE")
                .is_some_and(|it| it.starts_with("image/") || it == "url" && is_picture(&url))
            {
                let alt = said("MIME_ALT").or(said("MIME_DESCR"));
                let alt = alt.map(|it| [(self.language.clone(), it)].into());
                let position = mime.say("MIME_ORDER").and_then(|it| number::whole(it).ok());
                media.push(MediaSaid { line: mime.line, url, alt, position });
            } else {
                let kind = said("MIME_PURPOSE").unwrap_or_else(|| "document".to_owned());
                let title = said("MIME_DESCR").map(|it| [(self.language.clone(), it)].into());
                documents.push(DocumentSaid {
                    line: mime.line,
                    kind,
                    url,
                    titles: title.unwrap_or_default(),
                });
            }
        }
        item.media = Some(media).filter(|it| !it.is_empty());
        item.documents = Some(documents).filter(|it| !it.is_empty());
    }

    fn address(&self, source: &str) -> String {
        if source.starts_with("http://")
            || source.starts_with("https://")
            || self.mime_root.is_empty()
        {
            return source.to_owned();
        }
        format!("{}/{}", self.mime_root.trim_end_matches('/'), source.trim_start_matches('/'))
    }
}

fn is_picture(url: &str) -> bool {
    [".jpg", ".jpeg", ".png", ".webp", ".gif"]
        .iter()
        .any(|it| url.to_ascii_lowercase().ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::samples::{records, setting};

    fn catalogue(transaction: &str, products: &str) -> String {
        let name = transaction.split(' ').next().unwrap();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BMECAT version=\"2005\" xmlns=\"http://www.bmecat.org/bmecat/2005\">\n\
             <HEADER><CATALOG><LANGUAGE default=\"true\">deu</LANGUAGE><CATALOG_ID>K1</CATALOG_ID>\
             <CATALOG_VERSION>1.0</CATALOG_VERSION><CURRENCY>EUR</CURRENCY><MIME_ROOT>https://media.example/</MIME_ROOT>\
             </CATALOG><SUPPLIER><SUPPLIER_ID>S</SUPPLIER_ID></SUPPLIER></HEADER>\n<{transaction}>\n{products}</{name}></BMECAT>"
        )
    }

    fn read(text: &str) -> Box<dyn RecordReader> {
        open(std::io::Cursor::new(text.to_owned()), setting())
    }

    const PRODUCT: &str = "<PRODUCT mode=\"new\"><SUPPLIER_PID>A-1</SUPPLIER_PID><PRODUCT_DETAILS>\
        <DESCRIPTION_SHORT>Stuhl</DESCRIPTION_SHORT><DESCRIPTION_SHORT lang=\"eng\">Chair</DESCRIPTION_SHORT>\
        <DESCRIPTION_LONG>Eiche</DESCRIPTION_LONG><INTERNATIONAL_PID type=\"gtin\">4006381333931</INTERNATIONAL_PID>\
        <MANUFACTURER_NAME>Acme</MANUFACTURER_NAME></PRODUCT_DETAILS>\
        <PRODUCT_FEATURES><FEATURE><FNAME>Holz</FNAME><FVALUE>Eiche</FVALUE></FEATURE></PRODUCT_FEATURES>\
        <PRODUCT_ORDER_DETAILS><PRICE_QUANTITY>2</PRICE_QUANTITY></PRODUCT_ORDER_DETAILS>\
        <PRODUCT_PRICE_DETAILS><VALID_START_DATE>2026-11-01</VALID_START_DATE><VALID_END_DATE>2026-11-30</VALID_END_DATE>\
        <PRODUCT_PRICE price_type=\"gros_list\"><PRICE_AMOUNT>258.0000</PRICE_AMOUNT><TAX>0.19</TAX></PRODUCT_PRICE>\
        <PRODUCT_PRICE price_type=\"gros_list\"><PRICE_AMOUNT>200</PRICE_AMOUNT><LOWER_BOUND>10</LOWER_BOUND></PRODUCT_PRICE>\
        <PRODUCT_PRICE price_type=\"net_list\"><PRICE_AMOUNT>1</PRICE_AMOUNT></PRODUCT_PRICE>\
        <PRODUCT_PRICE price_type=\"nrp\"><PRICE_AMOUNT>300</PRICE_AMOUNT></PRODUCT_PRICE></PRODUCT_PRICE_DETAILS>\
        <MIME_INFO><MIME><MIME_TYPE>image/jpeg</MIME_TYPE><MIME_SOURCE>a.jpg</MIME_SOURCE></MIME></MIME_INFO></PRODUCT>";

    #[test]
    fn a_product_is_read_with_languages_tiers_and_times() {
        insta::assert_json_snapshot!(records(read(&catalogue("T_NEW_CATALOG", PRODUCT))));
    }

    #[test]
    fn updates_say_what_they_build_on() {
        let text = catalogue("T_UPDATE_PRICES prev_version=\"3\"", PRODUCT);
        let mut reader = read(&text.replace("mode=\"new\"", "mode=\"update\""));
        let record = reader.next().unwrap().unwrap();
        assert_eq!(record.item.intent, Intent::Update);
        assert!(record.item.texts.is_empty(), "prices only");
        assert!(reader.next().unwrap().is_none());
        let edition = reader.head().edition.unwrap();
        assert_eq!(
            (edition.catalogue.as_str(), edition.version, edition.whole),
            ("S/K1/1.0", 4, false)
        );
        let error = read(&catalogue("T_UPDATE_PRODUCTS", PRODUCT)).next().unwrap_err();
        assert!(error.message.contains("prev_version"), "{error}");
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        for (text, wanted) in [
            ("<rss/>".to_owned(), "<rss>"),
            ("<BMECAT version=\"1.2\"><HEADER/></BMECAT>".to_owned(), "BMEcat 1.2"),
            ("<BMECAT version=\"2005\"><HEADER/></BMECAT>".to_owned(), "T_NEW_CATALOG"),
            (catalogue("T_NEW_PRODUCTDATA", ""), "T_NEW_PRODUCTDATA"),
        ] {
            let error = read(&text).next().unwrap_err();
            assert!(error.message.contains(wanted), "{text}: {error}");
        }
    }

    #[test]
    fn prices_of_the_wrong_kind_and_fractions_of_a_cent_are_told() {
        let net = catalogue("T_NEW_CATALOG", &PRODUCT.replace("gros_list", "net_customer"));
        assert!(records(read(&net))[0].problems[0].message.contains("gros_list"));
        let fine = catalogue(
            "T_NEW_CATALOG",
            &PRODUCT
                .replace("258.0000", "258.0100")
                .replace("<PRICE_QUANTITY>2", "<PRICE_QUANTITY>200"),
        );
        assert!(records(read(&fine))[0].problems[0].message.contains("decimals"));
    }
}
