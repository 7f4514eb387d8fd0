//! Order & Inspect: the core of a shop as a service of its own.

pub mod language;
pub mod moment;
pub mod money;
pub mod percent;
pub mod pricing;
pub mod promotions;
pub mod quote;
pub mod tax;
