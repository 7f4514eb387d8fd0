//! The way through the products that a shop shows.

use std::collections::VecDeque;

use futures_util::{Stream, stream};

use super::ProductWriter;
use crate::{
    app::App,
    args,
    exchange::plan::{
        Context,
        stand::{self, Stand},
    },
    moment::Moment,
};

/// How many products are looked at in one go.
const STEP: i64 = 100;

/// Where an export is.
struct Walk {
    app: App,
    context: Context,
    writer: Box<dyn ProductWriter>,
    now: Moment,
    after: i64,
    ready: VecDeque<Vec<u8>>,
    ended: bool,
}

/// An export as a stream of pieces. If the database fails on the way the stream breaks off, which clients notice.
pub(super) fn stream(
    app: App,
    context: Context,
    mut writer: Box<dyn ProductWriter>,
) -> impl Stream<Item = Result<Vec<u8>, crate::error::Error>> {
    let (now, ready) = (app.clock.now(), VecDeque::from([writer.begin()]));
    let walk = Walk { app, context, writer, now, after: 0, ready, ended: false };
    stream::try_unfold(walk, |mut walk| async move {
        loop {
            if let Some(piece) = walk.ready.pop_front() {
                return Ok(Some((piece, walk)));
            }
            if walk.ended {
                return Ok(None);
            }
            walk.step().await?;
        }
    })
}

impl Walk {
    async fn step(&mut self) -> crate::Result<()> {
        let stands = self.look().await?;
        match stands.last() {
            Some(last) => self.after = last.id,
            None => {
                self.ended = true;
                self.ready.push_back(self.writer.end());
                return Ok(());
            }
        }
        let written: Vec<u8> = stands.iter().flat_map(|it| self.writer.product(it)).collect();
        if !written.is_empty() {
            self.ready.push_back(written);
        }
        Ok(())
    }

    /// The next products that the shop shows at this moment: what is planned is no offer yet.
    async fn look(&self) -> crate::Result<Vec<Stand>> {
        let (context, after, now) = (self.context.clone(), self.after, self.now);
        let sql = "SELECT pc.product_id FROM product_channel AS pc JOIN product AS p ON p.id = pc.product_id \
                   WHERE pc.channel_id = $1 AND pc.product_id > $2 AND p.active \
                   AND pc.published_from <= $3 AND (pc.published_until IS NULL OR pc.published_until > $3) \
                   ORDER BY pc.product_id LIMIT $4";
        let stands = self.app.db.read(move |tx| {
            Box::pin(async move {
                let rows = tx.rows(sql, args![context.channel_id, after, now, STEP]).await?;
                let ids = rows
                    .iter()
                    .map(|row| row.get("product_id"))
                    .collect::<Result<Vec<i64>, _>>()?;
                stand::look(tx, &ids, &context, now).await
            })
        });
        Ok(stands.await?)
    }
}
