//! Links between backends: comparing, deciding, how well they hold.

use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use kontor_office::manifest::{NoInverse, Transform};
use kontor_office::proposals::{Coverage, FarProposal};
use kontor_office::{FarLinkState, Manage, OfficeError, Permit, Read};

use super::backend::words::confidence;
use crate::app::App;
use crate::components::Shell;
use crate::components::shell::Here;
use crate::failure::PageFailure;
use crate::handlers::{Pairs, all, done, first, shown};
use crate::links;
use crate::pages::linking::{
    FarLinkRow, LinkingScreen, ProposedLink, ProposedLinks, page as linking_page,
};
use crate::texts::Texts;
use crate::view::{at, far_trouble};
use crate::visitor::Reader;

/// Backends are compared in the background; a page waits no longer for it.
const PATIENCE: Duration = Duration::from_secs(8);

/// The page.
pub(crate) async fn page(State(app): State<App>, reader: Reader) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(&app, Some(&reader.actor), Here::Links).await;
    match screen(&app, &reader, &shell).await {
        Ok(screen) => {
            let markup = linking_page(&shell, &screen);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn screen(app: &App, reader: &Reader, shell: &Shell) -> Result<LinkingScreen, OfficeError> {
    let t = shell.texts;
    let found = app.office.far_proposals(&reader.actor).await?;
    let readable = app.office.readable(&reader.actor);
    let mut links = Vec::new();
    for permit in readable.iter().filter(|permit| permit.backend.catalog().is_ok()) {
        links.extend(rows(app, permit, t).await?);
    }
    let mut groups: Vec<ProposedLinks> = Vec::new();
    for (id, proposal) in &found.open {
        let title = title_of(app, t, &proposal.from);
        let line = proposed(app, t, id, proposal);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.proposals.push(line),
            None => groups.push(ProposedLinks { title, proposals: vec![line] }),
        }
    }
    let statements: u32 = found.costs.iter().map(|(_, cost)| cost.statements).sum();
    let cost = (!found.costs.is_empty()).then(|| t.count("linking-cost", u64::from(statements)));
    Ok(LinkingScreen {
        compared: found.at.map(at),
        cost,
        groups,
        links,
        may_compare: readable.iter().any(Permit::has::<Manage>),
    })
}

fn title_of(app: &App, t: &Texts, name: &kontor_model::BackendName) -> String {
    let backends = app.office.all_backends();
    let found = backends.iter().find(|backend| backend.name == *name);
    found.map_or_else(
        || name.to_string(),
        |backend| backend.manifest().title.in_language(t.language().code()).to_owned(),
    )
}

/// The links of a backend to others, as tables show them.
pub(crate) async fn rows(
    app: &App,
    permit: &Permit<Read>,
    t: &Texts,
) -> Result<Vec<FarLinkRow>, OfficeError> {
    let code = t.language().code();
    let states = app.office.far_links(permit).await?;
    let name = permit.backend.name.clone();
    let title = permit.backend.manifest().title.in_language(code).to_owned();
    let row = |state: &FarLinkState| FarLinkRow {
        backend: (name.clone(), title.clone()),
        from: state.from_title.in_language(code).to_owned(),
        title: state.title.in_language(code).to_owned(),
        to: state.backend.as_ref().map(|backend| title_of(app, t, backend)),
        problem: state
            .trouble
            .as_ref()
            .filter(|_| state.backend.is_some())
            .map(|trouble| far_trouble(t, trouble)),
        coverage: state.last.map(|last| (percent(last.share()), at(last.at))),
        fallen_from: state.best.filter(|_| state.has_fallen()).map(|best| percent(best.share())),
    };
    Ok(states.iter().map(row).collect())
}

/// A share in percent; all of it only where nothing is missing.
fn percent(share: f64) -> u8 {
    (share * 100.0).floor().clamp(0.0, 100.0) as u8
}

fn proposed(app: &App, t: &Texts, id: &str, proposal: &FarProposal) -> ProposedLink {
    let link = &proposal.link;
    let far = link.backend.as_ref().map(|backend| title_of(app, t, backend)).unwrap_or_default();
    let evidence = &proposal.evidence;
    let mut lines = Vec::new();
    if evidence.names_agree {
        lines.push(t.get("linking-names").into_owned());
    }
    lines.push(covered(t, "linking-here", &far, &evidence.here));
    lines.extend(evidence.there.as_ref().map(|there| covered(t, "linking-there", &far, there)));
    let one = if evidence.is_one_to_one { "linking-one-to-one" } else { "linking-many" };
    lines.push(t.get(one).into_owned());
    lines.extend(link.value.first().map(|transform| translated(t, transform)));
    ProposedLink {
        id: id.to_owned(),
        from: format!("{}.{}", link.from, link.fields.join(", ")),
        to: format!("{far}: {}.{}", link.to, link.to_fields.join(", ")),
        evidence: lines,
        examples: evidence.examples.clone(),
        confidence: confidence(proposal.confidence),
    }
}

fn covered(t: &Texts, key: &str, far: &str, coverage: &Coverage) -> String {
    let said = t.with(
        key,
        &[
            ("found", coverage.found.to_string().into()),
            ("of", coverage.of.to_string().into()),
            ("backend", far.into()),
        ],
    );
    if coverage.orphans.is_empty() {
        return said;
    }
    let orphans = coverage.orphans.join(", ");
    format!("{said} {}", t.with("linking-orphans", &[("values", orphans.into())]))
}

/// How a value becomes the other side's, in words.
fn translated(t: &Texts, transform: &Transform) -> String {
    let width = |width: u32| ("width", width.to_string());
    let mut steps = Vec::new();
    let mut step = |key: &str, arg: (&'static str, String)| {
        steps.push(t.with(key, &[(arg.0, arg.1.into())]));
    };
    if transform.trim {
        step("value-trim", ("text", String::new()));
    }
    if !transform.strip.is_empty() {
        step("value-strip", ("text", transform.strip.clone()));
    }
    if !transform.remove_prefix.is_empty() {
        step("value-remove-prefix", ("text", transform.remove_prefix.clone()));
    }
    if let Some(padded) = transform.unpad {
        step("value-unpad", width(padded));
    }
    if let Some(padded) = transform.pad {
        step("value-pad", width(padded));
    }
    if !transform.add_prefix.is_empty() {
        step("value-add-prefix", ("text", transform.add_prefix.clone()));
    }
    if transform.ignore_case {
        step("value-ignore-case", ("text", String::new()));
    }
    let said = t.with("linking-value", &[("steps", steps.join(", ").into())]);
    match transform.invert("") {
        Err(NoInverse::Lossy) => format!("{said} {}", t.get("linking-one-way")),
        Ok(_) => said,
    }
}

/// Compares, or decides on ticked proposals.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let ids: Vec<String> = all(&pairs, "proposal").into_iter().map(str::to_owned).collect();
    let decided = match first(&pairs, "do") {
        Some("accept") => app.office.accept_far(&reader.actor, &ids).await,
        Some("reject") => app.office.reject_far(&reader.actor, &ids).await,
        Some("compare") => compare(&app, &reader).await.map(|()| 1),
        other => Err(OfficeError::Parameter {
            what: "do",
            problem: format!("“{}” is no action of this page", other.unwrap_or_default()),
        }),
    };
    match decided {
        Ok(count) => {
            let word = if count == 0 { "unchanged" } else { "done" };
            Ok(done(links::LINKS, word, None))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn compare(app: &App, reader: &Reader) -> Result<(), OfficeError> {
    let (office, actor) = (Arc::clone(&app.office), Arc::clone(&reader.actor));
    let compared = tokio::spawn(async move { office.compare_backends(&actor).await });
    match tokio::time::timeout(PATIENCE, compared).await {
        Ok(Ok(compared)) => compared,
        Ok(Err(error)) => Err(OfficeError::Fault(format!("a comparison was cut off: {error}"))),
        // It goes on, and the page shows what it finds.
        Err(_) => Ok(()),
    }
}
