//! Lists, page by page, by the position of the last item (keyset): a page costs the same wherever it is.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::{error::Refusal, refuse};

/// How many items a page has when nobody says.
const USUAL: u16 = 50;
/// The most that one page has.
const MOST: u16 = 200;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    pub limit: Option<u16>,
    /// `next` of the page before.
    #[param(required = false)]
    pub after: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PageOf<T> {
    /// The items, in their order.
    pub items: Vec<T>,
    /// What to send as `after` for the next page; none on the last one.
    pub next: Option<String>,
}

/// The position of an item in its list.
pub trait Cursor: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Cursor for T {}

impl Paging {
    /// How many items the page has.
    pub fn limit(&self) -> crate::Result<i64> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(i64::from(limit)),
            _ => refuse!(Refusal::new(
                400,
                "invalid_parameter",
                format!("limit must be 1 to {MOST}.")
            )),
        }
    }

    /// One more than the page has, which shows whether another one follows.
    pub fn one_more(&self) -> crate::Result<i64> {
        Ok(self.limit()? + 1)
    }

    /// The position after which the page begins.
    pub fn position<C: Cursor>(&self) -> crate::Result<Option<C>> {
        let Some(text) = self.after.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let position = URL_SAFE_NO_PAD.decode(text).ok();
        // No text that a list is sorted by holds U+0000, and no database takes it.
        let position = position.filter(|bytes| !bytes.windows(6).any(|it| it == b"\\u0000"));
        match position.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(position) => Ok(Some(position)),
            None => refuse!(Refusal::new(
                400,
                "invalid_parameter",
                "after is no position of this list: send the “next” of the page before."
            )),
        }
    }

    /// Makes a page of what was found: up to one item more than the page has.
    pub fn page<T, C: Cursor>(
        &self,
        mut found: Vec<T>,
        position: impl Fn(&T) -> C,
    ) -> crate::Result<PageOf<T>> {
        let limit = usize::try_from(self.limit()?).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| next(&position(last)));
        Ok(PageOf { items: found, next })
    }
}

/// What to send as `after` to begin behind a position.
pub(crate) fn next(position: &impl Cursor) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).unwrap_or_default())
}
