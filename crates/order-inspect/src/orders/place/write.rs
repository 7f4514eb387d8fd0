//! Writing decided orders: everything of a group with a few statements.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::{
    Request,
    decide::Decided,
    rows::{self, ALLOCATION, LINE, ORDER, USE},
    stock::{Shares, Steps},
};
use crate::{
    args,
    db::{Insert, Tx, Value},
    error::Error,
    http::{REMEMBERED, Reply, remembered},
    orders::{
        numbers,
        operations::{OPERATION, PAYMENT},
        settle::{EVENT, OUTBOX, outbox_row},
        standing::standing,
    },
    outbox,
};

/// Rows of a group, by table.
#[derive(Default)]
struct Rows {
    orders: Vec<Vec<Value>>,
    lines: Vec<Vec<Value>>,
    allocations: Vec<Vec<Value>>,
    events: Vec<Vec<Value>>,
    outbox: Vec<Vec<Value>>,
    replies: Vec<Vec<Value>>,
    payments: Vec<Vec<Value>>,
    operations: Vec<Vec<Value>>,
}

/// Writes what was decided, and gives each order its number: one question that takes everything that orders compete
/// for, and then rows that nobody else knows of yet, together with the end of the transaction.
pub(super) async fn write(
    tx: &mut Tx,
    group: &[Request],
    decided: &mut [(usize, Decided)],
) -> crate::Result<()> {
    let rows = take_and_list(tx, group, decided).await?;
    tx.insert_last(rows).await?;
    Ok(())
}

/// The same in the middle of a transaction that goes on.
pub(super) async fn write_within(
    tx: &mut Tx,
    group: &[Request],
    decided: &mut [(usize, Decided)],
) -> crate::Result<()> {
    let rows = take_and_list(tx, group, decided).await?;
    tx.insert_all(rows).await?;
    Ok(())
}

/// Takes what the orders need, and lists the rows that are to be written.
async fn take_and_list(
    tx: &mut Tx,
    group: &[Request],
    decided: &mut [(usize, Decided)],
) -> crate::Result<Vec<Insert<'static>>> {
    let uses = take(tx, group, decided).await?;
    outbox::tells(tx);
    let mut rows = Rows::default();
    let mut baskets = Vec::new();
    for (at, decided) in decided.iter_mut() {
        let request = &group[*at];
        rows.add(request, decided)?;
        if let Some((id, _)) = request.basket {
            baskets.push((
                "UPDATE basket SET order_id = $2, revision = revision + 1, updated_at = $3 WHERE id = $1",
                args![id, decided.facts.order.id, request.act.now],
            ));
        }
    }
    if !baskets.is_empty() {
        tx.run_all(baskets).await?;
    }
    let insert = |table, columns, rows| Insert { table, columns, rows };
    Ok(vec![
        insert("orders", ORDER, rows.orders),
        insert("order_line", LINE, rows.lines),
        insert("allocation", ALLOCATION, rows.allocations),
        insert("order_event", EVENT, rows.events),
        insert("outbox", OUTBOX, rows.outbox),
        insert("payment", PAYMENT, rows.payments),
        insert("payment_operation", OPERATION, rows.operations),
        insert("idempotency", REMEMBERED, rows.replies),
        insert("promotion_use", USE, uses),
    ])
}

type Question = (&'static str, Vec<Value>);

/// Takes what orders compete for, always in the same order: promotions, stock by variant and location, and last the
/// ranges of numbers, shop by shop. Returns the rows that say who used which promotion.
async fn take(
    tx: &mut Tx,
    group: &[Request],
    decided: &mut [(usize, Decided)],
) -> crate::Result<Vec<Vec<Value>>> {
    let promotions = promotion_steps(decided);
    let mut shares = Shares::new();
    for (place, share) in decided.iter().flat_map(|(_, it)| &it.shares) {
        shares.entry(*place).or_default().add(*share);
    }
    let stock = Steps::of(tx, &shares);
    let (shops, numbers): (Vec<i64>, Vec<Question>) = number_steps(decided).into_iter().unzip();
    let (first, second) = (promotions.len(), promotions.len() + stock.questions.len());
    let questions = promotions.into_iter().chain(stock.questions).chain(numbers).collect();
    let answers = tx.rows_all(questions).await?;
    if Steps::taken(&answers[first..second]) < stock.wanted {
        return Err(Error::Broken("stock was taken by somebody else in the meantime".to_owned()));
    }
    for (shop, rows) in shops.into_iter().zip(&answers[second..]) {
        let mut given = numbers::taken(rows)?;
        for (_, it) in decided.iter_mut().filter(|(_, it)| it.facts.order.channel_id == shop) {
            it.facts.order.number = given.next().unwrap_or_default();
        }
    }
    let mut ids = HashMap::new();
    for row in answers[..first].iter().flatten() {
        ids.insert(row.get::<String>("code")?, row.get::<i64>("id")?);
    }
    Ok(uses(group, decided, &ids))
}

/// What promotions gave, each with the sum of the group.
fn promotion_steps(decided: &[(usize, Decided)]) -> Vec<Question> {
    let mut sums = BTreeMap::<&str, (i64, i64)>::new();
    for (code, _, amount) in decided.iter().flat_map(|(_, it)| &it.given) {
        let sum = sums.entry(code).or_default();
        *sum = (sum.0 + 1, sum.1 + amount);
    }
    let sql = "UPDATE promotion SET used_count = used_count + $2, used_amount = used_amount + $3
        WHERE code = $1 RETURNING id, code";
    sums.into_iter().map(|(code, (count, amount))| (sql, args![code, count, amount])).collect()
}

/// So many numbers for each shop.
fn number_steps(decided: &[(usize, Decided)]) -> Vec<(i64, Question)> {
    let mut counts = BTreeMap::<i64, i64>::new();
    for (_, it) in decided {
        *counts.entry(it.facts.order.channel_id).or_default() += 1;
    }
    let step = |(shop, count)| (shop, (numbers::TAKE, args![shop, "order", count]));
    counts.into_iter().map(step).collect()
}

/// Who used which promotion in which order.
fn uses(
    group: &[Request],
    decided: &[(usize, Decided)],
    ids: &HashMap<String, i64>,
) -> Vec<Vec<Value>> {
    let mut uses = Vec::new();
    for (at, decided) in decided {
        for (code, coupon, amount) in &decided.given {
            let (Some(id), order) = (ids.get(code), &decided.facts.order) else { continue };
            let email = group[*at].wanted.email.as_str();
            uses.push(args![*id, order.id, coupon.clone(), order.customer_id, email, *amount]);
        }
    }
    uses
}

impl Rows {
    fn add(&mut self, request: &Request, decided: &mut Decided) -> crate::Result<()> {
        let act = &request.act;
        self.add_payment(request, decided);
        let facts = &decided.facts;
        let (order, standing) = (&facts.order, standing(facts));
        self.orders.push(rows::order(order, &standing, order.placed_at)?);
        for line in &facts.lines {
            self.lines.push(rows::line(order.id, line)?);
        }
        self.allocations.extend(facts.allocations.iter().map(|it| rows::allocation(order.id, it)));
        let mut told =
            json!({ "number": order.number, "total": order.total, "currency": order.currency });
        if let Some(replaces) = &decided.replaces {
            told["replaces"] = json!(replaces);
        }
        self.events.push(args![
            act.new_id(),
            order.id,
            "placed",
            &act.actor,
            act.now,
            told.clone()
        ]);
        self.outbox.push(outbox_row(act, "order.placed", order.id, &told));
        let reply = placed(&order.number);
        self.replies.extend(remembered(&request.caller, &request.once, &reply, act)?);
        Ok(())
    }

    /// What a provider has to be asked for, noted before it is asked.
    fn add_payment(&mut self, request: &Request, decided: &mut Decided) {
        let act = &request.act;
        let facts = &mut decided.facts;
        if facts.order.provider == "manual" || facts.order.total == 0 {
            return;
        }
        let begun = crate::orders::facts::Payment {
            id: act.new_id(),
            provider: facts.order.provider.clone(),
            method: facts.order.payment_method.clone(),
            reference: format!("{}-1", facts.order.number),
            provider_id: None,
            amount: facts.order.total,
            redirect_url: None,
            declined: None,
            created_at: act.now,
        };
        let operation = crate::orders::facts::Operation {
            id: act.new_id(),
            payment_id: begun.id,
            kind: "authorise".to_owned(),
            amount: begun.amount,
            state: "pending".to_owned(),
            reason: None,
            overpayment: false,
            by_hand: false,
            iban: None,
            created_at: act.now,
        };
        let order_id = facts.order.id;
        self.payments.push(args![
            begun.id,
            order_id,
            &begun.provider,
            &begun.method,
            &begun.reference,
            begun.amount,
            act.now
        ]);
        self.operations.push(args![
            operation.id,
            begun.id,
            order_id,
            &operation.kind,
            operation.amount,
            &operation.state,
            0_i64,
            act.now,
            act.now
        ]);
        facts.payments.push(begun);
        facts.operations.push(operation);
    }
}

/// The answer to an order that was placed, as it is stored: its address, from which it is read anew.
pub(super) fn placed(number: &str) -> Reply {
    Reply::bare(201).at(format!("/orders/{number}"))
}
