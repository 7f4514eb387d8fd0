//! Who does something, and when.

use crate::{db::Db, moment::Moment};

/// What work needs to know beside its input: the time, who acts, and where numbers come from.
#[derive(Clone)]
pub struct Act {
    /// When it is done.
    pub now: Moment,
    /// By whom: the name of an API key, possibly with the person that it speaks for.
    pub actor: String,
    db: Db,
}

impl Act {
    /// Somebody acting at a time.
    pub fn new(db: &Db, now: Moment, actor: impl Into<String>) -> Self {
        Self { now, actor: actor.into(), db: db.clone() }
    }

    /// A number for a new record.
    pub fn new_id(&self) -> i64 {
        self.db.new_id()
    }
}
