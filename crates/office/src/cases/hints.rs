//! What is odd about a case: the rules of its type, looked at with what was read.

use std::sync::Arc;

use kontor_model::filter::Filter;
use kontor_model::{Count, RecordKey, ResourceName, Value};

use super::{Belonging, Case};
use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::manifest::{CasePlace, Label, Rule, RuleTest};

/// Something odd.
#[derive(Debug, Clone)]
pub struct Hint {
    /// What it is, for people.
    pub text: Label,
    /// Whether somebody should act, and not only know.
    pub is_warning: bool,
    /// The record that it is about; none where it is about several.
    pub about: Option<About>,
    /// The fact about which two records disagree.
    pub fact: Option<String>,
}

/// A record of a case, or of what belongs to it.
#[derive(Debug, Clone)]
pub struct About {
    /// The right to read it.
    pub permit: Permit<Read>,
    /// Its resource.
    pub resource: ResourceName,
    /// Its address.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
}

impl Office {
    /// What the rules of its type say of a case.
    pub(super) fn hints(&self, actor: &Arc<Actor>, case: &Case) -> Vec<Hint> {
        let mut hints: Vec<Hint> = Vec::new();
        for rule in &case.of.said.rules {
            match &rule.test {
                RuleTest::Disagree(name) => {
                    let fact = case.facts.iter().find(|fact| fact.name == *name);
                    if fact.is_some_and(|fact| fact.is_disputed(&case.members)) {
                        hints.push(Hint::of(rule, None, Some(name.clone())));
                    }
                }
                RuleTest::Record { of, when, without } => {
                    let is_without =
                        without.as_ref().is_none_or(|place| self.has_none(actor, case, place));
                    if is_without {
                        let found = self.found_by(actor, case, of, when).into_iter();
                        hints.extend(found.map(|about| Hint::of(rule, Some(about), None)));
                    }
                }
            }
        }
        hints.sort_by_key(|hint| !hint.is_warning);
        hints
    }

    /// Whether nothing of a resource is in a case; what could not be read may be there.
    fn has_none(&self, actor: &Arc<Actor>, case: &Case, place: &CasePlace) -> bool {
        let permit: Result<Permit<Read>, _> = self.permit(actor, &place.backend);
        let Ok(permit) = permit else { return false };
        let is_away = permit.backend.catalog().is_err()
            || case.missing.iter().any(|gap| gap.name.as_ref() == Some(&place.backend));
        let is_member = case.members.iter().any(|member| member.place() == *place);
        if is_away || is_member {
            return false;
        }
        let read: Vec<&Belonging> =
            case.belongings.iter().filter(|belonging| belonging.place() == *place).collect();
        let is_head = self.case_at(&permit, place).as_ref() == Some(&case.of.name);
        let is_empty = |belonging: &&Belonging| {
            belonging.found.as_ref().is_ok_and(|related| related.count == Count::Exact(0))
        };
        (is_head || !read.is_empty()) && read.iter().all(is_empty)
    }

    /// The records of a resource in a case that are as a filter says.
    fn found_by(&self, actor: &Actor, case: &Case, of: &CasePlace, when: &Filter) -> Vec<About> {
        let mut found = Vec::new();
        for member in case.members.iter().filter(|member| member.place() == *of) {
            let shown = &member.shown;
            let value = |field: usize| shown.value(field).cloned();
            let at = (&*shown.catalog, shown.face());
            if self.is_so(actor, at, when, &value).unwrap_or(false) {
                found.push(About {
                    permit: member.permit.clone(),
                    resource: member.resource().clone(),
                    key: member.key().clone(),
                    title: shown.title.clone(),
                });
            }
        }
        for belonging in case.belongings.iter().filter(|it| it.place() == *of) {
            found.extend(belonging.each().filter_map(|(about, value)| {
                let related = belonging.found.as_ref().ok()?;
                let at = (&*related.catalog, related.face());
                self.is_so(actor, at, when, &value).unwrap_or(false).then_some(about)
            }));
        }
        found
    }
}

impl Belonging {
    /// Its records that were read, each with a way to its values.
    pub(super) fn each(
        &self,
    ) -> impl Iterator<Item = (About, impl Fn(usize) -> Option<Value> + '_)> {
        let related = self.found.as_ref().ok();
        related.into_iter().flat_map(move |related| {
            related.records.iter().map(move |record| {
                let title = crate::records::title_of(
                    related.face(),
                    &related.columns.iter().chain(&related.more).copied().collect::<Vec<_>>(),
                    &record.values,
                );
                let about = About {
                    permit: self.permit.clone(),
                    resource: self.resource.clone(),
                    key: record.key.clone(),
                    title: title.unwrap_or_else(|| record.key.to_text()),
                };
                (about, move |field: usize| related.value(record, field).cloned())
            })
        })
    }
}

impl Hint {
    fn of(rule: &Rule, about: Option<About>, fact: Option<String>) -> Self {
        Self { text: rule.text.clone(), is_warning: rule.is_warning, about, fact }
    }
}
