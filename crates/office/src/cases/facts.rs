//! What all records of a case say together of the same thing.

use kontor_model::Value;

use super::{CaseType, Member};
use crate::catalog::Format;
use crate::manifest::Label;

/// A fact about a thing, as its records say it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its name in manifests.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// Who says what: at least one.
    pub said: Vec<Said>,
}

/// What one record says of a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Index of the member.
    pub member: usize,
    /// Index of the field in its resource.
    pub field: usize,
    /// The value.
    pub value: Value,
}

impl Fact {
    /// Whether two records say different things.
    #[must_use]
    pub fn is_disputed(&self, members: &[Member]) -> bool {
        let mut texts = self.said.iter().map(|said| {
            let member = &members[said.member];
            let format = &member.shown.face().fields[said.field].format;
            meaning(&said.value, format)
        });
        let Some(first) = texts.next() else { return false };
        texts.any(|text| text != first)
    }
}

/// A value in the form in which those that mean the same are the same.
fn meaning(value: &Value, format: &Format) -> String {
    let text = value.to_text().unwrap_or_default();
    match format {
        Format::Phone => last_digits(&text),
        _ => text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
    }
}

/// The end of a telephone number, without what stands before it at home or abroad.
fn last_digits(text: &str) -> String {
    const OWN: usize = 8;
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(OWN)..].iter().collect()
}

/// The facts of a case: those that the file of its type names stand first, in its order; the rest
/// follows as the records name them. What nobody says is left out.
pub(super) fn facts(of: &CaseType, members: &[Member]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let face = member.shown.face();
        for (field, value) in &member.shown.fields {
            let own = &face.fields[*field];
            let Some(name) = own.fact.as_ref().filter(|_| says(value)) else { continue };
            let said = Said { member: at, field: *field, value: value.clone() };
            match facts.iter_mut().find(|fact| fact.name == *name) {
                Some(fact) => fact.said.push(said),
                None => facts.push(Fact {
                    name: name.clone(),
                    title: own.title.clone(),
                    said: vec![said],
                }),
            }
        }
    }
    let wanted = &of.said.facts;
    if !wanted.is_empty() {
        let rank = |fact: &Fact| wanted.iter().position(|name| *name == fact.name);
        facts.sort_by_key(|fact| rank(fact).unwrap_or(usize::MAX));
    }
    facts
}

fn says(value: &Value) -> bool {
    value.to_text().is_some_and(|text| !text.trim().is_empty())
}
