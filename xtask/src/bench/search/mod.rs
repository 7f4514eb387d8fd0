//! `cargo xtask bench search`: what the search index costs, over made-up records of a shop.

#[cfg(feature = "bench")]
mod ask;
#[cfg(feature = "bench")]
mod records;

use clap::Args;

/// What `cargo xtask bench search` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Records that are indexed.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    records: u32,
}

/// The options as words of a command line.
#[cfg(not(feature = "bench"))]
pub(super) fn words(options: &Options) -> Vec<String> {
    vec!["search".into(), "--records".into(), options.records.to_string()]
}

/// Builds an index and asks it.
#[cfg(feature = "bench")]
pub(super) fn run(options: &Options) -> crate::failure::Outcome {
    ask::run(options.records)
}
