//! What the office promises to the crates around it.

mod manifest;
