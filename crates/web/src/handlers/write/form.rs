//! What a form of a record asks for, and what it gives.

use kontor_model::{ChangeKind, Generated, Value};
use kontor_office::{Edit, EditRequest, FieldProblem, Input, OfficeError, Problem, Shown};

use crate::app::App;
use crate::failure::field_text;
use crate::format::{self, Format};
use crate::handlers::list::face_of;
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, first, here, key};
use crate::pages::record::form::{FormGroup, FormInput};
use crate::pages::record::given::{Given, given, input_text};
use crate::shown::{FieldView, Linked, Locked};
use crate::texts::Texts;
use crate::view::{View, locked};
use crate::visitor::Reader;

/// What a form gives for the fields of a resource. Where a conflict was shown, a version counts as
/// chosen only by `keep.name`; without it the field still expects what was there before, and meets
/// the conflict again.
pub(super) struct Filled {
    pub(super) edit: EditRequest,
    /// What cannot be read.
    pub(super) problems: Vec<FieldProblem>,
}

impl Filled {
    /// What became of planning this: what could not be read comes before what cannot be written.
    pub(super) fn told<T>(
        problems: Vec<FieldProblem>,
        planned: Result<T, OfficeError>,
    ) -> Result<T, OfficeError> {
        match planned {
            planned if problems.is_empty() => planned,
            Err(OfficeError::Invalid(more)) => {
                let others = |found: &FieldProblem| {
                    problems.iter().all(|problem| problem.field != found.field)
                };
                let more: Vec<_> = more.into_iter().filter(others).collect();
                Err(OfficeError::Invalid(problems.into_iter().chain(more).collect()))
            }
            _ => Err(OfficeError::Invalid(problems)),
        }
    }
}

/// Reads what the form of a new record, or of one that is there, gives.
pub(super) async fn read_form(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Filled, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    Ok(filled(&view, pairs, shell.reader()))
}

fn filled(view: &View<'_>, pairs: &Pairs, reader: format::Reader<'_>) -> Filled {
    let mut filled = Filled { edit: EditRequest::default(), problems: Vec::new() };
    for &index in &view.face.order {
        let field = &view.resource().fields[index];
        let taken = |kind| view.resource().takes(kind, index);
        let is_taken = taken(ChangeKind::Create) || taken(ChangeKind::Update);
        if view.face.fields[index].read_only.is_some() || !is_taken {
            continue;
        }
        let value = |prefix: &str| {
            first(pairs, &format!("{prefix}.{}", field.name)).and_then(Value::from_tagged)
        };
        let kept = first(pairs, &format!("keep.{}", field.name));
        let was = if kept.is_some() { value("theirs").or(value("was")) } else { value("was") };
        let seen = seen_field(view, index, pairs);
        let meant = meant_format(view, &seen, index, pairs);
        let input = match given(&seen, &meant, reader, pairs) {
            _ if kept == Some("theirs") => None,
            None | Some(Given::Unchanged | Given::Default) => continue,
            Some(Given::Null) => Some(Input::Null),
            Some(Given::Text(text)) => Some(Input::Text(text)),
            Some(Given::Value(value)) => Some(Input::Value(value)),
            Some(Given::Wrong(problem)) => {
                let problem = Problem::Input(problem);
                filled.problems.push(FieldProblem { field: field.name.clone(), problem });
                continue;
            }
        };
        filled.edit.set.extend(input.map(|input| (field.name.clone(), input)));
        filled.edit.expect.extend(was.map(|was| (field.name.clone(), was)));
    }
    filled
}

/// A field as the form showed it: an amount in the currency that the record had then.
fn seen_field(view: &View<'_>, index: usize, pairs: &Pairs) -> FieldView {
    view.with_currency(view.field(index), index, |currency| {
        let name = &view.resource().fields[currency].name;
        first(pairs, &format!("was.{name}"))
            .and_then(Value::from_tagged)
            .or_else(|| first(pairs, &format!("v.{name}")).map(|text| Value::Text(text.to_owned())))
    })
}

/// How a new text is meant: an amount in the currency that the form gives the record.
pub(crate) fn meant_format(
    view: &View<'_>,
    seen: &FieldView,
    index: usize,
    pairs: &Pairs,
) -> Format {
    let name = |currency: usize| &view.resource().fields[currency].name;
    view.currency_field(index)
        .and_then(|currency| first(pairs, &format!("v.{}", name(currency))))
        .filter(|code| !code.is_empty())
        .map_or_else(|| seen.format.clone(), |code| seen.format.in_currency(code))
}

/// What a form gives values to.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// A record that is there.
    Record(&'a Shown),
    /// A new record.
    New,
    /// Many records that are there.
    Many,
}

/// The inputs of a form: with what a record holds, with what the form gave, with what is wrong.
pub(crate) fn groups(
    view: &View<'_>,
    reader: format::Reader<'_>,
    subject: Subject<'_>,
    pairs: &Pairs,
    problems: &[FieldProblem],
    t: &Texts,
) -> Vec<FormGroup> {
    let asked = Asked { view, reader, subject, pairs };
    let mut groups: Vec<FormGroup> = Vec::new();
    for &index in &view.face.order {
        let Some(mut input) = asked.input(index) else { continue };
        let problem = problems.iter().find(|problem| problem.field == input.field.name);
        input.error = problem.map(|problem| field_text(t, problem));
        let group = view.face.fields[index].group.as_ref();
        let name = group.map(|group| group.in_language(view.language.code()).to_owned());
        match groups.iter_mut().find(|group| group.title == name) {
            Some(group) => group.inputs.push(input),
            None => groups.push(FormGroup { title: name, inputs: vec![input] }),
        }
    }
    groups
}

/// What a form asks for.
struct Asked<'a> {
    view: &'a View<'a>,
    reader: format::Reader<'a>,
    subject: Subject<'a>,
    /// What it gave before.
    pairs: &'a Pairs,
}

impl Asked<'_> {
    /// The input of a field; none where the form does not ask for it.
    fn input(&self, index: usize) -> Option<FormInput> {
        let (found, is_new) = match self.subject {
            Subject::Record(found) => (Some(found), false),
            Subject::New => (None, true),
            Subject::Many => (None, false),
        };
        let view = self.view;
        let field = match found {
            Some(found) => {
                view.with_currency(view.field(index), index, |other| found.value(other).cloned())
            }
            None => seen_field(view, index, self.pairs),
        };
        let kind = if is_new { ChangeKind::Create } else { ChangeKind::Update };
        let not_taken = !view.resource().takes(kind, index);
        let locked = view.face.fields[index].read_only.map(locked).or(field.locked);
        let locked = locked.or_else(|| not_taken.then_some(Locked::NotOffered));
        // What is kept is asked for where a new record cannot be without it.
        let is_asked = is_new && field.required && locked == Some(Locked::Kept);
        let locked = locked.filter(|_| !is_asked);
        if found.is_none() && locked.is_some() {
            return None;
        }
        let at = found.and_then(|found| found.fields.iter().position(|(shown, _)| *shown == index));
        let value = at.zip(found).map(|(at, found)| found.fields[at].1.clone());
        let title = at.zip(found).and_then(|(at, found)| found.titles.get(at)?.as_ref());
        let given = |prefix: &str| first(self.pairs, &format!("{prefix}.{}", field.name));
        let typed = given("v");
        let text = || value.as_ref().map(|value| input_text(self.reader, &field, value));
        Some(FormInput {
            text: typed.map_or_else(|| text().unwrap_or_default(), str::to_owned),
            is_null: match typed {
                Some(_) => given("null").is_some(),
                None => value.as_ref().is_some_and(Value::is_null),
            },
            cell: view.cell(index, value.clone().unwrap_or_default(), title),
            was: given("was").and_then(Value::from_tagged).or(value),
            error: None,
            default: if is_new { self.default(index) } else { None },
            field: FieldView { locked, ..field },
        })
    }

    /// What a new record gets where nothing is given; empty where only the database knows it.
    fn default(&self, index: usize) -> Option<String> {
        let field = &self.view.resource().fields[index];
        let is_generated = field.generated != Generated::No;
        field.default.clone().or_else(|| is_generated.then(String::new))
    }
}

/// What is wrong with the record as a whole.
pub(super) fn general_problem(problems: &[FieldProblem], t: &Texts) -> Option<String> {
    let texts: Vec<String> = problems
        .iter()
        .filter(|problem| problem.field.is_empty())
        .map(|problem| field_text(t, problem))
        .collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The titles of the records that a new one points to already. Where one cannot be found, its key
/// has to do.
pub(super) async fn name_links(app: &App, place: &Place<Edit>, groups: &mut [FormGroup]) {
    let reading = place.permit.to_read();
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        let Some(link) = input.field.link.as_ref().filter(|_| !input.text.is_empty()) else {
            continue;
        };
        let Ok(key) = key(&input.text) else { continue };
        if let Ok(found) = app.office.record(&reading, &link.resource, &key).await {
            input.cell.linked = Some(Linked { title: found.title, to: None });
        }
    }
}
