//! Programs that tests talk to, each as a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running program. It ends with this value, and with the test however that ends: its standard input
/// is a pipe that the kernel closes.
pub(crate) struct Program {
    child: Child,
    first_line: String,
}

impl Program {
    /// Starts a program and waits for the line that says where it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("the output is piped");
        let mut first_line = String::new();
        BufReader::new(output).read_line(&mut first_line).expect("the program's first line");
        let first_line = first_line.trim().to_owned();
        assert!(!first_line.is_empty(), "{command:?} ended before it listened");
        Self { child, first_line }
    }

    /// Where the program said that it listens.
    pub(crate) fn address(&self) -> &str {
        &self.first_line
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The service as a process of its own, over a folder. It ends in good order with this value.
pub(crate) struct Service {
    child: Child,
    address: String,
}

impl Service {
    /// Starts it with further arguments, on any port.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut serve = order_inspect(data);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--until-input-ends"]).args(arguments);
        serve.env("ORDER_INSPECT_LOG", "info").stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = serve.spawn().expect("the service");
        let log = child.stderr.take().expect("its log");
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening")).expect("it listens");
        let begin = line.find("127.0.0.1:").expect("an address");
        let part_of_it = |c: &char| c.is_ascii_digit() || ".:".contains(*c);
        let address = line[begin..].chars().take_while(part_of_it).collect();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// What a command says about a folder.
pub(crate) fn told_by(data: &Path, arguments: &[&str]) -> String {
    let output = order_inspect(data).args(arguments).output().expect("the command");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn order_inspect(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order-inspect"));
    command.arg("--data").arg(data);
    command
}
