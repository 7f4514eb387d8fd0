//! Which records are the same thing: found over links from record to record, with little time for
//! each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kontor_model::{BackendName, Count, RecordKey, ResourceName};
use tokio::time::Instant;

use super::ways::WayIn;
use super::{Beyond, CaseType, Member, Missing};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::error::OfficeError;
use crate::manifest::CasePlace;
use crate::records::{FarTrouble, Related, keys_filter};

/// For so long it is looked for the others.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// The most records of one case.
const MOST: usize = 12;
/// Links are followed this far.
const STEPS: usize = 3;
/// Records that point here over one link and are taken for the same thing.
const MOST_OVER_ONE: u32 = 3;

/// A record that is to be read.
struct Lead {
    permit: Permit<Read>,
    place: CasePlace,
    key: RecordKey,
}

impl Lead {
    fn address(&self) -> (BackendName, ResourceName, String) {
        (self.place.backend.clone(), self.place.resource.clone(), self.key.to_text())
    }
}

/// What was found of a thing.
pub(super) struct Same {
    /// The records, the one that was begun with first.
    pub(super) members: Vec<Member>,
    /// What could not be had.
    pub(super) missing: Vec<Missing>,
    /// What was found and not read.
    pub(super) beyond: Vec<Beyond>,
}

/// Where it is told of the same thing.
#[derive(Default)]
struct Leads {
    leads: Vec<Lead>,
    missing: Vec<Missing>,
    beyond: Vec<Beyond>,
}

impl Office {
    /// The records that are the same thing as one, with it, and what could not be had.
    pub(super) async fn same_elsewhere(self: &Arc<Self>, of: &CaseType, first: Member) -> Same {
        let ends = Instant::now() + PATIENCE;
        let place = first.place();
        let mut known = HashSet::from([(place.backend, place.resource, first.key().to_text())]);
        let mut same = Same { members: vec![first], missing: Vec::new(), beyond: Vec::new() };
        let mut fresh = 0..1;
        for _ in 0..STEPS {
            let looked =
                same.members[fresh.clone()].iter().map(|member| self.leads(of, member, ends));
            let mut leads: Vec<Lead> = Vec::new();
            for found in join_all(looked).await {
                leads.extend(found.leads.into_iter().filter(|lead| known.insert(lead.address())));
                same.missing.extend(found.missing);
                same.beyond.extend(found.beyond);
            }
            let cut = leads.split_off(leads.len().min(MOST.saturating_sub(same.members.len())));
            same.beyond.extend(beyond(cut));
            if leads.is_empty() {
                break;
            }
            let begin = same.members.len();
            for result in join_all(leads.into_iter().map(|lead| self.follow(lead, ends))).await {
                match result {
                    Ok(member) => same.members.extend(member),
                    Err(gap) => same.missing.push(gap),
                }
            }
            fresh = begin..same.members.len();
        }
        let mut told: Vec<Missing> = Vec::new();
        same.missing.retain(|gap| {
            let is_new = !told.contains(gap);
            told.push(gap.clone());
            is_new
        });
        same
    }

    /// Where the same thing is told of from a record: where it points, and what points to it. A
    /// record of the same resource is another thing: what a product replaces is not that product.
    async fn leads(&self, of: &CaseType, member: &Member, ends: Instant) -> Leads {
        let own = member.place();
        let is_same = |permit: &Permit<Read>, place: &CasePlace| {
            *place != own && self.case_at(permit, place).as_deref() == Some(&of.name)
        };
        let mut found = Leads::default();
        let (ways, missing) = self.ways_out(member);
        found.missing = missing;
        for way in ways.into_iter().filter(|way| is_same(&way.permit, &way.place)) {
            found.leads.push(Lead { permit: way.permit, place: way.place, key: way.key });
        }
        let ways = self.ways_in(member).into_iter().filter(|way| is_same(&way.permit, &way.place));
        let asked = ways.map(|way| async move {
            let (permit, name, key) = (&member.permit, member.resource(), member.key());
            let found = self.related_over(permit, name, key, &way.name, MOST_OVER_ONE);
            let found = tokio::time::timeout_at(ends, found).await;
            (way, found)
        });
        for (way, read) in join_all(asked).await {
            match read {
                Ok(Ok(related)) => found.add(&way, related),
                Ok(Err(error)) => found.missing.push(missing_of(&way.permit, Some(&error))),
                Err(_) => found.missing.push(missing_of(&way.permit, None)),
            }
        }
        found
    }

    /// Reads a record; none where it is gone meanwhile.
    async fn follow(&self, lead: Lead, ends: Instant) -> Result<Option<Member>, Missing> {
        let read = self.record(&lead.permit, &lead.place.resource, &lead.key);
        match tokio::time::timeout_at(ends, read).await {
            Ok(Ok(shown)) => {
                Ok(Some(Member { permit: lead.permit, shown, read_at: self.clock.micros() }))
            }
            Ok(Err(OfficeError::UnknownRecord(_))) => Ok(None),
            Ok(Err(error)) => Err(missing_of(&lead.permit, Some(&error))),
            Err(_) => Err(missing_of(&lead.permit, None)),
        }
    }
}

impl Leads {
    /// Records that point here over a link, and those of them that are not read.
    fn add(&mut self, way: &WayIn, related: Related) {
        let read = related.records.len() as u64;
        let rest = match related.count {
            Count::Exact(n) => Count::Exact(n.saturating_sub(read)),
            other => other,
        };
        if rest != Count::Exact(0) {
            self.beyond.push(Beyond {
                permit: way.permit.clone(),
                resource: way.place.resource.clone(),
                title: way.title.clone(),
                count: rest,
                filter: Some(related.filter),
                keys: Vec::new(),
            });
        }
        self.leads.extend(related.records.into_iter().map(|record| Lead {
            permit: way.permit.clone(),
            place: way.place.clone(),
            key: record.key,
        }));
    }
}

/// What could not be had of a backend: why, or that it came too late.
pub(super) fn missing_of(permit: &Permit<Read>, error: Option<&OfficeError>) -> Missing {
    let backend = &permit.backend;
    let title = || backend.manifest().title.clone();
    let trouble = error.map_or_else(
        || FarTrouble::Slow { backend: title() },
        |error| FarTrouble::of(backend, error),
    );
    Missing { name: Some(backend.name.clone()), backend: Some(title()), trouble }
}

/// Records that were found and are too many to be read, by resource.
fn beyond(leads: Vec<Lead>) -> Vec<Beyond> {
    let mut by_place: Vec<(CasePlace, Permit<Read>, Vec<RecordKey>)> = Vec::new();
    for Lead { permit, place, key } in leads {
        match by_place.iter_mut().find(|(known, ..)| *known == place) {
            Some((_, _, keys)) => keys.push(key),
            None => by_place.push((place, permit, vec![key])),
        }
    }
    let told = by_place.into_iter().filter_map(|(place, permit, keys)| {
        let catalog = permit.backend.catalog().ok()?;
        let face = catalog.face(&place.resource)?;
        let filter = keys_filter(catalog.resource(face), &keys).map(|filter| filter.to_string());
        Some(Beyond {
            title: face.title.clone(),
            count: Count::Exact(keys.len() as u64),
            resource: place.resource,
            permit,
            filter,
            keys,
        })
    });
    told.collect()
}
