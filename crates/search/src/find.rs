//! Reading: the tiers of a question. Each tier is asked only for what the better ones left room
//! for, and takes the records that were indexed last.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _};

use crate::asked::Asked;
use crate::index::{Index, number, range};
use crate::{Hit, IndexError, Question, Rank};

/// Records that one text is asked for over all resources; where there are more, each resource is
/// asked on its own.
const AT_ONCE: usize = 200;
/// Identifiers with the same beginning that are looked at.
const BEGINNINGS: usize = 2_000;
/// Records with a code of a question that is a beginning, which are looked at for its words.
const MOST_CODED: usize = 200;
/// With fewer hits than this, words that somebody may have meant are looked for, too.
const FEW: usize = 5;

impl Index {
    /// The records that a question finds, the best first.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn find(&self, question: &Question<'_>) -> Result<Vec<Hit>, IndexError> {
        let asked = Asked::of(question.words);
        self.read(|connection| {
            let mut finding = Finding::new(connection, question)?;
            finding.identifiers(&asked)?;
            if asked.codes.is_empty() {
                finding.words(&asked)?;
                finding.beginnings(&asked)?;
                if finding.found.len() < FEW && !asked.words.is_empty() {
                    let meant = self.with_vocabulary(connection, |known| meant(known, &asked))?;
                    finding.matching(Table::Words, &meant.unwrap_or_default(), Rank::Meant)?;
                }
            } else {
                finding.coded(&asked)?;
                finding.beginnings(&asked)?;
            }
            finding.hits()
        })
    }
}

/// The question with the words that may be meant in place of those that were written.
fn meant(known: &crate::typo::Vocabulary, asked: &Asked) -> Option<String> {
    let last = asked.words.len() - 1;
    let mut parts = Vec::new();
    for (at, word) in asked.words.iter().enumerate() {
        let mut others: Vec<String> =
            known.meant(word).iter().map(|other| format!("\"{other}\"")).collect();
        if at == last {
            others.push(format!("\"{word}\"*"));
        }
        if others.is_empty() {
            return None;
        }
        parts.push(format!("({})", others.join(" OR ")));
    }
    Some(parts.join(" AND "))
}

#[derive(Clone, Copy)]
enum Table {
    Title,
    Words,
}

impl Table {
    fn all(self) -> &'static str {
        match self {
            Self::Title => {
                "SELECT rowid FROM title WHERE title MATCH ? ORDER BY rowid DESC LIMIT ?"
            }
            Self::Words => {
                "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"
            }
        }
    }

    fn of_place(self) -> &'static str {
        match self {
            Self::Title => {
                "SELECT rowid FROM title WHERE title MATCH ? AND rowid > ? AND rowid <= ? ORDER BY rowid DESC LIMIT ?"
            }
            Self::Words => {
                "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? AND rowid <= ? ORDER BY rowid DESC LIMIT ?"
            }
        }
    }
}

/// A question while it is answered.
struct Finding<'a> {
    connection: &'a Connection,
    question: &'a Question<'a>,
    /// Number and rank of the resources that count.
    places: HashMap<i64, usize>,
    found: Vec<(i64, Rank)>,
    seen: HashSet<i64>,
    /// Hits of each resource so far.
    of_each: HashMap<i64, usize>,
}

impl<'a> Finding<'a> {
    fn new(
        connection: &'a Connection,
        question: &'a Question<'a>,
    ) -> Result<Self, rusqlite::Error> {
        let mut places = HashMap::new();
        for (at, place) in question.places.iter().enumerate() {
            if let Some(number) = number(connection, place)? {
                places.entry(number).or_insert(at);
            }
        }
        Ok(Self {
            connection,
            question,
            places,
            found: Vec::new(),
            seen: HashSet::new(),
            of_each: HashMap::new(),
        })
    }

    fn is_full(&self, place: i64) -> bool {
        self.of_each.get(&place).is_some_and(|hits| *hits >= self.question.most_of_each)
    }

    fn take(&mut self, id: i64, rank: Rank) {
        let place = id >> crate::file::PLACE_BITS;
        if self.places.contains_key(&place) && !self.is_full(place) && self.seen.insert(id) {
            *self.of_each.entry(place).or_default() += 1;
            self.found.push((id, rank));
        }
    }

    fn words(&mut self, asked: &Asked) -> Result<(), rusqlite::Error> {
        self.matching(Table::Title, &asked.whole(), Rank::Title)?;
        self.matching(Table::Title, &asked.begun(), Rank::Beginning)?;
        self.matching(Table::Words, &asked.begun(), Rank::Text)
    }

    fn identifiers(&mut self, asked: &Asked) -> Result<(), rusqlite::Error> {
        for form in &asked.identifiers {
            for id in self.with_identifier(form)? {
                self.take(id, Rank::Identifier);
            }
        }
        Ok(())
    }

    fn with_identifier(&self, form: &str) -> Result<Vec<i64>, rusqlite::Error> {
        let sql = "SELECT doc FROM ids WHERE term = ? ORDER BY doc DESC LIMIT 2000";
        self.connection.prepare_cached(sql)?.query_map([form], |row| row.get(0))?.collect()
    }

    /// Records with an identifier that begins so; what is looked at without use is limited.
    fn beginning(&self, beginning: &str) -> Result<Vec<i64>, rusqlite::Error> {
        let sql = "SELECT doc FROM ids WHERE term > ? AND term < ? ORDER BY term LIMIT ?";
        // The greatest character stands behind all that go on.
        let end = format!("{beginning}\u{10ffff}");
        let most = i64::try_from(BEGINNINGS).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_map((beginning, end, most), |row| row.get(0))?.collect()
    }

    fn beginnings(&mut self, asked: &Asked) -> Result<(), rusqlite::Error> {
        for beginning in &asked.beginnings {
            for id in self.beginning(beginning)? {
                self.take(id, Rank::Beginning);
            }
        }
        Ok(())
    }

    /// Records that have all codes of the question, and its words besides.
    fn coded(&mut self, asked: &Asked) -> Result<(), rusqlite::Error> {
        let mut left: Option<Vec<i64>> = None;
        for code in &asked.codes {
            let mut having = Vec::new();
            for form in code {
                having.extend(self.with_identifier(form)?);
                having.extend(self.beginning(form)?.into_iter().take(MOST_CODED));
            }
            left = Some(match left {
                None => having,
                Some(left) => left.into_iter().filter(|id| having.contains(id)).collect(),
            });
        }
        let begun = asked.begun();
        for id in left.unwrap_or_default() {
            let place = id >> crate::file::PLACE_BITS;
            let counts = self.places.contains_key(&place) && !self.is_full(place);
            if counts && (begun.is_empty() || self.holds(id, &begun)?) {
                self.take(id, Rank::Title);
            }
        }
        Ok(())
    }

    /// Whether a record's words are what the full text is asked for.
    fn holds(&self, id: i64, text: &str) -> Result<bool, rusqlite::Error> {
        let sql = "SELECT 1 FROM words WHERE words MATCH ? AND rowid = ?";
        let found = self.connection.prepare_cached(sql)?.query_row((text, id), |_| Ok(()));
        Ok(found.optional()?.is_some())
    }

    fn matching(&mut self, table: Table, text: &str, rank: Rank) -> Result<(), rusqlite::Error> {
        if text.is_empty() || self.found.len() >= self.question.most {
            return Ok(());
        }
        let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let all: Vec<i64> = self
            .connection
            .prepare_cached(table.all())?
            .query_map((text, most), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let is_complete = all.len() < AT_ONCE;
        for id in all {
            self.take(id, rank);
        }
        if is_complete {
            return Ok(());
        }
        let mut places: Vec<(usize, i64)> =
            self.places.iter().map(|(&place, &at)| (at, place)).collect();
        places.sort_unstable();
        for (_, place) in places {
            if self.found.len() < self.question.most && !self.is_full(place) {
                self.matching_in(place, table, text, rank)?;
            }
        }
        Ok(())
    }

    fn matching_in(
        &mut self,
        place: i64,
        table: Table,
        text: &str,
        rank: Rank,
    ) -> Result<(), rusqlite::Error> {
        let known = self.of_each.get(&place).copied().unwrap_or_default();
        let most = i64::try_from(self.question.most_of_each + known).unwrap_or(i64::MAX);
        let (after, last) = range(place);
        let ids: Vec<i64> = self
            .connection
            .prepare_cached(table.of_place())?
            .query_map((text, after, last, most), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in ids {
            self.take(id, rank);
        }
        Ok(())
    }

    /// What was found, the best first, and among equals by the resource's importance.
    fn hits(mut self) -> Result<Vec<Hit>, rusqlite::Error> {
        let importance = |id: i64| {
            let at = self.places.get(&(id >> crate::file::PLACE_BITS)).copied();
            at.unwrap_or(usize::MAX)
        };
        self.found.sort_by_key(|(id, rank)| (*rank, importance(*id)));
        let mut hits = Vec::new();
        let sql = "SELECT key, title, read_at FROM doc WHERE id = ?";
        let mut statement = self.connection.prepare_cached(sql)?;
        for (id, rank) in self.found.iter().take(self.question.most) {
            let Some(place) = self.question.places.get(importance(*id)) else { continue };
            let hit = statement.query_row([id], |row| {
                Ok(Hit {
                    place: place.clone(),
                    key: row.get(0)?,
                    title: row.get(1)?,
                    read_at: row.get(2)?,
                    rank: *rank,
                })
            });
            // A record may be removed while it is found.
            hits.extend(hit.optional()?);
        }
        Ok(hits)
    }
}
