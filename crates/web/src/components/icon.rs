//! Icons: 16 × 16, drawn with the colour of the text around them.

use maud::{Markup, html};

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what they show")]
pub enum Icon {
    Home,
    Search,
    Plus,
    Close,
    Check,
    Chevron,
    Left,
    Right,
    Up,
    Down,
    Filter,
    Columns,
    Export,
    Bookmark,
    Undo,
    Edit,
    Trash,
    Copy,
    Code,
    Link,
    Lock,
    Clock,
    Person,
    People,
    Database,
    Table,
    Plug,
    Menu,
    Keyboard,
    Warning,
    Pin,
    Out,
    Into,
    Scroll,
    File,
    Basket,
    Box,
    Flag,
    Mail,
    Money,
    Pause,
    Phone,
    Play,
    Print,
    Return,
    Swap,
    Truck,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z",
            Self::Search => "M11 11l3 3M12 7.2A4.8 4.8 0 1 1 2.4 7.2a4.8 4.8 0 0 1 9.6 0z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Chevron | Self::Down => "M4 6l4 4 4-4",
            Self::Left => "M10 4 6 8l4 4",
            Self::Right => "M6 4l4 4-4 4",
            Self::Up => "M4 10l4-4 4 4",
            Self::Filter => "M2.5 4h11M4.5 8h7M6.5 12h3",
            Self::Columns => "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
            Self::Export => "M8 2.5v7M5 7l3 3 3-3M2.5 11v2.5h11V11",
            Self::Bookmark => "M4 2.5h8v11L8 10.5l-4 3z",
            Self::Undo => "M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
            Self::Edit => "M3 13l.7-3L11 2.7l2.3 2.3L6 12.3zM9.5 4.2l2.3 2.3",
            Self::Trash => "M3 4.5h10M6 4.5v-2h4v2M4.2 4.5l.6 9h6.4l.6-9M6.7 7v4M9.3 7v4",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Code => "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
            Self::Link => {
                "M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.8-.8"
            }
            Self::Lock => "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
            Self::Clock => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.7V8l2.2 1.6",
            Self::Person => {
                "M10.6 5.2a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0zM2.8 13.8a5.3 5.3 0 0 1 10.4 0"
            }
            Self::People => {
                "M8.4 5.4a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0zM1.8 13a4.5 4.5 0 0 1 8.8 0M10.4 3.4a2.2 2.2 0 0 1 0 4M12 8.9a4.5 4.5 0 0 1 2.2 4.1"
            }
            Self::Database => {
                "M13 4c0 1.1-2.2 2-5 2S3 5.100 3 4s2.200-2 5-2 5 .9 5 2zM3 4v8c0 1.100 2.200 2 5 2s5-.9 5-2V4M3 8c0 1.100 2.200 2 5 2s5-.9 5-2"
            }
            Self::Table => "M2.5 3h11v10h-11zM2.5 6.300h11M2.500 9.600h11M6.500 6.300V13",
            Self::Plug => "M6 2v3M10 2v3M4 5h8v2.500a4 4 0 0 1-8 0zM8 11.500V14",
            Self::Menu => "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
            Self::Keyboard => {
                "M1.500 4h13v8h-13zM4 6.500h.1M6.700 6.500h.1M9.300 6.500h.1M12 6.500h.1M5 9.500h6"
            }
            Self::Warning => "M8 2.500 14.500 13.500h-13zM8 6.500v3.300M8 11.600v.1",
            Self::Pin => "M6 2.500h4l-.5 4 2.500 2.500h-8l2.500-2.500zM8 9v5",
            Self::Out => "M6.500 3H3v10h3.500M10.500 5l3 3-3 3M13.500 8h-7",
            Self::Into => "M2.5 8h10.500M9 4l4 4-4 4",
            Self::Scroll => "M4 2.500h8v11H4zM6 5.500h4M6 8h4M6 10.500h2.500",
            Self::File => "M4 2h5l3 3v9H4zM9 2v3h3",
            Self::Basket => "M2 6.5h12l-1.4 7H3.4zM5 6.500 7 2.500M11 6.500 9 2.500",
            Self::Box => {
                "M2.500 5 8 2.300 13.500 5v6.200L8 13.800l-5.500-2.600zM2.500 5 8 7.700 13.500 5M8 7.700v6.100"
            }
            Self::Flag => "M4 14V2.500h8l-2 3 2 3H4",
            Self::Mail => "M2 4h12v8.500H2zM2 4.500l6 4.500 6-4.500",
            Self::Money => "M1.500 4h13v8h-13zM10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM4 8h.1M12 8h.1",
            Self::Pause => "M5.500 3.500v9M10.500 3.500v9",
            Self::Phone => {
                "M3 2.500h2.500l1 3-1.500 1.200a8 8 0 0 0 4.300 4.300L10.500 9.500l3 1V13c-6 .8-11.300-4.500-10.500-10.500z"
            }
            Self::Play => "M5 3.200 12.500 8 5 12.800z",
            Self::Print => "M4.500 6V2.500h7V6M4.500 11.500h-2V6h11v5.500h-2M4.500 9.500h7v4h-7z",
            Self::Return => {
                "M13.500 8.500A5.300 5.300 0 1 1 8 3.200h3M8.700 1l2.500 2.200-2.500 2.300"
            }
            Self::Swap => "M3 5.500h9.500L10 3M13 10.500H3.500L6 13",
            Self::Truck => {
                "M1.500 4h8v7h-8zM9.500 6.500h3l2 2.300V11h-5M6 11.500a1.300 1.300 0 1 1-2.600 0 1.300 1.300 0 0 1 2.600 0zM13 11.500a1.300 1.300 0 1 1-2.600 0 1.300 1.300 0 0 1 2.600 0z"
            }
        }
    }
}

/// The icon that a manifest names.
#[must_use]
pub fn named(word: &str) -> Option<Icon> {
    Some(match word {
        "box" => Icon::Box,
        "check" => Icon::Check,
        "clock" => Icon::Clock,
        "close" => Icon::Close,
        "copy" => Icon::Copy,
        "edit" => Icon::Edit,
        "file" => Icon::File,
        "flag" => Icon::Flag,
        "lock" => Icon::Lock,
        "mail" => Icon::Mail,
        "money" => Icon::Money,
        "note" => Icon::Scroll,
        "pause" => Icon::Pause,
        "person" => Icon::Person,
        "phone" => Icon::Phone,
        "pin" => Icon::Pin,
        "play" => Icon::Play,
        "print" => Icon::Print,
        "return" => Icon::Return,
        "swap" => Icon::Swap,
        "trash" => Icon::Trash,
        "truck" => Icon::Truck,
        "undo" => Icon::Undo,
        "warning" => Icon::Warning,
        _ => return None,
    })
}

/// The icon; decoration only, the words stand beside it or in the label of its button.
#[must_use]
pub fn icon(which: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            path d=(which.path()) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_that_a_manifest_may_name_is_there() {
        for word in kontor_office::manifest::ICONS {
            assert!(named(word).is_some(), "{word}");
        }
    }
}
