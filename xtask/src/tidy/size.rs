//! A file fits in the head.

use super::{Finding, TextFile};

/// Lines of a Rust file, without its tests, above which it is hard to read.
const LIMIT: usize = 600;

/// Rust files that are too long.
pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let code =
        files.iter().filter(|file| file.path.ends_with(".rs") && !file.path.contains("/tests/"));
    code.map(|file| (file, lines_of_code(&file.text)))
        .filter(|(_, lines)| *lines > LIMIT)
        .map(|(file, lines)| {
            let message = format!(
                "has {lines} lines without its tests; about 400 fit in the head, so split it"
            );
            Finding::doubtful(&file.path, message)
        })
        .collect()
}

/// The lines before the tests, which stand at the end of a file.
fn lines_of_code(text: &str) -> usize {
    text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count()
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, check};
    use crate::tidy::tests::{file, places};

    #[test]
    fn a_long_file_is_noted_and_its_tests_do_not_count() {
        let long = "\n".repeat(LIMIT + 1);
        let tested = format!("\n#[cfg(test)]{long}");
        let files = [file("a.rs", &long), file("b.rs", &tested), file("a.css", &long)];
        assert_eq!(places(&check(&files)), ["a.rs"]);
    }
}
