//! What belongs to a case: what its records are pointed at by, and the things that they point to.
//! The file of its type says what; where it does not, the links do.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::future::join_all;
use kontor_model::{BackendName, RecordKey, ResourceName};

use super::ways::{WayIn, WayOut};
use super::{Belonging, Case, CaseType, Missing};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::manifest::{Belongs, CasePlace, Label, RuleTest};
use crate::records::{FarTrouble, Related, Wish};

/// What belongs to a case is waited for so long.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// So many panels are read; what else there is stands on the pages of the records.
const MOST: usize = 16;
/// Records of a panel where nothing else is said.
const SHOWN: u32 = 5;

/// Something that belongs to a case and is to be read.
struct Wanted {
    member: usize,
    permit: Permit<Read>,
    place: CasePlace,
    title: Label,
    show: u32,
    by: By,
}

/// How it is found.
enum By {
    /// Over a link that ends at the member.
    Link(String),
    /// By its address.
    Key(RecordKey),
}

impl Office {
    /// Reads what belongs to the members of a case, all of it at the same time.
    pub(super) async fn add_belongings(&self, case: &mut Case) {
        let mut wanted = self.wanted(case);
        let rest = wanted.split_off(wanted.len().min(MOST));
        case.unread = rest.into_iter().map(|it| (it.member, it.title)).collect();
        let (asked, missing) = (&*case, &case.missing);
        let read = wanted.into_iter().map(|wanted| self.read_belonging(asked, missing, wanted));
        case.belongings = join_all(read).await;
    }

    fn wanted(&self, case: &Case) -> Vec<Wanted> {
        let mut ways: Vec<(usize, WayIn)> = Vec::new();
        let mut outs: Vec<(usize, WayOut)> = Vec::new();
        for (member, of) in case.members.iter().enumerate() {
            ways.extend(self.ways_in(of).into_iter().map(|way| (member, way)));
            outs.extend(self.ways_out(of).0.into_iter().map(|way| (member, way)));
        }
        // What a backend itself says of what belongs together comes before what others say of it.
        ways.sort_by_key(|(member, way)| (!way.is_near, *member));
        match &case.of.said.belongs {
            Some(said) => said.iter().flat_map(|said| declared(said, &ways, &outs)).collect(),
            None => self.derived(case, &ways, &outs),
        }
    }

    /// What belongs to a case of which no file says it: other things that its records point to, and
    /// all that points to them. The same records are shown once, though several members have them.
    fn derived(
        &self,
        case: &Case,
        ways: &[(usize, WayIn)],
        outs: &[(usize, WayOut)],
    ) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        let mut seen: HashSet<(BackendName, ResourceName, String)> = HashSet::new();
        for (member, way) in outs {
            let of = self.case_at(&way.permit, &way.place);
            let is_other = of.is_some_and(|of| of != case.of.name);
            if is_other && seen.insert(way.address()) {
                wanted.push(Wanted::out(*member, way, None, SHOWN));
            }
        }
        let mut owners: HashMap<&CasePlace, usize> = HashMap::new();
        for (member, way) in ways.iter().filter(|(_, way)| !way.is_hidden) {
            let is_head = self.case_at(&way.permit, &way.place).as_ref() == Some(&case.of.name);
            let owner = owners.entry(&way.place).or_insert(*member);
            if is_head || owner != member {
                continue;
            }
            let several =
                |(other, its): &&(usize, WayIn)| other == member && its.place == way.place;
            let title = if ways.iter().filter(several).count() > 1 {
                joined(&way.title, &way.link.1)
            } else {
                way.title.clone()
            };
            wanted.push(Wanted::over(*member, way, title, SHOWN));
        }
        wanted
    }

    async fn read_belonging(&self, case: &Case, missing: &[Missing], wanted: Wanted) -> Belonging {
        let Wanted { member, permit, place, title, show, by } = wanted;
        let is_away = |gap: &&Missing| {
            gap.name.as_ref() == Some(&place.backend)
                && matches!(gap.trouble, FarTrouble::Slow { .. } | FarTrouble::Down { .. })
        };
        let known = missing.iter().find(is_away);
        let found = match known {
            Some(gap) => Err(gap.trouble.clone()),
            None => {
                let wish = self.wish(&case.of, &permit, &place, show);
                let read = self.read_by(case, (member, &permit, &place), &by, &wish);
                self.in_time(&permit, read).await
            }
        };
        let (resource, is_one) = (place.resource, matches!(by, By::Key(_)));
        let read_at = self.clock.micros();
        Belonging { member, permit, resource, title, is_one, read_at, found }
    }

    async fn read_by(
        &self,
        case: &Case,
        (member, permit, place): (usize, &Permit<Read>, &CasePlace),
        by: &By,
        wish: &Wish,
    ) -> Result<Related, crate::error::OfficeError> {
        let of = &case.members[member];
        match by {
            By::Link(link) => {
                self.related_by(&of.permit, of.resource(), of.key(), link, wish).await
            }
            By::Key(key) => self.related_one(permit, &place.resource, key, wish).await,
        }
    }

    async fn in_time(
        &self,
        permit: &Permit<Read>,
        read: impl Future<Output = Result<Related, crate::error::OfficeError>>,
    ) -> Result<Related, FarTrouble> {
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(read) => read.map_err(|error| FarTrouble::of(&permit.backend, &error)),
            Err(_) => Err(FarTrouble::Slow { backend: permit.backend.manifest().title.clone() }),
        }
    }

    /// What is read of the records that belong to a case: the columns of their list, their titles,
    /// and what events and rules look at.
    fn wish(&self, of: &CaseType, permit: &Permit<Read>, place: &CasePlace, limit: u32) -> Wish {
        let Some(catalog) = permit.backend.catalog().ok() else { return Wish::first(limit) };
        let Some(face) = catalog.face(&place.resource) else { return Wish::first(limit) };
        let fields = &catalog.resource(face).fields;
        let events = super::events::of_resource(of, place, face, fields);
        let latest = events.first().map(|(field, _)| fields[*field].name.clone());
        let events = events.into_iter().map(|(field, _)| fields[field].name.clone());
        let titles = face.title_fields.iter().map(|&field| fields[field].name.clone());
        let tested = of.said.rules.iter().filter_map(|rule| match &rule.test {
            RuleTest::Record { of, when, .. } if of == place => Some(when),
            _ => None,
        });
        let tested = tested.flat_map(crate::records::fields_of);
        Wish { limit, more: events.chain(titles).chain(tested).collect(), latest }
    }
}

impl Wanted {
    fn over(member: usize, way: &WayIn, title: Label, show: u32) -> Self {
        let by = By::Link(way.name.clone());
        Self { member, permit: way.permit.clone(), place: way.place.clone(), title, show, by }
    }

    fn out(member: usize, way: &WayOut, title: Option<Label>, show: u32) -> Self {
        let title = title.unwrap_or_else(|| way.link.1.clone());
        let (permit, place) = (way.permit.clone(), way.place.clone());
        Self { member, permit, place, title, show, by: By::Key(way.key.clone()) }
    }
}

/// What a file says that belongs to a case: the first link there is between it and a member.
fn declared(said: &Belongs, ways: &[(usize, WayIn)], outs: &[(usize, WayOut)]) -> Option<Wanted> {
    let fits = |link: &str| said.link.as_deref().is_none_or(|wanted| wanted == link);
    let way_in = ways.iter().find(|(_, way)| way.place == said.place && fits(&way.link.0));
    if let Some((member, way)) = way_in {
        let title = said.title.clone().unwrap_or_else(|| way.title.clone());
        return Some(Wanted::over(*member, way, title, said.show));
    }
    let way_out = outs.iter().find(|(_, way)| way.place == said.place && fits(&way.link.0));
    way_out.map(|(member, way)| Wanted::out(*member, way, said.title.clone(), said.show))
}

/// Two titles as one, where several links lead to the same resource.
fn joined(title: &Label, link: &Label) -> Label {
    Label { de: format!("{} · {}", title.de, link.de), en: format!("{} · {}", title.en, link.en) }
}
