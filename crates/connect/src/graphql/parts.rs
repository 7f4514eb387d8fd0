//! Parts of a list: what is asked of its field, where the records are, how it goes on.

use kontor_model::service::{Backward, GraphPaging, Selection, Step};
use kontor_model::{Comparison, FieldType, Test, Value};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::asking::{Given, number, sorted, tested, text};
use super::printing::{Question, Tree};
use super::reading::Reader;
use super::service::read;
use crate::error::{Failure, FailureKind};
use crate::json;
use crate::service::position::{Position, mark};
use crate::service::reading::Part;

/// Places that are gone through towards the beginning.
const TOWARDS_BEGINNING: char = '<';
/// Places that are gone on from.
const TOWARDS_END: char = '>';

/// What a list gave, taken apart.
pub(super) struct Entries<'r> {
    pub(super) entries: Vec<&'r RawValue>,
    given: &'r RawValue,
}

fn garbled(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Garbled, detail)
}

fn told(given: &RawValue, path: Option<&Vec<String>>) -> Option<bool> {
    let value = json::at(given, path?)?;
    Some(value.get() == "true")
}

/// A path of fields that are called as they are.
fn plainly(path: &[String], inside: Option<String>) -> Selection {
    Selection { steps: path.iter().map(|name| Step::plain(name)).collect(), inside, weight: 1 }
}

impl Reader<'_> {
    /// What is selected of the list's field.
    pub(super) fn list_selected(&self, back: bool) -> String {
        let list = &self.graph.list;
        let mut entry = self.selected();
        for name in list.within.iter().rev() {
            entry = format!("{{ {name} {entry} }}");
        }
        let mut more: Vec<Vec<String>> = Vec::new();
        if let GraphPaging::Cursor { end, more: has_more, back: way, .. } = &list.paging {
            if end.is_none() {
                entry = format!("{{ cursor {}", entry.trim_start_matches("{ "));
            }
            more.extend(end.iter().chain(has_more).cloned());
            let way = way.as_ref().filter(|_| back);
            more.extend(
                way.iter().flat_map(|way| std::iter::once(&way.start).chain(&way.more)).cloned(),
            );
        }
        if list.at.is_empty() {
            return entry;
        }
        let mut all = vec![plainly(&list.at, Some(entry))];
        all.extend(more.iter().map(|path| plainly(path, None)));
        let mut tree = Tree::default();
        all.iter().for_each(|selection| tree.add(selection));
        tree.to_text()
    }

    pub(super) fn entries<'r>(&self, given: Option<&'r RawValue>) -> Result<Entries<'r>, Failure> {
        let list = &self.graph.list;
        let given =
            given.ok_or_else(|| garbled(format!("{}: the service gave nothing", list.field)))?;
        let entries = json::at(given, &list.at)
            .and_then(json::elements)
            .ok_or_else(|| garbled(format!("{}: {} is no list", list.field, list.at.join("."))))?;
        Ok(Entries { entries, given })
    }

    pub(super) fn record<'r>(&self, entry: &'r RawValue) -> Result<&'r RawValue, Failure> {
        let record =
            json::at(entry, &self.graph.list.within).filter(|own| own.get().starts_with('{'));
        record.ok_or_else(|| {
            garbled(format!("{}: an entry of the list holds no record", self.graph.list.field))
        })
    }

    /// Tests of the key that a list without arguments for it is asked for: it comes whole.
    fn by_hand(&self, field: usize) -> bool {
        let list = &self.graph.list;
        list.paging == GraphPaging::Whole
            && self.of.resource.key.contains(&field)
            && !list.filters.iter().any(|filter| filter.field == field)
    }

    pub(super) fn tests_given(&self, tests: &[(usize, &Test)]) -> Result<Vec<Given>, Failure> {
        let list = &self.graph.list;
        for field in &self.offered.required {
            if self.asked.equal(*field).is_none() {
                let name = &self.of.resource.fields[*field].name;
                let detail = format!(
                    "{}: the service lists these only for one “{name}” at a time",
                    list.field
                );
                return Err(Failure::new(FailureKind::Invalid, detail));
            }
        }
        let mut given: Vec<Given> = Vec::new();
        for (field, test) in tests.iter().filter(|(field, _)| !self.by_hand(*field)) {
            for (path, value) in tested(self.of.resource, list, *field, test)? {
                if given.iter().any(|(other, _)| *other == path) {
                    let detail = format!("the service takes “{}” only once", path.join("."));
                    return Err(Failure::new(FailureKind::Invalid, detail));
                }
                given.push((path, value));
            }
        }
        if let Some(words) = &self.asked.search {
            let path = list.search.clone().ok_or_else(|| {
                Failure::new(FailureKind::Invalid, "the service does not look for words here")
            })?;
            given.push((path, text(words)));
        }
        Ok(given)
    }

    /// The number of all records, as the service tells it.
    pub(super) async fn total(&self, ends: Instant) -> Result<Option<u64>, Failure> {
        let list = &self.graph.list;
        let Some(total) = &list.total else { return Ok(None) };
        let mut given = self.tests_given(&self.asked.tests)?;
        given.extend(list.size.as_ref().map(|(path, _)| (path.clone(), number(1))));
        let mut tree = Tree::default();
        let selection = plainly(total, None);
        tree.add(&selection);
        let mut question = Question::query();
        question.ask("list", (&list.field, &list.arguments), given, &tree.to_text());
        let answer = self.service.asked(&question, Self::time(ends)).await?;
        let parts = read(&answer)?;
        let told =
            parts.given("list").and_then(|given| json::at(given, total)).and_then(json::plain);
        Ok(told.and_then(|told| told.parse().ok()))
    }

    /// How many records are asked for at once, where the service can be told.
    fn size(&self, wanted: u32) -> Option<u32> {
        let list = &self.graph.list;
        let spare = self.spare();
        list.size.as_ref().map(|(_, most)| {
            let most = (*most).min(self.permitted()).max(1 + spare);
            match list.paging {
                GraphPaging::Whole => most,
                _ => wanted.saturating_add(spare).clamp(1 + spare, most),
            }
        })
    }

    /// One record more than is wanted tells whether there are more.
    fn spare(&self) -> u32 {
        u32::from(matches!(self.graph.list.paging, GraphPaging::Offset { .. }))
    }

    /// The question for a part of the list.
    fn question(
        &self,
        here: &Position,
        size: Option<u32>,
        wants_back: bool,
    ) -> Result<Question, Failure> {
        let list = &self.graph.list;
        let mut given = self.tests_given(&self.asked.tests)?;
        given.extend(sorted(list.sorting.as_ref(), &self.query.sort)?);
        given.extend(self.place_given(here, size)?);
        let mut question = Question::query();
        let selected = self.list_selected(wants_back);
        question.ask("list", (&list.field, &list.arguments), given, &selected);
        Ok(question)
    }

    /// A part of the list from a place on, and the places around it.
    pub(super) async fn list(
        &self,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Part, Failure> {
        let list = &self.graph.list;
        let is_back =
            here.place.as_deref().is_some_and(|place| place.starts_with(TOWARDS_BEGINNING));
        let wants_back = is_back || (here.place.is_some() && here.trail.is_empty());
        let (spare, size) = (self.spare(), self.size(wanted));
        let question = self.question(here, size, wants_back)?;
        let answer = self.service.asked(&question, Self::time(ends)).await?;
        let parts = read(&answer)?;
        let came = self.entries(parts.given("list"))?;
        let own_mark = came
            .entries
            .first()
            .filter(|_| !self.of.resource.key.is_empty())
            .map(|first| mark(first));
        if here.place.is_some() && here.skip == 0 && own_mark.is_some() && own_mark == here.mark {
            let detail =
                format!("{}: the same records come again; the service does not go on", list.field);
            return Err(garbled(detail));
        }
        let most = size.map_or(wanted, |size| wanted.min(size - spare).max(1));
        let mut rows = Vec::new();
        let mut taken = 0_u32;
        for entry in came.entries.iter().skip(here.skip as usize).take(most as usize) {
            let row = self.row(self.record(entry)?);
            taken += 1;
            if self.heeds(&row)? {
                rows.push(self.shown(row));
            }
        }
        let shown = here.skip.saturating_add(taken);
        let next = if (shown as usize) < came.entries.len() && spare == 0 {
            Some(here.then(here.place.clone(), shown, here.mark))
        } else {
            let place = self.following(here, &came, (size, shown), ends).await?;
            place.map(|place| here.then(Some(place), 0, own_mark))
        };
        let previous = match &list.paging {
            GraphPaging::Cursor { back: Some(back), .. } if wants_back => before(&came, back),
            _ => None,
        };
        let next = if is_back { self.forward(&came)? } else { next };
        Ok(Part { rows, next, previous })
    }

    /// Whether a record belongs to what was asked for: a service that leaves a filter out of
    /// account would show what nobody asked for.
    fn heeds(&self, row: &[Value]) -> Result<bool, Failure> {
        for (field, test) in &self.asked.tests {
            if self.by_hand(*field) {
                if !self.fits(row, &[(*field, test)]) {
                    return Ok(false);
                }
                continue;
            }
            let own = &self.of.resource.fields[*field];
            let is_plain = matches!(test, Test::Compare(Comparison::Eq, _) | Test::In(_));
            let is_exact = matches!(
                own.ty,
                FieldType::Enum { .. } | FieldType::Bool | FieldType::Int { .. } | FieldType::Uuid
            );
            if is_plain && is_exact && !self.fits(row, &[(*field, test)]) {
                let list = &self.graph.list.field;
                return Err(garbled(format!(
                    "{list}: the service does not heed the filter on “{}”",
                    own.name
                )));
            }
        }
        Ok(true)
    }

    /// The arguments for a place and a size.
    fn place_given(&self, here: &Position, size: Option<u32>) -> Result<Vec<Given>, Failure> {
        let list = &self.graph.list;
        let mut given: Vec<Given> = Vec::new();
        let mut size_path = list.size.as_ref().map(|(path, _)| path);
        match (&list.paging, here.place.as_deref()) {
            (_, None) | (GraphPaging::Whole, Some(_)) => {}
            (GraphPaging::Cursor { after, back, .. }, Some(place)) => {
                let mut chars = place.chars();
                match (chars.next(), back) {
                    (Some(TOWARDS_END), _) => given.push((after.clone(), text(chars.as_str()))),
                    (Some(TOWARDS_BEGINNING), Some(back)) => {
                        given.push((back.before.clone(), text(chars.as_str())));
                        size_path = Some(&back.last);
                    }
                    _ => return Err(Position::invalid()),
                }
            }
            (GraphPaging::Offset { skip: path } | GraphPaging::Page { page: path }, Some(_)) => {
                given.push((path.clone(), number(here.number(0)?)));
            }
        }
        given.extend(size_path.zip(size).map(|(path, size)| (path.clone(), number(size.into()))));
        Ok(given)
    }

    /// What the service wants to hear for the part after this one; none after the last.
    async fn following(
        &self,
        here: &Position,
        came: &Entries<'_>,
        (size, shown): (Option<u32>, u32),
        ends: Instant,
    ) -> Result<Option<String>, Failure> {
        let list = &self.graph.list;
        let records = u32::try_from(came.entries.len()).unwrap_or(u32::MAX);
        let next = match &list.paging {
            GraphPaging::Whole => None,
            GraphPaging::Cursor { more, .. } => {
                let goes_on = told(came.given, more.as_ref())
                    .unwrap_or_else(|| records > 0 && size.is_none_or(|size| records >= size));
                match (goes_on, self.end(came)) {
                    (false, _) => None,
                    (true, Some(end)) => Some(format!("{TOWARDS_END}{end}")),
                    (true, None) => {
                        return Err(garbled(format!(
                            "{}: the service says that there is more, and not where",
                            list.field
                        )));
                    }
                }
            }
            GraphPaging::Offset { .. } => {
                let after = here.number(0)? + u64::from(shown);
                let goes_on = shown > 0
                    && (records > shown
                        || size.is_some_and(|size| records < size)
                            && self.is_cut(after, records, ends).await?);
                goes_on.then(|| after.to_string())
            }
            GraphPaging::Page { .. } => {
                let page = here.number(1)?;
                let is_full = records > 0 && size.is_none_or(|size| records >= size);
                is_full.then(|| (page + 1).to_string())
            }
        };
        if next.is_some() && next == here.place {
            return Err(garbled(format!(
                "{}: the list goes on in a circle: the next part begins where this one does",
                list.field
            )));
        }
        Ok(next)
    }

    /// Whether fewer records came than were asked for and there are more all the same: some
    /// services have a limit of their own, which is a round number.
    async fn is_cut(&self, after: u64, records: u32, ends: Instant) -> Result<bool, Failure> {
        if !records.is_multiple_of(5) {
            return Ok(false);
        }
        Ok(self.total(ends).await?.is_some_and(|total| total > after))
    }

    /// The place after the last record.
    fn end(&self, came: &Entries<'_>) -> Option<String> {
        let GraphPaging::Cursor { end, .. } = &self.graph.list.paging else { return None };
        match end {
            Some(end) => json::at(came.given, end).and_then(json::plain),
            None => json::at(came.entries.last()?, &["cursor".to_owned()]).and_then(json::plain),
        }
    }

    /// The place after a part that was read towards the beginning.
    fn forward(&self, came: &Entries<'_>) -> Result<Option<Position>, Failure> {
        let end = self.end(came).map(|end| format!("{TOWARDS_END}{end}"));
        Ok(end.map(|place| Position { place: Some(place), ..Position::default() }))
    }
}

/// The place before a part, where records lie before it.
fn before(came: &Entries<'_>, back: &Backward) -> Option<Position> {
    let has_more = told(came.given, back.more.as_ref()).unwrap_or(true);
    let start = json::at(came.given, &back.start).and_then(json::plain).filter(|_| has_more)?;
    Some(Position { place: Some(format!("{TOWARDS_BEGINNING}{start}")), ..Position::default() })
}
