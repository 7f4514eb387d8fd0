//! What all changes of a basket have in common.

use super::{
    basket::{Basket, Which},
    show::answer,
};
use crate::{
    act::Act,
    app::App,
    db::{Doing, Tx},
    error::{Error, Findings},
    http::{Answer, Expected, Once, Permit, Reply, allowed},
    language::Language,
    money::Currency,
    setup::Channel,
};

/// Whether a change depends on what its author has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It does: the ETag has to be sent.
    Must,
    /// It is right whatever the basket holds.
    May,
}

/// A change that is asked for: of which basket, on which state of it, by which request.
pub(super) struct Change<'a> {
    pub(super) basket: &'a str,
    pub(super) seen: Seen,
    pub(super) expected: Expected,
    pub(super) once: Once,
}

/// Changes a basket in one transaction, and shows it.
pub(super) async fn change<F>(
    app: &App,
    permit: Permit<allowed::Shop>,
    change: Change<'_>,
    work: F,
) -> Answer
where
    F: for<'t> FnOnce(&'t mut Tx, &'t Act, &'t mut Basket) -> Doing<'t, (), Error> + Send + 'static,
{
    let caller = permit.caller.clone();
    let which = Which::of(change.basket, &caller)?;
    let (named, seen, expected) = (which.clone(), change.seen, change.expected);
    let reply = app.write(permit, change.once, move |tx, act| {
        Box::pin(async move {
            let before = Basket::find_locked(tx, &named).await?;
            before.still_open()?;
            match seen {
                Seen::Must => expected.require(before.revision, "basket")?,
                Seen::May => expected.check(before.revision, "basket")?,
            }
            let mut basket = before.clone();
            work(tx, act, &mut basket).await?;
            basket.save(tx, act, &before).await?;
            Ok(Reply::bare(200))
        })
    });
    let reply = reply.await?;
    answer(app, &caller, &which, reply).await
}

/// Whether a shop speaks a language and sells in a currency.
pub(super) fn check_scene(
    channel: &Channel,
    currency: Option<Currency>,
    locale: Option<Language>,
) -> crate::Result<()> {
    let mut findings = Findings::default();
    if let Some(currency) = currency.filter(|it| !channel.currencies.contains(it)) {
        findings.note("/currency", format!("this shop does not sell in {currency}"));
    }
    if let Some(locale) = locale.filter(|it| !channel.locales.contains(it)) {
        findings.note("/locale", format!("this shop does not speak “{}”", locale.code()));
    }
    findings.end()
}
