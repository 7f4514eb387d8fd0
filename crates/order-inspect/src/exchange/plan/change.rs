//! One item of an import: compared with what there is, and written.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    context::Context,
    failure::{Failure, item_problem},
    stand,
    writer::Writer,
};
use crate::{
    act::Act,
    args,
    db::{DbError, Tx},
    exchange::item::{Intent, Record, RecordKey, together},
};

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct FieldChange {
    /// Which one.
    #[schema(examples("variants/OAK-S/prices/EUR/amount"))]
    pub(in crate::exchange) field: String,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("129.00"))]
    pub(in crate::exchange) before: Option<String>,
    /// What it would say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("139.00"))]
    pub(in crate::exchange) after: Option<String>,
}

impl FieldChange {
    pub(super) const fn new(field: String, before: Option<String>, after: Option<String>) -> Self {
        Self { field, before, after }
    }
}

/// What became of an item.
#[derive(Debug, Clone, Default)]
pub(in crate::exchange) struct Weighed {
    pub(in crate::exchange) created: bool,
    pub(in crate::exchange) changes: Vec<FieldChange>,
    pub(in crate::exchange) warnings: Vec<String>,
}

/// Compares an item with the catalogue and writes what differs, all of it in this transaction.
pub(in crate::exchange) async fn weigh(
    tx: &mut Tx,
    act: &Act,
    context: &Context,
    records: Vec<Record>,
) -> Result<Weighed, Failure> {
    let line = records.first().map(|it| it.line).filter(|it| *it > 0);
    let Some(key) = records.first().and_then(|it| it.key.clone()) else {
        return Err(item_problem(line, "item", "it cannot be told which product is meant"));
    };
    let strict = context.format.is_strict();
    let item = together(records, strict).map_err(Failure::Item)?;
    let id = locked(tx, context, &key).await?;
    let stand = match id {
        Some(id) => stand::look(tx, &[id], context, act.now).await?.pop(),
        None => None,
    };
    if stand.is_none() && item.intent != Intent::Upsert {
        let message = "there is no such product here: this format, or this kind of update, changes known ones only";
        return Err(item_problem(line, "item", message));
    }
    let mut writer = Writer {
        act,
        context,
        line,
        weighed: Weighed { created: stand.is_none(), ..Weighed::default() },
    };
    writer.write(tx, stand.as_ref(), &key, item).await?;
    writer.weighed.changes.retain(|it| it.before != it.after);
    Ok(writer.weighed)
}

/// The product that is meant, locked against others.
async fn locked(tx: &mut Tx, context: &Context, key: &RecordKey) -> Result<Option<i64>, DbError> {
    let code = match key {
        RecordKey::Code(code) => Some(code.clone()),
        RecordKey::Sku(sku) => {
            let sql = "SELECT p.code FROM variant AS v JOIN product AS p ON p.id = v.product_id WHERE v.sku = $1";
            tx.row(sql, args![sku]).await?.map(|row| row.get("code")).transpose()?
        }
        RecordKey::Handle(handle) => {
            let sql = "SELECT p.code FROM product_text AS t JOIN product AS p ON p.id = t.product_id \
                       WHERE t.slug = $1 AND (t.channel_id = 0 OR t.channel_id = $2) LIMIT 1";
            match tx.row(sql, args![handle, context.channel_id]).await? {
                Some(row) => Some(row.get("code")?),
                None => Some(handle.clone()),
            }
        }
    };
    let Some(code) = code else { return Ok(None) };
    let row = tx.row("SELECT id FROM product WHERE code = $1 FOR UPDATE", args![code]).await?;
    row.map(|row| row.get("id")).transpose()
}
