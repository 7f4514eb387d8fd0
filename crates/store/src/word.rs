//! Closed lists of words, kept as text.

/// A value that is stored as one of a few words.
pub trait Word: Sized {
    /// The value for a word, none for an unknown one.
    fn from_word(word: &str) -> Option<Self>;
    /// The word that is stored.
    fn as_word(&self) -> &'static str;
}

/// Declares an enum whose variants are stored as words.
macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $crate::Word for $name {
            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
            fn as_word(&self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl From<$name> for $crate::Param {
            fn from(value: $name) -> Self {
                Self::from($crate::Word::as_word(&value))
            }
        }
    };
}
pub(crate) use words;
