//! One box for everything: the palette, and the picker of references.

use axum::extract::{Query, State};
use axum::response::Response;
use kontor_model::{BackendName, ResourceName};
use kontor_office::{Apart, FoundRecord, OfficeError};

use crate::app::App;
use crate::components::Shell;
use crate::components::shell::Here;
use crate::failure::PageFailure;
use crate::format::{self, Format, Precision};
use crate::handlers::{Pairs, first, shown};
use crate::links;
use crate::pages::list::ListQuery;
use crate::pages::palette::{Hit, HitGroup, HitKind, Palette, fragment, page as palette_page};
use crate::shown::RecordRef;
use crate::texts::Texts;
use crate::view::at;
use crate::visitor::Reader;

/// What the words find.
pub(crate) async fn find(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(&app, Some(&reader.actor), Here::Elsewhere).await;
    let words = first(&pairs, "q").unwrap_or_default().trim().to_owned();
    let within = first(&pairs, "in").map(str::to_owned);
    match found(&app, &reader, &words, within.as_deref(), &shell).await {
        Ok(palette) => {
            let markup = if reader.frame.is_fragment {
                fragment(&shell, &palette)
            } else {
                palette_page(&shell, &palette)
            };
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn found(
    app: &App,
    reader: &Reader,
    words: &str,
    within: Option<&str>,
    shell: &Shell,
) -> Result<Palette, OfficeError> {
    let place = within.and_then(|text| text.split_once('/')).and_then(|(backend, resource)| {
        Some((BackendName::new(backend).ok()?, ResourceName::new(resource)))
    });
    let found = app
        .office
        .find(&reader.actor, words, place.as_ref().map(|(backend, resource)| (backend, resource)))
        .await?;
    let t = shell.texts;
    let language = t.language().code();
    let mut groups = Vec::new();
    let title_of = |name: &BackendName| {
        let backends = app.office.readable(&reader.actor);
        let permit = backends.iter().find(|permit| permit.backend.name == *name);
        permit.map_or_else(
            || name.to_string(),
            |permit| permit.backend.manifest().title.in_language(language).to_owned(),
        )
    };
    let records: Vec<Hit> = found
        .records
        .iter()
        .map(|hit| Hit {
            title: hit.title.clone(),
            apart: hit.apart.iter().map(|apart| apart_text(shell.reader(), apart)).collect(),
            place: format!(
                "{} · {}",
                hit.resource_title.in_language(language),
                title_of(&hit.backend)
            ),
            link: link_of(hit),
            also: hit.also.iter().map(|also| title_of(&also.backend)).collect(),
            reference: Some(hit.key.to_text()),
            as_of: hit.as_of.map(at),
        })
        .collect();
    push(&mut groups, HitKind::Record, records);
    let all = found.more.iter().map(|(backend, resource, title)| {
        let query = ListQuery { search: words.to_owned(), ..ListQuery::default() };
        let title = title.in_language(language).to_owned();
        Hit {
            title: t.with("hit-all", &[("resource", title.into())]),
            place: title_of(backend),
            link: query.address(backend, resource),
            also: Vec::new(),
            apart: Vec::new(),
            reference: None,
            as_of: None,
        }
    });
    push(&mut groups, HitKind::All, all.collect());
    if within.is_none() {
        let views = app.office.own_views(&reader.actor).await?;
        let folded = words.to_lowercase();
        let views = views
            .iter()
            .filter(|view| view.name.to_lowercase().contains(&folded))
            .filter_map(|view| {
                let backend = BackendName::new(&view.backend).ok()?;
                let definition = view.definition.read().ok()?;
                let query = super::home::query_of(&view.id, &definition);
                Some(Hit {
                    title: view.name.clone(),
                    place: title_of(&backend),
                    link: query.address(&backend, &ResourceName::new(&view.resource)),
                    also: Vec::new(),
                    apart: Vec::new(),
                    reference: None,
                    as_of: None,
                })
            });
        push(&mut groups, HitKind::View, views.collect());
        let resources = found.resources.iter().map(|(backend, resource, title)| Hit {
            title: title.in_language(language).to_owned(),
            place: title_of(backend),
            link: links::list(backend, resource),
            also: Vec::new(),
            apart: Vec::new(),
            reference: None,
            as_of: None,
        });
        let mut pages: Vec<Hit> = resources.collect();
        pages.extend(own_pages(reader, &folded, t));
        push(&mut groups, HitKind::Page, pages);
    }
    Ok(Palette {
        words: words.to_owned(),
        within: within.map(str::to_owned),
        groups,
        silent: found.missing,
        skipped: Vec::new(),
    })
}

/// What tells a hit apart, in the reader's notation; numbers are names here and are not counted.
fn apart_text(reader: format::Reader<'_>, apart: &Apart) -> String {
    if let Some(title) = &apart.title {
        return title.in_language(reader.language.code()).to_owned();
    }
    let plain = if apart.ty.is_numeric() { Format::Plain } else { Format::Auto };
    format::value(reader, &apart.ty, &plain, &apart.value, Precision::Minutes).unwrap_or_default()
}

/// Where a hit leads: what several backends know is opened as a case.
fn link_of(hit: &FoundRecord) -> String {
    if hit.also.is_empty() {
        return links::record(&hit.backend, &hit.resource, &hit.key);
    }
    links::case(&RecordRef {
        backend: hit.backend.clone(),
        resource: hit.resource.clone(),
        key: hit.key.clone(),
    })
}

fn push(groups: &mut Vec<HitGroup>, kind: HitKind, hits: Vec<Hit>) {
    if !hits.is_empty() {
        groups.push(HitGroup { kind, hits });
    }
}

/// Kontor's own pages by their titles.
fn own_pages(reader: &Reader, folded: &str, t: &Texts) -> Vec<Hit> {
    let mut known = vec![("mosaic-title", links::HOME), ("account-title", links::ACCOUNT)];
    if reader.actor.administers() {
        known.extend([
            ("connect-title", links::CONNECT),
            ("audit-title", links::AUDIT),
            ("people-title", links::PEOPLE),
        ]);
    }
    known
        .into_iter()
        .map(|(key, link)| (t.get(key).into_owned(), link))
        .filter(|(title, _)| title.to_lowercase().contains(folded))
        .map(|(title, link)| Hit {
            title,
            place: "Kontor".to_owned(),
            link: link.to_owned(),
            also: Vec::new(),
            apart: Vec::new(),
            reference: None,
            as_of: None,
        })
        .collect()
}
