//! `cargo xtask tidy`: what compilers do not check.
//!
//! Each rule is a function from texts to findings, in a module of its own, with a fixture beside it.

mod crates;
mod documented;
mod forbidden;
mod generated;
mod size;
mod source;

use std::fs;

use serde_json::Value;

use crate::{
    failure::{Failure, Outcome},
    program::{cargo, command, read, root},
};

/// A file of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TextFile {
    /// From the repository's root, with `/`.
    path: String,
    text: String,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// A path, a path with a line, or a crate.
    place: String,
    /// What is wrong, and what to do.
    message: String,
    weight: Weight,
}

/// Whether a finding stops the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Wrong,
    Doubtful,
}

impl Finding {
    fn wrong(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), weight: Weight::Wrong }
    }

    fn doubtful(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), weight: Weight::Doubtful }
    }
}

/// Checks the whole repository.
pub(crate) fn run() -> Outcome {
    let paths = read(&mut command(
        "git",
        &["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    ))?;
    let paths: Vec<&str> = paths.split('\0').filter(|path| !path.is_empty()).collect();
    // A file that is not text, or removed but not yet committed, has nothing to check.
    let files: Vec<TextFile> = paths
        .iter()
        .filter_map(|path| {
            Some(TextFile {
                path: (*path).to_owned(),
                text: fs::read_to_string(root().join(path)).ok()?,
            })
        })
        .collect();
    let metadata = read(&mut cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"]))?;
    let metadata: Value = serde_json::from_str(&metadata)
        .map_err(|error| Failure::new(format!("cargo metadata printed no JSON: {error}")))?;

    let mut findings = crates::edges(&metadata);
    findings.extend(crates::named(&metadata, &files));
    findings.extend(documented::check(&files));
    findings.extend(forbidden::check(&files));
    findings.extend(generated::check(&paths));
    findings.extend(size::check(&files));
    report(&findings)
}

fn report(findings: &[Finding]) -> Outcome {
    for finding in findings {
        let word = match finding.weight {
            Weight::Wrong => "wrong",
            Weight::Doubtful => "note",
        };
        println!("{word}: {}: {}", finding.place, finding.message);
    }
    match findings.iter().filter(|finding| finding.weight == Weight::Wrong).count() {
        0 => Ok(()),
        1 => Err(Failure::new("tidy found one thing to put right, see above")),
        count => Err(Failure::new(format!("tidy found {count} things to put right, see above"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, TextFile, report};

    /// A file for a rule's fixture.
    pub(super) fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    /// Where the findings are.
    pub(super) fn places(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|finding| finding.place.as_str()).collect()
    }

    #[test]
    fn only_what_is_wrong_fails() {
        assert!(report(&[Finding::doubtful("a", "b")]).is_ok());
        assert!(report(&[Finding::wrong("a", "b")]).is_err());
    }
}
