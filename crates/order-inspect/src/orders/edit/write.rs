//! Making an edit: one transaction, with the order locked.

use serde_json::json;

use super::{
    super::{
        credit,
        operations::{begin_payment, let_go_beyond},
        payouts::{keep_back, waiting},
        place::rows::{self, ALLOCATION, LINE},
        settle::enqueue,
        stock,
    },
    delta::OrderVersion,
    plan::Plan,
};
use crate::{act::Act, args, db::Tx, language::Language};

const VERSION: &[&str] =
    &["order_id", "version", "delta", "total_before", "total_after", "reason", "actor", "at"];

impl Plan<'_> {
    /// Writes what goes and what comes, moves the money, keeps the version and tells the customer.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        act: &Act,
        reason: &str,
    ) -> crate::Result<OrderVersion> {
        let order = &self.facts.order;
        self.removal.write(tx, order.id).await?;
        self.write_added(tx).await?;
        self.move_money(tx, act).await?;
        let version = OrderVersion {
            version: order.version + 1,
            delta: self.delta(),
            total_before: self.total_before,
            total_after: self.total_after,
            reason: reason.to_owned(),
            actor: act.actor.clone(),
            at: act.now,
        };
        let row = args![
            order.id,
            version.version,
            json!(version.delta),
            version.total_before,
            version.total_after,
            reason,
            &act.actor,
            act.now
        ];
        tx.insert("order_version", VERSION, vec![row]).await?;
        let told = json!({ "version": version.version, "total": self.total_after,
            "total_before": self.total_before, "refund": self.refund() });
        enqueue(tx, act, "order.edited", order.id, told).await?;
        Ok(version)
    }

    /// The lines that come, with their stock and their part of the order's price.
    async fn write_added(&self, tx: &mut Tx) -> crate::Result<()> {
        let order = &self.facts.order;
        let mut quote = order.quote.clone();
        if let Some(added) = &self.added {
            stock::take(tx, &added.taken.shares).await?;
            let lines = added.lines.iter().map(|it| rows::line(order.id, it));
            tx.insert("order_line", LINE, lines.collect::<crate::Result<_>>()?).await?;
            let held = added.taken.allocations.iter().map(|it| rows::allocation(order.id, it));
            tx.insert("allocation", ALLOCATION, held.collect()).await?;
            quote.extend(added.quote.clone());
        }
        let sql =
            "UPDATE orders SET quote = $2, subtotal = $3, discount = $4, tax = $5, total = $6,
            version = $7 WHERE id = $1";
        let args = args![
            order.id,
            rows::text(&quote)?,
            quote.subtotal,
            quote.discount,
            quote.tax,
            quote.total,
            order.version + 1
        ];
        tx.run(sql, args).await?;
        Ok(())
    }

    /// What is no longer charged is credited and let go or given back; what is not covered begins another payment.
    async fn move_money(&self, tx: &mut Tx, act: &Act) -> crate::Result<()> {
        let operation = let_go_beyond(
            tx,
            act,
            self.facts,
            self.total_after,
            credit::sum(&self.removal.credits),
        )
        .await?;
        let credits = &self.removal.credits;
        if !credits.is_empty() {
            let lines = credit::taxed(self.facts, credits);
            // The customer reads it with their money; why it was edited stays with the version.
            let reason = match self.facts.order.locale {
                Language::German => "Änderung der Bestellung",
                Language::English => "Change of the order",
            };
            credit::write(tx, act, self.facts.order.id, reason, operation, &lines).await?;
        }
        let why = "The order charges more again.";
        keep_back(tx, act, waiting(self.facts), self.kept_back(), why).await?;
        let missing = self.authorise();
        if missing > 0 {
            begin_payment(tx, act, self.facts, missing).await?;
        }
        Ok(())
    }
}
