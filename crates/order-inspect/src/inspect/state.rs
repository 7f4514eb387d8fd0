//! What a rendered page was made from, in a form that is cheap to read again.

use std::collections::HashMap;

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
    /// Grows with master data.
    shared: i64,
    /// The revision of each product.
    products: Vec<Option<i64>>,
    /// For each variant its levels, as far as they matter.
    stock: Vec<Vec<Level>>,
}

/// Location, how many can be sold from there, whether any come, and when.
type Level = (i64, i64, bool, Option<i64>);

/// The states of any number of subjects.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    shared: i64,
    products: HashMap<i64, i64>,
    stock: HashMap<i64, Vec<Level>>,
}

impl Snapshot {
    /// Reads what the states of these subjects are made of: one question, of rows that are found by their
    /// primary keys.
    pub(super) async fn read<'s>(
        tx: &mut Tx,
        subjects: impl Iterator<Item = &'s Subject>,
    ) -> Result<Self, DbError> {
        let (mut products, mut variants) = (Vec::<i64>::new(), Vec::<i64>::new());
        for subject in subjects {
            products.extend(&subject.products);
            variants.extend(&subject.variants);
        }
        for numbers in [&mut products, &mut variants] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        let sql = "SELECT CAST(0 AS BIGINT) AS product_id, CAST(0 AS BIGINT) AS variant_id, \
                     CAST(0 AS BIGINT) AS location_id, revision AS level, \
                     CAST(0 AS BIGINT) AS incoming, CAST(NULL AS BIGINT) AS incoming_at \
                     FROM catalogue_state \
                   UNION ALL SELECT id, 0, 0, revision, 0, NULL FROM product WHERE id = ANY($1) \
                   UNION ALL SELECT 0, variant_id, location_id, on_hand - reserved - safety, incoming, \
                     incoming_at FROM stock WHERE variant_id = ANY($2)";
        let mut snapshot = Self::default();
        for row in tx.rows(sql, args![products, variants]).await? {
            let (product, variant): (i64, i64) = (row.get("product_id")?, row.get("variant_id")?);
            let level = row.get("level")?;
            if variant != 0 {
                let coming = row.get::<i64>("incoming")? > 0;
                let level = (row.get("location_id")?, level, coming, row.get("incoming_at")?);
                snapshot.stock.entry(variant).or_default().push(level);
            } else if product != 0 {
                snapshot.products.insert(product, level);
            } else {
                snapshot.shared = level;
            }
        }
        snapshot.stock.values_mut().for_each(|levels| levels.sort_unstable());
        Ok(snapshot)
    }

    /// The state of one of the subjects.
    pub(super) fn state(&self, subject: &Subject) -> State {
        let enough = ENOUGH * subject.most_per_bundle.max(1);
        let level = |&(at, free, coming, when): &Level| (at, free.clamp(0, enough), coming, when);
        let levels = |variant| self.stock.get(variant).into_iter().flatten().map(level).collect();
        State {
            shared: self.shared,
            products: subject.products.iter().map(|it| self.products.get(it).copied()).collect(),
            stock: subject.variants.iter().map(levels).collect(),
        }
    }
}
