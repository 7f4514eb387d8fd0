//! Reading the few things that tidy must know from Rust code, without a parser: the sources are
//! formatted and compile, so strings, brackets and attributes are where one expects them.

/// A string literal at the beginning of `text` (after white space), and what follows it. Plain strings
/// only, without escapes: names have none.
pub(super) fn literal(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('"')?.split_once('"')
}

/// All string literals in `text`.
pub(super) fn literals(text: &str) -> Vec<&str> {
    text.split('"').skip(1).step_by(2).collect()
}

/// The text between the first `open` and its matching `close`.
pub(super) fn block(text: &str, open: char, close: char) -> Option<&str> {
    let begin = text.find(open)? + open.len_utf8();
    let mut depth = 1;
    for (at, character) in text[begin..].char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth -= 1;
            if depth == 0 {
                return Some(&text[begin..begin + at]);
            }
        }
    }
    None
}

/// Each item (`enum`, `struct`) that derives `derived`: its attributes and its body between braces.
pub(super) fn deriving<'a>(text: &'a str, item: &str, derived: &str) -> Vec<(&'a str, &'a str)> {
    let starts = text.match_indices("#[derive(").map(|(at, _)| &text[at..]);
    starts
        .filter_map(|from| {
            let list = block(from, '(', ')')?;
            if !list.split(',').any(|name| name.trim().rsplit("::").next() == Some(derived)) {
                return None;
            }
            let header = from.find('{').map(|at| &from[..at])?;
            let is_item =
                header.lines().any(|line| line.split_whitespace().any(|word| word == item));
            // A `;` before the brace means that the item had no body of its own.
            (is_item && !header.contains(';')).then(|| Some((header, block(from, '{', '}')?)))?
        })
        .collect()
}

/// The members of a body (variants, fields): for each its attributes and documentation, and its first
/// word without `pub`.
pub(super) fn members(body: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let (mut depth, mut attributes) = (0_i32, String::new());
    for line in body.lines().map(str::trim) {
        let is_remark = line.starts_with('#') || line.starts_with("//");
        if depth == 0 && !is_remark {
            if let Some(name) = member_name(line) {
                found.push((std::mem::take(&mut attributes), name));
            }
        } else if depth == 0 {
            attributes.push_str(line);
            attributes.push('\n');
        }
        if !line.starts_with("//") {
            let count = |set: &[char]| i32::try_from(line.matches(set).count()).unwrap_or(0);
            depth += count(&['{', '(', '[']) - count(&['}', ')', ']']);
        }
    }
    found
}

fn member_name(line: &str) -> Option<&str> {
    let mut rest = line;
    if let Some(after) = rest.strip_prefix("pub") {
        rest = match after.strip_prefix('(') {
            Some(scope) => scope.split_once(')')?.1.trim_start(),
            None => after.strip_prefix(' ').unwrap_or(rest),
        };
    }
    let rest = rest.strip_prefix("r#").unwrap_or(rest);
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

/// The value of `key = "…"` in attributes.
pub(super) fn attribute<'a>(attributes: &'a str, key: &str) -> Option<&'a str> {
    attributes.match_indices(key).find_map(|(at, _)| {
        let before = attributes[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let rest = attributes[at + key.len()..].trim_start().strip_prefix('=')?;
        Some(literal(rest)?.0)
    })
}

/// `AuditVerify` or `audit_verify` as `audit-verify`.
pub(super) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(match character {
            '_' => vec!['-'],
            other => other.to_lowercase().collect(),
        });
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::{attribute, deriving, kebab, members};

    const CODE: &str = "
#[derive(Debug, clap::Subcommand)]
#[command(rename_all = \"kebab-case\")]
pub enum Command {
    /// Serves, (really).
    Serve(Options),
    #[command(name = \"audit-log\")]
    AuditVerify {
        strict: bool,
    },
}

#[derive(Debug)]
enum Other {
    No,
}
";

    #[test]
    fn variants_are_read_with_their_attributes() {
        let items = deriving(CODE, "enum", "Subcommand");
        assert_eq!(items.len(), 1);
        assert_eq!(attribute(items[0].0, "rename_all"), Some("kebab-case"));
        let members = members(items[0].1);
        let names: Vec<&str> = members.iter().map(|(_, name)| *name).collect();
        assert_eq!(names, ["Serve", "AuditVerify"]);
        assert_eq!(attribute(&members[1].0, "name"), Some("audit-log"));
    }

    #[test]
    fn names_are_written_as_on_the_command_line() {
        assert_eq!(kebab("AuditVerify"), "audit-verify");
        assert_eq!(kebab("statement_timeout"), "statement-timeout");
    }
}
