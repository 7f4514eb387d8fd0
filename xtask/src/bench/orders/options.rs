//! What `cargo xtask bench orders` can be told.

use clap::Args;

/// What `cargo xtask bench orders` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Size of the shop: 1 is a million products and ten million orders.
    #[arg(long, default_value_t = 0.01)]
    pub(super) scale: f64,
    /// Seconds for which each rate of orders is kept up.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=600))]
    pub(super) seconds: u64,
    /// The database.
    #[arg(long, default_value = "both")]
    pub(super) engine: Engines,
    /// Take an existing build of order-inspect instead of building it.
    #[arg(long)]
    pub(super) binary: Option<std::path::PathBuf>,
}

/// Which databases are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Engines {
    /// SQLite in a file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// One after the other.
    Both,
}

#[cfg(not(feature = "bench"))]
impl Options {
    /// The words that say the same on a command line.
    pub(super) fn words(&self) -> Vec<String> {
        let engine =
            clap::ValueEnum::to_possible_value(&self.engine).expect("every engine has a name");
        let mut words = vec!["orders".to_owned(), "--scale".to_owned(), self.scale.to_string()];
        words.extend(["--seconds".to_owned(), self.seconds.to_string()]);
        words.extend(["--engine".to_owned(), engine.get_name().to_owned()]);
        if let Some(binary) = &self.binary {
            words.extend(["--binary".to_owned(), binary.display().to_string()]);
        }
        words
    }
}
