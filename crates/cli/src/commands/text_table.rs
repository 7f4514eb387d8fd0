//! A table of plain text: columns as wide as they need to be, numbers to the right.

use std::io::{self, Write};

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table of plain text.
pub(crate) struct TextTable<const N: usize> {
    heads: [(&'static str, Align); N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> TextTable<N> {
    /// A table without rows.
    pub(crate) fn new(heads: [(&'static str, Align); N]) -> Self {
        Self { heads, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    /// Writes the table, each line two spaces in.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(self.heads[column].0.chars().count())
        };
        let widths: [usize; N] = std::array::from_fn(width);
        let heads: [&str; N] = std::array::from_fn(|column| self.heads[column].0);
        self.line(out, &widths, heads)?;
        for row in &self.rows {
            self.line(out, &widths, std::array::from_fn(|column| row[column].as_str()))?;
        }
        Ok(())
    }

    fn line(&self, out: &mut dyn Write, widths: &[usize; N], cells: [&str; N]) -> io::Result<()> {
        let mut line = String::new();
        for (column, cell) in cells.into_iter().enumerate() {
            let width = widths[column];
            let padded = match self.heads[column].1 {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            };
            line.push_str("  ");
            line.push_str(&padded);
        }
        writeln!(out, "{}", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::{Align, TextTable};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_numbers_stand_to_the_right() {
        let mut table =
            TextTable::new([("name", Align::Left), ("rows", Align::Right), ("", Align::Left)]);
        table.push(["Länder".into(), "6".into(), String::new()]);
        table.push(["a".into(), "20 000".into(), "x".into()]);
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, "  name      rows\n  Länder       6\n  a       20 000  x\n");
    }
}
