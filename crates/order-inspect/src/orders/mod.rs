//! Order: from "add to basket" to "money back".
//!
//! An order is a set of facts (`facts`): lines with frozen prices, movements of money and of goods. Its four
//! statuses are worked out from them (`standing`), and so is what can be done with it (`actions`). Every change
//! locks the order, checks that it is allowed, adds facts, notes itself on the timeline and ends in `settle`.

pub mod actions;
pub mod documents;
pub mod facts;
pub(crate) mod mails;
mod numbers;
pub(crate) mod operations;
pub mod place;
mod read;
pub(crate) mod release;
mod retry;
pub(crate) mod settle;
pub mod standing;
pub mod view;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(place::routes())
        .merge(read::routes())
        .merge(retry::routes())
        .merge(mails::routes())
        .merge(documents::routes())
}
