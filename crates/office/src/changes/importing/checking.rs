//! The dry run: what an import would do, row by row. Nothing is written.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kontor_model::{ChangeItem, ChangeKind, Column, Query, RecordKey, Resource, Value};

use super::mapping::{ImportMapping, ImportMode, is_written};
use super::meaning::{Meaning, Meant};
use super::spelling::Spelling;
use super::table::{Cell, FileKind, Row, Table};
use crate::actor::{Edit, Permit};
use crate::catalog::{Catalog, Face, Format};
use crate::changes::journal::is_kept;
use crate::changes::plan::{Plan, made};
use crate::error::{FieldProblem, OfficeError, Problem, ReadOnlyReason};
use crate::records::{has_key, one_of};

/// Rows whose records are looked up at once.
const BATCH: usize = 200;

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum RowProblem {
    /// A cell cannot be what its field holds, or a field that a new record needs has none.
    Field(FieldProblem),
    /// An earlier row is about the same record.
    Twice {
        /// The number of that row.
        row: usize,
    },
    /// No record is found, and none is to be made.
    NotFound,
    /// The record is there, and only new ones are wanted.
    Exists,
    /// Several records are found.
    Several,
    /// The cells by which the record would be found are empty.
    NoKey,
}

/// A field that an import would change: its name, before and after; nothing before in a new record.
pub type Changed = (String, Option<Value>, Value);

/// A row of which something is said.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedRow {
    /// Its number in the file, from one.
    pub number: usize,
    /// The record that it is about; none while it is to be made under a key that nobody knows yet.
    pub key: Option<RecordKey>,
    /// What it would change.
    pub changes: Vec<Changed>,
}

/// A row that is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedRow {
    /// Its number in the file, from one.
    pub number: usize,
    /// Why.
    pub problems: Vec<RowProblem>,
    /// Its place among the rows.
    pub(super) at: usize,
}

/// What an import would do.
#[derive(Debug)]
pub struct ImportCheck {
    /// Rows that would make a record.
    pub new: usize,
    /// Rows that would change one.
    pub changed: usize,
    /// Rows whose record holds everything already.
    pub same: usize,
    /// Rows that are refused, all of them.
    pub refused: Vec<RefusedRow>,
    /// The first of the new records.
    pub first_new: Vec<CheckedRow>,
    /// The first of the changes.
    pub first_changed: Vec<CheckedRow>,
    /// The first rows whose records stay as they are.
    pub first_same: Vec<CheckedRow>,
    /// Whether all of it can be taken back at once.
    pub is_reversible: bool,
    /// Changes first, then new records.
    pub(super) plan: Arc<Plan>,
    /// The numbers of the rows from which the records of the plan come, in its order.
    pub(super) numbers: Vec<usize>,
}

/// Rows of each kind that are shown.
const SHOWN: usize = 50;

/// What a dry run is made with.
pub(super) struct Checking<'a> {
    permit: &'a Permit<Edit>,
    catalog: &'a Arc<Catalog>,
    face: &'a Face,
    resource: &'a Resource,
    meaning: Meaning<'a>,
    table: &'a Table,
    /// Field, place of the column, spelling.
    columns: Vec<(usize, usize, Spelling)>,
    matched_by: Vec<usize>,
    mode: ImportMode,
    /// What is read of the records that are there.
    read: Vec<usize>,
    found: Findings,
}

/// A row and what was made of it.
type Item = (usize, ChangeItem);

#[derive(Default)]
struct Findings {
    changes: Vec<Item>,
    new: Vec<Item>,
    same: usize,
    first_same: Vec<CheckedRow>,
    refused: Vec<RefusedRow>,
    /// The rows that records were named by, by the address of the record or what it would be found by.
    seen: HashMap<String, usize>,
}

/// What is there for a row.
enum There {
    None,
    One(RecordKey, HashMap<usize, Value>),
    Several,
}

impl<'a> Checking<'a> {
    pub(super) fn new(
        permit: &'a Permit<Edit>,
        (catalog, face): (&'a Arc<Catalog>, &'a Face),
        table: &'a Table,
        mapping: &ImportMapping,
    ) -> Self {
        let resource = catalog.resource(face);
        let position = |name: &String| resource.position(name);
        let columns: Vec<_> = mapping
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| {
                let field = position(column.field.as_ref()?)?;
                Some((field, at, column.spelling.unwrap_or_default()))
            })
            .collect();
        let matched_by: Vec<usize> = mapping.matched_by.iter().filter_map(position).collect();
        let mut read: Vec<usize> = columns.iter().map(|(field, ..)| *field).collect();
        let currencies = columns.iter().filter_map(|(field, ..)| currency_field(face, *field));
        for field in currencies.collect::<Vec<_>>() {
            if !read.contains(&field) {
                read.push(field);
            }
        }
        Self {
            permit,
            catalog,
            face,
            resource,
            meaning: Meaning {
                resource,
                face,
                zone: crate::records::zone_of(&permit.actor),
                tells_empty: table.tells_empty,
                is_marked: matches!(table.kind, FileKind::Delimited { .. }),
            },
            table,
            columns,
            matched_by,
            mode: mapping.mode,
            read,
            found: Findings::default(),
        }
    }

    /// Looks at all rows. `follow` is told how many are behind it, and says whether it goes on.
    pub(super) async fn run(
        mut self,
        follow: impl Fn(usize) -> bool,
    ) -> Result<Option<ImportCheck>, OfficeError> {
        // A service is asked for one record after another.
        let size = match self.resource.service {
            Some(_) => 1,
            None => BATCH.min(self.permit.backend.manifest().budget.row_cap.max(1) as usize),
        };
        for (nth, batch) in self.table.rows.chunks(size).enumerate() {
            let wanted: Vec<_> = batch.iter().map(|row| self.wanted(row)).collect();
            let there = self.there(&wanted).await?;
            for (at, ((row, wanted), there)) in batch.iter().zip(wanted).zip(there).enumerate() {
                let at = nth * size + at;
                let problems = match wanted {
                    Ok(wanted) => self.row(row, wanted.as_deref(), there).err().unwrap_or_default(),
                    Err(problems) => problems,
                };
                if !problems.is_empty() {
                    self.found.refused.push(RefusedRow { number: row.number, problems, at });
                }
            }
            if !follow(nth * size + batch.len()) {
                return Ok(None);
            }
        }
        Ok(Some(self.ended()))
    }

    /// The values by which a row finds its record; none where it is a new one in any case.
    fn wanted(&self, row: &Row) -> Result<Option<Vec<Value>>, Vec<RowProblem>> {
        if self.matched_by.is_empty() {
            return Ok(None);
        }
        let mut values = Vec::with_capacity(self.matched_by.len());
        let mut problems = Vec::new();
        for &field in &self.matched_by {
            let Some((_, at, spelling)) = self.columns.iter().find(|(other, ..)| *other == field)
            else {
                continue;
            };
            match self.meaning.of(field, *spelling, &row.cells[*at], None, None) {
                Ok(Meant::Value(value))
                    if !value.is_null() && value != Value::Text(String::new()) =>
                {
                    values.push(value);
                }
                Ok(_) => {}
                Err(problem) => problems.push(self.told(field, problem)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if values.len() == self.matched_by.len() {
            return Ok(Some(values));
        }
        // The backend makes the key of a record that brings none.
        let is_needed = self.matched_by.iter().any(|&field| self.resource.requires(field));
        if is_needed || self.mode == ImportMode::Change {
            return Err(vec![RowProblem::NoKey]);
        }
        Ok(None)
    }

    fn told(&self, field: usize, problem: Problem) -> RowProblem {
        let field = self.resource.fields[field].name.clone();
        RowProblem::Field(FieldProblem { field, problem })
    }

    /// The records that are there for the rows of a batch.
    async fn there(
        &self,
        wanted: &[Result<Option<Vec<Value>>, Vec<RowProblem>>],
    ) -> Result<Vec<There>, OfficeError> {
        let keys = || wanted.iter().filter_map(|wanted| wanted.as_ref().ok()?.as_ref());
        let mut asked: Vec<Vec<Value>> = Vec::new();
        let mut known = HashSet::new();
        for key in keys() {
            if known.insert(text_of(key)) {
                asked.push(key.clone());
            }
        }
        let records = if asked.is_empty() { Vec::new() } else { self.asked(&asked).await? };
        let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_letters: HashSet<String> = HashSet::new();
        for (at, (_, values)) in records.iter().enumerate() {
            let held: Vec<Value> =
                self.matched_by.iter().map(|field| values[field].clone()).collect();
            by_letters.insert(letters_of(&held));
            by_text.entry(text_of(&held)).or_default().push(at);
        }
        let is_exact = by_text.keys().all(|text| known.contains(text));
        let mut there = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let Ok(Some(key)) = wanted else {
                there.push(There::None);
                continue;
            };
            there.push(match by_text.get(&text_of(key)).map(Vec::as_slice) {
                Some([at]) => There::One(records[*at].0.clone(), records[*at].1.clone()),
                Some(_) => There::Several,
                // The backend may hold it in another spelling than the file.
                None if !is_exact || by_letters.contains(&letters_of(key)) => {
                    let mut found = self.asked(std::slice::from_ref(key)).await?;
                    match (found.pop(), found.is_empty()) {
                        (None, _) => There::None,
                        (Some((key, values)), true) => There::One(key, values),
                        (Some(_), false) => There::Several,
                    }
                }
                None => There::None,
            });
        }
        Ok(there)
    }

    /// The records that hold one of several rows of values in the fields that are matched by.
    async fn asked(
        &self,
        rows: &[Vec<Value>],
    ) -> Result<Vec<(RecordKey, HashMap<usize, Value>)>, OfficeError> {
        let columns = self.resource.key.iter().chain(&self.read);
        let columns = columns.map(|&field| Column::whole(field)).collect();
        let condition = match rows {
            [key] if self.matched_by == self.resource.key => {
                has_key(self.resource, &RecordKey::Values(key.clone()))
            }
            _ => one_of(&self.matched_by, rows),
        };
        // One more tells that a value belongs to several records.
        let most = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
        let query = Query::unordered(columns, condition, most);
        let page = match self.permit.backend.select(self.catalog, self.face, &query).await {
            Err(OfficeError::UnknownRecord(_)) => return Ok(Vec::new()),
            page => page?,
        };
        let found = page.rows.into_iter().map(|mut key| {
            let values = key.split_off(self.resource.key.len());
            let mut values: HashMap<usize, Value> = self.read.iter().copied().zip(values).collect();
            values.extend(self.resource.key.iter().copied().zip(key.iter().cloned()));
            (RecordKey::Values(key), values)
        });
        Ok(found.collect())
    }

    /// What becomes of a row.
    fn row(
        &mut self,
        row: &Row,
        wanted: Option<&[Value]>,
        there: There,
    ) -> Result<(), Vec<RowProblem>> {
        let name = match (&there, &wanted) {
            (There::Several, _) => return Err(vec![RowProblem::Several]),
            (There::One(key, _), _) => Some(format!("r{}", key.to_text())),
            (There::None, Some(wanted)) => Some(format!("n{}", text_of(wanted))),
            (There::None, None) => None,
        };
        if let Some(name) = name {
            if let Some(first) = self.found.seen.get(&name) {
                return Err(vec![RowProblem::Twice { row: *first }]);
            }
            self.found.seen.insert(name, row.number);
        }
        match there {
            There::One(..) if self.mode == ImportMode::Create => Err(vec![RowProblem::Exists]),
            There::One(key, values) => self.present(row, key, &values),
            There::None | There::Several => self.absent(row, wanted.is_some()),
        }
    }

    /// A row whose record is there.
    fn present(
        &mut self,
        row: &Row,
        key: RecordKey,
        values: &HashMap<usize, Value>,
    ) -> Result<(), Vec<RowProblem>> {
        let (mut before, mut after, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for (field, at, spelling) in &self.columns {
            // By these it was found.
            if self.matched_by.contains(field) {
                continue;
            }
            let (cell, old) = (&row.cells[*at], &values[field]);
            let currency = self.currency(row, *field, Some(values));
            let meant = self.meaning.of(*field, *spelling, cell, Some(old), currency.as_deref());
            match meant {
                Ok(Meant::Nothing) => {}
                Ok(Meant::Value(new)) => match self.writes(*field, ChangeKind::Update) {
                    Ok(()) => {
                        before.push((*field, old.clone()));
                        after.push((*field, new));
                    }
                    Err(reason) => problems.push(self.told(*field, Problem::ReadOnly(reason))),
                },
                Err(problem) => problems.push(self.told(*field, problem)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if after.is_empty() {
            self.found.same += 1;
            if self.found.first_same.len() < SHOWN {
                let (number, key) = (row.number, Some(key));
                self.found.first_same.push(CheckedRow { number, key, changes: Vec::new() });
            }
            return Ok(());
        }
        let item = ChangeItem { key: Some(key), before, after, version: None };
        self.found.changes.push((row.number, item));
        Ok(())
    }

    /// A row whose record is not there.
    fn absent(&mut self, row: &Row, is_named: bool) -> Result<(), Vec<RowProblem>> {
        // A key that only the backend gives cannot be brought along.
        let is_given =
            |field: &usize| is_written(self.resource, self.face, *field, ChangeKind::Create);
        if self.mode == ImportMode::Change || (is_named && !self.matched_by.iter().all(is_given)) {
            return Err(vec![RowProblem::NotFound]);
        }
        let (mut after, mut problems) = (Vec::new(), Vec::new());
        for (field, at, spelling) in &self.columns {
            let currency = self.currency(row, *field, None);
            let cell = &row.cells[*at];
            match self.meaning.of(*field, *spelling, cell, None, currency.as_deref()) {
                Ok(Meant::Nothing) => {}
                Ok(Meant::Value(new)) => match self.writes(*field, ChangeKind::Create) {
                    Ok(()) => after.push((*field, new)),
                    Err(reason) => problems.push(self.told(*field, Problem::ReadOnly(reason))),
                },
                Err(problem) => problems.push(self.told(*field, problem)),
            }
        }
        let is_told = |problems: &[RowProblem], name: &str| {
            problems
                .iter()
                .any(|told| matches!(told, RowProblem::Field(other) if other.field == name))
        };
        for field in 0..self.resource.fields.len() {
            let name = &self.resource.fields[field].name;
            let is_missing = !after.iter().any(|(given, _)| *given == field);
            if self.resource.requires(field) && is_missing && !is_told(&problems, name) {
                problems.push(self.told(field, Problem::Required));
            }
        }
        if after.is_empty() && problems.is_empty() {
            problems.push(RowProblem::NoKey);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let given = |key: &usize| after.iter().find(|(field, _)| field == key);
        let key = self.resource.key.iter().map(|key| given(key).map(|(_, value)| value.clone()));
        let key = key.collect::<Option<Vec<_>>>().filter(|key| !key.is_empty());
        let item = ChangeItem {
            key: key.map(RecordKey::Values),
            before: Vec::new(),
            after,
            version: None,
        };
        self.found.new.push((row.number, item));
        Ok(())
    }

    fn writes(&self, field: usize, kind: ChangeKind) -> Result<(), ReadOnlyReason> {
        if is_written(self.resource, self.face, field, kind) {
            return Ok(());
        }
        let own = self.face.fields[field].read_only;
        Err(match own {
            Some(reason) => reason,
            None if self.resource.key.contains(&field) => ReadOnlyReason::Key,
            None if !self.resource.takes(kind, field) => ReadOnlyReason::NotOffered,
            None => ReadOnlyReason::Generated,
        })
    }

    /// The currency of a row's amount: what the row says, else what the record has.
    fn currency(
        &self,
        row: &Row,
        field: usize,
        values: Option<&HashMap<usize, Value>>,
    ) -> Option<String> {
        let currency = currency_field(self.face, field)?;
        let own = self.columns.iter().find(|(other, ..)| *other == currency);
        let said =
            own.map(|(_, at, _)| &row.cells[*at]).filter(|cell| !matches!(cell, Cell::Absent));
        let said = said.map(|cell| cell.text().trim()).filter(|text| !text.is_empty());
        let held = || values.and_then(|values| values.get(&currency)).and_then(Value::to_text);
        said.map(str::to_owned).or_else(held)
    }

    fn ended(self) -> ImportCheck {
        let Findings { changes, new, same, first_same, refused, .. } = self.found;
        let told = |items: &[Item]| {
            let shown = items.iter().take(SHOWN);
            shown.map(|(number, item)| checked(self.resource, *number, item)).collect::<Vec<_>>()
        };
        let (first_changed, first_new) = (told(&changes), told(&new));
        let (changed, made_new) = (changes.len(), new.len());
        let (numbers, items): (Vec<usize>, Vec<ChangeItem>) =
            changes.into_iter().chain(new).unzip();
        let is_kept = |item: &ChangeItem| {
            let mut values = item.before.iter().chain(&item.after);
            values.all(|(_, value)| value.is_whole() && is_kept(value))
        };
        let is_reversible = items.iter().all(is_kept)
            && (made_new == 0 || self.resource.offers(ChangeKind::Delete));
        let kind = if changed == 0 { ChangeKind::Create } else { ChangeKind::Update };
        let mut plan = made(self.permit, self.catalog, self.face, kind, items);
        let is_mixed = changed > 0 && made_new > 0;
        plan.change.then = is_mixed.then_some((changed, ChangeKind::Create));
        ImportCheck {
            new: made_new,
            changed,
            same,
            refused,
            first_new,
            first_changed,
            first_same,
            is_reversible,
            plan: Arc::new(plan),
            numbers,
        }
    }
}

impl ImportCheck {
    /// How many records it would write.
    #[must_use]
    pub fn records(&self) -> usize {
        self.plan.change.items.len()
    }
}

fn checked(resource: &Resource, number: usize, item: &ChangeItem) -> CheckedRow {
    let changes = item.after.iter().map(|(field, new)| {
        let old = item.before.iter().find(|(other, _)| other == field).map(|(_, old)| old.clone());
        (resource.fields[*field].name.clone(), old, new.clone())
    });
    CheckedRow { number, key: item.key.clone(), changes: changes.collect() }
}

fn currency_field(face: &Face, field: usize) -> Option<usize> {
    match &face.fields[field].format {
        Format::Money { currency_field, .. } => *currency_field,
        _ => None,
    }
}

/// Values as one text, for looking them up.
fn text_of(values: &[Value]) -> String {
    RecordKey::Values(values.to_vec()).to_text()
}

/// As [`text_of`], without what collations do not tell apart.
fn letters_of(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().filter_map(Value::to_text).collect();
    texts.join("\u{0}").to_lowercase().trim_end().to_owned()
}
