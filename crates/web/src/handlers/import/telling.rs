//! An import in the reader's words.

use std::collections::HashMap;

use kontor_model::{InvalidInput, RecordKey, Value};
use kontor_office::{
    Changed, CheckedRow, FieldProblem, FileKind, FileProblem, Import, ImportCheck, ImportFailed,
    ImportOffer, ImportProblem, ImportProgress, ImportStage, ItemState, LeftOut, Problem,
    RefusedRow, RowProblem,
};

use crate::app::App;
use crate::components::diff::FieldChange;
use crate::failure::{field_text, told};
use crate::pages::import::{
    Columns, ImportColumnLine, ImportRow, ImportScreen, Shown, Stage, Written,
};
use crate::shown::Cell;
use crate::texts::Texts;
use crate::view::View;

/// Rows of each kind that the page shows.
const ROWS: usize = 20;
/// Refused rows that the page names.
const REFUSED: usize = 100;

/// Titles of the fields that columns can go to, with their names.
pub(super) fn titles(view: &View<'_>, offer: &ImportOffer) -> Vec<(String, String)> {
    let title = |name: &str| {
        let field = view.resource().position(name).map(|index| view.field(index).title);
        field.unwrap_or_else(|| name.to_owned())
    };
    offer.fields.iter().map(|field| (field.name.clone(), title(&field.name))).collect()
}

/// The page of an import.
pub(super) async fn screen(
    app: &App,
    view: &View<'_>,
    import: &Import,
    problem: Option<String>,
) -> ImportScreen {
    let t = view.language.texts();
    let fields = titles(view, &import.offer);
    let named = |names: &[String]| {
        let titles = names.iter().map(|name| {
            fields.iter().find(|(other, _)| other == name).map_or(name.as_str(), |(_, title)| title)
        });
        titles.collect::<Vec<_>>().join(", ")
    };
    let columns = import.mapping.columns.iter().map(|column| ImportColumnLine {
        head: column.head.clone(),
        sample: column.sample.join(" · "),
        field: column.field.clone(),
        left_out: column.left_out.map(|why| t.get(left_out_key(why)).into_owned()),
        spelling: column.spelling,
        is_open: column.is_open,
    });
    let matched = import.offer.matches.iter().position(|group| *group == import.mapping.matched_by);
    ImportScreen {
        backend: view.backend().clone(),
        resource: view.name().clone(),
        resource_title: view.title(),
        id: import.id.clone(),
        file: file_text(t, import),
        rows: import.rows as u64,
        columns: Columns {
            lines: columns.collect(),
            matches: import.offer.matches.iter().map(|group| named(group)).collect(),
            matched,
            modes: import.offer.modes.clone(),
            mode: import.mapping.mode,
            fields: fields.clone(),
        },
        stage: stage(app, view, import).await,
        problem,
    }
}

async fn stage(app: &App, view: &View<'_>, import: &Import) -> Stage {
    let t = view.language.texts();
    match &import.stage {
        ImportStage::Checking { checked } => Stage::Checking { checked: *checked as u64 },
        ImportStage::Ended(None) => Stage::Ended(t.get("import-ended").into_owned()),
        ImportStage::Ended(Some(error)) => Stage::Ended(told(t, error).text),
        ImportStage::Checked(check) => Stage::Checked(Box::new(checked(app, view, check).await)),
        ImportStage::Applied(progress) => {
            Stage::Applied(Box::new(written(app, view, progress).await))
        }
    }
}

async fn checked(app: &App, view: &View<'_>, check: &ImportCheck) -> Shown {
    let first = |rows: &[CheckedRow]| rows.iter().take(ROWS).cloned().collect::<Vec<_>>();
    let (new, changed) = (first(&check.first_new), first(&check.first_changed));
    let same = first(&check.first_same);
    let keys = new.iter().chain(&changed).chain(&same).filter_map(|row| row.key.clone());
    let keys: Vec<RecordKey> = keys.collect();
    let titles = app.office.titles(view.permit, view.name(), &keys).await;
    Shown {
        counts: [check.new, check.changed, check.same, check.refused.len()].map(|n| n as u64),
        refused: check.refused.iter().take(REFUSED).map(|row| refusal(view, row)).collect(),
        changed: rows(app, view, &changed, &titles).await,
        new: rows(app, view, &new, &titles).await,
        same: rows(app, view, &same, &titles).await,
        is_reversible: check.is_reversible,
    }
}

fn refusal(view: &View<'_>, row: &RefusedRow) -> (u64, String) {
    let problems: Vec<String> =
        row.problems.iter().map(|problem| row_text(view, problem)).collect();
    (row.number as u64, problems.join(" "))
}

/// Rows with what they would change; amounts stand in the currency that each record has.
async fn rows(
    app: &App,
    view: &View<'_>,
    rows: &[CheckedRow],
    titles: &HashMap<String, String>,
) -> Vec<ImportRow> {
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let is_new = row.changes.iter().any(|(_, before, _)| before.is_none());
        let key = row.key.as_ref().filter(|_| !is_new);
        let title = match (&row.key, key) {
            (_, Some(key)) => titles.get(&key.to_text()).cloned().unwrap_or_else(|| key.to_text()),
            _ => new_title(view, &row.changes),
        };
        told.push(ImportRow {
            number: row.number as u64,
            title,
            link: key.map(|key| view.record(key).link()),
            changes: changes(app, view, row, key).await,
        });
    }
    told
}

/// What a new record will be called.
fn new_title(view: &View<'_>, changes: &[Changed]) -> String {
    let named = view.face.title_fields.iter().filter_map(|&field| {
        let name = &view.resource().fields[field].name;
        let (.., value) = changes.iter().find(|(other, ..)| other == name)?;
        value.to_text().filter(|text| !text.is_empty())
    });
    named.collect::<Vec<_>>().join(" ")
}

async fn changes(
    app: &App,
    view: &View<'_>,
    row: &CheckedRow,
    key: Option<&RecordKey>,
) -> Vec<FieldChange> {
    let index = |name: &str| view.resource().position(name);
    let of_record = row.changes.iter().find_map(|(name, ..)| view.currency_field(index(name)?));
    let said = of_record.and_then(|currency| {
        let changed = row.changes.iter().find(|(name, ..)| index(name) == Some(currency));
        changed.map(|(.., after)| after.clone())
    });
    let code = match (said, of_record, key) {
        (None, Some(currency), Some(key)) => {
            let found = app.office.record(view.permit, view.name(), key).await.ok();
            found.and_then(|found| found.value(currency).cloned())
        }
        (said, ..) => said,
    };
    let changes = row.changes.iter().filter_map(|(name, before, after)| {
        let index = index(name)?;
        let field = view.with_currency(view.field(index), index, |_| code.clone());
        let cell =
            |value: &Value| Cell { editable: false, ..view.cell(index, value.clone(), None) };
        Some(FieldChange { field, before: before.as_ref().map(cell), after: Some(cell(after)) })
    });
    changes.collect()
}

async fn written(app: &App, view: &View<'_>, progress: &ImportProgress) -> Written {
    let t = view.language.texts();
    let named = || progress.failed.iter().take(REFUSED);
    let keys: Vec<RecordKey> = named().filter_map(|failed| failed.key.clone()).collect();
    let titles = app.office.titles(view.permit, view.name(), &keys).await;
    let line = |failed: &ImportFailed| {
        let key = failed.key.as_ref().map(RecordKey::to_text).unwrap_or_default();
        let title = titles.get(&key).cloned().unwrap_or(key);
        (failed.number as u64, title, state_text(t, &failed.state))
    };
    Written {
        records: progress.records as u64,
        written: progress.written as u64,
        missed: progress.failed.len() as u64,
        failed: named().map(line).collect(),
        is_done: progress.is_done,
        is_stopped: progress.is_stopped,
        failure: progress
            .failure
            .as_ref()
            .filter(|_| !progress.is_stopped)
            .map(|error| told(t, error).text),
        operation: progress.operation.clone(),
    }
}

fn state_text(t: &Texts, state: &ItemState) -> String {
    match state {
        ItemState::Written(_) => String::new(),
        ItemState::Stale(_) => t.get("item-stale").into_owned(),
        ItemState::Gone => t.get("item-gone").into_owned(),
        ItemState::Unknown => t.get("item-unknown").into_owned(),
        ItemState::Refused(problems) => {
            problems.iter().map(|problem| field_text(t, problem)).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Why a row is refused, in the reader's words.
pub(crate) fn row_text(view: &View<'_>, problem: &RowProblem) -> String {
    let t = view.language.texts();
    match problem {
        RowProblem::Field(problem) => cell_text(view, problem),
        RowProblem::Twice { row } => t.with("import-row-twice", &[("row", (*row as u64).into())]),
        RowProblem::NotFound => t.get("import-row-not-found").into_owned(),
        RowProblem::Exists => t.get("import-row-exists").into_owned(),
        RowProblem::Several => t.get("import-row-several").into_owned(),
        RowProblem::NoKey => t.get("import-row-no-key").into_owned(),
    }
}

/// What is wrong with a cell, after the title of its field and what stands there.
fn cell_text(view: &View<'_>, problem: &FieldProblem) -> String {
    let t = view.language.texts();
    let index = view.resource().position(&problem.field);
    let field = index.map_or_else(|| problem.field.clone(), |index| view.field(index).title);
    let text = match &problem.problem {
        Problem::Input(
            InvalidInput::Form { text, .. }
            | InvalidInput::Bounds { text, .. }
            | InvalidInput::Scale { text, .. }
            | InvalidInput::Choice { text, .. },
        ) => Some(text),
        _ => None,
    };
    let why = field_text(t, problem);
    let Some(text) = text else {
        return t.with("import-cell", &[("field", field.into()), ("why", why.into())]);
    };
    let why = match &problem.problem {
        Problem::Input(InvalidInput::Choice { choices, .. }) => {
            let known: Vec<String> =
                index.map(|index| known_choices(view, index)).unwrap_or_default();
            let known = if known.is_empty() { choices.clone() } else { known };
            t.with("import-choices", &[("choices", known.join(", ").into())])
        }
        _ => why,
    };
    let text: String = text.chars().take(80).collect();
    t.with(
        "import-cell-text",
        &[("field", field.into()), ("text", text.into()), ("why", why.into())],
    )
}

fn known_choices(view: &View<'_>, index: usize) -> Vec<String> {
    let choices = &view.face.fields[index].choices;
    let code = view.language.code();
    choices.iter().map(|choice| choice.title.in_language(code).to_owned()).collect()
}

fn left_out_key(why: LeftOut) -> &'static str {
    match why {
        LeftOut::NoField => "import-left-no-field",
        LeftOut::Locked => "import-left-locked",
        LeftOut::Taken => "import-left-taken",
        LeftOut::Chosen => "import-left-chosen",
    }
}

/// The file's name and how it was read.
fn file_text(t: &Texts, import: &Import) -> String {
    let kind = match &import.kind {
        FileKind::Workbook { sheet } => {
            t.with("import-kind-workbook", &[("sheet", sheet.as_str().into())])
        }
        FileKind::Lines => "NDJSON".to_owned(),
        FileKind::Delimited { separator, encoding } => {
            let separator = t.get(match separator {
                ';' => "import-separator-semicolon",
                '\t' => "import-separator-tab",
                _ => "import-separator-comma",
            });
            let encoding = if *encoding == "windows-1252" { "Windows-1252" } else { encoding };
            t.with(
                "import-kind-csv",
                &[("separator", separator.into_owned().into()), ("encoding", encoding.into())],
            )
        }
    };
    if import.name.is_empty() { kind } else { format!("{} · {kind}", import.name) }
}

/// Why a file or a choice does not do, in the reader's words.
pub(crate) fn import_text(t: &Texts, problem: &ImportProblem) -> String {
    let number = |n: usize| crate::format::integer(t.language(), n as i128);
    let with_field = |key, field: &String| t.with(key, &[("field", field.as_str().into())]);
    match problem {
        ImportProblem::Twice(field) => with_field("import-twice", field),
        ImportProblem::NotMapped(field) => with_field("import-not-mapped", field),
        ImportProblem::NoMatch => t.get("import-no-match").into_owned(),
        ImportProblem::NotReady => t.get("import-not-ready").into_owned(),
        ImportProblem::File(file) => match file {
            FileProblem::TooLarge { most } => {
                let most = crate::format::size(t.language(), *most as u64);
                t.with("import-file-large", &[("most", most.into())])
            }
            FileProblem::TooManyRows { most } => {
                t.with("import-file-rows", &[("most", number(*most).into())])
            }
            FileProblem::TooManyColumns { most } => {
                t.with("import-file-columns", &[("most", number(*most).into())])
            }
            FileProblem::Empty => t.get("import-file-empty").into_owned(),
            FileProblem::NotText => t.get("import-file-no-text").into_owned(),
            FileProblem::OldWorkbook => t.get("import-file-old").into_owned(),
            FileProblem::Workbook(why) => {
                t.with("import-file-workbook", &[("why", why.as_str().into())])
            }
            FileProblem::Quotes { row, column } => t.with(
                "import-file-quotes",
                &[("row", number(*row).into()), ("column", number(*column).into())],
            ),
            FileProblem::TooManyCells { row, cells, heads } => t.with(
                "import-file-cells",
                &[
                    ("row", number(*row).into()),
                    ("cells", number(*cells).into()),
                    ("heads", number(*heads).into()),
                ],
            ),
            FileProblem::NoObject { row, column } => t.with(
                "import-file-json",
                &[("row", number(*row).into()), ("column", number(*column).into())],
            ),
        },
    }
}
