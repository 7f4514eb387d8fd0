//! The foot of each page: who the seller is, and which page it is.

use super::{
    letter::{LEFT, RIGHT, SMALL},
    model::{Document, DocumentKind},
    sheet::{Align, HEIGHT, Role, Sheets, mm},
    text::{Colour, Line, Style, Weight, wrap},
};

const TEXT: Style = Style { weight: Weight::Regular, size: 6.8, colour: Colour::Quiet };
const STRONG: Style = Style { weight: Weight::Bold, ..TEXT };
const GAP: f32 = mm(4.0);
/// Where its text begins if it is not higher than usual, and where it ends.
const FIRST: f32 = HEIGHT - mm(25.5);
const LAST: f32 = HEIGHT - mm(5.0);

/// A column and how wide it is.
struct Column {
    lines: Vec<(String, Style)>,
    width: f32,
}

impl Column {
    /// How far its last line is below its first one.
    fn height(&self) -> f32 {
        let lines = self.lines.iter().map(|(text, style)| wrap(text, style, self.width).len());
        TEXT.leading() * lines.sum::<usize>().saturating_sub(1) as f32
    }
}

/// How much higher than usual the footer of a document is.
pub(super) fn growth(document: &Document) -> f32 {
    over(&columns(document))
}

fn over(columns: &[Column]) -> f32 {
    (columns.iter().map(Column::height).fold(0.0, f32::max) - (LAST - FIRST)).max(0.0)
}

/// Places footers and page numbers on all pages. The first footer is read out, the others repeat it.
pub(super) fn footers(sheets: &mut Sheets, document: &Document) {
    let count = sheets.page_count();
    let columns = columns(document);
    let growth = over(&columns);
    for page in 0..count {
        let place = |sheets: &mut Sheets| footer(sheets, page, &columns, FIRST - growth);
        if page == 0 {
            sheets.part(Role::Division, place);
        } else {
            sheets.decoration(place);
        }
        let number = Line::new(&document.language.page(page + 1, count), SMALL.weight);
        sheets.decoration(|sheets| {
            let y = HEIGHT - mm(33.0) - growth;
            sheets.line_on(page, number, &SMALL, RIGHT, y, Align::Right);
            sheets.area_on(page, Colour::Hairline, LEFT, y + mm(2.5), RIGHT - LEFT, 0.5);
        });
    }
}

fn footer(sheets: &mut Sheets, page: usize, columns: &[Column], top: f32) {
    let mut x = LEFT;
    for column in columns {
        let mut y = top;
        sheets.part(Role::Paragraph, |sheets| {
            for (text, style) in &column.lines {
                for line in wrap(text, style, column.width) {
                    sheets.line_on(page, line, style, x, y, Align::Left);
                    y += style.leading();
                }
            }
        });
        x += column.width + GAP;
    }
}

/// Who the seller is (§ 14 Abs. 4 Nr. 1 and 2 UStG, § 35a GmbHG), how to reach and how to pay it.
fn columns(document: &Document) -> Vec<Column> {
    let seller = &document.seller;
    let words = document.language.words();
    let plain = |text: &String| (text.clone(), TEXT);
    let labelled = |label: &str, value: &Option<String>| {
        value.as_ref().map(|value| (format!("{label} {value}"), TEXT))
    };
    let mut company = vec![(seller.name.clone(), STRONG)];
    company.extend(seller.address.iter().map(plain));
    let contact = [
        labelled(words.phone, &seller.phone),
        seller.email.as_ref().map(plain),
        seller.website.as_ref().map(plain),
    ];
    let legal = [
        seller.register.as_ref().map(plain),
        labelled(words.management, &seller.management),
        labelled(words.vat_id, &seller.vat_id),
        labelled(words.tax_number, &seller.tax_number),
    ];
    // A delivery note asks for no money.
    let bank = seller.bank.as_ref().filter(|_| document.kind != DocumentKind::DeliveryNote);
    let bank = bank.map(|bank| {
        [
            Some((bank.name.clone(), STRONG)),
            labelled("IBAN", &Some(bank.iban.clone())),
            labelled("BIC", &bank.bic),
        ]
    });
    arrange([
        (company, true),
        (contact.into_iter().flatten().collect(), false),
        (legal.into_iter().flatten().collect(), true),
        (bank.into_iter().flatten().flatten().collect(), false),
    ])
}

/// Gives each column the width that it needs. Where that is more than there is, the columns that may be wrapped give
/// way: names and addresses, and of the others only what is wider than a quarter of the page.
fn arrange(columns: [(Vec<(String, Style)>, bool); 4]) -> Vec<Column> {
    let columns: Vec<_> = columns.into_iter().filter(|(lines, _)| !lines.is_empty()).collect();
    let room = RIGHT - LEFT - GAP * columns.len().saturating_sub(1) as f32;
    let needed = |lines: &[(String, Style)], wraps: bool| {
        let widths = lines.iter().map(|(text, style)| Line::new(text, style.weight).width(style));
        let width = widths.fold(0.0, f32::max) + 0.1;
        if wraps { width } else { width.min(room / 4.0) }
    };
    let widths: Vec<(f32, bool)> =
        columns.iter().map(|(lines, wraps)| (needed(lines, *wraps), *wraps)).collect();
    let sum = |only: fn(&(f32, bool)) -> bool| -> f32 {
        widths.iter().filter(|it| only(it)).map(|(width, _)| width).sum()
    };
    let spare = (room - sum(|_| true)).max(0.0) / widths.len().max(1) as f32;
    let most = shared(room - sum(|(_, wraps)| !wraps), &widths);
    let width = |(width, wraps): &(f32, bool)| if *wraps { width.min(most) } else { *width };
    let widths = widths.iter().map(width);
    columns
        .into_iter()
        .zip(widths)
        .map(|((lines, _), width)| Column { lines, width: width + spare })
        .collect()
}

/// How wide each wrapping column may be at most: who needs less leaves it to the others.
fn shared(room: f32, widths: &[(f32, bool)]) -> f32 {
    let mut needs: Vec<f32> =
        widths.iter().filter(|(_, wraps)| *wraps).map(|(width, _)| *width).collect();
    needs.sort_unstable_by(f32::total_cmp);
    let (mut left, mut count) = (room, needs.len());
    for need in needs {
        let fair = left / count as f32;
        if need > fair {
            return fair;
        }
        left -= need;
        count -= 1;
    }
    f32::INFINITY
}
