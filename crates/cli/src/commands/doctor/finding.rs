//! What the doctor found, and how it is written down.

use std::io::{self, Write};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// Something will be slow, surprising or refused.
    Warning,
    /// Something does not work.
    Broken,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Broken => "BROKEN",
        }
    }
}

/// One thing that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// What is so, and what follows from it.
    pub(super) text: String,
    /// What to do; empty where nothing is to be done.
    pub(super) advice: String,
}

/// All that was found about one backend.
pub(super) struct Diagnosis {
    pub(super) head: String,
    pub(super) findings: Vec<Finding>,
}

impl Diagnosis {
    pub(super) fn new(head: String) -> Self {
        Self { head, findings: Vec::new() }
    }

    pub(super) fn good(&mut self, text: impl Into<String>) {
        self.push(Level::Good, text, "");
    }

    pub(super) fn note(&mut self, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Note, text, advice);
    }

    pub(super) fn warning(&mut self, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Warning, text, advice);
    }

    pub(super) fn broken(&mut self, text: impl Into<String>, advice: impl Into<String>) {
        self.push(Level::Broken, text, advice);
    }

    fn push(&mut self, level: Level, text: impl Into<String>, advice: impl Into<String>) {
        self.findings.push(Finding { level, text: text.into(), advice: advice.into() });
    }

    pub(super) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// Writes the findings in the order in which they were made, and an empty line.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.head)?;
        for Finding { level, text, advice } in &self.findings {
            writeln!(out, "  {:<8} {text}", level.word())?;
            if !advice.is_empty() {
                writeln!(out, "           → {advice}")?;
            }
        }
        writeln!(out)
    }
}

/// Names in a sentence; of many, the first few and how many more.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let names: Vec<String> = (1..=10).map(|number| format!("t{number}")).collect();
        assert_eq!(listed(&names[..2]), "t1, t2");
        assert_eq!(listed(&names), "t1, t2, t3, t4, t5, t6, t7, t8 and 2 more");
    }
}
