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

/// A column and how wide it is.
struct Column {
    lines: Vec<(String, Style)>,
    width: f32,
}

/// Places footers and page numbers on all pages. The first footer is read out, the others repeat it.
pub(super) fn footers(sheets: &mut Sheets, document: &Document) {
    let count = sheets.page_count();
    let columns = columns(document);
    for page in 0..count {
        let place = |sheets: &mut Sheets| footer(sheets, page, &columns);
        if page == 0 {
            sheets.part(Role::Division, place);
        } else {
            sheets.decoration(place);
        }
        let number = Line::new(&document.language.page(page + 1, count), SMALL.weight);
        sheets.decoration(|sheets| {
            let y = HEIGHT - mm(33.0);
            sheets.line_on(page, number, &SMALL, RIGHT, y, Align::Right);
            sheets.area_on(page, Colour::Hairline, LEFT, y + mm(2.5), RIGHT - LEFT, 0.5);
        });
    }
}

fn footer(sheets: &mut Sheets, page: usize, columns: &[Column]) {
    let mut x = LEFT;
    for column in columns {
        let mut y = HEIGHT - mm(25.5);
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

/// Gives each column the width that it needs. Where that is more than there is, the columns that may
/// be wrapped give way: names and addresses, but not numbers.
fn arrange(columns: [(Vec<(String, Style)>, bool); 4]) -> Vec<Column> {
    let needed = |lines: &[(String, Style)]| {
        let widths = lines.iter().map(|(text, style)| Line::new(text, style.weight).width(style));
        widths.fold(0.0, f32::max) + 0.1
    };
    let mut columns: Vec<(Column, bool)> = columns
        .into_iter()
        .filter(|(lines, _)| !lines.is_empty())
        .map(|(lines, wraps)| (Column { width: needed(&lines), lines }, wraps))
        .collect();
    let sum = |columns: &[(Column, bool)], only_wrapping: bool| -> f32 {
        let counted = columns.iter().filter(|(_, wraps)| *wraps || !only_wrapping);
        counted.map(|(column, _)| column.width).sum()
    };
    let room = RIGHT - LEFT - GAP * columns.len().saturating_sub(1) as f32;
    let (spare, giving) = (room - sum(&columns, false), sum(&columns, true));
    let count = columns.len() as f32;
    for (column, wraps) in &mut columns {
        if spare >= 0.0 {
            column.width += spare / count;
        } else if *wraps {
            column.width = (column.width * (1.0 + spare / giving)).max(mm(15.0));
        }
    }
    columns.into_iter().map(|(column, _)| column).collect()
}
