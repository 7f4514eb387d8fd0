//! Databases that others made. They do not belong to the repository and may be absent.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The folder `../shared/data/<name>` beside the repository's root: databases that other projects
/// made, to try Kontor on real schemas.
///
/// `None` when it is not there; that is said on standard error with the word `SKIPPED`, so that a
/// test that returns early does not look as if it had proved something.
#[must_use]
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    find(&root.parent()?.join("shared/data"), name)
}

fn find(all: &Path, name: &str) -> Option<PathBuf> {
    let folder = all.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let line = format!("SKIPPED: {} is not there, nothing was tested with it\n", folder.display());
    // Written past the test harness, which would swallow the line of a test that passes.
    drop(io::stderr().write_all(line.as_bytes()));
    None
}

/// The SQL files of a shared database in the order in which they are loaded.
///
/// # Panics
/// When the folder is there but has none.
pub(crate) fn sql_files(name: &str) -> Option<Vec<PathBuf>> {
    let folder = shared_data(name)?;
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no SQL file", folder.display());
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_folder_that_is_there_is_found_and_another_is_not() {
        let all = tempfile::tempdir().unwrap();
        std::fs::create_dir(all.path().join("pagila")).unwrap();
        assert_eq!(find(all.path(), "pagila"), Some(all.path().join("pagila")));
        assert_eq!(find(all.path(), "chinook"), None);
    }
}
