//! Baskets: what somebody is about to order.
//!
//! A basket holds wishes only: variants and quantities, services, codes, addresses. Prices, promotions and
//! availability are looked up whenever it is read, by the code that places orders, so that it shows what the order
//! will cost. Nothing in it reserves stock. Who holds its token may use it; the database knows only a hash of it. A
//! draft is a basket that staff fill for somebody on the phone; it has a number instead of a token.
//!
//! Changes that somebody decides on by what they see (a quantity, an address, the order itself) need the basket's ETag
//! as If-Match: of two tabs, the one that shows an old state is refused. Adding a line or a code is right whatever the
//! basket holds, and needs none.

mod basket;
mod change;
mod checkout;
mod choices;
mod coupons;
mod drafts;
mod expire;
mod explain;
mod input;
mod lines;
mod merge;
mod missing;
mod order;
mod save;
mod services;
mod show;
mod view;

pub use expire::expire;
pub use input::{
    AddCoupon, AddLine, AssignCustomer, ChangeBasket, ChangeLine, NewBasket, OrderBasket,
};
use utoipa_axum::router::OpenApiRouter;
pub use view::BasketView;

use crate::app::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(checkout::routes())
        .merge(lines::routes())
        .merge(coupons::routes())
        .merge(merge::routes())
        .merge(order::routes())
        .merge(drafts::routes())
        .merge(choices::routes())
}
