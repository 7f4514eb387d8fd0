//! What the address of a list says.

use kontor_model::filter::Filter;
use kontor_model::{BackendName, ResourceName};

use crate::links;
use crate::shown::RecordRef;

/// The state of a list, as its address has it. Every state has an address, and Back works.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    /// `f`: the filter's text form.
    pub filter: String,
    /// `q`: words that are searched.
    pub search: String,
    /// `s`: the order; empty for the resource's own.
    pub sort: Vec<SortBy>,
    /// `c`: the columns; empty for the resource's own.
    pub columns: Vec<ColumnChoice>,
    /// `after`: the place after which the page begins.
    pub after: Option<String>,
    /// `before`: the place before which the page ends.
    pub before: Option<String>,
    /// `view`: id of the saved view one is in.
    pub view: Option<String>,
    /// `n`: rows per page; `None` for the reader's own.
    pub rows: Option<u32>,
}

/// One step of an order, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortBy {
    /// Name of the field.
    pub field: String,
    /// Whether from great to small.
    pub descending: bool,
}

/// A column of a list, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice {
    /// Name of the field.
    pub field: String,
    /// Whether it stays in sight when the list is moved sideways.
    pub pinned: bool,
}

/// Names joined by commas; a comma, backslash, or leading mark inside a name is preceded by `\`.
pub(super) fn join<'a>(names: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let mut out = String::new();
    for (i, (mark, name)) in names.enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(mark);
        for (at, c) in name.chars().enumerate() {
            if matches!(c, ',' | '\\') || (at == 0 && matches!(c, '-' | '*')) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// The names with whether each was marked.
pub(super) fn split(text: &str, mark: char) -> Vec<(bool, String)> {
    let mut names = Vec::new();
    let (mut marked, mut name) = (false, String::new());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            ',' => names.push((std::mem::take(&mut marked), std::mem::take(&mut name))),
            c if c == mark && name.is_empty() && !marked => marked = true,
            c => name.push(c),
        }
    }
    names.push((marked, name));
    names.retain(|(_, name)| !name.is_empty());
    names
}

/// Stands for a view where none is wanted, not even the one that opens first.
pub const ALL_RECORDS: &str = "all";

impl ListQuery {
    /// Reads the pairs of an address; what is not a list's is left aside.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            let some = (!value.is_empty()).then(|| value.to_owned());
            match name {
                "f" => query.filter = value.trim().to_owned(),
                "q" => query.search = value.trim().to_owned(),
                "s" => query.sort = Self::parse_sort(value),
                "c" => query.columns = Self::parse_columns(value),
                "after" => query.after = some,
                "before" => query.before = some,
                "view" => query.view = some,
                "n" => query.rows = value.parse().ok(),
                _ => {}
            }
        }
        query
    }

    /// Reads `-placed_at,number`.
    #[must_use]
    pub fn parse_sort(text: &str) -> Vec<SortBy> {
        split(text, '-')
            .into_iter()
            .map(|(descending, field)| SortBy { field, descending })
            .collect()
    }

    /// Reads `*number,status`; `*` pins.
    #[must_use]
    pub fn parse_columns(text: &str) -> Vec<ColumnChoice> {
        split(text, '*').into_iter().map(|(pinned, field)| ColumnChoice { field, pinned }).collect()
    }

    /// The order as text.
    #[must_use]
    pub fn sort_text(&self) -> String {
        join(self.sort.iter().map(|s| (if s.descending { "-" } else { "" }, s.field.as_str())))
    }

    /// The columns as text.
    #[must_use]
    pub fn columns_text(&self) -> String {
        join(self.columns.iter().map(|c| (if c.pinned { "*" } else { "" }, c.field.as_str())))
    }

    /// All pairs, in the order in which they stand in the address.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            ("view", text(&self.view)),
            ("f", self.filter.clone()),
            ("q", self.search.clone()),
            ("s", self.sort_text()),
            ("c", self.columns_text()),
            ("n", self.rows.map(|n| n.to_string()).unwrap_or_default()),
            ("after", text(&self.after)),
            ("before", text(&self.before)),
        ]
    }

    /// Pairs that go along with a form which sets those of the given names itself.
    #[must_use]
    pub fn pairs_without(&self, names: &[&str]) -> Vec<(&'static str, String)> {
        let mut pairs = self.pairs();
        pairs.retain(|(name, value)| !value.is_empty() && !names.contains(name));
        pairs
    }

    fn on(&self, path: &str) -> String {
        let pairs = self.pairs();
        links::with_query(path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// The list in this state.
    #[must_use]
    pub fn address(&self, backend: &BackendName, resource: &ResourceName) -> String {
        self.on(&links::list(backend, resource))
    }

    /// A part of the list in this state: `count`, `filter`, `export.csv`.
    #[must_use]
    pub fn part(&self, backend: &BackendName, resource: &ResourceName, part: &str) -> String {
        self.from_start().on(&links::part(backend, resource, part))
    }

    /// A record opened from this list, so that it knows its neighbours and the way back to the
    /// list as it was.
    #[must_use]
    pub fn record(&self, record: &RecordRef) -> String {
        self.from_start().on(&record.link())
    }

    /// This list from its beginning.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self { after: None, before: None, ..self.clone() }
    }

    /// This list with another filter, from its beginning.
    #[must_use]
    pub fn with_filter(&self, filter: impl Into<String>) -> Self {
        Self { filter: filter.into(), ..self.from_start() }
    }

    /// This list without a part of its filter, from its beginning; as it is where there is no such
    /// part.
    #[must_use]
    pub fn without_part(&self, at: usize) -> Self {
        let Ok(filter) = Filter::parse(&self.filter) else { return self.from_start() };
        let mut parts = filter.into_conjuncts();
        if at < parts.len() {
            parts.remove(at);
        }
        self.with_filter(Filter::everything().and(Filter::All(parts)).to_string())
    }

    /// This list ordered by a field: from small to great, and the other way where it already is;
    /// from its beginning.
    #[must_use]
    pub fn sorted_by(&self, field: &str) -> Self {
        let ascending = matches!(self.sort.as_slice(), [first, ..] if first.field == field && !first.descending);
        Self {
            sort: vec![SortBy { field: field.to_owned(), descending: ascending }],
            ..self.from_start()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_list_reads_back_from_its_address() {
        let query = ListQuery {
            filter: "status = open".into(),
            search: "ä b".into(),
            sort: ListQuery::parse_sort("-placed_at,number"),
            columns: ListQuery::parse_columns("*number,status"),
            after: Some("abc".into()),
            view: Some("7".into()),
            rows: Some(100),
            ..ListQuery::default()
        };
        let pairs = query.pairs();
        let back = ListQuery::from_pairs(pairs.iter().map(|(n, v)| (*n, v.as_str())));
        assert_eq!(back, query);
    }

    #[test]
    fn names_with_commas_and_marks_stay_whole() {
        let columns = vec![
            ColumnChoice { field: "a,b\\c".into(), pinned: true },
            ColumnChoice { field: "*x".into(), pinned: false },
            ColumnChoice { field: "-y".into(), pinned: false },
        ];
        let query = ListQuery { columns: columns.clone(), ..ListQuery::default() };
        assert_eq!(ListQuery::parse_columns(&query.columns_text()), columns);
    }

    #[test]
    fn a_part_of_the_filter_is_dropped_and_the_rest_stays() {
        let query = ListQuery {
            filter: "status = new and (total > 5 or note is empty) and channel = web".into(),
            search: "a".into(),
            after: Some("x".into()),
            ..ListQuery::default()
        };
        let rest = query.without_part(1);
        assert_eq!(rest.filter, "status = new and channel = web");
        assert_eq!((rest.search.as_str(), rest.after), ("a", None));
        assert_eq!(query.without_part(3).filter, query.filter);
        let last = ListQuery { filter: "status = new".into(), ..ListQuery::default() };
        assert_eq!(last.without_part(0).filter, "");
    }

    #[test]
    fn a_second_click_turns_the_order_round_and_starts_over() {
        let query = ListQuery { after: Some("x".into()), ..ListQuery::default() };
        let once = query.sorted_by("total");
        assert_eq!(once.sort_text(), "total");
        assert_eq!(once.after, None);
        assert_eq!(once.sorted_by("total").sort_text(), "-total");
    }
}
