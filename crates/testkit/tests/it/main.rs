//! Everything here runs against servers that it starts itself.

mod servers;
