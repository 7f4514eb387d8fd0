//! How far a resource was read, as it stands beside its documents in the index.

use kontor_model::{Cursor, Value};
use kontor_store::Micros;
use serde::{Deserialize, Serialize};

/// How far a resource was read. Written together with the documents that were read, so that a scan
/// goes on where the last run left it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Number of the scan that is under way or was the last.
    pub(crate) scan: i64,
    /// Whether one is under way.
    pub(crate) is_scanning: bool,
    /// When it began.
    pub(crate) begun: Micros,
    /// Where it goes on; none at the beginning.
    cursor: Option<String>,
    /// Records that it has read so far.
    pub(crate) read: u64,
    /// Microseconds that its pages took.
    pub(crate) took: Micros,
    /// When the last whole scan ended; none before the first.
    pub(crate) whole: Option<Micros>,
    /// What happened in the backend until then is known.
    pub(crate) fresh: Option<Micros>,
    /// The newest mark of a change that was read.
    mark: Option<String>,
}

impl Progress {
    /// What was written; nothing where that cannot be read.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A new scan from the first record on.
    pub(crate) fn begin(&mut self, now: Micros, newest: Option<Value>) {
        self.scan += 1;
        self.is_scanning = true;
        self.begun = now;
        self.cursor = None;
        self.read = 0;
        self.took = 0;
        self.set_mark(newest);
    }

    /// A page of the scan was read.
    pub(crate) fn advance(&mut self, records: usize, took: Micros, next: Option<&Cursor>) {
        self.read += records as u64;
        self.took += took;
        self.cursor = next.map(Cursor::to_text);
    }

    /// The scan has come to its end.
    pub(crate) fn end(&mut self, now: Micros) {
        self.is_scanning = false;
        self.whole = Some(now);
        self.fresh = Some(self.begun);
        self.cursor = None;
    }

    pub(crate) fn cursor(&self, length: usize) -> Option<Cursor> {
        Cursor::from_text(self.cursor.as_deref()?, length)
    }

    pub(crate) fn mark(&self) -> Option<Value> {
        Value::from_tagged(self.mark.as_deref()?)
    }

    pub(crate) fn set_mark(&mut self, mark: Option<Value>) {
        if let Some(mark) = mark.filter(|mark| !mark.is_null()) {
            self.mark = Some(mark.to_tagged());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_reads_back_and_goes_on_where_it_was() {
        let mut progress = Progress::parse(None);
        progress.begin(5, Some(Value::Text("2026-01-02".into())));
        let cursor = Cursor { values: vec![Value::Int(7)], skip: 0 };
        progress.advance(10, 3, Some(&cursor));
        let back = Progress::parse(Some(&progress.to_text()));
        assert_eq!(back, progress);
        assert_eq!(back.cursor(1), Some(cursor));
        assert_eq!(back.cursor(2), None, "a key that has changed begins anew");
        assert_eq!(back.mark(), Some(Value::Text("2026-01-02".into())));
        assert!(back.is_scanning && back.whole.is_none());
    }

    #[test]
    fn the_end_of_a_scan_is_as_fresh_as_its_beginning() {
        let mut progress = Progress::default();
        progress.begin(5, None);
        progress.end(9);
        assert_eq!(
            (progress.whole, progress.fresh, progress.is_scanning),
            (Some(9), Some(5), false)
        );
        assert_eq!(Progress::parse(Some("not JSON")), Progress::default());
    }
}
