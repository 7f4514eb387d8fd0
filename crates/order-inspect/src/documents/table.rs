//! The lines of a document as a table over as many pages as it needs.

use super::{
    letter::{BODY, LEFT, RIGHT, SMALL, STRONG, continued},
    model::{Document, DocumentKind, DocumentLine},
    sheet::{Align, Role, Sheets, mm},
    text::{Colour, Line, Style, Weight, or_blank, wrap},
};

const HEAD: Style = Style { weight: Weight::Bold, size: 8.0, colour: Colour::Accent };
const GAP: f32 = mm(4.0);
const PADDING: f32 = mm(1.6);
/// The room for the carry-over below the rows.
const CARRY: f32 = mm(7.0);
/// Below this a table that does not fit begins on a page of its own.
const LOW: f32 = mm(140.0);
/// The column that takes the room that is left, and whose text is long.
const ARTICLE: usize = 1;

/// One column: where its text stands, and how wide it may be.
struct Column {
    label: &'static str,
    x: f32,
    width: f32,
    align: Align,
    value: fn(&DocumentLine) -> String,
    style: Style,
}

/// A line of text in a row, with how far its baseline is below the row's first.
type Piece = (Line, Style, f32);

/// A line of the document, broken into lines of text for each column.
struct Row {
    cells: Vec<Vec<Piece>>,
    height: f32,
}

/// Places the table with its top at `y`, and returns where it ends on the last page.
pub(super) fn table(sheets: &mut Sheets, document: &Document, y: f32) -> f32 {
    let columns = columns(document);
    let rows: Vec<Row> = document.lines.iter().map(|line| row(document, &columns, line)).collect();
    let limit = sheets.bottom() - CARRY;
    let first = rows.first().map_or(0.0, |row| row.height) + 2.0 * HEAD.leading();
    let y = if y > LOW && y + first > limit {
        sheets.add_page();
        continued(sheets, document)
    } else {
        y
    };
    sheets.part(Role::Table, |sheets| {
        let mut y = sheets.part(Role::TableHead, |sheets| head(sheets, &columns, y));
        sheets.part(Role::TableBody, |sheets| {
            for (index, row) in rows.iter().enumerate() {
                let before = index.checked_sub(1).map(|index| &document.lines[index]);
                if y + row.height > limit && before.is_some() {
                    y = turn(sheets, document, &columns, before, y);
                }
                y = sheets
                    .part(Role::Row, |sheets| place(sheets, document, &columns, row, before, y));
                sheets.area(Colour::Hairline, LEFT, y, RIGHT - LEFT, 0.4);
            }
        });
        y
    })
}

fn columns(document: &Document) -> Vec<Column> {
    let words = document.language.words();
    let left = |label, value, style| (label, Align::Left, value, style);
    let right = |label, value, style| (label, Align::Right, value, style);
    type Value = fn(&DocumentLine) -> String;
    let position: Value = |line| line.position.to_string();
    let sku: Value = |line| line.sku.clone();
    let name: Value = |line| line.name.clone();
    let quantity: Value = |line| line.quantity.clone();
    let unit_price: Value = |line| line.unit_price.clone();
    let tax_rate: Value = |line| line.tax_rate.clone();
    let total: Value = |line| line.total.clone();
    let wanted = if document.kind == DocumentKind::DeliveryNote {
        vec![
            left(words.position, position, SMALL),
            left(words.article, name, STRONG),
            left(words.sku, sku, BODY),
            right(words.quantity, quantity, BODY),
        ]
    } else {
        vec![
            left(words.position, position, SMALL),
            left(words.article, name, STRONG),
            right(words.quantity, quantity, BODY),
            right(words.unit_price, unit_price, BODY),
            right(words.tax, tax_rate, BODY),
            right(words.total, total, BODY),
        ]
    };
    let mut columns: Vec<Column> = wanted
        .into_iter()
        .map(|(label, align, value, style)| {
            let width = needed(document, label, value, &style);
            Column { label, x: 0.0, width, align, value, style }
        })
        .collect();
    arrange(&mut columns);
    columns
}

/// The width of the widest text of a column, but not more than a third of the page.
fn needed(
    document: &Document,
    label: &str,
    value: fn(&DocumentLine) -> String,
    style: &Style,
) -> f32 {
    let head = Line::new(label, HEAD.weight).width(&HEAD);
    let widest = document
        .lines
        .iter()
        .map(|line| Line::new(&value(line), style.weight).width(style))
        .fold(head, f32::max);
    // A column must hold what was measured to its last bit.
    (widest + 0.1).min((RIGHT - LEFT) / 3.0)
}

/// Gives each column its place. The article takes what the others leave.
fn arrange(columns: &mut [Column]) {
    let others: f32 =
        columns.iter().map(|column| column.width).sum::<f32>() - columns[ARTICLE].width;
    let gaps = GAP * (columns.len() - 1) as f32;
    columns[ARTICLE].width = (RIGHT - LEFT - others - gaps).max(mm(25.0));
    let mut x = LEFT;
    for column in columns {
        column.x = if column.align == Align::Right { x + column.width } else { x };
        x += column.width + GAP;
    }
}

fn row(document: &Document, columns: &[Column], line: &DocumentLine) -> Row {
    let mut cells: Vec<Vec<Piece>> = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let mut pieces = Vec::new();
        let mut below = 0.0;
        let mut add = |text: &str, style: Style| {
            for line in wrap(text, &style, column.width) {
                pieces.push((line, style, below));
                below += style.leading();
            }
        };
        add(or_blank(&(column.value)(line)), column.style);
        if index == ARTICLE {
            if document.kind != DocumentKind::DeliveryNote && !line.sku.is_empty() {
                add(&format!("{} {}", document.language.words().sku, line.sku), SMALL);
            }
            line.details.iter().for_each(|detail| add(detail, SMALL));
        }
        cells.push(pieces);
    }
    let end = |(_, style, below): &Piece| below + style.leading();
    let height = cells.iter().flatten().map(end).fold(0.0, f32::max) + 2.0 * PADDING;
    Row { cells, height }
}

/// The names of the columns; returns where the first row begins.
fn head(sheets: &mut Sheets, columns: &[Column], y: f32) -> f32 {
    let baseline = y + HEAD.leading();
    sheets.part(Role::Row, |sheets| {
        for column in columns {
            sheets.part(Role::HeadCell, |sheets| {
                sheets.text(column.label, &HEAD, column.x, baseline, column.align);
            });
        }
    });
    let end = baseline + PADDING;
    sheets.area(Colour::Accent, LEFT, end, RIGHT - LEFT, 0.9);
    end + 0.9
}

/// Goes to the next page: carries the sum over and repeats the head. Returns where rows go on.
fn turn(
    sheets: &mut Sheets,
    document: &Document,
    columns: &[Column],
    before: Option<&DocumentLine>,
    y: f32,
) -> f32 {
    let words = document.language.words();
    let sum = before
        .filter(|_| document.kind != DocumentKind::DeliveryNote)
        .map(|line| line.running_total.as_str());
    sheets.decoration(|sheets| {
        if let Some(sum) = sum {
            carry(sheets, words.carried, sum, y);
        }
        let page = sheets.page_count();
        sheets.add_page();
        let y = continued(sheets, document);
        let y = head(sheets, columns, y);
        match sum {
            Some(sum) => carry(sheets, &format!("{} {page}", words.brought), sum, y),
            None => y,
        }
    })
}

fn carry(sheets: &mut Sheets, label: &str, sum: &str, y: f32) -> f32 {
    let baseline = y + PADDING + BODY.size;
    let width = Line::new(sum, STRONG.weight).width(&STRONG);
    sheets.text(label, &SMALL, RIGHT - width - GAP, baseline, Align::Right);
    sheets.text(sum, &STRONG, RIGHT, baseline, Align::Right);
    baseline + PADDING + 2.0
}

/// Places a row and returns where it ends. The article of one line may be longer than a page; then it
/// goes on on the next.
fn place(
    sheets: &mut Sheets,
    document: &Document,
    columns: &[Column],
    row: &Row,
    before: Option<&DocumentLine>,
    y: f32,
) -> f32 {
    let (page, limit) = (sheets.page_count() - 1, sheets.bottom() - CARRY);
    let mut end = y + row.height;
    for (index, (column, pieces)) in columns.iter().zip(&row.cells).enumerate() {
        sheets.part(Role::Cell, |sheets| {
            let (mut top, mut above) = (y + PADDING + BODY.size, 0.0);
            for (line, style, below) in pieces {
                if index != ARTICLE {
                    let y = top + below;
                    sheets.line_on(page, line.clone(), style, column.x, y, column.align);
                    continue;
                }
                if top + below - above > limit {
                    let y = top + below - above - BODY.size;
                    top = turn(sheets, document, columns, before, y) + PADDING + BODY.size;
                    above = *below;
                    end = 0.0;
                }
                let y = top + below - above;
                sheets.line(line.clone(), style, column.x, y, column.align);
                end = end.max(y + style.leading() - style.size + PADDING);
            }
        });
    }
    end
}
