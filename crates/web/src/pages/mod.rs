//! Pages: pure functions of what they show. Whoever answers a request fills the view model.

pub mod account;
pub mod audit;
pub mod backend;
pub mod bulk;
pub mod bulk_acting;
pub mod bulk_end;
pub mod case;
pub mod change;
pub mod connect;
pub mod failure;
pub mod import;
pub mod linking;
pub mod list;
pub mod mosaic;
pub mod overtaken;
pub mod palette;
pub mod people;
pub mod record;
pub mod sign_in;
pub mod welcome;
