//! Numbers that people read: one range per shop and kind.

use crate::{args, db::Tx};

/// Takes so many numbers in a row. The range stays locked until the transaction ends, so this is the last thing
/// that it does but for writing rows; many orders take theirs with one step. A transaction that fails gives its
/// numbers back: there are no gaps.
pub(crate) async fn take(
    tx: &mut Tx,
    channel_id: i64,
    kind: &'static str,
    count: i64,
) -> crate::Result<Vec<String>> {
    let sql = "UPDATE number_range SET next_number = next_number + $3
        WHERE channel_id = $1 AND kind = $2 RETURNING prefix, next_number - $3 AS first";
    let row = tx.one(sql, args![channel_id, kind, count]).await?;
    let (prefix, first): (String, i64) = (row.get("prefix")?, row.get("first")?);
    Ok((first..first + count).map(|number| format!("{prefix}{number}")).collect())
}

/// Takes the next number.
pub(crate) async fn next(
    tx: &mut Tx,
    channel_id: i64,
    kind: &'static str,
) -> crate::Result<String> {
    let numbers = take(tx, channel_id, kind, 1).await?;
    numbers
        .into_iter()
        .next()
        .ok_or_else(|| crate::error::Error::Broken("no number was given".to_owned()))
}
