//! What stands around the table: letterhead, address, references. The places are those of
//! DIN 5008, form B.

use super::{
    model::{Document, Language, Party, Seller},
    sheet::{Align, HEIGHT, Role, Sheets, WIDTH, mm},
    text::{Colour, Line, Style, Weight, wrap},
};

pub(super) const LEFT: f32 = mm(25.0);
pub(super) const RIGHT: f32 = WIDTH - mm(20.0);
/// Where the text of a page ends above a footer of the usual height.
pub(super) const BOTTOM: f32 = HEIGHT - mm(40.0);

/// Where the text of each further page begins.
pub(super) const TOP: f32 = mm(28.0);

pub(super) const BODY: Style = Style { weight: Weight::Regular, size: 9.5, colour: Colour::Ink };
pub(super) const STRONG: Style = Style { weight: Weight::Bold, ..BODY };
pub(super) const SMALL: Style = Style { weight: Weight::Regular, size: 8.0, colour: Colour::Quiet };
const TITLE: Style = Style { weight: Weight::Bold, size: 16.0, colour: Colour::Accent };
const NAME: Style = Style { weight: Weight::Bold, size: 15.0, colour: Colour::Accent };
const TINY: Style = Style { weight: Weight::Regular, size: 7.0, colour: Colour::Quiet };

/// The window of the envelope: 85 mm wide, from 20 mm; its text begins 5 mm further.
const WINDOW_WIDTH: f32 = mm(80.0);
const RETURN_ADDRESS: f32 = mm(60.0);
const ADDRESS: f32 = mm(67.5);
/// The block of references beside the window.
const BLOCK: f32 = mm(125.0);
const BLOCK_TOP: f32 = mm(53.0);

/// Places everything of the first page above the table, and returns where the table may begin.
pub(super) fn head(sheets: &mut Sheets, document: &Document) -> f32 {
    fold_marks(sheets);
    let letterhead_end = letterhead(sheets, &document.seller);
    let address_end = window(sheets, document);
    let block_end = references(sheets, document, BLOCK_TOP.max(letterhead_end + mm(4.0)));
    let mut y = title(sheets, document, mm(103.0).max(address_end.max(block_end) + mm(8.0)));
    if let Some(address) = &document.delivery_address {
        let label = document.language.words().delivery_address;
        let text = format!("{label}: {}", one_line(address));
        y = sheets.paragraph(&text, &SMALL, LEFT, y, RIGHT - LEFT) + mm(1.0);
    }
    let introduction = document.kind.introduction(document.language);
    y = sheets.paragraph(introduction, &BODY, LEFT, y + mm(2.0), RIGHT - LEFT);
    y + mm(1.0)
}

/// The line at the top of each further page, which says what it belongs to.
pub(super) fn continued(sheets: &mut Sheets, document: &Document) -> f32 {
    let title = format!("{} {}", document.kind.title(document.language), document.number);
    let date = document.language.date(document.date);
    sheets.decoration(|sheets| {
        sheets.text(&title, &STRONG, LEFT, mm(20.0), Align::Left);
        sheets.text(&date, &SMALL, RIGHT, mm(20.0), Align::Right);
    });
    TOP
}

fn fold_marks(sheets: &mut Sheets) {
    for (y, length) in [(105.0, 4.0), (148.5, 6.0), (210.0, 4.0)] {
        sheets.area(Colour::Hairline, mm(4.0), mm(y), mm(length), 0.5);
    }
}

/// Places who sends the letter, and returns where that ends beside the name.
fn letterhead(sheets: &mut Sheets, seller: &Seller) -> f32 {
    sheets.part(Role::Division, |sheets| {
        let width = BLOCK - LEFT - mm(5.0);
        let mut y = mm(22.0);
        sheets.part(Role::Paragraph, |sheets| {
            // A name that would come into the window is set smaller.
            let large = wrap(&seller.name, &NAME, width).len() <= 4;
            let style = if large { NAME } else { STRONG };
            for line in wrap(&seller.name, &style, width) {
                sheets.line(line, &style, LEFT, y, Align::Left);
                y += style.leading();
            }
        });
        let contact = [&seller.phone, &seller.email, &seller.website];
        let address = seller.address.iter().chain(contact.into_iter().flatten());
        let mut y = mm(18.0);
        sheets.part(Role::Paragraph, |sheets| {
            for line in address.flat_map(|it| wrap(it, &SMALL, RIGHT - BLOCK)) {
                sheets.line(line, &SMALL, RIGHT, y, Align::Right);
                y += SMALL.leading();
            }
        });
        y
    })
}

/// The sender's line and the address that show in the window; returns where they end.
fn window(sheets: &mut Sheets, document: &Document) -> f32 {
    let seller = &document.seller;
    let sender = std::iter::once(&seller.name).chain(&seller.address);
    let sender: Vec<&str> = sender.map(String::as_str).collect();
    // The sender's line must not run out of the window.
    let line = wrap(&sender.join(" · "), &TINY, WINDOW_WIDTH).into_iter().next();
    sheets.decoration(|sheets| {
        if let Some(line) = line {
            sheets.line(line, &TINY, LEFT, RETURN_ADDRESS, Align::Left);
        }
        sheets.area(Colour::Hairline, LEFT, RETURN_ADDRESS + 2.5, WINDOW_WIDTH, 0.5);
    });
    sheets.part(Role::Paragraph, |sheets| {
        let mut y = ADDRESS;
        for (row, text) in
            std::iter::once(&document.recipient.name).chain(&document.recipient.address).enumerate()
        {
            let style = if row == 0 { STRONG } else { BODY };
            for line in wrap(text, &style, WINDOW_WIDTH) {
                sheets.line(line, &style, LEFT, y, Align::Left);
                y += style.leading();
            }
        }
        y
    })
}

/// The numbers and days beside the address, from `y` on; returns where they end.
fn references(sheets: &mut Sheets, document: &Document, mut y: f32) -> f32 {
    let entries = entries(document);
    sheets.part(Role::Division, |sheets| {
        for (label, value) in &entries {
            sheets.part(Role::Paragraph, |sheets| {
                sheets.text(label, &SMALL, BLOCK, y, Align::Left);
                let label_end = Line::new(label, SMALL.weight).width(&SMALL) + mm(3.0);
                let style = Style { size: 9.0, ..BODY };
                for line in wrap(value, &style, RIGHT - BLOCK - label_end) {
                    sheets.line(line, &style, RIGHT, y, Align::Right);
                    y += style.leading();
                }
                y += 1.5;
            });
        }
    });
    y
}

fn entries(document: &Document) -> Vec<(&'static str, String)> {
    let language = document.language;
    let words = language.words();
    let mut entries = vec![
        (document.kind.number_label(language), document.number.clone()),
        (words.date, language.date(document.date)),
    ];
    for reference in &document.references {
        let day = language.date(reference.date);
        let joined = match language {
            Language::German => format!("{}\nvom {day}", reference.number),
            Language::English => format!("{}\nof {day}", reference.number),
        };
        entries.push((words.corrects, joined));
    }
    if let Some(number) = &document.customer_number {
        entries.push((words.customer_number, number.clone()));
    }
    entries.push((words.order_number, document.order_number.clone()));
    entries.push((words.order_date, language.date(document.order_date)));
    if let Some(date) = document.only_delivery() {
        entries.push((words.delivery_date, language.date(date)));
    }
    if let Some(number) = &document.recipient.vat_id {
        entries.push((words.their_vat_id, number.clone()));
    }
    entries
}

fn title(sheets: &mut Sheets, document: &Document, y: f32) -> f32 {
    let title = format!("{} {}", document.kind.title(document.language), document.number);
    sheets.part(Role::Heading, |sheets| {
        let mut y = y;
        for line in wrap(&title, &TITLE, RIGHT - LEFT) {
            sheets.line(line, &TITLE, LEFT, y, Align::Left);
            y += TITLE.leading();
        }
        y
    })
}

fn one_line(party: &Party) -> String {
    let lines = std::iter::once(&party.name).chain(&party.address);
    lines.map(String::as_str).collect::<Vec<_>>().join(", ")
}
