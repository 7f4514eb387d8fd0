//! Imports: a file is sent, looked at row by row, and applied as it was shown.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::{RecordKey, ResourceName};
use kontor_office::{
    CheckedRow, Edit, FileKind, Import, ImportChoice, ImportMode, ImportStage, LeftOut,
    OfficeError, Permit, Spelling,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bulk::FailedRecord;
use super::described::Described;
use super::extract::{Asked, At, InResource, MaybeSent, Sent};
use super::json::json;
use super::operations::FieldChange;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use crate::app::App;
use crate::failure::told as told_failure;
use crate::handlers::Place;
use crate::handlers::import::{refused_file, refused_rows, row_text};
use crate::view::View;
use crate::visitor::Caller;

/// Refused rows that an answer names; the file has all of them.
const REFUSED: usize = 200;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_begin, begin)
        .with(__path_show, show)
        .with(__path_choose, choose)
        .with(__path_apply, apply)
        .with(__path_stop, stop)
        .with(__path_refused, refused)
}

/// What is said of a file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// Its name, for people.
    #[serde(default)]
    name: String,
}

/// An import in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InImport {
    /// Name of the backend.
    backend: String,
    /// Name of the resource.
    resource: String,
    /// Its id.
    id: String,
}

/// A column of the file.
#[derive(Serialize, ToSchema)]
struct ColumnAnswer {
    /// Its name in the file.
    name: String,
    /// The field it goes to; null where it is left out.
    field: Option<String>,
    /// Why it is left out: `no_field`, `locked`, `taken` or `chosen`.
    left_out: Option<&'static str>,
    /// How it writes numbers and days: `plain`, `german`, `british` or `american`; null where that
    /// makes no difference.
    spelling: Option<&'static str>,
    /// Whether it could be read in another way, too.
    is_open: bool,
}

/// A row that would make or change a record.
#[derive(Serialize, ToSchema)]
struct RowAnswer {
    /// Its number in the file, from one.
    row: usize,
    /// The key of the record; null where the backend will make it.
    key: Option<String>,
    /// What would change.
    changes: Vec<FieldChange>,
}

/// A row that is refused.
#[derive(Serialize, ToSchema)]
struct RefusedAnswer {
    /// Its number in the file, from one.
    row: usize,
    /// Why, in your language.
    messages: Vec<String>,
}

/// What an import would do.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportCheck)]
struct CheckAnswer {
    /// Rows that would make a record.
    new: usize,
    /// Rows that would change one.
    changed: usize,
    /// Rows whose record holds everything already.
    same: usize,
    /// Rows that are refused.
    refused: usize,
    /// The first new records.
    first_new: Vec<RowAnswer>,
    /// The first changes.
    first_changed: Vec<RowAnswer>,
    /// The first refused rows.
    first_refused: Vec<RefusedAnswer>,
    /// Whether all of it can be undone at once.
    is_reversible: bool,
}

/// A row that was not written.
#[derive(Serialize, ToSchema)]
struct FailedRow {
    /// Its number in the file, from one.
    row: usize,
    /// The record, and why.
    #[serde(flatten)]
    record: FailedRecord,
}

/// How far an import has been written.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportProgress)]
struct WrittenAnswer {
    /// Records to write.
    records: usize,
    /// Records written so far.
    written: usize,
    /// Rows that could not be written so far.
    failed: Vec<FailedRow>,
    /// The operation, once it has ended.
    operation: Option<String>,
    /// Whether the operation can be undone.
    is_reversible: bool,
    /// Whether somebody ended it early.
    is_stopped: bool,
    /// Why it ended early.
    failure: Option<String>,
}

/// An import.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
struct ImportAnswer {
    /// Names it; good for half an hour after it was last asked for.
    id: String,
    /// `csv`, `xlsx` or `ndjson`.
    format: &'static str,
    /// What separates the values of a CSV.
    separator: Option<String>,
    /// How the characters of a CSV are written.
    encoding: Option<&'static str>,
    /// Rows of the file, without the first.
    rows: usize,
    /// Its columns.
    columns: Vec<ColumnAnswer>,
    /// The fields by which records are found; empty where every row is a new one.
    match_by: Vec<String>,
    /// `both`, `change` or `create`.
    mode: &'static str,
    /// The fields that columns can go to.
    fields: Vec<String>,
    /// The groups of fields by which records can be found.
    matches: Vec<Vec<String>>,
    /// `checking`, `checked`, `ended`, `applying` or `applied`.
    state: &'static str,
    /// While it is `checking`: how many rows were.
    checked: Option<usize>,
    /// Once it is `checked`: what it would do.
    check: Option<CheckAnswer>,
    /// Why checking ended early; null where somebody ended it.
    failure: Option<String>,
    /// Once it is applied: how far it has come.
    progress: Option<WrittenAnswer>,
}

impl ImportAnswer {
    fn of(view: &View<'_>, import: Import) -> Self {
        let (format, separator, encoding) = match import.kind {
            FileKind::Delimited { separator, encoding } => {
                ("csv", Some(separator.to_string()), Some(encoding))
            }
            FileKind::Workbook { .. } => ("xlsx", None, None),
            FileKind::Lines => ("ndjson", None, None),
        };
        let columns = import.mapping.columns.into_iter().map(|column| ColumnAnswer {
            name: column.head,
            field: column.field,
            left_out: column.left_out.map(left_out_word),
            spelling: column.spelling.map(Spelling::code),
            is_open: column.is_open,
        });
        let mut answer = Self {
            id: import.id,
            format,
            separator,
            encoding,
            rows: import.rows,
            columns: columns.collect(),
            match_by: import.mapping.matched_by,
            mode: import.mapping.mode.code(),
            fields: import.offer.fields.into_iter().map(|field| field.name).collect(),
            matches: import.offer.matches,
            state: "checking",
            checked: None,
            check: None,
            failure: None,
            progress: None,
        };
        answer.tell(view, import.stage);
        answer
    }

    fn tell(&mut self, view: &View<'_>, stage: ImportStage) {
        let t = view.language.texts();
        match stage {
            ImportStage::Checking { checked } => self.checked = Some(checked),
            ImportStage::Ended(error) => {
                self.state = "ended";
                self.failure = error.map(|error| told_failure(t, &error).text);
            }
            ImportStage::Checked(check) => {
                self.state = "checked";
                let refused = check.refused.iter().take(REFUSED).map(|row| RefusedAnswer {
                    row: row.number,
                    messages: row.problems.iter().map(|problem| row_text(view, problem)).collect(),
                });
                self.check = Some(CheckAnswer {
                    new: check.new,
                    changed: check.changed,
                    same: check.same,
                    refused: check.refused.len(),
                    first_new: check.first_new.iter().map(row_answer).collect(),
                    first_changed: check.first_changed.iter().map(row_answer).collect(),
                    first_refused: refused.collect(),
                    is_reversible: check.is_reversible,
                });
            }
            ImportStage::Applied(progress) => {
                self.state = if progress.is_done { "applied" } else { "applying" };
                let failed = progress.failed.into_iter().filter_map(|failed| {
                    let key = failed.key.unwrap_or(RecordKey::Values(Vec::new()));
                    let record = FailedRecord::of(t, (key, failed.state))?;
                    Some(FailedRow { row: failed.number, record })
                });
                self.progress = Some(WrittenAnswer {
                    records: progress.records,
                    written: progress.written,
                    failed: failed.collect(),
                    operation: progress.operation,
                    is_reversible: progress.is_reversible,
                    is_stopped: progress.is_stopped,
                    failure: progress.failure.map(|error| told_failure(t, &error).text),
                });
            }
        }
    }
}

fn left_out_word(why: LeftOut) -> &'static str {
    match why {
        LeftOut::NoField => "no_field",
        LeftOut::Locked => "locked",
        LeftOut::Taken => "taken",
        LeftOut::Chosen => "chosen",
    }
}

fn row_answer(row: &CheckedRow) -> RowAnswer {
    let changes = row.changes.iter().cloned();
    RowAnswer {
        row: row.number,
        key: row.key.as_ref().map(RecordKey::to_text),
        changes: changes
            .map(|(field, before, after)| FieldChange::of((field, before, Some(after))))
            .collect(),
    }
}

/// Sends a file: CSV, XLSX or NDJSON, as it is. Its columns are brought to fields as far as they
/// fit, and its rows are looked at; nothing is written yet.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/import",
    operation_id = "beginImport", tag = "Imports", params(InResource, FileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, description = "It is being looked at", body = ImportAnswer), WriteRefusals)
)]
async fn begin(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
    Asked(file): Asked<FileQuery>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let place = Place { permit, resource: at.name() };
    let begun = app.office.import_begin(&place.permit, &place.resource, (&file.name, bytes)).await;
    let id = begun.map_err(|error| caller.told(error))?;
    told(&app, &caller, &place, &id, StatusCode::ACCEPTED)
}

/// An import: where its columns go, what it would do, or how far it has come.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/import/{id}",
    operation_id = "showImport", tag = "Imports", params(InImport),
    responses((status = 200, description = "The import", body = ImportAnswer), ReadRefusals)
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InImport>,
) -> Result<Response, Problem> {
    told(&app, &caller, &at.place(&app, &caller)?, &at.id, StatusCode::OK)
}

/// A column, and where it shall go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ColumnWish {
    /// Its place in the file, from zero.
    column: usize,
    /// The field; null leaves the column out.
    field: Option<String>,
    /// `plain`, `german`, `british` or `american`; found out where it is missing.
    spelling: Option<String>,
}

/// What shall be done otherwise than was guessed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"columns": [{"column": 0, "field": "number"}], "match_by": ["number"], "mode": "change"}))]
struct ImportWish {
    /// The columns of which something is said.
    #[serde(default)]
    columns: Vec<ColumnWish>,
    /// The fields by which records are found; one of `matches`.
    match_by: Option<Vec<String>>,
    /// `both`, `change` or `create`.
    mode: Option<String>,
}

impl ImportWish {
    fn choice(self) -> Result<ImportChoice, OfficeError> {
        let wrong = |what, word: &str| OfficeError::Parameter {
            what,
            problem: format!("“{word}” is none of the words that are known here"),
        };
        let columns = self.columns.into_iter().map(|wish| {
            let spelling = wish
                .spelling
                .map(|word| Spelling::from_code(&word).ok_or_else(|| wrong("spelling", &word)));
            Ok((wish.column, wish.field, spelling.transpose()?))
        });
        let mode =
            self.mode.map(|word| ImportMode::from_code(&word).ok_or_else(|| wrong("mode", &word)));
        Ok(ImportChoice {
            columns: columns.collect::<Result<_, OfficeError>>()?,
            matched_by: self.match_by,
            mode: mode.transpose()?,
        })
    }
}

/// Chooses where columns go, by what records are found and what is done; the rows are looked at
/// again.
#[utoipa::path(
    patch, path = "/backends/{backend}/resources/{resource}/import/{id}",
    operation_id = "chooseImport", tag = "Imports", params(InImport), request_body = ImportWish,
    responses((status = 202, description = "It is being looked at", body = ImportAnswer), WriteRefusals)
)]
async fn choose(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InImport>,
    Sent(wish): Sent<ImportWish>,
) -> Result<Response, Problem> {
    let place = at.place(&app, &caller)?;
    let chosen = wish.choice().and_then(|choice| {
        app.office.import_choose(&place.permit, &place.resource, &at.id, &choice)
    });
    chosen.map_err(|error| caller.told(error))?;
    told(&app, &caller, &place, &at.id, StatusCode::ACCEPTED)
}

/// What is expected of an import that is applied.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expected": 12}))]
struct ImportApply {
    /// How many records it should write, as its check said; with another number it is refused (409)
    /// and nothing is written.
    expected: Option<usize>,
}

/// Applies an import as its check said. It goes on when nobody waits.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/import/{id}",
    operation_id = "applyImport", tag = "Imports", params(InImport),
    request_body(content = Option<ImportApply>),
    responses((status = 202, description = "It has begun", body = ImportAnswer), WriteRefusals)
)]
async fn apply(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InImport>,
    MaybeSent(sent): MaybeSent<ImportApply>,
) -> Result<Response, Problem> {
    let place = at.place(&app, &caller)?;
    let expected = sent.unwrap_or_default().expected;
    let begun = app.office.import_apply(&place.permit, &place.resource, &at.id, expected);
    begun.map_err(|error| caller.told(error))?;
    told(&app, &caller, &place, &at.id, StatusCode::ACCEPTED)
}

/// Ends what is under way: checking at once, writing after the part that it is at. What was written
/// stays written.
#[utoipa::path(
    delete, path = "/backends/{backend}/resources/{resource}/import/{id}",
    operation_id = "stopImport", tag = "Imports", params(InImport),
    responses((status = 200, description = "How far it has come", body = ImportAnswer), WriteRefusals)
)]
async fn stop(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InImport>,
) -> Result<Response, Problem> {
    let place = at.place(&app, &caller)?;
    let stopped = app.office.import_stop(&place.permit, &place.resource, &at.id);
    stopped.map_err(|error| caller.told(error))?;
    told(&app, &caller, &place, &at.id, StatusCode::OK)
}

/// The refused rows as they stand in the file, with a column of reasons.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/import/{id}/refused.csv",
    operation_id = "refusedOfImport", tag = "Imports", params(InImport),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String), ReadRefusals)
)]
async fn refused(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InImport>,
) -> Result<Response, Problem> {
    let place = at.place(&app, &caller)?;
    let rows = refused_rows(&app, &place, &at.id, caller.language());
    rows.map(refused_file).map_err(|error| caller.told(error))
}

impl InImport {
    fn place(&self, app: &App, caller: &Caller) -> Result<Place<Edit>, Problem> {
        let permit = caller.permit(app, &self.backend)?;
        Ok(Place { permit, resource: ResourceName::new(&self.resource) })
    }
}

fn told(
    app: &App,
    caller: &Caller,
    place: &Place<Edit>,
    id: &str,
    status: StatusCode,
) -> Result<Response, Problem> {
    let failed = |error| caller.told(error);
    let import = app.office.import(&place.permit, &place.resource, id).map_err(failed)?;
    let catalog = place.permit.backend.catalog().map_err(failed)?;
    let reading = place.permit.to_read();
    let face = super::face(&catalog, &place.permit, &place.resource).map_err(failed)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: caller.language() };
    Ok(json(status, &ImportAnswer::of(&view, import)))
}
