//! Promotions and what has been used of their budgets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Setting, Stored, channel::yes};
use crate::{act::Act, args, db::Tx, error::Findings, promotions::Promotion};

/// A promotion that can be switched on and off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredPromotion {
    /// Whether it is switched on.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
    /// What it gives, when, and how much of it. Its key is the promotion's code.
    pub rule: Promotion,
    /// What has been used of its budget.
    #[serde(default)]
    #[schema(read_only)]
    pub used: PromotionUse,
}

/// What has been used of a budget, in orders that count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PromotionUse {
    /// Orders.
    pub count: i64,
    /// Minor units given.
    pub amount: i64,
}

/// Those that are switched on.
pub(super) async fn active(tx: &mut Tx) -> crate::Result<Vec<StoredPromotion>> {
    let all = StoredPromotion::all(tx).await?;
    Ok(all.into_iter().map(|it| it.value).filter(|it| it.active).collect())
}

impl Setting for StoredPromotion {
    const WHAT: &'static str = "promotion";
    const TABLE: &'static str = "promotion";

    fn check(&self, findings: &mut Findings) {
        if let Err(error) = self.rule.check() {
            findings.note("/rule", error.to_string());
        }
        for (language, name) in &self.rule.names {
            findings.text(name, 1, 200, format!("/rule/names/{}", language.code()));
        }
    }

    async fn all(tx: &mut Tx) -> crate::Result<Vec<Stored<Self>>> {
        let mut found = Vec::new();
        for row in tx.rows("SELECT * FROM promotion ORDER BY code", vec![]).await? {
            let used =
                PromotionUse { count: row.get("used_count")?, amount: row.get("used_amount")? };
            let value = Self { active: row.get("active")?, rule: row.json("rule")?, used };
            let (id, code, revision) = (row.get("id")?, row.get("code")?, row.get("revision")?);
            found.push(Stored { id, code, revision, value });
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, _: &Act, stored: &Stored<Self>) -> crate::Result<()> {
        let it = &stored.value;
        if it.rule.key != stored.code {
            crate::refuse!(crate::error::Refusal::invalid(
                "/rule/key",
                "the key is the promotion's code"
            ));
        }
        let sql =
            "INSERT INTO promotion (id, code, rule, active, used_count, used_amount, revision)
            VALUES ($1, $2, $3, $4, 0, 0, $5)
            ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, active = excluded.active,
                revision = excluded.revision";
        let rule = serde_json::json!(it.rule);
        tx.run(sql, args![stored.id, &stored.code, rule, it.active, stored.revision]).await?;
        Ok(())
    }
}
