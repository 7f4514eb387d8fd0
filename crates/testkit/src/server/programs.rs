//! Finding and running the programs of the database packages.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A program of a database package.
pub(crate) struct Program {
    /// Its file name.
    pub(crate) name: &'static str,
    /// What installs it on Debian and Ubuntu.
    pub(crate) package: &'static str,
    /// Folders to look in besides `PATH`; the first wins.
    pub(crate) folders: fn() -> Vec<PathBuf>,
}

impl Program {
    /// The path of the program.
    ///
    /// # Panics
    /// When it is not installed. Tests fail then and are never skipped: what was not run is not known
    /// to work.
    #[expect(
        clippy::disallowed_methods,
        reason = "programs are where PATH says, and this is no setting of Kontor"
    )]
    pub(crate) fn find(&self) -> PathBuf {
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        (self.folders)()
            .into_iter()
            .chain(std::env::split_paths(&on_path))
            .map(|folder| folder.join(self.name))
            .find(|path| path.is_file())
            .unwrap_or_else(|| panic!("{}", self.missing()))
    }

    fn missing(&self) -> String {
        format!(
            "`{}` is not installed, and this test needs a real server.\n  Debian, Ubuntu: apt-get install -y {}\n  \
             or everything at once: cargo xtask test",
            self.name, self.package
        )
    }
}

/// Runs a program to its end, with its output in the message if it fails.
///
/// # Panics
/// When the program cannot be started or ends with a failure.
pub(crate) fn run_to_end(prefix: &[String], program: &Path, arguments: &[String], folder: &Path) {
    let mut words = prefix.to_vec();
    words.push(program.display().to_string());
    words.extend_from_slice(arguments);
    let output = Command::new(&words[0])
        .args(&words[1..])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("`{}` cannot be started: {error}", words[0]));
    assert!(
        output.status.success(),
        "`{}` failed ({}):\n{}{}",
        words.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

#[cfg(test)]
mod tests {
    use super::Program;

    #[test]
    #[should_panic(expected = "apt-get install -y no-such-package")]
    fn a_missing_program_fails_with_the_line_that_installs_it() {
        Program { name: "no-such-program", package: "no-such-package", folders: Vec::new }.find();
    }
}
