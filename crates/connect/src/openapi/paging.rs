//! How a list says where it goes on.

use kontor_model::service::Paging;
use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};
use serde_json::value::RawValue;

use crate::error::{Failure, FailureKind};
use crate::json;
use crate::service::position::Position;

/// What is known of a part that was read.
pub(super) struct Came<'a> {
    pub(super) body: &'a RawValue,
    pub(super) headers: &'a HeaderMap,
    /// Records that came.
    pub(super) records: u32,
    /// Records that were asked for, where the service can be told.
    pub(super) asked: Option<u32>,
    /// The key of the last record, where that is the place to go on from.
    pub(super) last_key: Option<String>,
    /// The number of all records, where the answer tells it.
    pub(super) total: Option<u64>,
    /// The address that was read.
    pub(super) url: &'a Url,
}

/// What the service wants to hear for the part after this one; none after the last.
///
/// # Errors
/// [`FailureKind::Garbled`] when it leads nowhere.
pub(super) fn following(
    paging: &Paging,
    here: &Position,
    came: &Came<'_>,
) -> Result<Option<String>, Failure> {
    if came.records == 0 {
        return Ok(None);
    }
    let is_full = came.asked.is_none_or(|asked| came.records >= asked);
    let next = match paging {
        Paging::Cursor { next, key: None, .. } => {
            json::at(came.body, next).and_then(json::plain).filter(|place| !place.is_empty())
        }
        Paging::Cursor { key: Some(_), .. } => came.last_key.clone().filter(|_| is_full),
        Paging::Page { first, .. } => {
            let page = here.number(u64::from(*first))?;
            let size = u64::from(came.asked.unwrap_or(came.records));
            let before = (page - u64::from(*first)).saturating_mul(size);
            more(came, before, is_full).then(|| (page + 1).to_string())
        }
        Paging::Offset { .. } => {
            let offset = here.number(0)?;
            more(came, offset, is_full).then(|| (offset + u64::from(came.records)).to_string())
        }
        Paging::Next { at } => match json::at(came.body, at).and_then(json::plain) {
            Some(address) if !address.is_empty() => Some(joined(came.url, &address)?),
            _ => linked(came)?,
        },
        Paging::Whole => linked(came)?,
    };
    if next.is_some() && next == here.place {
        return Err(Failure::new(
            FailureKind::Garbled,
            "the list goes on in a circle: the next part begins where this one does",
        ));
    }
    Ok(next)
}

fn more(came: &Came<'_>, before: u64, is_full: bool) -> bool {
    match came.total {
        Some(total) => before.saturating_add(u64::from(came.records)) < total,
        None => is_full,
    }
}

/// The address in a `Link` header with `rel="next"` (RFC 8288).
fn linked(came: &Came<'_>) -> Result<Option<String>, Failure> {
    let headers = came.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    for (address, parameters) in headers.flat_map(links) {
        let is_next = parameters.split(';').any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                let relations = value.trim().trim_end_matches(',').trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel")
                    && relations.split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return joined(came.url, address).map(Some);
        }
    }
    Ok(None)
}

/// The addresses of a `Link` header with what is said of each. An address may hold commas; it ends
/// where its bracket does.
fn links(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split('<').filter_map(|link| link.split_once('>'))
}

fn joined(url: &Url, address: &str) -> Result<String, Failure> {
    let wrong = |detail: String| Failure::new(FailureKind::Garbled, detail);
    let next = url.join(address).map_err(|error| wrong(format!("“{address}”: {error}")))?;
    same_list(url, &next)?;
    Ok(next.to_string())
}

/// An address to go on from is one of the same list and nothing else: it comes back to us in the
/// address of a page, where anybody can write another one.
///
/// # Errors
/// [`FailureKind::Garbled`].
pub(super) fn same_list(list: &Url, next: &Url) -> Result<(), Failure> {
    let is_same = list.origin() == next.origin() && list.path() == next.path();
    if is_same {
        return Ok(());
    }
    let detail = format!(
        "the next part of the list would be at {}, which is another one",
        crate::http::at(next)
    );
    Err(Failure::new(FailureKind::Garbled, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect(text)
    }

    fn after(
        paging: &Paging,
        place: Option<&str>,
        body: &str,
        link: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(link) = link {
            headers.insert(LINK, link.parse().expect(link));
        }
        let url: Url = "https://shop.example/orders?limit=2".parse().expect("url");
        let here = Position { place: place.map(str::to_owned), ..Position::default() };
        let came = Came {
            body: &raw(body),
            headers: &headers,
            records: 2,
            asked: Some(2),
            last_key: None,
            total: None,
            url: &url,
        };
        following(paging, &here, &came)
    }

    #[test]
    fn each_manner_of_paging_says_where_it_goes_on() {
        let cursor =
            Paging::Cursor { parameter: "after".into(), next: vec!["next".into()], key: None };
        assert_eq!(after(&cursor, None, r#"{"next":"x"}"#, None), Ok(Some("x".into())));
        assert_eq!(after(&cursor, None, r#"{"next":null}"#, None), Ok(None));
        let page = Paging::Page { parameter: "page".into(), first: 1 };
        assert_eq!(after(&page, None, "[]", None), Ok(Some("2".into())));
        assert_eq!(after(&page, Some("7"), "[]", None), Ok(Some("8".into())));
        let offset = Paging::Offset { parameter: "skip".into() };
        assert_eq!(after(&offset, Some("40"), "[]", None), Ok(Some("42".into())));
        let links =
            "<https://shop.example/orders?page=1>; rel=\"prev\", </orders?page=3>; rel=\"next\"";
        assert_eq!(
            after(&Paging::Whole, None, "[]", Some(links)),
            Ok(Some("https://shop.example/orders?page=3".into()))
        );
        let commas =
            "</orders?ids=1,2;3&page=2>; title=\"a, b\"; rel=\"next last\", </orders>; rel=first";
        assert_eq!(
            after(&Paging::Whole, None, "[]", Some(commas)),
            Ok(Some("https://shop.example/orders?ids=1,2;3&page=2".into()))
        );
    }

    #[test]
    fn a_place_that_somebody_wrote_is_refused() {
        let page = Paging::Page { parameter: "page".into(), first: 1 };
        let offset = Paging::Offset { parameter: "skip".into() };
        for (paging, place) in
            [(&page, "0"), (&page, "18446744073709551615"), (&offset, "-3"), (&offset, "x")]
        {
            let refused = after(paging, Some(place), "[]", None).expect_err(place);
            assert_eq!(refused.kind, FailureKind::Invalid, "{place}");
        }
    }

    #[test]
    fn a_list_that_lies_about_its_end_is_noticed() {
        let cursor =
            Paging::Cursor { parameter: "after".into(), next: vec!["next".into()], key: None };
        let circle = after(&cursor, Some("x"), r#"{"next":"x"}"#, None).expect_err("a circle");
        assert!(circle.detail.contains("in a circle"), "{circle}");
        for elsewhere in ["https://evil.example/orders", "/admin/users?x=1"] {
            let next = Paging::Next { at: vec!["next".into()] };
            let body = format!("{{\"next\":\"{elsewhere}\"}}");
            let refused = after(&next, None, &body, None).expect_err(elsewhere);
            assert!(refused.detail.contains("another one"), "{refused}");
        }
    }
}
