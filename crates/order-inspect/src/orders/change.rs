//! The frame of every change of an order: lock it, check that it may be, do it, note it, settle it, issue what it
//! makes necessary.

use serde::Serialize;

use super::{
    actions::{Action, require},
    documents,
    facts::Facts,
    settle::{note, settle},
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    db::{Doing, Tx},
    error::Error,
    http::{Answer, Permit, Reply, Write, allowed},
};

/// What a change did, for the timeline.
pub(super) struct Told {
    kind: &'static str,
    facts: serde_json::Value,
}

impl Told {
    /// What happened, and more about it.
    pub(super) fn new(kind: &'static str, facts: impl Serialize) -> Self {
        Self { kind, facts: serde_json::to_value(facts).unwrap_or_default() }
    }
}

/// Changes an order in one transaction, once for each idempotency key, and answers with it as it then stands. No copy of
/// it is kept: the same request again is answered with what it is by then.
pub(super) async fn change<T, F>(
    app: &App,
    permit: Permit<allowed::ManageOrders>,
    write: Write<T>,
    number: String,
    action: Action,
    work: F,
) -> Answer
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx, &'t Act, &'t Facts, T) -> Doing<'t, Told, Error> + Send + 'static,
{
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let Write { input, expected, once } = write;
    let named = number.clone();
    let reply = app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let facts = Facts::load(tx, &named, true).await?;
            expected.check(facts.order.revision, "order")?;
            require(action, &facts)?;
            let told = work(tx, act, &facts, input).await?;
            note(tx, act, facts.order.id, told.kind, told.facts).await?;
            let after = settle(tx, act, facts.order.id).await?;
            let facts = documents::follow(tx, act, &facts, after).await?;
            let channel = setup.channel_by_id(facts.order.channel_id)?;
            let view = OrderView::of(&facts, &channel.code);
            Ok(Reply::ok(&view)?.tagged(facts.order.revision).private())
        })
    });
    let reply = reply.await?;
    if !reply.is_bare() {
        return Ok(reply);
    }
    let now = app.db.read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }));
    let facts = now.await?;
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let channel = setup.channel_by_id(facts.order.channel_id)?;
    Ok(reply.showing(&OrderView::of(&facts, &channel.code))?.tagged(facts.order.revision))
}
