//! Which records are the same thing: found over links from record to record, with little time for
//! each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kontor_model::{BackendName, RecordKey, ResourceName};
use tokio::time::Instant;

use super::{Member, Missing};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::records::{FarTitle, FarTrouble};

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
    resource: ResourceName,
    key: RecordKey,
}

impl Lead {
    fn address(&self) -> (BackendName, ResourceName, String) {
        (self.permit.backend.name.clone(), self.resource.clone(), self.key.to_text())
    }
}

impl Office {
    /// The records that are the same thing as one, with it, and what could not be had.
    pub(super) async fn same_elsewhere(
        self: &Arc<Self>,
        case: &str,
        first: Member,
    ) -> (Vec<Member>, Vec<Missing>) {
        let ends = Instant::now() + PATIENCE;
        let mut known = HashSet::from([(
            first.permit.backend.name.clone(),
            first.resource().clone(),
            first.key().to_text(),
        )]);
        let (mut members, mut missing) = (vec![first], Vec::new());
        let mut fresh = 0..1;
        for _ in 0..STEPS {
            let looked = members[fresh.clone()].iter().map(|member| self.leads(case, member, ends));
            let mut leads: Vec<Lead> = Vec::new();
            for (found, gaps) in join_all(looked).await {
                leads.extend(found.into_iter().filter(|lead| known.insert(lead.address())));
                missing.extend(gaps);
            }
            leads.truncate(MOST.saturating_sub(members.len()));
            if leads.is_empty() {
                break;
            }
            let begin = members.len();
            let read = leads.into_iter().map(|lead| self.follow(lead, ends));
            for result in join_all(read).await {
                match result {
                    Ok(member) => members.push(member),
                    Err(gap) => missing.push(gap),
                }
            }
            fresh = begin..members.len();
        }
        let mut told: Vec<Missing> = Vec::new();
        missing.retain(|gap: &Missing| {
            let is_new = !told.contains(gap);
            told.push(gap.clone());
            is_new
        });
        (members, missing)
    }

    /// Where the same thing is told of from a record: where it points, and what points to it.
    async fn leads(&self, case: &str, member: &Member, ends: Instant) -> (Vec<Lead>, Vec<Missing>) {
        let (mut leads, mut missing) = (Vec::new(), Vec::new());
        for far in member.shown.far.iter().flatten() {
            match far {
                FarTitle::Found(found) => {
                    let permit: Result<Permit<Read>, _> =
                        self.permit(&member.permit.actor, &found.backend);
                    let Ok(permit) = permit else { continue };
                    if self.holds(case, &permit, &found.resource) {
                        let (resource, key) = (found.resource.clone(), found.key.clone());
                        leads.push(Lead { permit, resource, key });
                    }
                }
                FarTitle::Unavailable(trouble) => missing.push(Missing {
                    backend: trouble.backend().cloned(),
                    trouble: trouble.clone(),
                }),
                FarTitle::Missing { .. } => {}
            }
        }
        let incoming = self.far_incoming(&member.permit, member.resource());
        let asked = incoming.iter().filter_map(|link| {
            let from: Permit<Read> = self.permit(&member.permit.actor, &link.backend.name).ok()?;
            self.holds(case, &from, &link.resource).then_some((link, from))
        });
        let asked = asked.map(|(link, from)| async move {
            let found = self.related_over(
                &member.permit,
                member.resource(),
                member.key(),
                &link.name,
                MOST_OVER_ONE,
            );
            (link, from, tokio::time::timeout_at(ends, found).await)
        });
        for (link, from, found) in join_all(asked).await {
            let title = || link.backend.manifest().title.clone();
            match found {
                Ok(Ok(found)) => leads.extend(found.records.into_iter().map(|record| Lead {
                    permit: from.clone(),
                    resource: link.resource.clone(),
                    key: record.key,
                })),
                Ok(Err(error)) => {
                    let trouble = FarTrouble::of(&link.backend, &error);
                    missing.push(Missing { backend: Some(title()), trouble });
                }
                Err(_) => {
                    let trouble = FarTrouble::Slow { backend: title() };
                    missing.push(Missing { backend: Some(title()), trouble });
                }
            }
        }
        (leads, missing)
    }

    /// Whether records of a resource are things of a kind.
    fn holds(&self, case: &str, permit: &Permit<Read>, resource: &ResourceName) -> bool {
        let catalog = permit.backend.catalog().ok();
        let face = catalog.as_ref().and_then(|catalog| catalog.face(resource));
        face.is_some_and(|face| face.case.as_deref() == Some(case))
    }

    async fn follow(&self, lead: Lead, ends: Instant) -> Result<Member, Missing> {
        let title = lead.permit.backend.manifest().title.clone();
        let read = self.record(&lead.permit, &lead.resource, &lead.key);
        match tokio::time::timeout_at(ends, read).await {
            Ok(Ok(shown)) => Ok(Member { permit: lead.permit, shown }),
            Ok(Err(error)) => {
                let trouble = FarTrouble::of(&lead.permit.backend, &error);
                Err(Missing { backend: Some(title), trouble })
            }
            Err(_) => {
                let trouble = FarTrouble::Slow { backend: title.clone() };
                Err(Missing { backend: Some(title), trouble })
            }
        }
    }
}
