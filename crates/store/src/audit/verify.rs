//! Checking the whole chain.

use std::fmt;

use super::entry::GENESIS;
use super::{Audit, Entry, head};
use crate::Result;

/// Entries read at a time.
const CHUNK: u32 = 1000;
/// Findings kept; more are only counted.
const KEPT: usize = 1000;
/// How far away an entry's former place is looked for.
const NEIGHBOURS: i64 = 1000;

/// What [`Audit::verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Entries that were read.
    pub entries: u64,
    /// What is wrong, in order; the first thousand.
    pub findings: Vec<Finding>,
    /// How many things are wrong.
    pub count: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.count == 0
    }

    /// The first thing that is wrong.
    #[must_use]
    pub fn first(&self) -> Option<&Finding> {
        self.findings.first()
    }

    fn note(&mut self, seq: i64, problem: Problem) {
        self.count += 1;
        if self.findings.len() < KEPT {
            self.findings.push(Finding { seq, problem });
        }
    }
}

/// Something wrong at a place of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Number of the entry concerned; for the head the last number it names.
    pub seq: i64,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The entry does not say what it said when it was written.
    Tampered,
    /// The entry cannot even be read.
    Unreadable(String),
    /// The entry was written under another number.
    Reordered {
        /// Its number then.
        was: i64,
    },
    /// Entries are missing from this number to `until`, both included.
    Missing {
        /// The last missing number.
        until: i64,
    },
    /// The entry does not follow the one that stands before it.
    BrokenChain,
    /// The head names more entries than there are: the tail from this number on was cut off.
    Truncated {
        /// The last number the head names.
        until: i64,
    },
    /// This and later entries stand behind the end of the chain.
    BeyondHead,
    /// The last entry's hash is not the one that the head names.
    HeadMismatch,
    /// The head's seal was not made with this store's key.
    WrongSeal,
    /// The head is gone.
    NoHead,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match &self.problem {
            Problem::Tampered => write!(f, "entry {seq} was altered"),
            Problem::Unreadable(why) => write!(f, "entry {seq} cannot be read: {why}"),
            Problem::Reordered { was } => write!(f, "entry {seq} was entry {was}: moved"),
            Problem::Missing { until } if *until == seq => write!(f, "entry {seq} is missing"),
            Problem::Missing { until } => write!(f, "entries {seq} to {until} are missing"),
            Problem::BrokenChain => write!(f, "entry {seq} does not follow the one before it"),
            Problem::Truncated { until } => {
                write!(f, "entries {seq} to {until} were cut off the end")
            }
            Problem::BeyondHead => {
                write!(f, "entry {seq} and later ones stand behind the sealed end")
            }
            Problem::HeadMismatch => {
                write!(f, "the sealed end at {seq} is not the hash of entry {seq}")
            }
            Problem::WrongSeal => {
                write!(f, "the seal of the end at {seq} was not made with this key")
            }
            Problem::NoHead => write!(f, "the sealed end is gone; the last entry is {seq}"),
        }
    }
}

/// The place up to which the chain was checked.
struct Place {
    seq: i64,
    /// Hash of the entry there; none where it cannot be known.
    hash: Option<String>,
}

impl Audit {
    /// Reads all entries in order, a thousand at a time, and tells everything that is wrong.
    /// Appending may go on meanwhile.
    ///
    /// # Errors
    /// [`crate::StoreError::Database`] where reading fails; what is wrong with the audit is not
    /// an error but a finding.
    pub async fn verify(&self) -> Result<Verification> {
        let mut found = Verification::default();
        let mut place = Place { seq: 0, hash: Some(GENESIS.to_owned()) };
        loop {
            let rows = self.after(place.seq, CHUNK).await?;
            for row in &rows {
                found.entries += 1;
                let seq = row.int("seq")?;
                step(&mut found, &mut place, seq, Entry::from_row(row));
            }
            if rows.is_empty() && self.check_end(&mut found, &place).await? {
                return Ok(found);
            }
        }
    }

    /// Compares the end of the chain with the head; false where entries were appended meanwhile.
    async fn check_end(&self, found: &mut Verification, end: &Place) -> Result<bool> {
        let Some(head) = head::current(&self.engine).await? else {
            found.note(end.seq, Problem::NoHead);
            return Ok(true);
        };
        if head.seq > end.seq && !self.after(end.seq, 1).await?.is_empty() {
            return Ok(false);
        }
        if head.seq > end.seq {
            found.note(end.seq + 1, Problem::Truncated { until: head.seq });
        } else if head.seq < end.seq {
            found.note(head.seq + 1, Problem::BeyondHead);
        } else if end.hash.as_ref().is_some_and(|hash| *hash != head.hash) {
            found.note(head.seq, Problem::HeadMismatch);
        }
        if !head.is_genuine(&self.key) {
            found.note(head.seq, Problem::WrongSeal);
        }
        Ok(true)
    }
}

/// Checks one entry against the place before it, and moves the place there.
fn step(found: &mut Verification, place: &mut Place, seq: i64, entry: Result<Entry>) {
    if seq != place.seq + 1 {
        found.note(place.seq + 1, Problem::Missing { until: seq - 1 });
        place.hash = None;
    }
    match entry {
        Err(error) => {
            found.note(seq, Problem::Unreadable(error.to_string()));
            *place = Place { seq, hash: None };
        }
        Ok(entry) => {
            if let Some(problem) = altered(&entry) {
                found.note(seq, problem);
            } else if place.hash.as_ref().is_some_and(|hash| *hash != entry.prev_hash) {
                found.note(seq, Problem::BrokenChain);
            }
            *place = Place { seq, hash: Some(entry.hash) };
        }
    }
}

fn altered(entry: &Entry) -> Option<Problem> {
    if entry.expected_hash(entry.seq) == entry.hash {
        return None;
    }
    let nearby = (entry.seq - NEIGHBOURS).max(1)..=entry.seq + NEIGHBOURS;
    let was = nearby.into_iter().find(|seq| entry.expected_hash(*seq) == entry.hash);
    Some(was.map_or(Problem::Tampered, |was| Problem::Reordered { was }))
}
