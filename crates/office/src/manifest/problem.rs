//! What is wrong with a manifest, said so that one can go there and put it right.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use kontor_model::BackendName;

/// A place in a file, counted from one; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// One thing that is wrong with a manifest. Its `Display` is one line in the form
/// `backends/shop.toml:12:1: message; did you mean “suggestion”?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The manifest's file as it was given.
    pub file: PathBuf,
    /// Where in the file; `None` when it concerns the file as a whole.
    pub place: Option<Place>,
    /// What is wrong and, where no suggestion follows, what would be right.
    pub message: String,
    /// The name or word that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean “{suggestion}”?"),
            None => Ok(()),
        }
    }
}

/// All that is wrong with one manifest, in the order of the file; never empty. Its `Display` has
/// one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestErrors(Vec<Problem>);

impl ManifestErrors {
    /// The problems in the order of their places.
    pub(super) fn of(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place);
        Self(problems)
    }

    /// One problem that concerns the file as a whole.
    pub(super) fn whole_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self(vec![Problem {
            file: file.into(),
            place: None,
            message: message.into(),
            suggestion: None,
        }])
    }

    /// The backend that the file registers, where its name is one.
    #[must_use]
    pub fn backend(&self) -> Option<BackendName> {
        let stem = self.0.first()?.file.file_stem()?.to_str()?;
        BackendName::new(stem).ok()
    }

    /// The problems, one or more.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ManifestErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl Error for ManifestErrors {}

/// The one of some names that somebody probably meant: the same but for case and punctuation, or
/// else the nearest one if no more than a third of its letters must be typed again, or else one of
/// which the beginning was given.
pub(crate) fn nearest<'a>(
    meant: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let meant = plain(meant);
    let letters = meant.chars().count();
    let names: Vec<(String, &str)> = names.into_iter().map(|name| (plain(name), name)).collect();
    let similar = names
        .iter()
        .map(|(plain, name)| (strsim::damerau_levenshtein(&meant, plain), plain, name))
        .filter(|(distance, _, _)| *distance <= (letters / 3).max(1) && *distance < letters)
        .min_by(|a, b| {
            // Of two at the same distance, the one with the same beginning.
            let likeness = |name| strsim::jaro_winkler(&meant, name);
            a.0.cmp(&b.0).then_with(|| likeness(b.1).total_cmp(&likeness(a.1)))
        })
        .map(|(_, _, name)| *name);
    let longer = || names.iter().find(|(name, _)| letters >= 3 && name.starts_with(&meant));
    similar.or_else(|| longer().map(|(_, name)| *name))
}

/// Names as a list in a sentence: `“a”, “b”, “c”`.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("“{name}”")).collect();
    names.join(", ")
}

/// What there is instead of a name that does not exist; nothing where the list would be long.
pub(crate) fn listed<'a>(verb: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    const LONGEST: usize = 20;
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() || names.len() > LONGEST {
        return String::new();
    }
    format!("; {verb} {}", quoted(names))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_suggestion_is_near_or_not_made() {
        let names = ["statement_timeout", "row_cap", "connections", "id"];
        assert_eq!(nearest("statment_timeout", names), Some("statement_timeout"));
        assert_eq!(nearest("RowCap", names), Some("row_cap"));
        assert_eq!(nearest("password", names), None);
        assert_eq!(nearest("statement", names), Some("statement_timeout"));
        assert_eq!(nearest("gren", ["grey", "green"]), Some("green"));
        assert_eq!(nearest("x", ["a", "b"]), None);
        assert_eq!(nearest("", names), None);
    }
}
