//! Habits of schemas: one file each, pure functions over a resource and its sample.

mod join_tables;
mod kinds;
mod lists;
mod money;
mod secret_content;
mod soft_delete;
mod stamps;
mod status;
mod translations;
mod unix_time;

use kontor_model::{FieldType, Resource, Schema};

pub(super) use self::join_tables::join_tables;
use super::proposal::Proposal;
use super::sampler::Sample;
use super::secrets;

/// A resource to be looked at.
#[derive(Clone, Copy)]
struct Look<'a> {
    schema: &'a Schema,
    resource: &'a Resource,
    /// Empty where nothing could be read.
    sample: &'a Sample,
}

impl Look<'_> {
    /// The fields with their places; secrets are left out.
    fn fields(&self) -> impl Iterator<Item = (usize, &kontor_model::Field)> {
        let named = |field| secrets::by_name(self.resource, field).is_some();
        self.resource.fields.iter().enumerate().filter(move |(_, field)| !named(field))
    }
}

/// What was recognised in one resource.
pub(super) struct Habits {
    pub(super) proposals: Vec<Proposal>,
    /// Fields whose content shows that they hold secrets.
    pub(super) secrets: Vec<usize>,
}

/// Recognises the habits of one resource. Secrets come first: nothing else looks at them.
pub(super) fn habits(schema: &Schema, resource: &Resource, sample: &Sample) -> Habits {
    let found = secret_content::secrets(&Look { schema, resource, sample });
    let mut cleaned;
    let mut sample = sample;
    if !found.is_empty() {
        cleaned = sample.clone();
        for (field, _) in &found {
            cleaned.forget(*field);
        }
        sample = &cleaned;
    }
    let look = Look { schema, resource, sample };
    let secrets: Vec<usize> = found.iter().map(|(field, _)| *field).collect();
    let mut proposals: Vec<Proposal> = found.into_iter().map(|(_, proposal)| proposal).collect();
    proposals.extend(soft_delete::soft_delete(&look));
    proposals.extend(stamps::stamps(&look));
    proposals.extend(kinds::kinds(&look));
    proposals.extend(money::money(&look));
    proposals.extend(lists::lists(&look));
    proposals.extend(unix_time::unix_times(&look));
    proposals.extend(status::statuses(&look));
    proposals.extend(translations::translations(&look));
    proposals.retain(|proposal| {
        let edits_secret = |&at: &usize| proposal.edit.field() == Some(&resource.fields[at].name);
        proposal.kind == super::Kind::Secret || !secrets.iter().any(edits_secret)
    });
    Habits { proposals, secrets }
}

fn is_time(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Date | FieldType::DateTime | FieldType::Instant)
}

/// A few texts to show as evidence, none of them long.
fn examples<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    for text in texts {
        let short: String = text.chars().take(60).collect();
        if !examples.contains(&short) {
            examples.push(short);
        }
        if examples.len() == 3 {
            break;
        }
    }
    examples
}

/// Whether `part` is at least so many percent of `all`, and `all` is not nothing.
fn is_share(part: usize, all: usize, percent: usize) -> bool {
    all > 0 && part * 100 >= all * percent
}
