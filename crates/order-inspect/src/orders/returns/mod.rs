//! Goods that come back: returns, exchanges and claims.

mod announce;
mod receive;
mod replacement;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub use self::{
    announce::{NewReturn, NewReturnLine},
    receive::{CallOff, Receipt, ReceivedLine},
    replacement::{NewReplacement, ReplacementLine},
};
use super::facts::{Facts, Return};
use crate::{app::App, error::Refusal, refuse};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(announce::routes())
        .merge(receive::routes())
        .merge(replacement::routes())
}

/// What kind of return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnKind {
    /// Goods for money.
    Return,
    /// Goods for other goods.
    Exchange,
    /// Something was wrong with the goods: they are replaced or paid back.
    Claim,
}

impl ReturnKind {
    /// The word that is stored.
    fn word(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::Exchange => "exchange",
            Self::Claim => "claim",
        }
    }
}

/// The return of this number.
fn find<'a>(facts: &'a Facts, number: &str) -> crate::Result<&'a Return> {
    match facts.returns.iter().find(|it| it.number == number) {
        Some(found) => Ok(found),
        None => refuse!(Refusal::not_found("return", number)),
    }
}
