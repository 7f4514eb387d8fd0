//! A point in time as the database stores it and as JSON shows it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use utoipa::ToSchema;

use crate::language::Language;

/// Microseconds since 1970-01-01T00:00:00Z, without leap seconds. In JSON an RFC 3339 text in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-27T08:00:00Z")]
pub struct Moment(pub i64);

/// Why a text or a number is no [`Moment`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// The text is not RFC 3339.
    #[error("“{0}” is not a date and time; write it as RFC 3339, such as 2026-11-27T08:00:00Z")]
    Unreadable(String),
    /// The number of microseconds lies before the year -9999 or after the year 9999.
    #[error("{0} microseconds since 1970 lie outside the years -9999 to 9999")]
    OutOfRange(i64),
}

impl Moment {
    /// The same point in time for calendar arithmetic.
    ///
    /// # Errors
    /// [`MomentError::OutOfRange`] outside the years -9999 to 9999.
    pub fn timestamp(self) -> Result<Timestamp, MomentError> {
        Timestamp::from_microsecond(self.0).map_err(|_| MomentError::OutOfRange(self.0))
    }

    /// Day and time in the time zone as people read them: `27.11.2026, 09:00` in German, `27 Nov 2026, 09:00` in
    /// English.
    #[must_use]
    pub fn text(self, language: Language, zone: &TimeZone) -> String {
        let format = match language {
            Language::German => "%d.%m.%Y, %H:%M",
            Language::English => "%-d %b %Y, %H:%M",
        };
        match self.timestamp() {
            Ok(timestamp) => timestamp.to_zoned(zone.clone()).strftime(format).to_string(),
            Err(_) => self.to_string(),
        }
    }

    /// This moment and `micros` microseconds more, stopping at the ends of the range of `i64`.
    #[must_use]
    pub const fn saturating_add_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

impl From<Timestamp> for Moment {
    /// Cuts what is finer than a microsecond.
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    /// Reads RFC 3339 with any offset; digits below a microsecond are cut.
    fn from_str(text: &str) -> Result<Self, MomentError> {
        text.parse::<Timestamp>()
            .map(Self::from)
            .map_err(|_| MomentError::Unreadable(text.to_owned()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.timestamp() {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.timestamp().map_err(ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_rfc_3339_in_json_and_comes_back_to_the_microsecond() {
        let moment = Moment(1_795_766_400_000_001);
        let text = serde_json::to_string(&moment).unwrap();
        assert_eq!(text, "\"2026-11-27T08:00:00.000001Z\"");
        assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), moment);
    }

    #[test]
    fn an_offset_is_turned_into_utc() {
        let berlin: Moment = "2026-11-27T09:00:00+01:00".parse().unwrap();
        assert_eq!(berlin.to_string(), "2026-11-27T08:00:00Z");
    }

    #[test]
    fn people_read_day_and_time_in_their_time_zone_and_language() {
        let moment: Moment = "2026-11-30T23:30:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(moment.text(Language::German, &berlin), "01.12.2026, 00:30");
        assert_eq!(moment.text(Language::English, &berlin), "1 Dec 2026, 00:30");
    }

    #[test]
    fn an_unreadable_text_is_refused_with_what_to_write() {
        let error = serde_json::from_str::<Moment>("\"tomorrow\"").unwrap_err();
        assert!(error.to_string().contains("write it as RFC 3339"), "{error}");
    }

    #[test]
    fn a_number_outside_the_calendar_is_refused_when_written() {
        assert!(serde_json::to_string(&Moment(i64::MAX)).is_err());
        assert_eq!(Moment(i64::MAX).to_string(), "9223372036854775807 µs");
    }
}
