//! Customers: people whom a shop knows by name, and what is left of them when they no longer want to be known.

mod customer;
mod erase;
mod handlers;
mod input;

pub(crate) use customer::Customer;
pub use customer::CustomerView;
pub(crate) use erase::is_erased;
pub(crate) use handlers::routes;
pub use input::{ChangeCustomer, NewCustomer};
