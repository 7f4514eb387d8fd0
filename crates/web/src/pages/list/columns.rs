//! Which columns a list shows, in which order, and which stay in sight.

use maud::{Markup, html};

use super::{ColumnChoice, ListScreen};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, control, menu};
use crate::links;

/// The menu with the columns. Works as a form: places are numbers; the script moves lines.
pub(super) fn chooser(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let action = links::part(&list.backend, &list.resource, "columns");
    let fields = list.query.pairs_without(&["after", "before", "c"]);
    let panel = html! {
        form.columns method="get" action=(action) data-swap="#list" {
            @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
            ol.lines data-lines {
                @for (place, (field, shown, pinned)) in ordered(list).into_iter().enumerate() {
                    @let name = &list.fields[field].name;
                    @let title = &list.fields[field].title;
                    li {
                        label.check for={ "col-" (field) } {
                            input id={ "col-" (field) } type="checkbox" name="show" value=(name) checked[shown];
                            span { (title) }
                        }
                        label.pin title=(t.get("column-pin")) for={ "pin-" (field) } {
                            input.unseen id={ "pin-" (field) } type="checkbox" name="pin" value=(name) checked[pinned] aria-label={ (t.get("column-pin")) ": " (title) };
                            (icon(Icon::Pin))
                        }
                        span.moves.scripted {
                            button.button.bare.mark type="button" data-move="-1" aria-label={ (t.get("column-up")) ": " (title) } { (icon(Icon::Up)) }
                            button.button.bare.mark type="button" data-move="1" aria-label={ (t.get("column-down")) ": " (title) } { (icon(Icon::Down)) }
                        }
                        input.place-number type="number" name={ "at." (name) } value=(place + 1) min="1" aria-label={ (t.get("column-place")) ": " (title) };
                    }
                }
            }
            div.actions {
                (control::submit(&t.get("column-apply")))
                button.button type="submit" name="reset" value="1" { (t.get("column-reset")) }
            }
        }
    };
    menu::menu(&menu::label(Some(Icon::Columns), &t.get("columns")), None, "end", &panel)
}

/// Shown columns in their order, then the rest: position of the field, shown, pinned.
fn ordered(list: &ListScreen) -> Vec<(usize, bool, bool)> {
    let mut all: Vec<_> =
        list.columns.iter().map(|(field, pinned)| (*field, true, *pinned)).collect();
    for field in 0..list.fields.len() {
        if !list.columns.iter().any(|(shown, _)| *shown == field) {
            all.push((field, false, false));
        }
    }
    all
}

/// The columns that the form asks for, in their order; empty for the resource's own.
pub fn chosen<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<ColumnChoice> {
    let pairs: Vec<_> = pairs.into_iter().collect();
    if pairs.iter().any(|(name, value)| *name == "reset" && !value.is_empty()) {
        return Vec::new();
    }
    let of = |wanted: &str| {
        pairs
            .iter()
            .filter(|(name, _)| *name == wanted)
            .map(|(_, value)| *value)
            .collect::<Vec<_>>()
    };
    let pinned = of("pin");
    let place = |field: &str| {
        pairs
            .iter()
            .find(|(name, _)| name.strip_prefix("at.") == Some(field))
            .and_then(|(_, value)| value.parse::<u32>().ok())
            .unwrap_or(u32::MAX)
    };
    let mut columns: Vec<_> = of("show")
        .into_iter()
        .map(|field| ColumnChoice { field: field.to_owned(), pinned: pinned.contains(&field) })
        .collect();
    columns.sort_by_key(|column| (!column.pinned, place(&column.field)));
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_gives_the_columns_in_their_places_with_pinned_ones_first() {
        let pairs = [
            ("show", "a"),
            ("at.a", "3"),
            ("show", "b"),
            ("at.b", "1"),
            ("at.x", "2"),
            ("show", "c"),
            ("at.c", "9"),
            ("pin", "c"),
        ];
        let names: Vec<_> = chosen(pairs).into_iter().map(|c| c.field).collect();
        assert_eq!(names, ["c", "b", "a"]);
        assert!(chosen([("show", "a"), ("reset", "1")]).is_empty());
    }
}
