//! Invoices, delivery notes and credit notes as PDF files, in German and English.
//!
//! The same [`Document`] is always the same file, byte for byte: nothing here asks a clock or draws
//! lots. Only names in scripts that Noto Sans lacks depend on the fonts that a machine has. The files are PDF/A-3a and PDF/UA-1: tagged, with language and title, readable in ten years.

mod fonts;
mod footer;
mod letter;
mod model;
mod shaping;
mod sheet;
mod supply;
mod table;
mod text;
mod totals;
mod words;

use krilla::metadata::{DateTime, Metadata};

pub use self::model::{
    Adjustment, BankAccount, DeliveredLine, Delivery, Document, DocumentKind, DocumentLine,
    Language, Party, PriceBasis, Reference, Seller, TaxLine, Totals,
};
pub use fonts::look_for_fonts;

use self::sheet::Sheets;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// What the law wants on such a document is absent.
    #[error("a document of this kind needs {0}")]
    Missing(&'static str),
    /// What was made is not a file for archives.
    #[error("the PDF file could not be made: {0}")]
    Pdf(String),
}

/// The document as a PDF file.
///
/// A page takes some milliseconds of computing, and waits for nothing: where many people wait for one
/// thread, call it on a blocking one.
///
/// # Errors
/// [`DocumentError::Missing`] where [`check`] finds that § 14 Abs. 4 UStG wants more than there is, and
/// [`DocumentError::Pdf`] where the file could not be made.
pub fn render(document: &Document) -> Result<Vec<u8>, DocumentError> {
    check(document)?;
    let mut sheets = placed(document);
    footer::footers(&mut sheets, document);
    let title = document.title();
    let metadata = metadata(document, &title);
    sheets.paint(&title, metadata)
}

/// Everything above the footers.
fn placed(document: &Document) -> Sheets {
    let mut sheets = Sheets::new(letter::BOTTOM - footer::growth(document));
    let mut y = letter::head(&mut sheets, document);
    y = table::table(&mut sheets, document, y);
    if let Some(totals) = document.totals.as_ref().filter(|_| document.kind.has_prices()) {
        y = totals::totals(&mut sheets, document, totals, y);
    }
    totals::notes(&mut sheets, document, y);
    sheets
}

impl DocumentKind {
    /// Whether the document says what things cost.
    fn has_prices(self) -> bool {
        self != Self::DeliveryNote
    }

    /// Whether the document corrects another.
    fn corrects(self) -> bool {
        self == Self::CreditNote
    }
}

impl Document {
    /// What it is and its number: the title of the file.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind.title(self.language), self.number)
    }
}

/// § 14 Abs. 4 UStG for what has prices; every document names its parties, its number and its lines.
///
/// # Errors
/// [`DocumentError::Missing`] names what is absent.
pub fn check(document: &Document) -> Result<(), DocumentError> {
    let needs =
        |is_there: bool, what| if is_there { Ok(()) } else { Err(DocumentError::Missing(what)) };
    let named = |party: &Party| !party.name.trim().is_empty() && !party.address.is_empty();
    let seller = &document.seller;
    needs(!document.number.trim().is_empty(), "a number")?;
    needs(!document.lines.is_empty(), "at least one line")?;
    needs(!seller.name.trim().is_empty(), "the name of the seller")?;
    let says = |lines: &[String]| lines.iter().any(|line| !line.trim().is_empty());
    needs(says(&seller.address), "the address of the seller")?;
    needs(named(&document.recipient), "name and address of the recipient")?;
    if document.kind.has_prices() {
        let tax_numbers = [&seller.vat_id, &seller.tax_number];
        needs(
            tax_numbers.iter().any(|number| number.is_some()),
            "the seller's VAT ID or tax number",
        )?;
        needs(document.totals.is_some(), "totals")?;
    }
    if document.kind == DocumentKind::Invoice {
        needs(!document.deliveries.is_empty(), "the time of delivery")?;
    }
    needs(!document.kind.corrects() || !document.references.is_empty(), "the invoice it corrects")
}

fn metadata(document: &Document, title: &str) -> Metadata {
    let date = DateTime::new(document.date.year().unsigned_abs())
        .month(document.date.month().unsigned_abs())
        .day(document.date.day().unsigned_abs())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(title.to_owned())
        .authors(vec![document.seller.name.clone()])
        .language(document.language.tag().to_owned())
        .document_id(title.to_owned())
        .creation_date(date)
}

#[cfg(test)]
mod tests {
    use super::{
        Adjustment, BankAccount, Document, DocumentKind, DocumentLine, Language, Party, PriceBasis,
        Reference, Seller, TaxLine, Totals, footer, placed, render,
        sheet::{HEIGHT, WIDTH, mm},
    };

    fn text(word: &str, length: usize) -> String {
        word.chars().cycle().take(length).collect()
    }

    /// As much as a seller may say of itself.
    fn wordy() -> Seller {
        Seller {
            name: text("Lampen und Leuchten ", 200),
            address: vec![text("Hinterhaus ", 50); 6],
            vat_id: Some(text("DE123456789 ", 30)),
            tax_number: Some(text("22/815/08154 ", 30)),
            register: Some(text("Amtsgericht Hamburg, HRB 12345, ", 200)),
            management: Some(text("Änne Größe, ", 400)),
            phone: Some(text("+49 40 1234567 ", 40)),
            email: Some(text("service@lampen.example", 254)),
            website: Some(text("www.lampen.example/", 200)),
            bank: Some(BankAccount {
                name: text("Hanseatische Bank ", 200),
                iban: "DE02 1203 0000 0000 2020 51".to_owned(),
                bic: Some("BYLADEM1001".to_owned()),
            }),
        }
    }

    fn document(seller: Seller, lines: u32, discounts: usize, words: usize) -> Document {
        let party =
            Party { name: "Erika".to_owned(), address: vec!["Weg 1".to_owned()], vat_id: None };
        let day = jiff::civil::date(2026, 6, 15);
        let line = |position| DocumentLine {
            position,
            sku: "L-1".to_owned(),
            name: "Lampe".to_owned(),
            details: vec!["Farbe: Salbei".to_owned()],
            quantity: "1".to_owned(),
            unit_price: "10,00 €".to_owned(),
            tax_rate: "19 %".to_owned(),
            total: "10,00 €".to_owned(),
            running_total: "10,00 €".to_owned(),
        };
        let one = |label: String| Adjustment { label, amount: "-1,00 €".to_owned() };
        let tax = ["19 %", "7 %", "0 %"].map(|rate| TaxLine {
            rate: rate.to_owned(),
            net: "10,00 €".to_owned(),
            tax: "1,00 €".to_owned(),
            gross: "11,00 €".to_owned(),
        });
        Document {
            kind: DocumentKind::CreditNote,
            language: Language::German,
            number: "G1".to_owned(),
            date: day,
            seller,
            recipient: party.clone(),
            delivery_address: Some(party),
            customer_number: None,
            order_number: "DE-1".to_owned(),
            order_date: day,
            deliveries: Vec::new(),
            paid_on: None,
            prices: PriceBasis::Net,
            lines: (1..=lines).map(line).collect(),
            totals: Some(Totals {
                subtotal: "10,00 €".to_owned(),
                discounts: vec![one(text("Nachlass aus einem Grund ", words)); discounts],
                shipping: Some(one("Versand".to_owned())),
                taxes: tax.to_vec(),
                grand_total: "10,00 €".to_owned(),
            }),
            payment_note: None,
            references: vec![Reference { number: "R1".to_owned(), date: day }],
            notes: vec![text("Ein Hinweis ", 900)],
        }
    }

    #[test]
    fn nothing_runs_off_a_page_or_into_its_footer() {
        let short = Seller {
            name: "Lampenladen GmbH".to_owned(),
            address: vec!["Weg 1".to_owned()],
            vat_id: Some("DE123456789".to_owned()),
            tax_number: None,
            register: None,
            management: None,
            phone: None,
            email: None,
            website: None,
            bank: None,
        };
        let few =
            [(1, 0, 0), (5, 2, 200), (8, 5, 60), (9, 5, 60), (10, 5, 60), (11, 5, 60), (12, 5, 60)];
        let many = [(13, 5, 60), (14, 5, 60), (24, 0, 0), (2, 50, 20), (7, 50, 100)];
        for seller in [short, wordy()] {
            for (lines, discounts, words) in few.into_iter().chain(many) {
                let document = document(seller.clone(), lines, discounts, words);
                let mut sheets = placed(&document);
                let bottom = sheets.bottom();
                let case = format!("{lines} lines, {discounts} discounts of {words}");
                for (_, y) in sheets.ends() {
                    assert!(y <= bottom, "{case}: {y} is below {bottom}");
                }
                footer::footers(&mut sheets, &document);
                for (x, y) in sheets.ends() {
                    assert!(y <= HEIGHT - mm(4.0), "{case}: {y} is off the page");
                    assert!(x <= WIDTH - mm(19.0), "{case}: {x} is in the margin");
                }
            }
        }
        assert!(render(&document(wordy(), 3, 5, 200)).is_ok());
    }
}
