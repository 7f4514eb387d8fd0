//! The program `order-inspect`.
fn main() {}
