//! Numbers and days as people of a language write them, recognised by a whole column of them.

use jiff::civil::{Date, Time};

/// How a column writes numbers and days. Days such as `2026-05-31` and `31.05.2026` mean the same
/// in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Spelling {
    /// As databases do: `1234.50`.
    #[default]
    Plain,
    /// `1.234,50`, `31.05.2026`.
    German,
    /// `1,234.50`, `31/05/2026`.
    British,
    /// `1,234.50`, `05/31/2026`.
    American,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Moment,
}

/// A day, and the time where there is one.
pub(super) type Moment = (Date, Option<Time>);

impl Spelling {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Plain, Self::German, Self::British, Self::American];

    /// Its word in addresses and in the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::German => "german",
            Self::British => "british",
            Self::American => "american",
        }
    }

    /// The spelling of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spelling| spelling.code() == code)
    }

    /// A number in plain notation; none where the text is no number in this spelling.
    pub(super) fn number(self, text: &str) -> Option<String> {
        let text: String = text.chars().filter(|c| !is_thin(*c)).collect();
        let text = text.trim();
        let (sign, unsigned) = match text.strip_prefix(['-', '−']) {
            Some(rest) => ("-", rest.trim_start()),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let (thousand, point) = match self {
            Self::Plain => ('\0', '.'),
            Self::German => ('.', ','),
            Self::British | Self::American => (',', '.'),
        };
        let (whole, fraction) = match unsigned.split_once(point) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        let whole = match (whole.is_empty(), fraction) {
            (true, Some(_)) => "0".to_owned(),
            _ => ungrouped(whole, thousand)?,
        };
        match fraction {
            None => Some(format!("{sign}{whole}")),
            Some(fraction) => is_digits(fraction).then(|| format!("{sign}{whole}.{fraction}")),
        }
    }

    /// A day, perhaps with a time; none where the text is neither in this spelling.
    pub(super) fn moment(self, text: &str) -> Option<Moment> {
        let text = text.trim();
        let end = text.find([' ', ',', 'T']).unwrap_or(text.len());
        let (day, rest) = text.split_at(end);
        let rest = rest.trim_start_matches([' ', ',', 'T']).trim();
        let rest = rest.strip_suffix("Uhr").map_or(rest, str::trim_end);
        let day = self.day(day)?;
        if rest.is_empty() {
            return Some((day, None));
        }
        let (hour, _) = rest.split_once(':')?;
        // `9:30` is written, too.
        let rest = if hour.len() == 1 { format!("0{rest}") } else { rest.to_owned() };
        Some((day, Some(rest.parse().ok()?)))
    }

    fn day(self, text: &str) -> Option<Date> {
        let parts = |mark: char| text.split(mark).collect::<Vec<_>>();
        let dashes = parts('-');
        if let [year, _, _] = dashes.as_slice()
            && year.len() == 4
        {
            return text.parse().ok();
        }
        let (points, strokes) = (parts('.'), parts('/'));
        let (day, month, year) = match (points.as_slice(), strokes.as_slice(), self) {
            ([day, month, year], _, _) | (_, [day, month, year], Self::British) => {
                (day, month, year)
            }
            (_, [month, day, year], Self::American) => (day, month, year),
            _ => return None,
        };
        let are_digits = [day, month, year].into_iter().all(|part| is_digits(part));
        if year.len() != 4 || day.len() > 2 || month.len() > 2 || !are_digits {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    }

    /// What a text means; texts that mean the same give the same.
    fn meaning(self, kind: Kind, text: &str) -> Option<String> {
        match kind {
            Kind::Number => self.number(text),
            Kind::Moment => self.moment(text).map(|moment| format!("{moment:?}")),
        }
    }
}

/// What is known beside the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaning {
    /// The person's language is German, or another column is.
    German,
    /// Another column writes a decimal point, or commas stand between the values.
    Plain,
    /// The person's language is English.
    English,
}

/// How certain it is how a column writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// It means the same in whatever spelling.
    Any,
    /// Its cells leave nothing else.
    Sure(Spelling),
    /// Its cells can be read in several ways that mean different things.
    Open(Spelling),
}

impl Guess {
    pub(super) fn spelling(self) -> Spelling {
        match self {
            Self::Any => Spelling::Plain,
            Self::Sure(spelling) | Self::Open(spelling) => spelling,
        }
    }
}

/// The spelling in which most cells have a meaning. Single mistakes of a column do not change how
/// the others are read.
pub(super) fn guess(kind: Kind, texts: &[&str], leaning: Leaning) -> Guess {
    let meanings = Spelling::ALL.map(|spelling| {
        let all: Vec<_> = texts.iter().map(|text| spelling.meaning(kind, text)).collect();
        (spelling, all.iter().flatten().count(), all)
    });
    let most = meanings.iter().map(|(_, fitting, _)| *fitting).max().unwrap_or_default();
    let mut best = meanings.iter().filter(|(_, fitting, _)| *fitting == most);
    let Some((first, _, meaning)) = best.next().filter(|_| most > 0) else { return Guess::Any };
    let others: Vec<_> = best.collect();
    if others.iter().all(|(_, _, other)| other == meaning) {
        // A number with a point is written so in plain notation and in English.
        let is_any = others.len() + 1 == Spelling::ALL.len();
        return if is_any { Guess::Any } else { Guess::Sure(*first) };
    }
    let order = match leaning {
        Leaning::German => {
            [Spelling::German, Spelling::Plain, Spelling::British, Spelling::American]
        }
        Leaning::Plain => {
            [Spelling::Plain, Spelling::British, Spelling::American, Spelling::German]
        }
        Leaning::English => {
            [Spelling::British, Spelling::Plain, Spelling::American, Spelling::German]
        }
    };
    let fits = |spelling: &Spelling| {
        spelling == first || others.iter().any(|(other, ..)| other == spelling)
    };
    Guess::Open(order.into_iter().find(fits).unwrap_or_default())
}

/// Blanks that stand between groups of digits.
fn is_thin(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Digits without the marks between their groups; all groups but the first have three.
fn ungrouped(text: &str, thousand: char) -> Option<String> {
    let mut groups = text.split(thousand);
    let first = groups.next().filter(|first| is_digits(first))?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !is_digits(group) || first.len() > 3 || first.starts_with('0') {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_means_what_its_spelling_says() {
        for (spelling, text, plain) in [
            (Spelling::German, "1.234,50", Some("1234.50")),
            (Spelling::German, "1.234", Some("1234")),
            (Spelling::German, "-0,5", Some("-0.5")),
            (Spelling::German, ",5", Some("0.5")),
            (Spelling::German, "1.23", None),
            (Spelling::German, "79.90", None),
            (Spelling::British, "1,234.5", Some("1234.5")),
            (Spelling::British, "1,23", None),
            (Spelling::Plain, "1234.5", Some("1234.5")),
            (Spelling::Plain, "1.234", Some("1.234")),
            (Spelling::Plain, "1,5", None),
            (Spelling::German, "12\u{202f}000,5", Some("12000.5")),
        ] {
            assert_eq!(spelling.number(text).as_deref(), plain, "{spelling:?} {text}");
        }
    }

    #[test]
    fn a_day_is_read_where_it_can_mean_only_one() {
        let day = |spelling: Spelling, text| spelling.moment(text).map(|(day, _)| day.to_string());
        let may = Some("2026-05-31".to_owned());
        for text in ["31.05.2026", "31.5.2026", "2026-05-31"] {
            for spelling in Spelling::ALL {
                assert_eq!(day(spelling, text), may, "{spelling:?} {text}");
            }
        }
        assert_eq!(day(Spelling::British, "31/05/2026"), may);
        assert_eq!(day(Spelling::American, "5/31/2026"), may);
        for wrong in ["31.02.2026", "31.05.26", "05/31/2026", "31", "x"] {
            assert_eq!(day(Spelling::German, wrong), None, "{wrong}");
        }
        let at = Spelling::German.moment("31.05.2026, 9:30 Uhr").and_then(|(_, time)| time);
        assert_eq!(at.map(|time| time.to_string()).as_deref(), Some("09:30:00"));
        assert_eq!(Spelling::German.moment("31.05.2026 25:00"), None);
    }

    #[test]
    fn a_column_is_german_if_its_cells_are() {
        let number = |texts: &[&str], leaning| guess(Kind::Number, texts, leaning);
        let german = Guess::Sure(Spelling::German);
        assert_eq!(number(&["1.234", "5,50"], Leaning::English), german);
        assert_eq!(number(&["12", "7"], Leaning::German), Guess::Any);
        assert_eq!(number(&["12.90", "7"], Leaning::German), Guess::Sure(Spelling::Plain));
        assert_eq!(number(&["1,234.5"], Leaning::German), Guess::Sure(Spelling::British));
        // One mistake does not change the others.
        assert_eq!(number(&["5,50", "6,50", "kostenlos"], Leaning::English), german);
    }

    #[test]
    fn what_can_mean_two_things_goes_by_what_else_is_known() {
        let ambiguous = |leaning| guess(Kind::Number, &["1.234"], leaning);
        assert_eq!(ambiguous(Leaning::German), Guess::Open(Spelling::German));
        assert_eq!(ambiguous(Leaning::Plain), Guess::Open(Spelling::Plain));
        let strokes = |texts: &[&str]| guess(Kind::Moment, texts, Leaning::German).spelling();
        assert_eq!(strokes(&["05/31/2026", "01/02/2026"]), Spelling::American);
        assert_eq!(strokes(&["31/05/2026", "01/02/2026"]), Spelling::British);
        assert_eq!(strokes(&["01/02/2026"]), Spelling::British);
    }
}
