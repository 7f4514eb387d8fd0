//! People: how they come in, what they may do, how they like it.

mod accounts;
mod name;
mod operating;
mod password;
mod sign_in;
pub(crate) use sign_in::RecentActors;
mod supervising;
mod throttling;
mod tokens;

pub use accounts::{Account, NewPerson, Preferences};
pub(crate) use name::named;
pub use name::{LONGEST_NAME, NameProblem};
pub use operating::Operator;
pub use sign_in::SignedIn;
pub use tokens::{NewToken, TokenMade};

/// What can be wrong with a sign-in or with a person's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// E-mail and password do not belong together, or the account is disabled; which of these is
    /// not told.
    #[error("e-mail and password do not match")]
    WrongPassword,
    /// Too many attempts.
    #[error("too many attempts; try again in {seconds} s")]
    Throttled {
        /// Seconds to wait.
        seconds: u64,
    },
    /// The one-time link was used, is too old or never was.
    #[error("the link is not valid any more")]
    LinkSpent,
    /// The password is too short.
    #[error("a password needs at least {least} characters")]
    PasswordShort {
        /// Least number of characters.
        least: usize,
    },
    /// The password is one of those that everybody tries first, or the person's own name.
    #[error("this password is too easy to guess")]
    PasswordCommon,
    /// Not an e-mail address.
    #[error("“{0}” is no e-mail address")]
    Email(String),
    /// Somebody else has this e-mail address.
    #[error("somebody with this e-mail address is there already")]
    EmailTaken,
    /// A name is missing, or none that can be had.
    #[error(transparent)]
    Name(#[from] NameProblem),
    /// No such time zone.
    #[error("“{0}” is no time zone")]
    TimeZone(String),
    /// The person may not sign in at all, so that a new password would not help.
    #[error("this person is disabled; an administrator can enable them again")]
    Disabled,
    /// The last administrator cannot be removed, disabled or lowered.
    #[error("somebody must administer Kontor")]
    LastAdministrator,
}
