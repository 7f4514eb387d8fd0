//! The faces that documents are set in: Noto Sans, which is built in, and for the characters that it lacks those that
//! the system has.
//!
//! Names of people and places come in all scripts. A face for each of them would be some ten megabytes of every program,
//! and most shops never need one; so they are looked for when the first character is met that Noto Sans does not have,
//! among the fonts of the system and of a folder that the service is given. What no face has is written in Latin letters.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};

use fontdb::{Database, FaceInfo, ID, Source, Style, Weight as Boldness};
use krilla::text::Font;
use rustybuzz::{Face, ttf_parser};
use unicode_script::{Script, UnicodeScript as _};

use super::text::Weight;

/// One face, read for shaping and for embedding.
pub(super) struct Typeface {
    pub(super) shaping: Face<'static>,
    embedding: Font,
}

static REGULAR: LazyLock<Typeface> = LazyLock::new(|| Typeface::built_in(notosans::REGULAR_TTF));
static BOLD: LazyLock<Typeface> = LazyLock::new(|| Typeface::built_in(notosans::BOLD_TTF));
static FOLDER: OnceLock<PathBuf> = OnceLock::new();
static OTHERS: LazyLock<Others> = LazyLock::new(|| Others::find(FOLDER.get(), true));

/// Names a folder with fonts for scripts that the built-in one lacks. They are taken before those of the system. It has
/// to be said before the first document is made; later it changes nothing.
pub fn look_for_fonts(folder: PathBuf) {
    if FOLDER.set(folder).is_err() {
        tracing::warn!("a folder with fonts was named already; the first one stays");
    }
}

impl Weight {
    /// The built-in face.
    pub(super) fn typeface(self) -> &'static Typeface {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }

    /// A face that has a character: the built-in one, else one of the others.
    pub(super) fn typeface_with(self, character: char) -> Option<&'static Typeface> {
        // It would be drawn as a sign that nobody can read.
        if character == char::REPLACEMENT_CHARACTER {
            return None;
        }
        let built_in = self.typeface();
        if built_in.has(character) {
            return Some(built_in);
        }
        OTHERS.with(character, self)
    }
}

impl Typeface {
    fn built_in(file: &'static [u8]) -> Self {
        Self::read(file, 0).expect("the font of this program can be read")
    }

    fn read(file: &'static [u8], index: u32) -> Option<Self> {
        let shaping = Face::from_slice(file, index)?;
        Some(Self { shaping, embedding: Font::new(file.into(), index)? })
    }

    pub(super) fn font(&self) -> Font {
        self.embedding.clone()
    }

    pub(super) fn has(&self, character: char) -> bool {
        self.shaping.glyph_index(character).is_some_and(|glyph| glyph.0 != 0)
    }

    /// A length of the face in units of the font size.
    pub(super) fn scaled(&self, units: i32) -> f32 {
        units as f32 / self.embedding.units_per_em()
    }
}

/// The faces of the system and of the folder.
struct Others {
    database: Database,
    /// For regular and bold text, the best ones first.
    ranked: [Vec<ID>; 2],
    /// What was looked for before.
    known: Mutex<HashMap<(char, Weight), Option<&'static Typeface>>>,
    /// Faces that are in use. Each is read once and kept as long as the program runs.
    read: Mutex<HashMap<ID, Option<&'static Typeface>>>,
    /// Scripts that no face has, of which the log has been told.
    missed: Mutex<HashSet<Script>>,
}

impl Others {
    fn find(folder: Option<&PathBuf>, of_system: bool) -> Self {
        let mut database = Database::new();
        if let Some(folder) = folder {
            database.load_fonts_dir(folder);
        }
        let of_folder: HashSet<ID> = database.faces().map(|face| face.id).collect();
        if of_system {
            database.load_system_fonts();
        }
        let ranked = [Boldness::NORMAL, Boldness::BOLD].map(|weight| {
            let mut faces: Vec<&FaceInfo> = database.faces().collect();
            faces.sort_by_cached_key(|face| rank(face, weight, of_folder.contains(&face.id)));
            faces.into_iter().map(|face| face.id).collect()
        });
        let (known, read, missed) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { database, ranked, known, read, missed }
    }

    fn with(&self, character: char, weight: Weight) -> Option<&'static Typeface> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry((character, weight)).or_insert_with(|| {
            let ranked = &self.ranked[usize::from(weight == Weight::Bold)];
            let mut having = ranked.iter().filter(|id| self.may_set(**id, character));
            let found = having.find_map(|id| self.typeface(*id));
            if found.is_none() {
                self.tell_of(character);
            }
            found
        })
    }

    /// Whether a face draws a character in one colour, and its maker allows that a part of it goes into a document.
    fn may_set(&self, id: ID, character: char) -> bool {
        let may = self.database.with_face_data(id, |data, index| {
            let Ok(face) = ttf_parser::Face::parse(data, index) else { return false };
            let restricted = face.permissions() == Some(ttf_parser::Permissions::Restricted);
            let tables = face.tables();
            let is_drawn = tables.glyf.is_some() || tables.cff.is_some();
            let is_coloured =
                tables.colr.is_some() || tables.svg.is_some() || tables.cbdt.is_some();
            let has = face.glyph_index(character).is_some_and(|glyph| glyph.0 != 0);
            has && is_drawn && !is_coloured && !restricted && face.is_subsetting_allowed()
        });
        may.unwrap_or(false)
    }

    fn typeface(&self, id: ID) -> Option<&'static Typeface> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        *read.entry(id).or_insert_with(|| {
            let copied = self.database.with_face_data(id, |data, index| (data.to_vec(), index));
            let (file, index) = copied?;
            let typeface = Typeface::read(Box::leak(file.into_boxed_slice()), index)?;
            Some(Box::leak(Box::new(typeface)))
        })
    }

    fn tell_of(&self, character: char) {
        let script = character.script();
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.insert(script) {
            tracing::warn!(
                script = script.full_name(),
                "no font has characters of this script: documents write them in Latin letters. Install one, such as \
                 Noto Sans, or name a folder that has one with --fonts"
            );
        }
    }
}

/// Smaller is better: fonts of the folder, then Noto Sans, which looks like the built-in one; upright, in the wanted
/// weight, with letters of different widths. The rest keeps the order the same everywhere.
fn rank(face: &FaceInfo, weight: Boldness, is_of_folder: bool) -> impl Ord + use<> {
    let family = face.families.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let path = match &face.source {
        Source::File(path) | Source::SharedFile(path, _) => Some(path.clone()),
        Source::Binary(_) => None,
    };
    (
        (!is_of_folder, !family.starts_with("Noto Sans"), family.contains("Serif")),
        (face.style != Style::Normal, face.monospaced, face.weight.0.abs_diff(weight.0)),
        (family, face.post_script_name.clone(), path, face.index),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_of_the_folder_are_taken_and_what_they_lack_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bold.ttf"), notosans::BOLD_TTF).unwrap();
        std::fs::write(folder.path().join("regular.ttf"), notosans::REGULAR_TTF).unwrap();
        let others = Others::find(Some(&folder.path().to_owned()), false);
        let names = [Weight::Regular, Weight::Bold].map(|weight| {
            let found = others.with('ж', weight).unwrap();
            found.shaping.is_bold()
        });
        assert_eq!(names, [false, true]);
        assert!(others.with('花', Weight::Regular).is_none());
    }
}
