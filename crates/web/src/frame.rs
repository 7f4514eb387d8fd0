//! The frame of a page for a request: whose page, in which language, where.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use jiff::tz::TimeZone;
use kontor_office::{Actor, BackendCondition, Health as OfficeHealth};

use crate::app::App;
use crate::assets;
use crate::components::shell::{
    Density, Here, NavBackend, NavResource, Shell, SignedIn, Theme, Toast,
};
use crate::links;
use crate::shown::Health;
use crate::texts::Language;
use crate::visitor::{cookie, wants_fragment};

/// Resources of a backend in the sidebar.
const MOST_RESOURCES: usize = 12;
/// Answers slower than this, in microseconds, count as slow.
const SLOW: u128 = 1_500_000;

/// Cookies that hold how a browser without an account likes it.
pub(crate) const LANGUAGE: &str = "kontor_language";
/// The cookie that tells the next page what was done.
pub(crate) const TOAST: &str = "kontor_toast";

/// What a request says about the page that it wants.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) language: Option<Language>,
    pub(crate) accepted: Option<Language>,
    pub(crate) address: String,
    pub(crate) is_fragment: bool,
    pub(crate) target: Option<String>,
    pub(crate) toast: Option<String>,
}

/// The language that a browser asks for.
pub(crate) fn accepted_language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.and_then(Language::from_accepted).unwrap_or(Language::English)
}

impl Frame {
    pub(crate) fn of(parts: &Parts) -> Self {
        let accepted =
            parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self {
            language: cookie(&parts.headers, LANGUAGE).and_then(Language::from_code),
            accepted: accepted.and_then(Language::from_accepted),
            address: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            is_fragment: wants_fragment(&parts.headers),
            target: crate::visitor::target(&parts.headers).map(str::to_owned),
            toast: cookie(&parts.headers, TOAST).map(str::to_owned),
        }
    }

    /// The shell for somebody who is signed in, or not.
    pub(crate) async fn shell(
        &self,
        app: &App,
        actor: Option<&std::sync::Arc<Actor>>,
        here: Here,
    ) -> Shell {
        let language = match actor {
            Some(actor) => Language::from_code(&actor.user.language),
            None => self.language.or(self.accepted),
        }
        .unwrap_or_default();
        let backends = match actor {
            Some(actor) if !self.is_fragment => navigation(app, actor, language),
            _ => Vec::new(),
        };
        Shell {
            texts: language.texts(),
            zone: actor
                .and_then(|actor| TimeZone::get(&actor.user.time_zone).ok())
                .unwrap_or(TimeZone::UTC),
            now: app.office.clock().now(),
            theme: actor.and_then(|actor| Theme::from_code(&actor.user.theme)).unwrap_or_default(),
            density: actor
                .and_then(|actor| Density::from_code(&actor.user.density))
                .unwrap_or_default(),
            user: actor.map(|actor| SignedIn {
                name: actor.user.name.clone(),
                email: actor.user.email.clone(),
                is_administrator: actor.administers(),
            }),
            backends,
            here,
            address: self.address.clone(),
            script: assets::SCRIPT.clone(),
            style: assets::STYLE.clone(),
            icon: assets::ICON.to_owned(),
            toast: self.toast.as_deref().and_then(|told| toast(told, language)),
            refresh: None,
        }
    }
}

/// What the cookie of the last answer says was done: `word` or `word.operation`, and where another
/// page tells it, the record: `|link|title`.
fn toast(told: &str, language: Language) -> Option<Toast> {
    let mut parts = told.split('|');
    let told = parts.next().unwrap_or_default();
    let (word, operation) =
        told.split_once('.').map_or((told, None), |(word, operation)| (word, Some(operation)));
    let mut decoded = || links::decoded(parts.next()?);
    let about = decoded().zip(decoded());
    // A cookie leads to pages of ours only.
    let about =
        about.filter(|(link, _)| link.starts_with("/b/")).map(|(link, title)| (title, link));
    let texts = language.texts();
    let text = match word {
        "saved" => texts.get("toast-saved"),
        "created" => texts.get("toast-created"),
        "deleted" => texts.get("toast-deleted"),
        "undone" => texts.get("toast-undone"),
        "unchanged" => texts.get("toast-unchanged"),
        "view-saved" => texts.get("toast-view-saved"),
        "done" => texts.get("toast-done"),
        "done-nothing" => texts.get("toast-done-nothing"),
        "done-also" => texts.get("toast-done-also"),
        "overtaken" => texts.get("toast-overtaken"),
        "skipped" => texts.get("toast-skipped"),
        "queue-end" => texts.get("toast-queue-end"),
        "done-queue-end" => texts.get("toast-done-queue-end"),
        "queue-empty" => texts.get("toast-queue-empty"),
        _ => return None,
    };
    let undo = operation.filter(|operation| operation.chars().all(|c| c.is_ascii_alphanumeric()));
    Some(Toast { text: text.into_owned(), about, undo: undo.map(str::to_owned), is_bad: false })
}

/// How a backend is, in one of four words.
pub(crate) fn health(health: &OfficeHealth) -> Health {
    match &health.condition {
        BackendCondition::Starting => Health::Unknown,
        BackendCondition::Down { .. } => Health::Down,
        BackendCondition::Ready
            if health.latency.is_some_and(|latency| latency.as_micros() > SLOW) =>
        {
            Health::Slow
        }
        BackendCondition::Ready => Health::Ok,
    }
}

fn navigation(app: &App, actor: &std::sync::Arc<Actor>, language: Language) -> Vec<NavBackend> {
    let readable = app.office.readable(actor);
    let backends = readable.iter().map(|permit| {
        let backend = &permit.backend;
        let catalog = backend.catalog().ok();
        let mut faces: Vec<_> = catalog
            .iter()
            .flat_map(|catalog| catalog.faces.iter())
            .filter(|face| !face.hidden && !face.is_join_table)
            .collect();
        let total = faces.len();
        if total > MOST_RESOURCES {
            // The most linked to matter most.
            faces.sort_by_key(|face| (std::cmp::Reverse(face.incoming.len()), face.index));
            faces.truncate(MOST_RESOURCES);
        }
        let mut resources: Vec<NavResource> = faces
            .iter()
            .map(|face| NavResource {
                name: face.name.clone(),
                title: face.title.in_language(language.code()).to_owned(),
            })
            .collect();
        // As in a telephone book: the names that the database uses tell its reader nothing.
        resources.sort_by_cached_key(|resource| collated(&resource.title));
        NavBackend {
            name: backend.name.clone(),
            title: backend.manifest().title.in_language(language.code()).to_owned(),
            health: health(&backend.health()),
            resources,
            more: total.saturating_sub(MOST_RESOURCES),
        }
    });
    backends.collect()
}

/// A title as dictionaries order it: letter case and the dots of umlauts do not count.
fn collated(title: &str) -> String {
    let plain = |letter: char| match letter {
        'ä' => 'a',
        'ö' => 'o',
        'ü' => 'u',
        other => other,
    };
    title.to_lowercase().chars().map(plain).collect()
}
