//! A server together with the script that ends it.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A script for `sh`; see the file for what it promises.
const KEEPER: &str = include_str!("keeper.sh");

/// What the life of a server hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// The value that started it, or this process at the latest.
    Ours,
    /// Another process, by its id.
    Process(u32),
}

/// A running server. Its folder has `log` and `pid`.
#[derive(Debug)]
pub(crate) struct Kept {
    keeper: Child,
    folder: PathBuf,
    ended: PathBuf,
}

impl Kept {
    /// Starts `command` under the keeper. `folder` exists and is removed when the life is over.
    ///
    /// # Panics
    /// When the log cannot be written or `sh` cannot be started.
    pub(crate) fn start(
        folder: &Path,
        port: u16,
        life: Life,
        stop_signal: &str,
        command: &[String],
    ) -> Self {
        let log = File::create(folder.join("log")).expect("the server's new folder is writable");
        let errors = log.try_clone().expect("a file that was just opened can be opened twice");
        let (life, input) = match life {
            Life::Ours => ("pipe".to_owned(), Stdio::piped()),
            Life::Process(id) => (id.to_string(), Stdio::null()),
        };
        // One mark per start: a start that is given up must not speak for the next one.
        let ended = folder.join(format!("ended-{port}"));
        let script = folder.join("keeper.sh");
        fs::write(&script, KEEPER).expect("the server's new folder is writable");
        let keeper = Command::new("sh")
            .args([&script, folder])
            .args([&life, stop_signal])
            .arg(&ended)
            .args(command)
            .current_dir("/")
            .stdin(input)
            .stdout(log)
            .stderr(errors)
            // A group of its own: Ctrl-C and nextest's time limit end the test first, and the keeper
            // then ends the server in good order.
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("`sh` cannot be started: {error}"));
        Self { keeper, folder: folder.to_owned(), ended }
    }

    /// Whether the server has ended by itself.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.exists()
    }

    /// Leaves the folder to another start. Only for a server that has ended.
    pub(crate) fn give_up(mut self) {
        // Killed, the script cannot remove the folder any more.
        drop(self.keeper.kill());
        drop(self.keeper.wait());
    }

    /// What the server wrote so far; the last 40 lines.
    pub(crate) fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // Without a pipe of ours the life hangs on another process, and the server goes on.
        if self.keeper.stdin.take().is_some() {
            // The keeper kills after five seconds what does not stop, so this ends.
            drop(self.keeper.wait());
        }
    }
}
