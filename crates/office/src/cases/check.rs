//! Comparing what a file says about a type of case with what the backends have.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kontor_model::BackendName;
use kontor_model::filter::Filter;
use kontor_model::filter::bind::{Moment, bind};

use crate::catalog::{Catalog, Face};
use crate::manifest::{
    Belongs, CaseFile, CasePlace, Problem, Rule, RuleTest, holds_moments, listed, nearest,
};
use crate::records::{at_hand, fields_of};

/// Backends with their resources, as far as those are known.
type Known = BTreeMap<BackendName, Option<Arc<Catalog>>>;

/// What a file says about a type of case that the backends contradict: resources, fields and links
/// that do not exist, and rules that do not fit. In the order of the file; empty when all is well.
#[must_use]
pub fn case_problems(file: &CaseFile, known: &Known) -> Vec<Problem> {
    let mut check = Check { file, known, problems: Vec::new() };
    for (at, place) in file.heads.iter().enumerate() {
        check.find(&["heads", &at.to_string()], place);
    }
    for (place, fields) in &file.fields {
        let name = place.to_string();
        let Some((catalog, face)) = check.find(&["fields", &name], place) else { continue };
        for (at, field) in fields.iter().enumerate() {
            check.field(&["fields", &name, &at.to_string()], catalog, face, field);
        }
    }
    for (at, said) in file.belongs.iter().flatten().enumerate() {
        check.belongs(&at.to_string(), said);
    }
    for (place, events) in &file.events {
        let name = place.to_string();
        let Some((catalog, face)) = check.find(&["events", &name], place) else { continue };
        for (field, _) in events {
            check.event(&["events", &name, field], catalog, face, field);
        }
    }
    for (at, rule) in file.rules.iter().enumerate() {
        check.rule(&at.to_string(), rule);
    }
    check.problems.sort_by_key(|problem| problem.place);
    check.problems
}

struct Check<'a> {
    file: &'a CaseFile,
    known: &'a Known,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn note(&mut self, at: &[&str], message: impl Into<String>, suggestion: Option<&str>) {
        self.problems.push(Problem {
            file: self.file.file.clone(),
            place: self.file.places.of(at),
            message: message.into(),
            suggestion: suggestion.map(str::to_owned),
        });
    }

    /// The resource of a place, or a note that there is none; nothing is said of a backend that was
    /// never read.
    fn find(&mut self, at: &[&str], place: &CasePlace) -> Option<(&'a Catalog, &'a Face)> {
        let Some(catalog) = self.known.get(&place.backend) else {
            let names = || self.known.keys().map(BackendName::as_str);
            let suggestion = nearest(place.backend.as_str(), names());
            let mut message = format!("there is no backend “{}”", place.backend);
            if suggestion.is_none() {
                message.push_str(&listed("there are", names()));
            }
            let suggestion = suggestion.map(|name| format!("{name}:{}", place.resource));
            self.note(at, message, suggestion.as_deref());
            return None;
        };
        let catalog: &Catalog = catalog.as_ref()?;
        let found = catalog.face(&place.resource);
        if found.is_none() {
            let names = || catalog.faces.iter().map(|face| face.name.as_str());
            let suggestion = nearest(place.resource.as_str(), names());
            let mut message = format!("{} has no resource “{}”", place.backend, place.resource);
            if suggestion.is_none() {
                message.push_str(&listed("it has", names()));
            }
            let suggestion = suggestion.map(|name| format!("{}:{name}", place.backend));
            self.note(at, message, suggestion.as_deref());
        }
        found.map(|face| (catalog, face))
    }

    /// The resources whose records are the thing itself; none where a backend was never read.
    fn heads(&self) -> Option<Vec<(CasePlace, &'a Catalog, &'a Face)>> {
        let mut heads = Vec::new();
        for (name, catalog) in self.known {
            let catalog: &Catalog = catalog.as_ref()?;
            for face in &catalog.faces {
                let place = CasePlace::new(name.clone(), face.name.clone());
                if face.case.as_ref() == Some(&self.file.name) || self.file.heads.contains(&place) {
                    heads.push((place, catalog, face));
                }
            }
        }
        Some(heads)
    }

    fn is_head(&self, place: &CasePlace) -> bool {
        self.heads().is_none_or(|heads| heads.iter().any(|(head, ..)| head == place))
    }

    fn belongs(&mut self, index: &str, said: &Belongs) {
        let Some((catalog, face)) = self.find(&["belongs", index, "resource"], &said.place) else {
            return;
        };
        let Some(heads) = self.heads() else { return };
        let mut names: Vec<&str> = Vec::new();
        for (place, its, head) in &heads {
            names.extend(links(&said.place.backend, catalog, face, place));
            names.extend(links(&place.backend, its, head, &said.place));
        }
        match &said.link {
            _ if names.is_empty() => {
                let message = format!(
                    "no link leads from “{}” to a record of the case or back; declare one in the \
                     manifest, or accept one that `kontor links` proposes",
                    said.place
                );
                self.note(&["belongs", index, "resource"], message, None);
            }
            Some(link) if !names.contains(&link.as_str()) => {
                let suggestion = nearest(link, names.iter().copied());
                let mut message = format!("no link “{link}” joins “{}” to the case", said.place);
                if suggestion.is_none() {
                    message.push_str(&listed("there are", names.iter().copied()));
                }
                self.note(&["belongs", index, "link"], message, suggestion);
            }
            _ => {}
        }
    }

    /// A field that may be seen, or a note that there is none.
    fn field(&mut self, at: &[&str], catalog: &Catalog, face: &Face, name: &str) -> Option<usize> {
        let resource = catalog.resource(face);
        let visible = |field: &usize| face.fields[*field].is_visible();
        let found = resource.position(name).filter(visible);
        if found.is_none() {
            let fields = (0..resource.fields.len()).filter(visible);
            let names: Vec<&str> = fields.map(|at| resource.fields[at].name.as_str()).collect();
            let suggestion = nearest(name, names.iter().copied());
            let mut message = format!("“{}” has no field “{name}” that is shown", face.name);
            if suggestion.is_none() {
                message.push_str(&listed("it has", names.iter().copied()));
            }
            self.note(at, message, suggestion);
        }
        found
    }

    fn event(&mut self, at: &[&str], catalog: &Catalog, face: &Face, name: &str) {
        let Some(field) = self.field(at, catalog, face, name) else { return };
        let own = &catalog.resource(face).fields[field];
        if !holds_moments(&own.ty) {
            let message = format!("“{name}” is {}, which holds no point in time", own.native);
            self.note(at, message, None);
        }
    }

    fn rule(&mut self, index: &str, rule: &Rule) {
        match &rule.test {
            RuleTest::Disagree(fact) => self.fact(&["rules", index, "disagree"], fact),
            RuleTest::Record { of, when, without } => {
                if let Some((catalog, face)) = self.find(&["rules", index, "of"], of) {
                    self.filter(&["rules", index, "when"], catalog, face, when);
                }
                if let Some(place) = without {
                    self.without(index, of, place);
                }
            }
        }
    }

    fn fact(&mut self, at: &[&str], name: &str) {
        let Some(heads) = self.heads() else { return };
        let facts = heads.iter().flat_map(|(.., face)| &face.fields);
        let mut known: Vec<&str> = facts.filter_map(|field| field.fact.as_deref()).collect();
        known.sort_unstable();
        known.dedup();
        if !known.contains(&name) {
            let suggestion = nearest(name, known.iter().copied());
            let mut message = format!("no field of the case says fact = \"{name}\"");
            if suggestion.is_none() {
                message.push_str(&listed("there are", known.iter().copied()));
            }
            self.note(at, message, suggestion);
        }
    }

    fn filter(&mut self, at: &[&str], catalog: &Catalog, face: &Face, when: &Filter) {
        let before = self.problems.len();
        for name in fields_of(when) {
            self.field(at, catalog, face, &name);
        }
        if self.problems.len() > before {
            return;
        }
        let moment = Moment { now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC };
        if let Err(error) = bind(when, &at_hand(catalog.resource(face)), catalog, &moment) {
            self.note(at, error.to_string(), None);
        }
    }

    fn without(&mut self, index: &str, of: &CasePlace, place: &CasePlace) {
        let at = ["rules", index, "without"];
        self.find(&at, place);
        if !self.is_head(of) {
            let message = format!(
                "asks what belongs to “{of}”, whose records are not the thing itself; only those \
                 of “heads” are"
            );
            self.note(&at, message, None);
        }
        let is_read = self.is_head(place)
            || self.file.belongs.as_ref().is_none_or(|all| all.iter().any(|it| it.place == *place));
        if !is_read {
            let message = format!("“{place}” is not read: name it in a [[belongs]], too");
            self.note(&at, message, None);
        }
    }
}

/// Names of the links of a face that lead to a place.
fn links<'a>(
    own: &BackendName,
    catalog: &'a Catalog,
    face: &'a Face,
    to: &'a CasePlace,
) -> impl Iterator<Item = &'a str> {
    let is_near = *own == to.backend;
    let near = face
        .links
        .iter()
        .filter(move |link| is_near && catalog.faces[link.target].name == to.resource);
    let far = face
        .far
        .iter()
        .filter(move |link| link.backend == to.backend && link.target == to.resource);
    near.map(|link| link.name.as_str()).chain(far.map(|link| link.name.as_str()))
}
