//! What has to be known to place orders: read for a whole group at once, with what may change under it locked.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{
    Request,
    offers::{Offer, Offers},
};
use crate::{
    args,
    db::{Row, Tx, Value},
    promotions::{Promotion, Usage},
    setup::Setup,
};

/// The stock of a variant at a location.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    /// Smaller is asked first.
    pub(crate) priority: i64,
    /// What can still be taken.
    pub(crate) free: i64,
}

/// What is locked while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locks {
    /// Nothing: it is only looked at.
    Nothing,
    /// Promotions with a budget. Taking stock is conditional anyway, and seldom fails.
    Budgets,
    /// Stock as well: somebody took of it since it was looked at.
    Stock,
}

/// What is known while a group of orders is being placed.
#[derive(Default)]
pub(crate) struct Ground {
    /// Promotions that are switched on.
    pub(crate) rules: Vec<Promotion>,
    /// By stock keeping unit.
    pub(crate) offers: HashMap<String, Arc<Offer>>,
    /// By variant and location.
    pub(crate) stock: BTreeMap<(i64, i64), Level>,
    /// Answers that were given before, by API key and idempotency key.
    pub(crate) replies: HashMap<(i64, String), Row>,
    /// Numbers and groups of customers, with the shop that they belong to.
    pub(crate) customers: HashMap<i64, (i64, Option<String>)>,
    /// Revisions of baskets that were not ordered yet.
    pub(crate) baskets: HashMap<i64, i64>,
    /// Baskets that were ordered, before or in this group.
    pub(crate) ordered: HashSet<i64>,
    /// Addresses that have ordered before.
    pub(crate) known_emails: HashSet<String>,
    /// What has been used of promotions with a budget.
    pub(crate) usage: HashMap<String, Usage>,
    /// The same by customer.
    pub(crate) usage_by_email: HashMap<(String, String), u64>,
}

impl Ground {
    /// What is known without looking: the promotions.
    pub(crate) fn of(setup: &Setup) -> Self {
        let rules = setup.promotions.iter().map(|it| it.rule.clone()).collect();
        Self { rules, ..Self::default() }
    }

    /// Reads it for a group. What is locked is locked in one order: customers by their e-mail address, baskets,
    /// promotions by code, stock by variant and location.
    pub(crate) async fn read(
        tx: &mut Tx,
        offers: &Offers,
        setup: &Setup,
        group: &[Request],
        locks: Locks,
    ) -> crate::Result<Self> {
        let asked = Asked::of(group, setup, locks);
        let now = group.iter().map(|it| it.act.now.0).max().unwrap_or_default();
        let skus = || Value::Texts(asked.skus.clone());
        let mut questions = vec![
            (VARIANTS, vec![skus()]),
            (PRICES, vec![skus(), Value::Int(now), Value::Ints(asked.channels.clone())]),
            (if locks == Locks::Stock { STOCK_LOCKED } else { STOCK }, vec![skus()]),
            (REPLIES, args![asked.api_keys.clone(), asked.idempotency_keys.clone()]),
        ];
        // What only some groups need comes after what all of them need; locks on baskets and promotions are
        // taken before those on stock, so they are asked for first.
        let optional = [
            (!asked.baskets.is_empty(), BASKETS, args![asked.baskets.clone()]),
            (
                !asked.budgets.is_empty(),
                if locks == Locks::Nothing { BUDGETS } else { BUDGETS_LOCKED },
                args![asked.budgets.clone()],
            ),
            (!asked.customers.is_empty(), CUSTOMERS, args![asked.customers.clone()]),
            (asked.first_orders, KNOWN, args![asked.emails.clone()]),
            (
                !asked.per_customer.is_empty(),
                USES,
                args![asked.per_customer.clone(), asked.emails.clone()],
            ),
        ];
        let wanted: Vec<bool> = optional.iter().map(|(wanted, ..)| *wanted).collect();
        let mut before: Vec<_> = optional
            .into_iter()
            .filter(|(wanted, ..)| *wanted)
            .map(|(_, sql, args)| (sql, args))
            .collect();
        // What was used by a customer is read when nobody else places an order for the same one.
        let alone =
            locks != Locks::Nothing && (asked.first_orders || !asked.per_customer.is_empty());
        let alone = if alone { tx.alone_with(&asked.emails) } else { None };
        let locked = usize::from(alone.is_some());
        before.splice(0..0, alone);
        let optional_count = before.len();
        questions.splice(0..0, before);
        let mut answers = tx.rows_all(questions).await?;
        let needed = answers.split_off(optional_count);
        answers.drain(..locked);
        let mut ground = Self::of(setup);
        let mut optional = answers.into_iter();
        let mut answer =
            |at: usize| if wanted[at] { optional.next().unwrap_or_default() } else { Vec::new() };
        ground.take_baskets(&answer(0))?;
        ground.take_budgets(&answer(1))?;
        ground.take_customers(&answer(2))?;
        for row in answer(3) {
            ground.known_emails.insert(row.get("email")?);
        }
        for row in answer(4) {
            let uses = u64::try_from(row.get::<i64>("uses")?).unwrap_or(0);
            ground.usage_by_email.insert((row.get("code")?, row.get("email")?), uses);
        }
        if let [variants, prices, stock, replies] = needed.as_slice() {
            ground.offers = offers.resolve(tx, variants, prices).await?;
            ground.take_stock(stock)?;
            for row in replies {
                let key = (row.get("api_key_id")?, row.get("idempotency_key")?);
                ground.replies.insert(key, row.clone());
            }
        }
        Ok(ground)
    }

    fn take_stock(&mut self, rows: &[Row]) -> crate::Result<()> {
        for row in rows {
            let free = row.get::<i64>("on_hand")?
                - row.get::<i64>("reserved")?
                - row.get::<i64>("safety")?;
            let level = Level { priority: row.get("priority")?, free };
            self.stock.insert((row.get("variant_id")?, row.get("location_id")?), level);
        }
        Ok(())
    }

    fn take_baskets(&mut self, rows: &[Row]) -> crate::Result<()> {
        for row in rows {
            let id = row.get("id")?;
            if row.get::<Option<i64>>("order_id")?.is_some() {
                self.ordered.insert(id);
            } else {
                self.baskets.insert(id, row.get("revision")?);
            }
        }
        Ok(())
    }

    fn take_budgets(&mut self, rows: &[Row]) -> crate::Result<()> {
        for row in rows {
            let uses = u64::try_from(row.get::<i64>("used_count")?).unwrap_or(0);
            let usage = Usage { uses, uses_by_customer: 0, amount: row.get("used_amount")? };
            self.usage.insert(row.get("code")?, usage);
        }
        Ok(())
    }

    fn take_customers(&mut self, rows: &[Row]) -> crate::Result<()> {
        for row in rows {
            self.customers
                .insert(row.get("id")?, (row.get("channel_id")?, row.get("customer_group")?));
        }
        Ok(())
    }

    /// What has been used of promotions as one customer sees it.
    pub(crate) fn usage_for(&self, email: &str) -> HashMap<String, Usage> {
        let mut usage = self.usage.clone();
        for ((code, by), uses) in &self.usage_by_email {
            if by == email {
                usage.entry(code.clone()).or_default().uses_by_customer = *uses;
            }
        }
        usage
    }
}

/// Everything that a group asks about, each thing once and in order.
struct Asked {
    skus: Vec<String>,
    channels: Vec<i64>,
    api_keys: Vec<i64>,
    idempotency_keys: Vec<String>,
    baskets: Vec<i64>,
    customers: Vec<i64>,
    emails: Vec<String>,
    budgets: Vec<String>,
    per_customer: Vec<String>,
    first_orders: bool,
}

impl Asked {
    fn of(group: &[Request], setup: &Setup, locks: Locks) -> Self {
        let rules = || setup.promotions.iter().map(|it| &it.rule);
        // Who locks stock locks promotions before, also those that have no budget but are counted.
        let limited = |rule: &&Promotion| {
            locks == Locks::Stock
                || rule.budget.max_uses.is_some()
                || rule.budget.max_total_amount.is_some()
        };
        Self {
            skus: once(group.iter().flat_map(|it| &it.wanted.lines).map(|it| it.sku.clone())),
            channels: once(
                group.iter().filter_map(|it| {
                    setup.channel(&it.wanted.channel).ok().map(|channel| channel.id)
                }),
            ),
            api_keys: once(group.iter().map(|it| it.caller.key_id)),
            idempotency_keys: once(group.iter().filter_map(|it| it.once.key.clone())),
            baskets: once(group.iter().filter_map(|it| it.basket.map(|(id, _)| id))),
            customers: once(group.iter().filter_map(|it| it.wanted.customer_id)),
            emails: once(group.iter().map(|it| it.wanted.email.clone())),
            budgets: once(rules().filter(limited).map(|it| it.key.clone())),
            per_customer: once(
                rules()
                    .filter(|it| it.budget.max_uses_per_customer.is_some())
                    .map(|it| it.key.clone()),
            ),
            first_orders: rules().any(|it| it.conditions.first_order),
        }
    }
}

fn once<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}

const VARIANTS: &str =
    "SELECT v.id, v.sku, v.product_id, v.options, v.bundle, v.active, v.backorder_days,
        p.revision, p.active AS product_active
    FROM variant v JOIN product p ON p.id = v.product_id WHERE v.sku = ANY($1)";

const PRICES: &str =
    "SELECT p.variant_id, p.channel_id, p.currency, p.customer_group, p.min_quantity, p.kind,
        p.amount, p.list_amount, p.valid_from, p.valid_until
    FROM variant v JOIN price p ON p.variant_id = v.id
    WHERE v.sku = ANY($1) AND p.channel_id = ANY($3)
        AND p.valid_from <= $2 AND (p.valid_until IS NULL OR p.valid_until > $2)";

const STOCK: &str = "SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.safety, l.priority
    FROM stock s JOIN location l ON l.id = s.location_id AND l.active
    WHERE s.variant_id IN (SELECT id FROM variant WHERE sku = ANY($1)
        UNION SELECT b.variant_id FROM bundle_part b JOIN variant v ON v.id = b.bundle_id WHERE v.sku = ANY($1))
    ORDER BY s.variant_id, s.location_id";

const STOCK_LOCKED: &str = "SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.safety, l.priority
    FROM stock s JOIN location l ON l.id = s.location_id AND l.active
    WHERE s.variant_id IN (SELECT id FROM variant WHERE sku = ANY($1)
        UNION SELECT b.variant_id FROM bundle_part b JOIN variant v ON v.id = b.bundle_id WHERE v.sku = ANY($1))
    ORDER BY s.variant_id, s.location_id FOR UPDATE OF s";

const REPLIES: &str =
    "SELECT api_key_id, idempotency_key, fingerprint, status, headers, body FROM idempotency
    WHERE api_key_id = ANY($1) AND idempotency_key = ANY($2)";

const BASKETS: &str =
    "SELECT id, revision, order_id FROM basket WHERE id = ANY($1) ORDER BY id FOR UPDATE";

const BUDGETS: &str = "SELECT code, used_count, used_amount FROM promotion WHERE code = ANY($1)";

const BUDGETS_LOCKED: &str = "SELECT code, used_count, used_amount FROM promotion WHERE code = ANY($1) ORDER BY code FOR UPDATE";

const CUSTOMERS: &str = "SELECT id, channel_id, customer_group FROM customer WHERE id = ANY($1)";

const KNOWN: &str = "SELECT DISTINCT email FROM orders WHERE email = ANY($1)";

const USES: &str = "SELECT p.code, u.email, COUNT(*) AS uses FROM promotion p
    JOIN promotion_use u ON u.promotion_id = p.id
    WHERE p.code = ANY($1) AND u.email = ANY($2) GROUP BY p.code, u.email";
