//! Numbers that people read: one range per shop and kind.

use crate::{
    args,
    db::{Row, Tx},
    error::Error,
};

/// Takes `$3` numbers in a row of shop `$1` and kind `$2`: see [`taken`]. The range stays locked until the
/// transaction ends, so this is the last thing that it does but for writing rows; many orders take theirs with one
/// step. A transaction that fails gives its numbers back: there are no gaps.
pub(crate) const TAKE: &str = "UPDATE number_range SET next_number = next_number + $3
    WHERE channel_id = $1 AND kind = $2
    RETURNING prefix, next_number - $3 AS first, next_number AS after";

/// The numbers that [`TAKE`] took.
pub(crate) fn taken(rows: &[Row]) -> crate::Result<impl Iterator<Item = String> + use<>> {
    let row =
        rows.first().ok_or_else(|| Error::Broken("a shop has no range of numbers".to_owned()))?;
    let (prefix, first, after): (String, i64, i64) =
        (row.get("prefix")?, row.get("first")?, row.get("after")?);
    Ok((first..after).map(move |number| format!("{prefix}{number}")))
}

/// Takes the next number.
pub(crate) async fn next(
    tx: &mut Tx,
    channel_id: i64,
    kind: &'static str,
) -> crate::Result<String> {
    let rows = tx.rows(TAKE, args![channel_id, kind, 1_i64]).await?;
    taken(&rows)?.next().ok_or_else(|| Error::Broken("no number was given".to_owned()))
}
