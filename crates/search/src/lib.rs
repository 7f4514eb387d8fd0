//! The search index: documents in, hits out. It is Kontor's own and holds nothing that the backends
//! do not hold; whoever loses it builds it again.
//!
//! It knows no rights and asks no backend: who asks says which resources count, and has to read a
//! record again before showing it.
//!
//! It is one file of SQLite: identifiers in a table in order, words in two full-text indexes of
//! FTS5. ARCHITECTURE.md says what was measured against it. All methods block: a question for some
//! milliseconds, a batch of documents for some tens of them.
//!
//! | module | holds |
//! |---|---|
//! | `words` | how a text becomes words: umlauts, accents, stems |
//! | `identifier` | how an identifier becomes the forms under which any spelling finds it |
//! | `typo` | the words known, and which of them somebody meant |
//! | `entry` | what stands in the index for a document |
//! | `asked` | how what somebody typed is understood |
//! | `index` | writing: documents, deletions, how far a resource was read |
//! | `find` | reading: the tiers of a question |

mod asked;
mod entry;
mod error;
mod file;
mod find;
mod identifier;
mod index;
mod typo;
mod words;

use kontor_model::{BackendName, ResourceName};

pub use error::IndexError;
pub use index::{Index, PlaceState};

/// A resource of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The backend.
    pub backend: BackendName,
    /// The resource.
    pub resource: ResourceName,
}

/// What the index is told of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// The text of its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Further titles, in other languages.
    pub other_titles: Vec<String>,
    /// Texts by which it is found, after titles.
    pub texts: Vec<String>,
    /// What it is known by: numbers, addresses, codes.
    pub identifiers: Vec<String>,
}

/// What is asked of the index.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// What somebody typed or pasted.
    pub words: &'a str,
    /// The resources that count, the most important first. Others are not looked into.
    pub places: &'a [Place],
    /// The most hits of one resource.
    pub most_of_each: usize,
    /// The most hits in all.
    pub most: usize,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where it is.
    pub place: Place,
    /// The text of its key.
    pub key: String,
    /// Its title when it was read.
    pub title: String,
    /// When it was read, in microseconds since 1970.
    pub read_at: i64,
    /// How it was found.
    pub rank: Rank,
}

/// How a record was found, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// One of its identifiers is what was asked for, in some spelling.
    Identifier,
    /// The words stand in its title.
    Title,
    /// Words in its title, or one of its identifiers, begin so.
    Beginning,
    /// The words stand in its texts.
    Text,
    /// It holds words that somebody may have meant.
    Meant,
}
