//! What was tried, what was acknowledged, what the audit says and what the backend holds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use kontor_store::Store;
use kontor_store::audit::{Entry, Filter};

/// What the audit says of one edit.
#[derive(Debug, Default)]
struct Recorded {
    value: Option<i64>,
    state: Option<String>,
    settled: bool,
}

/// The books of the test.
#[derive(Default)]
pub(super) struct Ledger {
    attempted: BTreeSet<i64>,
    acknowledged: BTreeSet<i64>,
    recorded: BTreeMap<String, Recorded>,
    /// Number of the last entry that was read.
    seq: i64,
    kills: usize,
}

impl Ledger {
    pub(super) fn attempted(&mut self, values: Vec<i64>) {
        self.attempted.extend(values);
    }

    pub(super) fn acknowledged(&mut self, value: i64) {
        self.acknowledged.insert(value);
    }

    /// Reads the entries that came since.
    pub(super) async fn read_on(&mut self, store: &Store) {
        let mut before = None;
        let mut fresh = Vec::new();
        loop {
            let page = store.audit().entries(&Filter::default(), before, 500).await.unwrap();
            let last = page.last().map(|entry| entry.seq);
            fresh.extend(page.into_iter().filter(|entry| entry.seq > self.seq));
            match last {
                Some(last) if last > self.seq + 1 => before = Some(last),
                _ => break,
            }
        }
        self.seq = fresh.iter().map(|entry| entry.seq).fold(self.seq, i64::max);
        // Oldest first, so that the last outcome of an operation counts.
        for entry in fresh.iter().rev() {
            self.read(entry);
        }
    }

    fn read(&mut self, entry: &Entry) {
        let content = &entry.content;
        let body: serde_json::Value = content.body.read().unwrap();
        let recorded = self.recorded.entry(content.operation.clone()).or_default();
        match content.kind.as_str() {
            "change.intent" => {
                let tagged = body["after"][0][1].as_str().unwrap();
                recorded.value = Some(tagged.strip_prefix('i').unwrap().parse().unwrap());
            }
            "change.outcome" => {
                recorded.state = Some(body["state"].as_str().unwrap().to_owned());
                recorded.settled = body["settled"].as_bool().unwrap_or_default();
            }
            _ => drop(self.recorded.remove(&content.operation)),
        }
    }

    /// Recorded as applied is what the backend holds, and nothing else.
    pub(super) fn compare(&mut self, written: Vec<i64>) {
        self.kills += 1;
        let count = written.len();
        let written: BTreeSet<i64> = written.into_iter().collect();
        assert_eq!(written.len(), count, "an edit was applied twice");
        let mut applied = BTreeSet::new();
        for (operation, recorded) in &self.recorded {
            let value = recorded.value.expect("an outcome has an intent");
            assert!(self.attempted.contains(&value), "{value} was never asked for");
            match recorded.state.as_deref() {
                Some("applied") => assert!(applied.insert(value), "{value} is recorded twice"),
                Some("not_applied") => {}
                other => panic!("{operation} of {value} is {other:?}; kill {}", self.kills),
            }
        }
        assert_eq!(applied, written, "kill {}: left the audit, right the backend", self.kills);
        let lost: Vec<_> = self.acknowledged.difference(&written).collect();
        assert!(lost.is_empty(), "kill {}: acknowledged and lost: {lost:?}", self.kills);
    }

    /// Tells what happened; kills that cut nothing off would have proved nothing.
    pub(super) fn conclude(&self) {
        let settled = self.recorded.values().filter(|recorded| recorded.settled);
        let (applied, not_applied): (Vec<_>, Vec<_>) =
            settled.partition(|recorded| recorded.state.as_deref() == Some("applied"));
        let line = format!(
            "{} kills: {} edits tried, {} acknowledged, {} recorded; cut off and settled: {} applied, {} not\n",
            self.kills,
            self.attempted.len(),
            self.acknowledged.len(),
            self.recorded.len(),
            applied.len(),
            not_applied.len(),
        );
        // Written past the test harness, which would swallow the line of a test that passes.
        drop(std::io::stderr().write_all(line.as_bytes()));
        assert!(!applied.is_empty(), "no kill cut off an edit that was applied");
        assert!(!not_applied.is_empty(), "no kill cut off an edit before it was applied");
    }
}
