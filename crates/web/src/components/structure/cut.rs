//! The beginning of a JSON text, as lists hold it.

/// What is whole of a list or an object that was cut; none where nothing is, or where nothing was cut.
pub(super) fn complete(text: &str) -> Option<String> {
    let start = text.trim_start();
    let end = match start.as_bytes().first()? {
        b'[' => ']',
        b'{' => '}',
        _ => return None,
    };
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut whole = None;
    for (at, c) in start.char_indices() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => quoted = true,
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 1 => whole = Some(at),
            _ => {}
        }
    }
    let whole = whole.filter(|_| depth > 0)?;
    Some(format!("{}{end}", &start[..whole]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_cut_list_the_whole_entries_count() {
        let cut = r#"[{"a":"x,]"},{"a":"y"},{"a":"z"#;
        assert_eq!(complete(cut).as_deref(), Some(r#"[{"a":"x,]"},{"a":"y"}]"#));
        assert_eq!(complete(r#"{"a":1,"b":[1,2"#).as_deref(), Some(r#"{"a":1}"#));
        assert_eq!(complete(r#"[{"a":1},{"b":2}]"#), None, "nothing is missing");
        assert_eq!(complete(r#"[{"a":"#), None, "nothing is whole");
    }
}
