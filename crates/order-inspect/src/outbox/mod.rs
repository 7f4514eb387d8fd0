//! The outbox: what has happened, told to customers by mail and to other systems as a feed.
//!
//! A row is written in the transaction of what it tells of. The post (`post`) takes rows that are due, sends what has to
//! be sent outside of any transaction, and ticks them off. A mail whose row could not be ticked off is sent again with
//! the same Message-ID. The feed (`feed`) shows all rows, whatever became of their mails.

mod feed;
mod post;

use std::time::Duration;

use utoipa_axum::router::OpenApiRouter;

pub use self::post::{MailServer, Post};
use crate::{act::Act, app::App, args, db::Tx};

/// How long a transaction may take that tells of something: events that are older than twice this are all there.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// The transaction will tell of something. The numbers of events are made after this.
pub(crate) fn tells(tx: &mut Tx) {
    tx.ends_within(TOLD_WITHIN);
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    feed::routes()
}

/// Makes mails of an order due that waited for it to go on.
pub(crate) async fn hurry(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<()> {
    let sql = "UPDATE outbox SET due_at = $2
        WHERE order_id = $1 AND due_at > $2 AND claimed_until IS NULL";
    tx.run(sql, args![order_id, act.now]).await?;
    Ok(())
}
