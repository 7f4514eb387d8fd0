//! Sign-in: a guest's basket becomes their customer's, with what lay in the customer's baskets before.
//!
//! What lies in both is there once, in the larger quantity, as commercetools merges: who put the same sofa into the
//! basket on the phone and on the laptop wants one sofa, and to sign in twice changes nothing. Codes are united.
//! Addresses and choices of the basket at hand win, and are filled from the newest of the others. Prices need no
//! decision: they are looked up whenever a basket is read. The tokens of the others lead to this one from then on, so
//! that all devices of a customer see one basket.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AssignCustomer, BasketView,
    basket::{Basket, Line, Which, find_id},
    expire::expiry,
    show::answer,
};
use crate::{
    act::Act,
    app::App,
    args,
    customers::Customer,
    db::Tx,
    error::Refusal,
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
    orders::place::MOST_LINES,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(assign))
}

/// Give a basket to the customer who has signed in.
///
/// Their other baskets are put into it: of what lies in both the larger quantity counts, codes are united. Whose
/// basket belongs to somebody else is refused. A draft is given to a customer without touching their baskets.
#[utoipa::path(post, path = "/baskets/{basket}/customer", operation_id = "assign_basket",
    tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number")),
    request_body = AssignCustomer, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn assign(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
    write: Write<AssignCustomer>,
) -> Answer {
    let caller = permit.caller.clone();
    let which = Which::of(&basket, &caller)?;
    let (named, customer) = (which.clone(), write.input.customer_id);
    let reply = app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let id = find_id(tx, &named).await?;
            bring_together(tx, act, id, customer).await?;
            Ok(Reply::bare(200))
        })
    });
    let reply = reply.await?;
    answer(&app, &caller, &which, reply).await
}

const OPEN: &str = "order_id IS NULL AND merged_into IS NULL AND NOT draft";

/// Makes a basket the only open one of a customer. Locks are taken in one order, whoever signs in where: the customer,
/// then their baskets by number.
pub(super) async fn bring_together(
    tx: &mut Tx,
    act: &Act,
    id: i64,
    customer: i64,
) -> crate::Result<()> {
    let channel = Customer::lock(tx, customer).await?;
    let sql = format!(
        "SELECT id FROM basket WHERE id = $1 OR (customer_id = $2 AND {OPEN}) ORDER BY id FOR UPDATE"
    );
    let rows = tx.rows(&sql, args![id, customer]).await?;
    let others = rows.iter().map(|row| row.get::<i64>("id")).collect::<Result<Vec<_>, _>>()?;
    let others: Vec<i64> = others.into_iter().filter(|it| *it != id).collect();
    let before = Basket::load(tx, id, false).await?;
    before.still_open()?;
    if before.channel_id != channel {
        refuse!(Refusal::invalid("/customer_id", format!("this shop has no customer {customer}")));
    }
    if !before.draft && before.customer_id.is_some_and(|it| it != customer) {
        refuse!(Refusal::conflict("other_customer", "This basket belongs to another customer."));
    }
    let mut basket = Basket { customer_id: Some(customer), ..before.clone() };
    if !basket.draft {
        for other in others.iter().rev() {
            let other = Basket::load(tx, *other, false).await?;
            basket.take_in(other, || act.new_id());
        }
        lead_here(tx, act, &basket, others).await?;
    }
    basket.save(tx, act, &before).await
}

/// From now on the tokens of the others lead here, also those that led to them.
async fn lead_here(tx: &mut Tx, act: &Act, basket: &Basket, others: Vec<i64>) -> crate::Result<()> {
    if others.is_empty() {
        return Ok(());
    }
    let expires_at = expiry(act.now, basket.customer_id, false);
    let lead = "UPDATE basket SET merged_into = $2, revision = revision + 1, updated_at = $3,
            expires_at = $4
        WHERE id = ANY($1) OR merged_into = ANY($1)";
    let empty = "DELETE FROM basket_line WHERE basket_id = ANY($1)";
    tx.run_all(vec![
        (lead, args![others.clone(), basket.id, act.now, expires_at]),
        (empty, args![others]),
    ])
    .await?;
    Ok(())
}

impl Basket {
    /// Takes in what lay in an older basket. Lines for which there is no room any more stay behind.
    fn take_in(&mut self, older: Self, new_id: impl Fn() -> i64) {
        for line in older.lines {
            if let Some(like) = self.lines.iter_mut().find(|it| it.is_like(&line)) {
                like.quantity = like.quantity.max(line.quantity);
            } else if self.lines.len() < MOST_LINES {
                self.lines.push(Line { id: new_id(), ..line });
            }
        }
        for code in &older.coupons {
            self.enter(code);
        }
        fill(&mut self.email, older.email);
        fill(&mut self.billing_address, older.billing_address);
        fill(&mut self.delivery_address, older.delivery_address);
        fill(&mut self.delivery_method, older.delivery_method);
        fill(&mut self.payment_method, older.payment_method);
    }
}

fn fill<T>(place: &mut Option<T>, with: Option<T>) {
    if place.is_none() {
        *place = with;
    }
}
