//! `order-inspect seed`.

use std::path::{Path, PathBuf};

use super::{Database, open};
use crate::{
    error::Refusal,
    refuse,
    seed::{Blueprint, Given, Plan, fill, hints},
};

/// How large the shop shall be.
#[derive(Debug, clap::Args)]
pub(super) struct Seed {
    /// The size: 1 is a million products and ten million orders, 0.001 a thousand and ten thousand
    #[arg(long, default_value_t = 0.001)]
    scale: f64,
    /// Other seeds, other rows
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A JSON file with customers, products and orders that another system of the house knows
    #[arg(long, value_name = "FILE")]
    given: Option<PathBuf>,
}

/// Fills the database and says how fast that went, and what to try with it.
#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
pub(super) async fn run(database: &Database, seed: &Seed) -> crate::Result<()> {
    let plan = Plan::of(seed.scale, seed.seed)?;
    let blueprint = match &seed.given {
        Some(file) => Blueprint::around(plan, read(file)?)?,
        None => plan.into(),
    };
    let db = open(database).await?;
    let report = fill(&db, blueprint.clone()).await?;
    let hints = hints(&blueprint);
    print!(
        "{} products, {} customers, {} orders\n\n{report}\n{hints}",
        plan.products, plan.customers, plan.orders
    );
    Ok(())
}

fn read(file: &Path) -> crate::Result<Given> {
    let given = std::fs::read(file).map_err(|error| error.to_string());
    match given.and_then(|it| serde_json::from_slice(&it).map_err(|error| error.to_string())) {
        Ok(given) => Ok(given),
        Err(problem) => refuse!(Refusal::invalid(format!("--given {}", file.display()), problem)),
    }
}
