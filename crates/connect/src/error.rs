//! What can go wrong on the way to a backend. What people see and what the log gets are apart.

/// A request to a backend failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Failure {
    /// What happened, for deciding what to do and for what people see.
    pub kind: FailureKind,
    /// The backend's or driver's own words, for the log and for administrators.
    pub detail: String,
}

/// The kinds of failures that are dealt with differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The backend could not be reached, or the connection broke.
    Unreachable,
    /// It refused the sign-in.
    SignIn,
    /// The statement ran longer than the budget permits.
    Timeout,
    /// All connections of the budget were in use for too long.
    Busy,
    /// The statement was cancelled.
    Cancelled,
    /// The account lacks a right.
    Privilege,
    /// The schema is not what it was when it was read.
    SchemaChanged,
    /// A value or an expression was refused.
    Invalid,
    /// The answer is longer than the budget permits.
    TooLarge,
    /// The answer is not what the backend's own description promises.
    Garbled,
    /// A fault of ours or something unforeseen.
    Other,
}

impl std::fmt::Display for FailureKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "the backend cannot be reached",
            Self::SignIn => "the backend refused the sign-in",
            Self::Timeout => "the backend took longer than its budget permits",
            Self::Busy => "all permitted connections to the backend are in use",
            Self::Cancelled => "the statement was cancelled",
            Self::Privilege => "the account of the connection lacks a right",
            Self::SchemaChanged => "the schema has changed",
            Self::Invalid => "the backend refused a value",
            Self::TooLarge => "the backend's answer is longer than its budget permits",
            Self::Garbled => "the backend's answer is not what its description promises",
            Self::Other => "the backend answered with an error",
        })
    }
}

impl Failure {
    /// A failure with the log's words.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Whether the connection it came over must not be used again: it is broken, or it remembers
    /// plans for a schema that is no more.
    pub(crate) fn breaks_connection(&self) -> bool {
        matches!(self.kind, FailureKind::Unreachable | FailureKind::SchemaChanged)
    }
}

/// A change could not be written as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteFailure {
    /// Nothing was written.
    #[error("nothing was written: {0}")]
    NotWritten(Failure),
    /// The connection broke while the backend was writing: it may have written or not.
    #[error("it is not known whether it was written: {0}")]
    Unknown(Failure),
}

/// Failures that are the same for all drivers; `None` when the server itself answered.
pub(crate) fn transport_failure(error: &sqlx::Error) -> Option<Failure> {
    let kind = match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => FailureKind::Unreachable,
        sqlx::Error::Database(_) => return None,
        _ => FailureKind::Other,
    };
    Some(Failure::new(kind, error.to_string()))
}
