//! What follows the table: sums, tax, and what else is to be said.

use super::{
    letter::{BODY, BOTTOM, LEFT, RIGHT, SMALL, continued},
    model::{Document, DocumentKind, Totals},
    sheet::{Align, Role, Sheets, mm},
    text::{Colour, Style, Weight, wrap},
};

const GRAND: Style = Style { weight: Weight::Bold, size: 11.5, colour: Colour::Accent };
const HEAD: Style = Style { weight: Weight::Bold, size: 8.0, colour: Colour::Accent };
const CELL: Style = Style { weight: Weight::Regular, size: 8.5, colour: Colour::Ink };
const ROW: f32 = mm(5.4);
/// Where the sums begin, right of the tax.
const SUMS: f32 = mm(112.0);
/// The ends of the columns of the tax; the first begins at the left edge.
const TAX_COLUMNS: [f32; 3] = [mm(58.0), mm(80.0), mm(104.0)];

/// Places sums and tax side by side, and returns where they end.
pub(super) fn totals(sheets: &mut Sheets, document: &Document, totals: &Totals, y: f32) -> f32 {
    let rows = sums(document, totals);
    let height = ROW * rows.len().max(totals.taxes.len() + 1) as f32 + mm(16.0);
    let top = if y + height > BOTTOM { next_page(sheets, document) } else { y + mm(3.0) };
    let sums_end = place_sums(sheets, document, totals, &rows, top);
    let tax_end = if totals.taxes.is_empty() {
        top
    } else {
        sheets.part(Role::Table, |sheets| place_tax(sheets, document, totals, top))
    };
    sums_end.max(tax_end)
}

/// Places payment, days and notes as paragraphs.
pub(super) fn notes(sheets: &mut Sheets, document: &Document, y: f32) {
    let mut paragraphs: Vec<(&str, Style)> = Vec::new();
    if let Some(note) = &document.payment_note {
        paragraphs.push((note, BODY));
    }
    if document.kind == DocumentKind::Invoice && document.delivery_date.is_none() {
        paragraphs.push((document.language.words().delivered_on_date, SMALL));
    }
    paragraphs.extend(document.notes.iter().map(|note| (note.as_str(), SMALL)));
    let mut y = y + mm(6.0);
    for (text, style) in paragraphs {
        y = sheets.part(Role::Paragraph, |sheets| {
            let mut y = y;
            for line in wrap(text, &style, RIGHT - LEFT) {
                if y + style.size > BOTTOM {
                    y = next_page(sheets, document) + style.size;
                }
                sheets.line(line, &style, LEFT, y + style.size, Align::Left);
                y += style.leading();
            }
            y
        }) + mm(2.0);
    }
}

fn next_page(sheets: &mut Sheets, document: &Document) -> f32 {
    sheets.add_page();
    continued(sheets, document)
}

fn sums<'a>(document: &Document, totals: &'a Totals) -> Vec<(&'a str, &'a str)> {
    let mut rows = Vec::new();
    let adjustments = totals.discounts.iter().chain(&totals.shipping);
    let adjustments: Vec<_> =
        adjustments.map(|one| (one.label.as_str(), one.amount.as_str())).collect();
    if !adjustments.is_empty() {
        let label = document.language.subtotal(document.prices);
        rows.push((label, totals.subtotal.as_str()));
        rows.extend(adjustments);
    }
    rows
}

fn place_sums(
    sheets: &mut Sheets,
    document: &Document,
    totals: &Totals,
    rows: &[(&str, &str)],
    top: f32,
) -> f32 {
    let mut y = top + ROW;
    for (label, amount) in rows {
        sheets.part(Role::Paragraph, |sheets| {
            let width = RIGHT - SUMS - mm(27.0);
            for (index, line) in wrap(label, &CELL, width).into_iter().enumerate() {
                if index > 0 {
                    y += CELL.leading();
                }
                sheets.line(line, &CELL, SUMS, y, Align::Left);
            }
            sheets.text(amount, &BODY, RIGHT, y, Align::Right);
        });
        y += ROW;
    }
    sheets.area(Colour::Accent, SUMS, y - ROW + mm(2.0), RIGHT - SUMS, 0.9);
    y += mm(2.2);
    sheets.part(Role::Paragraph, |sheets| {
        let words = document.language.words();
        sheets.text(words.grand_total, &GRAND, SUMS, y, Align::Left);
        sheets.text(&totals.grand_total, &GRAND, RIGHT, y, Align::Right);
    });
    y + mm(2.0)
}

fn place_tax(sheets: &mut Sheets, document: &Document, totals: &Totals, top: f32) -> f32 {
    let words = document.language.words();
    let head = [words.rate, words.net, words.tax, words.gross];
    let mut y = top + ROW;
    sheets.part(Role::TableHead, |sheets| {
        tax_row(sheets, Role::HeadCell, head, &HEAD, y);
    });
    sheets.area(Colour::Hairline, LEFT, y + mm(1.6), TAX_COLUMNS[2] - LEFT, 0.6);
    sheets.part(Role::TableBody, |sheets| {
        for line in &totals.taxes {
            y += ROW;
            let cells = [&line.rate, &line.net, &line.tax, &line.gross].map(String::as_str);
            tax_row(sheets, Role::Cell, cells, &CELL, y);
        }
    });
    y
}

fn tax_row(sheets: &mut Sheets, role: Role, cells: [&str; 4], style: &Style, y: f32) {
    sheets.part(Role::Row, |sheets| {
        for (index, text) in cells.into_iter().enumerate() {
            let (x, align) = match index {
                0 => (LEFT, Align::Left),
                _ => (TAX_COLUMNS[index - 1], Align::Right),
            };
            sheets.part(role, |sheets| sheets.text(text, style, x, y, align));
        }
    });
}
