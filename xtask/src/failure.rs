//! What a task says when it cannot go on.

use std::fmt;

/// One message for the person at the terminal: what, where, what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What a task returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
