//! Text into lines of glyphs, set in Noto Sans.

use std::{ops::Range, sync::LazyLock};

use krilla::{
    color::rgb,
    text::{Font, GlyphId, KrillaGlyph},
};
use rustybuzz::{Direction, Face, UnicodeBuffer};

/// A weight of the one family that documents are set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// One face of the family, read for shaping and for embedding.
pub(super) struct Typeface {
    shaping: Face<'static>,
    embedding: Font,
    replacement: GlyphId,
}

static REGULAR: LazyLock<Typeface> = LazyLock::new(|| Typeface::read(notosans::REGULAR_TTF));
static BOLD: LazyLock<Typeface> = LazyLock::new(|| Typeface::read(notosans::BOLD_TTF));

impl Weight {
    pub(super) fn typeface(self) -> &'static Typeface {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }
}

impl Typeface {
    fn read(file: &'static [u8]) -> Self {
        let shaping = Face::from_slice(file, 0).expect("the font of this program can be read");
        let embedding = Font::new(file.into(), 0).expect("the font of this program can be read");
        let replacement = shaping.glyph_index(char::REPLACEMENT_CHARACTER).map_or(0, |id| id.0);
        Self { shaping, embedding, replacement: GlyphId::new(replacement.into()) }
    }

    pub(super) fn font(&self) -> Font {
        self.embedding.clone()
    }

    /// The advance of a glyph in units of the font size.
    fn advance(&self, units: i32) -> f32 {
        units as f32 / self.embedding.units_per_em()
    }
}

/// A line of glyphs with the text that they stand for. Lengths are in units of the font size.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Without the space at the end.
    width: f32,
}

impl Line {
    /// A text on one line.
    pub(super) fn new(text: &str, weight: Weight) -> Self {
        let text = presentable(text);
        let glyphs = shape(&text, weight);
        Self::of(&text, &glyphs, 0..glyphs.len())
    }

    /// The width in points.
    pub(super) fn width(&self, style: &Style) -> f32 {
        self.width * style.size
    }

    fn of(text: &str, glyphs: &[KrillaGlyph], range: Range<usize>) -> Self {
        let glyphs = &glyphs[range];
        let from = glyphs.first().map_or(0, |glyph| glyph.text_range.start);
        let to = glyphs.last().map_or(from, |glyph| glyph.text_range.end);
        let text = &text[from..to];
        let ink = from + text.trim_end().len();
        let width = glyphs
            .iter()
            .filter(|glyph| glyph.text_range.start < ink)
            .map(|glyph| glyph.x_advance)
            .sum();
        let glyphs = glyphs.iter().cloned().map(|mut glyph| {
            glyph.text_range = glyph.text_range.start - from..glyph.text_range.end - from;
            glyph
        });
        Self { text: text.to_owned(), glyphs: glyphs.collect(), width }
    }
}

/// A text on as many lines as it needs in the width, in points. Words that are wider are broken.
pub(super) fn wrap(text: &str, style: &Style, width: f32) -> Vec<Line> {
    text.lines().flat_map(|paragraph| wrap_paragraph(paragraph, style, width)).collect()
}

fn wrap_paragraph(text: &str, style: &Style, width: f32) -> Vec<Line> {
    let text = presentable(text);
    let glyphs = shape(&text, style.weight);
    let room = width / style.size;
    let mut lines = Vec::new();
    let mut start = 0;
    while start < glyphs.len() {
        let end = line_end(&text, &glyphs, start, room);
        lines.push(Line::of(&text, &glyphs, start..end));
        start = end;
    }
    lines
}

/// Where the line that begins with the glyph `start` ends: after the last space or hyphen that fits,
/// else before the first character that does not.
fn line_end(text: &str, glyphs: &[KrillaGlyph], start: usize, room: f32) -> usize {
    let mut used = 0.0;
    let mut after_word = None;
    for (index, glyph) in glyphs.iter().enumerate().skip(start) {
        let character = &text[glyph.text_range.clone()];
        used += glyph.x_advance;
        let begins_character =
            index > start && glyphs[index - 1].text_range.start != glyph.text_range.start;
        if used > room && character != " " && begins_character {
            return after_word.unwrap_or(index);
        }
        if matches!(character, " " | "-" | "/") {
            after_word = Some(index + 1);
        }
    }
    glyphs.len()
}

/// The text, or a space where it is empty: a cell without any text would be missing among the tags, and
/// the others of its row would move up.
pub(super) fn or_blank(text: &str) -> &str {
    if text.trim().is_empty() { "\u{a0}" } else { text }
}

/// The text without what a document for archives may not contain: control characters, characters for
/// private use and those that are none.
fn presentable(text: &str) -> String {
    let shown = |character: char| match character {
        control if control.is_control() => ' ',
        '\u{2028}' | '\u{2029}' => ' ',
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => char::REPLACEMENT_CHARACTER,
        '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' => char::REPLACEMENT_CHARACTER,
        none if u32::from(none) & 0xFFFE == 0xFFFE => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    text.chars().map(shown).collect()
}

/// The glyphs of a text. A character that the font lacks is drawn as U+FFFD and can still be copied as
/// what it is.
fn shape(text: &str, weight: Weight) -> Vec<KrillaGlyph> {
    let typeface = weight.typeface();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(Direction::LeftToRight);
    let shaped = rustybuzz::shape(&typeface.shaping, &[], buffer);
    let starts: Vec<usize> =
        shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    let mut glyphs = Vec::with_capacity(starts.len());
    for (index, (info, place)) in
        shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate()
    {
        let start = starts[index];
        let end = starts[index..].iter().find(|next| **next > start).copied();
        let mut glyph = KrillaGlyph::new(
            GlyphId::new(info.glyph_id),
            typeface.advance(place.x_advance),
            typeface.advance(place.x_offset),
            typeface.advance(place.y_offset),
            typeface.advance(place.y_advance),
            start..end.unwrap_or(text.len()),
            None,
        );
        if info.glyph_id == 0 {
            glyph.glyph_id = typeface.replacement;
            glyph.x_advance = 1.0;
        }
        glyphs.push(glyph);
    }
    glyphs
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
    fn polish_czech_and_the_euro_have_glyphs() {
        let replacement = Weight::Bold.typeface().replacement;
        for weight in [Weight::Regular, Weight::Bold] {
            let line = Line::new("Zażółć gęślą jaźń, Příliš žluťoučký kůň, Straße, 5 €", weight);
            assert!(line.glyphs.iter().all(|glyph| glyph.glyph_id != replacement));
        }
    }
}
