//! Importing a file: which one, what it would do, how it goes on.

mod mapping;

use kontor_model::{BackendName, ResourceName};
use kontor_office::{ImportMode, Spelling};
use maud::{Markup, html};

use crate::components::diff::{FieldChange, changes};
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control};
use crate::links;
use crate::texts::Texts;

/// The form that asks for a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportAsk {
    /// Backend.
    pub backend: BackendName,
    /// Resource.
    pub resource: ResourceName,
    /// Title of the resource.
    pub resource_title: String,
    /// The fields that columns can go to: name, title.
    pub fields: Vec<(String, String)>,
    /// What is wrong with the last file.
    pub problem: Option<String>,
}

/// An import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportScreen {
    /// Backend.
    pub backend: BackendName,
    /// Resource.
    pub resource: ResourceName,
    /// Title of the resource.
    pub resource_title: String,
    /// Its id.
    pub id: String,
    /// The file's name and how it was read.
    pub file: String,
    /// Rows of the file.
    pub rows: u64,
    /// Where the columns go.
    pub columns: Columns,
    /// How far it has come.
    pub stage: Stage,
    /// What is wrong with what was chosen.
    pub problem: Option<String>,
}

/// Where the columns of a file go, and what could be chosen instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// The columns.
    pub lines: Vec<ImportColumnLine>,
    /// Titles of the fields by which records can be found.
    pub matches: Vec<String>,
    /// Which of them they are found by.
    pub matched: Option<usize>,
    /// What can be done.
    pub modes: Vec<ImportMode>,
    /// What is done.
    pub mode: ImportMode,
    /// The fields that columns can go to: name, title.
    pub fields: Vec<(String, String)>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportColumnLine {
    /// Its name.
    pub head: String,
    /// The first of its texts.
    pub sample: String,
    /// The field it goes to.
    pub field: Option<String>,
    /// Why it goes to none, in the reader's words.
    pub left_out: Option<String>,
    /// How it writes numbers and days, where that matters.
    pub spelling: Option<Spelling>,
    /// Whether it could be read in another way.
    pub is_open: bool,
}

/// How far an import has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Its rows are being looked at.
    Checking {
        /// How many were.
        checked: u64,
    },
    /// What it would do.
    Checked(Box<Shown>),
    /// Looking ended early, with why.
    Ended(String),
    /// It is being written, or has been.
    Applied(Box<Written>),
}

impl Stage {
    /// Whether something is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match self {
            Self::Checking { .. } => true,
            Self::Applied(written) => !written.is_done,
            Self::Checked(_) | Self::Ended(_) => false,
        }
    }
}

/// What an import would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// New, changed, the same, refused.
    pub counts: [u64; 4],
    /// The first refused rows: number, why.
    pub refused: Vec<(u64, String)>,
    /// The first changes.
    pub changed: Vec<ImportRow>,
    /// The first new records.
    pub new: Vec<ImportRow>,
    /// The first that stay as they are.
    pub same: Vec<ImportRow>,
    /// Whether all of it can be taken back.
    pub is_reversible: bool,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// Its number.
    pub number: u64,
    /// Title of the record.
    pub title: String,
    /// The record's page, where it is there.
    pub link: Option<String>,
    /// What changes.
    pub changes: Vec<FieldChange>,
}

/// How far it has been written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Records to write.
    pub records: u64,
    /// Written.
    pub written: u64,
    /// Not written, the named ones included.
    pub missed: u64,
    /// Those that were not: number of the row, title, why.
    pub failed: Vec<(u64, String, String)>,
    /// Whether it has ended.
    pub is_done: bool,
    /// Whether somebody ended it early.
    pub is_stopped: bool,
    /// The failure that ended it early, in the reader's words.
    pub failure: Option<String>,
    /// Its operation.
    pub operation: Option<String>,
}

impl ImportScreen {
    fn action(&self) -> String {
        links::part(&self.backend, &self.resource, &format!("import/{}", links::encode(&self.id)))
    }
}

fn head(title: &str, list: &str, resource: &str, lead: &str) -> Markup {
    html! {
        header.head { div {
            p.crumb { a href=(list) { (resource) } }
            h1 { (title) }
            p.lead { (lead) }
        } }
    }
}

/// The form page.
#[must_use]
pub fn ask(shell: &Shell, ask: &ImportAsk) -> Markup {
    let t = shell.texts;
    let title = t.get("import-title");
    let list = links::list(&ask.backend, &ask.resource);
    let content = html! {
        div.page.narrow {
            (head(&title, &list, &ask.resource_title, &t.get("import-lead")))
            @if let Some(problem) = &ask.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            form.stacked method="post" enctype="multipart/form-data" action=(links::part(&ask.backend, &ask.resource, "import")) {
                (control::line("import-file", &t.get("import-file"), Some(&t.get("import-file-help")), None, &html! {
                    input #import-file name="file" type="file" required autofocus aria-describedby="import-file-help"
                        accept=".csv,.tsv,.txt,.xlsx,.ndjson,.jsonl,text/csv,application/x-ndjson,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                }))
                div.actions {
                    (control::submit(&t.get("import-look")))
                    a.button href=(list) { (t.get("cancel")) }
                }
            }
            section {
                h2 { (t.get("import-fields")) }
                p.help { (t.get("import-fields-help")) }
                ul.fields-list { @for (name, title) in &ask.fields { li { (title) @if title != name { " " code { (name) } } } } }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// The page of an import.
#[must_use]
pub fn page(shell: &Shell, screen: &ImportScreen) -> Markup {
    let title = shell.texts.get("import-title");
    let list = links::list(&screen.backend, &screen.resource);
    let content = html! {
        div.page.narrow.import {
            (head(&title, &list, &screen.resource_title, &format!("{} · {}", screen.file, shell.texts.count("import-rows", screen.rows))))
            @if let Some(problem) = &screen.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            @match &screen.stage {
                Stage::Checking { .. } => (part(shell, screen)),
                Stage::Ended(why) => { (banner(Loudness::Warning, &html! { (why) }, None)) (mapping::form(shell, screen, true)) },
                Stage::Checked(shown) => (checked(shell, screen, shown)),
                Stage::Applied(written) if !written.is_done => (part(shell, screen)),
                Stage::Applied(written) => (applied(shell, screen, written)),
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// How far it is. Scripts exchange what stands in it until it has ended; without them the page asks
/// for itself again.
#[must_use]
pub fn part(shell: &Shell, screen: &ImportScreen) -> Markup {
    let t = shell.texts;
    let (done, all, text, help) = match &screen.stage {
        Stage::Applied(written) => (
            written.written + written.missed,
            written.records,
            so_far(t, written),
            t.get(if written.is_stopped { "import-stopping" } else { "import-goes-on" }),
        ),
        Stage::Checking { checked } => {
            let args =
                [("checked", number(t, *checked).into()), ("rows", number(t, screen.rows).into())];
            (*checked, screen.rows, t.with("import-checking", &args), t.get("import-nothing-yet"))
        }
        Stage::Checked(_) | Stage::Ended(_) => return html! {},
    };
    html! {
        section.progress data-follow aria-live="polite" {
            p { strong { (text) } }
            progress max=(all) value=(done) aria-label=(t.get("bulk-progress")) {}
            p.help { (help) }
            form.inline method="post" action=(screen.action()) {
                button.button type="submit" name="do" value="stop" { (t.get("bulk-stop")) }
            }
            noscript { a.button href=(shell.address) { (t.get("bulk-look")) } }
        }
    }
}

fn number(t: &Texts, n: u64) -> String {
    crate::format::integer(t.language(), n.into())
}

fn so_far(t: &Texts, written: &Written) -> String {
    let args = [
        ("n", written.records.into()),
        ("shown", number(t, written.records).into()),
        ("written", number(t, written.written).into()),
    ];
    let text = t.with("bulk-written", &args);
    match written.missed {
        0 => text,
        missed => format!("{text} {}", t.count("bulk-missed", missed)),
    }
}

fn checked(shell: &Shell, screen: &ImportScreen, shown: &Shown) -> Markup {
    let t = shell.texts;
    let [new, changed, same, refused] = shown.counts;
    let writes = new + changed;
    html! {
        dl.counts {
            @for (key, n) in [("import-new", new), ("import-changed", changed), ("import-same", same), ("import-refused", refused)] {
                div data-kind=(key) data-none=[(n == 0).then_some("true")] { dt { (t.get(key)) } dd { (number(t, n)) } }
            }
        }
        form.stacked method="post" action=(screen.action()) {
            input type="hidden" name="records" value=(writes);
            p.help {
                @if writes == 0 { (t.get("import-nothing-to-do")) }
                @else { (t.get(if shown.is_reversible { "bulk-reversible" } else { "bulk-final" })) }
                @if writes > 0 && refused > 0 { " " (t.count("import-refused-stay", refused)) }
            }
            div.actions.sticky {
                @if writes > 0 { button.button.primary type="submit" name="do" value="apply" { (t.count("import-apply", writes)) } }
                a.button href=(links::part(&screen.backend, &screen.resource, "import")) { (t.get("import-other")) }
                a.button href=(links::list(&screen.backend, &screen.resource)) { (t.get("cancel")) }
            }
        }
        (mapping::form(shell, screen, writes == 0))
        @if refused > 0 {
            section {
                h2 { (t.count("import-rows-refused", refused)) }
                ul.rows-list { @for (row, why) in &shown.refused { li { span.row-number { (t.with("import-row", &[("row", number(t, *row).into())])) } span.why { (why) } } } }
                (more(t, refused, shown.refused.len()))
                p { a.button href={ (screen.action()) "/refused.csv" } download { (icon(Icon::File)) span { (t.get("import-refused-file")) } } }
            }
        }
        (rows(shell, "import-rows-changed", changed, &shown.changed))
        (rows(shell, "import-rows-new", new, &shown.new))
        (rows(shell, "import-rows-same", same, &shown.same))
    }
}

fn more(t: &Texts, all: u64, shown: usize) -> Markup {
    let more = all.saturating_sub(shown as u64);
    html! { @if more > 0 { p.help { (t.count("change-more", more)) } } }
}

fn rows(shell: &Shell, key: &str, all: u64, rows: &[ImportRow]) -> Markup {
    let t = shell.texts;
    html! {
        @if all > 0 {
            section {
                h2 { (t.count(key, all)) }
                ul.change-list {
                    @for row in rows {
                        li {
                            span.row-number { (t.with("import-row", &[("row", number(t, row.number).into())])) } " "
                            @match &row.link { Some(link) => a href=(link) { (row.title) }, None => strong { (row.title) } }
                            (changes(shell, &row.changes))
                        }
                    }
                }
                (more(t, all, rows.len()))
            }
        }
    }
}

/// What was not written, and the way to try again.
fn applied(shell: &Shell, screen: &ImportScreen, written: &Written) -> Markup {
    let t = shell.texts;
    html! {
        @if written.is_stopped { (banner(Loudness::Warning, &html! { (t.get("import-stopped")) " " (so_far(t, written)) }, None)) }
        @else if let Some(failure) = &written.failure { (banner(Loudness::Bad, &html! { (failure) " " (so_far(t, written)) }, None)) }
        @else { (banner(Loudness::Warning, &html! { (so_far(t, written)) }, None)) }
        @if !written.failed.is_empty() {
            ul.rows-list {
                @for (row, title, why) in &written.failed {
                    li { span { span.row-number { (t.with("import-row", &[("row", number(t, *row).into())])) } " " (title) } span.end { (why) } }
                }
            }
            (more(t, written.missed, written.failed.len()))
        }
        form.inline method="post" action=(screen.action()) {
            div.actions {
                button.button.primary type="submit" name="do" value="check" { (t.get("import-again")) }
                @if let Some(operation) = &written.operation { a.button href=(links::change(operation)) { (t.get("bulk-change")) } }
                a.button href=(links::list(&screen.backend, &screen.resource)) { (t.get("cancel")) }
            }
        }
    }
}
