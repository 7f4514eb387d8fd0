//! Links and habits of foreign schemas, recognised with evidence. Nothing here changes anything:
//! people accept or reject a proposal, and what they accept goes to the manifest.
//!
//! What is read of a backend is bounded: at most two statements and 600 records per resource, at
//! most three look-ups of 200 values per field that could refer, never more than
//! [`STATEMENTS`] statements in all; a backend that answers late [`LATE_ANSWERS`] times is left
//! alone. Views are not read: a page of a view can cost as much as all
//! of it.

mod across;
mod connection;
mod edit;
pub mod faces;
mod habits;
mod links;
mod meter;
mod proposal;
mod sampler;
pub mod secrets;
mod words;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use kontor_model::Schema;
use kontor_model::schema::ResourceKind;
use serde::Serialize;

pub use across::{
    AcrossReport, Coverage, FarEvidence, FarProposal, Side, SketchKey, propose_across,
};
pub use connection::ConnectionSampler;
pub use edit::{Choice, Color, Currency, Format, ManifestEdit, Mark};
pub use meter::{Cost, LATE_ANSWERS, STATEMENTS};
pub use proposal::{Confidence, Fact, Kind, NameAgreement, Proposal};
pub use sampler::{RECORDS_PER_END, Sample, Sampler, TUPLES_PER_LINK, VALUES_PER_LINK, comparable};

use self::links::Links;
use self::meter::Meter;

/// All proposals for a backend, and what they cost it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// By kind, then by resource; within these the surest first.
    pub proposals: Vec<Proposal>,
    /// What was read.
    pub cost: Cost,
}

/// Recognises links and habits. What cannot be read is judged by names alone, and the report
/// says so.
pub async fn propose(schema: &Schema, sampler: &dyn Sampler) -> Report {
    let meter = Meter::new(sampler);
    let mut links = Links::new(schema);
    let mut proposals = Vec::new();
    for (at, resource) in schema.resources.iter().enumerate() {
        let sample = match resource.kind {
            ResourceKind::View => None,
            _ => meter.sample(resource).await,
        };
        let found = habits::habits(schema, resource, &sample.clone().unwrap_or_default());
        if let Some(mut sample) = sample {
            found.secrets.iter().for_each(|&field| sample.forget(field));
            links.look_at(at, &sample);
        }
        for &field in &found.secrets {
            links.leave_out(at, field);
        }
        proposals.extend(found.proposals);
    }
    let links = links.propose(&meter).await;
    proposals.extend(habits::join_tables(schema, &links));
    proposals.retain(|habit| !links.iter().any(|link| is_choice_of(habit, link)));
    proposals.extend(links);
    proposals.sort_by(|a, b| {
        (a.kind, a.edit.resource(), b.confidence, &a.subject).cmp(&(
            b.kind,
            b.edit.resource(),
            a.confidence,
            &b.subject,
        ))
    });
    Report { proposals, cost: meter.into_cost() }
}

/// Whether a proposal is about the few values of a field that, as a link, says more.
fn is_choice_of(habit: &Proposal, link: &Proposal) -> bool {
    match (&habit.edit, &link.edit) {
        (
            ManifestEdit::Choices { resource, field, .. },
            ManifestEdit::AddLink { from, fields, .. },
        ) => resource == from && fields.as_slice() == [field.clone()],
        _ => false,
    }
}
