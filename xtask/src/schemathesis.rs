//! `cargo xtask schemathesis`: Order & Inspect against its own OpenAPI document.
//!
//! Schemathesis (from PyPI) sends what the document allows and what it forbids, with an API key that may do
//! everything, to a service over a seeded database. What it must not find: an answer of 5xx, an answer that the
//! document does not describe, an answer that breaks its schema, and a request that the document forbids and the
//! service takes.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use clap::Args;

use crate::{
    demo::target_folder,
    failure::{Failure, Outcome},
    program::{cargo, command, find, read, root, run as run_program},
};

/// The version that is run: another one may check other things.
const VERSION: &str = "4.32.5";

/// What a rule of the business refuses is valid to the document all the same: that check is left out.
const LEFT_OUT: &str = "positive_data_acceptance";

/// What `cargo xtask schemathesis` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Requests for each operation.
    #[arg(long, default_value_t = 100)]
    examples: u32,
    /// The seed of the requests; another one each time unless told.
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs Schemathesis. Fails when it finds something.
pub(crate) fn run(options: &Options) -> Outcome {
    let tool = installed()?;
    println!("Building Order & Inspect …");
    run_program(&mut cargo(&["build", "--package", "order-inspect"]))?;
    let program = target_folder()?.join("debug").join("order-inspect");
    let data = target_folder()?.join("schemathesis-data");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(|error| Failure::new(error.to_string()))?;
    }
    run_program(own(&program, &data).arg("seed"))?;
    let key = read(own(&program, &data).args(["key", "create", "schemathesis"]))?;
    let (service, address) = serve(&program, &data)?;
    let mut check = Command::new(tool);
    check.current_dir(root());
    let config = root().join("crates/order-inspect/schemathesis.toml");
    check.arg("--config-file").arg(config).arg("run").arg(format!("http://{address}/openapi.json"));
    check.args(["--header", &format!("Authorization: Bearer {}", key.trim())]);
    check.args(["--max-examples", &options.examples.to_string()]);
    check.args(["--exclude-checks", LEFT_OUT, "--continue-on-failure"]);
    check.args(["--generation-database", "none", "--suppress-health-check", "all"]);
    if let Some(seed) = options.seed {
        check.args(["--seed", &seed.to_string()]);
    }
    let outcome = run_program(&mut check);
    drop(service);
    outcome
}

/// Schemathesis in an environment of its own, under `target/`.
fn installed() -> Outcome<std::path::PathBuf> {
    let folder = target_folder()?.join(format!("schemathesis-{VERSION}"));
    let tool = folder.join("bin").join("schemathesis");
    if !tool.exists() {
        let python = find("python3").ok_or_else(|| {
            Failure::new("python3 is missing; install it (Debian: apt-get install python3-venv)")
        })?;
        let folder = folder.to_string_lossy();
        run_program(&mut command(&python.to_string_lossy(), &["-m", "venv", &folder]))?;
        let wanted = format!("schemathesis=={VERSION}");
        let pip = format!("{folder}/bin/pip");
        run_program(&mut command(&pip, &["install", "--quiet", &wanted]))?;
    }
    Ok(tool)
}

fn own(program: &Path, data: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--data").arg(data).current_dir(root());
    command
}

/// The service, which ends when it is dropped.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the service and waits until it says where it listens.
fn serve(program: &Path, data: &Path) -> Outcome<(Service, String)> {
    let mut command = own(program, data);
    command.args(["serve", "--listen", "127.0.0.1:0", "--until-input-ends"]);
    command.args(["--rate-per-key", "0", "--rate-per-address", "0"]);
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Failure::new(error.to_string()))?;
    let log = child.stderr.take().expect("standard error is a pipe");
    let service = Service(child);
    let mut lines = BufReader::new(log).lines().map_while(Result::ok);
    let address = lines.find_map(|line| address_in(&line));
    let address = address.ok_or_else(|| Failure::new("the service did not start"))?;
    // What it logs afterwards must not fill the pipe.
    std::thread::spawn(move || lines.for_each(|line| eprintln!("{line}")));
    Ok((service, address))
}

/// The address in the line that says that the service listens, whatever colours are in it.
fn address_in(line: &str) -> Option<String> {
    let begin = line.find("127.0.0.1:").filter(|_| line.contains("listening"))?;
    let address = line[begin..].chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c));
    Some(address.collect())
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn the_address_is_found_in_the_line_that_names_it() {
        let line = "INFO order_inspect: listening; \u{1b}[3maddress\u{1b}[0m=127.0.0.1:7420";
        assert_eq!(address_in(line).as_deref(), Some("127.0.0.1:7420"));
        assert_eq!(address_in("127.0.0.1:7420 is taken"), None);
    }
}
