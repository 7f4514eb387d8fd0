//! Places in the lists of a service: what the service wants to hear to go on, and the way back.

use kontor_model::{Cursor, Value};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{Failure, FailureKind};

/// So many pages can be gone back.
const TRAIL: usize = 40;

/// The last number that JSON carries unharmed (2⁵³ − 1).
const LAST_PLACE: u64 = (1 << 53) - 1;

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
        match cursor.values.as_slice() {
            [Value::Text(text)] => serde_json::from_str(text).map_err(|_| Self::invalid()),
            _ => Err(Self::invalid()),
        }
    }

    /// The place as a number that a service counts with, from `least` on.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] when it is none: it comes back to us in the address of a page,
    /// where anybody can write another one.
    pub(crate) fn number(&self, least: u64) -> Result<u64, Failure> {
        let Some(place) = &self.place else { return Ok(least) };
        let number = place.parse().ok().filter(|number| (least..=LAST_PLACE).contains(number));
        number.ok_or_else(Self::invalid)
    }

    /// What is said of a place that is none.
    pub(crate) fn invalid() -> Failure {
        Failure::new(FailureKind::Invalid, "no place in a list of a service")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_no_list_has_is_refused() {
        let at = |place: &str| Position { place: Some(place.to_owned()), ..Position::default() };
        assert_eq!(at("7").number(1), Ok(7));
        assert_eq!(Position::default().number(1), Ok(1));
        for nowhere in ["0", "-1", "18446744073709551615", "9007199254740992", "x", ""] {
            assert_eq!(at(nowhere).number(1), Err(Position::invalid()), "{nowhere}");
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
