//! The ways over which records of a case are found: links that begin at a record and links that end
//! at it, within its backend and from others.

use kontor_model::{BackendName, RecordKey, ResourceName};

use super::{Member, Missing};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face};
use crate::manifest::{CasePlace, Label};
use crate::records::FarTitle;

/// A link that ends at a record.
pub(super) struct WayIn {
    /// Its name, as the page of the record has it.
    pub(super) name: String,
    /// The right to read where it begins.
    pub(super) permit: Permit<Read>,
    /// Where it begins.
    pub(super) place: CasePlace,
    /// Title of that resource.
    pub(super) title: Label,
    /// Its name among the links of that resource, and its title.
    pub(super) link: (String, Label),
    /// Whether it begins in the record's own backend.
    pub(super) is_near: bool,
    /// Whether menus leave out the resource where it begins.
    pub(super) is_hidden: bool,
}

/// A record that another one points to.
pub(super) struct WayOut {
    /// The right to read it.
    pub(super) permit: Permit<Read>,
    /// Where it is.
    pub(super) place: CasePlace,
    /// Its address.
    pub(super) key: RecordKey,
    /// Name and title of the link.
    pub(super) link: (String, Label),
}

impl WayOut {
    /// Its address in full.
    pub(super) fn address(&self) -> (BackendName, ResourceName, String) {
        (self.place.backend.clone(), self.place.resource.clone(), self.key.to_text())
    }
}

impl Office {
    /// The links that end at the resource of a record and can be followed back.
    pub(super) fn ways_in(&self, member: &Member) -> Vec<WayIn> {
        let catalog: &Catalog = &member.shown.catalog;
        let own = &member.permit.backend.name;
        let near = member.shown.face().incoming.iter().enumerate();
        let near = near.filter(|(_, incoming)| catalog.can_follow_back(incoming));
        let near = near.map(|(at, incoming)| {
            let from = &catalog.faces[incoming.from];
            let link = &from.links[incoming.link];
            WayIn {
                name: at.to_string(),
                permit: member.permit.clone(),
                place: CasePlace::new(own.clone(), from.name.clone()),
                title: from.title.clone(),
                link: (link.name.clone(), link.title.clone()),
                is_near: true,
                is_hidden: from.hidden || from.is_join_table,
            }
        });
        let far = self.far_incoming(&member.permit, member.resource()).into_iter();
        let far = far.filter(|link| link.is_reversible).filter_map(|link| {
            let permit: Permit<Read> =
                self.permit(&member.permit.actor, &link.backend.name).ok()?;
            let catalog = permit.backend.catalog().ok()?;
            let face = catalog.face(&link.resource)?;
            Some(WayIn {
                name: link.name,
                place: CasePlace::new(link.backend.name.clone(), link.resource.clone()),
                title: link.title,
                link: (link.link_name, link.link),
                is_near: link.backend.name == *own,
                is_hidden: face.hidden || face.is_join_table,
                permit,
            })
        });
        near.chain(far).collect()
    }

    /// The records that a record points to, and what could not be had of them.
    pub(super) fn ways_out(&self, member: &Member) -> (Vec<WayOut>, Vec<Missing>) {
        let (mut ways, mut missing) = (Vec::new(), Vec::new());
        let shown = &member.shown;
        let (catalog, face) = (&shown.catalog, shown.face());
        for ((field, _), title) in shown.fields.iter().zip(&shown.titles) {
            let (Some(found), Some(link)) = (title, face.link_at(*field)) else { continue };
            let target: &Face = &catalog.faces[found.face];
            ways.push(WayOut {
                permit: member.permit.clone(),
                place: CasePlace::new(member.permit.backend.name.clone(), target.name.clone()),
                key: found.key.clone(),
                link: (link.name.clone(), link.title.clone()),
            });
        }
        for ((field, _), title) in shown.fields.iter().zip(&shown.far) {
            let (Some(title), Some(link)) = (title, face.far_at(*field)) else { continue };
            match title {
                FarTitle::Found(found) => {
                    let Ok(permit) = self.permit(&member.permit.actor, &found.backend) else {
                        continue;
                    };
                    ways.push(WayOut {
                        permit,
                        place: CasePlace::new(found.backend.clone(), found.resource.clone()),
                        key: found.key.clone(),
                        link: (link.name.clone(), link.title.clone()),
                    });
                }
                FarTitle::Unavailable(trouble) => missing.push(Missing {
                    name: trouble.backend().map(|_| link.backend.clone()),
                    backend: trouble.backend().cloned(),
                    trouble: trouble.clone(),
                }),
                FarTitle::Missing { .. } => {}
            }
        }
        (ways, missing)
    }

    /// The name of the type of case whose things the records of a place are.
    pub(super) fn case_at(&self, permit: &Permit<Read>, place: &CasePlace) -> Option<String> {
        let catalog = permit.backend.catalog().ok()?;
        let face = catalog.face(&place.resource)?;
        self.case_of(&place.backend, face).map(|case| case.name.clone())
    }
}
