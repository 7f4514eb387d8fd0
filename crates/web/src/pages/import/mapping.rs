//! Where the columns of a file go, to be looked over and changed.

use kontor_office::{ImportMode, Spelling};
use maud::{Markup, html};

use super::{Columns, ImportColumnLine, ImportScreen};
use crate::components::{Shell, control};
use crate::texts::Texts;

/// The form; it is open where it is all that can be done, or where something should be looked at.
pub(super) fn form(shell: &Shell, screen: &ImportScreen, is_first: bool) -> Markup {
    let t = shell.texts;
    let columns = &screen.columns;
    let is_open = columns.lines.iter().any(|line| line.is_open);
    html! {
        details.mapping open[is_first || is_open || screen.problem.is_some()] {
            summary { (summary(t, columns)) }
            form.stacked method="post" action=(screen.action()) {
                table {
                    thead { tr {
                        th scope="col" { (t.get("import-column")) }
                        th scope="col" { (t.get("import-to-field")) }
                        th scope="col" { (t.get("import-written-as")) }
                    } }
                    tbody { @for (at, line) in columns.lines.iter().enumerate() { (column(t, columns, line, at)) } }
                }
                (found_by(t, columns))
                (done(t, columns))
                div.actions { button.button type="submit" name="do" value="check" { (t.get("import-check")) } }
            }
        }
    }
}

/// Which columns are left out, and by what records are found.
fn summary(t: &Texts, columns: &Columns) -> Markup {
    let taken = columns.lines.iter().filter(|line| line.field.is_some()).count();
    let args = [("taken", (taken as u64).into()), ("all", (columns.lines.len() as u64).into())];
    let left: Vec<&str> = columns
        .lines
        .iter()
        .filter(|line| line.field.is_none())
        .map(|line| line.head.as_str())
        .collect();
    let left: Vec<&str> = left.into_iter().filter(|head| !head.is_empty()).collect();
    html! {
        span {
            (t.with("import-columns", &args))
            @if !left.is_empty() { " " (t.with("import-left-out", &[("columns", left.join(", ").into())])) }
            @if let Some(matched) = columns.matched.and_then(|at| columns.matches.get(at)) {
                " " (t.with("import-found-by-text", &[("field", matched.as_str().into())]))
            }
        }
    }
}

fn column(t: &Texts, columns: &Columns, line: &ImportColumnLine, at: usize) -> Markup {
    let none = t.get("import-no-field");
    let fields = columns.fields.iter().map(|(name, title)| (name.as_str(), title.as_str()));
    let choices: Vec<control::Choice<'_>> =
        std::iter::once(("", none.as_ref())).chain(fields).collect();
    let label = t.with("import-field-of", &[("column", line.head.as_str().into())]);
    let name = format!("column.{at}");
    html! {
        tr {
            th scope="row" { (line.head) @if !line.sample.is_empty() { span.sample { (line.sample) } } }
            td {
                (control::select(&format!("column-{at}"), &name, Some(&label), &choices, line.field.as_deref().unwrap_or_default()))
                @if let Some(why) = &line.left_out { p.help { (why) } }
            }
            td { @if let Some(spelling) = line.spelling { (spelled(t, line, spelling, at)) } }
        }
    }
}

fn spelled(t: &Texts, line: &ImportColumnLine, spelling: Spelling, at: usize) -> Markup {
    let words = Spelling::ALL.map(|spelling| {
        (
            spelling.code(),
            t.get(match spelling {
                Spelling::Plain => "import-spelling-plain",
                Spelling::German => "import-spelling-german",
                Spelling::British => "import-spelling-british",
                Spelling::American => "import-spelling-american",
            }),
        )
    });
    let choices: Vec<control::Choice<'_>> =
        words.iter().map(|(code, word)| (*code, word.as_ref())).collect();
    let label = t.with("import-spelling-of", &[("column", line.head.as_str().into())]);
    html! {
        (control::select(&format!("spelling-{at}"), &format!("spelling.{at}"), Some(&label), &choices, spelling.code()))
        @if line.is_open { p.help.open { (t.get("import-open")) } }
    }
}

fn found_by(t: &Texts, columns: &Columns) -> Markup {
    let none = t.get("import-by-nothing");
    let places: Vec<String> = (0..columns.matches.len()).map(|at| at.to_string()).collect();
    let fields =
        places.iter().zip(&columns.matches).map(|(at, title)| (at.as_str(), title.as_str()));
    let choices: Vec<control::Choice<'_>> = fields.chain([("", none.as_ref())]).collect();
    let chosen = columns.matched.map(|at| at.to_string()).unwrap_or_default();
    control::line(
        "match",
        &t.get("import-found-by"),
        None,
        None,
        &control::select("match", "match", None, &choices, &chosen),
    )
}

fn done(t: &Texts, columns: &Columns) -> Markup {
    let words: Vec<_> = columns
        .modes
        .iter()
        .map(|mode| {
            (
                mode.code(),
                t.get(match mode {
                    ImportMode::Both => "import-mode-both",
                    ImportMode::Change => "import-mode-change",
                    ImportMode::Create => "import-mode-create",
                }),
            )
        })
        .collect();
    let choices: Vec<control::Choice<'_>> =
        words.iter().map(|(code, word)| (*code, word.as_ref())).collect();
    control::line(
        "mode",
        &t.get("import-mode"),
        None,
        None,
        &control::select("mode", "mode", None, &choices, columns.mode.code()),
    )
}
