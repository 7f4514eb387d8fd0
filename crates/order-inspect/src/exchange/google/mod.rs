//! Google's product data: RSS 2.0 with the `g:` namespace, or a table with tabs. Each entry is a variant
//! (support.google.com/merchants/answer/7052112).

pub(super) mod entry;
pub(super) mod read;
pub(super) mod write;

use crate::catalogue::products::record::ProductText;

/// The longest title and description, in characters.
const LONGEST_TITLE: usize = 150;
const LONGEST_DESCRIPTION: usize = 5000;

/// The title of an entry.
pub(super) fn title(text: &ProductText) -> String {
    cut(&text.name, LONGEST_TITLE)
}

/// The description of an entry: whatever the product has to say.
pub(super) fn description(text: &ProductText) -> String {
    let all = [&text.description, &text.summary, &text.name];
    let first = all.into_iter().map(|it| it.trim()).find(|it| !it.is_empty());
    cut(first.unwrap_or_default(), LONGEST_DESCRIPTION)
}

/// A text in one line: cells of tables hold neither tabs nor line ends, nor what a spreadsheet takes for a formula.
pub(super) fn line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_start_matches(['=', '+', '-', '@', ' ']).to_owned()
}

fn cut(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect::<String>().trim_end().to_owned()
}
