//! What reading samples costs, and where it ends.

use std::collections::HashSet;
use std::sync::Mutex;

use kontor_connect::{Failure, FailureKind};
use kontor_model::{Resource, ResourceName, Value};
use serde::Serialize;

use super::sampler::{Sample, Sampler};

/// Greatest number of statements for one backend, however large its schema is.
pub const STATEMENTS: u32 = 2_000;

/// After so many statements that the backend could not answer in time, it is left alone.
pub const LATE_ANSWERS: u32 = 5;

/// What was read of a backend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Statements sent.
    pub statements: u32,
    /// Records read in samples; values looked up are not counted.
    pub records: u64,
    /// Statements that the backend did not answer in time, or not at all.
    pub late_answers: u32,
    /// Whether [`STATEMENTS`] or [`LATE_ANSWERS`] was reached, so that the rest was judged by
    /// names alone.
    pub is_exhausted: bool,
    /// Resources that could not be read, and why.
    pub unread: Vec<(ResourceName, String)>,
}

/// A sampler with its cost.
pub(super) struct Meter<'a> {
    sampler: &'a dyn Sampler,
    cost: Mutex<Cost>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(sampler: &'a dyn Sampler) -> Self {
        Self { sampler, cost: Mutex::new(Cost::default()) }
    }

    pub(super) fn into_cost(self) -> Cost {
        self.cost.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Cost) -> T) -> T {
        change(&mut self.cost.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Whether `wanted` more statements may be sent.
    fn may(&self, wanted: u32) -> bool {
        self.with(|cost| {
            cost.is_exhausted |= cost.statements + wanted > STATEMENTS;
            !cost.is_exhausted
        })
    }

    pub(super) async fn sample(&self, resource: &Resource) -> Option<Sample> {
        if !self.may(2) {
            return None;
        }
        match self.sampler.sample(resource).await {
            Ok(sample) => {
                self.with(|cost| {
                    cost.statements += sample.statements;
                    cost.records += sample.records();
                });
                Some(sample)
            }
            Err(failure) => self.failed(resource, &failure),
        }
    }

    pub(super) async fn existing(
        &self,
        resource: &Resource,
        fields: &[usize],
        tuples: &[Vec<Value>],
    ) -> Option<HashSet<String>> {
        if !self.may(1) {
            return None;
        }
        match self.sampler.existing(resource, fields, tuples).await {
            Ok(existing) => {
                self.with(|cost| cost.statements += 1);
                Some(existing)
            }
            Err(failure) => self.failed(resource, &failure),
        }
    }

    fn failed<T>(&self, resource: &Resource, failure: &Failure) -> Option<T> {
        self.with(|cost| {
            cost.statements += 1;
            let kinds = [FailureKind::Timeout, FailureKind::Busy, FailureKind::Unreachable];
            cost.late_answers += u32::from(kinds.contains(&failure.kind));
            cost.is_exhausted |= cost.late_answers >= LATE_ANSWERS;
            if cost.unread.iter().all(|(name, _)| *name != resource.name) {
                cost.unread.push((resource.name.clone(), failure.to_string()));
            }
        });
        None
    }
}
