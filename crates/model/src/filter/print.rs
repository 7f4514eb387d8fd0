//! Filters as text, in their one form.

use std::fmt::{self, Write as _};

use super::text::is_word;
use super::{Arity, FieldTest, Filter, Operator};

const RESERVED: [&str; 13] = [
    "and", "or", "not", "in", "is", "has", "contains", "starts", "ends", "between", "during",
    "null", "empty",
];

fn write_text(text: &str, extra: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let bare = !text.is_empty()
        && text.chars().all(|c| is_word(c) || extra.contains(c))
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str());
    if bare {
        return f.write_str(text);
    }
    f.write_char('"')?;
    for c in text.chars() {
        if c == '"' {
            f.write_char('"')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

pub(super) fn print(filter: &Filter, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match filter {
        Filter::All(parts) => print_joined(parts, " and ", f),
        Filter::Any(parts) => print_joined(parts, " or ", f),
        Filter::Not(inner) => {
            f.write_str("not ")?;
            print_nested(inner, f)
        }
        Filter::Test(test) => print_test(test, f),
    }
}

fn print_joined(parts: &[Filter], joiner: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(joiner)?;
        }
        print_nested(part, f)?;
    }
    Ok(())
}

fn print_nested(filter: &Filter, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if matches!(filter, Filter::All(_) | Filter::Any(_)) {
        f.write_char('(')?;
        print(filter, f)?;
        f.write_char(')')
    } else {
        print(filter, f)
    }
}

fn print_test(test: &FieldTest, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, name) in test.path.iter().enumerate() {
        if i > 0 {
            f.write_char('.')?;
        }
        write_text(name, "", f)?;
    }
    write!(f, " {}", test.operator.symbol())?;
    match test.operator.arity() {
        Arity::None => Ok(()),
        Arity::One if test.operator == Operator::During => write!(f, " {}", test.operands[0]),
        Arity::One => {
            f.write_char(' ')?;
            write_text(&test.operands[0], ".", f)
        }
        Arity::Two => {
            f.write_char(' ')?;
            write_text(&test.operands[0], ".", f)?;
            f.write_str(" and ")?;
            write_text(&test.operands[1], ".", f)
        }
        Arity::Many => {
            f.write_str(" (")?;
            for (i, operand) in test.operands.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                write_text(operand, ".", f)?;
            }
            f.write_char(')')
        }
    }
}
