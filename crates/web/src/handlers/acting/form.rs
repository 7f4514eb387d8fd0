//! The form of an action: what it takes, filled in from the record.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::Value;
use kontor_office::catalog::{Action, ActionInput, Pick};
use kontor_office::{Edit, FieldProblem, OfficeError, Permit, Read, Shown};

use super::reading::field;
use super::{BACK, SEEN, called, case_of};
use crate::app::App;
use crate::components::Shell;
use crate::components::structure::recognised;
use crate::failure::{PageFailure, field_text};
use crate::format::Reader as Notation;
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, first, here, key, shown};
use crate::pages::record::acting::{ActionScreen, ForeseenPart, page as action_page};
use crate::pages::record::form::{FormGroup, FormInput};
use crate::pages::record::given::input_text;
use crate::pages::record::picking::{PickAsked, PickGroup, PickRow};
use crate::pages::record::queue::QueuePlace;
use crate::shown::Cell;
use crate::texts::Texts;
use crate::view::View;
use crate::visitor::Reader;

/// What is wrong with what was given.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) fields: Vec<FieldProblem>,
    pub(super) whole: Option<String>,
}

impl Problems {
    fn status(&self) -> StatusCode {
        if self.fields.is_empty() && self.whole.is_none() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// Which form is asked for, and what is known of it.
pub(super) struct Asked<'a> {
    pub(super) record: &'a str,
    pub(super) action: &'a str,
    pub(super) pairs: &'a Pairs,
    /// Whether the pairs are those of the form itself, in which what is missing was taken out.
    pub(super) is_again: bool,
    pub(super) problems: Problems,
    pub(super) foreseen: ForeseenPart,
}

impl<'a> Asked<'a> {
    pub(super) fn first((record, action): (&'a str, &'a str), pairs: &'a Pairs) -> Self {
        let (problems, foreseen) = (Problems::default(), ForeseenPart::Unasked);
        Self { record, action, pairs, is_again: false, problems, foreseen }
    }

    pub(super) fn again(at: (&'a str, &'a str), pairs: &'a Pairs) -> Self {
        Self { is_again: true, ..Self::first(at, pairs) }
    }
}

pub(super) async fn form(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    asked: Asked<'_>,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let reading: Permit<Read> = place.permit.to_read();
    let status = asked.problems.status();
    let screen = async {
        let found = app.office.record(&reading, &place.resource, &key(asked.record)?).await?;
        let catalog = found.catalog.clone();
        let face = &catalog.faces[found.face];
        let view = View { permit: &reading, catalog: &catalog, face, language: language(&reader) };
        let action = called(&view, asked.action)?;
        let refused = app.office.offered(&reader.actor, &found).into_iter();
        let refused = refused.filter(|offered| face.actions[offered.action].name == action.name);
        let refused = refused.filter_map(|offered| offered.refused).next();
        let not_allowed = refused.map(|why| view.refusal(&why));
        let general = asked.problems.fields.iter().filter(|problem| problem.field.is_empty());
        let general: Vec<String> =
            general.map(|problem| field_text(shell.texts, problem)).collect();
        let general = (!general.is_empty()).then(|| general.join(" "));
        let filling =
            Filling { view: &view, found: &found, asked: &asked, t: shell.texts, shell: &shell };
        let problem = asked.problems.whole.clone().or(general).or(not_allowed);
        Ok::<_, OfficeError>(filling.screen(action, shell.reader(), problem))
    };
    match screen.await {
        Ok(screen) => {
            let markup = action_page(&shell, &screen);
            Ok((status, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

/// A form while it is filled in.
struct Filling<'a> {
    view: &'a View<'a>,
    found: &'a Shown,
    asked: &'a Asked<'a>,
    t: &'a Texts,
    shell: &'a Shell,
}

impl Filling<'_> {
    fn screen(
        &self,
        action: &Action,
        notation: Notation<'_>,
        problem: Option<String>,
    ) -> ActionScreen {
        let title = |label: &kontor_office::manifest::Label| self.said(label);
        let record = self.view.record(&self.found.key);
        let queue = QueuePlace::from_pairs(self.asked.pairs);
        let mut along = queue.as_ref().map(QueuePlace::pairs).unwrap_or_default();
        let next = first(self.asked.pairs, "to").filter(|_| queue.is_some());
        along.extend(next.map(|next| ("to", next.to_owned())));
        let case = case_of(self.asked.pairs);
        along.extend(case.map(|case| (BACK, case.to_owned())));
        let values = action.compares().into_iter().filter_map(|field| {
            let name = format!("{SEEN}{}", self.view.resource().fields[field].name);
            Some((name, self.found.value(field)?.to_tagged()))
        });
        let away = || case.map_or_else(|| record.link(), str::to_owned);
        ActionScreen {
            back: queue.map_or_else(away, |queue| queue.on(&record.link())),
            record,
            title: self.found.title.clone(),
            backend_title: self.view.backend_title(),
            resource_title: self.view.title(),
            name: action.name.clone(),
            action: title(&action.title),
            description: action.description.as_ref().map(title),
            question: action.question.as_ref().map(title),
            expects: self.expects(action),
            picks: self.picks(action),
            groups: self.groups(action, notation),
            foreseen: action.preview.as_ref().map(|_| self.asked.foreseen.clone()),
            problem,
            seen: values.collect(),
            along,
        }
    }

    fn said(&self, label: &kontor_office::manifest::Label) -> String {
        label.in_language(self.view.language.code()).to_owned()
    }

    /// Titles of the fields that it is expected to change, as far as they are shown; an object by the
    /// heading of its fields.
    fn expects(&self, action: &Action) -> Vec<String> {
        let mut titles: Vec<String> = Vec::new();
        for field in &self.view.face.order {
            let name = &self.view.resource().fields[*field].name;
            if !action.is_expected(name) {
                continue;
            }
            let face = &self.view.face.fields[*field];
            let is_whole = action.expects.contains(name);
            let title = face.group.as_ref().filter(|_| !is_whole).unwrap_or(&face.title);
            let title = self.said(title);
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        titles
    }

    fn problem(&self, input: &ActionInput) -> Option<String> {
        let fields = &self.asked.problems.fields;
        let problem = fields.iter().find(|problem| problem.field == input.name);
        problem.map(|problem| field_text(self.t, problem))
    }

    /// Whether entries of this record's list can be picked; else the input is JSON like any other.
    fn entries(&self, input: &ActionInput) -> Option<(Pick, Vec<kontor_office::catalog::Entry>)> {
        let pick = input.pick.clone()?;
        let list = self.found.gives(input)?;
        let entries = pick.entries(&list)?;
        Some((pick, entries))
    }

    fn picks(&self, action: &Action) -> Vec<PickGroup> {
        let asked_for = action.inputs.iter().filter(|input| !input.hidden);
        let group = |input: &ActionInput| {
            let (pick, entries) = self.entries(input)?;
            let is_only = entries.len() == 1;
            let inside = input.from.as_ref().filter(|from| from.path.is_empty()).map(|from| {
                let currency = |other| self.found.value(other).cloned();
                self.view.with_currency(self.view.field(from.field), from.field, currency).inside
            });
            let rows = entries.into_iter().enumerate().map(|(at, entry)| {
                let tick = PickGroup::tick(&input.name, at);
                let typed = |name: &str| {
                    first(self.asked.pairs, &format!("{tick}.{name}")).map(str::to_owned)
                };
                let most = entry.most.filter(|most| *most > 1);
                let asked = pick.ask.iter().map(|asked| PickAsked {
                    name: asked.name.clone(),
                    title: self.said(&asked.title),
                    text: typed(&asked.name)
                        .or_else(|| asked.default.as_ref().map(|label| self.said(label)))
                        .unwrap_or_default(),
                    choices: self.view.choices(&asked.choices),
                });
                let title =
                    inside.as_ref().and_then(|inside| recognised(self.shell, inside, &entry.shown));
                PickRow {
                    title: title.unwrap_or(entry.title),
                    mark: entry.mark,
                    is_picked: first(self.asked.pairs, &tick).is_some()
                        || (is_only && !self.asked.is_again),
                    number: most
                        .map(|most| (typed("number").unwrap_or_else(|| most.to_string()), most)),
                    asked: asked.collect(),
                }
            });
            Some(PickGroup {
                rows: rows.collect(),
                name: input.name.clone(),
                title: self.said(&input.title),
                help: input.help.as_ref().map(|help| self.said(help)),
                problem: self.problem(input),
            })
        };
        asked_for.filter_map(group).collect()
    }

    fn groups(&self, action: &Action, notation: Notation<'_>) -> Vec<FormGroup> {
        let asked_for = action.inputs.iter().filter(|input| !input.hidden);
        let plain = asked_for.filter(|input| self.entries(input).is_none());
        grouped(self.view, plain.map(|input| (input, self.line(input, notation))))
    }

    /// What was typed, else what the record has, else the default.
    fn line(&self, input: &ActionInput, notation: Notation<'_>) -> FormInput {
        let field = field(self.view, input, Some(self.found));
        let typed = first(self.asked.pairs, &format!("v.{}", input.name)).map(str::to_owned);
        let given = self.found.gives(input).filter(|_| input.pick.is_none());
        let given = given.map(|value| input_text(notation, &field, &value));
        let known = given.or_else(|| input.default.as_ref().map(|label| self.said(label)));
        FormInput {
            cell: Cell::of(Value::Null),
            is_null: first(self.asked.pairs, &format!("null.{}", input.name)).is_some()
                || (typed.is_none() && known.is_none() && !input.needed),
            text: typed.or(known).unwrap_or_default(),
            was: None,
            error: self.problem(input),
            default: None,
            field,
        }
    }
}

/// Lines of a form under the headings of their inputs, in their order.
pub(crate) fn grouped<'a>(
    view: &View<'_>,
    lines: impl Iterator<Item = (&'a ActionInput, FormInput)>,
) -> Vec<FormGroup> {
    let mut groups: Vec<FormGroup> = Vec::new();
    for (input, line) in lines {
        let title =
            input.group.as_ref().map(|group| group.in_language(view.language.code()).to_owned());
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.inputs.push(line),
            None => groups.push(FormGroup { title, inputs: vec![line] }),
        }
    }
    groups
}
