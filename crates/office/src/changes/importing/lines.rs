//! One JSON object per line, as Kontor writes it. Numbers keep every digit.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::table::{Cell, FileKind, FileProblem, MOST_COLUMNS, MOST_ROWS, Row, Table};

/// Reads the rows of a text; the columns are the names that its objects have.
pub(super) fn read(text: &str) -> Result<Table, FileProblem> {
    let mut heads: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(FileProblem::TooManyRows { most: MOST_ROWS });
        }
        let object: Object = serde_json::from_str(line)
            .map_err(|error| FileProblem::NoObject { row: at + 1, column: error.column() })?;
        let mut cells = vec![Cell::Absent; heads.len()];
        for (name, value) in object.0 {
            let place = *places.entry(name).or_insert_with_key(|name| {
                heads.push(name.clone());
                heads.len() - 1
            });
            if place >= MOST_COLUMNS {
                return Err(FileProblem::TooManyColumns { most: MOST_COLUMNS });
            }
            if cells.len() <= place {
                cells.resize(place + 1, Cell::Absent);
            }
            cells[place] = cell(&value);
        }
        rows.push(Row { number: at + 1, cells });
    }
    for row in &mut rows {
        row.cells.resize(heads.len(), Cell::Absent);
    }
    Ok(Table { kind: FileKind::Lines, heads, rows, tells_empty: true })
}

fn cell(value: &RawValue) -> Cell {
    let raw = value.get();
    if raw == "null" {
        return Cell::Null;
    }
    // What begins like a text is one: the whole line was read already.
    let text = raw.starts_with('"').then(|| serde_json::from_str(raw).ok()).flatten();
    Cell::Kept(text.unwrap_or_else(|| raw.to_owned()))
}

/// An object whose members keep their order and their own notation.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_may_have_different_members_and_keep_every_digit() {
        let text =
            "{\"a\": 12345678901234567890.10, \"b\": null}\n\n{\"c\": \"x\\ny\", \"a\": \"1\"}\n";
        let table = read(text).expect("it can be read");
        assert_eq!(table.heads, ["a", "b", "c"]);
        let kept = |text: &str| Cell::Kept(text.into());
        assert_eq!(
            table.rows[0].cells,
            [kept("12345678901234567890.10"), Cell::Null, Cell::Absent]
        );
        assert_eq!(table.rows[1].cells, [kept("1"), Cell::Absent, kept("x\ny")]);
        assert_eq!(table.rows[1].number, 3);
    }

    #[test]
    fn a_line_that_is_no_object_is_told_with_its_place() {
        let problem = read("{\"a\": 1}\n{\"a\": }\n").expect_err("no JSON");
        assert_eq!(problem, FileProblem::NoObject { row: 2, column: 7 });
    }
}
