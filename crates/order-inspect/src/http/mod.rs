//! The service's face: routes, who may do what, how answers and problems look.

mod caller;
mod customer_email;
mod document;
mod etag;
mod json;
mod limits;
mod metrics;
mod page;
mod problem;
mod reply;
mod router;
mod write;

pub use caller::{Caller, Keys, Permit, Scope, Visitor, allowed, hash as key_hash};
pub use customer_email::CustomerEmail;
pub use document::document;
pub use etag::{Etag, Expected, IfMatch};
pub(crate) use json::refuse_nul;
pub use json::{Json, NoBody, Params, PathParams};
pub use limits::Limits;
pub use metrics::Metrics;
pub(crate) use page::next;
pub use page::{Cursor, PageOf, Paging};
pub use problem::Problem;
pub use reply::{Answer, Reply};
pub use router::router;
pub use write::{Once, Write};
pub(crate) use write::{REMEMBERED, idempotency_key, remembered, replayed};
