//! What follows the table: sums, tax, and what else is to be said.

use super::{
    letter::{BODY, LEFT, RIGHT, SMALL, TOP, continued},
    model::{Document, PriceBasis, TaxLine, Totals},
    sheet::{Align, Role, Sheets, mm},
    text::{Colour, Line, Style, Weight, or_blank, wrap},
};

const GRAND: Style = Style { weight: Weight::Bold, size: 11.5, colour: Colour::Accent };
const HEAD: Style = Style { weight: Weight::Bold, size: 8.0, colour: Colour::Accent };
const CELL: Style = Style { weight: Weight::Regular, size: 8.5, colour: Colour::Ink };
const ROW: f32 = mm(5.4);
/// Where the sums begin, right of the tax.
const SUMS: f32 = mm(112.0);
/// The room for the tax beside the sums.
const TAX_ROOM: f32 = SUMS - LEFT - mm(8.0);

/// A row of the sums.
struct Sum {
    label: Vec<Line>,
    amount: String,
}

impl Sum {
    /// How far the next row is below it.
    fn height(&self) -> f32 {
        ROW + CELL.leading() * self.label.len().saturating_sub(1) as f32
    }
}

/// Places sums and tax side by side, or one below the other where they do not fit so, and returns where they end.
pub(super) fn totals(sheets: &mut Sheets, document: &Document, totals: &Totals, y: f32) -> f32 {
    let rows = sums(document, totals);
    let columns = tax_columns(document, totals);
    let sums_height = rows.iter().map(Sum::height).sum::<f32>() + 2.0 * ROW;
    let tax_height = ROW * (totals.taxes.len() + 2) as f32;
    // The columns are spread over the room to its last bit.
    let is_beside = columns[3] - LEFT <= TAX_ROOM + 0.1 && TOP + sums_height <= sheets.bottom();
    let height = if is_beside { sums_height.max(tax_height) } else { sums_height };
    let needs_page = y + mm(3.0) + height > sheets.bottom();
    let top = if needs_page { next_page(sheets, document) } else { y + mm(3.0) };
    let sums_end = place_sums(sheets, document, totals, &rows, top);
    if totals.taxes.is_empty() {
        return sums_end;
    }
    let tax_top = match is_beside {
        true => top,
        false if sums_end + tax_height > sheets.bottom() => next_page(sheets, document),
        false => sums_end,
    };
    let tax_end =
        sheets.part(Role::Table, |sheets| place_tax(sheets, document, totals, columns, tax_top));
    if is_beside { sums_end.max(tax_end) } else { tax_end }
}

/// Places payment, days and notes as paragraphs.
pub(super) fn notes(sheets: &mut Sheets, document: &Document, y: f32) {
    let supply = document.time_of_supply();
    let mut paragraphs: Vec<(&str, Style)> = Vec::new();
    if let Some(note) = &document.payment_note {
        paragraphs.push((note, BODY));
    }
    paragraphs.extend(supply.iter().chain(&document.notes).map(|note| (note.as_str(), SMALL)));
    let mut y = y + mm(6.0);
    for (text, style) in paragraphs {
        y = sheets.part(Role::Paragraph, |sheets| {
            let mut y = y;
            for line in wrap(text, &style, RIGHT - LEFT) {
                if y + style.size > sheets.bottom() {
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

/// What leads from the lines to the grand total; nothing where they are the same.
fn sums(document: &Document, totals: &Totals) -> Vec<Sum> {
    let adjustments = totals.discounts.iter().chain(&totals.shipping);
    let mut rows: Vec<(String, String)> =
        adjustments.map(|one| (one.label.clone(), one.amount.clone())).collect();
    if document.prices == PriceBasis::Net {
        let label = document.language.words().plus_tax;
        rows.extend(
            totals.taxes.iter().map(|line| (format!("{label} {}", line.rate), line.tax.clone())),
        );
    }
    if !rows.is_empty() {
        let label = document.language.subtotal(document.prices).to_owned();
        rows.insert(0, (label, totals.subtotal.clone()));
    }
    let sum = |(label, amount): (String, String)| {
        let width = RIGHT - SUMS - Line::new(&amount, BODY.weight).width(&BODY) - mm(4.0);
        Sum { label: wrap(&label, &CELL, width), amount }
    };
    rows.into_iter().map(sum).collect()
}

fn place_sums(
    sheets: &mut Sheets,
    document: &Document,
    totals: &Totals,
    rows: &[Sum],
    top: f32,
) -> f32 {
    let mut y = top + ROW;
    for row in rows {
        if y + row.height() - ROW > sheets.bottom() {
            y = next_page(sheets, document) + ROW;
        }
        sheets.part(Role::Paragraph, |sheets| {
            for (index, line) in row.label.iter().enumerate() {
                if index > 0 {
                    y += CELL.leading();
                }
                sheets.line(line.clone(), &CELL, SUMS, y, Align::Left);
            }
            sheets.text(&row.amount, &BODY, RIGHT, y, Align::Right);
        });
        y += ROW;
    }
    if y + ROW > sheets.bottom() {
        y = next_page(sheets, document) + ROW;
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

/// Where the columns of the tax end, as wide as their texts and spread over the room.
fn tax_columns(document: &Document, totals: &Totals) -> [f32; 4] {
    let head = tax_head(document);
    let mut widths = head.map(|text| Line::new(text, HEAD.weight).width(&HEAD));
    for line in &totals.taxes {
        for (width, text) in widths.iter_mut().zip(tax_cells(line)) {
            *width = width.max(Line::new(text, CELL.weight).width(&CELL));
        }
    }
    let gap = ((TAX_ROOM - widths.iter().sum::<f32>()) / 3.0).clamp(mm(4.0), mm(12.0));
    let mut end = LEFT - gap;
    widths.map(|width| {
        end += gap + width;
        end
    })
}

fn tax_head(document: &Document) -> [&'static str; 4] {
    let words = document.language.words();
    [words.rate, words.net, words.tax, words.gross]
}

fn tax_cells(line: &TaxLine) -> [&str; 4] {
    [&line.rate, &line.net, &line.tax, &line.gross].map(String::as_str)
}

fn place_tax(
    sheets: &mut Sheets,
    document: &Document,
    totals: &Totals,
    columns: [f32; 4],
    top: f32,
) -> f32 {
    let mut y = top + ROW;
    sheets.part(Role::TableHead, |sheets| {
        tax_row(sheets, Role::HeadCell, tax_head(document), &HEAD, columns, y);
    });
    sheets.area(Colour::Hairline, LEFT, y + mm(1.6), columns[3] - LEFT, 0.6);
    sheets.part(Role::TableBody, |sheets| {
        for line in &totals.taxes {
            y += ROW;
            tax_row(sheets, Role::Cell, tax_cells(line), &CELL, columns, y);
        }
    });
    y
}

fn tax_row(
    sheets: &mut Sheets,
    role: Role,
    cells: [&str; 4],
    style: &Style,
    columns: [f32; 4],
    y: f32,
) {
    sheets.part(Role::Row, |sheets| {
        for (index, (text, end)) in cells.into_iter().zip(columns).enumerate() {
            let (x, align) = if index == 0 { (LEFT, Align::Left) } else { (end, Align::Right) };
            sheets.part(role, |sheets| sheets.text(or_blank(text), style, x, y, align));
        }
    });
}
