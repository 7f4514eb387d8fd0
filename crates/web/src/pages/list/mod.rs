//! The list of a resource: head, views, filter, table, pager.

use jiff::Timestamp;
use kontor_model::filter::Filter;
use kontor_model::{BackendName, Count, RecordKey, ResourceName};
use maud::{Markup, html};

use crate::components::icon::Icon;
use crate::components::notice::{Loudness, banner, empty};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, status, time};
use crate::links;
use crate::shown::{Cell, FieldView, Health, Locked, RecordRef};

pub mod builder;
pub mod columns;
pub mod describe;
mod filters;
mod foot;
mod head;
pub mod query;
mod table;

pub(crate) use table::{edit_text, number};

pub use query::{ALL_RECORDS, ColumnChoice, ListQuery, SortBy};

/// What a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ListScreen {
    /// Backend.
    pub backend: BackendName,
    /// Title of the backend.
    pub backend_title: String,
    /// How the backend is.
    pub health: Health,
    /// Resource.
    pub resource: ResourceName,
    /// Title of the resource.
    pub title: String,
    /// What it is for, where somebody says it.
    pub help: Option<String>,
    /// What the address says.
    pub query: ListQuery,
    /// The fields that the reader may see, in the manifest's order.
    pub fields: Vec<FieldView>,
    /// Fields of linked resources of the same backend, for filters.
    pub linked: Vec<LinkedFields>,
    /// The columns shown: positions in `fields` and whether they are pinned.
    pub columns: Vec<(usize, bool)>,
    /// The order in force, also where the address does not say one.
    pub sort: Vec<SortBy>,
    /// The filter in force; everything where its text cannot be read.
    pub filter: Filter,
    /// Why the filter's text cannot be read or does not fit.
    pub filter_error: Option<String>,
    /// Quick filters over status fields.
    pub quick: Vec<QuickFilter>,
    /// Saved views that the reader may use.
    pub views: Vec<ViewTab>,
    /// What the search box can do.
    pub search: SearchBox,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// Place for the previous page.
    pub previous: Option<String>,
    /// Place for the next page.
    pub next: Option<String>,
    /// Rows per page in force.
    pub page_rows: u32,
    /// How many records there are, where it is known; else it is asked for after the page.
    pub count: Option<Count>,
    /// What the reader may do.
    pub rights: ListRights,
    /// What can be done with several records at once.
    pub actions: Vec<ListAction>,
    /// How reading went.
    pub state: ListState,
    /// The moment from which the rows are, where they may be old (materialised views).
    pub as_of: Option<Timestamp>,
    /// How many records are hidden because they count as deleted, by which field.
    pub hides_deleted: Option<String>,
}

/// Fields of a linked resource, for filters.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkedFields {
    /// Name of the link.
    pub name: String,
    /// Title of the link.
    pub title: String,
    /// Its fields that can be filtered by.
    pub fields: Vec<FieldView>,
}

/// A status field whose values are one click away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickFilter {
    /// Name of the field.
    pub field: String,
    /// Its values as the filter writes them, with how they are shown.
    pub values: Vec<(String, String)>,
}

/// A saved view in the row of tabs.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewTab {
    /// Id.
    pub id: String,
    /// Name.
    pub title: String,
    /// The view's own state.
    pub query: ListQuery,
    /// Who has it.
    pub scope: ViewScope,
    /// Its count, where it is known; `None` to ask for it after the page.
    pub count: Option<Count>,
    /// Whether it shows a counter.
    pub counted: bool,
    /// Whether the list opens with it.
    pub opens_first: bool,
    /// Whether the reader may change or delete it.
    pub is_own: bool,
}

/// Who has a saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewScope {
    /// Whoever made it.
    #[default]
    Personal,
    /// A team of the reader.
    Team,
    /// Everybody who may read the list.
    Everybody,
}

impl ViewScope {
    /// All scopes with their codes in forms and the keys of their words.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Personal, "personal", "view-personal"),
        (Self::Team, "team", "view-team"),
        (Self::Everybody, "everybody", "view-everybody"),
    ];

    /// Its code in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        let found = Self::ALL.iter().find(|(scope, ..)| *scope == self);
        found.map_or("personal", |(_, code, _)| code)
    }
}

/// What the search box can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchBox {
    /// It searches these fields, by title.
    Over(Vec<String>),
    /// The service searches as it sees fit.
    Service,
    /// No field can be searched without reading the whole table, which is large.
    WouldScan {
        /// About how many records would be read.
        records: u64,
    },
    /// There is no text to search.
    Nothing,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Key of the record.
    pub key: RecordKey,
    /// Title of the record, for those who hear the page.
    pub title: String,
    /// One cell per column, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// An action that can be done with a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAction {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The picture beside its title.
    pub icon: Option<Icon>,
}

/// What the reader may do with the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListRights {
    /// Why no record can be made; `None` where one can.
    pub create_locked: Option<Locked>,
    /// Why no record can be changed; `None` where one can.
    pub change_locked: Option<Locked>,
    /// Why no record can be deleted; `None` where one can.
    pub delete_locked: Option<Locked>,
    /// Whether the reader may save views for everybody.
    pub share_views: bool,
    /// Whether the reader has a team to save views for.
    pub has_team: bool,
}

/// How reading a list went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListState {
    /// As it should.
    Ready,
    /// It took long; milliseconds.
    Slow(u64),
    /// The backend did not answer, in time or at all.
    Unavailable {
        /// What it said or did not say, in the reader's words.
        message: String,
        /// The operation under which the log has the rest.
        operation: Option<String>,
    },
    /// The reader may not see the resource.
    NoRight,
}

impl ListScreen {
    fn here(&self, query: &ListQuery) -> String {
        query.address(&self.backend, &self.resource)
    }

    fn part(&self, part: &str) -> String {
        self.query.part(&self.backend, &self.resource, part)
    }

    fn names(&self) -> describe::Names<'_> {
        describe::Names { fields: &self.fields, linked: &self.linked }
    }

    fn record(&self, row: &Row) -> RecordRef {
        RecordRef {
            backend: self.backend.clone(),
            resource: self.resource.clone(),
            key: row.key.clone(),
        }
    }

    fn is_narrowed(&self) -> bool {
        !self.query.filter.is_empty() || !self.query.search.is_empty()
    }
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, list: &ListScreen) -> Markup {
    let title = format!("{} · {}", list.title, list.backend_title);
    shell_page(shell, &title, Layout::Fill, &region(shell, list))
}

/// The list without its frame: what is exchanged when filter, order or page change.
#[must_use]
pub fn region(shell: &Shell, list: &ListScreen) -> Markup {
    let api = links::api_records(&list.backend, &list.resource);
    html! {
        div #list.list data-api=(api) data-place={ (list.backend) "/" (list.resource) } {
            (head::head(shell, list))
            (head::tabs(shell, list))
            (filters::bar(shell, list))
            (banners(shell, list))
            // Where the question is wrong, nothing was looked for.
            @if list.filter_error.is_some() { div.table-wrap {} }
            @else if list.rows.is_empty() { div.table-wrap { (nothing(shell, list)) } }
            @else { (table::table(shell, list)) }
            (foot::bulk_bar(shell, list))
            (foot::pager(shell, list))
        }
    }
}

/// The count, loaded after the page.
#[must_use]
pub fn count_fragment(shell: &Shell, count: Count) -> Markup {
    status::count(shell.texts, count)
}

/// The counter of a saved view, loaded after the page.
#[must_use]
pub fn counter_fragment(shell: &Shell, count: Count) -> Markup {
    status::counter(shell.texts, count)
}

fn banners(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let retry = control::link_button(&list.here(&list.query), None, &t.get("retry"), "small");
    html! {
        @if let Some(error) = &list.filter_error {
            (banner(Loudness::Bad, &html! { (t.get("filter-wrong")) " " (error) }, Some(&control::link_button(&list.here(&list.query.with_filter("")), None, &t.get("filter-clear"), "small"))))
        }
        @match &list.state {
            ListState::Slow(millis) => {
                @let seconds = crate::format::decimal(shell.language(), &format!("{}.{}", millis / 1000, millis % 1000 / 100));
                (banner(Loudness::Warning, &html! { (t.with("list-slow", &[("backend", list.backend_title.as_str().into()), ("seconds", seconds.into())])) }, None))
            }
            ListState::Unavailable { message, operation } => {
                (banner(Loudness::Bad, &html! {
                    strong { (t.with("list-down", &[("backend", list.backend_title.as_str().into())])) } " " (message)
                    @if let Some(operation) = operation { " " span.help { (t.get("operation")) " " code { (operation) } } }
                }, Some(&retry)))
            }
            ListState::Ready | ListState::NoRight => {}
        }
        @if let Some(at) = list.as_of {
            (banner(Loudness::Quiet, &html! { (t.get("list-as-of")) " " (time::ago(shell, at)) }, None))
        }
    }
}

/// *No right*, *backend away*, *filter* and *no data* are different things and said so.
fn nothing(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let say = |title: &str, text: &str, actions: Option<&Markup>| {
        empty(&t.get(title), &t.get(text), actions)
    };
    match &list.state {
        ListState::NoRight => say("list-no-right", "list-no-right-text", None),
        ListState::Unavailable { .. } => say("list-away", "list-away-text", None),
        _ if list.query.after.is_some() || list.query.before.is_some() => {
            let start = control::link_button(
                &list.here(&list.query.from_start()),
                None,
                &t.get("list-to-start"),
                "",
            );
            say("list-past-end", "list-past-end-text", Some(&start))
        }
        _ if list.is_narrowed() => {
            let all = ListQuery { search: String::new(), ..list.query.with_filter("") };
            let clear = control::link_button(&list.here(&all), None, &t.get("filter-clear"), "");
            say("list-no-match", "list-no-match-text", Some(&clear))
        }
        _ => {
            let new = control::link_button(
                &links::part(&list.backend, &list.resource, "new"),
                None,
                &t.get("list-new"),
                "primary",
            );
            say(
                "list-no-data",
                "list-no-data-text",
                list.rights.create_locked.is_none().then_some(&new),
            )
        }
    }
}
