//! Names that services use for the same things.

/// A name without case and marks, for comparing.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The words of a name: `createdAfter`, `created_after` and `created[after]` are the same two.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = '_';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            previous = '_';
            continue;
        }
        let begins = previous == '_' || (c.is_ascii_uppercase() && !previous.is_ascii_uppercase());
        match words.last_mut() {
            Some(word) if !begins => word.push(c.to_ascii_lowercase()),
            _ => words.push(c.to_ascii_lowercase().to_string()),
        }
        previous = c;
    }
    words
}

/// The English singular of a plural, as far as a rule tells it.
pub(crate) fn singular(name: &str) -> String {
    let lower = name.to_lowercase();
    if let Some(stem) = lower.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if lower.ends_with(ending) {
            return lower[..lower.len() - 2].to_owned();
        }
    }
    match lower.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => lower,
    }
}

/// Whether a folded name is one of these.
pub(crate) fn is_one_of(name: &str, names: &[&str]) -> bool {
    let folded = folded(name);
    names.iter().any(|other| self::folded(other) == folded)
}

/// Members of an answer that hold the records.
pub(crate) const RECORDS: [&str; 16] = [
    "items", "data", "results", "records", "content", "hits", "values", "value", "entries", "rows",
    "elements", "list", "nodes", "edges", "docs", "objects",
];

/// Members of an answer that hold the one record.
pub(crate) const RECORD: [&str; 7] =
    ["data", "item", "result", "record", "attributes", "object", "entity"];

/// Members of an answer that tell of paging and nothing else.
pub(crate) const ENVELOPE: [&str; 9] =
    ["meta", "pagination", "paging", "page_info", "links", "_links", "page", "cursors", "_meta"];

/// Members that tell the number of all records.
pub(crate) const TOTAL: [&str; 9] = [
    "total",
    "total_count",
    "total_items",
    "total_results",
    "total_records",
    "total_elements",
    "count",
    "record_count",
    "hydra:totalItems",
];

/// Members that hold the place to go on from.
pub(crate) const NEXT_PLACE: [&str; 12] = [
    "next_cursor",
    "next_page_token",
    "next_token",
    "next",
    "cursor",
    "end_cursor",
    "after",
    "next_page_cursor",
    "continuation_token",
    "next_marker",
    "starting_after",
    "next_key",
];

/// Members that hold the address of the next part.
pub(crate) const NEXT_ADDRESS: [&str; 5] =
    ["next", "next_url", "next_page_url", "next_link", "@odata.nextLink"];

/// Parameters that take the place to go on from.
pub(crate) const CURSOR: [&str; 12] = [
    "cursor",
    "after",
    "page_token",
    "next_token",
    "starting_after",
    "continuation_token",
    "page[cursor]",
    "page[after]",
    "marker",
    "start_cursor",
    "next_cursor",
    "since_id",
];

/// Parameters that take the number of the page.
pub(crate) const PAGE: [&str; 6] =
    ["page", "page[number]", "page_number", "page_no", "p", "current_page"];

/// Parameters that take the number of records to leave out.
pub(crate) const OFFSET: [&str; 7] =
    ["offset", "skip", "$skip", "start", "page[offset]", "start_index", "_start"];

/// Parameters that take the number of records that are wanted.
pub(crate) const SIZE: [&str; 16] = [
    "limit",
    "per_page",
    "page_size",
    "size",
    "page[size]",
    "page[limit]",
    "take",
    "top",
    "$top",
    "first",
    "count",
    "max_results",
    "max",
    "items_per_page",
    "results_per_page",
    "_limit",
];

/// Parameters that take words to look for.
pub(crate) const SEARCH: [&str; 9] = [
    "q",
    "query",
    "search",
    "keyword",
    "keywords",
    "term",
    "search_term",
    "filter[search]",
    "text",
];

/// Parameters that take the order.
pub(crate) const SORT: [&str; 8] =
    ["sort", "sort_by", "order_by", "ordering", "sort_field", "sort[by]", "_sort", "sort_key"];

/// Parameters that take the direction of the order.
pub(crate) const DIRECTION: [&str; 8] = [
    "order",
    "direction",
    "sort_order",
    "sort_dir",
    "sort_direction",
    "dir",
    "order_direction",
    "_order",
];

/// Headers by which a request that comes twice is recognised.
pub(crate) const IDEMPOTENCY: [&str; 4] =
    ["Idempotency-Key", "X-Idempotency-Key", "Idempotency-Token", "Idempotent-Key"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_by_their_words_only() {
        assert_eq!(words("createdAfter"), ["created", "after"]);
        assert_eq!(words("filter[created_at][gte]"), ["filter", "created", "at", "gte"]);
        assert_eq!(words("customerID"), ["customer", "id"]);
        assert!(is_one_of("pageToken", &CURSOR) && is_one_of("page_token", &CURSOR));
    }

    #[test]
    fn plurals_have_singulars() {
        for (plural, one) in [
            ("orders", "order"),
            ("categories", "category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("news", "new"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }
}
