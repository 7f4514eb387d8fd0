//! Resources that only join two others.

use std::collections::HashSet;

use kontor_model::schema::{Generated, ResourceKind};
use kontor_model::{Resource, ResourceName, Schema};

use super::super::edit::ManifestEdit;
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{alike, is, own_words, words};
use super::is_time;

const POSITIONS: [&str; 8] =
    ["position", "sort order", "sort", "sortierung", "rank", "ordinal", "reihenfolge", "pos"];

/// Resources that have nothing of their own but two references, declared or proposed: beside them
/// only a key that the database counts, stamps and a position.
pub(in super::super) fn join_tables(schema: &Schema, links: &[Proposal]) -> Vec<Proposal> {
    let tables = schema.resources.iter().filter(|r| r.kind == ResourceKind::Table);
    tables.filter_map(|resource| join_table(schema, resource, links)).collect()
}

fn join_table(schema: &Schema, resource: &Resource, links: &[Proposal]) -> Option<Proposal> {
    let references = references(resource, links);
    let covered: HashSet<usize> =
        references.iter().flat_map(|(fields, _)| fields.clone()).collect();
    let overlaps = references.iter().map(|(fields, _)| fields.len()).sum::<usize>() > covered.len();
    let is_extra = |at: usize| {
        let field = &resource.fields[at];
        let own = own_words(&resource.table, &field.name);
        let is_counted =
            resource.key == [at] && (field.generated != Generated::No || is(&own, "id"));
        is_counted || is_time(&field.ty) || POSITIONS.iter().any(|name| is(&own, name))
    };
    let has_counted_key = resource.key.iter().any(|at| !covered.contains(at));
    if has_counted_key && !is_made_to_join(resource, &covered, &references, links, schema) {
        return None;
    }
    let is_all = (0..resource.fields.len()).all(|at| covered.contains(&at) || is_extra(at));
    if references.len() != 2 || overlaps || !is_all {
        return None;
    }
    let targets = references.into_iter().map(|(_, target)| target).collect();
    let edit = ManifestEdit::JoinTable { resource: resource.name.clone() };
    Some(Proposal::new(Confidence::percent(93), vec![Fact::Covers { targets }], edit))
}

/// A resource with a key of its own may be a thing of its own (an item in a store): it is none
/// where nothing refers to it, and where each pair is there once or its name names both.
fn is_made_to_join(
    resource: &Resource,
    covered: &HashSet<usize>,
    references: &[(Vec<usize>, ResourceName)],
    links: &[Proposal],
    schema: &Schema,
) -> bool {
    let is_declared_target =
        schema.resources.iter().any(|r| r.references.iter().any(|r| r.target == resource.name));
    let is_proposed_target = links.iter().any(|proposal| {
        matches!(&proposal.edit, ManifestEdit::AddLink { to, .. } if *to == resource.name)
    });
    let is_pair_unique = resource.indexes.iter().any(|index| {
        index.unique && index.fields.iter().copied().collect::<HashSet<usize>>() == *covered
    });
    let name = words(&resource.table);
    let names_both = references.iter().all(|(_, target)| {
        words(target.as_str()).iter().all(|word| name.iter().any(|own| alike(own, word)))
    });
    !is_declared_target && !is_proposed_target && (is_pair_unique || names_both)
}

fn references(resource: &Resource, links: &[Proposal]) -> Vec<(Vec<usize>, ResourceName)> {
    let declared = resource.references.iter().map(|r| (r.fields.clone(), r.target.clone()));
    let proposed = links.iter().filter_map(|proposal| match &proposal.edit {
        ManifestEdit::AddLink { from, fields, to, .. } if *from == resource.name => {
            let places = fields.iter().map(|field| resource.position(field));
            Some((places.collect::<Option<Vec<usize>>>()?, to.clone()))
        }
        _ => None,
    });
    declared.chain(proposed).collect()
}
