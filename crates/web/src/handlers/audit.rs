//! The audit: who did what, a page at a time, and whether the chain holds.

use std::collections::HashSet;

use axum::extract::{Query, State};
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kontor_model::{ChangeKind, RecordKey};
use kontor_office::{AuditRequest, Entry, OfficeError, OperationState, Read, Told};

use crate::app::App;
use crate::components::Shell;
use crate::components::shell::Here;
use crate::failure::PageFailure;
use crate::handlers::list::face_of;
use crate::handlers::record::language;
use crate::handlers::{Pairs, first, place as place_at, shown};
use crate::links;
use crate::pages::audit::{
    AuditEntry, AuditFilter, AuditScreen, ChainCheck, Deed, page as audit_page,
};
use crate::pages::change::Outcome;
use crate::view::{View, at};
use crate::visitor::Reader;

/// Lines of a page.
const LINES: usize = 50;
/// Entries read at once.
const CHUNK: u32 = 200;
/// A change of very many records has as many entries; after so many chunks the page ends.
const MOST_CHUNKS: usize = 10;

/// The page.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    answer(&app, reader, &pairs, None).await
}

/// Checks the whole chain, and tells it over the newest entries.
pub(crate) async fn verify(
    State(app): State<App>,
    reader: Reader,
) -> Result<Response, PageFailure> {
    let found = match app.office.verify_audit(&reader.actor).await {
        Ok(found) => found,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let t = language(&reader).texts();
    let fault = found.first().map(|finding| {
        t.with(
            "audit-broken-at",
            &[
                ("number", finding.seq.to_string().into()),
                ("count", found.count.to_string().into()),
                ("detail", finding.to_string().into()),
            ],
        )
    });
    let check = ChainCheck { at: app.office.clock().now(), entries: found.entries, fault };
    answer(&app, reader, &Pairs::new(), Some(check)).await
}

async fn answer(
    app: &App,
    reader: Reader,
    pairs: &Pairs,
    check: Option<ChainCheck>,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), Here::Audit).await;
    match screen(app, &reader, &shell, pairs).await {
        Ok(screen) => {
            let markup = audit_page(&shell, &AuditScreen { check, ..screen });
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

async fn screen(
    app: &App,
    reader: &Reader,
    shell: &Shell,
    pairs: &Pairs,
) -> Result<AuditScreen, OfficeError> {
    let text = |name| first(pairs, name).unwrap_or_default().to_owned();
    let filter = AuditFilter {
        who: text("who"),
        backend: text("backend"),
        from: text("from"),
        until: text("until"),
    };
    let before: Option<i64> = first(pairs, "before").and_then(|number| number.parse().ok());
    let request = AuditRequest {
        actor: Some(filter.who.clone()).filter(|who| !who.is_empty()),
        backend: Some(filter.backend.clone()).filter(|backend| !backend.is_empty()),
        kind: None,
        from: moment(&filter.from, &shell.zone, 0)?,
        until: moment(&filter.until, &shell.zone, 1)?,
        before,
    };
    let (entries, last) = lines(app, reader, request).await?;
    let code = shell.language().code();
    let people = app.office.accounts(&reader.actor).await?.into_iter();
    let backends = app.office.all_backends().into_iter();
    // The way back: where the pages before this one began.
    let trail = text("trail");
    let older_trail =
        [trail.as_str(), &before.map(|n| n.to_string()).unwrap_or_else(|| "0".into())]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(",");
    let (newer_trail, newer) = trail.rsplit_once(',').unwrap_or(("", &trail));
    Ok(AuditScreen {
        older: last.map(|last| address(&filter, &last.to_string(), &older_trail)),
        newer: before.map(|_| address(&filter, if newer == "0" { "" } else { newer }, newer_trail)),
        people: people.map(|account| (account.user.id, account.user.name)).collect(),
        backends: backends
            .map(|backend| {
                let title = backend.manifest().title.in_language(code).to_owned();
                (backend.name.to_string(), title)
            })
            .collect(),
        entries,
        filter,
        check: None,
    })
}

fn address(filter: &AuditFilter, before: &str, trail: &str) -> String {
    links::with_query(
        links::AUDIT,
        [
            ("who", filter.who.as_str()),
            ("backend", &filter.backend),
            ("from", &filter.from),
            ("until", &filter.until),
            ("before", before),
            ("trail", trail),
        ],
    )
}

/// The beginning of a day in a zone, some days later.
fn moment(day: &str, zone: &TimeZone, later: i32) -> Result<Option<i64>, OfficeError> {
    if day.is_empty() {
        return Ok(None);
    }
    let wrong = |problem: String| OfficeError::Parameter { what: "from, until", problem };
    let date: Date = day.parse().map_err(|_| wrong(format!("“{day}” is no day")))?;
    let date = (0..later).try_fold(date, |date, _| date.tomorrow());
    let start = date.and_then(|date| date.to_zoned(zone.clone()));
    start
        .map(|start| Some(start.timestamp().as_microsecond()))
        .map_err(|error| wrong(error.to_string()))
}

/// The lines of a page, one per operation, and the number after which the next page begins, where
/// there is one.
async fn lines(
    app: &App,
    reader: &Reader,
    mut request: AuditRequest,
) -> Result<(Vec<AuditEntry>, Option<i64>), OfficeError> {
    let mut lines = Vec::new();
    let mut told = HashSet::new();
    for _ in 0..MOST_CHUNKS {
        let chunk = app.office.audit(&reader.actor, &request, CHUNK).await?;
        for entry in &chunk {
            // Numbers go down without gaps, so a page that is full ends before this entry.
            if lines.len() == LINES {
                return Ok((lines, request.before));
            }
            request.before = Some(entry.seq);
            match entry.content.kind.as_str() {
                // The change that took it back has a line of its own.
                "change.undone" => {}
                "change.intent" | "change.outcome" | "change.made" => {
                    if told.insert(entry.content.operation.clone()) {
                        lines.push(change_line(app, reader, entry).await);
                    }
                }
                _ => lines.push(line(entry)),
            }
        }
        if chunk.len() < CHUNK as usize {
            return Ok((lines, None));
        }
    }
    Ok((lines, request.before))
}

fn place(entry: &Entry) -> String {
    let parts = [&entry.content.backend, &entry.content.resource];
    parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ")
}

/// A change, told as a whole.
async fn change_line(app: &App, reader: &Reader, entry: &Entry) -> AuditEntry {
    let plain = AuditEntry {
        number: u64::try_from(entry.seq).unwrap_or_default(),
        at: at(entry.content.at),
        who: entry.content.actor_name.clone(),
        what: Deed::Changed(1),
        subject: place(entry),
        action: None,
        record: None,
        operation: None,
        outcome: None,
    };
    // A backend that is registered no more still has its past; only its page is gone.
    let Ok(told) = app.office.operation(&reader.actor, &entry.content.operation).await else {
        return plain;
    };
    let (subject, action, record) = told_of(app, reader, &told);
    AuditEntry {
        what: deed(&told),
        subject: subject.unwrap_or(plain.subject),
        action,
        record,
        operation: Some(told.operation.clone()),
        outcome: Some(match told.state {
            OperationState::Applied => Outcome::Applied,
            OperationState::Partial => Outcome::Partly,
            OperationState::NotApplied => Outcome::Failed,
            OperationState::Unknown => Outcome::Unknown,
            OperationState::Open => Outcome::Running,
        }),
        ..plain
    }
}

/// What a change was made to, in the words of its backend: the resource, the action, and the record
/// where it is only one. A backend that is away is named as it is in the entry.
fn told_of(
    app: &App,
    reader: &Reader,
    told: &Told,
) -> (Option<String>, Option<String>, Option<(String, String)>) {
    let Ok(place) = place_at::<Read>(app, reader, &told.backend, &told.resource) else {
        return (None, None, None);
    };
    let only = match told.items.as_slice() {
        [(Some(key), entry)] => Some((key, entry)),
        _ => None,
    };
    let record = only.and_then(|(key, _)| {
        let link =
            links::record(&place.permit.backend.name, &place.resource, &RecordKey::from_text(key)?);
        Some((key.clone(), link))
    });
    let named = told.items.first().and_then(|(_, entry)| entry.action.clone());
    let Ok(catalog) = place.permit.backend.catalog() else { return (None, named, record) };
    let Ok(face) = face_of(&catalog, &place) else { return (None, named, record) };
    let view = View { permit: &place.permit, catalog: &catalog, face, language: language(reader) };
    let action = named.map(|name| view.action_title(&name));
    (Some(format!("{} · {}", view.backend_title(), view.title())), action, record)
}

fn deed(told: &Told) -> Deed {
    let records = told.items.len() as u64;
    match told.items.first() {
        Some((_, entry)) if entry.undo_of.is_some() => Deed::Undid(records),
        Some((_, entry)) => match entry.kind {
            ChangeKind::Create => Deed::Created(records),
            ChangeKind::Update => Deed::Changed(records),
            ChangeKind::Delete => Deed::Deleted(records),
            ChangeKind::Act => Deed::Acted(records),
        },
        None => Deed::Other,
    }
}

/// Anything but a change.
fn line(entry: &Entry) -> AuditEntry {
    let body: serde_json::Value = entry.content.body.read().unwrap_or_default();
    let text = |key: &str| body[key].as_str().map(str::to_owned);
    let what = match entry.content.kind.as_str() {
        "records.exported" => {
            // How many were sent is not known when an export begins.
            body["records"].as_u64().map_or(Deed::ExportedList, Deed::Exported)
        }
        "session.opened" => Deed::SignedIn,
        "session.refused" => Deed::SignInFailed,
        "session.ended" => Deed::SessionEnded,
        "token.made" => Deed::TokenMade,
        "token.revoked" => Deed::TokenEnded,
        "person.invited" => Deed::Invited,
        "person.joined" => Deed::Joined,
        "person.reset" => Deed::ResetMade,
        "person.password" => Deed::PasswordChanged,
        "person.rights" => rights(&body),
        "backend.connected" => Deed::Connected,
        "manifest.changed" => Deed::ManifestChanged,
        "manifest.failed" => Deed::ManifestFailed,
        "proposal.rejected" => Deed::ProposalRejected,
        _ => Deed::Other,
    };
    let list = |key: &str| {
        let subjects = body[key].as_array()?.iter().filter_map(|subject| subject.as_str());
        Some(subjects.collect::<Vec<_>>().join("; "))
    };
    let detail = list("accepted")
        .or_else(|| list("rejected"))
        .or_else(|| text("problem"))
        .or_else(|| text("email"))
        .or_else(|| text("name"))
        .or_else(|| text("url"))
        .or_else(|| text("from"))
        .or_else(|| text("filter"));
    let parts = [Some(place(entry)), detail];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    AuditEntry {
        number: u64::try_from(entry.seq).unwrap_or_default(),
        at: at(entry.content.at),
        who: entry.content.actor_name.clone(),
        subject: if what == Deed::Other { entry.content.kind.clone() } else { parts.join(" · ") },
        what,
        action: None,
        record: None,
        operation: None,
        outcome: None,
    }
}

fn rights(body: &serde_json::Value) -> Deed {
    let was = body["before"]["disabled"].as_bool().unwrap_or_default();
    match (was, body["after"]["disabled"].as_bool().unwrap_or_default()) {
        (false, true) => Deed::PersonDisabled,
        (true, false) => Deed::PersonEnabled,
        _ => Deed::RolesChanged,
    }
}
