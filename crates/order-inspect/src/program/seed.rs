//! `order-inspect seed`.

use super::{Database, open};
use crate::seed::{Plan, fill};

/// How large the shop shall be.
#[derive(Debug, clap::Args)]
pub(super) struct Seed {
    /// The size: 1 is a million products and ten million orders, 0.001 a thousand and ten thousand
    #[arg(long, default_value_t = 0.001)]
    scale: f64,
    /// Other seeds, other rows
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Fills the database and says how fast that went, and what to try with it.
#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
pub(super) async fn run(database: &Database, seed: &Seed) -> crate::Result<()> {
    let plan = Plan::of(seed.scale, seed.seed)?;
    let db = open(database).await?;
    let report = fill(&db, plan).await?;
    let hints = crate::seed::hints(plan);
    print!(
        "{} products, {} customers, {} orders\n\n{report}\n{hints}",
        plan.products, plan.customers, plan.orders
    );
    Ok(())
}
