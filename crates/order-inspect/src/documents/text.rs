//! Text into lines of glyphs.

use krilla::{color::rgb, text::KrillaGlyph};

use super::{
    fonts::Typeface,
    shaping::{Cluster, clusters, from_left_to_right, spelled},
};

/// A weight of the one family that documents are set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// How text looks. Sizes are in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) weight: Weight,
    pub(super) size: f32,
    pub(super) colour: Colour,
}

/// The colours of a document: dark enough to be read on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// What is said.
    Ink,
    /// What explains it.
    Quiet,
    /// Names, heads and what is to be paid.
    Accent,
    /// Rules between rows.
    Hairline,
}

impl Colour {
    pub(super) fn rgb(self) -> rgb::Color {
        match self {
            Self::Ink => rgb::Color::new(0x1c, 0x20, 0x26),
            Self::Quiet => rgb::Color::new(0x5a, 0x62, 0x6d),
            Self::Accent => rgb::Color::new(0x1f, 0x3d, 0x5c),
            Self::Hairline => rgb::Color::new(0xd5, 0xd9, 0xde),
        }
    }
}

impl Style {
    /// The distance from one baseline to the next, in points.
    pub(super) fn leading(&self) -> f32 {
        self.size * 1.36
    }
}

/// A line of glyphs with the text that they stand for. Lengths are in units of the font size.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// From left to right.
    pub(super) pieces: Vec<Piece>,
    /// Without the space at the end.
    width: f32,
}

/// Glyphs of one face that stand side by side.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) typeface: &'static Typeface,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) width: f32,
}

impl Line {
    /// A text on one line.
    pub(super) fn new(text: &str, weight: Weight) -> Self {
        let text = presentable(text, weight);
        Self::of(&text, &clusters(&text, weight))
    }

    /// The width in points.
    pub(super) fn width(&self, style: &Style) -> f32 {
        self.width * style.size
    }

    /// A line of some clusters of a text.
    fn of(text: &str, clusters: &[Cluster]) -> Self {
        let from = clusters.first().map_or(0, |it| it.range.start);
        let to = clusters.last().map_or(from, |it| it.range.end);
        let ink = from + text[from..to].trim_end().len();
        let width = clusters.iter().filter(|it| it.range.start < ink).map(|it| it.width).sum();
        let mut pieces: Vec<Piece> = Vec::new();
        for cluster in from_left_to_right(clusters, text) {
            let (typeface, width) = (cluster.typeface, cluster.width);
            let glyphs = cluster.glyphs.into_iter().map(|mut glyph| {
                glyph.text_range = glyph.text_range.start - from..glyph.text_range.end - from;
                glyph
            });
            match pieces.last_mut().filter(|last| std::ptr::eq(last.typeface, typeface)) {
                Some(last) => {
                    last.glyphs.extend(glyphs);
                    last.width += width;
                }
                None => pieces.push(Piece { typeface, glyphs: glyphs.collect(), width }),
            }
        }
        pieces.retain(|it| !it.glyphs.is_empty());
        Self { text: text[from..to].to_owned(), pieces, width }
    }
}

/// A text on as many lines as it needs in the width, in points. Words that are wider are broken.
pub(super) fn wrap(text: &str, style: &Style, width: f32) -> Vec<Line> {
    text.lines().flat_map(|paragraph| wrap_paragraph(paragraph, style, width)).collect()
}

fn wrap_paragraph(text: &str, style: &Style, width: f32) -> Vec<Line> {
    let text = presentable(text, style.weight);
    let clusters = clusters(&text, style.weight);
    let room = width / style.size;
    let mut lines = Vec::new();
    let mut start = 0;
    while start < clusters.len() {
        let end = line_end(&text, &clusters, start, room);
        lines.push(Line::of(&text, &clusters[start..end]));
        start = end;
    }
    lines
}

/// Where the line that begins with the cluster `start` ends: after the last space or hyphen that fits,
/// else before the first cluster that does not.
fn line_end(text: &str, clusters: &[Cluster], start: usize, room: f32) -> usize {
    let mut used = 0.0;
    let mut after_word = None;
    for (index, cluster) in clusters.iter().enumerate().skip(start) {
        let character = &text[cluster.range.clone()];
        used += cluster.width;
        if used > room && character != " " && index > start {
            return after_word.unwrap_or(index);
        }
        if matches!(character, " " | "-" | "/") {
            after_word = Some(index + 1);
        }
    }
    clusters.len()
}

/// The text, or a space where it is empty: a cell without any text would be missing among the tags, and
/// the others of its row would move up.
pub(super) fn or_blank(text: &str) -> &str {
    if text.trim().is_empty() { "\u{a0}" } else { text }
}

/// The text as it can be drawn, without what a document for archives may not contain: control characters, characters for
/// private use and those that are none.
fn presentable(text: &str, weight: Weight) -> String {
    let shown = |character: char| match character {
        control if control.is_control() => ' ',
        '\u{2028}' | '\u{2029}' => ' ',
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => char::REPLACEMENT_CHARACTER,
        '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' => char::REPLACEMENT_CHARACTER,
        none if u32::from(none) & 0xFFFE == 0xFFFE => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    spelled(&text.chars().map(shown).collect::<String>(), weight)
}

#[cfg(test)]
mod tests {
    use super::{Colour, Line, Style, Weight, wrap};

    const STYLE: Style = Style { weight: Weight::Regular, size: 10.0, colour: Colour::Ink };

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn text_is_wrapped_between_words_and_no_line_is_too_wide() {
        let lines = wrap("Eichentisch massiv geölt mit Auszug", &STYLE, 80.0);
        assert!(lines.len() > 1, "{:?}", texts(&lines));
        assert!(lines.iter().all(|line| line.width(&STYLE) <= 80.0));
        assert_eq!(texts(&lines).concat(), "Eichentisch massiv geölt mit Auszug");
    }

    #[test]
    fn a_word_wider_than_the_column_is_broken() {
        let lines = wrap("Donaudampfschifffahrtsgesellschaft", &STYLE, 40.0);
        assert!(lines.len() > 2, "{:?}", texts(&lines));
        assert!(lines.iter().all(|line| line.width(&STYLE) <= 40.0));
        assert_eq!(texts(&lines).concat(), "Donaudampfschifffahrtsgesellschaft");
    }

    #[test]
    fn a_column_narrower_than_a_letter_still_ends() {
        assert_eq!(wrap("abc", &STYLE, 1.0).len(), 3);
    }

    #[test]
    fn a_newline_begins_a_line() {
        assert_eq!(texts(&wrap("a\nb", &STYLE, 100.0)), ["a", "b"]);
    }

    #[test]
    fn polish_czech_greek_and_cyrillic_are_in_the_built_in_font() {
        for weight in [Weight::Regular, Weight::Bold] {
            let line =
                Line::new("Zażółć gęślą jaźń, Příliš kůň, Straße, 5 €, Αθηνά, Ольга", weight);
            assert_eq!(line.pieces.len(), 1);
        }
    }
}
