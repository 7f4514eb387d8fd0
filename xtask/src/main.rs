//! The tasks around the code: `cargo xtask demo`, `test`, `assets`, `bench`, `schemathesis`, `tidy`. No product code.
//!
//! It is built before everything else, so it has two dependencies and waits for nothing but programs.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on its standard output"
)]

mod assets;
mod bench;
mod demo;
mod failure;
mod install;
mod program;
mod schemathesis;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks around the code of Kontor.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build Kontor, start it with the sample shop and open it in the browser.
    Demo(demo::Options),
    /// Install what is missing and run everything that has to be right.
    Test(test::Options),
    /// Bundle scripts and styles into crates/web/assets/dist.
    Assets,
    /// Measure the API and the pages beside the same SQL sent straight to PostgreSQL.
    Bench(bench::Options),
    /// Send Order & Inspect what its OpenAPI document allows and forbids.
    Schemathesis(schemathesis::Options),
    /// Check what compilers do not: edges between crates, documents, forbidden words.
    Tidy,
    /// Pass on what the demo prints, and open the browser when it answers.
    #[command(hide = true)]
    DemoScreen(demo::Screen),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Assets => assets::run(),
        Task::Bench(options) => bench::run(&options),
        Task::Schemathesis(options) => schemathesis::run(&options),
        Task::Tidy => tidy::run(),
        Task::DemoScreen(screen) => demo::show(&screen),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
