//! The program `order-inspect`.

use std::process::ExitCode;

use clap::Parser as _;
use order_inspect::program::{CommandLine, run};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(CommandLine::parse())
}
