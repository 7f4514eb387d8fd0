//! `cargo xtask test`: everything that has to be right, in the order in which it fails fastest.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};

use crate::{
    assets, demo,
    failure::{Failure, Outcome},
    install::{self, Needs, run_for},
    program::{cargo, root, run as run_program},
    tidy,
};

/// What measures is left out of other builds, and looked at here.
const MEASURING: [&str; 2] = ["--features", "xtask/bench"];

/// One part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Rust code is formatted.
    Format,
    /// Scripts and styles are bundled, and the scripts' types are right.
    Assets,
    /// Clippy finds nothing.
    Clippy,
    /// What compilers do not check; see `cargo xtask tidy`.
    Tidy,
    /// Unit and integration tests, against real servers.
    Tests,
    /// Examples in the documentation.
    Doctests,
    /// Tests in headless Chromium.
    Browser,
}

/// What `cargo xtask test` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only this step; may be given more than once.
    #[arg(long, value_enum)]
    only: Vec<Step>,
}

/// Runs the steps and stops at the first that fails.
pub(crate) fn run(options: &Options) -> Outcome {
    let steps: Vec<Step> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| options.only.is_empty() || options.only.contains(step))
        .collect();
    run_for(needs(&steps, root().join("e2e").is_dir()))?;
    let mut times = Vec::new();
    for step in steps {
        let name = name(step);
        println!("\n── {name} ──");
        let begun = Instant::now();
        let outcome = perform(step);
        times.push((name.clone(), begun.elapsed()));
        if let Err(failure) = outcome {
            print_times(&times);
            return Err(Failure::new(format!(
                "step `{name}` failed: {failure}\nOnly this step again: cargo xtask test --only {name}"
            )));
        }
    }
    print_times(&times);
    Ok(())
}

fn perform(step: Step) -> Outcome {
    match step {
        Step::Format => run_program(&mut cargo(&["fmt", "--all", "--check"])),
        Step::Assets => assets::run().and_then(|()| assets::check_types()),
        Step::Clippy => {
            let mut clippy = cargo(&["clippy", "--workspace", "--all-targets"]);
            run_program(clippy.args(MEASURING).args(["--", "-D", "warnings"]))
        }
        Step::Tidy => tidy::run(),
        Step::Tests => {
            say_what_is_skipped();
            // Tests of mails and of connections talk to servers from npm.
            for folder in ["e2e", "crates/testkit/peers"] {
                assets::install(&root().join(folder))?;
            }
            let mut tests = cargo(&["nextest", "run", "--workspace", "--profile", "ci"]);
            run_program(tests.args(MEASURING))
        }
        Step::Doctests => run_program(&mut cargo(&["test", "--doc", "--workspace", "--quiet"])),
        Step::Browser => browser(),
    }
}

/// The tests in `e2e` find the built binaries in `KONTOR_BINARY` and `ORDER_INSPECT_BINARY`, and the browser in
/// `KONTOR_BROWSER`.
fn browser() -> Outcome {
    let folder = root().join("e2e");
    if !folder.is_dir() {
        println!("there is no folder e2e, so there are no browser tests");
        return Ok(());
    }
    assets::run()?;
    run_program(&mut cargo(&["build", "--package", "kontor", "--package", "order-inspect"]))?;
    assets::install(&folder)?;
    let binaries = demo::target_folder()?.join("debug");
    let mut tests = Command::new("node");
    tests.arg("--test").current_dir(folder).env("KONTOR_BINARY", binaries.join("kontor"));
    tests.env("ORDER_INSPECT_BINARY", binaries.join("order-inspect"));
    // Absent only if it was removed since the tests began; they say so then.
    if let Some(browser) = install::browser() {
        tests.env("KONTOR_BROWSER", browser);
    }
    run_program(&mut tests)
}

/// The data of other projects lies beside the repository and may be absent. The tests that use it say
/// so themselves, but the runner shows the output of failures only.
fn say_what_is_skipped() {
    let data = root().join("../shared/data");
    for name in ["northwind", "chinook", "zencart", "pagila"] {
        if !data.join(name).is_dir() {
            println!("SKIPPED: tests with `{name}`: ../shared/data/{name} is not there");
        }
    }
}

fn needs(steps: &[Step], has_browser_tests: bool) -> Needs {
    let browser = has_browser_tests && steps.contains(&Step::Browser);
    Needs {
        node: browser || steps.contains(&Step::Assets) || steps.contains(&Step::Tests),
        servers: steps.contains(&Step::Tests),
        browser,
    }
}

fn name(step: Step) -> String {
    let value = step.to_possible_value().expect("no step is hidden");
    value.get_name().to_owned()
}

fn print_times(times: &[(String, Duration)]) {
    println!();
    for (name, time) in times {
        println!("{name:<10} {:>7.1} s", time.as_secs_f64());
    }
    let all: Duration = times.iter().map(|(_, time)| time).sum();
    println!("{:<10} {:>7.1} s", "all", all.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::{Needs, Step, needs};

    #[test]
    fn a_step_installs_only_what_it_needs() {
        assert_eq!(needs(&[Step::Format, Step::Tidy], true), Needs::default());
        assert_eq!(
            needs(&[Step::Tests], true),
            Needs { node: true, servers: true, browser: false }
        );
        assert_eq!(needs(&[Step::Browser], false), Needs::default());
        let browser = Needs { node: true, browser: true, ..Needs::default() };
        assert_eq!(needs(&[Step::Browser], true), browser);
    }
}
