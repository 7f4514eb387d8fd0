//! Comma-separated values that spreadsheets read and do not run.

use std::borrow::Cow;

/// One record after RFC 4180. Nothing stands for no value, `""` for an empty text, as PostgreSQL
/// writes them.
pub(crate) fn csv_record<T: AsRef<str>>(out: &mut Vec<u8>, fields: &[Option<T>]) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let text = field.as_ref().map(AsRef::as_ref);
        // A line without anything would be taken for no record.
        let is_alone = text.is_none() && fields.len() == 1;
        let text = text.or(is_alone.then_some(""));
        let Some(text) = text else { continue };
        if text.is_empty() || text.contains([',', '"', '\r', '\n']) {
            out.push(b'"');
            out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// A text that a spreadsheet would run as a formula is preceded by an apostrophe (OWASP, “CSV
/// Injection”). Some leave out what cannot be seen before it, and take full-width signs for their
/// narrow ones. A text that looks as if it bore the mark gets it, too, so that it can be taken off.
pub(crate) fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_formula(bare(&text)) { format!("'{text}").into() } else { text }
}

/// A text without the mark that [`harmless`] gave it.
pub(crate) fn unmarked(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(bare(rest))).unwrap_or(text)
}

fn bare(text: &str) -> &str {
    text.trim_start_matches('\'')
}

fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_unseen = |c: char| c.is_whitespace() || c.is_control() || is_without_width(c);
    let seen = text.trim_start_matches(is_unseen);
    seen.starts_with(SIGNS) || text.starts_with(['\t', '\r', '\n'])
}

/// Marks without width: joiners, marks of direction, the mark of byte order.
fn is_without_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula() {
        for text in [
            "=1+1",
            "+49 30",
            "-x",
            "@SUM(A1)",
            "\t=1",
            " =1+1",
            "\n=1",
            "\r\n=1",
            "\tKaffee",
            "\u{a0}@x",
            "\u{3000}=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            " ＝1",
            "\u{feff}=1",
            "\u{200b}=1",
            "\u{0}=1",
        ] {
            assert!(harmless(text.into()).starts_with('\''), "{text:?}");
        }
        for text in ["Kaffee", " Kaffee", "a=1", "1-2", "", " "] {
            assert_eq!(harmless(text.into()), text);
        }
    }

    #[test]
    fn the_mark_of_a_formula_is_taken_off_again() {
        for text in ["=1+1", "'=1+1", "''-x", "'", "'Kaffee'", "+49 30", "", "''"] {
            assert_eq!(unmarked(&harmless(text.into())), text, "{text}");
        }
    }

    #[test]
    fn a_record_of_csv_reads_back_whatever_it_holds() {
        let records: [&[&str]; 4] =
            [&["a", "", "b,c"], &["say \"x\"", "two\r\nlines", "\n"], &[""], &["ä", " b ", "\""]];
        for fields in records {
            let mut out = Vec::new();
            let given: Vec<Option<&&str>> = fields.iter().map(Some).collect();
            csv_record(&mut out, &given);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*out);
            let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(read, [csv::StringRecord::from(fields)]);
        }
    }

    #[test]
    fn no_value_is_told_from_an_empty_text() {
        let mut out = Vec::new();
        csv_record(&mut out, &[Some("a"), None, Some("")]);
        csv_record::<&str>(&mut out, &[None]);
        assert_eq!(String::from_utf8(out).unwrap(), "a,,\"\"\r\n\"\"\r\n");
    }
}
