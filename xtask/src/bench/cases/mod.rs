//! `cargo xtask bench case`: what the page of a case costs, beside reading the same records one by
//! one from their backends, and how long it takes while one of the backends hangs.

#[cfg(feature = "bench")]
mod ask;
#[cfg(feature = "bench")]
mod house;

use std::path::PathBuf;

use clap::Args;

/// What `cargo xtask bench case` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that each way is measured, in turns of one second.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Customers; each has five orders, an entry in the register and two parcels.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=2_000_000))]
    customers: u32,
    /// Take an existing build of Kontor instead of building it.
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// The options as words of a command line.
#[cfg(not(feature = "bench"))]
pub(super) fn words(options: &Options) -> Vec<String> {
    let mut words = vec!["case".to_owned()];
    words.extend(["--seconds".into(), options.seconds.to_string()]);
    words.extend(["--customers".into(), options.customers.to_string()]);
    if let Some(binary) = &options.binary {
        words.extend(["--binary".into(), binary.display().to_string()]);
    }
    words
}

/// Opens three backends and an office over them, and asks for cases.
#[cfg(feature = "bench")]
pub(super) fn run(options: &Options) -> crate::failure::Outcome {
    ask::run(options)
}
