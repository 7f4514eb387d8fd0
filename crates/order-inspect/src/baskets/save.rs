//! Writing baskets.

use super::{
    basket::{Basket, Line},
    expire::expiry,
};
use crate::{
    act::Act,
    args,
    db::{Tx, Value},
    setup::{Channel, Stored},
};

const COLUMNS: &[&str] = &[
    "id",
    "token_hash",
    "channel_id",
    "currency",
    "locale",
    "customer_id",
    "coupons",
    "draft",
    "created_by",
    "revision",
    "created_at",
    "updated_at",
    "expires_at",
];

/// An empty basket.
pub(super) struct Fresh<'a> {
    pub(super) token_hash: [u8; 32],
    pub(super) channel: &'a Stored<Channel>,
    pub(super) currency: crate::money::Currency,
    pub(super) locale: crate::language::Language,
    pub(super) draft: bool,
}

impl Fresh<'_> {
    /// Writes it, and says its number.
    pub(super) async fn insert(&self, tx: &mut Tx, act: &Act) -> crate::Result<i64> {
        let id = act.new_id();
        let row = args![
            id,
            self.token_hash.as_slice(),
            self.channel.id,
            self.currency.code(),
            self.locale.code(),
            None::<i64>,
            "[]",
            self.draft,
            self.draft.then(|| act.actor.clone()),
            1_i64,
            act.now,
            act.now,
            expiry(act.now, None, self.draft)
        ];
        tx.insert("basket", COLUMNS, vec![row]).await?;
        Ok(id)
    }
}

const UPDATE: &str = "UPDATE basket SET currency = $2, locale = $3, customer_id = $4, email = $5,
        coupons = $6, billing_address = $7, delivery_address = $8, delivery_method = $9,
        payment_method = $10, revision = revision + 1, updated_at = $11, expires_at = $12
    WHERE id = $1";

const WRITE_LINE: &str =
    "INSERT INTO basket_line (id, basket_id, variant_id, quantity, services, unit_price, note)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity, services = excluded.services,
        unit_price = excluded.unit_price, note = excluded.note";

impl Basket {
    /// Writes what changed since it was read. If nothing did, its revision stays as it is.
    pub(super) async fn save(&self, tx: &mut Tx, act: &Act, before: &Self) -> crate::Result<()> {
        if self == before {
            return Ok(());
        }
        let json = |it: &Option<crate::address::Address>| {
            it.as_ref().map(|it| Value::from(serde_json::json!(it)))
        };
        let args = args![
            self.id,
            self.currency.code(),
            self.locale.code(),
            self.customer_id,
            self.email.clone(),
            serde_json::json!(self.coupons),
            json(&self.billing_address),
            json(&self.delivery_address),
            self.delivery_method.clone(),
            self.payment_method.clone(),
            act.now,
            expiry(act.now, self.customer_id, self.draft)
        ];
        let mut statements = vec![(UPDATE, args)];
        let stays = |it: &&Line| self.lines.iter().any(|line| line.id == it.id);
        let gone = before.lines.iter().filter(|it| !stays(it)).map(|it| it.id);
        let gone: Vec<i64> = gone.collect();
        if !gone.is_empty() {
            statements.push(("DELETE FROM basket_line WHERE id = ANY($1)", args![gone]));
        }
        let changed = self.lines.iter().filter(|it| !before.lines.contains(it));
        statements.extend(changed.map(|it| (WRITE_LINE, self.line_row(it))));
        tx.run_all(statements).await?;
        Ok(())
    }

    fn line_row(&self, line: &Line) -> Vec<Value> {
        args![
            line.id,
            self.id,
            line.variant_id,
            line.quantity,
            serde_json::json!(line.services),
            line.unit_price,
            line.note.clone()
        ]
    }
}
