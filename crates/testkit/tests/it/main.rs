//! Everything here runs against servers that it starts itself.

mod proxy;
mod servers;
mod shared_databases;
