//! The program with a data folder of its own.

use std::path::PathBuf;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A data folder, removed with the value.
pub(crate) struct Bed {
    folder: TempDir,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; none where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bed {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::Builder::new().prefix("kontor-cli-").tempdir().unwrap() }
    }

    /// Something in the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    /// Writes a file into the data folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program, in the folder in which the data folder is; nothing of the environment of this
    /// test configures it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kontor"));
        let variables = [
            "CONFIG",
            "DATA",
            "STORE",
            "MANIFESTS",
            "LOG",
            "LOG_LEVEL",
            "LISTEN",
            "SECURE_COOKIES",
            "TRUSTED_ORIGINS",
            "TRUSTED_PROXIES",
        ];
        for variable in variables {
            command.env_remove(format!("KONTOR_{variable}"));
        }
        command.args(arguments).current_dir(self.folder.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the program to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        finished(self.command(arguments)).await
    }

    /// Starts `kontor serve` or `kontor demo` on a free port and waits until it is ready.
    pub(crate) async fn start(&self, arguments: &[&str]) -> Serving {
        let mut command = self.command(arguments);
        command.args(["--listen", "127.0.0.1:0"]);
        Serving::of(command).await
    }
}

/// Runs a command to its end.
pub(crate) async fn finished(mut command: Command) -> Ran {
    let output = command.output().await.unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server that listens.
pub(crate) struct Serving {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it printed until it was ready.
    pub(crate) greeting: Vec<String>,
    /// `http://127.0.0.1:…`
    pub(crate) address: String,
}

impl Serving {
    async fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            greeting.push(line);
            let last = greeting.last().unwrap();
            if let Some(address) = last.strip_prefix("Kontor listens on ") {
                let address = address.to_owned();
                return Self { child, lines, greeting, address };
            }
        }
        let ended = child.wait_with_output().await.unwrap();
        panic!("it did not start: {greeting:?} {}", String::from_utf8_lossy(&ended.stderr));
    }

    /// The link for the first administrator, where one was printed.
    pub(crate) fn link(&self) -> Option<&str> {
        let prefix = format!("{}/welcome/", self.address);
        self.greeting.iter().map(String::as_str).find(|line| line.starts_with(&prefix))
    }

    /// Ends it with SIGKILL, at whatever it is.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to stop as a service manager does, and waits until it has.
    pub(crate) async fn stop(mut self) -> Ran {
        let pid = self.child.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        assert!(told.success());
        let mut out = String::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            out.push_str(&line);
        }
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).await.unwrap();
        Ran { code: self.child.wait().await.unwrap().code(), out, err }
    }
}

/// A client that asks the office itself. Another package of the workspace makes reqwest speak TLS with a provider of
/// one's own choice, so there has to be one.
pub(crate) fn http() -> reqwest::ClientBuilder {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy()
}

/// Asks a server that this test has started.
pub(crate) async fn get(url: &str) -> reqwest::Response {
    http().build().unwrap().get(url).send().await.unwrap()
}
