//! Places in the lists of a service: what the service wants to hear to go on, and the way back.

use kontor_model::service::Paging;
use kontor_model::{Cursor, Value};
use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{Failure, FailureKind};
use crate::json;

/// So many pages can be gone back.
const TRAIL: usize = 40;

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Position {
    /// What the service wants to hear; none for the beginning.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    /// Records of the answer that lie before the place.
    #[serde(rename = "s", default)]
    pub(crate) skip: u32,
    /// What the first record of the part before looked like, to notice that it comes again.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub(crate) mark: Option<u64>,
    /// The places that were gone through.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) trail: Vec<(Option<String>, u32)>,
}

impl Position {
    /// The place of a cursor.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] when it is none of ours.
    pub(crate) fn of(cursor: Option<&Cursor>) -> Result<Self, Failure> {
        let Some(cursor) = cursor else { return Ok(Self::default()) };
        let wrong = || Failure::new(FailureKind::Invalid, "no place in a list of a service");
        match cursor.values.as_slice() {
            [Value::Text(text)] => serde_json::from_str(text).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }

    pub(crate) fn to_cursor(&self) -> Cursor {
        let text = serde_json::to_string(self).unwrap_or_default();
        Cursor { values: vec![Value::Text(text)], skip: 0 }
    }

    /// The place after a part that was read from here.
    pub(crate) fn then(&self, place: Option<String>, skip: u32, mark: Option<u64>) -> Self {
        let mut trail = self.trail.clone();
        trail.push((self.place.clone(), self.skip));
        if trail.len() > TRAIL {
            trail.remove(0);
        }
        Self { place, skip, mark, trail }
    }

    /// The place before, where one was gone through.
    pub(crate) fn back(&self) -> Option<Self> {
        let mut trail = self.trail.clone();
        let (place, skip) = trail.pop()?;
        Some(Self { place, skip, mark: None, trail })
    }
}

/// A mark of a record, for noticing that it comes again.
pub(crate) fn mark(record: &RawValue) -> u64 {
    // FNV-1a: it only has to tell neighbours apart, and to be the same tomorrow.
    record.get().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What is known of a part that was read.
pub(super) struct Part<'a> {
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
    part: &Part<'_>,
) -> Result<Option<String>, Failure> {
    if part.records == 0 {
        return Ok(None);
    }
    let is_full = part.asked.is_none_or(|asked| part.records >= asked);
    let next = match paging {
        Paging::Cursor { next, key: None, .. } => {
            json::at(part.body, next).and_then(json::plain).filter(|place| !place.is_empty())
        }
        Paging::Cursor { key: Some(_), .. } => part.last_key.clone().filter(|_| is_full),
        Paging::Page { first, .. } => {
            let page: u64 =
                here.place.as_deref().and_then(|p| p.parse().ok()).unwrap_or(u64::from(*first));
            let before = (page - u64::from(*first)) * u64::from(part.asked.unwrap_or(part.records));
            more(part, before, is_full).then(|| (page + 1).to_string())
        }
        Paging::Offset { .. } => {
            let offset: u64 = here.place.as_deref().and_then(|p| p.parse().ok()).unwrap_or(0);
            more(part, offset, is_full).then(|| (offset + u64::from(part.records)).to_string())
        }
        Paging::Next { at } => match json::at(part.body, at).and_then(json::plain) {
            Some(address) if !address.is_empty() => Some(joined(part.url, &address)?),
            _ => linked(part)?,
        },
        Paging::Whole => linked(part)?,
    };
    if next.is_some() && next == here.place {
        return Err(Failure::new(
            FailureKind::Garbled,
            "the list goes on in a circle: the next part begins where this one does",
        ));
    }
    Ok(next)
}

fn more(part: &Part<'_>, before: u64, is_full: bool) -> bool {
    match part.total {
        Some(total) => before + u64::from(part.records) < total,
        None => is_full,
    }
}

/// The address in a `Link` header with `rel="next"` (RFC 8288).
fn linked(part: &Part<'_>) -> Result<Option<String>, Failure> {
    let headers = part.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    for link in headers.flat_map(|header| header.split(",")) {
        let Some((address, parameters)) = link.split_once(';') else { continue };
        let is_next = parameters.split(';').any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && value
                        .trim()
                        .trim_matches('"')
                        .split(' ')
                        .any(|rel| rel.eq_ignore_ascii_case("next"))
            })
        });
        let address = address.trim().strip_prefix('<').and_then(|a| a.strip_suffix('>'));
        if let (true, Some(address)) = (is_next, address) {
            return joined(part.url, address).map(Some);
        }
    }
    Ok(None)
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
        let part = Part {
            body: &raw(body),
            headers: &headers,
            records: 2,
            asked: Some(2),
            last_key: None,
            total: None,
            url: &url,
        };
        following(paging, &here, &part)
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

    #[test]
    fn the_way_back_is_known_for_many_pages() {
        let mut here = Position::default();
        for page in 1..100 {
            here = here.then(Some(page.to_string()), 0, None);
        }
        let read = Position::of(Some(&here.to_cursor())).expect("a place");
        assert_eq!(read, here);
        assert_eq!(here.trail.len(), TRAIL);
        assert_eq!(here.back().and_then(|back| back.place), Some("98".into()));
    }
}
