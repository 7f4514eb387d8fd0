//! Words that may not be in the repository.

use super::{Finding, TextFile};

/// A word, the files in which it is wrong, and what to do instead. The words are put together here so
/// that this file does not contain them.
const WORDS: [(&str, Place, &str); 7] = [
    (
        concat!("#[al", "low("),
        Place::Rust,
        "say #[expect(…, reason = \"…\")]: it ends with its reason",
    ),
    (
        concat!("#![al", "low("),
        Place::Rust,
        "say #![expect(…, reason = \"…\")]: it ends with its reason",
    ),
    (concat!("TO", "DO"), Place::Word, "do it now, or open an issue"),
    (concat!("FIX", "ME"), Place::Word, "do it now, or open an issue"),
    (concat!("X", "XX"), Place::Word, "do it now, or open an issue"),
    (concat!("/ho", "me/"), Place::Path, "a path of one machine does not work on another"),
    (concat!("/ro", "ot/"), Place::Path, "a path of one machine does not work on another"),
];

/// One more path: the folder that containers often build in.
const BUILD_FOLDER: &str = concat!("/wo", "rk/");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere in Rust code.
    Rust,
    /// As a whole word in any text.
    Word,
    /// As the beginning of a path in any text.
    Path,
}

/// Lock files list what others named.
const NOT_OURS: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// Every line with a forbidden word.
pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let ours = files.iter().filter(|file| !NOT_OURS.iter().any(|name| file.path.ends_with(name)));
    ours.flat_map(|file| {
        file.text.lines().enumerate().flat_map(move |(number, line)| {
            let build_folder = (BUILD_FOLDER, Place::Path, WORDS[5].2);
            let found = WORDS.into_iter().chain([build_folder]).filter(move |(word, place, _)| {
                is_in(line, word, *place) && (*place != Place::Rust || file.path.ends_with(".rs"))
            });
            found.map(move |(word, _, advice)| {
                Finding::wrong(
                    format!("{}:{}", file.path, number + 1),
                    format!("`{word}`: {advice}"),
                )
            })
        })
    })
    .collect()
}

fn is_in(line: &str, word: &str, place: Place) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let in_word =
            |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
        match place {
            Place::Rust => true,
            Place::Word => !in_word(before) && !in_word(after),
            // `../name/`, `a/name/` and `{}/name/` go on from somewhere.
            Place::Path => {
                !in_word(before) && !matches!(before, Some('.' | '}' | '-' | '*' | ']' | '>' | ')'))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{BUILD_FOLDER, WORDS, check};
    use crate::tidy::tests::{file, places};

    #[test]
    fn a_lint_that_is_let_through_is_found_in_rust_only() {
        let text = format!("fn a() {{}}\n{}dead_code)]", WORDS[0].0);
        assert_eq!(places(&check(&[file("a.rs", &text), file("a.md", &text)])), ["a.rs:2"]);
    }

    #[test]
    fn unfinished_work_is_found_as_a_whole_word() {
        let word = WORDS[2].0;
        let text = format!("// {word}: later\nlet {word}S = 1;");
        assert_eq!(places(&check(&[file("a.rs", &text), file("Cargo.lock", &text)])), ["a.rs:1"]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_relative_one_is_not() {
        let text = format!("cd {BUILD_FOLDER}x\ncd ..{BUILD_FOLDER}x\ncd a{BUILD_FOLDER}x");
        assert_eq!(places(&check(&[file("docs/a.md", &text)])), ["docs/a.md:1"]);
    }
}
