//! Looking for parts of texts in either case, the same way in all engines: letters are folded,
//! accents count.

use super::Dialect;
use kontor_model::{ColumnMode, Field, FieldType};

use super::{Bind, Writer};

/// Where in the text the part must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    Beginning,
    End,
}

impl Place {
    /// A pattern with the sign that stands for any text.
    fn pattern(self, any: char, part: &str) -> String {
        match self {
            Self::Anywhere => format!("{any}{part}{any}"),
            Self::Beginning => format!("{part}{any}"),
            Self::End => format!("{any}{part}"),
        }
    }
}

impl Writer<'_> {
    /// The test that a field's text has a part.
    pub(super) fn has_part(&mut self, alias: &str, field: &Field, place: Place, part: &str) {
        match self.dialect {
            Dialect::Postgres => {
                self.column(alias, &field.name);
                // The blanks that fill up a `character(n)` are no part of it.
                if !matches!(field.ty, FieldType::Text { .. }) || field.sql_type == "bpchar" {
                    self.push("::text");
                }
                self.push(" ILIKE ")
                    .bind(Bind::Text(place.pattern('%', &escaped(part))))
                    .push(" ESCAPE '!'");
            }
            Dialect::Mysql => {
                // Whatever the column's collation folds or does not fold.
                self.push("LOWER(CONVERT(");
                self.read_mysql(alias, field, ColumnMode::Whole);
                self.push(" USING utf8mb4)) COLLATE utf8mb4_bin LIKE ")
                    .bind(Bind::Text(place.pattern('%', &escaped(&part.to_lowercase()))))
                    .push(" ESCAPE '!'");
            }
            Dialect::Sqlite if part.is_ascii() => {
                self.column(alias, &field.name)
                    .push(" LIKE ")
                    .bind(Bind::Text(place.pattern('%', &escaped(part))))
                    .push(" ESCAPE '!'");
            }
            // SQLite's `LIKE` folds only ASCII letters; `GLOB` is told each letter's two forms.
            Dialect::Sqlite => {
                self.column(alias, &field.name)
                    .push(" GLOB ")
                    .bind(Bind::Text(place.pattern('*', &either_case(part))));
            }
        }
    }

    /// The test that a text begins so, in the case given, which an ordered index serves.
    pub(super) fn begins(&mut self, alias: &str, field: &Field, beginning: &str) {
        self.column(alias, &field.name);
        if self.dialect == Dialect::Sqlite {
            let plain: String = beginning.chars().map(plain_in_glob).collect();
            self.push(" GLOB ").bind(Bind::Text(format!("{plain}*")));
        } else {
            self.push(" LIKE ")
                .bind(Bind::Text(format!("{}%", escaped(beginning))))
                .push(" ESCAPE '!'");
        }
    }
}

/// The signs of `LIKE` lose their meaning behind `!`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            out.push('!');
        }
        out.push(c);
    }
    out
}

fn plain_in_glob(c: char) -> String {
    if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() }
}

/// A pattern of `GLOB` that each letter satisfies in both of its forms.
fn either_case(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut forms = vec![c];
            let one = |mut letters: std::char::ToLowercase| {
                letters.next().filter(|_| letters.next().is_none())
            };
            let other = |mut letters: std::char::ToUppercase| {
                letters.next().filter(|_| letters.next().is_none())
            };
            for form in [one(c.to_lowercase()), other(c.to_uppercase())].into_iter().flatten() {
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
            if forms.len() == 1 {
                plain_in_glob(c)
            } else {
                format!("[{}]", forms.into_iter().collect::<String>())
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_pattern_has_both_forms_of_each_letter_and_no_sign() {
        assert_eq!(either_case("Ärz[*"), "[Ää][rR][zZ][[][*]");
        assert_eq!(either_case("ß1"), "ß1");
    }

    #[test]
    fn signs_of_like_are_escaped() {
        assert_eq!(escaped("100%_a!\\"), "100!%!_a!!\\");
    }
}
