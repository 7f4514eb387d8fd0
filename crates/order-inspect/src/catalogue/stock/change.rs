//! What staff do with stock.

use std::collections::HashMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::ledger::{Movement, MovementKind, book};
use crate::{
    act::Act,
    args,
    catalogue::{
        check,
        master::refer,
        words::{Code, Sku},
    },
    db::{DbError, Tx},
    error::Findings,
};

/// The most of one variant at one location.
const MOST: i64 = 1_000_000_000;

/// Goods came in, were counted, or went elsewhere.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum StockChange {
    /// Goods came in.
    Receipt {
        /// Where.
        location: Code,
        /// What.
        #[schema(min_items = 1, max_items = 1000)]
        lines: Vec<StockLine>,
        /// Why, such as the number of the delivery.
        #[schema(max_length = 200)]
        reason: Option<String>,
    },
    /// Somebody counted.
    Correction {
        /// Where.
        location: Code,
        /// How many there are.
        #[schema(min_items = 1, max_items = 1000)]
        lines: Vec<CountedLine>,
        /// Why it differs.
        #[schema(min_length = 1, max_length = 200)]
        reason: String,
    },
    /// Goods went to another location.
    Transfer {
        /// From where.
        from: Code,
        /// To where.
        to: Code,
        /// What.
        #[schema(min_items = 1, max_items = 1000)]
        lines: Vec<StockLine>,
        /// Why.
        #[schema(max_length = 200)]
        reason: Option<String>,
    },
}

/// So many of a variant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StockLine {
    /// Which.
    sku: Sku,
    /// How many.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    quantity: i64,
    /// Whether they are no longer on their way.
    #[serde(default)]
    was_incoming: bool,
}

/// A variant that was counted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountedLine {
    /// Which.
    pub(crate) sku: Sku,
    /// How many there are.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub(crate) on_hand: i64,
}

impl StockChange {
    /// The variants whose stock it changes.
    pub(super) fn skus(&self) -> Vec<String> {
        match self {
            Self::Receipt { lines, .. } | Self::Transfer { lines, .. } => {
                lines.iter().map(|it| it.sku.to_string()).collect()
            }
            Self::Correction { lines, .. } => lines.iter().map(|it| it.sku.to_string()).collect(),
        }
    }

    fn check(&self, found: &mut Findings) {
        let (quantities, least): (Vec<i64>, _) = match self {
            Self::Receipt { lines, reason, .. } | Self::Transfer { lines, reason, .. } => {
                check::maybe_length(found, "/reason", reason.as_deref(), 0..=200);
                check::unique(found, "/lines", lines, |it| &it.sku);
                (lines.iter().map(|it| it.quantity).collect(), 1)
            }
            Self::Correction { lines, reason, .. } => {
                check::length(found, "/reason", reason, 1..=200);
                check::unique(found, "/lines", lines, |it| &it.sku);
                (lines.iter().map(|it| it.on_hand).collect(), 0)
            }
        };
        let count = i64::try_from(quantities.len()).unwrap_or(i64::MAX);
        check::range(found, "/lines", count, 1..=1000);
        for (at, quantity) in quantities.into_iter().enumerate() {
            check::range(found, &format!("/lines/{at}"), quantity, least..=MOST);
        }
        if let Self::Transfer { from, to, .. } = self {
            found.check(from != to, "/to", "is where the goods are already");
        }
    }

    /// Does it.
    pub(crate) async fn make(&self, tx: &mut Tx, act: &Act) -> crate::Result<()> {
        let mut found = Findings::default();
        self.check(&mut found);
        let variants = variants(tx, &self.skus(), &mut found).await?;
        let (first, second) = match self {
            Self::Receipt { location, .. } | Self::Correction { location, .. } => {
                (refer(tx, "location", location, "/location", &mut found).await?, None)
            }
            Self::Transfer { from, to, .. } => (
                refer(tx, "location", from, "/from", &mut found).await?,
                refer(tx, "location", to, "/to", &mut found).await?,
            ),
        };
        found.end()?;
        lock(tx, &variants, first.into_iter().chain(second).collect()).await?;
        let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
        let mut movements = match self {
            Self::Receipt { lines, reason, .. } => {
                no_longer_incoming(tx, &variants, lines, first).await?;
                lines
                    .iter()
                    .map(|it| moved(&variants, it, first, MovementKind::Receipt, reason, 1))
                    .collect()
            }
            Self::Transfer { lines, reason, .. } => {
                let kind = MovementKind::Transfer;
                let both = |it| {
                    [(first, -1), (second, 1)]
                        .map(|(place, sign)| moved(&variants, it, place, kind, reason, sign))
                };
                lines.iter().flat_map(both).collect()
            }
            Self::Correction { lines, reason, .. } => {
                counted(tx, &variants, lines, first, reason).await?
            }
        };
        movements.sort_by_key(|it: &Movement| (it.variant, it.location));
        book(tx, act, &movements).await
    }
}

/// Locks the levels in the order in which everybody locks them: by variant and location. What there never was has a
/// level then too, so that two who count it find each other.
async fn lock(
    tx: &mut Tx,
    variants: &HashMap<String, i64>,
    locations: Vec<i64>,
) -> Result<(), DbError> {
    let variants: Vec<i64> = variants.values().copied().collect();
    let sql = "INSERT INTO stock (variant_id, location_id, on_hand, reserved, incoming, safety) \
               SELECT v.id, l.id, 0, 0, 0, 0 FROM variant AS v CROSS JOIN location AS l \
               WHERE v.id = ANY($1) AND l.id = ANY($2) ORDER BY v.id, l.id \
               ON CONFLICT (variant_id, location_id) DO NOTHING";
    tx.run(sql, args![variants.clone(), locations.clone()]).await?;
    let sql = "SELECT variant_id FROM stock WHERE variant_id = ANY($1) AND location_id = ANY($2) \
               ORDER BY variant_id, location_id FOR UPDATE";
    tx.rows(sql, args![variants, locations]).await?;
    Ok(())
}

fn moved(
    variants: &HashMap<String, i64>,
    line: &StockLine,
    location: i64,
    kind: MovementKind,
    reason: &Option<String>,
    sign: i64,
) -> Movement {
    Movement {
        variant: variants.get(&*line.sku).copied().unwrap_or_default(),
        location,
        kind,
        on_hand: sign * line.quantity,
        order: None,
        reason: reason.clone(),
    }
}

/// What is booked so that a level becomes what was counted.
async fn counted(
    tx: &mut Tx,
    variants: &HashMap<String, i64>,
    lines: &[CountedLine],
    location: i64,
    reason: &str,
) -> Result<Vec<Movement>, DbError> {
    let ids: Vec<i64> = variants.values().copied().collect();
    let sql =
        "SELECT variant_id, on_hand FROM stock WHERE variant_id = ANY($1) AND location_id = $2";
    let rows = tx.rows(sql, args![ids, location]).await?;
    let mut levels: HashMap<i64, i64> = HashMap::new();
    for row in &rows {
        levels.insert(row.get("variant_id")?, row.get("on_hand")?);
    }
    let movements = lines.iter().map(|line| {
        let variant = variants.get(&*line.sku).copied().unwrap_or_default();
        let on_hand = line.on_hand - levels.get(&variant).copied().unwrap_or_default();
        let (kind, reason) = (MovementKind::Correction, Some(reason.to_owned()));
        Movement { variant, location, kind, on_hand, order: None, reason }
    });
    Ok(movements.filter(|it| it.on_hand != 0).collect())
}

async fn no_longer_incoming(
    tx: &mut Tx,
    variants: &HashMap<String, i64>,
    lines: &[StockLine],
    location: i64,
) -> Result<(), DbError> {
    for line in lines.iter().filter(|it| it.was_incoming) {
        let variant = variants.get(&*line.sku).copied().unwrap_or_default();
        let sql = "UPDATE stock SET \
                     incoming_at = CASE WHEN incoming <= $3 THEN NULL ELSE incoming_at END, \
                     incoming = CASE WHEN incoming <= $3 THEN 0 ELSE incoming - $3 END \
                   WHERE variant_id = $1 AND location_id = $2";
        tx.run(sql, args![variant, location, line.quantity]).await?;
    }
    Ok(())
}

/// The variants by SKU; notes those that there are not, and bundles, which have no stock of their own.
async fn variants(
    tx: &mut Tx,
    skus: &[String],
    found: &mut Findings,
) -> Result<HashMap<String, i64>, DbError> {
    let sql = "SELECT id, sku, bundle FROM variant WHERE sku = ANY($1)";
    let mut variants = HashMap::new();
    let mut bundles = Vec::new();
    for row in tx.rows(sql, args![skus.to_vec()]).await? {
        let sku: String = row.get("sku")?;
        if row.get("bundle")? {
            bundles.push(sku.clone());
        }
        variants.insert(sku, row.get("id")?);
    }
    for (at, sku) in skus.iter().enumerate() {
        let pointer = format!("/lines/{at}/sku");
        if !variants.contains_key(sku) {
            found.note(pointer, format!("there is no variant {sku}"));
        } else if bundles.contains(sku) {
            found.note(pointer, "is a bundle: the stock is that of its parts");
        }
    }
    Ok(variants)
}
