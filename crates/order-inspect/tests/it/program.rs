//! Programs that tests talk to, each as a process of its own.

use std::{
    io::{BufRead, BufReader},
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
