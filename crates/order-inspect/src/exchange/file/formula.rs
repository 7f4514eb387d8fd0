//! Texts that a spreadsheet would take for formulas, and run. In tables that are opened in one an apostrophe stands
//! before them, which spreadsheets do not show.

/// The apostrophes at the beginning, and whether what follows is taken for a formula.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A text as it stands in a cell.
pub(in crate::exchange) fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// A text as it was before it stood in a cell.
pub(in crate::exchange) fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|it| is_formula(it)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::{guarded, plain};

    #[test]
    fn formulas_are_texts_in_a_table_and_come_back_as_they_were() {
        for text in ["=1+1", "+49 40 1", "-20 % Lamp", "@SUM(A1)", "\t=1", "'=1", "''@a"] {
            assert_eq!(guarded(text), format!("'{text}"));
            assert_eq!(plain(&guarded(text)), text);
        }
        for text in ["Lamp", "'s Lamp", "", "12.90", "a=b"] {
            assert_eq!((&*guarded(text), plain(text)), (text, text));
        }
    }
}
