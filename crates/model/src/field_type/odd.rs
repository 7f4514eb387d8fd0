//! Days and times that backends hold and no calendar has. They may be asked for as they are shown;
//! the backend judges whether it has them.

/// `0000-00-00`, `2026-00-00`, `10000-01-01`, `0044-03-15 BC`.
pub(super) fn is_day(text: &str) -> bool {
    let (day, bc) = text.strip_suffix(" BC").map_or((text, false), |day| (day, true));
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let two = |part: &str| part.len() == 2 && is_digits(part);
    (4..=7).contains(&year.len())
        && is_digits(year)
        && two(month)
        && two(day)
        && (bc || year.len() > 4 || *month == "00" || *day == "00")
}

/// An odd day with a time, perhaps in UTC.
pub(super) fn is_moment(text: &str) -> bool {
    let (rest, bc) = text.strip_suffix(" BC").map_or((text, ""), |rest| (rest, " BC"));
    let rest = rest.strip_suffix("+00").unwrap_or(rest);
    rest.split_once(' ').is_some_and(|(day, clock)| {
        is_day(&format!("{day}{bc}")) && clock.parse::<jiff::civil::Time>().is_ok()
    })
}

/// `24:00:00`, `-838:59:59.5`: MySQL's times are spans.
pub(super) fn is_span(text: &str) -> bool {
    let (rest, negative) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
    rest.split_once(':').is_some_and(|(hours, rest)| {
        is_digits(hours)
            && hours.len() <= 3
            && (negative || hours.parse().is_ok_and(|hours: u16| hours > 23))
            && format!("00:{rest}").parse::<jiff::civil::Time>().is_ok()
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
