//! What services have in common, in whatever manner they are described and asked.

pub(crate) mod answers;
pub(crate) mod asking;
pub(crate) mod names;
mod options;
pub(crate) mod position;
pub(crate) mod reading;
pub(crate) mod writing;

pub use options::{PagingOptions, ResourceOptions, ServiceOptions};

/// The longest description of a service, in bytes.
pub(crate) const LONGEST_DESCRIPTION: usize = 32 * 1024 * 1024;
