//! How a value of one backend is written in another: `K-10123` here is `0010123` there.

use toml_edit::Value;

use super::source::Entry;
use super::text::Keys;

const TRANSFORM_KEYS: &[&str] =
    &["trim", "strip", "ignore_case", "remove_prefix", "unpad", "pad", "pad_with", "add_prefix"];

/// The widest value that padding makes.
const WIDEST: u32 = 64;

/// How this side's value becomes the far side's. The steps are taken in the order of the fields;
/// a value that nothing is left of has no counterpart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transform {
    /// Whether blanks at both ends are taken away.
    pub trim: bool,
    /// Characters that are taken away wherever they stand.
    pub strip: String,
    /// Whether the far side may write it in lower or in upper case.
    pub ignore_case: bool,
    /// What is taken away at the beginning, where it stands there.
    pub remove_prefix: String,
    /// The width to which this side's value is padded: what pads is taken away. A value of another
    /// width has no counterpart.
    pub unpad: Option<u32>,
    /// The width to which the value is padded at its beginning.
    pub pad: Option<u32>,
    /// What pads; a zero where nothing is said.
    pub pad_with: Option<char>,
    /// What is put before it.
    pub add_prefix: String,
}

/// Why it is not known which values of this side a value of the far side stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInverse {
    /// Blanks, characters or the case of letters got lost on the way.
    Lossy,
}

impl Transform {
    /// Whether values are the same on both sides.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can be told which values of this side a value of the far side stands for.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        !self.trim && self.strip.is_empty() && !self.ignore_case
    }

    fn padding(&self) -> char {
        self.pad_with.unwrap_or('0')
    }

    /// The far side's text for a text of this side; none where it has no counterpart.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let mut text = if self.trim { text.trim() } else { text }.to_owned();
        text.retain(|c| !self.strip.contains(c));
        let rest = text.strip_prefix(&self.remove_prefix).unwrap_or(&text);
        let rest = match self.unpad {
            Some(width) if !has_width(rest, width) => return None,
            Some(_) => unpadded(rest, self.padding()),
            None => rest,
        };
        if rest.is_empty() {
            return None;
        }
        let rest = self.pad.map_or_else(|| rest.to_owned(), |w| padded(rest, w, self.padding()));
        Some(format!("{}{rest}", self.add_prefix))
    }

    /// The spellings by which the far side may be asked for a text of [`Transform::apply`].
    #[must_use]
    pub fn spellings(&self, far: &str) -> Vec<String> {
        let mut spellings = vec![far.to_owned()];
        if self.ignore_case {
            for other in [far.to_lowercase(), far.to_uppercase()] {
                if !spellings.contains(&other) {
                    spellings.push(other);
                }
            }
        }
        spellings
    }

    /// What two texts of the far side have in common that mean the same here.
    #[must_use]
    pub fn folded(&self, far: &str) -> String {
        if self.ignore_case { far.to_lowercase() } else { far.to_owned() }
    }

    /// All texts of this side that become a text of the far side; empty where none does.
    ///
    /// # Errors
    /// [`NoInverse`] where they are not to be told.
    pub fn invert(&self, far: &str) -> Result<Vec<String>, NoInverse> {
        if !self.is_reversible() {
            return Err(NoInverse::Lossy);
        }
        let Some(text) = far.strip_prefix(&self.add_prefix) else { return Ok(Vec::new()) };
        let mut found = match self.pad {
            None => vec![text.to_owned()],
            Some(width) => before_padding(text, width, self.padding()),
        };
        if let Some(width) = self.unpad {
            found.retain(|text| unpadded(text, self.padding()) == text);
            found = found.iter().map(|text| padded(text, width, self.padding())).collect();
            found.retain(|text| has_width(text, width));
        }
        if !self.remove_prefix.is_empty() {
            let with = found.iter().map(|text| format!("{}{text}", self.remove_prefix));
            let plain = found.iter().filter(|text| !text.starts_with(&self.remove_prefix));
            found = with.chain(plain.cloned()).collect();
        }
        found.retain(|text| self.apply(text).as_deref() == Some(far));
        Ok(found)
    }

    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(TRANSFORM_KEYS, "a table such as { pad = 7 }")?;
        let text = |key| section.get(key).map(|entry| entry.text()).unwrap_or(Some(String::new()));
        let flag = |key| section.get(key).map(|entry| entry.flag()).unwrap_or(Some(false));
        let width = |key| match section.get(key) {
            Some(entry) => entry.number(1..=WIDEST).map(Some),
            None => Some(None),
        };
        let pad_with = match section.get("pad_with") {
            Some(entry) => Some(one_character(&entry)?),
            None => None,
        };
        let transform = Self {
            trim: flag("trim")?,
            // A blank is a character, too.
            strip: section.get("strip").map_or(Some(String::new()), |e| e.text_or_empty())?,
            ignore_case: flag("ignore_case")?,
            remove_prefix: text("remove_prefix")?,
            unpad: width("unpad")?,
            pad: width("pad")?,
            pad_with,
            add_prefix: text("add_prefix")?,
        };
        if transform.pad_with.is_some() && transform.pad.is_none() && transform.unpad.is_none() {
            section.refuse("“pad_with” means nothing without “pad” or “unpad”");
            return None;
        }
        Some(transform)
    }

    fn keys(&self) -> Keys {
        let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
        let width = |width: Option<u32>| width.map(i64::from);
        let mut keys = Keys::default();
        keys.add("trim", self.trim.then_some(true));
        keys.add("strip", filled(&self.strip));
        keys.add("ignore_case", self.ignore_case.then_some(true));
        keys.add("remove_prefix", filled(&self.remove_prefix));
        keys.add("unpad", width(self.unpad));
        keys.add("pad", width(self.pad));
        keys.add("pad_with", self.pad_with.map(String::from));
        keys.add("add_prefix", filled(&self.add_prefix));
        keys
    }
}

impl From<&Transform> for Value {
    fn from(transform: &Transform) -> Self {
        transform.keys().into_inline()
    }
}

fn one_character(entry: &Entry<'_>) -> Option<char> {
    let text = entry.text_or_empty()?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Some(only),
        _ => {
            entry.refuse("must be one character, such as \"0\"");
            None
        }
    }
}

fn has_width(text: &str, width: u32) -> bool {
    text.chars().count() == width as usize
}

/// Without what pads; of nothing but padding, its last character stays.
fn unpadded(text: &str, padding: char) -> &str {
    let rest = text.trim_start_matches(padding);
    if rest.is_empty() && !text.is_empty() {
        &text[text.len() - padding.len_utf8()..]
    } else {
        rest
    }
}

fn padded(text: &str, width: u32, padding: char) -> String {
    let missing = (width as usize).saturating_sub(text.chars().count());
    std::iter::repeat_n(padding, missing).chain(text.chars()).collect()
}

/// The texts that padding makes a text of: itself, and itself without some of what pads.
fn before_padding(text: &str, width: u32, padding: char) -> Vec<String> {
    if text.chars().count() < width as usize {
        return Vec::new();
    }
    let mut found = vec![text.to_owned()];
    if has_width(text, width) {
        let mut rest = text;
        while let Some(shorter) = rest.strip_prefix(padding).filter(|text| !text.is_empty()) {
            found.push(shorter.to_owned());
            rest = shorter;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn customer() -> Transform {
        Transform { remove_prefix: "K-".into(), pad: Some(7), ..Transform::default() }
    }

    #[test]
    fn a_number_loses_its_prefix_and_gets_its_zeros_and_back() {
        assert_eq!(customer().apply("K-10123").as_deref(), Some("0010123"));
        assert_eq!(customer().apply("K-"), None, "nothing is left");
        let back = Transform { unpad: Some(7), add_prefix: "K-".into(), ..Transform::default() };
        assert_eq!(back.apply("0010123").as_deref(), Some("K-10123"));
        assert_eq!(back.apply("10123"), None, "it is not padded");
        assert_eq!(back.invert("K-10123"), Ok(vec!["0010123".to_owned()]));
        assert_eq!(back.invert("10123"), Ok(Vec::new()), "nothing becomes this");
    }

    #[test]
    fn what_got_lost_on_the_way_has_no_way_back() {
        let lossy = Transform { strip: " -".into(), ignore_case: true, ..Transform::default() };
        assert_eq!(lossy.apply("DE 12-34").as_deref(), Some("DE1234"));
        assert_eq!(lossy.spellings("De1"), ["De1", "de1", "DE1"]);
        assert_eq!(lossy.folded("De1"), lossy.folded("dE1"));
        assert_eq!(lossy.invert("DE1234"), Err(NoInverse::Lossy));
    }

    fn transform() -> impl Strategy<Value = Transform> {
        let width = || prop::option::of(1..6_u32);
        ("[K0]{0,2}", width(), width(), prop::option::of(select_padding()), "[K0]{0,2}").prop_map(
            |(remove_prefix, unpad, pad, pad_with, add_prefix)| Transform {
                remove_prefix,
                unpad,
                pad,
                pad_with,
                add_prefix,
                ..Transform::default()
            },
        )
    }

    fn select_padding() -> impl Strategy<Value = char> {
        prop::sample::select(vec!['0', 'K', 'ä'])
    }

    proptest! {
        #[test]
        fn the_way_back_finds_every_value_that_leads_there(
            transform in transform(), text in "[K0-2ä]{0,6}",
        ) {
            if let Some(far) = transform.apply(&text) {
                let back = transform.invert(&far).unwrap();
                prop_assert!(back.contains(&text), "{transform:?}: {text} → {far} → {back:?}");
            }
        }

        #[test]
        fn the_way_back_finds_no_value_that_leads_elsewhere(
            transform in transform(), far in "[K0-2ä]{1,6}",
        ) {
            for text in transform.invert(&far).unwrap() {
                prop_assert_eq!(transform.apply(&text), Some(far.clone()));
            }
        }
    }
}
