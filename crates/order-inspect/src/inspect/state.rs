//! What a rendered page was made from, in a form that is cheap to read again.

use crate::{
    args,
    db::{DbError, Tx},
};

/// Above this many of a variant it makes no difference to a page how many there are.
const ENOUGH: i64 = super::availability::SHOWN + 1;

/// The things that a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// The product and those that it leads to.
    pub(super) products: Vec<i64>,
    /// Its variants, and the parts of its bundles.
    pub(super) variants: Vec<i64>,
    /// The most pieces of one part that a bundle takes.
    pub(super) most_per_bundle: i64,
}

/// The state of a subject: a page stays true as long as its state is the same and no moment has come at which
/// time itself changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// Grows with master data, and with any of the products.
    revisions: (i64, i64),
    /// Variant, location, how many can be sold (as far as it matters), how many come, and when.
    stock: Vec<(i64, i64, i64, bool, Option<i64>)>,
}

impl State {
    /// Reads the state: one question, of rows that are found by their primary keys.
    pub(super) async fn read(tx: &mut Tx, subject: &Subject) -> Result<Self, DbError> {
        let sql = "SELECT CAST(0 AS BIGINT) AS variant_id, CAST(0 AS BIGINT) AS location_id, \
                     (SELECT revision FROM catalogue_state) AS free, \
                     (SELECT CAST(SUM(revision) AS BIGINT) FROM product WHERE id = ANY($1)) AS incoming, \
                     CAST(NULL AS BIGINT) AS incoming_at \
                   UNION ALL SELECT variant_id, location_id, on_hand - reserved - safety, incoming, \
                     incoming_at FROM stock WHERE variant_id = ANY($2)";
        let args = args![subject.products.as_slice(), subject.variants.as_slice()];
        let enough = ENOUGH * subject.most_per_bundle.max(1);
        let mut state = Self { revisions: (0, 0), stock: Vec::new() };
        for row in tx.rows(sql, args).await? {
            let (variant, location): (i64, i64) = (row.get("variant_id")?, row.get("location_id")?);
            let free: i64 = row.get("free")?;
            let incoming: i64 = row.get::<Option<i64>>("incoming")?.unwrap_or(0);
            if variant == 0 {
                state.revisions = (free, incoming);
            } else {
                let free = free.clamp(0, enough);
                let at = row.get("incoming_at")?;
                state.stock.push((variant, location, free, incoming > 0, at));
            }
        }
        state.stock.sort_unstable();
        Ok(state)
    }
}
