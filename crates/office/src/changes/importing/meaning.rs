//! What a cell means for a field of a record.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use kontor_model::field_type::Expected;
use kontor_model::{FieldType, InvalidInput, Resource, Value};

use super::spelling::{Kind, Moment, Spelling};
use super::table::Cell;
use crate::catalog::{Face, Format, in_major_units, in_minor_units, own_digits};
use crate::error::Problem;
use crate::records::comma_separated::unmarked;

/// A workbook's cell holds no more characters, and an export ends a longer text with `…`.
const MOST_IN_A_CELL: usize = 32_767;

/// What a cell asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meant {
    /// Nothing: the record holds it already, or the cell says nothing.
    Nothing,
    /// That the field holds this.
    Value(Value),
}

/// Reads cells for the fields of a resource.
pub(super) struct Meaning<'a> {
    pub(super) resource: &'a Resource,
    pub(super) face: &'a Face,
    /// Where times without an offset are meant.
    pub(super) zone: TimeZone,
    /// Whether the file tells an empty text from no value.
    pub(super) tells_empty: bool,
    /// Whether its texts bear marks so that spreadsheets do not run them.
    pub(super) is_marked: bool,
}

/// What the cells of a field are, where people of different languages write them differently.
pub(super) fn kind(resource: &Resource, face: &Face, field: usize) -> Option<Kind> {
    match (&face.fields[field].format, &resource.fields[field].ty) {
        (Format::UnixTime(_), _) => Some(Kind::Moment),
        (_, FieldType::Date | FieldType::DateTime | FieldType::Instant) => Some(Kind::Moment),
        (Format::Money { .. }, FieldType::Any) => Some(Kind::Number),
        (_, FieldType::Int { .. } | FieldType::Decimal { .. } | FieldType::Float { .. }) => {
            Some(Kind::Number)
        }
        _ => None,
    }
}

/// Whether an empty text is a value of the type.
fn has_empty(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Text { .. } | FieldType::Set { .. } | FieldType::Any)
}

/// What may stand beside an amount: a sign or a code of its currency.
pub(super) fn bare_amount(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_alphabetic() || matches!(c, '€' | '$' | '£' | '¥' | '\u{a0}')
    })
}

impl Meaning<'_> {
    /// What a cell asks for of a record that holds `old`, or of a new one. `currency` is the
    /// record's own, as far as it is known.
    pub(super) fn of(
        &self,
        field: usize,
        spelling: Spelling,
        cell: &Cell,
        old: Option<&Value>,
        currency: Option<&str>,
    ) -> Result<Meant, Problem> {
        let ty = &self.resource.fields[field].ty;
        let is_empty_text = |value: &Value| *value == Value::Text(String::new());
        let text = match cell {
            Cell::Absent => return Ok(Meant::Nothing),
            Cell::Empty if !self.tells_empty && old.is_some_and(is_empty_text) => {
                return Ok(Meant::Nothing);
            }
            Cell::Null | Cell::Empty => return self.none(field, cell, old),
            Cell::Text(text)
                if self.is_marked && kind(self.resource, self.face, field).is_none() =>
            {
                unmarked(text)
            }
            other => other.text(),
        };
        if old.is_some_and(|old| self.is_as_written(field, spelling, cell, text, (old, currency))) {
            return Ok(Meant::Nothing);
        }
        if text.trim().is_empty() && !has_empty(ty) {
            return self.none(field, cell, old);
        }
        let plain = self.plain(field, spelling, cell, text, currency)?;
        let value = ty.parse(&plain).map_err(|problem| Problem::Input(named(problem, text)))?;
        let is_there = |old: &Value| {
            if has_empty(ty) { old.is_same(&value) } else { old.is_alike(&value) }
        };
        Ok(if old.is_some_and(is_there) { Meant::Nothing } else { Meant::Value(value) })
    }

    /// A cell that asks for no value.
    fn none(&self, field: usize, cell: &Cell, old: Option<&Value>) -> Result<Meant, Problem> {
        let field = &self.resource.fields[field];
        let wanted = if field.nullable {
            Value::Null
        } else if *cell == Cell::Null && old.is_some() {
            return Err(Problem::Required);
        } else {
            // What cannot be empty stays as it is. Whether a new record can do without is for the
            // record to say.
            return Ok(Meant::Nothing);
        };
        let is_there = match old {
            Some(old) => old.is_same(&wanted),
            // The backend's own default is better than an empty cell.
            None => *cell != Cell::Null,
        };
        Ok(if is_there { Meant::Nothing } else { Meant::Value(wanted) })
    }

    /// Whether a cell is what an export writes of a value.
    fn is_as_written(
        &self,
        field: usize,
        spelling: Spelling,
        cell: &Cell,
        text: &str,
        (old, currency): (&Value, Option<&str>),
    ) -> bool {
        let is_number = kind(self.resource, self.face, field) == Some(Kind::Number);
        if is_number && spelling != Spelling::Plain && matches!(cell, Cell::Text(_)) {
            return false;
        }
        let Some(written) = old.to_text() else { return false };
        let written = match self.digits(field, currency) {
            Some(digits) if !matches!(cell, Cell::Kept(_)) => in_major_units(&written, digits),
            _ => written,
        };
        let is_cut = || {
            let begin = text.strip_suffix('…').filter(|_| text.chars().count() == MOST_IN_A_CELL);
            begin.is_some_and(|begin| written.starts_with(begin))
        };
        // A spreadsheet that read a marked text keeps the mark in its workbook.
        let is_kept_mark = || matches!(cell, Cell::Text(_)) && unmarked(text) == written;
        written == text || lines(&written) == lines(text) || is_kept_mark() || is_cut()
    }

    /// Digits of the minor unit in which a field keeps amounts.
    fn digits(&self, field: usize, currency: Option<&str>) -> Option<u32> {
        let is_whole =
            matches!(self.resource.fields[field].ty, FieldType::Int { .. } | FieldType::Any);
        match &self.face.fields[field].format {
            Format::Money { decimals, currency_code, .. } if is_whole => {
                Some(own_digits(*decimals, currency.or(currency_code.as_deref())))
            }
            _ => None,
        }
    }

    /// A cell in the notation of the field's type.
    fn plain<'t>(
        &self,
        field: usize,
        spelling: Spelling,
        cell: &Cell,
        text: &'t str,
        currency: Option<&str>,
    ) -> Result<Cow<'t, str>, Problem> {
        let ty = &self.resource.fields[field].ty;
        if let Some(choice) = self.choice(field, text)? {
            return Ok(choice.into());
        }
        let spelling = match cell {
            Cell::Kept(_) => return Ok(text.into()),
            Cell::Plain(_) => Spelling::Plain,
            _ => spelling,
        };
        match kind(self.resource, self.face, field) {
            Some(Kind::Number) => self.number(field, spelling, text, currency).map(Into::into),
            Some(Kind::Moment) => Ok(self.moment(field, spelling, text).unwrap_or(text.into())),
            None if *ty == FieldType::Bool => Ok(truth(text).map_or(text.into(), Into::into)),
            None => Ok(text.into()),
        }
    }

    /// The value of a choice that is written as itself or by its title.
    fn choice(&self, field: usize, text: &str) -> Result<Option<String>, Problem> {
        let choices = &self.face.fields[field].choices;
        if choices.is_empty() || choices.iter().any(|choice| choice.value == text) {
            return Ok(None);
        }
        let wanted = text.trim().to_lowercase();
        let is_meant = |title: &str| title.to_lowercase() == wanted;
        let mut meant = choices.iter().filter(|choice| {
            is_meant(&choice.value) || is_meant(&choice.title.de) || is_meant(&choice.title.en)
        });
        match (meant.next(), meant.next()) {
            (Some(choice), None) => Ok(Some(choice.value.clone())),
            _ => Err(Problem::Input(InvalidInput::Choice {
                text: text.to_owned(),
                choices: choices.iter().map(|choice| choice.value.clone()).collect(),
            })),
        }
    }

    fn number(
        &self,
        field: usize,
        spelling: Spelling,
        text: &str,
        currency: Option<&str>,
    ) -> Result<String, Problem> {
        let ty = &self.resource.fields[field].ty;
        let is_money = matches!(self.face.fields[field].format, Format::Money { .. });
        let bare = if is_money { bare_amount(text) } else { text.trim() };
        let Some(plain) = spelling.number(bare) else {
            // `NaN`, `1e300`: the type knows.
            if !is_money && text.contains(char::is_alphabetic) {
                return Ok(text.trim().to_owned());
            }
            let is_whole = matches!(ty, FieldType::Int { .. }) && !is_money;
            let expected = if is_whole { Expected::Integer } else { Expected::Decimal };
            return Err(Problem::Input(InvalidInput::Form { text: text.to_owned(), expected }));
        };
        if let Some(digits) = self.digits(field, currency) {
            return in_minor_units(&plain, digits).ok_or_else(|| {
                Problem::Input(InvalidInput::Scale { text: text.to_owned(), scale: digits })
            });
        }
        // Spreadsheets write whole numbers with zeros behind the point.
        let whole = plain.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0'));
        Ok(match whole {
            Some((whole, _)) if matches!(ty, FieldType::Int { .. }) => whole.to_owned(),
            _ => plain,
        })
    }

    /// A day or a time in the notation of the field; none where the field's type reads it itself.
    fn moment<'t>(&self, field: usize, spelling: Spelling, text: &str) -> Option<Cow<'t, str>> {
        let (day, time): Moment = spelling.moment(text)?;
        let at = day.to_datetime(time.unwrap_or_default());
        let zoned = || at.to_zoned(self.zone.clone()).ok();
        if let Format::UnixTime(unit) = self.face.fields[field].format {
            let microseconds = zoned()?.timestamp().as_microsecond();
            let kept = microseconds.div_euclid(1_000_000 / unit.per_second());
            return Some(kept.to_string().into());
        }
        match self.resource.fields[field].ty {
            FieldType::Instant => {
                Some(zoned()?.strftime("%Y-%m-%d %H:%M:%S%.f%:z").to_string().into())
            }
            FieldType::DateTime => Some(at.strftime("%Y-%m-%d %H:%M:%S%.f").to_string().into()),
            FieldType::Date if at.time() == jiff::civil::Time::midnight() => {
                Some(day.to_string().into())
            }
            _ => None,
        }
    }
}

/// A problem tells the text that stands in the file.
fn named(problem: InvalidInput, text: &str) -> InvalidInput {
    match problem {
        InvalidInput::Form { expected, .. } => {
            InvalidInput::Form { text: text.to_owned(), expected }
        }
        other => other,
    }
}

/// Spreadsheets leave out the half of a line end.
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// What people write for true and false beside what types know.
fn truth(text: &str) -> Option<&'static str> {
    match text.trim().to_lowercase().as_str() {
        "ja" | "j" | "wahr" | "y" | "x" | "✓" => Some("true"),
        "nein" | "n" | "falsch" | "-" => Some("false"),
        _ => None,
    }
}
