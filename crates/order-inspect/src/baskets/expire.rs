//! The end of baskets that nobody came back for.

use crate::{
    args,
    db::{Db, Tx},
    moment::Moment,
};

const DAY: i64 = 86_400_000_000;
/// How long a guest's basket is kept after its last change: the token is in a cookie at best.
const GUEST: i64 = 30 * DAY;
/// How long a customer's basket is kept: they find it again wherever they sign in.
const CUSTOMER: i64 = 180 * DAY;
/// How many are deleted in one transaction, so that nobody waits for it.
const AT_ONCE: i64 = 500;

/// When a basket that changes now will be deleted. Drafts are work of staff and stay.
pub(super) fn expiry(now: Moment, customer: Option<i64>, draft: bool) -> Option<Moment> {
    let kept = if customer.is_some() { CUSTOMER } else { GUEST };
    (!draft).then(|| now.saturating_add_micros(kept))
}

/// Deletes the baskets whose time is over, and says how many there were. Several servers may do it at once.
pub async fn expire(db: &Db, now: Moment) -> crate::Result<u64> {
    let mut gone = 0;
    loop {
        let some = db.write(move |tx| Box::pin(expire_some(tx, now))).await?;
        gone += some;
        if some == 0 {
            return Ok(gone);
        }
    }
}

async fn expire_some(tx: &mut Tx, now: Moment) -> crate::Result<u64> {
    let sql = "SELECT id FROM basket WHERE expires_at IS NOT NULL AND expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED";
    let rows = tx.rows(sql, args![now, AT_ONCE]).await?;
    let ids = rows.iter().map(|row| row.get::<i64>("id")).collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run("DELETE FROM basket_line WHERE basket_id = ANY($1)", args![ids.clone()]).await?;
    Ok(tx.run("DELETE FROM basket WHERE id = ANY($1)", args![ids]).await?)
}
