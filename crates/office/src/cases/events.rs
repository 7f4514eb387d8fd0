//! What happened to a case and when: what was done in Kontor, and the times that its records hold.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kontor_model::{Field, FieldType, Value};
use kontor_store::Micros;

use super::hints::About;
use super::{Case, CaseType};
use crate::Office;
use crate::actor::Actor;
use crate::catalog::{Face, Format};
use crate::changes::TimelineEntry;
use crate::error::OfficeError;
use crate::manifest::{CasePlace, Label};
use crate::records::zone_of;

/// A time that a record holds.
#[derive(Debug, Clone)]
pub struct Dated {
    /// When it was; the beginning of a day where the hour is not known.
    pub at: Micros,
    /// Whether only the day is known.
    pub is_day: bool,
    /// What happened.
    pub text: Label,
    /// The record that says it.
    pub about: About,
}

/// Something that happened to a case.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub at: Micros,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Happening {
    /// A member was changed in Kontor.
    Changed {
        /// Index of the member.
        member: usize,
        /// The change.
        entry: TimelineEntry,
    },
    /// A record says it.
    Dated(Dated),
}

/// The fields of a resource that hold when something happened, in the order of the file or of the
/// record, with what it was.
pub(super) fn of_resource(
    of: &CaseType,
    place: &CasePlace,
    face: &Face,
    fields: &[Field],
) -> Vec<(usize, Label)> {
    let said = of.said.events.iter().filter(|(of, _)| of == place).flat_map(|(_, each)| each);
    let mut events: Vec<(usize, Label)> = said
        .filter_map(|(name, text)| {
            let field = fields.iter().position(|field| field.name == *name)?;
            face.fields[field].is_visible().then(|| (field, text.clone()))
        })
        .collect();
    for &field in &face.order {
        let own = face.fields[field].event.as_ref();
        if let Some(text) = own.filter(|_| events.iter().all(|(known, _)| *known != field)) {
            events.push((field, text.clone()));
        }
    }
    events
}

/// All times that the records of a case hold, the latest first.
pub(super) fn dated(actor: &Actor, case: &Case) -> Vec<Dated> {
    let zone = zone_of(actor);
    let mut dated = Vec::new();
    let mut add = |place: &CasePlace,
                   (face, fields): (&Face, &[Field]),
                   about: About,
                   value: &dyn Fn(usize) -> Option<Value>| {
        for (field, text) in of_resource(&case.of, place, face, fields) {
            let held = value(field);
            let found = held.and_then(|held| {
                moment_of(&held, &fields[field].ty, &face.fields[field].format, &zone)
            });
            if let Some((at, is_day)) = found {
                dated.push(Dated { at, is_day, text, about: about.clone() });
            }
        }
    };
    for member in &case.members {
        let shown = &member.shown;
        let about = About {
            permit: member.permit.clone(),
            resource: member.resource().clone(),
            key: member.key().clone(),
            title: shown.title.clone(),
        };
        let fields = &shown.catalog.resource(shown.face()).fields;
        add(&member.place(), (shown.face(), fields), about, &|field| shown.value(field).cloned());
    }
    for belonging in &case.belongings {
        let Ok(related) = &belonging.found else { continue };
        let fields = &related.catalog.resource(related.face()).fields;
        for (about, value) in belonging.each() {
            add(&belonging.place(), (related.face(), fields), about, &value);
        }
    }
    dated.sort_by_key(|one| std::cmp::Reverse(one.at));
    dated
}

/// The moment that a value means, and whether it is a day without an hour.
fn moment_of(
    value: &Value,
    ty: &FieldType,
    format: &Format,
    zone: &TimeZone,
) -> Option<(Micros, bool)> {
    let text = value.to_text()?;
    if let Format::UnixTime(unit) = format {
        let number: i64 = text.parse().ok()?;
        return Some((number.checked_mul(1_000_000 / unit.per_second())?, false));
    }
    if ty.is_numeric() {
        return None;
    }
    let local = |at: DateTime| {
        let stamp = zone.to_ambiguous_timestamp(at).compatible().ok()?;
        Some(stamp.as_microsecond())
    };
    if let Some(day) = day_of(&text) {
        return Some((local(day.at(0, 0, 0, 0))?, true));
    }
    let joined = text.trim().replacen(' ', "T", 1);
    let with_minutes = match joined.rfind(['+', '-']) {
        Some(at) if at > 10 && joined.len() - at == 3 => format!("{joined}:00"),
        _ => joined,
    };
    if let Ok(stamp) = with_minutes.parse::<Timestamp>() {
        return Some((stamp.as_microsecond(), false));
    }
    Some((local(with_minutes.parse::<DateTime>().ok()?)?, false))
}

/// A day as databases write it, or as German forms do: `2026-11-20`, `20.11.2026`.
fn day_of(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == 10 && text.as_bytes()[4] == b'-' {
        return text.parse().ok();
    }
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_whole = parts.next().is_none() && year.len() == 4;
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    date.filter(|_| is_whole)
}

impl Office {
    /// What happened to a case, the latest first: what was done in Kontor with its members, and
    /// what its records say. At most so many of each member's changes, and so many in all.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn case_timeline(
        self: &Arc<Self>,
        case: &Case,
        most: usize,
    ) -> Result<Vec<Happened>, OfficeError> {
        let limit = u32::try_from(most).unwrap_or(u32::MAX);
        let asked = case.members.iter().map(|member| async move {
            let (name, key) = (member.resource(), member.key().to_text());
            self.timeline(&member.permit, name, &key, None, limit).await
        });
        let mut all: Vec<Happened> = Vec::new();
        let changes = futures_util::future::join_all(asked).await;
        for (member, entries) in changes.into_iter().enumerate() {
            all.extend(entries?.into_iter().map(|entry| Happened {
                at: entry.at,
                what: Happening::Changed { member, entry },
            }));
        }
        let dated = case.dated.iter().cloned();
        all.extend(dated.map(|dated| Happened { at: dated.at, what: Happening::Dated(dated) }));
        all.sort_by_key(|one| std::cmp::Reverse(one.at));
        all.truncate(most);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::TimeUnit;

    #[test]
    fn times_are_read_in_every_form_in_which_backends_keep_them() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let text = FieldType::text();
        let read = |value: &str, ty: &FieldType| {
            moment_of(&Value::Text(value.into()), ty, &Format::Plain, &berlin)
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
        let noon = (at("2026-11-20T11:00:00Z"), false);
        assert_eq!(read("2026-11-20 11:00:00+00", &FieldType::Instant), Some(noon));
        assert_eq!(read("2026-11-20 12:00:00", &FieldType::DateTime), Some(noon), "in one's zone");
        let day = (at("2026-11-19T23:00:00Z"), true);
        assert_eq!(read("2026-11-20", &FieldType::Date), Some(day));
        assert_eq!(read("20.11.2026", &text), Some(day), "as German forms write it");
        assert_eq!(read("0000-00-00", &text), None);
        assert_eq!(read("soon", &text), None);
        let seconds = Format::UnixTime(TimeUnit::Seconds);
        let number = Value::Int(1_795_172_400);
        let int = FieldType::int(64, false);
        assert_eq!(
            moment_of(&number, &int, &seconds, &berlin),
            Some((1_795_172_400_000_000, false))
        );
        assert_eq!(moment_of(&number, &int, &Format::Plain, &berlin), None, "a number is no time");
    }
}
