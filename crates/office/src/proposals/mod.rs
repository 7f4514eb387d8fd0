//! Links and habits of foreign schemas, recognised with evidence. Nothing here changes anything:
//! people accept or reject a proposal, and what they accept goes to the manifest.

pub mod faces;
pub mod secrets;
mod words;

#[cfg(test)]
mod sample;
