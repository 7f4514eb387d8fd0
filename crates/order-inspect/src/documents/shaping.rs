//! From characters to glyphs: which face has them, in which direction they run, and how a script joins them.

use std::ops::Range;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Direction, GlyphBuffer, UnicodeBuffer};
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_script::{Script, UnicodeScript as _};

use super::{fonts::Typeface, text::Weight};

/// What a font sets as one: a character, or several that belong together. Lengths are in units of the font size.
#[derive(Clone)]
pub(super) struct Cluster {
    /// Where it stands in the text.
    pub(super) range: Range<usize>,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) typeface: &'static Typeface,
    /// Odd where it runs from right to left.
    pub(super) level: Level,
    pub(super) width: f32,
}

/// Characters of one face, script and direction.
struct Run {
    range: Range<usize>,
    typeface: &'static Typeface,
    script: Script,
    level: Level,
}

/// The clusters of a text without line breaks, in the order in which it is read. Documents are written from left to
/// right; names in Arabic or Hebrew run the other way within (Unicode Standard Annex 9).
pub(super) fn clusters(text: &str, weight: Weight) -> Vec<Cluster> {
    let bidi = BidiInfo::new(text, Some(Level::ltr()));
    let mut clusters = Vec::new();
    for run in runs(text, &bidi.levels, weight) {
        clusters.extend(shaped(text, &run));
    }
    clusters
}

/// Clusters of a line in the order in which they stand from left to right.
pub(super) fn from_left_to_right(clusters: &[Cluster], text: &str) -> Vec<Cluster> {
    let mut levels: Vec<Level> = clusters.iter().map(|it| it.level).collect();
    // Spaces at the end of a line stand at its end (rule L1).
    let is_blank = |it: &Cluster| text[it.range.clone()].chars().all(char::is_whitespace);
    let ink = clusters.iter().rposition(|it| !is_blank(it)).map_or(0, |last| last + 1);
    levels[ink..].fill(Level::ltr());
    let order = BidiInfo::reorder_visual(&levels);
    order.into_iter().map(|at| clusters[at].clone()).collect()
}

fn runs(text: &str, levels: &[Level], weight: Weight) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, character) in text.char_indices() {
        let (level, end) = (levels[at], at + character.len_utf8());
        let own = character.script();
        if let Some(last) = runs.last_mut().filter(|last| last.level == level) {
            // Marks and what joins letters stay with their letters.
            let clings = matches!(bidi_class(character), BidiClass::NSM | BidiClass::BN)
                && last.typeface.has(character);
            let neutral = |script| matches!(script, Script::Common | Script::Inherited);
            let same_script = own == last.script || neutral(own) || neutral(last.script);
            let fits = || std::ptr::eq(typeface_of(character, weight), last.typeface);
            if clings || (same_script && fits()) {
                last.range.end = end;
                if neutral(last.script) {
                    last.script = own;
                }
                continue;
            }
        }
        let typeface = typeface_of(character, weight);
        runs.push(Run { range: at..end, typeface, script: own, level });
    }
    runs
}

fn typeface_of(character: char, weight: Weight) -> &'static Typeface {
    weight.typeface_with(character).unwrap_or_else(|| weight.typeface())
}

fn shaped(text: &str, run: &Run) -> Vec<Cluster> {
    let direction =
        if run.level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
    let glyphs = shape(&text[run.range.clone()], run.typeface, direction);
    let infos = glyphs.glyph_infos();
    let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([run.range.len()]);
    let cluster = |(start, end): (usize, usize)| {
        let range = run.range.start + start..run.range.start + end;
        let places = glyphs.glyph_positions().iter().zip(infos);
        let own = places.filter(|(_, info)| info.cluster as usize == start);
        let glyphs: Vec<KrillaGlyph> = own
            .map(|(place, info)| glyph(run.typeface, info.glyph_id, place, range.clone()))
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Cluster { range, glyphs, typeface: run.typeface, level: run.level, width }
    };
    starts.iter().copied().zip(ends).map(cluster).collect()
}

/// The text with what no face has spelled in Latin letters: what is drawn is what is copied.
pub(super) fn spelled(text: &str, weight: Weight) -> String {
    let mut spelled = String::with_capacity(text.len());
    for character in text.chars() {
        if weight.typeface_with(character).is_some() {
            spelled.push(character);
        } else {
            spelled.push_str(spelling(character));
        }
    }
    spelled
}

/// A character in ASCII. Marks and what only steers others is nothing; what has no spelling says so.
fn spelling(character: char) -> &'static str {
    match any_ascii::any_ascii_char(character) {
        "" if matches!(bidi_class(character), BidiClass::NSM | BidiClass::BN) => "",
        "" => "[?]",
        spelling => spelling,
    }
}

fn shape(text: &str, typeface: &Typeface, direction: Direction) -> GlyphBuffer {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(direction);
    rustybuzz::shape(&typeface.shaping, &[], buffer)
}

fn glyph(
    typeface: &Typeface,
    id: u32,
    place: &rustybuzz::GlyphPosition,
    range: Range<usize>,
) -> KrillaGlyph {
    // Archives take no document with a glyph that stands for none.
    let unknown = || typeface.shaping.glyph_index('?').map_or(0, |glyph| u32::from(glyph.0));
    KrillaGlyph::new(
        GlyphId::new(if id == 0 { unknown() } else { id }),
        typeface.scaled(place.x_advance),
        typeface.scaled(place.x_offset),
        typeface.scaled(place.y_offset),
        typeface.scaled(place.y_advance),
        range,
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of some clusters.
    fn texts<'a>(clusters: &[Cluster], text: &'a str) -> Vec<&'a str> {
        clusters.iter().map(|it| &text[it.range.clone()]).collect()
    }

    #[test]
    fn hebrew_runs_from_right_to_left_within_a_line_and_numbers_in_it_do_not() {
        let text = "An אבג 12";
        let level = |at: usize| match at {
            3..=8 => Level::rtl(),
            _ => Level::ltr(),
        };
        let clusters: Vec<Cluster> = text
            .char_indices()
            .map(|(at, it)| Cluster {
                range: at..at + it.len_utf8(),
                glyphs: Vec::new(),
                typeface: Weight::Regular.typeface(),
                level: level(at),
                width: 0.0,
            })
            .collect();
        let placed = from_left_to_right(&clusters, text);
        assert_eq!(texts(&placed, text).concat(), "An גבא 12");
    }

    #[test]
    fn every_character_is_in_a_cluster_whichever_fonts_there_are() {
        for text in
            ["محمد العتيبي", "山田 太郎", "Ольга Αθηνά", "דוד כהן 12", "สมชาย", "a\u{301}é", "🌷"]
        {
            for weight in [Weight::Regular, Weight::Bold] {
                let text = &spelled(text, weight);
                let clusters = clusters(text, weight);
                let mut ranges: Vec<_> = clusters.iter().map(|it| it.range.clone()).collect();
                ranges.sort_by_key(|range| range.start);
                let joined: String = ranges.into_iter().map(|range| &text[range]).collect();
                assert_eq!(&joined, text);
                let drawn = clusters.iter().flat_map(|it| &it.glyphs);
                assert!(drawn.clone().all(|glyph| glyph.glyph_id != GlyphId::new(0)), "{text}");
                assert!(drawn.count() > 0, "{text}");
            }
        }
    }

    #[test]
    fn what_no_font_has_is_spelled() {
        assert_eq!("山田".chars().map(spelling).collect::<String>(), "ShanTian");
        assert_eq!(spelling('\u{200d}'), "", "it only joins others");
        assert_eq!(spelling('\u{378}'), "[?]", "nobody has given it a meaning");
        assert_eq!(spelled("Vase\u{fffd}", Weight::Regular), "Vase?");
    }
}
