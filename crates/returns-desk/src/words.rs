//! The words of the desk, as the database and the schema write them.

use async_graphql::Enum;

/// An enumeration whose words stand in the database as they stand in the schema.
macro_rules! words {
    ($(#[$of:meta])* $name:ident { $($(#[$doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$of])*
        #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$doc])* $word,)+ }

        impl $name {
            /// The word as the database has it.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }

            pub(crate) fn of(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$word),)+ _ => None }
            }
        }
    };
}

words! {
    /// How far a return has come.
    ReturnState {
        /// The customer has announced it.
        Announced = "ANNOUNCED",
        /// It lies at the desk.
        Received = "RECEIVED",
        /// Somebody has looked at it.
        Inspected = "INSPECTED",
        /// It can be sold again.
        Restocked = "RESTOCKED",
        /// It cannot.
        WrittenOff = "WRITTEN_OFF",
    }
}

words! {
    /// Why it was sent back, in the customer's opinion.
    ReturnReason {
        /// Too large, too small.
        DoesNotFit = "DOES_NOT_FIT",
        /// Not as imagined.
        DoesNotPlease = "DOES_NOT_PLEASE",
        /// Broken or scratched.
        Damaged = "DAMAGED",
        /// Something else was ordered.
        WrongArticle = "WRONG_ARTICLE",
        /// It came too late.
        Late = "LATE",
        /// Another reason.
        Other = "OTHER",
    }
}

words! {
    /// What it looks like at the desk.
    Condition {
        /// Nobody will see that it was away.
        AsNew = "AS_NEW",
        /// Whole, but the packaging is open.
        Opened = "OPENED",
        /// Worn, washed or mounted.
        Used = "USED",
        /// Parts are missing.
        Incomplete = "INCOMPLETE",
        /// Broken.
        Damaged = "DAMAGED",
    }
}

words! {
    /// What becomes of it.
    Decision {
        /// It goes back to the shelf.
        Restock = "RESTOCK",
        /// It is given up.
        WriteOff = "WRITE_OFF",
    }
}

/// What can be done with a return now.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnAction {
    /// It has come in.
    Receive,
    /// Note what it looks like.
    Inspect,
    /// Back to the shelf.
    Restock,
    /// Give it up.
    WriteOff,
    /// Write something down.
    Comment,
}

impl Condition {
    /// Whether it can be sold again.
    pub(crate) fn is_sellable(self) -> bool {
        matches!(self, Self::AsNew | Self::Opened)
    }
}

impl ReturnState {
    /// Whether it was decided what becomes of it.
    pub(crate) fn is_decided(self) -> bool {
        matches!(self, Self::Restocked | Self::WrittenOff)
    }

    /// As a sentence speaks of it.
    pub(crate) fn spoken(self) -> &'static str {
        match self {
            Self::Announced => "announced and not here yet",
            Self::Received => "received",
            Self::Inspected => "inspected",
            Self::Restocked => "back on the shelf",
            Self::WrittenOff => "written off",
        }
    }
}
