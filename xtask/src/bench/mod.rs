//! `cargo xtask bench`: what the API and the pages cost, beside the same SQL sent straight to
//! PostgreSQL.
//!
//! This task needs a database driver, an HTTP client and an async runtime. The other tasks do not
//! wait for them: without the feature `bench` it starts itself again with it, as a release build.

#[cfg(feature = "bench")]
mod case;
mod cases;
#[cfg(feature = "bench")]
mod export;
#[cfg(feature = "bench")]
mod first_rows;
#[cfg(feature = "bench")]
mod floor;
#[cfg(feature = "bench")]
mod http;
#[cfg(feature = "bench")]
mod load;
#[cfg(feature = "bench")]
mod measure;
#[cfg(feature = "bench")]
mod office;
mod orders;
#[cfg(feature = "bench")]
mod process;
#[cfg(feature = "bench")]
mod report;
mod search;
#[cfg(feature = "bench")]
mod shipped;
#[cfg(feature = "bench")]
mod shop;
#[cfg(feature = "bench")]
mod sql_json;

use clap::Args;

use crate::failure::Outcome;

/// What `cargo xtask bench` can be told.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    /// Something else than Kontor.
    #[command(subcommand)]
    what: Option<What>,
    /// Size of the shop: 1 is 2 million orders, 6 million lines and 1 million customers.
    #[arg(long, default_value_t = 1.0, value_parser = scale)]
    scale: f64,
    /// Seconds that each way of a case is measured, in turns of one second.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Only cases whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Ask in this way only, to look at it with a profiler.
    #[arg(long)]
    way: Option<Way>,
    /// Take an existing build of Kontor instead of building it.
    #[arg(long)]
    binary: Option<std::path::PathBuf>,
    /// Leave everything running until Enter is pressed, to look closer.
    #[arg(long)]
    hold: bool,
}

/// What else is measured.
#[derive(clap::Subcommand)]
enum What {
    /// Measure the page of a case, beside reading its records one by one.
    Case(cases::Options),
    /// Measure how many orders a second order-inspect places, beside the least SQL that does it.
    Orders(orders::Options),
    /// Measure the search index: how it is built, and how fast it answers.
    Search(search::Options),
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Way {
    /// SQL straight to PostgreSQL.
    Floor,
    /// The JSON API.
    Api,
    /// The page.
    Page,
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(scale) if (0.01..=10.0).contains(&scale) => Ok(scale),
        _ => Err("write a number from 0.01 to 10, for example 0.05".to_owned()),
    }
}

/// Builds Kontor and measures it.
#[cfg(feature = "bench")]
pub(crate) fn run(options: &Options) -> Outcome {
    match &options.what {
        Some(What::Case(options)) => cases::run(options),
        Some(What::Orders(options)) => orders::run(options),
        Some(What::Search(options)) => search::run(options),
        None => measure::run(options),
    }
}

/// Goes on in a build that can measure.
#[cfg(not(feature = "bench"))]
pub(crate) fn run(options: &Options) -> Outcome {
    use crate::program::{cargo, run as run_program};
    let mut words: Vec<String> = "run --quiet --release --package xtask --features bench -- bench"
        .split(' ')
        .map(str::to_owned)
        .collect();
    let other = match &options.what {
        Some(What::Case(options)) => Some(cases::words(options)),
        Some(What::Orders(options)) => Some(orders::words(options)),
        Some(What::Search(options)) => Some(search::words(options)),
        None => None,
    };
    if let Some(other) = other {
        words.extend(other);
        println!("Building what measures (minutes the first time) …");
        return run_program(&mut cargo(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    words.extend([
        "--scale".into(),
        options.scale.to_string(),
        "--seconds".into(),
        options.seconds.to_string(),
    ]);
    if let Some(only) = &options.only {
        words.extend(["--only".into(), only.clone()]);
    }
    if let Some(way) = options.way {
        let way = clap::ValueEnum::to_possible_value(&way).expect("every way has a name");
        words.extend(["--way".into(), way.get_name().to_owned()]);
    }
    if let Some(binary) = &options.binary {
        words.extend(["--binary".into(), binary.display().to_string()]);
    }
    if options.hold {
        words.push("--hold".into());
    }
    println!("Building what measures (minutes the first time) …");
    run_program(&mut cargo(&words.iter().map(String::as_str).collect::<Vec<_>>()))
}
