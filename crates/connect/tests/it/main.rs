//! What every way to a database must hold, run over real servers of each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bed;
mod budget;
mod closing;
mod contract;
mod counts;
mod declared;
mod exact;
mod filters;
mod graphql;
mod mysql;
mod network;
mod openapi;
mod openapi_budget;
mod paging;
mod postgres;
mod postgres_types;
mod reading;
mod real;
mod service;
mod sqlite;
mod writing;
