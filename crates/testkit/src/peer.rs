//! Servers that others wrote, from npm.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// A program from npm that serves on a port of its own; it ends with this value, or with this
/// process.
pub struct Peer {
    port: u16,
    _child: Child,
    _input: ChildStdin,
}

impl Peer {
    /// Starts a script of the folder `peers`, and waits until it serves.
    ///
    /// # Panics
    /// When the packages of that folder are not installed, or the script ends without serving.
    pub async fn start(script: &str, arguments: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        assert!(
            folder.join("node_modules").is_dir(),
            "the npm packages of the tests are missing: `cargo xtask test` installs them, and so \
             does `npm ci` in {}",
            folder.display()
        );
        let mut child = Command::new("node")
            .arg(folder.join(script))
            .args(arguments)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node is installed");
        let input = child.stdin.take().expect("a pipe");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let port = lines.next_line().await.expect("its output").expect("it says its port");
        Self { port: port.parse().expect(&port), _child: child, _input: input }
    }

    /// Where it serves.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
