//! Order: from "add to basket" to "money back".
//!
//! An order is a set of facts (`facts`): lines with frozen prices, movements of money and of goods. Its four
//! statuses are worked out from them (`standing`), and so is what can be done with it (`actions`). Every change
//! locks the order, checks that it is allowed, adds facts, notes itself on the timeline and ends in `settle`.

pub mod actions;
pub mod address;
pub mod again;
pub mod cancel;
mod change;
pub mod correct;
mod credit;
pub mod documents;
pub(crate) mod due;
pub mod edit;
pub mod facts;
pub mod hold;
mod list;
pub(crate) mod mails;
pub(crate) mod numbers;
pub(crate) mod operations;
pub mod payouts;
pub mod place;
mod read;
pub mod refund;
mod removal;
mod retry;
pub mod returns;
pub(crate) mod search;
pub(crate) mod settle;
pub mod ship;
pub mod standing;
mod stock;
pub mod view;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::App, error::Refusal, refuse};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(place::routes())
        .merge(list::routes())
        .merge(read::routes())
        .merge(retry::routes())
        .merge(mails::routes())
        .merge(documents::routes())
        .merge(hold::routes())
        .merge(address::routes())
        .merge(edit::routes())
        .merge(cancel::routes())
        .merge(ship::routes())
        .merge(returns::routes())
        .merge(refund::routes())
        .merge(correct::routes())
        .merge(again::routes())
        .merge(payouts::routes())
}

/// A reason that somebody gives.
fn reason(said: &str) -> crate::Result<String> {
    let said = said.trim();
    if said.is_empty() || said.chars().count() > 500 {
        refuse!(Refusal::invalid("/reason", "1 to 500 characters"));
    }
    Ok(said.to_owned())
}

/// A text that somebody writes, and where it stands in the request.
fn text(said: &str, longest: usize, place: &'static str) -> crate::Result<String> {
    let said = said.trim();
    if said.is_empty() || said.chars().count() > longest {
        refuse!(Refusal::invalid(place, format!("1 to {longest} characters")));
    }
    Ok(said.to_owned())
}
